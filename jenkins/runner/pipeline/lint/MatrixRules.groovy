package pipeline.lint

import pipeline.language.Grammar

/** `matrix { axes { … } stages { … } }`: checked here, but not run by this tool. */
class MatrixRules {
    final Findings findings
    final StageRules stages
    final Sections sections

    MatrixRules(Findings findings, StageRules stages) {
        this.findings = findings
        this.stages = stages
        sections = new Sections(findings)
    }

    void check(Call matrix, String title, boolean outerAgent) {
        def where = "$title matrix".toString()
        findings.uses('matrix', 'pipeline-model-definition', matrix.line)
        findings.note(matrix.line, "'matrix' is not covered: a build of this file is refused")
        def calls = sections.known(matrix, where, Grammar.MATRIX)
        ['axes', 'stages'].findAll { !(it in calls*.word) }.each { findings.wrong(matrix.line, "$where: required section '$it' is missing".toString()) }
        def agent = calls.find { it.word == 'agent' }
        def hasAgent = agent ? new AgentRules(findings).check(agent) : outerAgent
        calls.each { call ->
            switch (call.word) {
                case 'axes': axes(call, "$where axes", false); break
                case 'excludes': sections.known(call, "$where excludes", ['exclude'], true).each { axes(it, "$where exclude", true) }; break
                case 'stages': stages.list(call, "$where stages", hasAgent, true); break
                case 'agent': break
                default: stages.part(call, where, hasAgent, true)
            }
        }
    }

    void axes(Call section, String where, boolean mayNegate) {
        def axes = sections.known(section, where, ['axis'], true)
        def names = []
        axes.each { axis ->
            def fields = sections.known(axis, "$where axis", mayNegate ? ['name', 'values', 'notValues'] : ['name', 'values'])
            if (!('name' in fields*.word)) findings.wrong(axis.line, "$where: axis without name".toString())
            if (!fields.any { it.word in ['values', 'notValues'] }) findings.wrong(axis.line, "$where: axis without values".toString())
            if (fields.count { it.word in ['values', 'notValues'] } > 1) findings.wrong(axis.line, "$where: axis has both values and notValues".toString())
            def name = fields.find { it.word == 'name' }?.text()
            if (name && name in names) findings.wrong(axis.line, "$where: axis '$name' stands here twice".toString())
            names << name
        }
    }
}
