package pipeline.lint

import org.codehaus.groovy.ast.expr.VariableExpression
import pipeline.language.Grammar

/** `agent any`, `agent none` or `agent { one kind }`. */
class AgentRules {
    final Findings findings
    final Sections sections

    AgentRules(Findings findings) {
        this.findings = findings
        sections = new Sections(findings)
    }

    /** True when the agent gives its stages a workspace. */
    boolean check(Call agent) {
        if (agent.block) kind(agent)
        else if (bare(agent) in Grammar.BARE_AGENTS) return bare(agent) == 'any'
        else findings.wrong(agent.line, "agent: must be `any`, `none` or a block with one of ${Grammar.AGENTS.keySet().join(', ')}".toString())
        true
    }

    static String bare(Call agent) {
        agent.unnamed.size() == 1 && agent.unnamed.first() instanceof VariableExpression ? agent.unnamed.first().name : null
    }

    void kind(Call agent) {
        def kinds = sections.known(agent, 'agent', Grammar.AGENTS.keySet())
        kinds.drop(1).each { findings.wrong(it.line, "agent: only one kind is allowed, '${kinds.first().word}' stands in line ${kinds.first().line}".toString()) }
        kinds.take(1).each { kind ->
            def shape = Grammar.AGENTS[kind.word]
            findings.uses(kind.word, shape.plugin, kind.line)
            if (kind.block) fields(kind)
            else sections.arguments.check(kind, shape)
            if (kind.word in ['docker', 'dockerfile', 'kubernetes'])
                findings.note(kind.line, "agent '${kind.word}' is not covered: its stages run on this host".toString())
        }
    }

    /** `docker { image '…' }`: the arguments as calls of one value each. */
    void fields(Call kind) {
        def shape = Grammar.AGENTS[kind.word]
        def fields = sections.known(kind, "agent ${kind.word}", shape.arguments*.name)
        shape.arguments.findAll { it.required && !(it.name in fields*.word) }.each {
            findings.wrong(kind.line, "agent ${kind.word}: required '${it.name}' is missing".toString())
        }
        fields.each { field ->
            if (field.unnamed.size() != 1) findings.wrong(field.line, "agent ${kind.word}: ${field.word} takes one value".toString())
            else sections.arguments.kind(kind.word, shape.argument(field.word), field.unnamed.first())
            if (field.word == 'registryCredentialsId' && field.text()) findings.usesCredential(field.text(), 'usernamePassword', field.line)
        }
    }
}
