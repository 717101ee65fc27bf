package pipeline.language

/** Every step this tool knows, with the plugin that brings it to a controller. */
class Steps {
    static final String UNITS = 'NANOSECONDS|MICROSECONDS|MILLISECONDS|SECONDS|MINUTES|HOURS|DAYS'
    static final String RESULTS = 'SUCCESS|UNSTABLE|FAILURE|NOT_BUILT|ABORTED'

    static final Map<String, Shape> ALL = Shape.table(
        archiveArtifacts: [plugin: 'workflow-basic-steps', workspace: true, alone: 'artifacts',
            takes: 'artifacts! text, allowEmptyArchive flag, caseSensitive flag, defaultExcludes flag, excludes text, fingerprint flag, followSymlinks flag, onlyIfSuccessful flag'],
        catchError: [plugin: 'workflow-basic-steps', block: true,
            takes: "message text, buildResult $RESULTS, stageResult $RESULTS, catchInterruptions flag"],
        checkout: [plugin: 'workflow-scm-step', workspace: true, alone: 'scm', takes: 'scm! any, changelog flag, poll flag'],
        deleteDir: [plugin: 'workflow-basic-steps', workspace: true],
        dir: [plugin: 'workflow-basic-steps', workspace: true, block: true, alone: 'path', takes: 'path! text'],
        echo: [plugin: 'workflow-basic-steps', alone: 'message', takes: 'message! text'],
        error: [plugin: 'workflow-basic-steps', alone: 'message', takes: 'message! text'],
        fileExists: [plugin: 'workflow-basic-steps', workspace: true, alone: 'file', takes: 'file! text'],
        input: [plugin: 'pipeline-input-step', alone: 'message',
            takes: 'message! text, id text, ok text, submitter text, submitterParameter text, parameters list'],
        isUnix: [plugin: 'workflow-basic-steps', workspace: true],
        junit: [plugin: 'junit', workspace: true, alone: 'testResults',
            takes: 'testResults! text, allowEmptyResults flag, healthScaleFactor any, keepLongStdio flag, keepProperties flag, keepTestNames flag, skipPublishingChecks flag, checksName text, skipMarkingBuildUnstable flag, skipOldReports flag, stdioRetention text'],
        lock: [plugin: 'lockable-resources', block: true, alone: 'resource',
            takes: 'resource text, label text, quantity number, variable text, inversePrecedence flag, skipIfLocked flag, priority number, reason text'],
        mail: [plugin: 'mailer',
            takes: 'subject! text, body! text, to text, cc text, bcc text, from text, replyTo text, charset text, mimeType text'],
        node: [plugin: 'workflow-durable-task-step', block: true, alone: 'label', takes: 'label text'],
        publishHTML: [plugin: 'htmlpublisher', workspace: true, alone: 'target', takes: 'target! map'],
        pwd: [plugin: 'workflow-basic-steps', workspace: true, takes: 'tmp flag'],
        readFile: [plugin: 'workflow-basic-steps', workspace: true, alone: 'file', takes: 'file! text, encoding text'],
        retry: [plugin: 'workflow-basic-steps', block: true, alone: 'count', takes: 'count! number, conditions list'],
        script: [plugin: 'pipeline-model-definition', block: true],
        sh: [plugin: 'workflow-durable-task-step', workspace: true, alone: 'script',
            takes: 'script! text, encoding text, label text, returnStatus flag, returnStdout flag'],
        sleep: [plugin: 'workflow-basic-steps', alone: 'time', takes: "time! number, unit $UNITS"],
        stage: [plugin: 'pipeline-stage-step', block: true, alone: 'name', takes: 'name! text'],
        stash: [plugin: 'workflow-basic-steps', workspace: true, alone: 'name',
            takes: 'name! text, includes text, excludes text, allowEmpty flag, useDefaultExcludes flag'],
        timeout: [plugin: 'workflow-basic-steps', block: true, alone: 'time', takes: "time! number, unit $UNITS, activity flag"],
        timestamps: [plugin: 'timestamper', block: true],
        unstable: [plugin: 'workflow-basic-steps', alone: 'message', takes: 'message! text'],
        unstash: [plugin: 'workflow-basic-steps', workspace: true, alone: 'name', takes: 'name! text'],
        warnError: [plugin: 'workflow-basic-steps', block: true, alone: 'message', takes: 'message! text, catchInterruptions flag'],
        withCredentials: [plugin: 'credentials-binding', block: true, alone: 'bindings', takes: 'bindings! list'],
        withEnv: [plugin: 'workflow-basic-steps', block: true, alone: 'overrides', takes: 'overrides! list'],
        writeFile: [plugin: 'workflow-basic-steps', workspace: true, takes: 'file! text, text! text, encoding text'])

    /** `parallel a: { … }, b: { … }` takes blocks by branch name and fits no shape. */
    static final String PARALLEL = 'parallel'
    static final String PARALLEL_PLUGIN = 'workflow-cps'

    /** Keys of `publishHTML([…])`. */
    static final Shape REPORT = new Shape('publishHTML', takes: 'reportDir! text, reportFiles! text, reportName! text, ' +
        'keepAll flag, alwaysLinkToLastBuild flag, allowMissing flag, includes text, escapeUnderscores flag, reportTitles text, numberOfWorkers number')
}
