// Puts the page and the built package together in dist/playground, which any static server can serve.
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const OUT = at('../dist/playground');
const PAGE = ['index.html', 'style.css', 'icon.svg', 'app.js', 'worker.js', 'calls.js', 'urls.js'];

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
for (const name of PAGE) await cp(at(name), join(OUT, name));
for (const name of ['src', 'dist'])
  await cp(at(`../packages/npm/${name}`), join(OUT, 'tintype', name), { recursive: true });

const all = await readdir(OUT, { recursive: true });
const files = all
  .filter((name) => /\.(html|css|svg|js|wasm)$/.test(name) && !/(node|workerd)\.js$|core\d\.wasm$/.test(name))
  .sort();
const hash = createHash('sha256');
for (const name of files) hash.update(await readFile(join(OUT, name)));
const offline = (await readFile(at('offline.js'), 'utf8'))
  .replace('/* files */', ['./', ...files].map((name) => `'${name}'`).join(', '))
  .replace('/* version */', hash.digest('hex').slice(0, 12));
await writeFile(join(OUT, 'offline.js'), offline);
console.log(`dist/playground: ${files.length + 1} files`);
