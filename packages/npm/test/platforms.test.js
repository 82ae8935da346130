// The same package and the same bytes on each platform.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { resize } from 'tintype';
import { bin, execFile, installed } from './installed.js';
import { jpeg } from './photographs.js';

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
const photo = await jpeg(1200, 800);
const expected = hash((await resize(photo, { width: 300, height: 300, fit: 'cover', position: 'attention' })).image);

const PROGRAM = `
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import tintype, { resize } from 'tintype';

const { image } = await resize(await readFile('photo.jpg'), { width: 300, height: 300, fit: 'cover', position: 'attention' });
console.log(createHash('sha256').update(image).digest('hex'));
const { width, height } = await tintype('photo.jpg').resize(30, 20).toFile('small.png');
console.log(width + 'x' + height);
`;

const runtimes = {
  node: ['node'],
  deno: [bin('deno'), 'run', '--allow-read', '--allow-write', '--node-modules-dir=manual', '--no-lock'],
  bun: [bin('bun'), 'run'],
};

for (const [name, [program, ...flags]] of Object.entries(runtimes)) {
  test(`${name} makes the same bytes`, async (t) => {
    const folder = await installed(t, { 'program.js': PROGRAM, 'photo.jpg': photo });
    const { stdout } = await execFile(program, [...flags, 'program.js'], { cwd: folder });
    assert.equal(stdout, `${expected}\n30x20\n`);
  });
}

const WORKER = `
import { resizeStream, TintypeError } from './node_modules/tintype/src/workerd.js';

const { instantiate } = WebAssembly;
let memory;
WebAssembly.instantiate = async (...args) => {
  const instance = await instantiate(...args);
  memory = instance.exports.memory ?? memory;
  return instance;
};

export default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === '/memory') return new Response(String(memory.buffer.byteLength));
    try {
      const options = { width: Number(url.searchParams.get('width')), format: url.searchParams.get('format') };
      const { body, mediaType } = await resizeStream(request.body, options);
      return new Response(body, { headers: { 'content-type': mediaType } });
    } catch (error) {
      if (!(error instanceof TintypeError)) throw error;
      return Response.json({ code: error.code, message: error.message }, { status: 400 });
    }
  },
};
`;

/** A workerd that serves the worker, with nothing but the package's own files. */
async function workerd(t) {
  const folder = await installed(t, { 'worker.js': WORKER });
  const files = ['worker.js'];
  for (const part of ['src', 'dist']) {
    const names = await readdir(join(folder, 'node_modules/tintype', part));
    files.push(...names.filter((name) => /\.(js|wasm)$/.test(name)).map((name) => `node_modules/tintype/${part}/${name}`));
  }
  const used = files.filter((name) => !/(node|web|compile|shims)\.js$/.test(name));
  const modules = used.map((name) => `(name = "${name}", ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed "${name}")`);
  const config = `
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = .worker)],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );
    const worker :Workerd.Worker = (compatibilityDate = "2026-01-01", modules = [${modules.join(', ')}]);
  `;
  await writeFile(join(folder, 'config.capnp'), config);
  const server = spawn(bin('workerd'), ['serve', 'config.capnp', '--control-fd=1'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => server.kill());
  const { value } = await createInterface(server.stdout)[Symbol.asyncIterator]().next();
  const { port } = JSON.parse(value);
  const sizes = await Promise.all(used.map(async (name) => gzipSync(await readFile(join(folder, name)), { level: 9 }).length));
  const resident = async (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(await readFile(`/proc/${server.pid}/status`, 'utf8'))[1]) << 10;
  return { url: `http://127.0.0.1:${port}`, gzip: sizes.reduce((sum, size) => sum + size), resident };
}

test('workerd makes the same bytes of large photographs in far less than 128 MB', async (t) => {
  const { url, gzip, resident } = await workerd(t);
  assert.ok(gzip < 1e6, `${gzip} bytes, compressed`);
  const before = await resident('VmRSS');
  const photographs = {
    '12 MP': await jpeg(4000, 3000, { grain: 40 }),
    '24 MP': await jpeg(6000, 4000, { grain: 40 }),
    '24 MP, progressive': await jpeg(6000, 4000, { grain: 40, progressive: true }),
  };
  for (const [name, source] of Object.entries(photographs)) {
    for (const format of ['jpeg', 'webp']) {
      const response = await fetch(`${url}/?width=800&format=${format}`, { method: 'POST', body: source });
      assert.equal(response.headers.get('content-type'), `image/${format}`);
      const here = await resize(source, { width: 800, format });
      assert.equal(hash(Buffer.from(await response.arrayBuffer())), hash(here.image), `${name} as ${format}`);
      const memory = Number(await (await fetch(`${url}/memory`)).text());
      t.diagnostic(`${name}, ${source.length} bytes, as ${format}: ${(memory / 2 ** 20).toFixed(1)} MiB of linear memory`);
      assert.ok(memory < 40 << 20, `${memory} bytes`);
    }
  }
  const grown = await resident('VmHWM') - before;
  t.diagnostic(`workerd: ${gzip} bytes with gzip; ${(grown / 2 ** 20).toFixed(0)} MiB above its start at the most`);
  assert.ok(grown < 128e6, `${grown} bytes`);
});

test('workerd answers a request for no image with a typed error', async (t) => {
  const { url } = await workerd(t);
  const response = await fetch(`${url}/?width=0&format=webp`, { method: 'POST', body: photo });
  assert.deepEqual(await response.json(), { code: 'invalid-option', message: 'the option width is out of range; accepted is 1 to 2147483647' });
});

test('each platform has its entry', async (t) => {
  const folder = await installed(t);
  const entry = async (...conditions) => {
    const flags = conditions.map((name) => `--conditions=${name}`);
    const { stdout } = await execFile('node', [...flags, '--input-type=module', '-e', 'console.log(import.meta.resolve("tintype"))'], { cwd: folder });
    return stdout.trim().split('/').at(-1);
  };
  assert.equal(await entry(), 'node.js');
  assert.equal(await entry('workerd', 'worker', 'browser'), 'workerd.js');
});
