package pipeline

import groovy.json.JsonOutput
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.MultipleCompilationErrorsException
import pipeline.build.*
import pipeline.lint.Findings
import sun.misc.Signal
import sun.misc.SignalHandler

/** One build from the checked Jenkinsfile to its result. */
class BuildRun {
    final BuildOptions options
    final Build build

    BuildRun(BuildOptions options) {
        this.options = options
        build = new Build(options)
    }

    /** Returns the exit code. */
    int run(Findings findings) {
        listen()
        findings.notes.each { build.say("NOTE $it") }
        if (findings.words.any { it.word == 'matrix' }) return refuse(['matrix is not covered by this runner'])
        def unknown = options.skip.findAll { !options.jenkinsfile.text.contains("stage('$it')") }
        if (unknown) return refuse(unknown.collect { "--skip: there is no stage '$it'".toString() })
        try {
            build.script = compile()
        } catch (MultipleCompilationErrorsException e) {
            return refuse(e.message.readLines().findAll { it.contains('Jenkinsfile: ') })
        }
        try {
            build.script.run()
        } catch (BadParameters e) {
            return refuse(e.problems)
        } catch (StepFailed e) {
            fail(e)
        } catch (Exception e) {
            fail(new StepFailed(Trouble.describe(e)))
        }
        int left = build.processes.endAll()
        if (left) build.say("Ended $left process(es) that steps left running")
        report(findings)
        build.result.exitCode
    }

    PipelineScript compile() {
        def configuration = new CompilerConfiguration(scriptBaseClass: PipelineScript.name)
        configuration.addCompilationCustomizers(new OwnNames())
        def shell = new GroovyShell(this.class.classLoader, new Variables(build), configuration)
        def script = (PipelineScript) shell.parse(options.jenkinsfile.getText('UTF-8'), 'Jenkinsfile')
        script.attach(build)
        script
    }

    void listen() {
        def handler = { Signal signal -> build.abort("SIG${signal.name}") } as SignalHandler
        ['TERM', 'INT'].each { Signal.handle(new Signal(it), handler) }
    }

    void fail(StepFailed error) {
        build.say("ERROR: ${error.message}")
        build.worsen(error.result)
    }

    int refuse(List<String> problems) {
        problems.each { System.err.println(it) }
        build.log.close()
        Main.WRONG
    }

    void report(Findings findings) {
        def map = [result: build.result.toString(), number: options.number, name: build.displayName, description: build.description,
                   jenkinsfile: options.jenkinsfile.path, parameters: build.parameters.collectEntries { [it.key, build.secrets.mask(it.value.toString())] },
                   stages: build.stages*.toMap(), tests: build.archive.tests, artifacts: build.archive.artifacts, pages: build.archive.pages,
                   mails: build.archive.mails, notCovered: findings.notes*.toString()]
        def file = new File(options.work, 'build.json')
        file.setText(JsonOutput.prettyPrint(JsonOutput.toJson(map)) + '\n', 'UTF-8')
        build.log.write('')
        build.stages.each { build.log.write(String.format('%-9s %7.1f s  %s', it.outcome, it.milliseconds / 1000.0d, it.path)) }
        build.log.write("Finished: ${build.result}   ($file)")
        build.log.close()
    }
}
