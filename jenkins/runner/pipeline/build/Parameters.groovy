package pipeline.build

/** Gives every declared parameter its value and says what is wrong with those asked for. */
class Parameters {
    static void declare(Build build, Section section) {
        def declared = section ? section.entries.collect { new Parameter(it) } : []
        def given = build.options.parameters
        def problems = (given.keySet() - declared*.name).collect { "there is no parameter '$it'; declared are ${declared*.name.join(', ') ?: 'none'}" } +
            declared.findAll { given.containsKey(it.name) }*.complaint(given).findAll()
        if (problems) throw new BadParameters(problems*.toString())
        declared.each { build.parameters[it.name] = it.value(given) }
        build.parameters.each { name, value -> build.environment[name] = value.toString() }
        if (declared.any { it.secret }) declared.findAll { it.secret }.each { build.secrets.hide(it.value(given).toString()) }
    }
}
