package pipeline.steps

import pipeline.build.Build
import pipeline.build.StepFailed

/** `sh`: as on an agent, `sh -xe` on a script file, or the script itself when it names its interpreter. */
class Shell {
    final Build build

    Shell(Build build) { this.build = build }

    Object sh(Map arguments, Closure none) {
        def directory = build.directory('sh')
        directory.mkdirs()
        def temporary = java.nio.file.Files.createTempDirectory(build.archive.place('.').canonicalFile.toPath(), 'sh-').toFile()
        try {
            return run(arguments, directory, temporary)
        } finally {
            temporary.deleteDir()
        }
    }

    Object run(Map arguments, File directory, File temporary) {
        def script = new File(temporary, 'script.sh')
        script.setText(arguments.script.toString(), 'UTF-8')
        script.executable = true
        def command = arguments.script.toString().startsWith('#!') ? [script.path] : ['sh', '-xe', script.path]
        def shown = new File(temporary, 'shown'), kept = new File(temporary, 'kept')
        [shown, kept]*.createNewFile()
        def tail = new Tail(shown)
        def show = { -> tail.lines().each { build.say(it) } }
        int code = build.processes.run(command, build.variables(), directory, arguments.returnStdout ? kept : shown, shown, build.frame.stop, show)
        tail.rest().each { build.say(it) }
        if (arguments.returnStatus) return code
        if (code != 0) throw new StepFailed("script returned exit code $code")
        arguments.returnStdout ? kept.getText('UTF-8') : null
    }
}
