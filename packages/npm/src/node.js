// The entry for Node, Deno and Bun.
import { readFile, writeFile } from 'node:fs/promises';
import { compileAll } from './compile.js';
import { platform } from './platform.js';

Object.assign(platform, {
  modules: async (core) => compileAll(core ?? (await readFile(new URL('../dist/resizer.core.wasm', import.meta.url)))),
  readFile,
  writeFile,
});

export { default } from './api.js';
export * from './api.js';
