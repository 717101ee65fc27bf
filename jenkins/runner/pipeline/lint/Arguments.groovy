package pipeline.lint

import org.codehaus.groovy.ast.expr.*
import pipeline.language.*

/** Checks the arguments of a call against the shape of its word. */
class Arguments {
    final Findings findings

    Arguments(Findings findings) { this.findings = findings }

    void check(Call call, Shape shape) {
        shape.complaints(call.named.keySet(), call.unnamed.size(), call.block != null).each { findings.wrong(call.line, it) }
        call.named.each { name, value -> kind(call.word, shape.argument(name), value) }
        if (call.unnamed.size() == 1 && shape.alone) kind(call.word, shape.argument(shape.alone), call.unnamed.first())
    }

    void kind(String word, Argument argument, Expression value) {
        if (!argument || argument.kind == 'any') return
        if (argument.kind == 'choice') {
            def given = constant(value)
            if (given != null && !(given in argument.choices))
                findings.wrong(value.lineNumber, "$word: ${argument.name} must be ${argument.expectation}, not '$given'${Nearest.hint(given.toString(), argument.choices)}".toString())
            return
        }
        def found = kindOf(value)
        if (found && found != argument.kind)
            findings.wrong(value.lineNumber, "$word: ${argument.name} must be ${argument.expectation}, not ${value.text}".toString())
    }

    static Object constant(Expression value) { value instanceof ConstantExpression ? value.value : null }

    /** Kind of a literal; null when only a running build could tell. */
    static String kindOf(Expression value) {
        if (value instanceof GStringExpression) return 'text'
        if (value instanceof ListExpression) return 'list'
        if (value instanceof MapExpression) return 'map'
        if (value instanceof ClosureExpression) return 'block'
        if (value instanceof UnaryMinusExpression) return kindOf(value.expression)
        if (!(value instanceof ConstantExpression)) return null
        switch (value.value) {
            case String: return 'text'
            case Integer: case Long: return 'number'
            case Boolean: return 'flag'
            default: return value.value == null ? null : 'other'
        }
    }
}
