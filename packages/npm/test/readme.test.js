// The examples of the README are run as they stand there.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { installed, read, root } from './installed.js';
import { jpeg } from './photographs.js';

const readme = await readFile(join(root, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
const photo = await jpeg(1200, 800);

/** Runs an example in a folder with `photo.jpg`, with `globalThis.fetch` answering with it. */
async function run(t, example, returned = '{}') {
  const folder = await installed(t, {
    'photo.jpg': photo,
    'example.js': `${example}\nexport const result = ${returned};`,
  });
  const before = process.cwd();
  const real = globalThis.fetch;
  process.chdir(folder);
  globalThis.fetch = async () => new Response(photo);
  t.after(() => {
    process.chdir(before);
    globalThis.fetch = real;
  });
  const module = await import(pathToFileURL(join(folder, 'example.js')).href);
  return { folder, ...module };
}

const sized = async (image) => {
  const { format, width, height } = await sharp(image).metadata();
  return `${format} ${width}x${height}`;
};

test('the first example writes a file', async (t) => {
  const { folder } = await run(t, examples[0]);
  assert.equal(await sized(await read(folder, 'photo.webp')), 'webp 800x533');
});

test('the worker answers with an image, or says what is wrong', async (t) => {
  const { default: worker } = await run(t, examples[1]);
  const post = (body) => worker.fetch(new Request('http://a.test', { method: 'POST', body }));
  assert.equal(await sized(Buffer.from(await (await post(photo)).arrayBuffer())), 'webp 800x600');
  const refused = await post('no image');
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /is not an image of a known format/);
});

test('an image is described', async (t) => {
  const { result } = await run(t, examples[2], '{ width, height, orientation, exif, hash: blurhash.length }');
  assert.deepEqual(result, { width: 1200, height: 800, orientation: 1, exif: undefined, hash: 4 + 2 * 4 * 3 });
});

test('the chain makes a thumbnail', async (t) => {
  const { result } = await run(t, examples[3], 'thumbnail');
  assert.equal(await sized(result), 'webp 800x600');
});

test('the resizer can be loaded from where a bundler has put it', async (t) => {
  const module = await readFile(join(root, 'dist/resizer.core.wasm'));
  const served = new Response(module, { headers: { 'content-type': 'application/wasm' } });
  const example = examples[4].replace(
    /^import url.*$/m,
    'const url = "resizer.wasm"; const fetch = async () => globalThis.served;',
  );
  globalThis.served = served;
  await run(t, example);
  assert.equal(served.bodyUsed, true);
});
