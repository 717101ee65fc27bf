package pipeline.lint

/** Everything the lint learned about one Jenkinsfile. */
class Findings {
    final String file
    final List<Problem> problems = []
    /** Accepted by Jenkins, but this tool does it differently or not at all. */
    final List<Problem> notes = []
    /** Steps, options and other words used: `[word, line, plugin]`. */
    final List<Map> words = []
    /** Credentials used: `[id, line, kind]`; kind is the binding, or `any` for `credentials('…')`. */
    final List<Map> credentials = []

    Findings(String file) { this.file = file }

    void wrong(int line, String says) { add(problems, line, says) }
    void note(int line, String says) { add(notes, line, says) }
    void uses(String word, String plugin, int line) { words << [word: word, line: line, plugin: plugin] }
    void usesCredential(String id, String kind, int line) { credentials << [id: id, line: line, kind: kind] }

    void add(List<Problem> list, int line, String says) {
        if (!list.any { it.line == line && it.says == says }) list << new Problem(file, line, says)
    }
}
