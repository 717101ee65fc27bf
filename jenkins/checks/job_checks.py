"""The job definition: rendered by jenkins-job-builder and compared with the stored XML."""
import difflib
import os
import subprocess
import tempfile
import xml.etree.ElementTree as tree

import tool

GOLDEN = tool.path('jobs', 'golden')


def rendered(target):
    done = subprocess.run(['/usr/bin/jenkins-jobs', 'test', tool.path('jobs'), '-o', target, '--config-xml'], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, timeout=tool.LIMIT)
    return [] if done.returncode == 0 else ['jenkins-jobs ended with %d: %s' % (done.returncode, done.stdout.strip()[-1500:])]


def files(folder):
    return sorted(os.path.relpath(os.path.join(base, name), folder) for base, _, names in os.walk(folder) for name in names)


def equals_golden():
    with tempfile.TemporaryDirectory() as target:
        problems = rendered(target)
        if problems:
            return problems
        if files(target) != files(GOLDEN):
            return ['rendered %s, stored %s' % (files(target), files(GOLDEN))]
        for name in files(target):
            old, new = tool.lines(os.path.join(GOLDEN, name)), tool.lines(os.path.join(target, name))
            problems += list(difflib.unified_diff(old, new, 'stored ' + name, 'rendered ' + name, lineterm=''))
    return problems


def points_at_the_jenkinsfile():
    problems = []
    for name in files(GOLDEN):
        path = tree.parse(os.path.join(GOLDEN, name)).findtext('.//scriptPath')
        if not path or not os.path.isfile(os.path.join(tool.ROOT, path)):
            problems.append('%s: scriptPath %s does not exist' % (name, path))
    return problems


def checks():
    return [('job: renders, and equals the stored XML', equals_golden),
            ('job: its script path exists', points_at_the_jenkinsfile)]
