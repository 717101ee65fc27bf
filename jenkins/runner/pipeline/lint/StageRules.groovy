package pipeline.lint

import org.codehaus.groovy.ast.expr.ConstantExpression
import pipeline.language.Grammar
import pipeline.language.Values

/** The rules of `stages { stage('…') { … } }` and of everything a stage may hold. */
class StageRules {
    final Findings findings
    final StepRules steps
    final Sections sections

    StageRules(Findings findings, StepRules steps) {
        this.findings = findings
        this.steps = steps
        sections = new Sections(findings)
    }

    /** `stages` or `parallel`: nothing but stages, each with a name of its own. */
    void list(Call section, String title, boolean hasAgent, boolean inParallel) {
        def stages = sections.known(section, title, ['stage'], true)
        stages.groupBy { it.text() }.findAll { name, same -> name && same.size() > 1 }.each { name, same ->
            same.drop(1).each { findings.wrong(it.line, "$title: stage '$name' stands here twice (first in line ${same.first().line})".toString()) }
        }
        stages.each { stage(it, hasAgent, inParallel) }
    }

    void stage(Call stage, boolean outerAgent, boolean inParallel) {
        def name = stage.text()
        def title = "stage '${name ?: '?'}'".toString()
        if (stage.unnamed.size() != 1 || stage.named || name == null)
            findings.wrong(stage.line, 'stage: takes its name as one plain string, without ${…}')
        def calls = sections.known(stage, title, Grammar.STAGE)
        def content = calls.findAll { it.word in Grammar.CONTENT }
        if (stage.block && content*.word.unique().size() != 1)
            findings.wrong(stage.line, "$title: needs exactly one of ${Grammar.CONTENT.join(', ')}, but has ${content ? content*.word.join(' and ') : 'none'}".toString())
        def agent = calls.find { it.word == 'agent' }
        def hasAgent = agent ? new AgentRules(findings).check(agent) : outerAgent
        def fans = content.find { it.word in ['parallel', 'matrix'] }
        if (fans) {
            if (inParallel) findings.wrong(fans.line, "$title: '${fans.word}' may not stand inside another parallel or matrix".toString())
            calls.findAll { it.word in ['agent', 'tools'] }.each { findings.wrong(it.line, "$title: '${it.word}' is not allowed beside ${fans.word}".toString()) }
        }
        calls.each { part(it, title, hasAgent, inParallel) }
    }

    void part(Call call, String title, boolean hasAgent, boolean inParallel) {
        switch (call.word) {
            case 'steps': body(call, "$title steps", hasAgent); break
            case 'stages': list(call, "$title stages", hasAgent, inParallel); break
            case 'parallel': list(call, "$title parallel", hasAgent, true); break
            case 'matrix': new MatrixRules(findings, this).check(call, title, hasAgent); break
            case 'when': new WhenRules(findings, steps).check(call, "$title when"); break
            case 'environment': new EnvironmentRules(findings, steps.own).check(call); break
            case 'options': sections.shaped(call, "$title options", Grammar.STAGE_OPTIONS); break
            case 'post': post(call, "$title post", hasAgent); break
            case 'input': input(call, title); break
            case 'failFast': failFast(call, title); break
            case 'tools': findings.note(call.line, "'tools' is not covered: nothing is installed"); break
        }
    }

    void body(Call section, String title, boolean hasAgent) {
        if (!section.block) findings.wrong(section.line, "$title: needs a block { … }".toString())
        else if (!Call.statements(section.block)) findings.wrong(section.line, "$title: is empty".toString())
        else steps.list(section.block, title, hasAgent)
    }

    void post(Call section, String title, boolean hasAgent) {
        sections.known(section, title, Grammar.POST).each { body(it, "$title ${it.word}", hasAgent) }
    }

    void failFast(Call call, String title) {
        if (call.unnamed.size() != 1 || !(Arguments.kindOf(call.unnamed.first()) in ['flag', null]))
            findings.wrong(call.line, "$title: failFast must be true or false".toString())
    }

    void input(Call call, String title) {
        findings.uses('input', 'pipeline-input-step', call.line)
        def fields = sections.shaped(call, "$title input", Grammar.INPUT)
        if (call.block && !('message' in fields*.word)) findings.wrong(call.line, "$title input: required 'message' is missing".toString())
        fields.findAll { it.word == 'parameters' && it.block }.each { sections.shaped(it, "$title input parameters", Values.PARAMETERS, true) }
    }
}
