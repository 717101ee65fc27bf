"""The root Jenkinsfile: lint, plugins, credentials."""
import os
import re

import casc
import tool

JENKINSFILE = os.path.join(tool.ROOT, 'Jenkinsfile')
# Which kind of credential each binding of withCredentials takes.
KINDS = {'string': 'string', 'usernamePassword': 'usernamePassword', 'file': 'file', 'sshUserPrivateKey': 'basicSSHUserPrivateKey'}


def lint():
    code, _, errors = tool.run(['--lint', 'Jenkinsfile'])
    return errors.splitlines() if code else []


def plugins():
    return {line.split(':')[0] for line in tool.lines(tool.path('controller', 'plugins.txt'))}


def every_word_has_its_plugin():
    here = plugins()
    return sorted({"Jenkinsfile:%d: '%s' needs the plugin %s, which is not in plugins.txt" % (word['line'], word['word'], word['plugin'])
                   for word in tool.uses(JENKINSFILE)['words'] if word['plugin'] and word['plugin'] not in here})


def every_credential_exists():
    configuration, _ = casc.merged(tool.below('controller/casc', '.yaml'))
    there = casc.credentials(configuration)
    problems = []
    for use in tool.uses(JENKINSFILE)['credentials']:
        kind = there.get(use['id'])
        if kind is None:
            problems.append("Jenkinsfile:%d: there is no credential '%s' in controller/casc" % (use['line'], use['id']))
        elif use['kind'] != 'any' and KINDS[use['kind']] != kind:
            problems.append("Jenkinsfile:%d: '%s' is bound as %s, but is a %s" % (use['line'], use['id'], use['kind'], kind))
    return problems


def every_label_has_an_agent():
    configuration, _ = casc.merged(tool.below('controller/casc', '.yaml'))
    labels = {label for node in configuration['jenkins']['nodes'] for label in node['permanent']['labelString'].split()}
    return ["Jenkinsfile:%d: no agent has the label '%s'" % (number, label)
            for number, line in enumerate(tool.lines(JENKINSFILE), 1)
            for label in re.findall(r"\blabel\s+'([^']+)'", line) if label not in labels]


def commands_exist():
    """Every program of this repository that a stage calls is there and can be run."""
    problems = []
    for number, line in enumerate(tool.lines(JENKINSFILE), 1):
        for command in re.findall(r"\bsh\s+'((?:\./|jenkins/|\.ci/|ansible/)[A-Za-z0-9_./-]+)", line):
            file = os.path.join(tool.ROOT, command)
            if command == './lab' and not os.path.exists(file):
                continue  # the launcher has checks of its own
            if not os.access(file, os.X_OK):
                problems.append('Jenkinsfile:%d: there is no program %s' % (number, command))
    return problems


def checks():
    return [('Jenkinsfile: lint', lint),
            ('Jenkinsfile: every step has its plugin in plugins.txt', every_word_has_its_plugin),
            ('Jenkinsfile: every credential exists and has the right kind', every_credential_exists),
            ('Jenkinsfile: every label has an agent', every_label_has_an_agent),
            ('Jenkinsfile: every program it calls exists', commands_exist)]
