import assert from 'node:assert/strict';
import test from 'node:test';
import sharp from 'sharp';
import { inspect, resize, resizeStream, TintypeError } from 'tintype';
import { jpeg, png, turned } from './photographs.js';

const photo = await jpeg(1200, 800);

/** A stream of a source in chunks, which counts what is pulled. */
function stream(bytes, chunk = 1000) {
  const counted = { pulled: 0, cancelled: false };
  let at = 0;
  counted.stream = new ReadableStream(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(new Uint8Array(bytes.subarray(at, at + chunk)));
        at += chunk;
        counted.pulled = at;
      },
      cancel() {
        counted.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return counted;
}

const collected = async (body) => Buffer.from(await new Response(body).arrayBuffer());

test('a rendition says what it is', async () => {
  const { image, work, ...rest } = await resize(photo, { width: 300, format: 'webp' });
  const source = { format: 'jpeg', width: 1200, height: 800, orientation: 1, color: 'rgb', bitDepth: 8, alpha: false };
  assert.deepEqual(rest, { format: 'webp', mediaType: 'image/webp', width: 300, height: 200, damaged: false, source });
  assert.ok(work > 1e6);
  assert.equal((await sharp(image).metadata()).width, 300);
});

test('options may be left out, or be undefined', async () => {
  assert.equal((await resize(photo)).width, 1200);
  assert.equal((await resize(photo, { width: undefined, height: 80 })).width, 120);
});

test('every kind of source makes the same bytes', async () => {
  const options = { width: 100 };
  const { image } = await resize(photo, options);
  const copy = new Uint8Array(photo);
  const sources = [
    copy,
    copy.buffer,
    new DataView(copy.buffer),
    new Blob([copy]),
    new Response(copy),
    stream(photo).stream,
    new Request('http://a.test', { method: 'POST', body: copy }),
    stream(photo, 300_000).stream,
  ];
  for (const source of sources) assert.deepEqual((await resize(source, options)).image, image);
  assert.deepEqual(await collected((await resizeStream(photo, options)).body), Buffer.from(image));
});

test('options reach the resizer in every form', async () => {
  const size = async (options) => {
    const { width, height } = await resize(photo, options);
    return `${width}x${height}`;
  };
  assert.equal(await size({ width: '50%' }), '600x400');
  assert.equal(await size({ width: 100, height: 100, fit: 'cover', position: 'attention' }), '100x100');
  assert.equal(
    await size({ width: 100, height: 100, fit: 'cover', position: { gravity: 'north', y: '5%' } }),
    '100x100',
  );
  assert.equal(await size({ width: 100, height: 100, fit: 'cover', position: { x: 0.3, y: 0.7 } }), '100x100');
  assert.equal(await size({ crop: { left: 1150, top: 10, width: 100, height: '50%' } }), '50x400');
  assert.equal(await size({ crop: { width: 100, height: 50, position: 'south-east' } }), '100x50');
  assert.equal(await size({ cropRatio: 1 }), '800x800');
  assert.equal(await size({ inset: { left: 200 }, rotate: 90 }), '800x1000');
  assert.equal(await size({ width: 100, padding: 10, fill: 'mirror' }), '120x87');
  assert.equal(await size({ width: 100, height: 100, extend: 'size', fill: '#f80' }), '100x100');
  assert.equal(
    await size({ width: 100, height: 100, fit: 'cover', mask: { rounded: 9 }, background: 'white' }),
    '100x100',
  );
  assert.equal(await size({ width: 100, height: 60, mask: { shape: 'circle', trim: true, outside: '#f80' } }), '60x60');
  assert.equal(await size({ width: 100, mask: 'star', zoom: 0.5 }), '50x33');
  assert.equal(await size({ width: 100, zoom: { x: 1, y: 0.5 } }), '100x33');
  assert.equal(await size({ width: 100, tilt: { degrees: 90, background: 'rgb(0, 0, 0)' } }), '67x100');
  assert.equal(await size({ trim: { threshold: 2, color: 'red', equalHorizontal: true } }), '1200x800');
  assert.equal(await size({ width: 2400, enlarge: true, density: 0.5, filter: 'box', linear: true }), '1200x800');
});

test('changes of detail and colours, and overlays, are options', async () => {
  const made = async (options) => (await resize(photo, { width: 100, format: 'png', ...options })).image;
  const plain = await made({});
  const icon = await png(40, 30);
  const changes = [
    { blur: 3 },
    { sharpen: 1 },
    { sharpen: { sigma: 1, flat: 0, jagged: 3 } },
    { unsharp: { sigma: 1, amount: 0.5, threshold: 2 } },
    { pixelate: 4 },
    { obscure: { left: 10, width: '50%', height: 20, by: { blur: 5 } } },
    { obscure: [{ width: 9, height: 9, by: { pixelate: 3 } }, { top: '50%', width: 9, height: 9, by: { blur: 3 } }] },
    { exposure: 1 },
    { gamma: 2 },
    { brightness: 1.2 },
    { lightness: -0.1 },
    { contrast: 1.3 },
    { vibrance: 0.5 },
    { saturation: 0.4 },
    { hue: 90 },
    { tone: 'sepia' },
    { tone: { color: 'teal' } },
    { tone: { dark: 'navy', light: '#fed', intensity: 0.5 } },
    { tint: { red: 255, green: 128, blue: 0 } },
    { negate: true },
    { posterize: 4 },
    { overlay: { image: icon } },
    { overlay: [{ image: new Uint8Array(icon).buffer, opacity: 0.5, width: '20%', place: { gravity: 'south-east', x: 5 } }] },
    { overlay: [{ image: icon, place: { tile: { x: 3, y: 4 } } }, { image: photo, width: 30, height: 30, blend: 'multiply' }] },
  ];
  const all = await Promise.all(changes.map(made));
  assert.equal(new Set([plain, ...all].map((image) => Buffer.from(image).toString('base64'))).size, 1 + changes.length);
  assert.deepEqual(await made({ blur: 0, brightness: 1, overlay: [] }), plain);
});

const WRONG = [
  [{ blur: '3' }, 'blur', /^the option blur is "3"; accepted is a number$/],
  [{ blur: 2000 }, 'blur', /^the option blur is out of range/],
  [{ sharpen: { flat: 1 } }, 'sharpen.sigma', /is undefined; accepted is a number/],
  [{ tone: 'gray' }, 'tone', /accepted is grayscale, sepia/],
  [{ obscure: { width: 9, height: 9 } }, 'obscure.by', /is undefined; accepted is an object/],
  [{ overlays: [] }, 'overlays', /is unknown; known are .*overlay/],
  [{ overlay: 'logo.png' }, 'overlay', /is "logo.png"; accepted is an object of image, opacity, place, width, height, blend/],
  [{ overlay: { image: 'logo.png' } }, 'overlay.image', /is "logo.png"; accepted is the bytes of an image/],
  [{ overlay: { image: new Uint8Array(9) } }, 'overlay', /is not an image of a known format/],
  [{ overlay: [{ image: photo }, { image: photo, opacity: '1' }] }, 'overlay[1].opacity', /is "1"/],
  [{ overlay: { image: photo, opacity: 2 } }, 'overlay', /./],
  [{ overlay: { image: photo, width: 'big' } }, 'overlay.width', /is "big"; accepted is pixels/],
  [{ overlay: { image: photo, place: 'top' } }, 'overlay.place', /is "top"; accepted is center/],
  [{ overlay: { image: photo, place: 'attention' } }, 'overlay', /./],
  [{ overlay: { image: photo, place: { tile: 3 } } }, 'overlay.place.tile', /accepted is an object of x, y/],
  [{ overlay: { image: photo, blend: 'add' } }, 'overlay.blend', /accepted is over, multiply/],
  [{ widht: 800 }, 'widht', /^the option widht is unknown; known are allowDamaged, /],
  [{ toString: 1 }, 'toString', /unknown/],
  [{ width: 0 }, 'width', /^the option width is out of range; accepted is 1 to 2147483647$/],
  [{ width: -5 }, 'width', /is -5; accepted is a whole number of 0 or more/],
  [{ width: 1.5 }, 'width', /is 1.5/],
  [{ width: '100' }, 'width', /is "100"; accepted is pixels, such as 100, or a percentage, such as '50%'/],
  [{ width: 5e9 }, 'width', /is 5000000000/],
  [{ width: null }, 'width', /is null/],
  [{ minWidth: 0 }, 'minWidth', /^the option minWidth is out of range/],
  [{ quality: 300 }, 'quality', /accepted is 1 to 100/],
  [{ format: 'avif' }, 'format', /is "avif"; accepted is jpeg, png, webp/],
  [{ fit: 'inside' }, 'fit', /accepted is contain, cover, /],
  [{ rotate: 45 }, 'rotate', /accepted is 0, 90, 180 or 270/],
  [{ background: 'redd' }, 'background', /accepted is a colour/],
  [{ background: { red: 1, green: 2 } }, 'background', /accepted is a colour/],
  [{ crop: { width: 9 } }, 'crop.height', /is undefined/],
  [{ crop: { width: 9, height: 9, x: 3 } }, 'crop.x', /is unknown; known are width, height, position/],
  [{ position: 'top' }, 'position', /accepted is center, north/],
  [{ density: Number.NaN }, 'density', /accepted is a number/],
  [{ enlarge: 1 }, 'enlarge', /accepted is true or false/],
  [{ format: 'jpeg', lossless: true }, 'lossless', /./],
  [{ maxWork: -1 }, 'maxWork', /is -1/],
  [800, 'options', /^options is 800; accepted is an object such as \{ width: 800 \}$/],
];

for (const [options, name, message] of WRONG) {
  test(`a wrong option is named: ${JSON.stringify(options).slice(0, 60)} ${message}`, async () => {
    await assert.rejects(resize(photo, options), (error) => {
      assert.ok(error instanceof TintypeError && error instanceof Error);
      assert.deepEqual([error.name, error.code, error.data.name], ['TintypeError', 'invalid-option', name]);
      assert.match(error.message, message);
      return true;
    });
  });
}

test('failures are typed, with their facts', async () => {
  await assert.rejects(resize(Buffer.from('no image')), { code: 'unrecognized', data: undefined });
  await assert.rejects(resize(Buffer.alloc(0)), { code: 'unrecognized' });
  await assert.rejects(resize('photo.jpg'), (error) => error.code === 'invalid-option' && error.data.name === 'source');
});

test('a limit is named as the option that sets it', async () => {
  await assert.rejects(resize(photo, { maxSourcePixels: 1000 }), {
    code: 'limit-exceeded',
    message: 'the call needs at least 960000 pixels of source, and maxSourcePixels allows 1000',
    data: { limit: 'maxSourcePixels', allowed: 1000, needed: 960000 },
  });
});

test('damage is allowed unless it is not', async () => {
  const half = photo.subarray(0, photo.length / 2);
  assert.equal((await resize(half, { width: 100 })).damaged, true);
  await assert.rejects(resize(half, { width: 100, allowDamaged: false }), { code: 'malformed' });
});

test('a stream is read no faster than its readers ask', async () => {
  const large = await jpeg(4000, 3000, { grain: 40 });
  const source = stream(large, 64 << 10);
  const { body, width } = await resizeStream(source.stream, { format: 'png' });
  assert.equal(width, 4000);
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  assert.ok(source.pulled < large.length / 2, `${source.pulled} of ${large.length} bytes were read`);
  await body.cancel();
  assert.equal(source.cancelled, true);
});

test('a rendition that was never read can be cancelled', async () => {
  const source = stream(await png(1000, 1000), 10_000);
  const { body } = await resizeStream(source.stream, { format: 'png' });
  await body.cancel();
  assert.equal((await resize(photo, { width: 10 })).width, 10);
});

test('the failure of a source is passed on', async () => {
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(photo.subarray(0, 5000)));
    },
    pull(controller) {
      controller.error(new RangeError('the connection broke'));
    },
  });
  await assert.rejects(resize(broken, { width: 10 }), RangeError);
});

test('others have a turn while a large image is made', async () => {
  const large = await jpeg(4000, 3000, { grain: 40 });
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  await resize(large, { width: 3000, format: 'jpeg' });
  clearInterval(timer);
  assert.ok(turns >= 3, `${turns} turns`);
});

test('several renditions at once do not disturb each other', async () => {
  const widths = [10, 20, 30, 40, 50];
  const one = await Promise.all(widths.map((width) => resize(photo, { width })));
  const other = [];
  for (const width of widths) other.push(await resize(photo, { width }));
  assert.deepEqual(
    one.map(({ image }) => image),
    other.map(({ image }) => image),
  );
});

test('an image is described', async () => {
  const info = await inspect(new Blob([await turned(640, 480, 6)]));
  assert.deepEqual(
    { ...info, iccProfile: info.iccProfile?.usable, exif: info.exif?.hasLocation },
    {
      format: 'jpeg',
      mediaType: 'image/jpeg',
      width: 640,
      height: 480,
      orientation: 6,
      color: 'rgb',
      bitDepth: 8,
      alpha: false,
      frames: 1,
      iccProfile: true,
      exif: false,
      progressive: false,
      chromaSubsampling: '4:2:0',
      quality: 85,
    },
  );
});

test('a description reads no more of a source than it needs', async () => {
  const large = await jpeg(4000, 3000, { grain: 40 });
  const source = stream(large, 64 << 10);
  assert.equal((await inspect(source.stream)).width, 4000);
  assert.equal(source.cancelled, true);
  assert.ok(source.pulled < large.length / 2, `${source.pulled} of ${large.length} bytes were read`);
  assert.deepEqual(await inspect(new Blob([large])), await inspect(large));
  await assert.rejects(inspect(new Uint8Array()), { code: 'unrecognized' });
  await assert.rejects(inspect(large.subarray(0, 100)), { code: 'malformed' });
});

test('what the pixels show is found on request', async () => {
  const red = await sharp({ create: { width: 60, height: 40, channels: 3, background: 'red' } })
    .composite([{ input: { create: { width: 20, height: 40, channels: 3, background: '#00f' } }, gravity: 'west' }])
    .png()
    .toBuffer();
  const { width, pixels } = await inspect(red, { pixels: { palette: 2, blurhash: { x: 3, y: 2 } } });
  assert.equal(width, 60);
  const near = (color, expected) =>
    Object.entries(expected).every(([channel, value]) => Math.abs(color[channel] - value) <= 6);
  assert.ok(near(pixels.dominant, { red: 255, green: 0, blue: 0, alpha: 255 }), JSON.stringify(pixels.dominant));
  assert.ok(near(pixels.palette[1], { red: 0, green: 0, blue: 255 }), JSON.stringify(pixels.palette));
  assert.ok(near(pixels.average, { red: 170, blue: 85 }), JSON.stringify(pixels.average));
  assert.equal(pixels.palette.length, 2);
  assert.equal(pixels.blurhash.length, 4 + 2 * 3 * 2);
  assert.ok(pixels.thumbhash instanceof Uint8Array && pixels.thumbhash.length >= 5);
  assert.match(pixels.differenceHash, /^[0-9a-f]{16}$/);
  assert.ok(pixels.attention.x > 0 && pixels.attention.x < 1);

  const bits = (one, other) =>
    (BigInt(`0x${one}`) ^ BigInt(`0x${other}`)).toString(2).replaceAll('0', '').length;
  const hash = async (source) => (await inspect(source, { pixels: true })).pixels.differenceHash;
  const small = (await resize(photo, { width: 300, quality: 60 })).image;
  assert.ok(bits(await hash(photo), await hash(small)) <= 6);
  assert.ok(bits(await hash(photo), pixels.differenceHash) > 6);
  assert.equal((await inspect(photo, { pixels: false })).pixels, undefined);
});

test('a description has its options', async () => {
  for (const [options, name] of [
    [{ width: 9 }, 'width'],
    [{ pixels: 3 }, 'pixels'],
    [{ pixels: { colours: 3 } }, 'pixels.colours'],
    [{ location: 1 }, 'location'],
    [{ pixels: { palette: 300 } }, 'describe'],
    [true, 'options'],
  ]) {
    await assert.rejects(inspect(photo, options), (error) => {
      assert.deepEqual([error.code, error.data.name], ['invalid-option', name], error.message);
      return true;
    });
  }
  await assert.rejects(inspect(photo, { pixels: true, maxMemory: 1000 }), { code: 'limit-exceeded' });
});

test('colours are those of CSS', async () => {
  const icon = await png(40, 40);
  const corner = async (background) => {
    const { image } = await resize(icon, { background, format: 'png' });
    return [...(await sharp(image).raw().toBuffer()).subarray(0, 3)];
  };
  for (const same of ['#ff6347', 'ff6347', 'tomato', 'rgb(255, 99, 71)', 'Tomato', { red: 255, green: 99, blue: 71 }]) {
    assert.deepEqual(await corner(same), [255, 99, 71], String(same));
  }
  assert.deepEqual(await corner('#f80'), [255, 136, 0]);
});
