// Serves dist/playground at /playground/ and hands everything else to the service. A browser that opens / gets the page.
// Usage: node serve.js [address] [URL of the service]
import { readFile } from 'node:fs/promises';
import { createServer, request as forward } from 'node:http';
import { connect } from 'node:net';
import { extname, join, normalize } from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../dist/playground', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** A server of the page and, if there is one, of the service behind it. Requests wait until the service listens. */
export function serve(service, ready = Promise.resolve()) {
  return createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, 'http://localhost');
    if (pathname.startsWith('/playground/'))
      return page(pathname.slice('/playground/'.length) || 'index.html', response);
    const isBrowser = request.method === 'GET' && request.headers.accept?.includes('text/html');
    if (pathname === '/playground' || (pathname === '/' && search === '' && isBrowser)) {
      return response.writeHead(302, { location: '/playground/', vary: 'accept' }).end();
    }
    if (!service) return response.writeHead(404).end();
    await ready;
    return proxy(service, request, response);
  });
}

async function page(name, response) {
  const path = normalize(join(ROOT, decodeURIComponent(name)));
  const content = path.startsWith(ROOT) ? await readFile(path).catch(() => undefined) : undefined;
  if (content === undefined) return response.writeHead(404).end();
  return response
    .writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'cache-control': 'no-cache' })
    .end(content);
}

function proxy(service, request, response) {
  const { method, url } = request;
  // The client has its `100 Continue` already, from here.
  const { expect, ...headers } = request.headers;
  const onward = forward(service + url, { method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    pipeline(answer, response, () => {});
  });
  onward.on('error', () => {
    if (!response.headersSent) response.writeHead(502).end();
    // A service that refuses an upload stops reading it: the client reads its answer once it has sent everything.
    request.unpipe(onward);
    request.resume();
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

/** Until something listens. */
async function listens({ hostname, port }) {
  for (;;) {
    const connected = await new Promise((resolve) => {
      const socket = connect(Number(port), hostname);
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (connected) return;
    await wait(50);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [address = '127.0.0.1:3000', service] = process.argv.slice(2);
  const { hostname, port } = new URL(`http://${address}`);
  const ready = service && listens(new URL(service));
  serve(service, ready).listen(Number(port || 80), hostname.replace(/^\[|\]$/g, ''), async () => {
    await ready;
    console.log(`\n  ${service ? `the service: http://${address}/\n  ` : ''}the page: http://${address}/playground/\n`);
  });
  // `./x serve` becomes wasmtime, and this ends with it.
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(), 500).unref();
}
