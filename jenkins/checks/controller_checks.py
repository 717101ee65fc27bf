"""The controller: plugins.txt, configuration as code, secrets, Dockerfile."""
import os
import re

import casc
import tool

FILES = 'controller/casc'


def plugins_are_pinned():
    lines = tool.lines(tool.path('controller', 'plugins.txt'))
    problems = ['line %d: %r is not plugin:version' % (number, line) for number, line in enumerate(lines, 1)
                if not re.match(r'^[a-z0-9-]+:[A-Za-z0-9][\w.-]*$', line)]
    names = [line.split(':')[0] for line in lines]
    problems += ['%s stands twice' % name for name in sorted(set(names)) if names.count(name) > 1]
    if names != sorted(names):
        problems.append('not sorted by name')
    return problems + ['%s: a moving version' % line for line in lines if re.search(r':(latest|experimental|stable)\b', line)]


def configuration_is_valid():
    configuration, problems = casc.merged(tool.below(FILES, '.yaml'))
    return problems + casc.complaints(configuration)


def secrets_are_listed():
    """secrets.example names what the configuration reads, no more and no less, and no value."""
    configuration, _ = casc.merged(tool.below(FILES, '.yaml'))
    wanted = casc.references(configuration)
    lines = [line for line in tool.lines(tool.path('controller', 'secrets.example')) if line and not line.startswith('#')]
    listed = {line.split('=')[0] for line in lines}
    return (['%s is read by casc but not listed' % name for name in sorted(wanted - listed)] +
            ['%s is listed but read by nothing' % name for name in sorted(listed - wanted)] +
            ['%s has a value' % line.split('=')[0] for line in lines if not line.endswith('=')])


def references_resolve():
    """Credentials and locks named inside the configuration and by the Jenkinsfile are declared."""
    configuration, _ = casc.merged(tool.below(FILES, '.yaml'))
    there = casc.credentials(configuration)
    problems = ["agent %s: there is no credential '%s'" % (node['permanent']['name'], node['permanent']['launcher']['ssh']['credentialsId'])
                for node in configuration['jenkins']['nodes'] if node['permanent']['launcher']['ssh']['credentialsId'] not in there]
    locks = {lock['name'] for lock in configuration['unclassified']['lockableResourcesManager']['declaredResources']}
    text = '\n'.join(tool.lines(os.path.join(tool.ROOT, 'Jenkinsfile')))
    problems += ["the Jenkinsfile locks '%s', which is not declared" % name for name in re.findall(r"lock\(resource: '([^']+)'", text) if name not in locks]
    users = {user['id'] for user in configuration['jenkins']['securityRealm']['local']['users']}
    granted = {entry['user']['name'] for entry in configuration['jenkins']['authorizationStrategy']['globalMatrix']['entries'] if 'user' in entry}
    problems += ["'%s' has permissions but is no user" % name for name in sorted(granted - users)]
    return problems + ["the Jenkinsfile asks '%s', who is no user" % name for name in re.findall(r"submitter '([^']+)'", text) if name not in users]


def dockerfile():
    """A pinned image, and every file that it copies is there."""
    problems = []
    for number, line in enumerate(tool.lines(tool.path('controller', 'Dockerfile')), 1):
        words = line.split()
        if words[:1] == ['FROM'] and not re.match(r'^[a-z0-9./-]+:\d[\w.-]+$', words[1]):
            problems.append('line %d: %s is not pinned to a version' % (number, words[1]))
        if words[:1] == ['COPY'] and not os.path.exists(tool.path(words[1])):
            problems.append('line %d: there is no %s' % (number, words[1]))
    return problems


def refused(file):
    """A planted mistake: the first line says what the complaint must contain."""
    def check():
        wanted = tool.lines(file)[0].lstrip('# ').strip()
        base, _ = casc.merged(tool.below(FILES, '.yaml'))
        problems = []
        try:
            overlay(base, casc.read(file))
            problems = casc.complaints(base)
        except Exception as error:
            problems = [str(error)]
        if any(wanted in problem for problem in problems):
            return []
        return ['expected a complaint with "%s", got: %s' % (wanted, problems or 'none')]
    return check


def overlay(into, more):
    """The good configuration with the mistake put over it."""
    for key, value in more.items():
        if isinstance(into.get(key), dict) and isinstance(value, dict):
            overlay(into[key], value)
        else:
            into[key] = value


def checks():
    return [('controller: plugins.txt is sorted and pinned', plugins_are_pinned),
            ('controller: configuration fits the schema', configuration_is_valid),
            ('controller: secrets.example lists every secret and holds none', secrets_are_listed),
            ('controller: credentials, locks and users that are named exist', references_resolve),
            ('controller: Dockerfile is pinned and its files exist', dockerfile)] + \
           [('controller: refuses %s' % os.path.basename(file)[:-5], refused(file)) for file in tool.below('tests/casc', '.yaml')]
