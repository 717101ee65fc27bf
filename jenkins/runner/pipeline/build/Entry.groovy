package pipeline.build

/** One word recorded in a section, with what followed it. */
class Entry {
    final String word
    final List<Object> arguments

    Entry(String word, List<Object> arguments) {
        this.word = word
        this.arguments = arguments
    }

    Closure getBlock() { arguments && arguments.last() instanceof Closure ? (Closure) arguments.last() : null }

    /** Arguments by name, the one without a name under `alone`. */
    Map<String, Object> named(String alone) {
        def plain = arguments.findAll { !(it instanceof Closure) }
        plain && plain.first() instanceof Map ? plain.first() : plain ? [(alone): plain.first()] : [:]
    }
}
