#!/usr/bin/env python3
# run.py -- runs the benchmark's programs in weft and in any other engines, and compares.
#
#   make bench                                    weft and the engines found on PATH
#   make bench ENGINES='wasm3=/opt/wasm3 {wasm} {args}; wamr=/opt/iwasm {wasm} {args}' ROUNDS=5
#   tests/bench/run.py --engine 'old=/tmp/old/weft {wasm} {args}' --engine 'new=...' -p rays,sort
#
# Engines take turns within a round (A B C, A B C, ...), so that what the machine does
# meanwhile meets them all; every output is checked; times are CPU seconds of the whole
# process, and a ratio is the median over the rounds of paired ratios.
# SPDX-License-Identifier: MIT
import argparse
import math
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# How engines are started, should they be on PATH: interpreters only.
KNOWN = {
    'wasm3': 'wasm3 --stack-size 4194304 {wasm} {args}',
    'wamr': 'iwasm --stack-size=1048576 {wasm} {args}',
    'toywasm': 'toywasm --wasi {wasm} {args}',
    'wasmi': 'wasmi run {wasm} {args}',
    'stitch': 'stitch {wasm} {args}',
}


def programs(wanted):
    """(name, quick argument, full argument) of each program asked for."""
    with open(os.path.join(HERE, 'programs.txt')) as file:
        rows = [line.split(None, 3) for line in file if line.strip() and line[0] != '#']
    names = [row[0] for row in rows]
    for name in wanted or []:
        if name not in names:
            sys.exit('no program %s; there are: %s' % (name, ' '.join(names)))
    return [row[:3] for row in rows if not wanted or row[0] in wanted]


def engines(given, only_given):
    """{name: command}; the first is the one that this is about."""
    found = {}
    for text in (text for several in given for text in several.split(';') if text.strip()):
        name, _, command = text.partition('=')
        if not command:
            sys.exit('--engine wants NAME=COMMAND, not %r' % text)
        if '{wasm}' not in command:
            command += ' {wasm} {args}'
        found[name.strip()] = command.strip()
    if not found:
        found['weft'] = os.path.join(ROOT, 'build', 'weft') + ' run {wasm} {args}'
    if not only_given:
        for name, command in KNOWN.items():
            if name not in found and shutil.which(command.split()[0]):
                found[name] = command
    return found


class Launcher:
    """Runs commands through launch.c, which counts what they take."""

    def __init__(self, timeout):
        self.folder = tempfile.mkdtemp(prefix='weft-bench-')
        self.program = os.path.join(self.folder, 'launch')
        self.result = os.path.join(self.folder, 'result')
        self.timeout = timeout
        compiler = shlex.split(os.environ.get('HOSTCC', 'cc'))
        subprocess.run(compiler + ['-O2', '-o', self.program, os.path.join(HERE, 'launch.c')],
                       check=True)

    def run(self, command, wasm, argument):
        words = []
        for word in shlex.split(command):
            if word == '{args}':
                words += [argument] if argument else []
            else:
                words.append(word.replace('{wasm}', wasm))
        try:
            done = subprocess.run([self.program, self.result] + words, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  timeout=self.timeout)
        except subprocess.TimeoutExpired:
            return {'why': 'took more than %g s' % self.timeout}
        with open(self.result) as file:
            code, user, system, elapsed, memory = file.read().split()
        return {'code': int(code), 'cpu': float(user) + float(system), 'elapsed': float(elapsed),
                'memory': int(memory), 'out': done.stdout, 'err': done.stderr}

    def close(self):
        shutil.rmtree(self.folder)


def check(run, expected):
    """What is wrong with a run, or None."""
    if 'why' in run:
        return run['why']
    if run['code'] != 0:
        return 'exit code %d: %s' % (run['code'], run['err'].decode('utf8', 'replace')[-200:])
    if run['out'] != expected:
        return 'wrong output: %r' % run['out'][:80]
    return None


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def table(title, names, rows, form):
    print('\n%s\n%-10s%s' % (title, '', ''.join('%10s' % name for name in names)))
    for label, values in rows:
        cells = ''.join('%10s' % ('-' if v is None else form % v) for v in values)
        print('%-10s%s' % (label, cells))


def measure(launcher, found, tasks, mode, rounds):
    """{program: {engine: [runs]}}, engines interleaved; and what failed."""
    runs, failures = {}, {}
    for name, quick, full in tasks:
        wasm = os.path.join(HERE, 'wasm', name + '.wasm')
        with open(os.path.join(HERE, 'expected', name + '.' + mode), 'rb') as file:
            expected = file.read()
        runs[name] = {engine: [] for engine in found}
        for _ in range(rounds):
            for engine, command in found.items():
                if (name, engine) in failures:
                    continue
                run = launcher.run(command, wasm, quick if mode == 'quick' else full)
                why = check(run, expected)
                if why:
                    failures[name, engine] = why
                    runs[name][engine] = []
                else:
                    runs[name][engine].append(run)
        print('%-8s %s' % (name, '  '.join(
            '%s %s' % (e, '%.3f' % statistics.median(r['cpu'] for r in runs[name][e])
                       if runs[name][e] else 'FAILED') for e in found)), flush=True)
    return runs, failures


def median(runs, key):
    return statistics.median(run[key] for run in runs) if runs else None


def ratio(runs, base):
    """The median of paired ratios of two lists of runs."""
    pairs = [a['cpu'] / b['cpu'] for a, b in zip(runs, base) if b['cpu'] > 0]
    return statistics.median(pairs) if pairs else None


def report(found, runs, base):
    names = list(found)
    rows = [(p, [median(runs[p][e], 'cpu') for e in names]) for p in runs]
    table('CPU seconds, median', names, rows, '%.3f')
    ratios = [(p, [ratio(runs[p][e], runs[p][base]) for e in names]) for p in runs]
    means = [geometric_mean([v[i] for _, v in ratios if v[i]]) for i in range(len(names))]
    table('time relative to %s (less is faster)' % base, names, ratios + [('geo. mean', means)],
          '%.3f')
    rows = [(p, [None if m is None else m / 1024 for m in
                 (median(runs[p][e], 'memory') for e in names)]) for p in runs]
    table('peak memory, MiB', names, rows, '%.1f')


def start_up(launcher, found, rounds):
    """The time and memory of a program that only prints a line."""
    wasm = os.path.join(ROOT, 'examples', 'tinygo', 'hello', 'hello.wasm')
    runs = {engine: [] for engine in found}
    for _ in range(rounds):
        for engine, command in found.items():
            run = launcher.run(command, wasm, '')
            if run.get('code') == 0:
                runs[engine].append(run)
    names = list(found)
    rows = [('CPU ms', [None if not runs[e] else 1000 * median(runs[e], 'cpu') for e in names]),
            ('wall ms', [None if not runs[e] else 1000 * median(runs[e], 'elapsed') for e in names]),
            ('MiB', [None if not runs[e] else median(runs[e], 'memory') / 1024 for e in names])]
    table('start-up: TinyGo\'s hello, median of %d' % rounds, names, rows, '%.2f')


def main():
    parser = argparse.ArgumentParser(description='Compares WebAssembly interpreters.')
    parser.add_argument('--engine', action='append', default=[], metavar='NAME=COMMAND',
                        help='{wasm} and {args} are replaced; may be repeated, or several '
                             'separated by semicolons')
    parser.add_argument('--only-given', action='store_true', help='do not look on PATH')
    parser.add_argument('--base', help='the engine that ratios refer to (wasm3 if it is there)')
    parser.add_argument('-r', '--rounds', type=int, default=3)
    parser.add_argument('-p', '--programs', type=lambda s: s.split(','))
    parser.add_argument('--timeout', type=float, default=120)
    parser.add_argument('--quick', action='store_true',
                        help='small amounts of work: outputs are checked, no time is compared')
    options = parser.parse_args()

    found = engines(options.engine, options.only_given or options.quick)
    base = options.base or ('wasm3' if 'wasm3' in found else next(iter(found)))
    if base not in found:
        sys.exit('no engine %s; there are: %s' % (base, ' '.join(found)))
    tasks = programs(options.programs)
    launcher = Launcher(options.timeout)
    try:
        mode = 'quick' if options.quick else 'full'
        runs, failures = measure(launcher, found, tasks, mode, 1 if options.quick else options.rounds)
        if not options.quick:
            report(found, runs, base)
            start_up(launcher, found, 20)
    finally:
        launcher.close()
    for (name, engine), why in failures.items():
        print('FAILED %s in %s: %s' % (name, engine, why.strip()))
    total = len(tasks) * len(found)
    print('bench: %d of %d outputs right' % (total - len(failures), total))
    sys.exit(1 if failures else 0)


main()
