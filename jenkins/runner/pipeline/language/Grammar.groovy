package pipeline.language

/** Which words may stand in which section of a declarative pipeline. */
class Grammar {
    static final List<String> PIPELINE = ['agent', 'environment', 'libraries', 'options', 'parameters', 'post', 'stages', 'tools', 'triggers']
    static final List<String> STAGE = ['agent', 'environment', 'failFast', 'input', 'matrix', 'options', 'parallel', 'post', 'stages', 'steps', 'tools', 'when']
    /** A stage has exactly one of these. */
    static final List<String> CONTENT = ['steps', 'stages', 'parallel', 'matrix']
    static final List<String> MATRIX = ['agent', 'axes', 'environment', 'excludes', 'input', 'options', 'post', 'stages', 'tools', 'when']

    /** In the order in which Jenkins runs them. */
    static final List<String> POST = ['always', 'changed', 'fixed', 'regression', 'aborted', 'failure', 'success', 'unstable', 'unsuccessful', 'notBuilt', 'cleanup']

    static final Map<String, Shape> OPTIONS = Shape.table(
        buildDiscarder: [alone: 'strategy', takes: 'strategy! any'],
        checkoutToSubdirectory: [alone: 'subdirectory', takes: 'subdirectory! text'],
        disableConcurrentBuilds: [plugin: 'workflow-job', takes: 'abortPrevious flag'],
        disableRestartFromStage: [plugin: 'pipeline-model-definition'],
        disableResume: [plugin: 'workflow-job'],
        durabilityHint: [plugin: 'workflow-job', alone: 'hint', takes: 'hint! PERFORMANCE_OPTIMIZED|SURVIVABLE_NONATOMIC|MAX_SURVIVABILITY'],
        newContainerPerStage: [plugin: 'pipeline-model-definition'],
        overrideIndexTriggers: [plugin: 'workflow-multibranch', alone: 'enableTriggers', takes: 'enableTriggers! flag'],
        parallelsAlwaysFailFast: [plugin: 'pipeline-model-definition'],
        preserveStashes: [plugin: 'pipeline-model-definition', takes: 'buildCount number'],
        quietPeriod: [alone: 'quietPeriod', takes: 'quietPeriod! number'],
        skipDefaultCheckout: [plugin: 'pipeline-model-definition', alone: 'skipDefaultCheckout', takes: 'skipDefaultCheckout flag'],
        skipStagesAfterUnstable: [plugin: 'pipeline-model-definition']) + stepsAsOptions('lock', 'retry', 'timeout', 'timestamps')

    /** A stage takes only options that wrap it; the others belong to the whole job. */
    static final Map<String, Shape> STAGE_OPTIONS = OPTIONS.subMap(['skipDefaultCheckout', 'lock', 'retry', 'timeout', 'timestamps']) +
        stepsAsOptions('catchError', 'warnError')

    static final Map<String, Shape> TRIGGERS = Shape.table(
        cron: [alone: 'spec', takes: 'spec! text'],
        pollSCM: [alone: 'spec', takes: 'spec! text, ignorePostCommitHooks flag'],
        upstream: [takes: 'upstreamProjects! text, threshold any'])

    static final List<String> BARE_AGENTS = ['any', 'none']
    static final String CONTAINER = 'label text, customWorkspace text, reuseNode flag, args text, registryUrl text, registryCredentialsId text'
    static final Map<String, Shape> AGENTS = Shape.table(
        docker: [plugin: 'docker-workflow', alone: 'image', takes: "image! text, alwaysPull flag, $CONTAINER"],
        dockerfile: [plugin: 'docker-workflow', alone: 'filename', takes: "filename text, dir text, additionalBuildArgs text, $CONTAINER"],
        kubernetes: [plugin: 'kubernetes', takes: 'cloud text, yaml text, yamlFile text, label text, defaultContainer text, inheritFrom text, namespace text'],
        label: [plugin: 'workflow-durable-task-step', alone: 'label', takes: 'label! text'],
        node: [plugin: 'workflow-durable-task-step', takes: 'label! text, customWorkspace text'])

    static final Map<String, Shape> CONDITIONS = Shape.table(
        branch: [alone: 'pattern', takes: 'pattern! text, comparator EQUALS|GLOB|REGEXP'],
        buildingTag: [:],
        changeRequest: [takes: 'id text, target text, branch text, fork text, url text, title text, author text, authorDisplayName text, authorEmail text, comparator EQUALS|GLOB|REGEXP'],
        changelog: [alone: 'pattern', takes: 'pattern! text'],
        changeset: [alone: 'pattern', takes: 'pattern! text, caseSensitive flag, comparator EQUALS|GLOB|REGEXP'],
        environment: [takes: 'name! text, value! text, ignoreCase flag'],
        equals: [takes: 'expected! any, actual! any'],
        expression: [block: true],
        tag: [alone: 'pattern', takes: 'pattern! text, comparator EQUALS|GLOB|REGEXP'],
        triggeredBy: [alone: 'cause', takes: 'cause! text, detail text'])
    /** Conditions that hold other conditions. */
    static final List<String> COMBINATIONS = ['not', 'allOf', 'anyOf']
    static final List<String> WHEN_FLAGS = ['beforeAgent', 'beforeInput', 'beforeOptions']

    static final Map<String, Shape> INPUT = Shape.table(
        id: [alone: 'value', takes: 'value! text'],
        message: [alone: 'value', takes: 'value! text'],
        ok: [alone: 'value', takes: 'value! text'],
        parameters: [block: true],
        submitter: [alone: 'value', takes: 'value! text'],
        submitterParameter: [alone: 'value', takes: 'value! text'])

    static Map<String, Shape> stepsAsOptions(String... steps) {
        steps.collectEntries { word ->
            def step = Steps.ALL[word]
            def takes = step.arguments.collect { "${it.name}${it.required ? '!' : ''} ${it.choices ? it.choices.join('|') : it.kind}" }.join(', ')
            [word, new Shape(word, plugin: step.plugin, alone: step.alone, takes: takes)]
        }
    }
}
