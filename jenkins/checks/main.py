"""Runs every check, one line each. A check is a named function that returns a list of problems."""
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import controller_checks  # noqa: E402
import flow_checks  # noqa: E402
import job_checks  # noqa: E402
import lint_checks  # noqa: E402
import pipeline_checks  # noqa: E402
import planted  # noqa: E402
import runner_checks  # noqa: E402
import tool  # noqa: E402
import trial  # noqa: E402

# Two at a time: most of them wait for a Java that starts.
WIDTH = 2


def outcome(check):
    name, function = check
    started = time.monotonic()
    try:
        problems = function()
    except Exception as error:  # a check that breaks has not passed
        problems = ['%s: %s' % (type(error).__name__, error)]
    return name, problems, time.monotonic() - started


def main(words):
    tool.run(['--help'])  # compiles the runner once, before several checks want it at the same time
    checks = [check for part in (pipeline_checks, controller_checks, job_checks, lint_checks, flow_checks, runner_checks, planted, trial) for check in part.checks()]
    chosen = [check for check in checks if not words or any(word in check[0] for word in words)]
    if not chosen:
        print('no check has a name with %s' % ' or '.join(words))
        return 2
    failed = 0
    with ThreadPoolExecutor(WIDTH) as pool:
        for name, problems, seconds in pool.map(outcome, chosen):
            failed += bool(problems)
            print('%s  %s  (%.1f s)' % ('FAILED' if problems else 'passed', name, seconds), flush=True)
            for problem in problems:
                print('          %s' % str(problem).replace('\n', '\n          '), flush=True)
    print('%d passed, %d failed' % (len(chosen) - failed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
