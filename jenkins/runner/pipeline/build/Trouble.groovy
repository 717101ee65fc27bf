package pipeline.build

/** Says in one line what went wrong in the Jenkinsfile's own code, and in which line of it. */
class Trouble {
    static String describe(Throwable error) {
        def where = line(error)
        def what = error instanceof MissingPropertyException || error instanceof MissingMethodException ? error.message : "${error.class.simpleName}: ${error.message}"
        "${what.readLines().first()}${where ? " (Jenkinsfile line $where)" : ''}"
    }

    static Integer line(Throwable error) { error.stackTrace.find { it.fileName == 'Jenkinsfile' }?.lineNumber }
}
