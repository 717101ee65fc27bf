"""What the root Jenkinsfile calls, and in which order, on every way through it.

The runner and the Jenkinsfile are the real ones; the programs that the stages call are recorders, since hosts and a
production are not at hand. That the programs do what they say is tested where they live.
"""
import os
import shutil
import signal
import subprocess
import tempfile

import runner_checks
import tool

RECORDER = '''#!/bin/sh
echo "$NAME $*" | sed 's/ *$//' >> "$CALLS"
case "$NAME $*" in $HANGS) echo hanging; trap 'echo "healed itself" >> "$CALLS"; exit 5' TERM; while :; do sleep 0.1; done ;; esac
case "$NAME $*" in $FAILS) exit ${CODE:-1} ;; esac
[ "$NAME" != ansible/artefact ] || { mkdir -p artifacts/artefacts && echo 1.2.3 > artifacts/artefacts/latest; }
'''
CREDENTIALS = ['lab-ssh', 'lab-vault-password', 'production-ssh', 'production-vault-password']
NEVER = 'no such call'


def repository(folder):
    """A repository with the Jenkinsfile and recorders in place of the programs."""
    shutil.copy(os.path.join(tool.ROOT, 'Jenkinsfile'), folder)
    for name in ('lab', 'jenkins/check', 'ansible/check', 'ansible/artefact', 'bin/dotnet'):
        file = os.path.join(folder, name)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, 'w') as stream:
            stream.write(RECORDER.replace('$NAME', os.path.relpath(file, folder).replace('bin/', '')))
        os.chmod(file, 0o755)
    with open(os.path.join(folder, 'secret'), 'w') as stream:
        stream.write('a secret\n')
    identity = ['-c', 'user.name=check', '-c', 'user.email=check@example.org']
    for command in (['init', '--quiet'], ['add', '--all'], identity + ['commit', '--quiet', '--message', 'x']):
        subprocess.run(['git'] + command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def flow(parameters, code, calls, fails=NEVER, hangs=NEVER, approved=True, ends=1):
    """The calls must be exactly these, in this order."""
    def check():
        work = tempfile.mkdtemp(prefix='chaoslab-jenkins-')
        try:
            source = os.path.join(work, 'source')
            os.makedirs(source)
            repository(source)
            record = os.path.join(work, 'calls')
            open(record, 'w').close()
            arguments = ['--work', os.path.join(work, 'build'), '--grace', '20', '--input', 'ok' if approved else 'abort']
            arguments += [word for parameter in parameters for word in ('--param', parameter)]
            arguments += [word for name in CREDENTIALS for word in ('--cred', '%s=@%s/secret' % (name, source))]
            # A TMPDIR of its own: the pipeline that runs this check may hold the lock of the lab.
            environment = dict(os.environ, TMPDIR=work, CALLS=record, FAILS=fails, HANGS=hangs, CODE=str(ends), PATH=os.path.join(source, 'bin') + ':' + os.environ['PATH'])
            console = os.path.join(work, 'console')
            with open(console, 'w') as output:
                process = subprocess.Popen([tool.RUN] + arguments, cwd=source, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            try:
                if hangs != NEVER:
                    runner_checks.wait_for(lambda: 'hanging' in runner_checks.text(console) or process.poll() is not None, 'hanging')
                    process.send_signal(signal.SIGTERM)
                ended = process.wait(tool.LIMIT)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            problems = [] if ended == code else ['exit code %d instead of %d' % (ended, code)]
            called = tool.lines(record)
            if called != calls:
                problems.append('called:\n  ' + '\n  '.join(called) + '\ninstead of:\n  ' + '\n  '.join(calls))
            mailed = os.path.exists(os.path.join(work, 'build', 'mail', '1.txt'))
            if mailed != (code != 0):
                problems.append('a mail was %s' % ('written' if mailed else 'not written'))
            return problems + ([runner_checks.text(console)[-3000:]] if problems else [])
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return check


def checks():
    made = ['dotnet build -v q -nologo ChaosLab.slnx', 'jenkins/check', 'ansible/check', 'lab test --built', 'ansible/artefact']

    works = '--threshold create success >= 98 % --threshold redirect success >= 98 % '

    def judged(on=''):
        gate = '--threshold redirect success >= 99.9 % --threshold redirect p99 < 500 ms '
        return ['lab load shorten-and-follow --rate 20/s --for 10s ' + works + '--seed 1 --lateness 1s' + on, 'lab load follow-links ' + gate + '--seed 1 --tries 3' + on, 'lab compare HEAD^',
                'lab gameday --only  --seed 1' + on, 'lab report last']

    docker, staging, production = ' --on docker', ' --on staging', ' --on production'
    deploy = ['lab deploy%s --version 1.2.3']
    verify = ['lab load shorten-and-follow --rate 5/s --for 30s ' + works + '--seed 1 --lateness 1s --on production']
    shipped = ['lab deploy --on production --version 1.2.3'] + verify
    return [
        ('flow: embedded: neither hosts nor deploy', flow([], 0, made + judged() + ['lab restore'])),
        ('flow: docker and production, in this order', flow(
            ['INVENTORY=docker', 'PRODUCTION=true'], 0,
            made + ['lab up', deploy[0] % docker] + judged(docker) + ['lab restore', 'lab down'] + shipped)),
        ('flow: without approval nothing goes to production', flow(
            ['PRODUCTION=true'], 4, made + judged() + ['lab restore'], approved=False)),
        ('flow: a failing unit test ends the candidate', flow([], 1, made[:4] + ['lab restore'], fails='lab test*')),
        ('flow: a weakness heals first, then tears the docker lab down', flow(
            ['INVENTORY=docker', 'PRODUCTION=true'], 1,
            made + ['lab up', deploy[0] % docker] + judged(docker)[:4] + ['lab restore', 'lab restore', 'lab down'], fails='lab gameday*')),
        ('flow: a generator that was too late is no mistake of the commit, and no leave to go on', flow(
            ['PRODUCTION=true'], 3, made + judged()[:3] + ['lab restore'], fails='lab load follow*', ends=3)),
        ('flow: a comparison that is too noisy likewise', flow(
            ['PRODUCTION=true'], 3, made + judged()[:3] + ['lab restore'], fails='lab compare*', ends=3)),
        ('flow: hosts that stay get their last good version back', flow(
            ['INVENTORY=staging'], 1, made + [deploy[0] % staging] + judged(staging)[:2] + ['lab restore', 'lab rollback' + staging], fails='lab load follow*')),
        ('flow: production goes back when it cannot be verified', flow(
            ['PRODUCTION=true'], 1, made + judged() + ['lab restore'] + shipped + ['lab rollback' + production], fails='*--on production')),
        ('flow: aborted in the chaos gate, everything is healed', flow(
            ['INVENTORY=docker'], 4,
            made + ['lab up', deploy[0] % docker] + judged(docker)[:4] + ['healed itself', 'lab restore', 'lab restore', 'lab down'], hangs='lab gameday*'))]
