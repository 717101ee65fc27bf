package pipeline.lint

import pipeline.language.Grammar
import pipeline.language.Values

/** The rules of `pipeline { … }`. */
class PipelineRules {
    static final List<String> JOB_OPTIONS_WITHOUT_EFFECT = ['buildDiscarder', 'disableConcurrentBuilds', 'disableRestartFromStage', 'disableResume',
        'durabilityHint', 'newContainerPerStage', 'overrideIndexTriggers', 'preserveStashes', 'quietPeriod', 'checkoutToSubdirectory']

    final Findings findings
    final StepRules steps
    final Sections sections
    final StageRules stages

    PipelineRules(Findings findings, StepRules steps) {
        this.findings = findings
        this.steps = steps
        sections = new Sections(findings)
        stages = new StageRules(findings, steps)
    }

    void check(Call pipeline) {
        def calls = sections.known(pipeline, 'pipeline', Grammar.PIPELINE)
        ['agent', 'stages'].findAll { !(it in calls*.word) }.each { findings.wrong(pipeline.line, "pipeline: required section '$it' is missing".toString()) }
        def agent = calls.find { it.word == 'agent' }
        def hasAgent = agent && new AgentRules(findings).check(agent)
        calls.each { call ->
            switch (call.word) {
                case 'environment': new EnvironmentRules(findings, steps.own).check(call); break
                case 'options': options(call); break
                case 'parameters': parameters(call); break
                case 'post': stages.post(call, 'post', hasAgent); break
                case 'stages': stages.list(call, 'stages', hasAgent, false); break
                case 'triggers': sections.shaped(call, 'triggers', Grammar.TRIGGERS).each {
                    findings.note(it.line, "trigger '${it.word}' is left to the controller".toString())
                }; break
                case ['tools', 'libraries']: findings.note(call.line, "'${call.word}' is not covered: nothing is installed or loaded".toString()); break
            }
        }
    }

    void options(Call section) {
        sections.shaped(section, 'options', Grammar.OPTIONS).each { call ->
            if (call.word == 'buildDiscarder') steps.value(call.unnamed ? call.unnamed.first() : null, Values.DISCARDERS, 'buildDiscarder')
            if (call.word in JOB_OPTIONS_WITHOUT_EFFECT) findings.note(call.line, "option '${call.word}' has no effect here: it steers the controller".toString())
        }
    }

    void parameters(Call section) {
        def calls = sections.shaped(section, 'parameters', Values.PARAMETERS, true)
        calls.groupBy { it.text('name') }.findAll { name, same -> name && same.size() > 1 }.each { name, same ->
            same.drop(1).each { findings.wrong(it.line, "parameters: '$name' is declared twice (first in line ${same.first().line})".toString()) }
        }
        calls.findAll { it.word == 'choice' }.each { new ChoiceRule(findings).check(it) }
    }
}
