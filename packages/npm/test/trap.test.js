// In a process of its own, because it changes what `WebAssembly.instantiate` returns.
import assert from 'node:assert/strict';
import test from 'node:test';
import { resize, resizeStream } from 'tintype';
import { jpeg } from './photographs.js';

const { instantiate } = WebAssembly;
let instances = 0;
let broken = false;

WebAssembly.instantiate = async (...args) => {
  const { exports } = await instantiate(...args);
  const name = Object.keys(exports).find((key) => key.endsWith('session.step'));
  if (name === undefined) return { exports };
  instances += 1;
  const step = (...values) => {
    if (broken) throw new WebAssembly.RuntimeError('unreachable');
    return exports[name](...values);
  };
  return { exports: { ...exports, [name]: step } };
};

const photo = await jpeg(2000, 1500, { grain: 40 });

test('an instance is used again, and replaced after a trap', async () => {
  const { image } = await resize(photo, { width: 100 });
  await resize(photo, { width: 100 });
  assert.equal(instances, 1);

  const other = await resizeStream(photo, { format: 'png' });
  broken = true;
  await assert.rejects(resize(photo, { width: 100 }), {
    name: 'TintypeError',
    code: 'internal',
    message: /^the resizer has crashed: /,
  });
  broken = false;
  await assert.rejects(new Response(other.body).arrayBuffer(), { code: 'internal' });

  assert.deepEqual((await resize(photo, { width: 100 })).image, image);
  assert.equal(instances, 2);
});
