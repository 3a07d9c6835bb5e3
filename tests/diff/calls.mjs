// calls.mjs -- repeats in node what calls.c did in weft; prints the same lines.
//
//   node calls.mjs JOBS.json      [{"path": ..., "plan": [lines that began with @]}, ...]
//
// SPDX-License-Identifier: MIT
import { readFileSync, writeSync } from 'node:fs';

const out = [];
const say = line => out.push(line);
const flush = () => {
    let text = Buffer.from(out.join('\n') + '\n');
    while (text.length > 0) text = text.subarray(writeSync(1, text));
    out.length = 0;
};

const view = new DataView(new ArrayBuffer(16));
const hex = (value, digits) => value.toString(16).padStart(digits, '0');
const hex64 = value => hex(BigInt.asUintN(64, value), 16);

function show(letter, value) {
    switch (letter) {
    case 'i': return ` i:${value | 0}`;
    case 'l': return ` l:${BigInt.asIntN(64, value)}`;
    case 'f':
        if (Number.isNaN(value)) return ' f:nan';
        view.setFloat32(0, value);
        return ` f:${hex(view.getUint32(0), 8)}`;
    case 'd':
        if (Number.isNaN(value)) return ' d:nan';
        view.setFloat64(0, value);
        return ` d:${hex(view.getBigUint64(0), 16)}`;
    case 'v':
        view.setBigUint64(0, BigInt.asUintN(64, value[0]), true);
        view.setBigUint64(8, BigInt.asUintN(64, value[1]), true);
        return ' v:' + Array.from({ length: 16 }, (_, i) => hex(view.getUint8(i), 2)).join('');
    default:
        if (value === null) return ' r:null';
        if (typeof value === 'number') return ` r:${value}`;
        return typeof value === 'function' ? ' r:func' : ' r:ref';
    }
}

function read(text) {
    const at = text.indexOf(':'), value = text.slice(at + 1);
    switch (text[0]) {
    case 'i': return Number(value);
    case 'l': return BigInt(value);
    case 'f': view.setUint32(0, parseInt(value, 16)); return view.getFloat32(0);
    case 'd': view.setBigUint64(0, BigInt('0x' + value)); return view.getFloat64(0);
    case 'v':
        for (let i = 0; i < 16; i++) view.setUint8(i, parseInt(value.substr(2 * i, 2), 16));
        return [view.getBigInt64(0, true), view.getBigInt64(8, true)];
    default: return null;
    }
}

// --- v128 at the border: JavaScript has no such value, a small module splits it ---------

const bytesOf = number => {
    const bytes = [];
    do {
        bytes.push((number & 127) | (number > 127 ? 128 : 0));
        number >>>= 7;
    } while (number);
    return bytes;
};
const vector = items => [...bytesOf(items.length), ...items.flat()];
const section = (id, items) => {
    const body = vector(items);
    return [id, ...bytesOf(body.length), ...body];
};
const codes = { i: 0x7f, l: 0x7e, f: 0x7d, d: 0x7c, v: 0x7b };
const funcType = (params, results) =>
    [0x60, ...vector([...params].map(c => [codes[c]])), ...vector([...results].map(c => [codes[c]]))];
const split = letters => letters.replaceAll('v', 'll');

// A module that exports "f" of `params` and `results`, which calls its import "f"; on the
// side of JavaScript (`outside` true: the caller, false: the called) v128 is two i64.
function bridge(params, results, outside) {
    const ours = outside ? [split(params), split(results)] : [params, results];
    const theirs = outside ? [params, results] : [split(params), split(results)];
    const code = [];
    let local = 0;
    for (const letter of params) {
        if (letter !== 'v') {
            code.push(0x20, ...bytesOf(local++));
        } else if (outside) {
            code.push(0x20, ...bytesOf(local), 0xfd, 0x12, 0x20, ...bytesOf(local + 1), 0xfd, 0x1e, 1);
            local += 2;
        } else {
            code.push(0x20, ...bytesOf(local), 0xfd, 0x1d, 0, 0x20, ...bytesOf(local), 0xfd, 0x1d, 1);
            local++;
        }
    }
    code.push(0x10, 0);
    const locals = [];
    if (outside) {
        for (const letter of results) locals.push([1, codes[letter]]);
        for (let i = results.length - 1; i >= 0; i--) code.push(0x21, ...bytesOf(local + i));
        for (let i = 0; i < results.length; i++) {
            const get = [0x20, ...bytesOf(local + i)];
            code.push(...get);
            if (results[i] === 'v') code.push(0xfd, 0x1d, 0, ...get, 0xfd, 0x1d, 1);
        }
    }
    code.push(0x0b);
    const body = [...vector(locals), ...code];
    return new WebAssembly.Module(new Uint8Array([
        0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
        ...section(1, [funcType(...theirs), funcType(...ours)]),
        ...section(2, [[1, 0x6d, 1, 0x66, 0, 0]]),
        ...section(3, [[1]]),
        ...section(7, [[1, 0x66, 0, 1]]),
        ...section(10, [[...bytesOf(body.length), ...body]])]));
}
const bridged = (f, params, results, outside) =>
    new WebAssembly.Instance(bridge(params, results, outside), { m: { f } }).exports.f;

// The values of `letters` in a list where a v128 is two i64.
function join(letters, flat) {
    let at = 0;
    return [...letters].map(letter => letter === 'v' ? [flat[at++], flat[at++]] : flat[at++]);
}

// --- Failures -----------------------------------------------------------------------

const kinds = [
    [/^unreachable/, 'unreachable'],
    [/divide by zero|remainder by zero/, 'zero'],
    [/unrepresentable/, 'number'],
    [/memory access out of bounds|data segment.* out of bounds/, 'memory'],
    [/table.* out of bounds|element segment.* out of bounds/, 'table'],
    [/array element access out of bounds/, 'array'],
    [/null function or function signature|function signature mismatch/, 'signature'],
    [/dereferencing a null pointer|rethrowing null value/, 'null'],
    [/illegal cast/, 'cast'],
    [/unaligned/, 'unaligned'],
    [/^host:/, 'host'],
];
function failure(error) {
    if (error instanceof WebAssembly.Exception) return 'exception';
    if (error instanceof RangeError && /call stack|too large|allocation/i.test(error.message)) return null;
    for (const [pattern, kind] of kinds) {
        if (pattern.test(error.message)) return kind;
    }
    if (/too large|out of memory/i.test(error.message)) return null;
    if (error instanceof TypeError && /type incompatibility/.test(error.message)) return 'exception';
    return `otherwise: ${error.name} ${error.message}`;
}
function sayFailure(error, before = '') {
    if (before === '' && error instanceof WebAssembly.LinkError) {
        say(' limit a function type with supertypes, which the bridge cannot name');
        return true;
    }
    const kind = failure(error);
    say(before + (kind === null ? ` limit ${error.message}` : ` fails ${kind}`));
    return kind === null;
}

// --- One module ---------------------------------------------------------------------

const hostTag = new WebAssembly.Tag({ parameters: ['i32'] });
const outer = { outer: true };

function zeros(letters) {
    const values = [...letters].map(letter => {
        if (letter === 'R') throw new WebAssembly.RuntimeError('host: no value');
        return { l: 0n, r: null, v: [0n, 0n] }[letter] ?? (letter === 'r' ? null : 0);
    });
    const flat = values.flat();
    return flat.length > 1 ? flat : flat[0];
}

function run({ path, plan }) {
    const lines = plan.map(line => line.split('\t'));
    const imports = {};
    const state = { stop: false };
    let instance, functions = [];

    const callBack = (f, catches) => {
        if (typeof f !== 'function' || f.length > 0) return 0;
        try {
            f();
            return 0;
        } catch (error) {
            if (failure(error) === null) {
                state.stop = true;
                throw error;
            }
            if (catches) return 1;
            if (error instanceof TypeError) throw new WebAssembly.Exception(hostTag, [0]);
            throw error;
        }
    };
    for (const [what, module, name, kind, params, results] of lines) {
        if (what !== '@import') continue;
        imports[module] ??= {};
        let item;
        if (kind === '0') {
            item = (...flat) => {
                const args = join(params, flat);
                say(`  ${name}` + args.map((value, i) => show(params[i], value)).join(''));
                const zero = zeros(results);
                if (name === 'throw') throw new WebAssembly.Exception(hostTag, [args[0]]);
                const catches = name.includes('-catch');
                if (name.startsWith('call-ref')) return callBack(args[0], catches);
                if (name.startsWith('call-export')) return callBack(functions[args[0] >>> 0], catches);
                return zero;
            };
            if (params.includes('v') || results.includes('v')) item = bridged(item, params, results, false);
        } else if (kind === '3') {
            const type = { i: 'i32', l: 'i64', f: 'f32', d: 'f64', v: 'v128' }[params];
            const value = { e: outer, r: null, l: 0n }[params];
            item = type === undefined && results === '0'
                ? (params === 'e' ? outer : null)
                : type === 'v128' ? new WebAssembly.Global({ value: type, mutable: results === '1' })
                : new WebAssembly.Global({ value: type ?? 'externref', mutable: results === '1' }, value ?? 0);
        } else if (kind === '4') {
            item = params === 'i' ? hostTag : WebAssembly.JSTag ?? new WebAssembly.Tag({ parameters: ['externref'] });
        }
        imports[module][name] = item;
    }
    let module;
    try {
        module = new WebAssembly.Module(readFileSync(path));
    } catch (error) {
        say(`load fails ${error.message}`);
        return;
    }
    try {
        instance = new WebAssembly.Instance(module, imports);
    } catch (error) {
        sayFailure(error, 'instance');
        return;
    }
    const exported = instance.exports;
    const names = WebAssembly.Module.exports(module);
    functions = names.filter(item => item.kind === 'function').map(item => exported[item.name]);
    for (const [what, name, args, results] of lines) {
        if (what !== '@call') continue;
        exported.hangLimitInitializer?.();
        say(`call ${name}`);
        const words = args.split(' ').filter(word => word);
        const params = words.map(word => word[0]).join('');
        try {
            let f = exported[name];
            if ((params + results).includes('v')) f = bridged(f, params, results, true);
            const given = f(...words.map(read).flat());
            const flat = split(results).length > 1 ? given : [given];
            say(' gives' + join(results, flat).map((value, i) => show(results[i], value)).join(''));
        } catch (error) {
            if (sayFailure(error) || state.stop) return;
        }
    }
    const globals = new Map(lines.filter(line => line[0] === '@global').map(line => [line[1], line[2]]));
    for (const { name, kind } of names) {
        if (kind === 'memory') {
            const bytes = new Uint8Array(exported[name].buffer);
            let hash = 0xcbf29ce4;
            for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 16777619);
            say(`memory ${name} ${bytes.length} ${hex(hash >>> 0, 8)}`);
        } else if (kind === 'table') {
            say(`table ${name} ${exported[name].length}`);
        } else if (kind === 'global' && globals.has(name)) {
            say(`global ${name}${show(globals.get(name), exported[name].value)}`);
        }
    }
}

for (const job of JSON.parse(readFileSync(process.argv[2]))) {
    say(`module ${job.path} node`);
    flush();
    run(job);
    say('end');
    flush();
}
