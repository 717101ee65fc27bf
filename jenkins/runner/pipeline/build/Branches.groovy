package pipeline.build

import java.util.concurrent.ConcurrentLinkedQueue

/** Runs branches side by side, each in a thread with its own frame, and waits for all of them. */
class Branches {
    final Build build

    Branches(Build build) { this.build = build }

    /** @param named true when the branch name belongs into the log; stages put theirs there themselves */
    Map<String, Object> run(Map<String, Closure> branches, boolean failFast, boolean named = true) {
        def outer = build.frame
        def siblings = Stop.ofBranches(outer.stop)
        def failures = new ConcurrentLinkedQueue<Throwable>()
        def results = Collections.synchronizedMap([:])
        def threads = branches.collect { name, body ->
            def frame = outer.but(stop: siblings, path: named ? outer.path + name : outer.path)
            Thread.start("branch $name") {
                try {
                    results[name] = build.inside(frame, body)
                } catch (Throwable e) {
                    failures << (e instanceof StepFailed || e instanceof Error ? e : new StepFailed(Trouble.describe(e)))
                    if (failFast) siblings.request("branch '$name' failed, and failFast is set")
                }
            }
        }
        threads*.join()
        def worst = failures.find { it instanceof Error } ?: failures.find { !(it instanceof Interrupted) } ?: failures.peek()
        if (worst) throw worst
        results
    }
}
