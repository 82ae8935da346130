// For platforms that may compile: everywhere but in workerd.
import { shims } from '../dist/shims.js';

/** The modules of the resizer, compiled. The core is a module, its bytes, or a response with these. */
export async function compileAll(core) {
  const names = Object.keys(shims);
  const modules = await Promise.all([compile(core), ...names.map((name) => WebAssembly.compile(shims[name]))]);
  return Object.fromEntries(['resizer.core.wasm', ...names].map((name, index) => [name, modules[index]]));
}

async function compile(core) {
  if (core instanceof WebAssembly.Module) return core;
  if (!(core instanceof Response)) return WebAssembly.compile(core);
  if (!core.ok) throw new TypeError(`the resizer cannot be loaded: ${core.url} answers ${core.status}`);
  // Compiling while bytes arrive needs their media type.
  return core.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(core)
    : WebAssembly.compile(await core.arrayBuffer());
}
