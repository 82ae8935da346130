// The chain makes what sharp makes of the same calls: the same size and, but for rounding and codecs, the same pixels.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'node:test';
import sharp from 'sharp';
import tintype, { TintypeError } from 'tintype';
import { film, jpeg, png, turned, webp } from './photographs.js';

const sources = {
  photo: await jpeg(640, 480),
  tall: await jpeg(300, 501),
  turned: await turned(640, 480, 6),
  mirrored: await turned(641, 479, 7),
  icon: await png(160, 120),
  sticker: await webp(201, 133),
  framed: await sharp(await jpeg(200, 100))
    .extend({ top: 20, left: 30, right: 10, bottom: 5, background: '#fff' })
    .png()
    .toBuffer(),
};

/** Calls on a source, and the largest mean difference of a channel, of 255. */
const calls = [
  ['photo', (image) => image, 2],
  ['photo', (image) => image.resize(200), 2],
  ['photo', (image) => image.resize(null, 200), 2],
  ['photo', (image) => image.resize({ height: 77 }), 2],
  ['photo', (image) => image.resize(200, 200), 2],
  ['photo', (image) => image.resize(201, 99).png(), 2],
  ['photo', (image) => image.resize(200, 200, { position: 'top' }), 2],
  ['photo', (image) => image.resize(200, 300, { position: 'right' }), 2],
  ['photo', (image) => image.resize(100, 300, { position: 'southwest' }), 2],
  ['photo', (image) => image.resize(100, 300, { position: 'right top' }), 2],
  ['photo', (image) => image.resize(100, 300, { position: 4 }), 2],
  ['photo', (image) => image.resize(200, 200, { fit: 'contain' }), 2],
  ['photo', (image) => image.resize(200, 200, { fit: 'contain', background: 'teal', position: 'north' }), 2],
  [
    'photo',
    (image) => image.resize(200, 200, { fit: 'contain', background: { r: 9, g: 99, b: 200, alpha: 0.5 } }).png(),
    3,
  ],
  ['photo', (image) => image.resize(200, 200, { fit: 'inside' }), 2],
  ['photo', (image) => image.resize(200, 200, { fit: 'outside' }), 2],
  ['photo', (image) => image.resize(200, 200, { fit: 'fill' }), 2],
  ['photo', (image) => image.resize({ width: 200, fit: 'fill' }), 2],
  ['photo', (image) => image.resize(200, 200, { kernel: 'mitchell' }), 2],
  ['photo', (image) => image.resize(200, 200, { kernel: 'cubic' }), 2],
  ['photo', (image) => image.resize(200, 200, { kernel: 'linear' }), 2],
  ['photo', (image) => image.resize(900), 2],
  ['photo', (image) => image.resize(900, 200), 2],
  ['photo', (image) => image.resize(900, 200, { withoutEnlargement: true }), 2],
  ['photo', (image) => image.resize(900, 900, { withoutEnlargement: true }), 2],
  ['photo', (image) => image.resize(900, 900, { withoutEnlargement: true, fit: 'contain' }), 2],
  ['photo', (image) => image.resize(900, 200, { withoutEnlargement: true, fit: 'fill' }), 2],
  ['photo', (image) => image.resize(900, 900, { withoutEnlargement: true, fit: 'inside' }), 2],
  ['photo', (image) => image.resize(900, 200, { withoutEnlargement: true, fit: 'outside' }), 2],
  ['tall', (image) => image.resize(200), 2],
  ['tall', (image) => image.resize(100, 100).webp({ quality: 80 }), 3],
  ['tall', (image) => image.resize(33, 7, { fit: 'inside' }).png(), 2],
  ['turned', (image) => image.rotate().resize(200), 2],
  ['turned', (image) => image.autoOrient().resize(200, 100), 2],
  ['turned', (image) => image.resize(200, 100), 2],
  ['turned', (image) => image.rotate().extract({ left: 10, top: 20, width: 300, height: 200 }), 2],
  ['turned', (image) => image.rotate().rotate(90).resize(200, 100), 2],
  ['mirrored', (image) => image.rotate().resize(200), 2],
  ['mirrored', (image) => image.rotate().flip().resize(200), 2],
  ['photo', (image) => image.rotate(90), 2],
  ['photo', (image) => image.rotate(-90).resize(200, 100), 2],
  ['photo', (image) => image.rotate(450).flop().resize(200, 100, { position: 'left' }), 2],
  ['photo', (image) => image.rotate(90).flip().resize(200, 100), 2],
  ['photo', (image) => image.rotate(180).resize(200, 100), 2],
  ['photo', (image) => image.resize(100, 200, { position: 'west' }).rotate(180), 2],
  ['photo', (image) => image.resize(100, 200, { position: 'west' }).flop(), 2],
  ['photo', (image) => image.flip().flop(), 2],
  ['photo', (image) => image.rotate(15), 3],
  ['photo', (image) => image.resize(200).rotate(-20.5, { background: 'white' }), 4],
  ['photo', (image) => image.extract({ left: 100, top: 50, width: 301, height: 200 }), 2],
  ['photo', (image) => image.extract({ left: 100, top: 50, width: 301, height: 200 }).resize(99), 2],
  ['photo', (image) => image.resize(200).extract({ left: 10, top: 50, width: 101, height: 60 }), 2],
  [
    'photo',
    (image) =>
      image
        .extract({ left: 9, top: 9, width: 400, height: 300 })
        .resize(200, 200)
        .extract({ left: 10, top: 50, width: 101, height: 60 }),
    2,
  ],
  ['photo', (image) => image.rotate(90).extract({ left: 30, top: 60, width: 200, height: 101 }), 2],
  ['photo', (image) => image.rotate(180).extract({ left: 30, top: 60, width: 200, height: 101 }).resize(50), 2],
  ['photo', (image) => image.flip().rotate(270).extract({ left: 30, top: 60, width: 200, height: 101 }), 2],
  ['photo', (image) => image.flop().rotate(90).extract({ left: 30, top: 60, width: 200, height: 101 }), 2],
  ['photo', (image) => image.flip().extract({ left: 30, top: 60, width: 200, height: 101 }), 2],
  ['photo', (image) => image.extract({ left: 30, top: 60, width: 200, height: 101 }).rotate(90), 2],
  ['photo', (image) => image.extract({ left: 30, top: 60, width: 200, height: 101 }).rotate(90).resize(50), 2],
  ['photo', (image) => image.resize(200).extend(10), 2],
  ['photo', (image) => image.resize(200).extend({ top: 10, left: 3, background: '#f80' }), 2],
  ['photo', (image) => image.resize(200).extend({ top: 10, right: 30, extendWith: 'copy' }), 2],
  ['photo', (image) => image.resize(200).extend({ bottom: 10, left: 30, extendWith: 'mirror' }), 2],
  ['photo', (image) => image.resize(200).png(), 2],
  ['photo', (image) => image.resize(200).toFormat('webp', { quality: 60 }), 3],
  ['photo', (image) => image.resize(200).webp({ lossless: true }), 2],
  ['icon', (image) => image.resize(60), 2],
  ['icon', (image) => image.resize(60, 60, { fit: 'contain', background: 'transparent' }), 2],
  ['icon', (image) => image.flatten().resize(60), 2],
  ['icon', (image) => image.flatten({ background: 'tomato' }).resize(60).jpeg({ quality: 90 }), 2],
  ['icon', (image) => image.jpeg(), 2],
  ['sticker', (image) => image.resize(50), 3],
  ['sticker', (image) => image.resize(99, 99).jpeg(), 3],
  ['framed', (image) => image.trim(), 2],
  ['framed', (image) => image.trim({ threshold: 40 }).resize(80), 3],
  ['photo', (image) => image.resize(200).jpeg({ progressive: true }), 2],
  ['photo', (image) => image.resize(200).jpeg({ quality: 90, chromaSubsampling: '4:4:4' }), 2],
  ['photo', (image) => image.resize(200).jpeg({ mozjpeg: true }), 3],
  ['photo', (image) => image.resize(200).jpeg({ optimiseScans: true, optimiseCoding: true }), 2],
  ['photo', (image) => image.resize(200).toFormat('jpg', { progressive: true }), 2],
  ['photo', (image) => image.resize(200).png({ compressionLevel: 9 }), 2],
  ['photo', (image) => image.resize(200).webp({ nearLossless: true }), 2],
  ['photo', (image) => image.resize(200).webp({ nearLossless: true, quality: 20 }), 4],
  ['photo', (image) => image.resize(200).webp({ smartSubsample: true, effort: 6 }), 3],
  ['photo', (image) => image.resize(200).webp({ effort: 0, smartDeblock: true, preset: 'photo' }), 3],
  ['icon', (image) => image.resize(50).webp({ lossless: true, effort: 6 }), 2],
];

/**
 * Changes of detail and colours. Where sharp works in CIE LCH, colours differ the more the stronger the change is: a
 * tolerance of more than 4 stands for the same look, and not for the same numbers.
 */
const adjusted = [
  ['photo', (image) => image.resize(200).blur(), 2],
  ['photo', (image) => image.resize(200).blur(5), 2],
  ['photo', (image) => image.resize(200).blur({ sigma: 1.5, precision: 'float' }), 2],
  ['photo', (image) => image.resize(200).blur(false), 2],
  ['icon', (image) => image.resize(60).blur(2), 2],
  ['photo', (image) => image.resize(200, 200, { fit: 'contain', background: 'teal' }).sharpen(), 2],
  ['photo', (image) => image.resize(200).sharpen(), 2],
  ['photo', (image) => image.resize(200).sharpen({ sigma: 2 }), 2],
  ['photo', (image) => image.resize(200).sharpen({ sigma: 2, m1: 0, m2: 3 }), 2],
  ['photo', (image) => image.resize(200).blur(1).sharpen({ sigma: 1, m1: 2 }), 2],
  ['icon', (image) => image.resize(60).sharpen({ sigma: 1 }), 3],
  ['photo', (image) => image.resize(200).greyscale(), 4],
  ['photo', (image) => image.resize(200).grayscale().png(), 4],
  ['photo', (image) => image.greyscale(false), 2],
  ['photo', (image) => image.resize(200, 200, { fit: 'contain', background: '#777' }).greyscale(), 4],
  ['icon', (image) => image.resize(60).greyscale(), 4],
  ['photo', (image) => image.resize(200).negate(), 2],
  ['photo', (image) => image.resize(200, 200, { fit: 'contain', background: 'teal' }).negate(), 2],
  ['photo', (image) => image.resize(200).extend({ left: 9, background: 'red' }).negate(), 2],
  ['photo', (image) => image.resize(200).rotate(9, { background: 'white' }).negate(), 4],
  ['icon', (image) => image.resize(60).negate({ alpha: false }), 2],
  ['icon', (image) => image.flatten({ background: 'tomato' }).negate(), 2],
  ['photo', (image) => image.resize(200).linear(1.3, -20), 2],
  ['photo', (image) => image.resize(200).linear([0.5, 0.5, 0.5], [60, 60, 60]), 2],
  ['photo', (image) => image.resize(200).linear(undefined, 30), 2],
  ['photo', (image) => image.resize(200).extend({ top: 9, background: 'teal' }).linear(0.8, 20).negate(), 2],
  ['photo', (image) => image.resize(200).gamma(), 3],
  ['photo', (image) => image.resize(200).gamma(1.5).jpeg({ quality: 90 }), 3],
  ['photo', (image) => image.resize(200).gamma(2.2, 1.5), 3],
  ['photo', (image) => image.gamma(1, 2), 3],
  ['photo', (image) => image.resize(200).tint('#f80'), 4],
  ['photo', (image) => image.resize(200).tint({ r: 30, g: 60, b: 200 }).negate(), 4],
  ['photo', (image) => image.resize(200).modulate({ brightness: 1.2 }), 6],
  ['photo', (image) => image.resize(200).modulate({ brightness: 0.8 }), 6],
  ['photo', (image) => image.resize(200).modulate({ saturation: 0 }), 4],
  ['photo', (image) => image.resize(200).modulate({ saturation: 0.5 }), 5],
  ['photo', (image) => image.resize(200).modulate({ saturation: 1.4 }), 8],
  ['photo', (image) => image.resize(200).modulate({ lightness: 10 }).modulate({ saturation: 0.7 }), 5],
  ['photo', (image) => image.resize(200).modulate({ lightness: -20 }), 4],
  ['photo', (image) => image.resize(200).modulate({ hue: 30 }), 15],
  ['photo', (image) => image.resize(200).modulate({ hue: 180 }), 15],
  ['photo', (image) => image.resize(200).greyscale().modulate({ brightness: 0.9, hue: 90 }), 4],
  ['photo', (image) => image.resize(200).modulate({ brightness: 1.1 }).linear(0.9, 5), 6],
  ['photo', (image) => image.resize(200, 200, { fit: 'contain' }).modulate({ brightness: 0.9 }), 5],
];

for (const [source, call, tolerance] of [...calls, ...adjusted]) {
  test(`${source}: ${String(call).replace('(image) => ', '')}`, async () => {
    const expected = await call(sharp(sources[source])).toBuffer({ resolveWithObject: true });
    const made = await call(tintype(sources[source])).toBuffer({ resolveWithObject: true });
    const { format, width, height, channels } = expected.info;
    // A PNG whose pixels are gray is written as gray: two channels are not missing.
    const isGray = format === 'png' && made.info.channels < 3 && channels > 2;
    const found = { ...made.info, channels: made.info.channels + (isGray ? 2 : 0), size: 0 };
    assert.deepEqual(found, { format, width, height, channels, size: 0 });
    const difference = await meanDifference(made.data, expected.data);
    assert.ok(difference <= tolerance, `the mean difference is ${difference.toFixed(2)}`);
  });
}

/** Of two images, laid over gray where they are transparent. */
async function meanDifference(...images) {
  const [one, other] = await Promise.all(
    images.map((image) => sharp(image, { animated: true }).flatten({ background: '#888' }).toColourspace('srgb').raw().toBuffer()),
  );
  assert.equal(one.length, other.length);
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += Math.abs(one[at] - other[at]);
  return sum / one.length;
}

const marks = { icon: await png(61, 41), photo: await jpeg(50, 30), turned: await turned(50, 30, 6) };
/** The layers of `composite`, and how the image is made. Where a middle is between two pixels, sharp takes the other one. */
const composites = [
  [[{ input: marks.icon }], (image) => image.resize(201), 2],
  [[{ input: marks.icon, gravity: 'southeast' }], (image) => image.resize(200), 2],
  [[{ input: marks.photo, gravity: 'northwest' }, { input: marks.icon, gravity: 'east' }], (image) => image.resize(200), 2],
  [[{ input: marks.icon, gravity: 7 }], (image) => image.resize(200), 2],
  [[{ input: marks.icon, left: 17, top: 100 }], (image) => image.resize(200), 2],
  [[{ input: marks.icon, tile: true }], (image) => image.resize(201), 2],
  ...['multiply', 'screen', 'overlay', 'soft-light', 'difference'].map((blend) => [
    [{ input: marks.icon, blend, gravity: 'north' }],
    (image) => image.resize(201),
    3,
  ]),
  [[{ input: marks.icon, gravity: 'north' }], (image) => image.resize(201).greyscale(), 4],
  [[{ input: marks.icon, gravity: 'south' }], (image) => image.resize(201).blur(4).sharpen(), 2],
  [[{ input: marks.icon, gravity: 'southwest' }], (image) => image.resize(100).extend({ left: 50, background: 'red' }), 2],
  [[{ input: marks.icon, gravity: 'northeast' }], (image) => image.resize(100, 100, { fit: 'contain' }), 2],
];
for (const [layers, call, tolerance] of composites) {
  const names = layers.map(({ input, ...rest }) => JSON.stringify(rest));
  test(`composite ${names}: ${String(call).replace('(image) => ', '')}`, async () => {
    for (const source of [sources.photo, sources.icon]) {
      const expected = await call(sharp(source)).composite(layers).png().toBuffer({ resolveWithObject: true });
      const made = await call(tintype(source)).composite(layers).png().toBuffer({ resolveWithObject: true });
      assert.deepEqual([made.info.width, made.info.height], [expected.info.width, expected.info.height]);
      const difference = await meanDifference(made.data, expected.data);
      assert.ok(difference <= tolerance, `the mean difference is ${difference.toFixed(2)}`);
    }
  });
}

test('a layer may be any source, and a path', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'mark.png'), marks.icon);
  const inputs = [marks.icon, new Blob([marks.icon]), join(folder, 'mark.png'), pathToFileURL(join(folder, 'mark.png'))];
  const [first, ...rest] = await Promise.all(inputs.map((input) => bytes((image) => image.composite([{ input }]).png())));
  for (const other of rest) assert.deepEqual(other, first);
  assert.notDeepEqual(first, await bytes((image) => image.png()));
});

/** The bytes of a chain on a source that is a photograph unless it is named. */
const bytes = (call, source = sources.photo) => call(tintype(source)).toBuffer();
/** The marker of a JPEG's frame, and the samples of its first component (ITU-T T.81, B.2.2). */
const frameOf = (image) => {
  let at = 2;
  while (![0xc0, 0xc2].includes(image[at + 1])) at += 2 + image.readUInt16BE(at + 2);
  return { progressive: image[at + 1] === 0xc2, sampling: image[at + 11].toString(16) };
};

test('a JPEG is coded as its options say', async () => {
  for (const options of [
    {},
    { progressive: true },
    { mozjpeg: true },
    { chromaSubsampling: '4:4:4' },
    { optimizeScans: true, chromaSubsampling: '4:2:0' },
  ]) {
    const made = await bytes((image) => image.resize(100).jpeg(options));
    const expected = await sharp(sources.photo).resize(100).jpeg(options).toBuffer();
    assert.deepEqual(frameOf(made), frameOf(expected), JSON.stringify(options));
  }
});

test('a WebP is coded as its options say', async () => {
  const grain = await jpeg(640, 480, { grain: 40 });
  const size = async (options) => (await bytes((image) => image.resize(300).webp(options), grain)).length;
  const lossless = await size({ lossless: true });
  assert.ok((await size({ nearLossless: true, quality: 20 })) < lossless);
  assert.equal(await size({ nearLossless: true, quality: 100 }), lossless);
  assert.ok((await size({ lossless: true, effort: 6 })) < lossless);
  assert.ok((await size({ lossless: true, effort: 0 })) > lossless);
  const chroma = (options) => bytes((image) => image.webp(options), sources.framed);
  assert.notDeepEqual(await chroma({ smartSubsample: true }), await chroma({}));
});

test('a PNG has a palette where sharp makes one', async () => {
  for (const options of [
    {},
    { palette: true },
    { palette: false, colours: 16 },
    { colours: 16 },
    { quality: 80 },
    { effort: 7 },
    { dither: 1 },
  ]) {
    const { isPalette } = await sharp(await bytes((image) => image.resize(100).png(options))).metadata();
    const expected = await sharp(sources.photo).resize(100).png(options).toBuffer();
    assert.equal(isPalette, (await sharp(expected).metadata()).isPalette, JSON.stringify(options));
  }
  const size = async (options) => (await bytes((image) => image.resize(100).png(options))).length;
  assert.ok((await size({ colours: 16 })) < (await size({ colors: 200 })));
  assert.equal(await size({ colours: 16, palette: true, quality: 80 }), await size({ colours: 16 }));
});

const films = { gif: await film('gif'), webp: await film('webp') };
/** Input options of an animation, what is called, and the milliseconds of the frames that come out. */
const animated = [
  [{}, (image) => image.webp(), undefined],
  [{ page: 2 }, (image) => image.png(), undefined],
  [{ page: 3, pages: 1 }, (image) => image.webp({ lossless: true }), undefined],
  [{ animated: true }, (image) => image.webp(), [100, 200, 300, 400]],
  [{ pages: -1 }, (image) => image.resize(30).webp(), [100, 200, 300, 400]],
  [{ pages: 2 }, (image) => image.webp({ lossless: true }), [100, 200]],
  [{ animated: true }, (image) => image.resize(30).webp({ loop: 5, delay: 70 }), [70, 70, 70, 70]],
  [{ animated: true }, (image) => image.webp({ delay: [50, 50, 50, 50] }), [50, 50, 50, 50]],
  [{ animated: true }, (image) => image.resize(20, 20).webp(), [100, 200, 300, 400]],
  [{ animated: true }, (image) => image.flop().webp(), [100, 200, 300, 400]],
  [{ animated: true }, (image) => image.extend(3).webp(), [100, 200, 300, 400]],
  [{ animated: true }, (image) => image.gif(), [100, 200, 300, 400]],
  [{ pages: 3 }, (image) => image.resize(30).gif({ loop: 1 }), [100, 200, 300]],
  [{ animated: true }, (image) => image.resize(30).negate({ alpha: false }).webp(), [100, 200, 300, 400]],
  [
    { animated: true },
    (image) => image.extract({ left: 5, top: 5, width: 20, height: 20 }).webp(),
    [100, 200, 300, 400],
  ],
];
for (const [name, source] of Object.entries(films)) {
  for (const [options, call, delay] of animated) {
    test(`${name}, ${JSON.stringify(options)}: ${String(call).replace('(image) => ', '')}`, async () => {
      const expected = await call(sharp(source, options)).toBuffer({ resolveWithObject: true });
      const made = await call(tintype(source, options)).toBuffer({ resolveWithObject: true });
      const { format, width, height, pages, pageHeight } = expected.info;
      const { channels, size, ...info } = made.info;
      assert.deepEqual({ pages: undefined, pageHeight: undefined, ...info }, { format, width, height, pages, pageHeight });
      const facts = await sharp(made.data, { animated: true }).metadata();
      assert.deepEqual(facts.delay, delay);
      assert.equal(facts.loop, (await sharp(expected.data).metadata()).loop);
      const difference = await meanDifference(made.data, expected.data);
      assert.ok(difference <= 4, `the mean difference is ${difference.toFixed(2)}`);
    });
  }
}

test('attention keeps a part of the right size', async () => {
  const { info } = await tintype(sources.photo)
    .resize(100, 300, { position: 'attention' })
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height], [100, 300]);
});

test('metadata is what sharp says', async () => {
  for (const [name, source] of Object.entries(sources)) {
    const made = await tintype(source).metadata();
    const expected = await sharp(source).metadata();
    for (const key of Object.keys(made)) assert.deepEqual(made[key], expected[key], `${name}: ${key}`);
  }
  for (const [name, source] of Object.entries(films)) {
    for (const options of [{}, { animated: true }, { page: 1, pages: 2 }, { page: 2 }]) {
      const made = await tintype(source, options).metadata();
      const expected = await sharp(source, options).metadata();
      for (const key of ['width', 'height', 'pages', 'pageHeight', 'loop', 'autoOrient'])
        assert.deepEqual(made[key], expected[key], `${name}, ${JSON.stringify(options)}: ${key}`);
    }
  }
});

test('metadata is kept where that is asked for, and dropped otherwise', async () => {
  const source = await sharp(sources.photo)
    .withExif({ IFD0: { Copyright: 'someone', Artist: 'someone else' } })
    .toBuffer();
  const exif = async (image) => (await sharp(await image.toBuffer()).metadata()).exif?.includes('someone') ?? false;
  assert.equal(await exif(tintype(source).resize(100)), false);
  assert.equal(await exif(tintype(source).resize(100).keepMetadata()), true);
  assert.equal(await exif(tintype(source).resize(100).withMetadata()), true);
});

test('every method of sharp is built, or refused by name', async () => {
  const inherited = Object.getPrototypeOf(Object.getPrototypeOf(sharp.prototype));
  const methods = Object.getOwnPropertyNames(sharp.prototype).filter(
    (name) => /^[a-z]/.test(name) && name !== 'constructor',
  );
  assert.ok(methods.length > 60 && !(methods[0] in inherited));
  const chain = tintype(sources.photo);
  for (const name of methods) assert.equal(typeof chain[name], 'function', name);
  for (const name of ['median', 'normalise', 'threshold'])
    assert.throws(() => chain[name](3), { name: 'TintypeError', code: 'not-built', message: `${name}() is not built` });
});

test('what is not built is refused by name', async () => {
  const refused = {
    'resize({ withoutReduction })': (image) => image.resize({ width: 9, withoutReduction: true }),
    'kernel: "nearest"': (image) => image.resize({ width: 9, kernel: 'nearest' }),
    'rotate(90) after resize()': (image) => image.resize(90).rotate(90),
    'png({ progressive: true })': (image) => image.png({ progressive: true }),
    'png({ dither: 0.5 })': (image) => image.png({ dither: 0.5 }),
    'webp({ alphaQuality: 50 })': (image) => image.webp({ alphaQuality: 50 }),
    'webp({ delay: 10,20 })': (image) => image.webp({ delay: [10, 20] }),
    'jpeg({ force: false })': (image) => image.jpeg({ force: false }),
    'png({ deep })': (image) => image.png({ deep: 8 }),
    "toFormat('avif')": (image) => image.toFormat('avif'),
    'extend({ deep })': (image) => image.extend({ deep: 3 }),
    'sharpen({ x1: 3 })': (image) => image.sharpen({ sigma: 1, x1: 3 }),
    'linear(-1)': (image) => image.linear(-1, 255),
    'linear(a) with a value for each channel': (image) => image.linear([1, 2, 3], 0),
    'modulate() of brightness or lightness together with gamma(gamma, gammaOut)': (image) =>
      image.modulate({ brightness: 2 }).gamma(2, 1),
    'negate() of transparency': (image) => image.extend({ top: 1, background: 'transparent' }).negate(),
    'blur() together with surroundings': (image) => image.resize(9, 9, { fit: 'contain' }).blur(),
    'greyscale() together with this background': (image) => image.extend({ top: 1, background: 'red' }).greyscale(),
    'modulate() together with this background': (image) => image.rotate(5).modulate({ lightness: 5 }),
    'tint() together with this background': (image) => image.flatten({ background: '#777' }).tint('red'),
    'composite({ blend: "dest-in" })': (image) => image.composite([{ input: marks.icon, blend: 'dest-in' }]),
    'composite({ input: { create } })': (image) => image.composite([{ input: { create: {} } }]),
    'composite({ premultiplied })': (image) => image.composite([{ input: marks.icon, premultiplied: true }]),
    'composite({ left: -1 })': (image) => image.composite([{ input: marks.icon, left: -1, top: 0 }]),
    'composite({ tile }) that does not begin in the middle': (image) =>
      image.composite([{ input: marks.icon, tile: true, gravity: 'north' }]),
    'composite() together with negate()': (image) => image.negate().composite([{ input: marks.icon }]),
    'composite() of an image that its EXIF says to turn': (image) => image.composite([{ input: marks.turned }]),
    'composite() of an image that is cut off': (image) => image.composite([{ input: marks.icon, left: 600, top: 0 }]),
  };
  for (const [name, call] of Object.entries(refused)) {
    await assert.rejects(
      async () => call(tintype(sources.photo)).toBuffer(),
      (error) => error instanceof TintypeError && error.code === 'not-built' && error.data.name === name,
      name,
    );
  }
  await assert.rejects(tintype(films.gif, { animated: true }).png().toBuffer(), {
    code: 'not-built',
    message: 'several pages as png are not built: choose webp or gif, or a page',
  });
  await assert.rejects(tintype(films.gif, { animated: true }).composite([{ input: marks.icon }]).webp().toBuffer(), {
    code: 'not-built',
    message: 'composite() of several pages is not built',
  });
  await assert.rejects(tintype(sources.photo).resize(40).composite([{ input: marks.icon }]).toBuffer(), {
    code: 'invalid-option',
    message: 'composite({ input }) is 61 × 41, and the image 40 × 30; accepted are images that are no larger',
  });
  for (const wrong of [
    (image) => image.blur(0.1),
    (image) => image.blur('3'),
    (image) => image.sharpen({ sigma: 11 }),
    (image) => image.sharpen({ m1: 1 }),
    (image) => image.modulate({ brightness: -1 }),
    (image) => image.modulate({ hue: 'red' }),
    (image) => image.modulate(),
    (image) => image.gamma(4),
    (image) => image.linear('a'),
    (image) => image.negate({ alpha: 1 }),
    (image) => image.tint('redish'),
    (image) => image.composite({ input: marks.icon }),
    (image) => image.composite([{}]),
    (image) => image.composite([{ input: marks.icon, left: 3 }]),
    (image) => image.composite([{ input: marks.icon, gravity: 'up' }]),
    (image) => image.composite([{ input: marks.icon, tile: 1 }]),
    (image) => image.jpeg({ chromaSubsampling: '4:1:1' }),
    (image) => image.jpeg({ progressive: 'yes' }),
    (image) => image.webp({ effort: 7 }),
    (image) => image.webp({ loop: -1 }),
    (image) => image.png({ compressionLevel: 10 }),
    (image) => image.png({ colours: 1 }),
    (image) => image.png({ palette: 'yes' }),
    (image) => image.gif({ colours: 300 }),
  ]) {
    assert.throws(() => wrong(sharp(sources.photo)), String(wrong));
    assert.throws(() => wrong(tintype(sources.photo)), { code: 'invalid-option' }, String(wrong));
  }
  await assert.rejects(tintype(films.gif, { page: 9 }).webp().toBuffer(), { code: 'invalid-option' });
  await assert.rejects(tintype(sources.photo).extract({ left: 600, top: 0, width: 50, height: 50 }).toBuffer(), {
    code: 'invalid-option',
  });
});
