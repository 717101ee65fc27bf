package pipeline.steps

import pipeline.build.*

/** `withCredentials`: secrets as variables, and as files that are gone when the block ends. */
class Credentials {
    final Build build
    final Flow flow

    Credentials(Build build) {
        this.build = build
        flow = new Flow(build)
    }

    Object withCredentials(Map a, Closure body) {
        def folder = java.nio.file.Files.createTempDirectory('chaoslab-secrets-').toFile()
        try {
            def variables = a.bindings.collectEntries { variables(it, folder) }
            variables.values().findAll { !it.startsWith(folder.path) }.each { build.secrets.hide(it) }
            return build.withEnvironment(variables) { flow.inner(body) }
        } finally {
            folder.deleteDir()
        }
    }

    Map<String, String> variables(Map binding, File folder) {
        def id = binding.credentialsId.toString()
        switch (binding.word) {
            case 'string': return [(binding.variable.toString()): build.secrets.text(id).trim()]
            case 'usernamePassword':
                def (user, password) = build.secrets.pair(id)
                return [(binding.usernameVariable.toString()): user, (binding.passwordVariable.toString()): password]
            case 'file': return [(binding.variable.toString()): secretFile(folder, id)]
            case 'sshUserPrivateKey':
                def variables = [(binding.keyFileVariable.toString()): secretFile(folder, id)]
                if (binding.usernameVariable) variables[binding.usernameVariable.toString()] = System.getProperty('user.name')
                return variables
            default: throw new StepFailed("withCredentials: '${binding.word}' is no binding")
        }
    }

    String secretFile(File folder, String id) {
        def file = java.nio.file.Files.createFile(new File(folder, id.replaceAll(/[^A-Za-z0-9._-]/, '_')).toPath(),
            java.nio.file.attribute.PosixFilePermissions.asFileAttribute(java.nio.file.attribute.PosixFilePermissions.fromString('rw-------'))).toFile()
        file.setText(build.secrets.text(id), 'UTF-8')
        file.path
    }
}
