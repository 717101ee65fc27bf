package pipeline.build

/** `credentials('id')` in an environment section. */
class CredentialReference {
    final String id

    CredentialReference(String id) { this.id = id }

    /** A secret is one variable; a user with a password is NAME, NAME_USR and NAME_PSW. */
    Map<String, String> variables(String name, Build build) {
        if (!build.secrets.isPair(id)) return [(name): build.secrets.text(id)]
        def (user, password) = build.secrets.pair(id)
        [(name): "$user:$password".toString(), ("${name}_USR".toString()): user, ("${name}_PSW".toString()): password]
    }
}
