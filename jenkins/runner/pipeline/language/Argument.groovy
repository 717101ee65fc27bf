package pipeline.language

/** One argument: its name, whether it must be given, and what values it may have. */
class Argument {
    final String name
    final boolean required
    /** text, number, flag, list, map or any; `choice` when only {@link #choices} are allowed. */
    final String kind
    final List<String> choices

    Argument(String name, boolean required, String kind, List<String> choices) {
        this.name = name
        this.required = required
        this.kind = kind
        this.choices = choices
    }

    /** Reads `script! text, unit SECONDS|MINUTES`: a name, `!` when required, then the kind or the choices. */
    static List<Argument> list(String text) {
        text.split(/,\s*/).findAll().collect { item ->
            def (name, kind) = item.trim().split(/\s+/) as List
            def choices = kind.contains('|') ? kind.split(/\|/) as List : []
            new Argument(name - '!', name.endsWith('!'), choices ? 'choice' : kind, choices)
        }
    }

    String getExpectation() {
        [text: 'a string', number: 'a whole number', flag: 'true or false', list: 'a list [ … ]', map: 'a map [a: b]',
         choice: "one of ${choices.join(', ')}"][kind]
    }
}
