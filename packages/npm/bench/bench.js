// Compares the processor time of a rendition with sharp's, in the same run. Prints the table of docs/callers.md. Python takes
// part if `./x test-callers` has made its environment.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bin, bun, execFile, root } from '../test/installed.js';
import { jpeg, pixels } from '../test/photographs.js';
import { asking, workerd } from '../test/workerd.js';

// Chromium takes part if the playground has been installed and built.
const chromium = await import('./chromium.js').catch(() => ({ isMissing: true }));

const folder = await mkdtemp(join(tmpdir(), 'tintype-bench-'));
const cleanups = [() => rm(folder, { recursive: true })];

const jobs = [
  ['12 MP JPEG to 800 pixels, JPEG', await jpeg(4000, 3000, { grain: 40 }), 'jpeg'],
  ['12 MP JPEG to 800 pixels, WebP', await jpeg(4000, 3000, { grain: 40 }), 'webp'],
  ['24 MP progressive JPEG to 800 pixels, JPEG', await jpeg(6000, 4000, { grain: 40, progressive: true }), 'jpeg'],
  ['2 MP PNG with alpha to 800 pixels, PNG', await pixels(1600, 1200, 4).png().toBuffer(), 'png'],
];

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const python = process.env.PYTHON ?? at('../../../target/python/bin/python');
const runtimes = {
  Node: ['node', at('job.js'), 'tintype'],
  Deno: [bin('deno'), 'run', '--allow-all', '--node-modules-dir=manual', '--no-lock', at('job.js'), 'tintype'],
  Bun: [bun, 'run', at('job.js'), 'tintype'],
  Chromium: chromium.isMissing ? false : (source, format) => chromium.measuredInChromium(source, optionsOf(format)),
  Workers: measuredInWorker,
  Python: existsSync(python) && [python, at('../../python/bench/job.py')],
};

async function measured([program, ...flags], ...args) {
  const { stdout } = await execFile(program, [...flags, ...args], { cwd: root });
  return JSON.parse(stdout);
}

const optionsOf = (format) => ({ width: 800, format, quality: format === 'png' ? undefined : 80 });

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
/** The places to measure, or all of them. */
const places = process.argv.slice(2);
for (const [name, source, format] of jobs) {
  const path = join(folder, 'source');
  await writeFile(path, source);
  const sharp = await measured(['node', at('job.js'), 'sharp'], path, '800', format);
  for (const [place, program] of Object.entries(runtimes)) {
    if (program === false || (places.length > 0 && !places.includes(place))) continue;
    const { first, best, memory } =
      typeof program === 'function' ? await program(source, format) : await measured(program, path, '800', format);
    row(
      name,
      place,
      first === undefined ? '' : `${first.toFixed(0)} ms`,
      `${best.toFixed(0)} ms`,
      (best / sharp.best).toFixed(1),
      mib(memory),
      mib(sharp.memory),
    );
  }
}
for (const cleanup of cleanups) await cleanup();
