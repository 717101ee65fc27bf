package pipeline

import pipeline.build.BuildOptions

/** The command line, read; every mistake in it is collected. */
class CommandLine {
    static final String HELP = '''\
        Runs a declarative Jenkinsfile on this machine, without a Jenkins.

          jenkins/run [options] [Jenkinsfile]      run it (default: the Jenkinsfile of the current folder)
          jenkins/run --lint [Jenkinsfile…]        only check it; every problem with its line
          jenkins/run --uses [Jenkinsfile]         the steps and credentials it uses, as JSON

          --param NAME=VALUE       a build parameter; may be repeated
          --cred ID=SECRET         a credential; user:password and @FILE are understood; may be repeated
          --input ok|abort         the answer to every input (default: abort)
          --branch NAME            what BRANCH_NAME is, for `when { branch … }`
          --tag NAME               what TAG_NAME is
          --work DIR               where the build goes (default: artifacts/jenkins/builds/N)
          --workspace DIR          a workspace that is kept and used again, so that less is built (default: below the build's folder)
          --skip STAGE             a stage that is left out, for a quick look at a later one; may be repeated
          --grace SECONDS          between SIGTERM and SIGKILL when a step is stopped (default: 60)

        Exit code: 0 SUCCESS, 1 FAILURE, 2 wrong file or parameter, 3 UNSTABLE, 4 ABORTED.
        SIGTERM or Ctrl-C aborts the running step, runs `post`, and ends ABORTED; each further one ends the `post`
        condition that runs then.

        Not covered: matrix, shared libraries, docker and kubernetes agents (their stages run on this host), tools,
        triggers, changelog and changeset conditions, changed/fixed/regression in post, mail (written, not sent), the
        sandbox, restart of a controller, and whatever a plugin does beyond the steps of jenkins/README.md. Loops of
        pure Groovy are not interrupted. Its rules were never compared with a real Jenkins.'''.stripIndent()

    final BuildOptions options = new BuildOptions()
    final List<File> files = []
    final List<String> problems = []
    boolean lint, uses, help

    static CommandLine read(List<String> arguments) {
        def line = new CommandLine()
        line.parse(new ArrayDeque<String>(arguments))
        line.finish()
        line
    }

    void parse(Deque<String> rest) {
        while (rest) {
            def word = rest.poll()
            if (word == '--lint') lint = true
            else if (word == '--uses') uses = true
            else if (word in ['--help', '-h']) help = true
            else if (word in ['--param', '--cred', '--input', '--branch', '--tag', '--work', '--workspace', '--skip', '--grace']) {
                if (rest) value(word, rest.poll())
                else problems << "$word needs a value".toString()
            }
            else if (word.startsWith('-')) problems << "unknown option '$word'".toString()
            else files << new File(word)
        }
    }

    void value(String word, String value) {
        switch (word) {
            case '--param': pair(word, value, options.parameters); break
            case '--cred': pair(word, value, options.credentials); break
            case '--input':
                if (value in ['ok', 'abort']) options.input = value
                else problems << "--input must be ok or abort, not '$value'".toString()
                break
            case '--branch': options.branch = value; break
            case '--tag': options.tag = value; break
            case '--work': options.work = new File(value).canonicalFile; break
            case '--workspace': options.workspace = new File(value).canonicalFile; break
            case '--skip': options.skip << value; break
            case '--grace':
                if (value ==~ /\d{1,4}/) options.grace = value as int
                else problems << "--grace must be a number of seconds, 0 to 9999, not '$value'".toString()
        }
    }

    void pair(String word, String text, Map<String, String> into) {
        def parts = text.split('=', 2)
        if (parts.size() != 2 || !parts[0]) problems << "$word must look like NAME=VALUE, not '${word == '--cred' ? '…' : text}'".toString()
        else into[parts[0]] = parts[1]
    }

    void finish() {
        if (!files) files << new File('Jenkinsfile')
        files.findAll { !it.file }.each { problems << "there is no file $it".toString() }
        if (files.size() > 1 && !lint) problems << 'only --lint takes several files'
        options.credentials.each { id, value ->
            if (value.startsWith('@') && !new File(value.substring(1)).file) problems << "--cred $id: there is no file ${value.substring(1)}".toString()
        }
        options.jenkinsfile = files.first()
        if (!options.work && !lint && !uses && !help && !problems) options.work = nextFolder()
        options.number = options.work?.name?.isInteger() ? options.work.name as int : 1
    }

    /** The first free number; creating the folder claims it. */
    File nextFolder() {
        def builds = new File(options.jenkinsfile.canonicalFile.parentFile, 'artifacts/jenkins/builds')
        builds.mkdirs()
        def last = builds.list().findAll { it.isInteger() }*.toInteger().max() ?: 0
        (last + 1..last + 1000).collect { new File(builds, it.toString()) }.find { it.mkdir() }
    }
}
