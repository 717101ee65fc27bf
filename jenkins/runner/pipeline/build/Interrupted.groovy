package pipeline.build

/** A step was stopped from outside: the build was aborted, its time was up, or a sibling branch failed. */
class Interrupted extends StepFailed {
    /** True when a timeout step stopped what it holds: only that may be caught and tried again. */
    final boolean timedOut
    /** True when a branch beside this one failed: that branch, not this one, decides the result of the build. */
    final boolean bySibling

    Interrupted(String message, boolean timedOut = false, boolean bySibling = false) {
        super(message)
        this.timedOut = timedOut
        this.bySibling = bySibling
    }

    @Override
    Result getResult() { Result.ABORTED }
}
