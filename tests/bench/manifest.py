# manifest.py -- which programs there are, what they are given, and what they must print.
#
# A manifest is a file beside the folders wasm/ and expected/. Either text as programs.txt is,
#
#     NAME  QUICK-ARGUMENT  ARGUMENT  what it is
#
# whose output must be expected/NAME.quick or expected/NAME.full; or JSON,
#
#     {"title": "...", "programs": [{"name": "...", "args": ["..."], "quick": ["..."]}]}
#
# for programs that are kept outside the project: there the output's SHA-1 may stand in
# expected/NAME.sha1 instead, and without any the first engine's output is what others must
# give too. "wasm" may name another file.
# SPDX-License-Identifier: MIT
import hashlib
import json
import os
import sys


class Program:
    def __init__(self, name, wasm, arguments, expected, sha1):
        self.name, self.wasm, self.arguments = name, wasm, arguments
        self.expected, self.sha1 = expected, sha1

    def gave(self, output):
        """Whether this is what the program must print."""
        if self.expected is not None:
            return output == self.expected
        if self.sha1 is None:
            self.sha1 = hashlib.sha1(output).hexdigest()
        return hashlib.sha1(output).hexdigest() == self.sha1


def contents(path):
    if not os.path.exists(path):
        return None
    with open(path, 'rb') as file:
        return file.read()


def rows_of(path):
    """(title, rows) of a manifest, rows as its JSON form has them."""
    with open(path) as file:
        text = file.read()
    if path.endswith('.json'):
        found = json.loads(text)
        return found.get('title', os.path.basename(os.path.dirname(path))), found['programs']
    rows = [line.split(None, 3) for line in text.splitlines() if line and line[0] != '#']
    title = text.splitlines()[0].split(' -- ')[1].split(':')[0]
    return title, [{'name': row[0], 'quick': [row[1]], 'args': [row[2]]} for row in rows]


def read(path, quick):
    """(title, [Program, ...]) of a manifest."""
    folder = os.path.dirname(os.path.abspath(path))
    title, rows = rows_of(path)
    programs = []
    for row in rows:
        name, kind = row['name'], 'quick' if quick and 'quick' in row else 'full'
        expected = contents(os.path.join(folder, 'expected', name + '.' + kind))
        sha1 = contents(os.path.join(folder, 'expected', name + '.sha1'))
        if kind == 'quick':
            sha1 = None
        elif sha1 is not None:
            sha1 = sha1.decode().strip()
        programs.append(Program(name, os.path.join(folder, row.get('wasm', 'wasm/%s.wasm' % name)),
                                row['quick'] if kind == 'quick' else row['args'], expected, sha1))
    return title, programs


def groups(paths, wanted, quick):
    """The programs of all manifests, or those `wanted`: [(title, [Program, ...])]."""
    found = [read(path, quick) for path in paths]
    names = [program.name for _, programs in found for program in programs]
    for name in wanted or []:
        if name not in names:
            sys.exit('no program %s; there are: %s' % (name, ' '.join(names)))
    chosen = [(title, [p for p in programs if not wanted or p.name in wanted])
              for title, programs in found]
    return [(title, programs) for title, programs in chosen if programs]
