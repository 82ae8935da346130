// Photographs, drawn: gradients and edges with some grain, so that files have the size and the detail of a camera's.
import sharp from 'sharp';

/** Pixels of `width` × `height`, 3 or 4 channels. */
export function pixels(width, height, channels = 3, grain = 8) {
  const data = Buffer.alloc(width * height * channels);
  let noise = 1;
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += channels) {
      noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
      const speck = ((noise >>> 24) / 256 - 0.5) * grain;
      const [u, v] = [x / width, y / height];
      const hill = v > 0.55 + 0.12 * Math.sin(u * 9) ? 90 : 0;
      const sun = (u - 0.7) ** 2 + (v - 0.25) ** 2 < 0.012 ? 80 : 0;
      data[at] = Math.max(0, Math.min(255, 60 + 120 * v + sun - hill / 2 + speck));
      data[at + 1] = Math.max(0, Math.min(255, 90 + 90 * u + sun / 2 + speck));
      data[at + 2] = Math.max(0, Math.min(255, 200 - 110 * v - hill - sun / 2 + speck));
      if (channels === 4) data[at + 3] = Math.round(255 * Math.min(1, Math.max(0, 2 * u)));
    }
  }
  return sharp(data, { raw: { width, height, channels } });
}

export const jpeg = (width, height, { grain, ...options } = {}) =>
  pixels(width, height, 3, grain)
    .jpeg({ quality: 85, ...options })
    .toBuffer();

export const png = (width, height) => pixels(width, height, 4).png().toBuffer();
export const webp = (width, height) => pixels(width, height, 4).webp().toBuffer();

/** A JPEG that its EXIF says to turn. */
export const turned = (width, height, orientation) =>
  pixels(width, height).withMetadata({ orientation }).jpeg({ quality: 85 }).toBuffer();

/** An animation of frames that differ, as WebP or GIF. */
export async function film(format, count = 4, { width = 60, height = 40, ...options } = {}) {
  const frame = (number) =>
    sharp({ create: { width, height, channels: 3, background: { r: 60 * number, g: 99, b: 200 - 40 * number } } })
      .composite([{ input: Buffer.from([255, 255, 0]), raw: { width: 1, height: 1, channels: 3 }, left: number, top: 3 }])
      .png()
      .toBuffer();
  const frames = await Promise.all(Array.from({ length: count }, (_, number) => frame(number)));
  return sharp(frames, { join: { animated: true } })
    .toFormat(format, { delay: [100, 200, 300, 400].slice(0, count), loop: 2, ...options })
    .toBuffer();
}
