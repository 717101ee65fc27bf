package pipeline.lint

import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*

/** One word of the source with what follows it: `word(unnamed…, name: value…) { block }`. */
class Call {
    final String word
    final int line
    final List<Expression> unnamed = []
    final Map<String, Expression> named = [:]
    /** The trailing block, or null. */
    ClosureExpression block

    Call(MethodCallExpression call) {
        word = call.methodAsString
        line = call.lineNumber
        def arguments = call.arguments
        arguments.expressions.each { argument ->
            if (argument instanceof MapExpression && !isBracketed(argument, arguments))
                argument.mapEntryExpressions.each { named[it.keyExpression.text] = it.valueExpression }
            else unnamed << argument
        }
        if (unnamed && unnamed.last() instanceof ClosureExpression) block = (ClosureExpression) unnamed.remove(unnamed.size() - 1)
    }

    /** Names without brackets, `sh(a: 1)`, come as a map too, placed at its first key or at the first argument. */
    static boolean isBracketed(MapExpression map, TupleExpression arguments) {
        if (!map.mapEntryExpressions) return true
        def start = [map.lineNumber, map.columnNumber]
        def key = map.mapEntryExpressions.first().keyExpression
        start != [key.lineNumber, key.columnNumber] && !arguments.expressions.any { !it.is(map) && [it.lineNumber, it.columnNumber] == start }
    }

    /** Text of the only unnamed argument or of the named one, when it is a plain string; null otherwise. */
    String text(String name = null) {
        def value = name && named[name] ? named[name] : unnamed ? unnamed.first() : null
        value instanceof ConstantExpression && value.value instanceof String ? value.value : null
    }

    /** The call a statement consists of, or null when it is anything else. */
    static Call of(Statement statement) {
        if (!(statement instanceof ExpressionStatement || statement instanceof ReturnStatement)) return null
        def expression = statement.expression
        expression instanceof MethodCallExpression && expression.implicitThis && expression.methodAsString ? new Call(expression) : null
    }

    static List<Statement> statements(ClosureExpression block) {
        block.code instanceof BlockStatement ? block.code.statements : [block.code]
    }

    /** The calls in a section; whatever is no call is a finding. */
    static List<Call> list(ClosureExpression block, String section, Findings findings) {
        statements(block).collect { statement ->
            def call = of(statement)
            if (!call) findings.wrong(statement.lineNumber, complaint(statement, section))
            call
        }.findAll()
    }

    static String complaint(Statement statement, String section) {
        def chained = statement instanceof ExpressionStatement && statement.expression instanceof MethodCallExpression &&
            statement.expression.objectExpression instanceof MethodCallExpression
        chained ? "$section: one directive per line ('${statement.expression.methodAsString}' stands on the line of another)"
            : "$section: expected a directive like `name { … }` or `name value`, not `${statement.text ?: statement.class.simpleName}`"
    }
}
