"""The real pipeline, stopped by SIGTERM while a fault of its chaos gate is on: everything healed, the lab as before, the build ABORTED."""
import glob
import json
import os
import shutil
import subprocess
import time

import planted
import tool
import trial

# A stopped process shows best whether it was healed: it would stay stopped. For a minute, so that the signal arrives in time on a busy machine, too.
EXPERIMENT = 'pause-one-instance'
LONGER = {'for: 12s': 'for: 75s', 'for: 3s': 'for: 60s'}
ABORTED = 4


def kinds(workspace):
    """What the journals of the game day tell, in order."""
    found = []
    for path in glob.glob(os.path.join(workspace, 'artifacts', 'runs', '*', '*', 'journal.jsonl')):
        with open(path, encoding='utf-8') as stream:
            for line in stream:
                try:
                    found.append(json.loads(line)['kind'])
                except ValueError:
                    pass  # the last line, half written
    return found


def processes(workspace):
    """Programs of that workspace that run: the lab, its balancer, instances, guardian."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            program = os.readlink('/proc/%s/exe' % pid)
        except OSError:
            continue
        if program.startswith(os.path.join(workspace, 'artifacts', 'bin') + '/'):
            found.append('%s %s' % (pid, os.path.basename(program)))
    return found


def state(workspace):
    """Entries that were not undone, folders of labs."""
    lab = os.path.join(workspace, 'artifacts', 'lab')
    return sorted(os.path.relpath(path, lab) for path in glob.glob(os.path.join(lab, 'undo', '*.json')) + glob.glob(os.path.join(lab, 'labs', '*')))


def lengthen(source):
    """The experiment with a fault that lasts, as a commit."""
    path = os.path.join(source, 'chaos', 'experiments', EXPERIMENT + '.yaml')
    with open(path, encoding='utf-8') as stream:
        text = stream.read()
    for short, long in LONGER.items():
        if text.count(short) != 1:
            raise RuntimeError('%s does not hold "%s" once' % (path, short))
        text = text.replace(short, long)
    with open(path, 'w', encoding='utf-8') as stream:
        stream.write(text)
    planted.git(source, 'commit', '--quiet', '--all', '--message', 'planted: a fault that lasts')


def until_a_fault_is_on(runner, workspace):
    while runner.process.poll() is None:
        if 'fault.injected' in kinds(workspace):
            return []
        time.sleep(0.2)
    return ['the pipeline ended before a fault was on; log: %s' % runner.console]


def problems(runner, code, workspace, before):
    build = runner.result()
    told = kinds(workspace)
    stage = {one['path'].split(' / ')[-1]: one['result'] for one in build['stages']}.get('Chaos gate')
    left = subprocess.run([os.path.join(workspace, 'lab'), 'restore'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True, timeout=600)
    after, running = state(workspace), processes(workspace)
    return [text for wrong, text in (
        (code != ABORTED, 'exit code %s instead of %d' % (code, ABORTED)),
        (build['result'] != 'ABORTED', 'the build is %s' % build['result']),
        (stage != 'ABORTED', 'the chaos gate is %s' % stage),
        (told.count('fault.undone') < told.count('fault.injected'), 'journal: %d faults on, %d undone' % (told.count('fault.injected'), told.count('fault.undone'))),
        (told.count('fault.attested') < told.count('fault.injected'), 'journal: %d faults on, %d times as before' % (told.count('fault.injected'), told.count('fault.attested'))),
        (told.index('abort') > told.index('fault.undoing') if {'abort', 'fault.undoing'} <= set(told) else True, 'the fault had ended before the signal came'),
        (not runner.says('Candidate / post always'), 'post did not run'),
        (left.returncode != 0 or 'nothing was left behind' not in left.stdout, 'lab restore: %s' % left.stdout.strip()),
        (after != before, 'state of the lab: %s' % (after or 'nothing')),
        (bool(running), 'still running: %s' % ', '.join(running))) if wrong]


def run(folder, place, straight):
    source, workspace = os.path.join(place, 'source'), os.path.join(place, 'workspace')
    shutil.rmtree(source, ignore_errors=True)
    planted.git(tool.ROOT, 'clone', '--quiet', '--shared', tool.ROOT, source)
    lengthen(source)
    # Journals of earlier runs are none of this one.
    shutil.rmtree(os.path.join(workspace, 'artifacts', 'runs'), ignore_errors=True)
    before = state(workspace)
    runner = trial.Runner(source, folder, workspace, {'CHECKS': trial.QUICK, 'TESTS': 'load --filter Measuring', 'BASELINE': 'HEAD', 'EXPERIMENTS': EXPERIMENT},
                          trial.left_out(trial.STAGES, 'Chaos gate') if straight else [])
    print('abort: %s …' % os.path.relpath(runner.console, tool.ROOT), flush=True)
    try:
        found = until_a_fault_is_on(runner, workspace)
        asked = time.monotonic()
    finally:
        code = runner.stop()
    seconds = time.monotonic() - asked
    runner.thin()
    found = found or problems(runner, code, workspace, before)
    for problem in found:
        print('abort: WRONG: ' + problem, flush=True)
    print('abort: %s; from SIGTERM to the end %.1f s' % ('WRONG' if found else 'right: healed, as before, ABORTED', seconds), flush=True)
    return 1 if found else 0
