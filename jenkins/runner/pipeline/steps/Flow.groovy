package pipeline.steps

import pipeline.build.*

/** Steps that say something, mark a result, or hold other steps. */
class Flow {
    final Build build

    Flow(Build build) { this.build = build }

    Object echo(Map a, Closure none) { build.say(a.message) }

    Object error(Map a, Closure none) { throw new StepFailed(a.message.toString()) }

    Object unstable(Map a, Closure none) {
        build.say("WARNING: ${a.message}")
        build.worsen(Result.UNSTABLE)
    }

    Object isUnix(Map a, Closure none) { true }

    Object script(Map a, Closure body) { build.call(body) }

    Object stage(Map a, Closure body) {
        def record = new StageRecord(a.name.toString(), build.frame.stage)
        build.stages << record
        build.within(stage: record, path: build.frame.path + record.name) {
            try {
                return build.call(body)
            } catch (StepFailed e) {
                record.error = build.secrets.mask(e.message)
                build.worsen(e.result)
                throw e
            } finally {
                record.end()
            }
        }
    }

    Object node(Map a, Closure body) {
        Object result = null
        build.workspaces.within(build, false) { result = build.call(body) }
        result
    }

    Object timestamps(Map a, Closure body) {
        build.log.timestamps = true
        inner(body)
    }

    Object withEnv(Map a, Closure body) {
        def pairs = a.overrides.collectEntries { override ->
            def (name, value) = override.toString().split('=', 2) as List
            // PATH+EXTRA=… puts something in front of PATH.
            if (!name.contains('+')) return [name, value ?: '']
            def real = name.split(/\+/)[0]
            [real, "$value:${build.variables()[real] ?: System.getenv(real) ?: ''}".toString()]
        }
        build.withEnvironment(pairs) { inner(body) }
    }

    Object retry(Map a, Closure body) {
        int tries = a.count as int
        for (int i = 1; ; i++) {
            try {
                return inner(body)
            } catch (StepFailed e) {
                if (i >= tries || e instanceof Interrupted && !e.timedOut) throw e
                build.say("ERROR: ${e.message}")
                build.say("Retrying ($i of ${tries - 1})")
                build.frame.stop.check()
            }
        }
    }

    Object catchError(Map a, Closure body) {
        try {
            return inner(body)
        } catch (StepFailed e) {
            if (e instanceof Interrupted && (a.catchInterruptions == false || !e.timedOut)) throw e
            build.say("ERROR: ${a.message ? "${a.message}: " : ''}${e.message}")
            build.worsen(Result.valueOf(a.stageResult?.toString() ?: 'SUCCESS'), Result.valueOf(a.buildResult?.toString() ?: 'FAILURE'))
            return null
        }
    }

    Object warnError(Map a, Closure body) {
        catchError([message: a.message, buildResult: 'UNSTABLE', stageResult: 'UNSTABLE', catchInterruptions: a.catchInterruptions], body)
    }

    /** A block of the Jenkinsfile, or one of the runner's own when the step wraps a whole stage as an option. */
    Object inner(Closure body) { body.owner.class.name.startsWith('pipeline.') ? body.call() : build.call(body) }
}
