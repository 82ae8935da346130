// The URLs that the page shows are those that the service itself answers for the same options. Needs a `wasmtime`, on the
// PATH or as WASMTIME, and dist/tintype.wasm.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { urls } from '../urls.js';
import { samples } from './samples.js';

const WASMTIME = process.env.WASMTIME ?? 'wasmtime';
const SOURCE = 'https://images.example.com/photo.jpg';
const component = fileURLToPath(new URL('../../dist/tintype.wasm', import.meta.url));

async function service(t) {
  const server = spawn(
    WASMTIME,
    [
      'serve',
      '-Scli',
      '--addr',
      '127.0.0.1:0',
      '--env',
      'TINTYPE_LOG=0',
      '--env',
      'TINTYPE_SOURCES=https://images.example.com',
      component,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  t.after(() => server.kill());
  for await (const line of createInterface(server.stderr)) {
    const url = /Serving HTTP on (http:\/\/[^/]+)/.exec(line)?.[1];
    if (url) return url;
  }
  throw new Error('wasmtime does not serve');
}

const installed = spawnSync(WASMTIME, ['--version']).status === 0;

test('the URLs are those of the service', { skip: !installed && 'there is no wasmtime' }, async (t) => {
  const server = await service(t);
  const explain = async (url) => (await fetch(`${server}/explain${url}`)).json();
  for (const options of samples(300)) {
    const ours = urls(SOURCE, options);
    const { urls: theirs } = await explain(ours.query.url);
    assert.equal(ours.query.url, theirs.query);
    for (const grammar of ['imgproxy', 'cloudflare', 'wsrv', 'ipx']) {
      const expected = theirs[grammar].cannot_say ? undefined : theirs[grammar];
      assert.equal(ours[grammar].url, expected, `${grammar}: ${ours.query.url}`);
    }
  }
});

test(
  'next/image has a width and a quality, and nothing else',
  { skip: !installed && 'there is no wasmtime' },
  async (t) => {
    const server = await service(t);
    const { nextjs } = urls(SOURCE, { width: 300, quality: 70 });
    const { options } = await (await fetch(`${server}/explain${nextjs.url}`)).json();
    assert.deepEqual([options.width, options.quality, options.format], ['300', '70', 'auto']);
    assert.equal(urls(SOURCE, { width: 300, height: 200 }).nextjs.cannotSay, 'height=200');
  },
);
