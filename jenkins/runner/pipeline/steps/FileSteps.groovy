package pipeline.steps

import pipeline.build.*

/** Steps on files and folders of the workspace. */
class FileSteps {
    final Build build

    FileSteps(Build build) { this.build = build }

    Object dir(Map a, Closure body) {
        def directory = build.file('dir', a.path)
        directory.mkdirs()
        build.within(directory: directory) { build.call(body) }
    }

    Object deleteDir(Map a, Closure none) {
        build.directory('deleteDir').deleteDir()
        null
    }

    Object pwd(Map a, Closure none) {
        def directory = build.directory('pwd').path
        if (!a.tmp) return directory
        new File("$directory@tmp").mkdirs()
        "$directory@tmp".toString()
    }

    Object fileExists(Map a, Closure none) { build.file('fileExists', a.file).exists() }

    Object readFile(Map a, Closure none) {
        def file = build.file('readFile', a.file)
        if (!file.file) throw new StepFailed("readFile: there is no file $file")
        file.getText(a.encoding?.toString() ?: 'UTF-8')
    }

    Object writeFile(Map a, Closure none) {
        def file = build.file('writeFile', a.file)
        file.parentFile.mkdirs()
        file.setText(a.text.toString(), a.encoding?.toString() ?: 'UTF-8')
        null
    }

    Object checkout(Map a, Closure none) {
        if (a.scm != 'scm') throw new StepFailed('checkout: only `checkout scm` runs here')
        new Checkout(build).into(build.directory('checkout'))
        null
    }
}
