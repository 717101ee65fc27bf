package pipeline.build

import pipeline.steps.Glob

/** Evaluates the `when` of a stage. */
class Conditions {
    static final List<String> POINTS = ['beforeOptions', 'beforeInput', 'beforeAgent']

    final Build build
    final Section section

    Conditions(Build build, Section section) {
        this.build = build
        this.section = section
    }

    /** At which point of the stage the conditions are asked. */
    String getPoint() { section ? POINTS.find { section.value(it) } ?: 'inside' : 'inside' }

    boolean hold() { !section || conditions(section).every { holds(it) } }

    static List<Entry> conditions(Section section) { section.entries.findAll { !(it.word in POINTS) } }

    List<Entry> children(Entry entry) { conditions(Section.read(build, entry.block)) }

    boolean holds(Entry entry) {
        switch (entry.word) {
            case 'not': return !holds(children(entry).first())
            case 'allOf': return children(entry).every { holds(it) }
            case 'anyOf': return children(entry).any { holds(it) }
            case 'expression': return build.call(entry.block) as boolean
            case 'environment': return environment(entry.named('name'))
            case 'equals': return entry.arguments.first().with { it.expected == it.actual }
            case 'branch': return matches(entry, build.variables().BRANCH_NAME)
            case 'tag': return matches(entry, build.variables().TAG_NAME)
            case 'buildingTag': return build.variables().TAG_NAME != null
            case 'changeRequest': return build.variables().CHANGE_ID != null
            case 'triggeredBy': return entry.named('cause').cause == 'UserIdCause'
            default: return true // changelog and changeset: noted as not covered before the build starts
        }
    }

    boolean environment(Map<String, Object> fields) {
        def value = build.variables()[fields.name.toString()]
        fields.ignoreCase ? fields.value.toString().equalsIgnoreCase(value) : fields.value == value
    }

    static boolean matches(Entry entry, String name) {
        def fields = entry.named('pattern')
        if (name == null) return false
        switch (fields.comparator) {
            case 'EQUALS': return name == fields.pattern
            case 'REGEXP': return name ==~ fields.pattern
            default: return Glob.matches(fields.pattern.toString(), name)
        }
    }
}
