package pipeline.build

/** A step failed; its stage and the build fail with it. */
class StepFailed extends RuntimeException {
    StepFailed(String message) { super(message) }

    Result getResult() { Result.FAILURE }
}
