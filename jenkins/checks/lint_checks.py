"""The lint: every planted mistake is found in its line, nothing else is, and good files pass."""
import os
import re

import tool

MARK = re.compile(r'//\s*MISTAKE:\s*(.+?)\s*$')
FOUND = re.compile(r'^(.+?):(\d+): (.+)$')


def planted(file):
    """(line, text) of every mistake that the file says it holds; several in one line are parted by ` && `."""
    return [(number, text.strip()) for number, line in enumerate(tool.lines(file), 1)
            for mark in MARK.findall(line) for text in mark.split(' && ')]


@tool.once
def lint(*files):
    """Exit code, and what was found: (file, line, text)."""
    code, _, errors = tool.run(['--lint'] + list(files))
    return code, [(match.group(1), int(match.group(2)), match.group(3)) for match in map(FOUND.match, errors.splitlines()) if match]


def mistakes(file):
    def check():
        code, findings = lint(*tool.below('tests/mistakes', '.Jenkinsfile'))
        found = [(line, says) for where, line, says in findings if where == file]
        wanted, problems = planted(file), []
        if not wanted:
            problems.append('the file plants no mistake')
        if code != 2:
            problems.append('exit code %d instead of 2' % code)
        for line, text in wanted:
            hit = next(((at, says) for at, says in found if at == line and text in says), None)
            if hit:
                found.remove(hit)
            else:
                problems.append('line %d: not found: %s' % (line, text))
        return problems + ['line %d: found what is no mistake: %s' % extra for extra in found]
    return check


def accepted(files):
    def check():
        code, output, errors = tool.run(['--lint'] + files)
        return [] if code == 0 and 'OK: ' in output else (errors.splitlines() or ['exit code %d' % code])
    return check


def enough():
    count = sum(len(planted(file)) for file in tool.below('tests/mistakes', '.Jenkinsfile'))
    return [] if count >= 20 else ['only %d mistakes are planted' % count]


def checks():
    found = [('lint: finds every mistake in %s (%d)' % (os.path.basename(file).split('.')[0], len(planted(file))), mistakes(file))
             for file in tool.below('tests/mistakes', '.Jenkinsfile')]
    return found + [('lint: at least 20 mistakes are planted', enough),
                    ('lint: accepts good pipelines', accepted(tool.below('tests/accepted', '.Jenkinsfile') + tool.below('tests/pipelines', '.Jenkinsfile')))]
