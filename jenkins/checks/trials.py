"""`jenkins/planted`: good and bad commits through the pipeline, one after another, any number of times; goes on where it was stopped."""
import argparse
import json
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import abort_trial  # noqa: E402
import planted  # noqa: E402
import tool  # noqa: E402
import trial  # noqa: E402

PLACE = os.path.join(tool.ROOT, 'artifacts', 'planted')
COLUMNS = ('commit', 'run', 'ended', 'expected', 'verdict', 'seconds')


def known(folder):
    try:
        with open(os.path.join(folder, 'result.json'), encoding='utf-8') as stream:
            return json.load(stream)
    except (OSError, ValueError):
        return None


def one(name, turn, folder, asked):
    """From an earlier call, or run now. What could not be run leaves no result, so the next call tries again."""
    outcome = None if asked.again else known(folder)
    if outcome:
        print('%s %d: known from before' % (name, turn), flush=True)
    else:
        print('%s %d: %s …' % (name, turn, os.path.relpath(os.path.join(folder, 'console.log'), tool.ROOT)), flush=True)
        try:
            outcome = trial.run(name, folder, PLACE, asked.commit, asked.on, asked.straight)
        except (OSError, subprocess.SubprocessError, RuntimeError, KeyError, ValueError) as error:
            outcome = {'commit': name, 'ended': '-', 'expected': planted.head(name)[1]['Ends'], 'verdict': 'WRONG: not run: %s' % error, 'seconds': 0}
        print('%s %d: ended %s: %s' % (name, turn, outcome['ended'], outcome['verdict']), flush=True)
    return dict(outcome, run=turn)


def table(outcomes):
    rows = [COLUMNS] + [tuple(str(outcome[column]) for column in COLUMNS) for outcome in outcomes]
    widths = [max(len(row[index]) for row in rows) for index in range(len(COLUMNS))]
    return '\n'.join('  '.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def main():
    names = planted.patches()
    parser = argparse.ArgumentParser(prog='jenkins/planted', description='Runs good and bad commits through the pipeline and tells where each ended.')
    parser.add_argument('--runs', type=int, default=1, help='how often each, 1 to 20; what an earlier call ran on the same commit counts')
    parser.add_argument('--on', default='embedded', metavar='INVENTORY', help='embedded (the default), docker, or another inventory of the pipeline')
    parser.add_argument('--commit', default='HEAD', metavar='REVISION', help='what the commits are put on top of (HEAD)')
    parser.add_argument('--straight', action='store_true', help='leaves out the stages before the one that is to reject: a quick look, no proof')
    parser.add_argument('--again', action='store_true', help='runs what is known, too')
    parser.add_argument('--abort', action='store_true', help='instead: stops the pipeline while a fault of its chaos gate is on')
    parser.add_argument('words', nargs='*', metavar='WORD', help='only commits whose name contains one of the words: ' + ', '.join(names))
    asked = parser.parse_args()
    # In the order of the words, each once.
    chosen = list(dict.fromkeys(name for word in asked.words or [''] for name in names if word in name))
    if not chosen or not 1 <= asked.runs <= 20:
        parser.error('nothing to do: --runs is 1 to 20, and a WORD is part of one of: ' + ', '.join(names))
    # Stopped by a signal, the pipeline heals before this ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Results belong to the commit that they were got on.
    asked.commit = planted.git(tool.ROOT, 'rev-parse', '--short=12', asked.commit + '^{commit}')
    kept = os.path.join(PLACE, asked.commit + ('-straight' if asked.straight else ''))
    if asked.abort:
        return abort_trial.run(os.path.join(kept, 'abort'), PLACE, asked.straight)
    outcomes = []
    try:
        for turn in range(1, asked.runs + 1):
            for name in chosen:
                outcomes.append(one(name, turn, os.path.join(kept, '%s-%s-%d' % (name, asked.on.replace('/', '-'), turn)), asked))
    finally:
        right = sum(outcome['verdict'] == 'right' for outcome in outcomes)
        said = table(outcomes) + '\n%d of %d right; kept in %s' % (right, asked.runs * len(chosen), os.path.relpath(kept, tool.ROOT))
        os.makedirs(kept, exist_ok=True)
        with open(os.path.join(kept, 'summary.txt'), 'w', encoding='utf-8') as stream:
            stream.write(said + '\n')
        print('\n' + said, flush=True)
    return 0 if right == asked.runs * len(chosen) else 1


if __name__ == '__main__':
    sys.exit(main())
