# report.py -- what run.py measured, as tables: in the terminal, and in a page.
#
# Figures are {engines, rounds, machine, groups, start_up}; a group is the programs of one
# manifest: {title, runs: {program: {engine: [{cpu, elapsed, memory}, ...]}}, failures}. An
# engine that got a program wrong has no runs of it, and no share in any mean.
# SPDX-License-Identifier: MIT
import json
import math
import os
import re
import statistics
import subprocess

LOST_FROM = 1.05  # slower than the quickest by more than this is a program lost


def median(runs, key):
    return statistics.median(run[key] for run in runs) if runs else None


def ratio(runs, base):
    """The median of paired ratios of two lists of runs."""
    pairs = [a['cpu'] / b['cpu'] for a, b in zip(runs, base) if b['cpu'] > 0]
    return statistics.median(pairs) if pairs else None


def geometric_mean(values):
    values = [value for value in values if value]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def machine():
    """What the figures were measured on."""
    model = 'unknown'
    with open('/proc/cpuinfo') as file:
        for line in file:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
                break
    def version(command):
        try:
            out = subprocess.run([command, '--version'], stdout=subprocess.PIPE).stdout.decode()
            return out.splitlines()[0]
        except (OSError, IndexError):
            return 'none'
    return {'processor': model, 'cpus': os.cpu_count(), 'system': ' '.join(os.uname()[i] for i in (0, 2)),
            'compilers': [version(name) for name in ('gcc', 'clang-19')]}


def save(path, figures):
    with open(path, 'w') as file:
        json.dump(figures, file, indent=1)


def load(paths):
    """The figures of several runs of run.py as one; they are of the same engines."""
    figures = None
    for path in paths:
        with open(path) as file:
            more = json.load(file)
        if figures is None:
            figures = more
            continue
        figures['groups'] += more['groups']
        for module, by in more['start_up'].items():
            found = figures['start_up'].setdefault(module, {})
            found.update((engine, run) for engine, run in by.items() if engine not in found)
        figures['engines'] += [e for e in more['engines'] if e not in figures['engines']]
    return figures


# --- tables: (heading, column names, [(label, [cell, ...]), ...]) ------------------------------

def cell(value, form):
    return '-' if value is None else form % value


def measured(figures, group):
    """The engines that were asked to run this group."""
    return [e for e in figures['engines'] if any(e in by for by in group['runs'].values())]


def relative(figures, group, base):
    """Ratios to `base` with their mean, and over how many programs that is."""
    names, runs = measured(figures, group), group['runs']
    if base not in names:
        base = names[0]
    rows = [(p, [ratio(runs[p].get(e), runs[p].get(base)) if runs[p].get(e) and runs[p].get(base)
                 else None for e in names]) for p in runs]
    columns = list(zip(*(values for _, values in rows)))
    text = [(p, [cell(v, '%.3f') for v in values]) for p, values in rows]
    text.append(('geo. mean', [cell(geometric_mean(c), '%.3f') for c in columns]))
    text.append(('programs', ['%d' % sum(v is not None for v in c) for c in columns]))
    first = names[0]
    versus = [geometric_mean([ratio(runs[p][first], runs[p][e]) for p in runs
                              if runs[p].get(first) and runs[p].get(e)]) for e in names]
    text.append(('%s / it' % first, [cell(v, '%.3f') for v in versus]))
    return '%s: time relative to %s (less is faster)' % (group['title'], base), names, text


def seconds(figures, group):
    names = measured(figures, group)
    return ('%s: CPU seconds, median of %d' % (group['title'], figures['rounds']), names,
            [(p, [cell(median(by.get(e), 'cpu'), '%.3f') for e in names])
             for p, by in group['runs'].items()])


def memory(figures, group):
    names = measured(figures, group)
    return ('%s: peak memory, MiB' % group['title'], names,
            [(p, [cell(m and m / 1024, '%.1f') for m in (median(by.get(e), 'memory') for e in names)])
             for p, by in group['runs'].items()])


def lost(figures):
    """Where the first engine is slower than the quickest one by more than 5 %."""
    first, rows = figures['engines'][0], []
    rivals = [e for e in figures['engines'] if not e.split('-')[0] == first.split('-')[0]]
    for group in figures['groups']:
        for program, by in group['runs'].items():
            ratios = [(ratio(by[first], by[e]), e) for e in rivals if by.get(first) and by.get(e)]
            if ratios and max(ratios)[0] > LOST_FROM:
                rows.append((program, ['%.3f' % max(ratios)[0], max(ratios)[1]]))
    return 'lost by %s by more than 5 %%' % first, ['ratio', 'to'], rows or [('none', ['-', '-'])]


def fuel(figures):
    """What exact fuel costs: NAME-fuel is NAME with --fuel."""
    rows = []
    for counting in [e for e in figures['engines'] if e.endswith('-fuel')]:
        plain = counting[:-len('-fuel')]
        for group in figures['groups']:
            found = [ratio(by[counting], by[plain]) for by in group['runs'].values()
                     if by.get(counting) and by.get(plain)]
            if found:
                rows.append((group['title'], ['%.3f' % geometric_mean(found), '%.3f' % max(found),
                                              '%d' % len(found)]))
    return 'exact fuel: time relative to the same without', ['mean', 'worst', 'programs'], rows


def twins(figures):
    """NAME_simd beside NAME: the same work with and without v128, in each engine."""
    with_twins = [group for group in figures['groups']
                  if any(name.endswith('_simd') for name in group['runs'])]
    names = [e for e in figures['engines'] if any(e in measured(figures, g) for g in with_twins)]
    rows, columns = [], []
    for group in with_twins:
        for program, by in group['runs'].items():
            with_simd = group['runs'].get(program + '_simd')
            if with_simd:
                values = [with_simd.get(e) and by.get(e) and ratio(by[e], with_simd[e]) or None
                          for e in names]
                columns.append(values)
                rows.append((program, [cell(v, '%.2f') for v in values]))
    if rows:
        rows.append(('geo. mean', [cell(geometric_mean(c), '%.2f') for c in zip(*columns)]))
    return 'SIMD: how many times faster than the scalar twin', names, rows


def start_up(figures):
    names, rows = figures['engines'], []
    for module, by in figures['start_up'].items():
        for label, key, scale in (('CPU ms', 'cpu', 1000), ('wall ms', 'elapsed', 1000),
                                  ('MiB', 'memory', 1 / 1024)):
            rows.append(('%s %s' % (module.replace('.wasm', ''), label),
                         [cell(by[e][key] * scale, '%.2f') if e in by else '-' for e in names]))
    return 'start-up, median of 20', names, rows


def failures(figures):
    return 'failed: listed, not counted', ['why'], [
        ('%s, %s' % (engine, program), [re.sub(r'[\s|]+', ' ', why)[:70]])
        for group in figures['groups'] for program, engine, why in group['failures']]


def tables(figures, base):
    """{name: [table, ...]}: the names are those that a page uses."""
    groups = figures['groups']
    return {'relative': [relative(figures, group, base) for group in groups],
            'seconds': [seconds(figures, group) for group in groups],
            'memory': [memory(figures, group) for group in groups],
            'lost': [lost(figures)], 'fuel': [fuel(figures)], 'simd': [twins(figures)],
            'start-up': [start_up(figures)], 'failed': [failures(figures)]}


# --- in the terminal ---------------------------------------------------------------------------

def text(figures, base):
    lines = []
    for several in tables(figures, base).values():
        for title, names, rows in several:
            if not rows:
                continue
            wide = max(len(label) for label, _ in rows) + 2
            lines += ['', title, ' ' * wide + ''.join('%12s' % name for name in names)]
            lines += [label.ljust(wide) + ''.join('%12s' % c for c in cells) for label, cells in rows]
    return '\n'.join(lines)


# --- in a page ---------------------------------------------------------------------------------

def markdown(title, names, rows):
    lines = ['', '**%s**' % title, '', '| | %s |' % ' | '.join(names),
             '|---%s|' % ('|---:' * len(names))]
    lines += ['| %s | %s |' % (label, ' | '.join(cells)) for label, cells in rows]
    return lines


def machine_lines(figures):
    found = figures['machine']
    return ['', '%s, %d CPUs, %s; compilers at hand: %s. %d rounds.' % (
        found['processor'], found['cpus'], found['system'], '; '.join(found['compilers']),
        figures['rounds'])]


def fill_page(path, figures, base):
    """Replaces what is between `<!-- NAME -->` and `<!-- end NAME -->` with tables."""
    with open(path) as file:
        page = file.read()
    blocks = {name: [line for title, names, rows in several if rows
                     for line in markdown(title, names, rows)]
              for name, several in tables(figures, base).items()}
    blocks['machine'] = machine_lines(figures)
    for name, lines in blocks.items():
        begin, end = '<!-- %s -->' % name, '<!-- end %s -->' % name
        page = re.sub('%s\n.*?%s' % (re.escape(begin), re.escape(end)),
                      lambda _: '\n'.join([begin] + (lines or ['', 'None.']) + ['', end]),
                      page, flags=re.S)
    with open(path, 'w') as file:
        file.write(page)
