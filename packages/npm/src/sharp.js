// sharp's words, and what there is of them here.
import { color } from './color.js';
import { invalidArgument, missing } from './error.js';

/**
 * Methods of sharp that are options as they stand: a function of their arguments. A method that is built later is a row
 * here and in `index.d.ts`, and no longer in `REFUSED`.
 */
export const METHODS = {
  /** Keeps EXIF, XMP, IPTC and the colour profile. */
  keepMetadata: () => ({ metadata: 'keep', location: true, profile: 'keep' }),
  /** Keeps EXIF, XMP and IPTC; colours are converted to sRGB. */
  withMetadata(options = {}) {
    known('withMetadata', options, []);
    return { metadata: 'keep', location: true, profile: 'srgb' };
  },
  keepIccProfile: () => ({ profile: 'keep' }),
};

/** Methods of sharp that are not built. */
export const REFUSED = `
  affine avif bandbool boolean clahe convolve dilate ensureAlpha erode extractChannel heif joinChannel jp2 jxl keepExif
  keepGainMap keepXmp median normalise normalize pipelineColorspace pipelineColourspace raw recomb removeAlpha stats
  threshold tiff tile timeout toColorspace toColourspace unflatten withDensity withExif withExifMerge withGainMap
  withIccProfile withXmp
`
  .trim()
  .split(/\s+/);

/** The options of a call, if they are all known. */
export function known(method, options, names) {
  if (typeof options !== 'object' || options === null)
    throw invalidArgument(`${method}()`, 'accepts an object of options');
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !names.includes(name)) throw missing(`${method}({ ${name} })`);
  }
  return options;
}

const FITS = { cover: 'cover', contain: 'pad', fill: 'fill', inside: 'contain', outside: 'outside' };
const KERNELS = { linear: 'bilinear', cubic: 'catmull-rom', mitchell: 'mitchell', lanczos3: 'lanczos3' };

const look =
  (table, method, fallback) =>
  (value = fallback) => {
    if (!Object.hasOwn(table, value))
      throw missing(
        `${method}: ${JSON.stringify(value)}`,
        `is not built; accepted are ${Object.keys(table).join(', ')}`,
      );
    return table[value];
  };

export const fitOf = look(FITS, 'fit', 'cover');
export const kernelOf = look(KERNELS, 'kernel', 'lanczos3');
export const fillOf = look({ background: undefined, copy: 'edge', mirror: 'mirror' }, 'extendWith', 'background');

const GRAVITIES = ['center', 'north', 'east', 'south', 'west', 'north-east', 'south-east', 'south-west', 'north-west'];
const SIDES = { top: 'north', right: 'east', bottom: 'south', left: 'west' };

/** A position by sharp's number, gravity (`northeast`), sides (`right top`) or strategy. */
export function positionOf(value = 'center') {
  if (['attention', 16, 17, 'entropy'].includes(value))
    return value === 'attention' || value === 17 ? 'attention' : 'entropy';
  return gravityOf(value, 'position');
}

/** A gravity by sharp's number or words. */
export function gravityOf(value, name) {
  const words = String(value)
    .split(' ')
    .map((word) => SIDES[word] ?? word)
    .sort();
  const joined = words
    .join('-')
    .replace(/^(east|west)-(north|south)$/, '$2-$1')
    .replace(/^(north|south)(east|west)$/, '$1-$2');
  const found = GRAVITIES[value] ?? (joined === 'centre' ? 'center' : joined);
  if (!GRAVITIES.includes(found))
    throw invalidArgument(
      name,
      `is ${JSON.stringify(value)}; accepted is a position, gravity or strategy of sharp`,
    );
  return found;
}

/** A colour of sharp, which is black unless it says otherwise. */
export function colorOf(value = 'black', name = 'background') {
  if (typeof value !== 'object' || value === null) return color(value, name);
  const { r = 0, g = 0, b = 0, alpha = 1 } = value;
  return color({ red: r, green: g, blue: b, alpha: Math.round(alpha * 255) }, name);
}

export const isOpaque = ({ alpha = 255 }) => alpha === 255;

/** The region of `extract`. */
export function part(region) {
  const { left, top, width, height } = known('extract', region, ['left', 'top', 'width', 'height']);
  for (const [name, value] of Object.entries({ left, top, width, height })) {
    if (!Number.isInteger(value) || value < 0)
      throw invalidArgument(`extract({ ${name} })`, `is ${value}; accepted is a whole number of 0 or more`);
  }
  return { left, top, width, height };
}
