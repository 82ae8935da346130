/**
 * What an entry provides before anything else is called: the compiled modules of the resizer by name and, where there
 * are files, how to read and write them.
 *
 * @type {{
 *   modules?: (core?: Core) => Promise<Record<string, WebAssembly.Module>>,
 *   readFile?: (path: string | URL) => Promise<Uint8Array>,
 *   writeFile?: (path: string | URL, bytes: Uint8Array) => Promise<void>,
 * }}
 * @typedef {WebAssembly.Module | Response | BufferSource} Core
 */
export const platform = {};
