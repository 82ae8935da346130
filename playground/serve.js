// Serves dist/playground at /playground/ and hands everything else to the service. A browser that opens / gets the page.
// Usage: node serve.js [port] [URL of the service]
import { readFile } from 'node:fs/promises';
import { createServer, request as forward } from 'node:http';
import { extname, join, normalize } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../dist/playground', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** A server of the page and, if there is one, of the service behind it. */
export function serve(service) {
  return createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, 'http://localhost');
    if (pathname.startsWith('/playground/'))
      return page(pathname.slice('/playground/'.length) || 'index.html', response);
    const isBrowser = request.method === 'GET' && request.headers.accept?.includes('text/html');
    if (pathname === '/playground' || (pathname === '/' && search === '' && isBrowser)) {
      return response.writeHead(302, { location: '/playground/' }).end();
    }
    return service ? proxy(service, request, response) : response.writeHead(404).end();
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
  const { method, headers, url } = request;
  const onward = forward(service + url, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  request.pipe(onward);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port = '3001', service] = process.argv.slice(2);
  serve(service).listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/playground/`));
  // `./x serve` becomes wasmtime, and this ends with it.
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(), 1000).unref();
}
