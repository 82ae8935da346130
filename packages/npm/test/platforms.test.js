// The same package and the same bytes on each platform.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { resize } from 'tintype';
import { bin, bun, execFile, installed, root } from './installed.js';
import { jpeg } from './photographs.js';
import { asking, workerd } from './workerd.js';

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
  bun: [bun, 'run'],
};

for (const [name, [program, ...flags]] of Object.entries(runtimes)) {
  test(`${name} makes the same bytes`, async (t) => {
    const folder = await installed(t, { 'program.js': PROGRAM, 'photo.jpg': photo });
    const { stdout } = await execFile(program, [...flags, 'program.js'], { cwd: folder });
    assert.equal(stdout, `${expected}\n30x20\n`);
  });
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
      const response = await fetch(url + asking({ width: 800, format }), { method: 'POST', body: source });
      assert.equal(response.headers.get('content-type'), `image/${format}`);
      const here = await resize(source, { width: 800, format });
      assert.equal(hash(Buffer.from(await response.arrayBuffer())), hash(here.image), `${name} as ${format}`);
      const memory = Number(await (await fetch(`${url}/memory`)).text());
      t.diagnostic(
        `${name}, ${source.length} bytes, as ${format}: ${(memory / 2 ** 20).toFixed(1)} MiB of linear memory`,
      );
      assert.ok(memory < 40 << 20, `${memory} bytes`);
    }
  }
  const grown = (await resident('VmHWM')) - before;
  t.diagnostic(`workerd: ${gzip} bytes with gzip; ${(grown / 2 ** 20).toFixed(0)} MiB above its start at the most`);
  assert.ok(grown < 128e6, `${grown} bytes`);
});

test('workerd answers a request for no image with a typed error', async (t) => {
  const { url } = await workerd(t);
  const response = await fetch(url + asking({ width: 0, format: 'webp' }), { method: 'POST', body: photo });
  assert.deepEqual(await response.json(), {
    code: 'invalid-option',
    message: 'the option width is out of range; accepted is 1 to 2147483647',
  });
});

test('each platform has its entry', async (t) => {
  const folder = await installed(t);
  const entry = async (...conditions) => {
    const flags = conditions.map((name) => `--conditions=${name}`);
    const { stdout } = await execFile(
      'node',
      [...flags, '--input-type=module', '-e', 'console.log(import.meta.resolve("tintype"))'],
      { cwd: folder },
    );
    return stdout.trim().split('/').at(-1);
  };
  assert.equal(await entry(), 'node.js');
  assert.equal(await entry('workerd', 'worker', 'browser'), 'workerd.js');
});

test('the bindings ask nothing of a platform but WebAssembly', async () => {
  const bindings = await readFile(join(root, 'dist/resizer.js'), 'utf8');
  for (const word of ['process', 'import.meta', 'eval(', 'Function(', 'require('])
    assert.ok(!bindings.includes(word), word);
});
