// Turns ../../dist/resizer.wasm into dist/: the core modules, and the JavaScript that lifts and lowers their values.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transpile } from '@bytecodealliance/jco-transpile';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const { files } = await transpile(at('../../dist/resizer.wasm'), {
  name: 'resizer',
  outDir: at('dist'),
  instantiation: 'async',
  nodejsCompat: false,
  strict: true,
  noComponentErrorWrapping: false,
  minify: true,
});

// The bindings read an environment variable in each call, for which Deno would ask its user.
const LOG = '{globalThis?.process?.env?.JCO_DEBUG&&console.debug(...e)}';
const bindings = Buffer.from(files[at('dist/resizer.js')]).toString();
if (!bindings.includes(LOG)) throw new Error('the bindings look different: does this version of jco log at all?');
files[at('dist/resizer.js')] = Buffer.from(bindings.replace(LOG, '{}'));

await rm(at('dist'), { recursive: true, force: true });
for (const [path, content] of Object.entries(files)) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

// What wit-component puts between the core module and its imports: 57 bytes each, not worth a request.
const shims = Object.entries(files).filter(([path]) => /core\d\.wasm$/.test(path));
const entries = shims.map(([path, bytes]) => `  '${basename(path)}': Uint8Array.of(${bytes}),\n`);
await writeFile(at('dist/shims.js'), `export const shims = {\n${entries.join('')}};\n`);

console.log(Object.entries(files).map(([path, { length }]) => `${basename(path)} ${length}`).join('\n'));
