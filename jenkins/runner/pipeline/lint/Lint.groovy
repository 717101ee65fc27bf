package pipeline.lint

import org.codehaus.groovy.ast.expr.ClosureExpression
import org.codehaus.groovy.ast.stmt.Statement

/** Finds what is wrong with a Jenkinsfile, all of it at once, without running it. */
class Lint {
    static Findings of(String file, String text) {
        def findings = new Findings(file)
        def module = Source.parse(text, findings)
        if (module) {
            def own = module.methods*.name as Set
            def steps = new StepRules(findings, own)
            module.methods.findAll { it.code }.each { steps.script(it.code, true) }
            pipelineBlock(module.statementBlock.statements, steps, findings)
        }
        [findings.problems, findings.notes]*.sort { it.line }
        findings
    }

    static void pipelineBlock(List<Statement> statements, StepRules steps, Findings findings) {
        def blocks = statements.collect { Call.of(it) }.findAll { it?.word == 'pipeline' }
        if (!blocks) findings.wrong(1, 'no `pipeline { … }` block: only declarative pipelines are understood')
        blocks.drop(1).each { findings.wrong(it.line, 'a second pipeline block') }
        blocks.take(1).each { call ->
            if (call.block) new PipelineRules(findings, steps).check(call)
            else findings.wrong(call.line, 'pipeline: needs a block { … }')
        }
    }
}
