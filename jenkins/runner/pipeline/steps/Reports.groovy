package pipeline.steps

import pipeline.build.*

/** Steps that keep what a build produced, and judge it. */
class Reports {
    final Build build

    Reports(Build build) { this.build = build }

    Object archiveArtifacts(Map a, Closure none) {
        if (a.onlyIfSuccessful && build.result != Result.SUCCESS) return build.say('archiveArtifacts: skipped, the build is not successful')
        def files = Glob.files(build.directory('archiveArtifacts'), a.artifacts.toString(), a.excludes?.toString())
        if (!files && !a.allowEmptyArchive) throw new StepFailed("archiveArtifacts: no file fits ${a.artifacts}")
        Glob.copy(build.frame.directory, files, build.archive.place('artifacts'))
        build.archive.artifacts.addAll(files)
        build.say("Archived ${files.size()} file(s)")
    }

    Object junit(Map a, Closure none) {
        def files = Glob.files(build.directory('junit'), a.testResults.toString())
        if (!files && !a.allowEmptyResults) throw new StepFailed("junit: no file fits ${a.testResults}")
        def totals = files.collect { JUnitFile.read(new File(build.frame.directory, it)) }
        def (total, failed, skipped) = ['total', 'failed', 'skipped'].collect { key -> totals.sum(0) { it[key] } }
        if (!total && !a.allowEmptyResults) throw new StepFailed("junit: ${a.testResults} holds no test")
        Glob.copy(build.frame.directory, files, build.archive.place('tests'))
        build.archive.addTests(total, failed, skipped)
        build.say("Tests: $total, of which $failed failed and $skipped were skipped")
        totals*.failures.flatten().take(20).each { build.say("  failed: $it") }
        if (failed && !a.skipMarkingBuildUnstable) build.worsen(Result.UNSTABLE)
        [totalCount: total, failCount: failed, skipCount: skipped, passCount: total - failed - skipped]
    }

    Object publishHTML(Map a, Closure none) {
        def page = a.target
        def folder = build.file('publishHTML', page.reportDir)
        def files = Glob.files(folder, page.includes?.toString() ?: '**/*')
        def entry = Glob.files(folder, page.reportFiles.toString()).find()
        if (!entry) {
            if (page.allowMissing) return build.say("publishHTML: ${page.reportDir}/${page.reportFiles} is missing, which is allowed")
            throw new StepFailed("publishHTML: there is no ${page.reportDir}/${page.reportFiles}")
        }
        def target = new File(build.archive.place('html'), page.reportName.toString().replaceAll(/[^A-Za-z0-9._-]/, '_'))
        Glob.copy(folder, files, target)
        build.archive.pages << [name: page.reportName.toString(), page: new File(target, entry).path]
        build.say("Published '${page.reportName}': ${new File(target, entry)}")
    }

    /** Never sent from here: written down, so that its text can be read. */
    Object mail(Map a, Closure none) {
        def file = new File(build.archive.place('mail'), "${build.archive.mails.size() + 1}.txt")
        file.parentFile.mkdirs()
        file.setText(build.secrets.mask("To: ${a.to ?: ''}\nSubject: ${a.subject}\n\n${a.body}\n".toString()), 'UTF-8')
        build.archive.mails << file.path
        build.say("Mail to ${a.to} not sent, but written to $file")
    }
}
