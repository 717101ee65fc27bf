package pipeline.build

/** The build cannot start with the parameters asked for. */
class BadParameters extends RuntimeException {
    final List<String> problems

    BadParameters(List<String> problems) {
        super(problems.join('; '))
        this.problems = problems
    }
}
