package pipeline.lint

/** What is wrong, and where. */
class Problem {
    final String file
    /** 1 is the first line. */
    final int line
    final String says

    Problem(String file, int line, String says) {
        this.file = file
        this.line = line
        this.says = says
    }

    String toString() { "$file:$line: $says" }
}
