package pipeline.build

/** `env`: reading sees everything a step would see, writing holds for the rest of the build. */
class EnvironmentView {
    final Build build

    EnvironmentView(Build build) { this.build = build }

    Object getProperty(String name) {
        def variables = this.@build.variables()
        variables.containsKey(name) ? variables[name] : System.getenv(name)
    }

    void setProperty(String name, Object value) { this.@build.environment[name] = value.toString() }

    Object getAt(String name) { getProperty(name) }

    void putAt(String name, Object value) { setProperty(name, value) }
}
