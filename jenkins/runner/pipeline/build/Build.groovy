package pipeline.build

import java.util.concurrent.ConcurrentHashMap
import pipeline.steps.StepLibrary

/** One run of a pipeline: what was asked for, what happened so far, and where each thread stands. */
class Build {
    final BuildOptions options
    final Secrets secrets
    final Log log
    /** Asks everything but `post` to end. */
    final Stop stop = new Stop()
    /** Of every `post` condition that runs now. */
    final Set<Stop> postStops = ConcurrentHashMap.newKeySet()
    final Map<String, Object> parameters = [:]
    /** Set through `env.NAME = …`; seen by every thread. */
    final Map<String, String> environment = Collections.synchronizedMap([:])
    final List<StageRecord> stages = Collections.synchronizedList([])
    final Archive archive
    final Workspaces workspaces
    final Processes processes
    final Frame bottom
    final ThreadLocal<Frame> frames = new ThreadLocal<>()
    String displayName
    String description = ''
    Result result = Result.SUCCESS
    final StepLibrary library
    /** The compiled Jenkinsfile. */
    PipelineScript script
    /** The `options` of the pipeline; null when it has none. */
    Section declaredOptions

    Build(BuildOptions options) {
        this.options = options
        options.work.mkdirs()
        secrets = new Secrets(options.credentials)
        log = new Log(new File(options.work, 'build.log'), secrets)
        archive = new Archive(options.work)
        processes = new Processes(options.work, options.grace)
        workspaces = new Workspaces(options)
        library = new StepLibrary(this)
        displayName = "#${options.number}"
        environment.putAll([BUILD_NUMBER: options.number.toString(), BUILD_ID: options.number.toString(), JOB_NAME: options.jobName,
            BUILD_TAG: "jenkins-${options.jobName}-${options.number}".toString(), BUILD_URL: options.work.toURI().toString(), CI: 'true'])
        if (options.branch) environment.BRANCH_NAME = options.branch
        if (options.tag) environment.TAG_NAME = options.tag
        bottom = new Frame(stop: stop)
    }

    Frame getFrame() { frames.get() ?: bottom }

    /** Runs a block with some of the frame replaced. */
    Object within(Map changes, Closure body) { inside(frame.but(changes), body) }

    Object inside(Frame frame, Closure body) {
        def before = frames.get()
        frames.set(frame)
        try { body.call() } finally { frames.set(before) }
    }

    Object withEnvironment(Map<String, String> variables, Closure body) { within(environment: frame.environment + variables, body) }

    /** Variables as a step's process gets them. */
    Map<String, String> variables() { new LinkedHashMap(environment) + frame.environment }

    /** The first abort ends the steps; each further one ends the `post` condition that runs then. */
    void abort(String by) {
        if (stop.reason) postStops*.request("aborted again by $by".toString())
        else stop.request("the build was aborted by $by".toString())
    }

    void say(Object text) { log.line(frame.path, text) }

    File directory(String step) {
        if (!frame.directory) throw new StepFailed("$step needs an agent, but there is none here")
        frame.directory
    }

    /** A path given to a step, relative to the current directory. */
    File file(String step, Object path) {
        def file = new File(path.toString())
        file.absolute ? file : new File(directory(step), path.toString())
    }

    /** Marks the stage of this thread, those around it, and the build. A result never gets better. */
    synchronized void worsen(Result stageResult, Result buildResult = stageResult) {
        for (def stage = frame.stage; stage; stage = stage.parent) stage.result = stage.result.worse(stageResult)
        result = result.worse(buildResult)
    }

    /** Runs a block of the Jenkinsfile with the steps of the language in reach. */
    Object call(Closure block, Object... arguments) { block.rehydrate(script, script, script).call(*arguments) }
}
