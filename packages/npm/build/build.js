// Turns the repository's dist/resizer.wasm into the package's dist/: the core modules, and the JavaScript that lifts and lowers their values.
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transpile } from '@bytecodealliance/jco-transpile';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { files } = await transpile(at('../../dist/resizer.wasm'), {
  name: 'resizer',
  outDir: at('dist'),
  instantiation: 'async',
  nodejsCompat: false,
  strict: true,
  noComponentErrorWrapping: false,
  minify: true,
});

// Of the bindings, what does harm elsewhere is left out.
const HARMFUL = [
  // An environment variable that is read in each call: Deno would ask its user.
  'globalThis?.process?.env?.JCO_DEBUG&&console.debug(...e)',
  // A URL that is not constant, for callers that bring no modules: bundlers would take every file for one.
  'getCoreModule||(getCoreModule=e=>fetchCompile(new URL(`./${e}`,import.meta.url)));',
];
let bindings = Buffer.from(files[at('dist/resizer.js')]).toString();
for (const code of HARMFUL) {
  if (!bindings.includes(code)) throw new Error(`the bindings of this version of jco are without ${code}`);
  bindings = bindings.replace(code, '');
}
files[at('dist/resizer.js')] = Buffer.from(bindings);

await rm(at('dist'), { recursive: true, force: true });
for (const [path, content] of Object.entries(files)) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

// What wit-component puts between the core module and its imports: 57 bytes each, not worth a request.
const shims = Object.entries(files).filter(([path]) => /core\d\.wasm$/.test(path));
const entries = shims.map(([path, bytes]) => `  '${basename(path)}': Uint8Array.of(${bytes}),\n`);
await writeFile(at('dist/shims.js'), `export const shims = {\n${entries.join('')}};\n`);

for (const name of ['LICENSE-APACHE', 'LICENSE-MIT', 'docs/licences.md']) {
  await copyFile(at(`../../${name}`), join(at('dist'), basename(name)));
}

console.log(
  Object.entries(files)
    .map(([path, { length }]) => `${basename(path)} ${length}`)
    .join('\n'),
);
