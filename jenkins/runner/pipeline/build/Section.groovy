package pipeline.build

/** Records what a declarative block declares, without running the blocks inside it. */
class Section {
    final Build build
    final List<Entry> entries = []

    Section(Build build) { this.build = build }

    static Section read(Build build, Closure block) {
        def section = new Section(build)
        def reading = block.rehydrate(section, build.script, build.script)
        reading.resolveStrategy = Closure.DELEGATE_FIRST
        reading.call()
        section
    }

    Entry entry(String word) { entries.find { it.word == word } }

    Section section(String word) { entry(word) ? read(build, entry(word).block) : null }

    /** Value of `word value`, or null. */
    Object value(String word) { entry(word)?.arguments?.getAt(0) }

    Object methodMissing(String word, Object arguments) {
        if (word in build.script.ownMethods()) return build.script.invokeMethod(word, arguments)
        if (word == 'logRotator') return arguments
        entries << new Entry(OwnNames.word(word), arguments as List)
        null
    }

    Object propertyMissing(String name) { name in ['any', 'none'] ? name : build.script.binding.getVariable(name) }
}
