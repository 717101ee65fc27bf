package pipeline.steps

import pipeline.build.Build
import pipeline.build.StepFailed
import pipeline.language.Nearest
import pipeline.language.Shape
import pipeline.language.Steps
import pipeline.language.Values

/** Every step that runs here, by its word. */
class StepLibrary {
    static final Map<String, Shape> VALUES = Values.BINDINGS + Values.PARAMETERS

    final Build build
    final Map<String, Closure> steps

    StepLibrary(Build build) {
        this.build = build
        def shell = new Shell(build), flow = new Flow(build), files = new FileSteps(build), stashes = new Stashes(build)
        def reports = new Reports(build), credentials = new Credentials(build), waiting = new Waiting(build)
        steps = [
            archiveArtifacts: reports.&archiveArtifacts, catchError: flow.&catchError, checkout: files.&checkout, deleteDir: files.&deleteDir,
            dir: files.&dir, echo: flow.&echo, error: flow.&error, fileExists: files.&fileExists, input: waiting.&input, isUnix: flow.&isUnix,
            junit: reports.&junit, lock: waiting.&lock, mail: reports.&mail, node: flow.&node, publishHTML: reports.&publishHTML,
            pwd: files.&pwd, readFile: files.&readFile, retry: flow.&retry, script: flow.&script, sh: shell.&sh, sleep: waiting.&sleep,
            stage: flow.&stage, stash: stashes.&stash, timeout: waiting.&timeout, timestamps: flow.&timestamps, unstable: flow.&unstable,
            unstash: stashes.&unstash, warnError: flow.&warnError, withCredentials: credentials.&withCredentials, withEnv: flow.&withEnv,
            writeFile: files.&writeFile]
        assert steps.keySet() == Steps.ALL.keySet()
    }

    /** Binds the arguments as they stand in the Jenkinsfile and runs the step. */
    Object call(String word, List arguments) {
        if (word == Steps.PARALLEL) return parallel(arguments)
        if (VALUES.containsKey(word)) return [word: word] + (arguments ? arguments.first() : [:])
        def shape = Steps.ALL[word]
        if (!shape) throw new StepFailed("there is no step '$word'${Nearest.hint(word, Steps.ALL.keySet())}")
        def block = arguments && arguments.last() instanceof Closure ? arguments.last() : null
        def rest = block ? arguments.init() : arguments
        def named = rest && rest.first() instanceof Map && word != 'publishHTML' ? rest.first() : [:]
        if (word == 'publishHTML' && rest && rest.first() instanceof Map) {
            named = rest.first().containsKey('target') ? rest.first() : [target: rest.first()]
        }
        def unnamed = named ? rest.drop(1) : rest
        def complaints = shape.complaints(named.keySet(), unnamed.size(), block != null)
        if (complaints) throw new StepFailed(complaints.join('; '))
        build.frame.stop.check()
        steps[word].call(unnamed ? [(shape.alone): unnamed.first()] : named, block)
    }

    Object parallel(List arguments) {
        def branches = new LinkedHashMap(arguments.first())
        def failFast = branches.remove('failFast') as boolean
        new pipeline.build.Branches(build).run(branches, failFast)
    }
}
