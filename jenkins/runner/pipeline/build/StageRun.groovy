package pipeline.build

/** Runs stages: their conditions, input, agent, content and `post`. */
class StageRun {
    final Build build
    final boolean skipAfterUnstable
    final boolean alwaysFailFast

    StageRun(Build build, boolean skipAfterUnstable, boolean alwaysFailFast) {
        this.build = build
        this.skipAfterUnstable = skipAfterUnstable
        this.alwaysFailFast = alwaysFailFast
    }

    /** One after the other; after a failure the rest is recorded as skipped. */
    void all(List<Entry> stages) {
        StepFailed failure = null
        stages.each { stage ->
            if (failure) skip(stage, 'an earlier stage failed')
            else if (skipAfterUnstable && build.result == Result.UNSTABLE) skip(stage, 'an earlier stage was unstable')
            else if (name(stage) in build.options.skip) skip(stage, 'left out by --skip')
            else {
                try { one(stage) } catch (StepFailed e) { failure = e }
            }
        }
        if (failure) throw failure
    }

    void skip(Entry stage, String reason) {
        def record = begin(stage)
        record.skipped = reason
        record.end()
        build.log.line(build.frame.path, "Stage '${record.name}' skipped: $reason")
    }

    StageRecord begin(Entry stage) {
        def record = new StageRecord(name(stage), build.frame.stage)
        build.stages << record
        record
    }

    static String name(Entry stage) { stage.arguments.first().toString() }

    void one(Entry entry) {
        def record = begin(entry)
        def variables = build.frame.environment + [STAGE_NAME: record.name]
        build.within(stage: record, path: build.frame.path + record.name, environment: variables) {
            try {
                build.frame.stop.check()
                around(Section.read(build, entry.block), record)
            } catch (StepFailed e) {
                fail(record, e)
                throw e
            } catch (BadParameters e) {
                throw e
            } catch (Exception e) {
                def failure = new StepFailed(Trouble.describe(e))
                fail(record, failure)
                throw failure
            } finally {
                record.end()
            }
        }
    }

    void fail(StageRecord record, StepFailed error) {
        if (error instanceof Interrupted && error.bySibling) record.result = record.result.worse(error.result)
        else build.worsen(error.result)
        if (record.error) return
        // The innermost stage reports the error; those around it only carry it.
        if (!build.stages.any { it.parent.is(record) && it.error == error.message }) build.say("ERROR: ${error.message}")
        record.error = build.secrets.mask(error.message)
    }

    /** The order of Jenkins: options, input, agent; `when` last unless it says before what it comes. */
    void around(Section stage, StageRecord record) {
        def when = new Conditions(build, stage.section('when'))
        def scope = new Scope(build, stage)
        def go = { String point -> record.skipped == null && (when.point != point || when.hold() || !skipped(record)) }
        scope.environment {
            if (!go('beforeOptions')) return
            scope.options {
                if (!go('beforeInput')) return
                asked(stage) {
                    if (!go('beforeAgent')) return
                    scope.agent {
                        if (go('inside')) content(stage, record)
                    }
                }
            }
        }
    }

    boolean skipped(StageRecord record) {
        record.skipped = 'its condition does not hold'
        build.say("Stage '${record.name}' skipped: ${record.skipped}")
        true
    }

    void asked(Section stage, Closure body) {
        def input = stage.entry('input')
        if (!input) {
            body.call()
            return
        }
        def fields = stage.section('input').entries.findAll { it.word != 'parameters' }.collectEntries { [it.word, it.arguments.first()] }
        build.library.call('input', [fields])
        def asked = stage.section('input').section('parameters')?.entries?.collect { new Parameter(it) } ?: []
        build.withEnvironment(asked.collectEntries { [it.name, it.defaultValue.toString()] }, body)
    }

    void content(Section stage, StageRecord record) {
        StepFailed failure = null
        try {
            if (stage.entry('steps')) build.call(stage.entry('steps').block)
            else if (stage.entry('stages')) all(stage.section('stages').entries)
            else parallel(stage)
        } catch (StepFailed e) {
            failure = e
        } catch (Exception e) {
            failure = new StepFailed(Trouble.describe(e))
        }
        if (failure) fail(record, failure)
        new Post(build).run(stage.section('post'), record.result)
        if (failure) throw failure
    }

    void parallel(Section stage) {
        def failFast = alwaysFailFast || stage.value('failFast') as boolean
        def branches = stage.section('parallel').entries.collectEntries { entry -> [entry.arguments.first().toString(), { -> one(entry) }] }
        new Branches(build).run(branches, failFast, false)
    }
}
