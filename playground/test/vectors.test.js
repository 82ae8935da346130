// Every rendition that is recorded is the same in the browser, where the package is loaded as the page does it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { differences, skip as undrawn, source, vectors } from '../../packages/npm/test/vectors.js';
import { serve } from '../serve.js';
import { launch, listening, skip } from './browser.js';

test('Chromium makes what is recorded', { skip: skip || undrawn }, async (t) => {
  const server = serve();
  const url = await listening(server);
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  });
  const page = await browser.newPage({ serviceWorkers: 'block' });
  await page.route('**/sources/*', async (route) =>
    route.fulfill({ body: await source(new URL(route.request().url()).pathname.split('/').at(-1)) }),
  );
  await page.goto(`${url}/playground/`);
  const outcomes = await page.evaluate(async (vectors) => {
    const { resize } = await import('/playground/tintype/src/web.js');
    const hexadecimal = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const source = async (name) => (await fetch(`/sources/${name}`)).arrayBuffer();
    const withImages = async ({ overlay, ...options }) => ({
      ...options,
      overlay: await Promise.all((overlay ?? []).map(async ({ image, ...rest }) => ({ image: await source(image), ...rest }))),
    });
    const made = async (vector) => {
      const options = await withImages(vector.options);
      const { image, code } = await resize(await source(vector.source), options).catch((error) => error);
      return code ?? hexadecimal(new Uint8Array(await crypto.subtle.digest('SHA-256', image)));
    };
    const outcomes = [];
    for (const vector of vectors) outcomes.push(await made(vector));
    return outcomes;
  }, vectors);
  assert.deepEqual(await differences('Chromium', outcomes), []);
});
