"""One commit through the whole pipeline: where it ended, and whether it should have ended there."""
import glob
import json
import os
import shutil
import signal
import subprocess
import time

import planted
import tool

# Only ends what hangs: the pipeline has limits of its own, and a busy machine is slow.
LIMIT = 2 * 60 * 60
# From SIGTERM to the end of `post`.
HEALING = 10 * 60
# Those of the candidate on the embedded lab, in order.
STAGES = ('Build', 'Pipeline checks', 'Unit tests', 'Package', 'Smoke', 'Load gate', 'Chaos gate')
# One of jenkins/check, one of ansible/check.
QUICK = 'fits compile'
ENDED = ('FAILURE', 'UNSTABLE', 'ABORTED')


class Runner:
    """jenkins/run on a commit, in a workspace that is kept from run to run, as the agent of a Jenkins keeps it."""

    def __init__(self, source, folder, workspace, parameters, more=()):
        self.folder, self.console = folder, os.path.join(folder, 'console.log')
        self.build = os.path.join(folder, 'build')
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        command = [tool.RUN, '--work', self.build, '--workspace', workspace] + list(more)
        command += [word for name, value in sorted(parameters.items()) for word in ('--param', '%s=%s' % (name, value))]
        with open(self.console, 'w') as output:
            self.process = subprocess.Popen(command, cwd=source, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def wait(self):
        """The exit code; out of time or stopped, the runner heals first."""
        try:
            return self.process.wait(LIMIT)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(HEALING)

    def result(self):
        """What the build says of itself."""
        with open(os.path.join(self.build, 'build.json'), encoding='utf-8') as stream:
            return json.load(stream)

    def says(self, text):
        with open(self.console, encoding='utf-8', errors='replace') as stream:
            return text in stream.read()

    def violates(self, expectation):
        """Whether a summary that the build kept names an expectation as violated."""
        for path in glob.glob(os.path.join(self.build, 'artifacts', 'artifacts', 'runs', '*', 'summary.json')):
            with open(path, encoding='utf-8') as stream:
                for experiment in json.load(stream).get('experiments', []):
                    if any(one['text'] == expectation and one['judgement'] == 'violated' for one in experiment['expectations']):
                        return True
        return False

    def has_reason(self, words):
        return ('Says' not in words or self.says(words['Says'])) and ('Violates' not in words or self.violates(words['Violates']))

    def thin(self):
        """What is kept is to be read; the packed builds in it are 40 MB each."""
        packed = os.path.join(self.build, 'artifacts', 'artifacts', 'artefacts')
        for name in os.listdir(packed) if os.path.isdir(packed) else []:
            if name.endswith('.tar.gz'):
                os.remove(os.path.join(packed, name))


def ending(build):
    """The innermost stage that did not succeed (it has the longest path), or nowhere."""
    bad = [stage['path'] for stage in build['stages'] if stage['result'] in ENDED]
    return max(bad, key=len).split(' / ')[-1] if bad else 'nowhere'


def credentials(folder, inventory):
    """The docker lab makes its own key and has no vault; what the deploy stage binds is made up."""
    if inventory != 'docker':
        return []
    made_up = os.path.join(folder, 'made-up')
    with open(made_up, 'w') as stream:
        stream.write('not used by the docker lab\n')
    return ['--cred', 'lab-ssh=@' + made_up, '--cred', 'lab-vault-password=@' + made_up]


def left_out(stages, wanted):
    """The stages before the one that is to end it, but what makes the candidate."""
    before = stages[:stages.index(wanted)] if wanted in stages else []
    return [word for stage in before if stage != 'Build' for word in ('--skip', stage)]


def run(name, folder, place, commit, inventory, straight):
    """Runs a planted commit; what came of it is kept in the folder as result.json."""
    _, words = planted.head(name)
    wanted = words.get('Ends on hosts', words['Ends']) if inventory != 'embedded' else words['Ends']
    source = os.path.join(place, 'source')
    shutil.rmtree(source, ignore_errors=True)
    planted.plant(name, commit, source)
    began = time.monotonic()
    runner = Runner(source, folder, os.path.join(place, 'workspace'),
                    {'INVENTORY': inventory, 'CHECKS': words.get('Checks', QUICK), 'TESTS': words.get('Tests', ''), 'BASELINE': words.get('Baseline', ''),
                     'EXPERIMENTS': words.get('Experiments', '')},
                    credentials(place, inventory) + (left_out(STAGES, wanted) if straight else []))
    runner.wait()
    build = runner.result()
    runner.thin()
    ended = ending(build)
    outcome = {'commit': name, 'ended': ended, 'result': build['result'], 'expected': wanted, 'seconds': round(time.monotonic() - began),
               'verdict': verdict(ended, wanted, build['result'], runner.has_reason(words)), 'log': os.path.relpath(runner.console, tool.ROOT)}
    with open(os.path.join(folder, 'result.json'), 'w', encoding='utf-8') as stream:
        json.dump(outcome, stream, indent=1)
    return outcome


def verdict(ended, wanted, result, reason):
    """`right`; `noisy`: the comparison could not tell, and nobody was let through; else what is wrong."""
    if result == 'UNSTABLE' and ended == 'Load gate':
        return 'noisy'
    if ended != wanted:
        return 'WRONG: another stage'
    if result != ('SUCCESS' if wanted == 'nowhere' else 'FAILURE'):
        return 'WRONG: %s' % result
    return 'right' if wanted == 'nowhere' or reason else 'WRONG: not for this reason'


def checks():
    """What a run is called; the runs themselves take too long for every commit."""
    cases = [(('Chaos gate', 'Chaos gate', 'FAILURE', True), 'right'),
             (('nowhere', 'nowhere', 'SUCCESS', True), 'right'),
             (('Chaos gate', 'Chaos gate', 'FAILURE', False), 'WRONG: not for this reason'),
             (('Smoke', 'Chaos gate', 'FAILURE', True), 'WRONG: another stage'),
             (('nowhere', 'Chaos gate', 'SUCCESS', False), 'WRONG: another stage'),
             (('Smoke', 'nowhere', 'FAILURE', True), 'WRONG: another stage'),
             (('Chaos gate', 'Chaos gate', 'ABORTED', True), 'WRONG: ABORTED'),
             (('Load gate', 'Load gate', 'UNSTABLE', False), 'noisy'),
             (('Load gate', 'nowhere', 'UNSTABLE', True), 'noisy')]

    def verdicts():
        return ['%s: %s instead of %s' % (case, verdict(*case), wanted) for case, wanted in cases if verdict(*case) != wanted]

    def stages():
        text = '\n'.join(tool.lines(os.path.join(tool.ROOT, 'Jenkinsfile')))
        places = [text.find("stage('%s')" % stage) for stage in STAGES]
        return [] if -1 not in places and places == sorted(places) else ['the Jenkinsfile does not have these stages in this order: %s' % ', '.join(STAGES)]
    return [('planted: a run gets the verdict that it deserves', verdicts), ('planted: the stages are those of the Jenkinsfile', stages)]
