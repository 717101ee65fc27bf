package pipeline.build

/** How a stage or a build ended, from best to worst, with the exit code of the runner. */
enum Result {
    SUCCESS(0), UNSTABLE(3), FAILURE(1), NOT_BUILT(1), ABORTED(4)

    final int exitCode

    Result(int exitCode) { this.exitCode = exitCode }

    Result worse(Result other) { other.ordinal() > ordinal() ? other : this }
}
