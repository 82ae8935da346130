// Every rendition that is recorded is the same in each JavaScript runtime.
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import test from 'node:test';
import { bin, bun, execFile, installed } from './installed.js';
import { differences, folder, optionsOf, sha256, skip, source, sources, vectors } from './vectors.js';
import { post, workerd } from './workerd.js';

test('the sources are those that are recorded', { skip }, async () => {
  for (const [name, hash] of Object.entries(sources)) assert.equal(sha256(await source(name)), hash, name);
});

/** Prints what becomes of each vector: a hash, or the code of a failure. */
const PROGRAM = `
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resize } from 'tintype';

const { vectors } = JSON.parse(await readFile('vectors.json', 'utf8'));
const source = (name) => readFile('sources/' + name);
${optionsOf.toString()}
for (const vector of vectors) {
  const made = await resize(await source(vector.source), await optionsOf(vector)).catch(({ code }) => ({ code }));
  console.log(made.code ?? createHash('sha256').update(made.image).digest('hex'));
}
`;

const runtimes = {
  node: [process.execPath],
  deno: [bin('deno'), 'run', '--allow-read', '--node-modules-dir=manual', '--no-lock'],
  bun: [bun, 'run'],
};

for (const [name, [program, ...flags]] of Object.entries(runtimes)) {
  test(`${name} makes what is recorded`, { skip }, async (t) => {
    const place = await installed(t, { 'program.js': PROGRAM, 'vectors.json': JSON.stringify({ vectors }) });
    await cp(join(folder, 'sources'), join(place, 'sources'), { recursive: true });
    const { stdout } = await execFile(program, [...flags, 'program.js'], { cwd: place });
    assert.deepEqual(await differences(name, stdout.trim().split('\n')), []);
  });
}

test('workerd makes what is recorded', { skip }, async (t) => {
  const { url } = await workerd(t);
  const outcomes = [];
  for (const vector of vectors) {
    const response = await post(url, await optionsOf(vector), await source(vector.source));
    outcomes.push(response.ok ? sha256(Buffer.from(await response.arrayBuffer())) : (await response.json()).code);
  }
  assert.deepEqual(await differences('workerd', outcomes), []);
});
