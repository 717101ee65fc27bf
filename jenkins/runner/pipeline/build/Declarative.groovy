package pipeline.build

/** Runs `pipeline { … }`: agent, environment and options around the stages, then `post`. */
class Declarative {
    final Build build

    Declarative(Build build) { this.build = build }

    void run(Closure block) {
        def top = Section.read(build, block)
        Parameters.declare(build, top.section('parameters'))
        build.declaredOptions = top.section('options')
        def scope = new Scope(build, top)
        boolean postRan = false
        try {
            scope.agent {
                scope.environment {
                    scope.options {
                        def error = attempt { stages(top) }
                        postRan = true
                        new Post(build).run(top.section('post'), build.result)
                        if (error) throw error
                    }
                }
            }
        } catch (StepFailed e) {
            fail(e)
        }
        // What failed before the first stage, such as a checkout, still owes `post`.
        if (!postRan) new Post(build).run(top.section('post'), build.result)
    }

    void stages(Section top) {
        def options = build.declaredOptions
        def run = new StageRun(build, options?.entry('skipStagesAfterUnstable') != null, options?.entry('parallelsAlwaysFailFast') != null)
        run.all(top.section('stages').entries)
    }

    StepFailed attempt(Closure body) {
        try {
            body.call()
            return null
        } catch (StepFailed e) {
            fail(e)
            return e
        }
    }

    void fail(StepFailed error) {
        build.worsen(error.result)
        if (!build.stages.any { it.error }) build.say("ERROR: ${error.message}")
    }
}
