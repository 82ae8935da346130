// The chain makes what sharp makes of the same calls: the same size and, but for rounding and codecs, the same pixels.
import assert from 'node:assert/strict';
import test from 'node:test';
import sharp from 'sharp';
import tintype, { TintypeError } from 'tintype';
import { jpeg, png, turned, webp } from './photographs.js';

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
];

for (const [source, call, tolerance] of calls) {
  test(`${source}: ${String(call).replace('(image) => ', '')}`, async () => {
    const expected = await call(sharp(sources[source])).toBuffer({ resolveWithObject: true });
    const made = await call(tintype(sources[source])).toBuffer({ resolveWithObject: true });
    const { format, width, height, channels } = expected.info;
    assert.deepEqual({ ...made.info, size: 0 }, { format, width, height, channels, size: 0 });
    const difference = await meanDifference(made.data, expected.data);
    assert.ok(difference <= tolerance, `the mean difference is ${difference.toFixed(2)}`);
  });
}

/** Of two images, laid over gray where they are transparent. */
async function meanDifference(...images) {
  const [one, other] = await Promise.all(
    images.map((image) => sharp(image).flatten({ background: '#888' }).toColourspace('srgb').raw().toBuffer()),
  );
  assert.equal(one.length, other.length);
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += Math.abs(one[at] - other[at]);
  return sum / one.length;
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
  assert.throws(() => chain.blur(3), { name: 'TintypeError', code: 'not-built', message: 'blur() is not built' });
});

test('what is not built is refused by name', async () => {
  const refused = {
    'resize({ withoutReduction })': (image) => image.resize({ width: 9, withoutReduction: true }),
    'kernel: "nearest"': (image) => image.resize({ width: 9, kernel: 'nearest' }),
    'rotate(90) after resize()': (image) => image.resize(90).rotate(90),
    'jpeg({ progressive: true })': (image) => image.jpeg({ progressive: true }),
    'png({ colours })': (image) => image.png({ colours: 8 }),
    "toFormat('avif')": (image) => image.toFormat('avif'),
    'extend({ deep })': (image) => image.extend({ deep: 3 }),
  };
  for (const [name, call] of Object.entries(refused)) {
    await assert.rejects(
      async () => call(tintype(sources.photo)).toBuffer(),
      (error) => error instanceof TintypeError && error.code === 'not-built' && error.data.name === name,
      name,
    );
  }
  await assert.rejects(tintype(sources.photo).extract({ left: 600, top: 0, width: 50, height: 50 }).toBuffer(), {
    code: 'invalid-option',
  });
});
