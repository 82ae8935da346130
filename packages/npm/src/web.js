// The entry for browsers and their workers. Bundlers understand `new URL(…, import.meta.url)`, or `load` tells them.
import { compileAll } from './compile.js';
import { platform } from './platform.js';

platform.modules = async (core) =>
  compileAll(core ?? (await fetch(new URL('../dist/resizer.core.wasm', import.meta.url))));

export { default } from './api.js';
export * from './api.js';
