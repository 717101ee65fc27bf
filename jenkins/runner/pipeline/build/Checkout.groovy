package pipeline.build

/** Puts the commit that holds the Jenkinsfile into a workspace: what is not committed is not built. */
class Checkout {
    final Build build

    Checkout(Build build) { this.build = build }

    void into(File workspace) {
        def top = git(build.options.jenkinsfile.absoluteFile.parentFile, 'rev-parse', '--show-toplevel')
        def commit = git(new File(top), 'rev-parse', 'HEAD')
        if (!new File(workspace, '.git').exists()) git(workspace, 'clone', '--quiet', '--no-checkout', top, '.')
        else git(workspace, 'fetch', '--quiet', top, 'HEAD')
        git(workspace, '-c', 'advice.detachedHead=false', 'checkout', '--quiet', '--force', commit)
        def pending = git(new File(top), 'status', '--porcelain').readLines().size()
        build.say("Checked out $commit" + (pending ? ", without $pending change(s) that are not committed" : ''))
        build.environment.GIT_COMMIT = commit
    }

    static String git(File directory, String... arguments) {
        def process = new ProcessBuilder(['git', *arguments]).directory(directory).redirectErrorStream(true).redirectInput(new File('/dev/null')).start()
        def output = process.inputStream.getText('UTF-8').trim()
        if (process.waitFor() != 0) throw new StepFailed("git ${arguments.first()} in $directory: ${output.readLines().join(' ') ?: 'failed'}")
        output
    }
}
