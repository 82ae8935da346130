// Compiled by a test, and never run: calls that must be accepted, and calls that must not.
import tintype, { inspect, load, resize, resizeStream, TintypeError, type Options } from 'tintype';
import type { Failure, Setting } from '../../dist/interfaces/tintype-image-types.js';

/**
 * Every setting of the contract is an option, and every option is a setting. Shares are percentages here, and `describe`
 * is a call of its own, `inspect`.
 */
type Camel<Name> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name;
type Settings = Camel<Exclude<Setting['tag'], 'width-share' | 'height-share' | 'describe'>>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const complete: Same<keyof Options, Settings> = true;
/** And every failure of the contract is a code. */
const named: Same<Exclude<TintypeError['code'], 'not-built'>, Failure['tag']> = true;

export async function calls(photo: Uint8Array, response: Response) {
  const { image, width, mediaType } = await resize(photo, { width: 800, format: 'webp' });
  const made: [Uint8Array, number, string] = [image, width, mediaType];

  await resize(response, {
    width: '50%',
    crop: { width: 10, height: '20%', left: 5 },
    position: { gravity: 'north', y: 10 },
    background: { red: 1, green: 2, blue: 3 },
    fill: 'blur',
    mask: { rounded: 9 },
    tilt: { degrees: 3 },
  });
  await resize(photo, {
    blur: 3,
    sharpen: { sigma: 1, flat: 0 },
    unsharp: { sigma: 1, amount: 0.5 },
    obscure: [{ left: '10%', width: 20, height: '5%', by: { pixelate: 9 } }],
    contrast: 1.2,
    tone: { dark: 'navy', light: { red: 255, green: 240, blue: 200 } },
    overlay: [
      { image: photo, width: '25%', place: { gravity: 'south-east', x: 10, y: 10 }, opacity: 0.5 },
      { image: photo.buffer as ArrayBuffer, place: { tile: { x: 9 } }, blend: 'soft-light' },
    ],
  });
  const { body } = await resizeStream(response.body!, { width: 800 });
  new Response(body);
  const { exif } = await inspect(new Blob([]));
  const seen = await inspect(photo, { pixels: { palette: 3 }, maxMemory: 1e7 });
  const hashes: [Uint8Array, string, string] = [seen.pixels.thumbhash, seen.pixels.blurhash, seen.pixels.differenceHash];
  await resize(photo, { width: 9, height: 9, fit: 'cover', position: seen.pixels.attention, background: seen.pixels.average });
  // @ts-expect-error Nobody asked for pixels.
  (await inspect(photo, { location: true })).pixels;
  // @ts-expect-error An option of renditions.
  await inspect(photo, { width: 9 });
  const artist: string | undefined = exif?.artist;
  await load();

  // @ts-expect-error A misspelt option.
  await resize(photo, { widht: 800 });
  // @ts-expect-error A format that is not encoded.
  await resize(photo, { format: 'avif' });
  // @ts-expect-error Text that is no percentage.
  await resize(photo, { width: '800' });
  // @ts-expect-error No such angle; that is `tilt`.
  await resize(photo, { rotate: 45 });
  // @ts-expect-error An overlay is bytes, and no path.
  await resize(photo, { overlay: { image: 'logo.png' } });
  // @ts-expect-error Nor does it lie at a smart position.
  await resize(photo, { overlay: { image: photo, place: 'attention' } });
  // @ts-expect-error Sharpening needs a standard deviation.
  await resize(photo, { sharpen: { flat: 1 } });
  // @ts-expect-error No such tone.
  await resize(photo, { tone: 'gray' });
  // @ts-expect-error No image.
  await resize('photo.jpg');
  return [made, hashes, artist, complete, named];
}

export function reason(error: unknown): string {
  if (!(error instanceof TintypeError)) return 'something else';
  if (error.code === 'limit-exceeded') return `${error.data.limit}: ${error.data.needed - error.data.allowed} too much`;
  if (error.code === 'invalid-option') return error.data.name;
  return error.message;
}

export async function chains(photo: Uint8Array) {
  const buffer: Buffer = await tintype(photo)
    .rotate()
    .resize(800, 600, { fit: 'cover', position: 'attention' })
    .webp({ quality: 80 })
    .toBuffer();
  const { data, info } = await tintype('photo.jpg').resize(320).toBuffer({ resolveWithObject: true });
  await tintype(photo, { animated: true }).webp({ effort: 6, smartSubsample: true, loop: 0, delay: [70, 70] }).toBuffer();
  await tintype(photo).toFormat('jpeg', { progressive: true, chromaSubsampling: '4:4:4', mozjpeg: true }).toBuffer();
  tintype(photo).png({ palette: true, colours: 16 });
  await tintype(photo)
    .greyscale()
    .blur(3)
    .sharpen({ sigma: 1, m1: 0 })
    .modulate({ brightness: 1.2, hue: 30 })
    .linear(1.1, -3)
    .composite([{ input: 'logo.png', gravity: 'southeast' }, { input: photo, left: 3, top: 4, blend: 'multiply' }])
    .toBuffer();
  // @ts-expect-error A blend that is not built.
  tintype(photo).composite([{ input: photo, blend: 'dest-in' }]);
  // @ts-expect-error What sharp has and tintype has not.
  tintype(photo).median(3);
  return [buffer, data.toString('base64'), info.width];
}
