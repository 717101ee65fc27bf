package pipeline.build

/** A step was stopped from outside: the build was aborted, its time was up, or a sibling branch failed. */
class Interrupted extends StepFailed {
    /** True when a timeout step stopped what it holds: only that may be caught and tried again. */
    final boolean timedOut

    Interrupted(String message, boolean timedOut = false) {
        super(message)
        this.timedOut = timedOut
    }

    @Override
    Result getResult() { Result.ABORTED }
}
