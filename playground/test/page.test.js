// The page in a real browser.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test as inAnyCase } from 'node:test';
import { fileURLToPath } from 'node:url';
import { resize } from '../../packages/npm/src/node.js';
import { jpeg } from '../../packages/npm/test/photographs.js';
import { serve } from '../serve.js';
import { launch, listening, skip } from './browser.js';

const SHOTS = fileURLToPath(new URL('../../target/playground', import.meta.url));

const photo = await jpeg(1600, 1200, { grain: 20 });
let browser;
let server;
let url;

before(async () => {
  if (!skip) browser = await launch();
  server = serve();
  url = await listening(server);
  await mkdir(SHOTS, { recursive: true });
});

after(async () => {
  await browser?.close();
  server?.close();
  server?.closeAllConnections();
});

const test = (name, body) => inAnyCase(name, { skip }, body);

/** The page, which must not complain about anything. */
async function open(t, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  await page.goto(`${url}/playground/`);
  return { page, context };
}

const choose = async (page, buffer = photo, name = 'harbour.jpg') => {
  await page.setInputFiles('#file', { name, mimeType: 'image/jpeg', buffer });
  await page.waitForSelector('#facts:not([hidden])');
};
/** Waits for a rendition of this size. */
const made = async (page, text) => {
  await page.waitForFunction((text) => document.querySelector('#rendition').textContent.includes(text), text);
  assert.equal(await page.isVisible('#error'), false);
};
const shot = (page, name) => page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });

test('a browser that opens / is led to the page, and others are not', async () => {
  const answer = (accept) => fetch(url, { redirect: 'manual', headers: { accept } });
  assert.equal((await answer('text/html,*/*')).headers.get('location'), '/playground/');
  assert.equal((await answer('image/*')).status, 404);
  assert.equal((await fetch(`${url}/playground/..%2f..%2fCargo.toml`)).status, 404);
});

test('everything else goes to the service', async (t) => {
  const service = createServer(async (request, response) => {
    let size = 0;
    for await (const chunk of request) size += chunk.length;
    response.writeHead(201, { 'x-service': request.url }).end(String(size));
  });
  const front = serve(await listening(service));
  const at = await listening(front);
  t.after(() => [front, service].forEach((server) => server.close()));
  const answer = await fetch(`${at}/?width=800`, { method: 'POST', body: photo, headers: { accept: 'text/html' } });
  assert.deepEqual(
    [answer.status, answer.headers.get('x-service'), await answer.text()],
    [201, '/?width=800', String(photo.length)],
  );
  assert.match(await (await fetch(`${at}/playground/`)).text(), /<title>tintype playground/);
});

test('a refused upload gets its answer, and a service that is not there is a bad gateway', async (t) => {
  const service = createServer((request, response) => {
    response.writeHead(413).end('too large');
    setTimeout(() => request.socket.destroy(), 300);
  });
  const front = serve(await listening(service));
  const at = await listening(front);
  t.after(() => [front, service].forEach((server) => server.close()));
  const answer = await fetch(at, { method: 'POST', body: Buffer.alloc(20 << 20) });
  assert.deepEqual([answer.status, await answer.text()], [413, 'too large']);
  service.close();
  service.closeAllConnections();
  assert.equal((await fetch(`${at}/healthz`)).status, 502);
});

test('a photograph that is chosen becomes the rendition that the package makes', async (t) => {
  const { page } = await open(t);
  await shot(page, 'empty');
  await choose(page);
  await made(page, 'WebP, 800 × 600');
  const { image } = await resize(photo, { width: 800, format: 'webp', quality: 80 });
  const share = (image.length / photo.length) * 100;
  assert.equal(
    await page.textContent('#rendition'),
    `WebP, 800 × 600, ${(image.length / 1e3).toFixed(1)} kB (${share < 10 ? share.toFixed(1) : Math.round(share)} %)`,
  );
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
  assert.equal(download.suggestedFilename(), 'harbour-800x600.webp');
  assert.deepEqual(new Uint8Array(await readFile(await download.path())), image);
  assert.match(await page.textContent('#source'), /^JPEG, 1600 × 1200, /);
  assert.match(await page.textContent('#time'), /^\d+ ms$/);
  await page.waitForTimeout(500);
  await shot(page, 'desktop');
});

test('options show at once, in the image and in every language', async (t) => {
  const { page } = await open(t);
  await choose(page);
  await page.fill('[name=height]', '300');
  await page.selectOption('[name=position]', 'attention');
  await page.check('[name=format][value=jpeg]', { force: true });
  await page.fill('[name=quality]', '60');
  await made(page, 'JPEG, 800 × 300');
  const said = async (language) => {
    await page.check(`#languages [value="${language}"]`, { force: true });
    return page.textContent('#code');
  };
  assert.match(
    await said('JavaScript'),
    /resize\(photo, \{ width: 800, height: 300, fit: 'cover', position: 'attention', format: 'jpeg', quality: 60 \}\)/,
  );
  assert.match(await said('Rust'), /Setting::Position\(Position::Smart\(Smart::Attention\)\),\n/);
  assert.match(await said('Python'), /resize\(photo, width=800, height=300, fit="cover", position="attention", format="jpeg", quality=60\)/);
  assert.match(
    await said('imgproxy'),
    /^\/unsafe\/rs:fill-down:800:300:0\/g:sm\/kcr:false\/fq:jpeg:60:webp:60\/plain\//,
  );
  assert.equal(await said('wsrv'), '(wsrv cannot say fit=cover)');
  await page.check('[name=enlarge]');
  assert.match(
    await said('like sharp'),
    /\.resize\(\{ width: 800, height: 300, fit: 'cover', position: 'attention' \}\)\n  \.jpeg/,
  );
});

test('what cannot be is said, and the page goes on', async (t) => {
  const { page } = await open(t);
  await page.setInputFiles('#file', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') });
  await page.waitForSelector('#error:not([hidden])');
  assert.match(
    await page.textContent('#error'),
    /is not an image of a known format; JPEG, PNG, WebP, GIF, TIFF, BMP, ICO, QOI and PNM can be decoded/,
  );
  await choose(page);
  await page.fill('[name=width]', '9999');
  await page.check('[name=enlarge]');
  await page.waitForSelector('#error:not([hidden])');
  assert.match(await page.textContent('#error'), /maxOutputSide allows 8192/);
  await page.fill('[name=width]', '100');
  await made(page, '100 × 75');
});

test('a photograph can be dropped and pasted', async (t) => {
  const { page } = await open(t);
  const send = (type) =>
    page.evaluate(
      async ([type, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], `${type}.jpg`, { type: 'image/jpeg' }));
        const event =
          type === 'drop'
            ? new DragEvent('drop', { dataTransfer: transfer, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: transfer });
        dispatchEvent(event);
      },
      [type, photo.toString('base64')],
    );
  for (const type of ['drop', 'paste']) {
    await send(type);
    await page.waitForFunction((name) => document.querySelector('#download').download.startsWith(name), type);
  }
});

test('adjustments and a watermark are in the image and in what is said', async (t) => {
  const { page } = await open(t);
  await choose(page);
  await made(page, 'WebP, 800 × 600');
  const shown = () => page.textContent('#rendition');
  const said = async (language) => {
    await page.check(`#languages [value="${language}"]`, { force: true });
    return page.textContent('#code');
  };
  const changes = async (act) => {
    const before = await shown();
    await act();
    await page.waitForFunction((text) => document.querySelector('#rendition').textContent !== text, before);
    assert.equal(await page.isVisible('#error'), false);
  };
  await page.click('.adjust summary');
  await changes(() => page.fill('[name=blur]', '4'));
  await changes(() => page.fill('[name=contrast]', '1.3'));
  assert.equal(await page.textContent('output[for=contrast]'), '1.3');
  assert.match(await said('imgproxy'), /\/bl:4\/co:1\.3\//);
  await changes(() => page.selectOption('[name=tone]', 'sepia'));
  assert.match(await said('wsrv'), /&blur=4&con=30&filt=sepia&/);
  assert.equal(await said('imgproxy'), '(imgproxy cannot say tone=sepia)');
  await changes(() => page.selectOption('[name=tone]', ''));
  await changes(() => page.fill('[name=blur]', '0'));
  await changes(() => page.fill('[name=saturation]', '1.5'));
  await changes(() => page.fill('[name=sharpen]', '1'));
  await changes(() => page.fill('[name=brightness]', '1.1'));
  await changes(() => page.selectOption('[name=watermark]', 'tiles'));
  assert.match(await said('Python'), /overlay=\{"image": logo, "width": "20%", "height": "20%", "opacity": 0.6, "place": \{"tile": /);
  await changes(() => page.selectOption('[name=watermark]', 'corner'));
  assert.match(await said('tintype URL'), /&watermark=https.*logo\.png&watermark-opacity=0\.6&watermark-place=south-east,16,16&/);
  await said('JavaScript');
  await page.waitForTimeout(800);
  await shot(page, 'adjusted');
});

test('the line between before and after moves by keyboard', async (t) => {
  const { page } = await open(t);
  await choose(page);
  const split = () => page.evaluate(() => document.querySelector('#frame').style.getPropertyValue('--split'));
  await page.focus('#split');
  await page.keyboard.press('ArrowRight');
  assert.equal(await split(), '50.5%');
  await page.keyboard.press('Home');
  assert.equal(await split(), '0%');
});

test('every control is reached by keyboard, and has a name', async (t) => {
  const { page } = await open(t);
  await page.waitForSelector('#languages input');
  const unnamed = await page.$$eval('input, select, button, a[href]', (controls) =>
    controls
      .filter(
        (control) =>
          !control.closest('[hidden]') &&
          !(control.labels?.[0]?.textContent.trim() || control.ariaLabel || control.textContent.trim()),
      )
      .map(({ outerHTML }) => outerHTML),
  );
  assert.deepEqual(unnamed, []);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'file');
});

test('a large photograph reports its progress and leaves the page responsive', async (t) => {
  const { page } = await open(t);
  const large = await jpeg(6000, 4000, { grain: 40 });
  await page.evaluate(() => {
    window.seen = [];
    window.longest = 0;
    const bar = document.querySelector('#progress');
    let last;
    new MutationObserver(() => {
      window.seen.push(bar.value);
      // The file has arrived: from now on, only the worker is busy.
      last ??= performance.now();
    }).observe(bar, { attributes: true });
    setInterval(() => {
      if (last) window.longest = Math.max(window.longest, performance.now() - last);
      last &&= performance.now();
    }, 10);
  });
  await choose(page, large, 'large.jpg');
  await made(page, '800 × 533');
  const { seen, longest } = await page.evaluate(() => ({ seen: window.seen, longest: window.longest }));
  assert.ok(seen.length > 3 && seen.some((value) => value > 0 && value < 1), `${seen}`);
  t.diagnostic(`${seen.length} reports; the page paused for ${longest.toFixed(0)} ms at the most`);
});

test('the page works offline once it has been opened', async (t) => {
  const { page, context } = await open(t);
  await page.waitForFunction(() => document.querySelector('#offline').textContent.includes('Works offline'));
  await page.reload();
  await context.setOffline(true);
  await page.reload();
  await choose(page);
  await made(page, '800 × 600');
});

for (const colorScheme of ['light', 'dark']) {
  test(`on a phone, ${colorScheme}, nothing is wider than the screen`, async (t) => {
    const { page } = await open(t, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      colorScheme,
    });
    await choose(page);
    await page.fill('[name=height]', '500');
    await made(page, '800 × 500');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    const small = await page.$$eval('button, select, input[type=number], .button, .pills span', (controls) =>
      controls
        .filter((control) => control.offsetParent && control.getBoundingClientRect().height < 31)
        .map(({ outerHTML }) => outerHTML),
    );
    assert.deepEqual(small, []);
    await page.waitForTimeout(300);
    await shot(page, `phone-${colorScheme}`);
  });
}
