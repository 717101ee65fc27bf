package pipeline

import groovy.json.JsonOutput
import pipeline.build.BuildOptions
import pipeline.lint.Findings
import pipeline.lint.Lint

/** `jenkins/run`: checks a Jenkinsfile, and runs it. */
class Main {
    static final int WRONG = 2

    static void main(String[] arguments) {
        System.exit(run(arguments as List))
    }

    static int run(List<String> arguments) {
        def line = CommandLine.read(arguments)
        if (line.help) {
            println CommandLine.HELP
            return 0
        }
        if (line.problems) {
            line.problems.each { System.err.println(it) }
            System.err.println('Try `jenkins/run --help`.')
            return WRONG
        }
        def findings = line.files.collect { Lint.of(it.path, it.getText('UTF-8')) }
        if (line.uses) return uses(findings.first())
        findings*.problems.flatten().each { System.err.println(it) }
        if (line.lint) findings*.notes.flatten().each { println "$it" }
        if (findings.any { it.problems }) {
            System.err.println("${findings.sum { it.problems.size() }} problem(s)")
            return WRONG
        }
        if (line.lint) {
            println "OK: ${line.files.join(', ')}. Checked by this tool's own tables, which were never compared with a real Jenkins."
            return 0
        }
        new BuildRun(line.options).run(findings.first())
    }

    static int uses(Findings findings) {
        println JsonOutput.prettyPrint(JsonOutput.toJson([words: findings.words, credentials: findings.credentials]))
        findings.problems ? WRONG : 0
    }
}
