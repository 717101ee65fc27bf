package pipeline.build

import java.util.concurrent.TimeUnit

/** The wish that running steps end. Asked for by steps that wait; an outer wish holds inside too. */
class Stop {
    final Stop outer
    /** System.nanoTime() from which on the time is up; null without a limit. */
    final Long deadline
    final String afterDeadline
    volatile String reason
    /** True when this stop is asked for by a branch that failed beside the running one. */
    final boolean bySibling

    Stop(Stop outer = null, Long deadline = null, String afterDeadline = null, boolean bySibling = false) {
        this.outer = outer
        this.deadline = deadline
        this.afterDeadline = afterDeadline
        this.bySibling = bySibling
    }

    static Stop ofBranches(Stop outer) { new Stop(outer, null, null, true) }

    static Stop after(Stop outer, long amount, TimeUnit unit) {
        new Stop(outer, System.nanoTime() + unit.toNanos(amount), "the time limit of $amount ${unit.toString().toLowerCase()} is over")
    }

    void request(String reason) { if (this.reason == null) this.reason = reason }

    boolean isTimeUp() { deadline != null && System.nanoTime() - deadline >= 0 }

    /** Throws when anybody wants the running step to end. */
    void check() {
        outer?.check()
        if (reason) throw new Interrupted(reason, false, bySibling)
        if (timeUp) throw new Interrupted(afterDeadline, true)
    }

    /** Waits in small steps, ending early when a stop is wanted. */
    void sleep(long milliseconds) {
        def end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds)
        while (true) {
            check()
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())
            if (left <= 0) return
            Thread.sleep(Math.min(left, 50L))
        }
    }
}
