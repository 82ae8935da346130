import { spawn } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import workerdPackage from 'workerd';
import { installed } from './installed.js';

const WORKER = `
import { resizeStream, TintypeError } from './node_modules/tintype/src/workerd.js';

const { instantiate } = WebAssembly;
let memory;
WebAssembly.instantiate = async (...args) => {
  const instance = await instantiate(...args);
  memory = instance.exports.memory ?? memory;
  return instance;
};

async function fromForm(form, { overlay }) {
  for (const laid of overlay) laid.image = await form.get(laid.image).arrayBuffer();
  return form.get('source');
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === '/memory') return new Response(String(memory.buffer.byteLength));
    try {
      const options = JSON.parse(url.searchParams.get('options'));
      const source = options.overlay ? await fromForm(await request.formData(), options) : request.body;
      const { body, mediaType } = await resizeStream(source ?? new Uint8Array(), options);
      return new Response(body, { headers: { 'content-type': mediaType } });
    } catch (error) {
      if (!(error instanceof TintypeError)) throw error;
      return Response.json({ code: error.code, message: error.message }, { status: 400 });
    }
  },
};
`;

/** The path and query that ask the worker for these options. */
export const asking = (options) => `/?${new URLSearchParams({ options: JSON.stringify(options) })}`;

/** Asks the worker for a rendition. Images to lay over it come in a form, with their names in the options. */
export function post(url, options, source) {
  if (!options.overlay) return fetch(url + asking(options), { method: 'POST', body: source });
  const form = new FormData();
  form.set('source', new Blob([source]));
  const overlay = options.overlay.map(({ image, ...rest }, index) => {
    form.set(`overlay ${index}`, new Blob([image]));
    return { image: `overlay ${index}`, ...rest };
  });
  return fetch(url + asking({ ...options, overlay }), { method: 'POST', body: form });
}

/** A workerd that serves the worker, with nothing but the package's own files. */
export async function workerd(t) {
  const folder = await installed(t, { 'worker.js': WORKER });
  const files = ['worker.js'];
  for (const part of ['src', 'dist']) {
    const names = await readdir(join(folder, 'node_modules/tintype', part));
    files.push(
      ...names.filter((name) => /\.(js|wasm)$/.test(name)).map((name) => `node_modules/tintype/${part}/${name}`),
    );
  }
  const used = files.filter((name) => !/(node|web|compile|shims)\.js$/.test(name));
  const modules = used.map(
    (name) => `(name = "${name}", ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed "${name}")`,
  );
  const config = `
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = .worker)],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );
    const worker :Workerd.Worker = (compatibilityDate = "2026-01-01", modules = [${modules.join(', ')}]);
  `;
  await writeFile(join(folder, 'config.capnp'), config);
  const server = spawn(workerdPackage.default, ['serve', 'config.capnp', '--control-fd=1'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => server.kill());
  const { value } = await createInterface(server.stdout)[Symbol.asyncIterator]().next();
  const { port } = JSON.parse(value);
  const sizes = await Promise.all(
    used.map(async (name) => gzipSync(await readFile(join(folder, name)), { level: 9 }).length),
  );
  const resident = async (field) =>
    Number(new RegExp(`${field}:\\s+(\\d+)`).exec(await readFile(`/proc/${server.pid}/status`, 'utf8'))[1]) << 10;
  /** Milliseconds of processor time, in ticks of 10. */
  const busy = async () => {
    const fields = (await readFile(`/proc/${server.pid}/stat`, 'utf8')).split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  return { url: `http://127.0.0.1:${port}`, gzip: sizes.reduce((sum, size) => sum + size), resident, busy };
}
