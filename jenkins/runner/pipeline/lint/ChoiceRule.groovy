package pipeline.lint

import org.codehaus.groovy.ast.expr.ListExpression

/** `choice(choices: …)` needs at least one choice: a list, or a string with one choice a line. */
class ChoiceRule {
    final Findings findings

    ChoiceRule(Findings findings) { this.findings = findings }

    void check(Call choice) {
        def value = choice.named.choices
        if (value == null) return
        def kind = Arguments.kindOf(value)
        if (kind && !(kind in ['list', 'text'])) findings.wrong(value.lineNumber, "choice: choices must be a list or a string with one choice a line, not ${value.text}".toString())
        if (value instanceof ListExpression && !value.expressions) findings.wrong(value.lineNumber, 'choice: choices must hold at least one choice')
    }
}
