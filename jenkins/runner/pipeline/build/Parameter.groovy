package pipeline.build

/** One parameter as declared. */
class Parameter {
    final String kind
    final String name
    final Object defaultValue
    final List<String> choices

    Parameter(Entry entry) {
        def fields = entry.named('name')
        kind = entry.word
        name = fields.name
        choices = fields.choices == null ? [] : fields.choices instanceof List ? fields.choices*.toString() : fields.choices.toString().readLines()*.trim()
        defaultValue = kind == 'choice' ? choices.first() : kind == 'booleanParam' ? fields.defaultValue ?: false : fields.defaultValue ?: ''
    }

    boolean isSecret() { kind == 'password' }

    /** What is wrong with the value asked for, or null. */
    String complaint(Map<String, String> given) {
        def value = given[name]
        if (kind == 'choice' && !(value in choices)) return "parameter $name: '$value' is none of ${choices.join(', ')}"
        if (kind == 'booleanParam' && !(value in ['true', 'false'])) return "parameter $name: must be true or false, not '$value'"
        null
    }

    Object value(Map<String, String> given) {
        if (!given.containsKey(name)) return defaultValue
        kind == 'booleanParam' ? given[name] == 'true' : given[name]
    }
}
