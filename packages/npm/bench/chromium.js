// The same job in a worker of a page in Chromium, the one that the tests of the playground use. Processor time and memory are
// those of all of its processes.
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { serve } from '../../../playground/serve.js';
import { listening, server as launched, skip } from '../../../playground/test/browser.js';

export const isMissing = skip;

const WORKER = `
const { instantiate } = WebAssembly;
let memory;
WebAssembly.instantiate = async (...args) => {
  const instance = await instantiate(...args);
  memory = instance.exports.memory ?? memory;
  return instance;
};
let source;
addEventListener('message', async ({ data: { options, count } }) => {
  const { resize } = await import('/playground/tintype/src/web.js');
  source ??= new Uint8Array(await (await fetch('/source')).arrayBuffer());
  let best = Infinity;
  for (let made = 0; made < count; made += 1) {
    const began = performance.now();
    await resize(source, options);
    best = Math.min(best, performance.now() - began);
  }
  postMessage({ best, linear: memory.buffer.byteLength });
});
`;

/** Processor time from the page's load until the first rendition and of later ones, and the memory that they take. */
export async function measuredInChromium(source, options) {
  const page = serve();
  const files = { '/source': source, '/worker.js': WORKER, '/': '<!doctype html>' };
  const types = { '/worker.js': 'text/javascript', '/': 'text/html' };
  const web = createServer((request, response) => {
    const file = files[request.url];
    if (file === undefined) return page.emit('request', request, response);
    return response.writeHead(200, { 'content-type': types[request.url] ?? 'application/octet-stream' }).end(file);
  });
  const url = await listening(web);
  const { browser, pid, close } = await launched();
  try {
    const tab = await browser.newPage();
    await settled(pid);
    const before = await used(pid);
    await tab.goto(url);
    const run = (count) =>
      tab.evaluate(
        ([options, count]) =>
          new Promise((resolve, reject) => {
            window.worker ??= new Worker('/worker.js', { type: 'module' });
            window.worker.onmessage = ({ data }) => resolve(data);
            window.worker.onerror = ({ message }) => reject(new Error(message));
            window.worker.postMessage({ options, count });
          }),
        [options, count],
      );
    await run(1);
    const first = await used(pid);
    await run(5);
    await settled(pid);
    const began = await used(pid);
    const { best: elapsed, linear } = await run(10);
    const ended = await used(pid);
    return {
      first: first.busy - before.busy,
      best: (ended.busy - began.busy) / 10,
      memory: Math.max(first.memory, ended.memory) - before.memory,
      elapsed,
      linear,
    };
  } finally {
    await close();
    web.close();
    web.closeAllConnections();
  }
}

/** Waits until Chromium has nothing to do. */
async function settled(pid) {
  for (let last = -1, quiet = 0; quiet < 3; ) {
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    const { busy } = await used(pid);
    quiet = busy - last <= 10 ? quiet + 1 : 0;
    last = busy;
  }
}

/** Milliseconds of processor time, in ticks of 10, and bytes of memory, of a process and all that it has started. */
async function used(pid) {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = (id) => readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined);
  const stats = new Map();
  for (const id of all) {
    const fields = (await read(id))?.split(') ').at(-1).split(' ');
    if (fields) stats.set(Number(id), { parent: Number(fields[1]), busy: 10 * (Number(fields[11]) + Number(fields[12])) });
  }
  const isOurs = (id) => id === pid || (stats.has(id) && isOurs(stats.get(id).parent));
  let [busy, memory] = [0, 0];
  for (const [id, stat] of stats) {
    if (!isOurs(id)) continue;
    busy += stat.busy;
    memory += Number(/^Pss:\s+(\d+)/m.exec(await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => ''))?.[1] ?? 0);
  }
  return { busy, memory: memory << 10 };
}
