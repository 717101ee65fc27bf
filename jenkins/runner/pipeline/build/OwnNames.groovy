package pipeline.build

import org.codehaus.groovy.ast.ClassCodeVisitorSupport
import org.codehaus.groovy.ast.ClassNode
import org.codehaus.groovy.ast.expr.ConstantExpression
import org.codehaus.groovy.ast.expr.MethodCallExpression
import org.codehaus.groovy.classgen.GeneratorContext
import org.codehaus.groovy.control.CompilePhase
import org.codehaus.groovy.control.SourceUnit
import org.codehaus.groovy.control.customizers.CompilationCustomizer

/**
 * Groovy gives every object, and so every block, methods named `sleep`, `println` and `equals`. In a Jenkinsfile these
 * words mean steps and a condition: the calls get names that no object has.
 */
class OwnNames extends CompilationCustomizer {
    static final Map<String, String> NAMES = [sleep: 'pipeline_sleep', equals: 'pipeline_equals', print: 'echo', println: 'echo']

    OwnNames() { super(CompilePhase.SEMANTIC_ANALYSIS) }

    /** The word as it stands in the Jenkinsfile. */
    static String word(String name) { name - 'pipeline_' }

    @Override
    void call(SourceUnit source, GeneratorContext context, ClassNode node) {
        new ClassCodeVisitorSupport() {
            protected SourceUnit getSourceUnit() { source }

            void visitMethodCallExpression(MethodCallExpression call) {
                if (call.implicitThis && NAMES.containsKey(call.methodAsString)) {
                    def name = new ConstantExpression(NAMES[call.methodAsString])
                    name.sourcePosition = call.method
                    call.method = name
                }
                super.visitMethodCallExpression(call)
            }
        }.visitClass(node)
    }
}
