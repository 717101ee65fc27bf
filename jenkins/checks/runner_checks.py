"""The runner: small pipelines that are really run. Each file says in its head what must come of it:

    // arguments: more arguments for jenkins/run; {tests} is jenkins/tests, {work} the folder of the build
    // exit: the exit code
    // stages: NAME RESULT, NAME RESULT            every stage, by path, and no other
    // says: text in the console                   // never says: text that is not in it
    // order: first < second < third               where these first stand in the console
    // errors: text on standard error
    // holds: file below the work folder           // lacks: file that is not there
    // abort at: text                              SIGTERM once the console shows it; `abort again at:` for a second one
"""
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import uuid

import tool

HEAD = re.compile(r'^// ([a-z ]+): (.*)$')


def head(file):
    wishes = {}
    for line in tool.lines(file):
        match = HEAD.match(line)
        if not match:
            break
        wishes.setdefault(match.group(1), []).append(match.group(2))
    return wishes


def start(file, wishes, work, mark):
    arguments = shlex.split(' '.join(wishes.get('arguments', [])).format(tests=tool.path('tests'), work=work))
    environment = dict(os.environ, CHAOSLAB_CASE=mark, TMPDIR=work)
    return subprocess.Popen([tool.RUN, '--work', os.path.join(work, 'build'), '--grace', '20'] + arguments + [file], cwd=work, env=environment,
                            stdin=subprocess.DEVNULL, stdout=open(os.path.join(work, 'console'), 'w'), stderr=open(os.path.join(work, 'errors'), 'w'))


def text(*parts):
    with open(os.path.join(*parts), encoding='utf-8') as stream:
        return stream.read()


def wait_for(condition, what):
    deadline = time.monotonic() + tool.LIMIT
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError('%s: not within %d s' % (what, tool.LIMIT))
        time.sleep(0.05)


def abort(process, wishes, work):
    for key in ('abort at', 'abort again at'):
        for wanted in wishes.get(key, []):
            wait_for(lambda: wanted in text(work, 'console') or process.poll() is not None, 'console with "%s"' % wanted)
            process.send_signal(signal.SIGTERM)


def left_behind(mark):
    """Processes that inherited the mark of a case."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/environ' % pid, 'rb') as stream:
                if ('CHAOSLAB_CASE=' + mark).encode() in stream.read().split(b'\0'):
                    found.append(int(pid))
        except OSError:
            pass
    return found


def judge(wishes, code, work):
    console, errors = text(work, 'console'), text(work, 'errors')
    problems = []
    if code != int(wishes['exit'][0]):
        problems.append('exit code %d instead of %s' % (code, wishes['exit'][0]))
    for wanted in wishes.get('stages', []):
        stages = json.loads(text(work, 'build', 'build.json'))['stages']
        found = sorted('%s %s' % (stage['path'], stage['result']) for stage in stages)
        if found != sorted(part.strip() for part in wanted.split(',')):
            problems.append('stages: %s' % ', '.join(found))
        problems += ['stage %s took %s ms' % (stage['path'], stage['milliseconds']) for stage in stages if not stage['milliseconds'] >= 0]
    problems += ['does not say: %s' % wanted for wanted in wishes.get('says', []) if wanted not in console]
    problems += ['says: %s' % unwanted for unwanted in wishes.get('never says', []) if unwanted in console + errors]
    problems += ['no error: %s' % wanted for wanted in wishes.get('errors', []) if wanted not in errors]
    for wanted in wishes.get('order', []):
        places = [console.find(part.strip()) for part in wanted.split(' < ')]
        if -1 in places or places != sorted(places):
            problems.append('not in this order: %s (%s)' % (wanted, places))
    problems += ['lacks %s' % name for name in wishes.get('holds', []) if not os.path.exists(os.path.join(work, 'build', name))]
    problems += ['holds %s' % name for name in wishes.get('lacks', []) if os.path.exists(os.path.join(work, 'build', name))]
    return problems + (['console:\n' + console[-3000:] + errors[-2000:]] if problems else [])


def case(file):
    def check():
        wishes, mark = head(file), uuid.uuid4().hex
        if 'exit' not in wishes:
            return ['the file does not say its exit code']
        work = tempfile.mkdtemp(prefix='chaoslab-jenkins-')
        try:
            process = start(file, wishes, work, mark)
            try:
                abort(process, wishes, work)
                code = process.wait(tool.LIMIT)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            problems = judge(wishes, code, work)
            left = left_behind(mark)
            if left:
                problems.append('left %d process(es) behind' % len(left))
            return problems
        finally:
            for pid in left_behind(mark):
                os.kill(pid, signal.SIGKILL)
            shutil.rmtree(work, ignore_errors=True)
    return check


def help_says_what_is_not_covered():
    code, output, _ = tool.run(['--help'])
    return [] if code == 0 and 'Not covered' in output and 'never compared with a real Jenkins' in output else ['--help does not say it']


def kept_workspace_follows_the_commit():
    """Two builds in one workspace, of a branch that was rewritten in between."""
    work = tempfile.mkdtemp(prefix='chaoslab-jenkins-')
    try:
        source = os.path.join(work, 'source')
        os.makedirs(source)
        identity = ['-c', 'user.name=check', '-c', 'user.email=check@example.org']
        problems = []
        for word, how in (('one', []), ('two', ['--amend'])):
            with open(os.path.join(source, 'Jenkinsfile'), 'w') as stream:
                stream.write("pipeline {\n    agent any\n    stages {\n        stage('Say') { steps { sh 'echo said %s; ls; touch output' } }\n    }\n}\n" % word)
            for command in (['init', '--quiet'], ['add', '--all'], identity + ['commit', '--quiet', '--message', word] + how):
                subprocess.run(['git'] + command, cwd=source, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            code, output, errors = tool.run(['--work', os.path.join(work, word), '--workspace', os.path.join(work, 'kept')], cwd=source)
            if code != 0 or 'said ' + word not in output or ('] output' in output) != (word == 'two'):
                problems.append('commit %s: exit code %d, said: %s' % (word, code, output + errors))
        return problems
    finally:
        shutil.rmtree(work, ignore_errors=True)


def command_line(arguments, wanted):
    def check():
        code, _, errors = tool.run(arguments)
        return [] if code == 2 and all(text in errors for text in wanted) else ['exit code %d, said: %s' % (code, errors)]
    return check


def checks():
    return [('runner: %s' % os.path.basename(file).split('.')[0], case(file)) for file in tool.below('tests/pipelines', '.Jenkinsfile')] + [
        ('runner: help says what is not covered', help_says_what_is_not_covered),
        ('runner: a kept workspace follows the commit', kept_workspace_follows_the_commit),
        ('runner: every mistake of a command line at once', command_line(
            ['--input', 'maybe', '--frobnicate', '--param', 'x', '--cred', 'id=@/nowhere', '/nowhere/Jenkinsfile'],
            ["--input must be ok or abort, not 'maybe'", "unknown option '--frobnicate'", '--param must look like NAME=VALUE',
             'there is no file /nowhere', 'there is no file /nowhere/Jenkinsfile']))]
