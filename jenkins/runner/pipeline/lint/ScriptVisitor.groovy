package pipeline.lint

import org.codehaus.groovy.ast.CodeVisitorSupport
import org.codehaus.groovy.ast.expr.*
import pipeline.language.*

/** Walks free Groovy and checks the steps called in it. */
class ScriptVisitor extends CodeVisitorSupport {
    static final Set<String> VALUE_WORDS = Values.BINDINGS.keySet() + Values.PARAMETERS.keySet() + ['print', 'println', 'load', 'credentials']

    final StepRules rules
    boolean hasAgent
    /** Variables declared so far: calling one calls the block it holds. */
    final Set<String> variables = []

    ScriptVisitor(StepRules rules, boolean hasAgent) {
        this.rules = rules
        this.hasAgent = hasAgent
    }

    @Override
    void visitDeclarationExpression(DeclarationExpression declaration) {
        if (declaration.leftExpression instanceof VariableExpression) variables << declaration.variableExpression.name
        super.visitDeclarationExpression(declaration)
    }

    @Override
    void visitMethodCallExpression(MethodCallExpression expression) {
        if (!expression.implicitThis || !expression.methodAsString) {
            super.visitMethodCallExpression(expression)
            return
        }
        def call = new Call(expression)
        check(call)
        def before = hasAgent
        hasAgent = hasAgent || call.word == 'node'
        super.visitMethodCallExpression(expression)
        hasAgent = before
    }

    void check(Call call) {
        def word = call.word
        if (word in rules.own || word in variables || word in VALUE_WORDS) return
        if (word == Steps.PARALLEL) {
            rules.findings.uses(word, Steps.PARALLEL_PLUGIN, call.line)
            return
        }
        def shape = Steps.ALL[word]
        if (!shape) rules.findings.wrong(call.line, "script: unknown step or method '$word'${Nearest.hint(word, Steps.ALL.keySet())}".toString())
        else {
            rules.used(call, shape)
            if (shape.workspace && !hasAgent) rules.findings.wrong(call.line, "script: $word needs an agent, but there is none here".toString())
        }
    }
}
