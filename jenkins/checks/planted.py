"""Planted commits: patches whose head says what is wrong with them and in which stage the pipeline has to end.

    What is wrong, in a sentence.
    Ends: a stage, or nowhere
    Tests: the test projects to run (the others would find most of them before the stage that is to be shown)
    Experiments: those of the chaos gate; none named: all
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tool  # noqa: E402

LIMIT = 45 * 60
FOLDER = tool.path('tests', 'planted')
AUTHOR = ['-c', 'user.name=planted', '-c', 'user.email=planted@example.org']


def patches():
    return sorted(name[:-len('.patch')] for name in os.listdir(FOLDER) if name.endswith('.patch'))


def head(name):
    """What the patch says of itself: the sentence, then its words."""
    with open(os.path.join(FOLDER, name + '.patch')) as stream:
        lines = stream.read().split('\n\n', 1)[0].splitlines()
    return lines[0], dict(line.split(': ', 1) for line in lines[1:])


def git(folder, *words):
    subprocess.run(['git', '-C', folder] + AUTHOR + list(words), check=True, stdout=subprocess.DEVNULL)


def plant(name, folder):
    """A clone of what is committed here, with the patch as one more commit."""
    git(tool.ROOT, 'clone', '--quiet', '--no-hardlinks', tool.ROOT, folder)
    git(folder, 'apply', '--index', os.path.join(FOLDER, name + '.patch'))
    git(folder, 'commit', '--quiet', '--message', 'planted: ' + head(name)[0])


def run(folder, words, log):
    """The pipeline on the planted commit: where it ended, and its result."""
    work = os.path.join(folder, 'artifacts', 'planted')
    command = [os.path.join(folder, 'jenkins', 'run'), '--work', work, '--param', 'TESTS=' + words.get('Tests', '')]
    command += ['--param', 'EXPERIMENTS=' + words.get('Experiments', '')]
    with open(log, 'w') as output:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        process.wait(LIMIT)
    except BaseException:
        # Out of time or stopped: the runner heals on SIGTERM; it gets the time for that.
        process.send_signal(signal.SIGTERM)
        process.wait(300)
        raise
    with open(os.path.join(work, 'build.json')) as stream:
        build = json.load(stream)
    bad = [stage['path'] for stage in build['stages'] if stage['result'] in ('FAILURE', 'UNSTABLE', 'ABORTED')]
    # The innermost stage that failed comes with those around it; it has the longest path.
    return max(bad, key=len).split(' / ')[-1] if bad else 'nowhere', build['result']


def main():
    parser = argparse.ArgumentParser(prog='jenkins/planted', description='Runs good and bad commits through the pipeline and tells where each ended.')
    parser.add_argument('--runs', type=int, default=1, help='how often each, 1 to 20')
    parser.add_argument('words', nargs='*', metavar='WORD', help='only commits whose name contains one of the words: ' + ', '.join(patches()))
    asked = parser.parse_args()
    chosen = [name for name in patches() if not asked.words or any(word in name for word in asked.words)]
    if not chosen or not 1 <= asked.runs <= 20:
        parser.error('nothing to do: --runs is 1 to 20, and a WORD is part of one of: ' + ', '.join(patches()))
    wrong = 0
    logs = os.path.join(tool.ROOT, 'artifacts', 'planted')
    os.makedirs(logs, exist_ok=True)
    for turn in range(asked.runs):
        for name in chosen:
            _, words = head(name)
            work = tempfile.mkdtemp(prefix='chaoslab-planted-')
            began = time.monotonic()
            log = os.path.join(logs, '%s-%d.log' % (name, turn + 1))
            try:
                folder = os.path.join(work, 'source')
                plant(name, folder)
                ended, result = run(folder, words, log)
            except (OSError, subprocess.SubprocessError, KeyError, ValueError) as error:
                ended, result = 'in an error: %s' % error, '-'
            finally:
                shutil.rmtree(work, ignore_errors=True)
            right = ended == words['Ends']
            wrong += not right
            print('%s  %s: ended %s (%s)%s  %.0f s' % (
                'passed' if right else 'FAILED', name, ended, result, '' if right else ', should end %s; log: %s' % (words['Ends'], log), time.monotonic() - began), flush=True)
    print('%d passed, %d failed' % (len(chosen) * asked.runs - wrong, wrong))
    return 1 if wrong else 0


def checks():
    """That the patches still fit what they are planted in; the runs themselves take too long for every commit."""
    def fits(name):
        def check():
            done = subprocess.run(['git', '-C', tool.ROOT, 'apply', '--check', os.path.join(FOLDER, name + '.patch')],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
            words = head(name)[1]
            unknown = set(words) - {'Ends', 'Tests', 'Experiments'}
            return ([done.stdout] if done.returncode else []) + ['unknown words: %s' % unknown] * bool(unknown) + ['it does not say where it ends'] * ('Ends' not in words)
        return check
    return [('planted: %s fits' % name, fits(name)) for name in patches()]


if __name__ == '__main__':
    sys.exit(main())
