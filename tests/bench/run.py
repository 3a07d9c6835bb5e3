#!/usr/bin/env python3
# run.py -- runs the benchmark's programs in weft and in any other engines, and compares.
#
#   make bench                                    weft and the engines found on PATH
#   make bench ENGINES='wasm3=/opt/wasm3 {wasm} {args}; wamr=/opt/iwasm {wasm} {args}' ROUNDS=5
#   tests/bench/run.py --engine 'old|/tmp/old/weft {wasm} {args}' --engine 'new|...' -p rays,sort
#   tests/bench/run.py --manifest /somewhere/manifest.json --page docs/PERFORMANCE.md
#
# Engines take turns within a round (A B C, A B C, ...), so that what the machine does
# meanwhile meets them all; every output is checked; times are CPU seconds of the whole
# process, and a ratio is the median over the rounds of paired ratios. An engine that is
# given several times, as builds that differ in nothing but where the linker put things,
# counts with the quickest of them. What an engine gets wrong is listed and never counted.
# The tables are made in report.py, programs are found in manifest.py.
# SPDX-License-Identifier: MIT
import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

import manifest
import report

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
HELLO = os.path.join(ROOT, 'examples', 'tinygo', 'hello', 'hello.wasm')

# How engines are started, should they be on PATH: interpreters only.
KNOWN = {
    'wasm3': 'wasm3 --stack-size 4194304 {wasm} {args}',
    'wamr': 'iwasm --stack-size=1048576 {wasm} {args}',
    'toywasm': 'toywasm --wasi {wasm} {args}',
    'wasmi': 'wasmi run {wasm} {args}',
    'stitch': 'stitch {wasm} {args}',
    'silverfir': 'sf-nano-cli {wasm} {args}',
}


def engines(given, only_given):
    """{name: [command, ...]}; the first is the one that this is about."""
    found = {}
    for text in (text for several in given for text in several.split(';') if text.strip()):
        at = min((text.index(mark) for mark in '=|' if mark in text), default=-1)
        name, command = text[:at].strip(), text[at + 1:].strip()
        if at < 0 or not name or not command:
            sys.exit('--engine wants NAME=COMMAND or NAME|COMMAND, not %r' % text)
        if '{wasm}' not in command:
            command += ' {wasm} {args}'
        found.setdefault(name, []).append(command)
    if not found:
        found['weft'] = [os.path.join(ROOT, 'build', 'weft') + ' run {wasm} {args}']
    if not only_given:
        for name, command in KNOWN.items():
            if name not in found and shutil.which(command.split()[0]):
                found[name] = [command]
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

    def run(self, command, wasm, arguments):
        words = []
        for word in shlex.split(command):
            words += arguments if word == '{args}' else [word.replace('{wasm}', wasm)]
        child = subprocess.Popen([self.program, self.result] + words, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 start_new_session=True)
        try:
            out, err = child.communicate(timeout=self.timeout)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)  # the launcher and the engine that it started
            child.communicate()
            return {'why': 'took more than %g s' % self.timeout}
        with open(self.result) as file:
            code, user, system, elapsed, memory = file.read().split()
        return {'code': int(code), 'cpu': float(user) + float(system), 'elapsed': float(elapsed),
                'memory': int(memory), 'out': out, 'err': err}

    def close(self):
        shutil.rmtree(self.folder)


def check(run, program):
    """What is wrong with a run, or None."""
    if 'why' in run:
        return run['why']
    if run['code'] != 0:
        return 'exit code %d: %s' % (run['code'], run['err'].decode('utf8', 'replace')[-200:])
    if not program.gave(run['out']):
        return 'wrong output: %r' % run['out'][:80]
    return None


def quickest(variants):
    """Of the runs of several builds of one engine, those of the quickest build."""
    return min(variants, key=lambda runs: statistics.median(run['cpu'] for run in runs))


def measure(launcher, found, programs, rounds):
    """{program: {engine: [runs]}}, engines interleaved; and what failed."""
    results, failures = {}, {}
    for program in programs:
        runs = {engine: [[] for _ in commands] for engine, commands in found.items()}
        for _ in range(rounds):
            for engine, commands in found.items():
                for number, command in enumerate(commands):
                    if (program.name, engine) in failures:
                        continue
                    run = launcher.run(command, program.wasm, program.arguments)
                    why = check(run, program)
                    if why:
                        failures[program.name, engine] = why
                    runs[engine][number].append(run)
        results[program.name] = {
            engine: [] if (program.name, engine) in failures else quickest(runs[engine])
            for engine in found}
        print('%-14s %s' % (program.name, '  '.join(
            '%s %s' % (e, '%.3f' % report.median(r, 'cpu') if r else 'FAILED')
            for e, r in results[program.name].items())), flush=True)
    return results, failures


def main():
    parser = argparse.ArgumentParser(description='Compares WebAssembly interpreters.')
    parser.add_argument('--engine', action='append', default=[], metavar='NAME=COMMAND',
                        help='{wasm} and {args} are replaced; may be repeated, or several '
                             'separated by semicolons; NAME|COMMAND will do as well')
    parser.add_argument('--only-given', action='store_true', help='do not look on PATH')
    parser.add_argument('--manifest', action='append', metavar='FILE',
                        help='programs to run instead of our own (may be repeated)')
    parser.add_argument('--base', help='the engine that ratios refer to (wasm3 if it is there)')
    parser.add_argument('-r', '--rounds', type=int, default=3)
    parser.add_argument('-p', '--programs', type=lambda s: s.split(','))
    parser.add_argument('--timeout', type=float, default=120)
    parser.add_argument('--start-up', action='append', metavar='WASM', default=[],
                        help='modules whose start-up is timed, instead of a hello')
    parser.add_argument('--save', metavar='FILE', help='keep the figures, as JSON')
    parser.add_argument('--page', metavar='FILE', help='write the tables into this page')
    parser.add_argument('--from', metavar='FILE', dest='source', action='append', default=[],
                        help='report figures that were kept, and run nothing')
    parser.add_argument('--quick', action='store_true',
                        help='small amounts of work: outputs are checked, no time is compared')
    options = parser.parse_args()

    if options.source:
        figures = report.load(options.source)
    else:
        figures = run(options)
        if options.save:
            report.save(options.save, figures)
    failed = sum(len(group['failures']) for group in figures['groups'])
    if not options.quick:
        base = options.base or ('wasm3' if 'wasm3' in figures['engines'] else figures['engines'][0])
        if base not in figures['engines']:
            sys.exit('no engine %s; there are: %s' % (base, ' '.join(figures['engines'])))
        print(report.text(figures, base))
        if options.page:
            report.fill_page(options.page, figures, base)
    for group in figures['groups']:
        for name, engine, why in group['failures']:
            print('FAILED %s in %s: %s' % (name, engine, why))
    total = sum(len(group['runs']) for group in figures['groups']) * len(figures['engines'])
    print('bench: %d of %d outputs right' % (total - failed, total))
    sys.exit(1 if failed else 0)


def run(options):
    found = engines(options.engine, options.only_given or options.quick)
    groups = manifest.groups(options.manifest or
                             [os.path.join(HERE, name) for name in ('programs.txt', 'simd.txt')],
                             options.programs, options.quick)
    figures = {'engines': list(found), 'groups': [], 'start_up': {},
               'rounds': options.rounds, 'machine': report.machine()}
    launcher = Launcher(options.timeout)
    try:
        for title, programs in groups:
            rounds = 1 if options.quick else options.rounds
            runs, failures = measure(launcher, found, programs, rounds)
            for engines_of_program in runs.values():
                for several in engines_of_program.values():
                    for each in several:
                        del each['out'], each['err']
            figures['groups'].append({'title': title, 'runs': runs, 'failures': [
                [name, engine, why.strip()] for (name, engine), why in failures.items()]})
        if not options.quick:
            for wasm in options.start_up or [HELLO]:
                figures['start_up'][os.path.basename(wasm)] = start_up(launcher, found, wasm)
    finally:
        launcher.close()
    return figures


def start_up(launcher, found, wasm, rounds=20):
    """{engine: {cpu, elapsed, memory}} of a program that does next to nothing."""
    runs = {engine: [] for engine in found}
    for _ in range(rounds):
        for engine, commands in found.items():
            run = launcher.run(commands[0], wasm, [])
            if run.get('code') == 0:
                runs[engine].append(run)
    return {engine: {key: report.median(several, key) for key in ('cpu', 'elapsed', 'memory')}
            for engine, several in runs.items() if len(several) == rounds}


main()
