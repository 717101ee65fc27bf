package pipeline.build

/** Credentials given on the command line, and the masking of their values. */
class Secrets {
    /** Value by id: `secret`, `user:password`, or `@file`. */
    final Map<String, String> values
    final Set<String> masked = [].asSynchronized() as Set

    Secrets(Map<String, String> values) {
        this.values = values
        values.values().each { hide(it.startsWith('@') ? new File(it.substring(1)).text : it) }
        values.values().findAll { it.contains(':') && !it.startsWith('@') }.each { hide(it.split(':', 2)[1]) }
    }

    /** Short values would mask half the log: a secret has at least 4 characters. */
    void hide(String value) { value.readLines()*.trim().findAll { it.size() >= 4 }.each { masked << it } }

    String mask(String line) {
        masked.sort(false) { -it.size() }.inject(line) { text, secret -> text.replace(secret, '****') }
    }

    String value(String id) {
        if (!values.containsKey(id)) throw new StepFailed("credential '$id' is not given: --cred $id=…")
        values[id]
    }

    String text(String id) {
        def value = value(id)
        value.startsWith('@') ? new File(value.substring(1)).text : value
    }

    /** User name and password. */
    List<String> pair(String id) {
        def parts = text(id).trim().split(':', 2)
        if (parts.size() != 2) throw new StepFailed("credential '$id' must be given as user:password")
        parts as List
    }

    boolean isPair(String id) { value(id).contains(':') && !value(id).startsWith('@') }
}
