package pipeline.build

/** Hands out workspaces: the first, and `…@2`, … while that is in use, as one agent of Jenkins does. */
class Workspaces {
    final BuildOptions options
    final Set<File> used = []

    Workspaces(BuildOptions options) { this.options = options }

    void within(Build build, boolean checkout, Closure body) {
        def directory = take()
        try {
            directory.mkdirs()
            build.within(directory: directory, environment: build.frame.environment + [WORKSPACE: directory.path, NODE_NAME: 'this-host']) {
                if (checkout) new Checkout(build).into(directory)
                body.call()
            }
        } finally {
            give(directory)
        }
    }

    synchronized File take() {
        def first = options.workspace ?: new File(options.work, 'workspace')
        def directory = (1..1000).collect { it == 1 ? first : new File("$first@$it") }.find { !(it in used) }
        used << directory
        directory
    }

    synchronized void give(File directory) { used.remove(directory) }
}
