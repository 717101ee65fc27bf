package pipeline.build

/** What a pipeline or a stage puts around its content: agent, environment, options. */
class Scope {
    static final List<String> WRAPPING = ['lock', 'retry', 'timeout', 'timestamps', 'catchError', 'warnError']

    final Build build
    final Section section

    Scope(Build build, Section section) {
        this.build = build
        this.section = section
    }

    void agent(Closure body) {
        def agent = section.entry('agent')
        if (!agent) body.call()
        else if (agent.arguments.first() == 'none') build.within(directory: null, body)
        else build.workspaces.within(build, checkout, body)
    }

    /** Declarative pipelines check out on every agent unless told not to. */
    boolean getCheckout() {
        def skip = section.section('options')?.entry('skipDefaultCheckout') ?: build.declaredOptions?.entry('skipDefaultCheckout')
        !skip || skip.arguments == [false]
    }

    void environment(Closure body) {
        def environment = section.entry('environment')
        if (!environment) body.call()
        else {
            def values = EnvironmentSection.read(build, environment.block)
            build.withEnvironment(values, body)
        }
    }

    /** The options that wrap what they belong to, the first one outermost. */
    void options(Closure body) {
        def wrapped = (section.section('options')?.entries ?: []).findAll { it.word in WRAPPING }.reverse().inject(body) { inner, option ->
            { -> build.library.call(option.word, option.arguments + [inner]) }
        }
        wrapped.call()
    }
}
