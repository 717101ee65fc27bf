package pipeline.build

/** The names a Jenkinsfile can read without declaring them. */
class Variables extends Binding {
    final Build build
    final Map<String, Object> standing

    Variables(Build build) {
        this.build = build
        standing = [env: new EnvironmentView(build), params: Collections.unmodifiableMap(build.parameters), currentBuild: new CurrentBuild(build), scm: 'scm']
    }

    @Override
    Object getVariable(String name) {
        if (super.hasVariable(name)) return super.getVariable(name)
        if (standing.containsKey(name)) return standing[name]
        def environment = build.variables()
        if (environment.containsKey(name)) return environment[name]
        if (build.parameters.containsKey(name)) return build.parameters[name]
        throw new MissingPropertyException("there is no variable '$name' here")
    }

    @Override
    boolean hasVariable(String name) {
        super.hasVariable(name) || standing.containsKey(name) || build.variables().containsKey(name)
    }
}
