package pipeline.lint

import pipeline.language.Grammar

/** The conditions of a stage. */
class WhenRules {
    static final List<String> NOT_COVERED = ['changelog', 'changeset']

    final Findings findings
    final StepRules steps
    final Sections sections

    WhenRules(Findings findings, StepRules steps) {
        this.findings = findings
        this.steps = steps
        sections = new Sections(findings)
    }

    void check(Call section, String title) {
        def calls = sections.known(section, title, Grammar.CONDITIONS.keySet() + Grammar.COMBINATIONS + Grammar.WHEN_FLAGS, true)
        def flags = calls.findAll { it.word in Grammar.WHEN_FLAGS }
        flags.findAll { it.unnamed.size() != 1 || !(Arguments.kindOf(it.unnamed.first()) in ['flag', null]) }.each {
            findings.wrong(it.line, "$title: ${it.word} must be true or false".toString())
        }
        if (calls && calls.size() == flags.size()) findings.wrong(section.line, "$title: holds no condition".toString())
        (calls - flags).each { condition(it, title) }
    }

    void condition(Call call, String title) {
        if (call.word in Grammar.COMBINATIONS) {
            if (call.unnamed || call.named) findings.wrong(call.line, "$title: ${call.word} takes only a block".toString())
            def children = sections.known(call, "$title ${call.word}", Grammar.CONDITIONS.keySet() + Grammar.COMBINATIONS, true)
            if (call.word == 'not' && children.size() > 1) findings.wrong(call.line, "$title: not takes exactly one condition".toString())
            children.each { condition(it, title) }
            return
        }
        sections.arguments.check(call, Grammar.CONDITIONS[call.word])
        if (call.word == 'expression' && call.block) steps.script(call.block.code, true)
        if (call.word in NOT_COVERED) findings.note(call.line, "condition '${call.word}' is not covered: it counts as true".toString())
    }
}
