package pipeline.lint

import org.codehaus.groovy.ast.CodeVisitorSupport
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import pipeline.language.*

/** The rules of steps, both in `steps { … }`, where only steps may stand, and in `script { … }`, where any Groovy may. */
class StepRules {
    final Findings findings
    /** Methods the Jenkinsfile itself declares. */
    final Set<String> own
    final Arguments arguments

    StepRules(Findings findings, Set<String> own) {
        this.findings = findings
        this.own = own
        arguments = new Arguments(findings)
    }

    /** Steps one below the other. */
    void list(ClosureExpression block, String title, boolean hasAgent) {
        Call.statements(block).each { statement ->
            def call = Call.of(statement)
            if (call) step(call, title, hasAgent)
            else findings.wrong(statement.lineNumber, complaint(statement, title))
        }
    }

    static String complaint(Statement statement, String title) {
        def expression = statement instanceof ExpressionStatement ? statement.expression : null
        if (expression instanceof MethodCallExpression) return "$title: calls on objects belong into script { … }"
        def what = expression instanceof DeclarationExpression ? 'declarations' : expression ? 'expressions' : "'${statement.class.simpleName - 'Statement'}' statements".toLowerCase()
        "$title: $what belong into script { … }"
    }

    void step(Call call, String title, boolean hasAgent) {
        if (call.word in own) return
        if (call.word == Steps.PARALLEL) {
            parallel(call, title, hasAgent)
            return
        }
        def shape = Steps.ALL[call.word]
        if (!shape) {
            findings.wrong(call.line, "$title: unknown step '${call.word}'${Nearest.hint(call.word, Steps.ALL.keySet())}".toString())
            return
        }
        used(call, shape)
        if (shape.workspace && !hasAgent) findings.wrong(call.line, "$title: ${call.word} needs an agent, but there is none here".toString())
        if (!call.block) return
        if (call.word == 'script') script(call.block.code, hasAgent)
        else list(call.block, "$title ${call.word}", hasAgent || call.word == 'node')
    }

    void used(Call call, Shape shape) {
        findings.uses(call.word, shape.plugin, call.line)
        arguments.check(call, shape)
        if (call.word == 'withCredentials') bindings(call)
        if (call.word == 'publishHTML') report(call)
        if (call.word == 'mail') findings.note(call.line, "step 'mail' is not covered: the message is written to a file, not sent")
    }

    void bindings(Call call) {
        def list = call.unnamed ? call.unnamed.first() : call.named.bindings
        if (!(list instanceof ListExpression)) return
        if (!list.expressions) findings.wrong(call.line, 'withCredentials: binds nothing')
        list.expressions.each { expression ->
            def binding = value(expression, Values.BINDINGS, 'withCredentials')
            if (binding?.text('credentialsId')) findings.usesCredential(binding.text('credentialsId'), binding.word, binding.line)
        }
    }

    void report(Call call) {
        def map = call.named.target ?: (call.unnamed ? call.unnamed.first() : null)
        if (!(map instanceof MapExpression)) return
        def entries = map.mapEntryExpressions.collectEntries { [it.keyExpression.text, it.valueExpression] }
        Steps.REPORT.complaints(entries.keySet(), 0, false).each { findings.wrong(call.line, it) }
        entries.each { name, value -> arguments.kind('publishHTML', Steps.REPORT.argument(name), value) }
    }

    /** A value made by a word such as `string(…)` or `logRotator(…)`; null when it is anything else. */
    Call value(Expression expression, Map<String, Shape> shapes, String where) {
        if (!(expression instanceof MethodCallExpression) || !expression.implicitThis) return null
        def call = new Call(expression)
        def shape = shapes[call.word]
        if (!shape) {
            if (!(call.word in own)) findings.wrong(call.line, "$where: unknown '${call.word}'${Nearest.hint(call.word, shapes.keySet())}; it takes ${shapes.keySet().sort().join(', ')}".toString())
            return null
        }
        if (shape.plugin) findings.uses(call.word, shape.plugin, call.line)
        arguments.check(call, shape)
        call
    }

    void parallel(Call call, String title, boolean hasAgent) {
        findings.uses(call.word, Steps.PARALLEL_PLUGIN, call.line)
        if (!call.named && !call.unnamed) findings.wrong(call.line, "$title: parallel without branches".toString())
        call.named.each { name, branch ->
            if (branch instanceof ClosureExpression) list(branch, "$title parallel '$name'", hasAgent)
            else if (name != 'failFast' && Arguments.kindOf(branch)) findings.wrong(branch.lineNumber, "$title: branch '$name' must be a block { … }".toString())
        }
    }

    /** Free Groovy: every call without an object must be a step, a value word, or something declared in the file. */
    void script(Statement code, boolean hasAgent) { code.visit(new ScriptVisitor(this, hasAgent)) }
}
