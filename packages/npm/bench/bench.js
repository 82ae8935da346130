// Compares the processor time of a rendition with sharp's, in the same run. Prints the table of docs/callers.md.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin, bun, execFile, root } from '../test/installed.js';
import { jpeg, pixels } from '../test/photographs.js';
import { asking, workerd } from '../test/workerd.js';

const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'));
const cleanups = [() => rm(folder, { recursive: true })];

const jobs = [
  ['12 MP JPEG to 800 pixels, JPEG', await jpeg(4000, 3000, { grain: 40 }), 'jpeg'],
  ['12 MP JPEG to 800 pixels, WebP', await jpeg(4000, 3000, { grain: 40 }), 'webp'],
  ['24 MP progressive JPEG to 800 pixels, JPEG', await jpeg(6000, 4000, { grain: 40, progressive: true }), 'jpeg'],
  ['2 MP PNG with alpha to 800 pixels, PNG', await pixels(1600, 1200, 4).png().toBuffer(), 'png'],
];

const job = fileURLToPath(new URL('job.js', import.meta.url));
const runtimes = {
  node: ['node'],
  deno: [bin('deno'), 'run', '--allow-all', '--node-modules-dir=manual', '--no-lock'],
  bun: [bun, 'run'],
};

async function measured(runtime, ...args) {
  const [program, ...flags] = runtimes[runtime];
  const { stdout } = await execFile(program, [...flags, job, ...args], { cwd: root });
  return JSON.parse(stdout);
}

/** The same through a worker, HTTP included. */
async function measuredInWorker(source, format) {
  const { url, resident, busy } = await workerd({ after: (cleanup) => cleanups.unshift(cleanup) });
  const run = async () =>
    (await fetch(url + asking({ width: 800, format }), { method: 'POST', body: source })).arrayBuffer();
  const before = await resident('VmRSS');
  await run();
  const memory = (await resident('VmHWM')) - before;
  for (let count = 0; count < 5; count += 1) await run();
  const began = await busy();
  for (let count = 0; count < 10; count += 1) await run();
  return { best: ((await busy()) - began) / 10, memory };
}

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const mib = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

row('job', 'in', 'first', 'CPU', 'against sharp', 'memory', "sharp's memory");
row('---', '---', '--:', '--:', '--:', '--:', '--:');
for (const [name, source, format] of jobs) {
  const path = join(folder, 'source');
  await writeFile(path, source);
  const sharp = await measured('node', 'sharp', path, '800', format);
  const places = [...Object.keys(runtimes), 'workerd'];
  for (const place of places) {
    const { first, best, memory } =
      place === 'workerd'
        ? await measuredInWorker(source, format)
        : await measured(place, 'tintype', path, '800', format);
    row(
      name,
      place,
      place === 'workerd' ? '' : `${first.toFixed(0)} ms`,
      `${best.toFixed(0)} ms`,
      (best / sharp.best).toFixed(1),
      mib(memory),
      mib(sharp.memory),
    );
  }
}
for (const cleanup of cleanups) await cleanup();
