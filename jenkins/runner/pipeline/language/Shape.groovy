package pipeline.language

/**
 * What one word of the language takes: its arguments, its block, and the plugin that brings it.
 * The lint checks source against it; the running build binds arguments with it.
 */
class Shape {
    final String word
    /** Plugin id as in plugins.txt; null where Jenkins itself brings the word. */
    final String plugin
    final List<Argument> arguments
    /** Name of the argument that may stand alone without its name; null when every argument is named. */
    final String alone
    /** True when a block must follow, false when none may. */
    final boolean block
    /** True when the word needs a workspace, that is an agent. */
    final boolean workspace

    Shape(Map row, String word) {
        this.word = word
        plugin = row.plugin
        arguments = Argument.list(row.takes ?: '')
        alone = row.alone
        block = row.block ?: false
        workspace = row.workspace ?: false
    }

    /** Reads rows `[word: [plugin: …, takes: …]]` into shapes by word. */
    static Map<String, Shape> table(Map<String, Map> rows) {
        rows.collectEntries { word, row -> [word, new Shape(row, word)] }.asImmutable()
    }

    Argument argument(String name) { arguments.find { it.name == name } }

    /** Everything wrong with a call of this word that names and counts alone can tell. */
    List<String> complaints(Collection<String> named, int unnamed, boolean hasBlock) {
        def says = []
        def names = arguments*.name
        if (named && unnamed) says << "$word: named and unnamed arguments cannot be mixed"
        (named - names).each { says << "$word: unknown argument '$it'${Nearest.hint(it, names)}; it takes ${names.join(', ') ?: 'none'}" }
        if (unnamed && !arguments) says << "$word: takes no arguments"
        else if (unnamed > 1) says << "$word: takes one argument without a name, not $unnamed"
        else if (unnamed && !alone) says << "$word: its arguments must be named (${names.join(', ')})"
        def given = named + (unnamed ? [alone] : [])
        arguments.findAll { it.required && !(it.name in given) }.each { says << "$word: required argument '${it.name}' is missing" }
        if (block && !hasBlock) says << "$word: needs a block { … }"
        if (!block && hasBlock) says << "$word: takes no block"
        says*.toString()
    }
}
