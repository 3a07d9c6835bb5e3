// generate.cjs -- runs the wasm-opt of npm's binaryen many times in one process: starting
// it takes longer than most of its runs.
//
//   node generate.cjs WASM-OPT LIST.json      [[argument, ...], ...]
//
// SPDX-License-Identifier: MIT
const fs = require('node:fs');

const [, , tool, list] = process.argv;
const source = fs.readFileSync(tool, 'utf8').replace(/^#!.*/, '')
    .replace('var wasmBinaryFile;', 'var wasmBinaryFile;' +
             'findWasmBinary=(real=>()=>globalThis.keptBinary??=real())(findWasmBinary);')
    .replace(/createWasm\(\)\.then\(\(\)=>run\(\)\);?\s*$/,
             'return createWasm().then(()=>run()).catch(()=>0);');
const runs = JSON.parse(fs.readFileSync(list));
const instantiate = WebAssembly.instantiate;
let compiled;
WebAssembly.instantiate = async (bytes, imports) => {
    compiled ??= await WebAssembly.compile(bytes);
    return { module: compiled, instance: await instantiate(compiled, imports) };
};
const main = new Function('require', 'process', 'module', '__filename', '__dirname', source);
(async () => {
    for (const args of runs) {
        const own = Object.create(process, {
            argv: { value: ['node', tool, ...args] }, exitCode: { value: 0, writable: true } });
        await main(require, own, {}, tool, '.');
    }
    process.exit(0);
})();
