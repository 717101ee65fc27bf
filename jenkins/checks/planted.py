"""Planted commits: patches whose head says what is wrong with them, and how the pipeline has to answer.

    What is wrong, in a sentence.
    Ends: a stage, or nowhere
    Ends on hosts: the stage on an inventory with hosts, where it is another one
    Says: what the console must hold, so that the stage ended for this reason and for no other
    Violates: the expectation of an experiment that must be violated, for the same end
    Checks: words of the pipeline's checks; none named: a few that take no time, which are not what is to be shown
    Tests: the tests to run (the others would find most of them before the stage that is to be shown)
    Baseline: what the load gate compares with (HEAD: nothing, where a comparison of minutes is not what is to be shown); none named: the commit before
    Experiments: those of the chaos gate; none named: all
"""
import os
import subprocess

import tool

FOLDER = tool.path('tests', 'planted')
AUTHOR = ['-c', 'user.name=planted', '-c', 'user.email=planted@example.org']
WORDS = {'Ends', 'Ends on hosts', 'Says', 'Violates', 'Checks', 'Tests', 'Baseline', 'Experiments'}


def patches():
    return sorted(name[:-len('.patch')] for name in os.listdir(FOLDER) if name.endswith('.patch'))


def file(name):
    return os.path.join(FOLDER, name + '.patch')


def head(name):
    """What the patch says of itself: the sentence, then its words."""
    with open(file(name), encoding='utf-8') as stream:
        lines = stream.read().split('\n\n', 1)[0].splitlines()
    return lines[0], dict(line.split(': ', 1) for line in lines[1:])


def git(folder, *words):
    done = subprocess.run(['git', '-C', folder] + AUTHOR + list(words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    if done.returncode:
        raise RuntimeError('git %s: %s' % (words[0], done.stdout.strip()))
    return done.stdout.strip()


def plant(name, commit, folder):
    """A clone at a commit of this repository, with the patch as one more commit."""
    git(tool.ROOT, 'clone', '--quiet', '--shared', tool.ROOT, folder)
    git(folder, 'checkout', '--quiet', '-B', 'planted', commit)
    git(folder, 'apply', '--index', file(name))
    # The pipeline's own checks ask whether every patch fits; this one is in already.
    git(folder, 'rm', '--quiet', os.path.relpath(file(name), tool.ROOT))
    git(folder, 'commit', '--quiet', '--message', 'planted: ' + head(name)[0])


def checks():
    """That the patches still fit what they are planted in; the runs themselves take too long for every commit."""
    def fits(name):
        def check():
            done = subprocess.run(['git', '-C', tool.ROOT, 'apply', '--check', file(name)],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
            words = head(name)[1]
            problems = [done.stdout] if done.returncode else []
            problems += ['unknown word: %s' % word for word in sorted(set(words) - WORDS)]
            if 'Ends' not in words:
                problems.append('it does not say where it ends')
            elif (words['Ends'] != 'nowhere') != bool(words.get('Says') or words.get('Violates')):
                problems.append('it does not say for which reason it ends')
            return problems
        return check
    return [('planted: %s fits' % name, fits(name)) for name in patches()]
