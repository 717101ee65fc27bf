"""The runner as a person would call it, and where things lie."""
import functools
import json
import os
import subprocess
import threading

JENKINS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(JENKINS)
RUN = os.path.join(JENKINS, 'run')
# Long enough for the busiest machine: it only ends what hangs.
LIMIT = 900


def path(*parts):
    return os.path.join(JENKINS, *parts)


def once(function):
    """Remembers the answer, also when two threads ask at the same time."""
    lock, remembered = threading.Lock(), functools.lru_cache(None)(function)

    @functools.wraps(function)
    def asked(*arguments):
        with lock:
            return remembered(*arguments)
    return asked


def run(arguments, cwd=ROOT):
    """Exit code, standard output and standard error of jenkins/run."""
    done = subprocess.run([RUN] + arguments, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=LIMIT, universal_newlines=True)
    return done.returncode, done.stdout, done.stderr


@once
def uses(jenkinsfile):
    """The words and credentials of a Jenkinsfile, with lines, plugins and kinds."""
    code, output, errors = run(['--uses', jenkinsfile])
    if code != 0:
        raise RuntimeError('jenkins/run --uses ended with %d: %s' % (code, errors.strip()))
    return json.loads(output)


def lines(file):
    with open(file, encoding='utf-8') as stream:
        return stream.read().splitlines()


def below(folder, ending):
    """Files of a folder under jenkins/, sorted, with full path."""
    return [path(folder, name) for name in sorted(os.listdir(path(folder))) if name.endswith(ending)]
