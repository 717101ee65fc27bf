package pipeline.build

/** Evaluates `environment { A = 'x'; B = "$A/y"; C = credentials('id') }` from top to bottom. */
class EnvironmentSection {
    final Build build
    final Map<String, String> values = [:]

    EnvironmentSection(Build build) { this.build = build }

    static Map<String, String> read(Build build, Closure block) {
        def section = new EnvironmentSection(build)
        def reading = block.rehydrate(section, build.script, build.script)
        reading.resolveStrategy = Closure.DELEGATE_ONLY
        reading.call()
        section.@values
    }

    void setProperty(String name, Object value) {
        if (value instanceof CredentialReference) this.@values.putAll(value.variables(name, this.@build))
        else this.@values[name] = value.toString()
    }

    Object getProperty(String name) {
        this.@values.containsKey(name) ? this.@values[name] : this.@build.script.binding.getVariable(name)
    }

    Object invokeMethod(String name, Object arguments) {
        name == 'credentials' ? new CredentialReference((arguments as List).first().toString()) : this.@build.script.invokeMethod(name, arguments)
    }
}
