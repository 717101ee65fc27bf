package pipeline.lint

import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*

/** `environment { NAME = 'value' }`: names a shell accepts, values that are literals, strings joined by `+`, or calls. */
class EnvironmentRules {
    final Findings findings
    /** Methods the Jenkinsfile itself declares. */
    final Set<String> own

    EnvironmentRules(Findings findings, Set<String> own) {
        this.findings = findings
        this.own = own
    }

    void check(Call section) {
        if (!section.block) {
            findings.wrong(section.line, 'environment: needs a block { … }')
            return
        }
        def seen = [:]
        def statements = Call.statements(section.block)
        if (!statements) findings.wrong(section.line, 'environment: is empty')
        statements.each { statement ->
            def assignment = statement instanceof ExpressionStatement ? statement.expression : null
            if (!(assignment instanceof BinaryExpression) || assignment instanceof DeclarationExpression || assignment.operation.text != '=')
                findings.wrong(statement.lineNumber, "environment: expected NAME = 'value'")
            else entry(assignment, seen)
        }
    }

    void entry(BinaryExpression assignment, Map<String, Integer> seen) {
        def line = assignment.lineNumber
        def name = assignment.leftExpression instanceof VariableExpression ? assignment.leftExpression.name : assignment.leftExpression.text
        if (!(assignment.leftExpression instanceof VariableExpression) || !(name ==~ /[A-Za-z_][A-Za-z0-9_]*/))
            findings.wrong(line, "environment: '$name' is no name for a variable (letters, digits and _, not starting with a digit)".toString())
        if (seen.containsKey(name)) findings.wrong(line, "environment: '$name' is set twice (first in line ${seen[name]})".toString())
        else seen[name] = line
        value(name, assignment.rightExpression)
    }

    void value(String name, Expression value) {
        if (value instanceof MethodCallExpression && value.implicitThis) function(name, value)
        else if (!literal(value) && !joined(value))
            findings.wrong(value.lineNumber, "environment: $name must be a quoted string, strings joined by +, or a call such as credentials('id'), not `${value.text}`".toString())
    }

    static boolean literal(Expression value) { value instanceof GStringExpression || value instanceof ConstantExpression && value.value != null }

    static boolean joined(Expression value) {
        value instanceof BinaryExpression && value.operation.text == '+' && (literal(value.leftExpression) || joined(value.leftExpression)) && literal(value.rightExpression)
    }

    void function(String name, MethodCallExpression expression) {
        def call = new Call(expression)
        if (call.word == 'credentials') {
            if (call.text()) findings.usesCredential(call.text(), 'any', call.line)
            findings.uses('credentials', 'credentials-binding', call.line)
            if (call.unnamed.size() != 1 || call.named || !(Arguments.kindOf(call.unnamed.first()) in ['text', null]))
                findings.wrong(call.line, "environment: credentials takes the id of one credential as a string")
        } else if (!(call.word in own) && !(call.word in ['sh', 'readFile', 'pwd'])) {
            findings.wrong(call.line, "environment: $name calls unknown '${call.word}'".toString())
        }
    }
}
