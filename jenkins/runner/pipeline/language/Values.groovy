package pipeline.language

/** Words that make a value for another word's argument: credential bindings and build parameters. */
class Values {
    /** What `withCredentials([…])` may hold. */
    static final Map<String, Shape> BINDINGS = Shape.table(
        file: [plugin: 'plain-credentials', takes: 'credentialsId! text, variable! text'],
        sshUserPrivateKey: [plugin: 'ssh-credentials',
            takes: 'credentialsId! text, keyFileVariable! text, passphraseVariable text, usernameVariable text'],
        string: [plugin: 'plain-credentials', takes: 'credentialsId! text, variable! text'],
        usernamePassword: [plugin: 'credentials-binding', takes: 'credentialsId! text, usernameVariable! text, passwordVariable! text'])

    /** What `parameters { … }` and the parameters of `input` may hold. */
    static final Map<String, Shape> PARAMETERS = Shape.table(
        booleanParam: [takes: 'name! text, defaultValue flag, description text'],
        choice: [takes: 'name! text, choices! any, description text'],
        password: [takes: 'name! text, defaultValue text, description text'],
        string: [takes: 'name! text, defaultValue text, description text, trim flag'],
        text: [takes: 'name! text, defaultValue text, description text, trim flag'])

    static final Map<String, Shape> DISCARDERS = Shape.table(
        logRotator: [takes: 'daysToKeepStr text, numToKeepStr text, artifactDaysToKeepStr text, artifactNumToKeepStr text'])
}
