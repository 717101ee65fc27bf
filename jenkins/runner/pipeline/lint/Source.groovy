package pipeline.lint

import org.codehaus.groovy.ast.ModuleNode
import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.MultipleCompilationErrorsException
import org.codehaus.groovy.control.Phases
import org.codehaus.groovy.control.messages.SyntaxErrorMessage

/** Reads a Jenkinsfile into a syntax tree without running any of it. */
class Source {
    /** The tree, or null after a syntax error, which is then among the findings. */
    static ModuleNode parse(String text, Findings findings) {
        def unit = new CompilationUnit()
        unit.addSource('Jenkinsfile', text)
        try {
            unit.compile(Phases.CONVERSION)
            return unit.AST.modules.first()
        } catch (MultipleCompilationErrorsException e) {
            e.errorCollector.errors.each { error ->
                def cause = error instanceof SyntaxErrorMessage ? error.cause : null
                def says = (cause ? cause.originalMessage : error.toString()).readLines().find() ?: 'this cannot be read'
                findings.wrong(cause?.line ?: 1, "not valid Groovy: $says")
            }
            return null
        }
    }
}
