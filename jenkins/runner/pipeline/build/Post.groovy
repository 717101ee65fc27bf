package pipeline.build

import pipeline.language.Grammar

/** Runs the `post` conditions that hold, in the order of Jenkins; one that fails does not keep the others from running. */
class Post {
    final Build build

    Post(Build build) { this.build = build }

    void run(Section post, Result result) {
        if (!post) return
        Grammar.POST.each { condition ->
            def entry = post.entry(condition)
            if (entry && holds(condition, result)) one(condition, entry.block)
            result = result.worse(build.frame.stage?.result ?: build.result)
        }
    }

    /** With a stop of its own: what was aborted still owes its clean-up. */
    void one(String condition, Closure block) {
        def stop = new Stop()
        build.postStops << stop
        build.within(stop: stop, path: build.frame.path + "post $condition".toString()) {
            try {
                build.call(block)
            } catch (StepFailed e) {
                failed(e)
            } catch (Exception e) {
                failed(new StepFailed(Trouble.describe(e)))
            } finally {
                build.postStops.remove(stop)
            }
        }
    }

    void failed(StepFailed error) {
        build.say("ERROR: ${error.message}")
        build.worsen(error.result)
    }

    /** There is no earlier build here: `changed`, `fixed` and `regression` never hold. */
    static boolean holds(String condition, Result result) {
        switch (condition) {
            case ['always', 'cleanup']: return true
            case 'unsuccessful': return result != Result.SUCCESS
            case ['changed', 'fixed', 'regression']: return false
            case 'notBuilt': return result == Result.NOT_BUILT
            default: return condition.toUpperCase() == result.toString()
        }
    }
}
