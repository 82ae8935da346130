// Options, an object that names what differs from the defaults, as the contract's list of settings. Checked here is
// what a list of settings cannot say: unknown names and values of another type. Ranges are checked by the resizer.
import { color } from './color.js';
import { invalid, invalidArgument } from './error.js';
import { inContract, optionName } from './names.js';
import { bytesOf, isBytes } from './source.js';

/** @returns the settings, in the order of the options; an option that is undefined is one that is not given */
export function settingsOf(options = {}) {
  if (!isObject(options))
    throw invalidArgument('options', `is ${show(options)}; accepted is an object such as { width: 800 }`);
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) =>
      LISTS.includes(name) && Array.isArray(value)
        ? value.map((item, index) => setting(name, item, `${name}[${index}]`))
        : [setting(name, value)],
    );
}

/** Options that may be lists, of which a setting is one item. */
const LISTS = ['alternative', 'obscure', 'overlay'];

/** @param label what errors call the value */
function setting(name, value, label = name) {
  if (!Object.hasOwn(OPTIONS, name)) {
    throw invalid(name, `is unknown; known are ${Object.keys(OPTIONS).join(', ')}`);
  }
  const read = OPTIONS[name](value, label);
  return { tag: inContract.option(name) + (read?.suffix ?? ''), val: read?.suffix ? read.val : read };
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const show = (value) => (typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value)));
const wrong = (value, name, accepted) => invalid(name, `is ${show(value)}; accepted is ${accepted}`);

const when = (holds, accepted) => (value, name) => {
  if (!holds(value)) throw wrong(value, name, accepted);
  return value;
};

const boolean = when((value) => typeof value === 'boolean', 'true or false');
const number = when(Number.isFinite, 'a number');
const whole = when((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32, 'a whole number of 0 or more');
const signed = when((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31, 'a whole number');
const amount = (value, name) =>
  BigInt(when((value) => Number.isSafeInteger(value) && value >= 0, 'a whole number of 0 or more')(value, name));
const oneOf = (...words) => when((value) => words.includes(value), words.join(', '));

/** An object with these fields. A field whose reader takes `undefined` may be absent. */
const record = (fields) => (value, name) => {
  if (!isObject(value)) throw wrong(value, name, `an object of ${Object.keys(fields).join(', ')}`);
  for (const field of Object.keys(value)) {
    if (!Object.hasOwn(fields, field)) {
      throw invalid(`${name}.${field}`, `is unknown; known are ${Object.keys(fields).join(', ')}`);
    }
  }
  return Object.fromEntries(
    Object.entries(fields).map(([field, read]) => [field, read(value[field], `${name}.${field}`)]),
  );
};

const or = (absent, read) => (value, name) => (value === undefined ? absent : read(value, name));
const optional = (read) => or(undefined, read);

/** Pixels, or a share of the side as a percentage: `'50%'`. */
const length = (pixels) => (value, name) => {
  const share = shareOf(value);
  return share === undefined
    ? { tag: 'pixels', val: typeof value === 'string' ? reject(value, name) : pixels(value, name) }
    : { tag: 'share', val: share };
};
const reject = (value, name) => {
  throw wrong(value, name, "pixels, such as 100, or a percentage, such as '50%'");
};
const shareOf = (value) => {
  const percent = /^(-?\d+(?:\.\d+)?)%$/.exec(value)?.[1];
  return percent === undefined ? undefined : Number(percent) / 100;
};
const side = (value, name) => {
  const { tag, val } = length(whole)(value, name);
  return tag === 'share' ? { suffix: '-share', val } : val;
};

const sides = (value, name) => {
  if (isObject(value))
    return record({ top: or(0, whole), right: or(0, whole), bottom: or(0, whole), left: or(0, whole) })(value, name);
  const all = whole(value, name);
  return { top: all, right: all, bottom: all, left: all };
};

const GRAVITIES = ['center', 'north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'];
const SMART = ['attention', 'entropy'];
const zero = { tag: 'pixels', val: 0 };

const position = (value, name) => {
  if (GRAVITIES.includes(value)) return { tag: 'gravity', val: value };
  if (SMART.includes(value)) return { tag: 'smart', val: value };
  if (!isObject(value)) throw wrong(value, name, `${[...GRAVITIES, ...SMART].join(', ')}, or an object`);
  if ('gravity' in value) {
    const offset = or(zero, length(signed));
    return { tag: 'offset', val: record({ gravity: oneOf(...GRAVITIES), x: offset, y: offset })(value, name) };
  }
  if ('left' in value || 'top' in value) {
    const { left: x, top: y } = record({ left: or(zero, length(whole)), top: or(zero, length(whole)) })(value, name);
    return { tag: 'at', val: { x, y } };
  }
  return { tag: 'focal-point', val: record({ x: number, y: number })(value, name) };
};

/** A part: its size, and where it lies, as `position` or as `left` and `top`. */
const part = (value, name) => {
  const { left, top, ...rest } = isObject(value) ? value : { value };
  const given = left === undefined && top === undefined ? rest : { ...rest, position: { left, top } };
  return record({
    width: length(whole),
    height: length(whole),
    position: or({ tag: 'gravity', val: 'center' }, position),
  })(given, name);
};

/** Shorthands: a value that is no object stands for an object with this one field. */
const short = (field, read) => (value, name) => (isObject(value) ? read(value, name) : read({ [field]: value }, name));

const both = (factor) => ({ x: factor, y: factor });

const trim = short(
  'threshold',
  record({
    threshold: or(10, whole),
    color: optional(color),
    equalHorizontal: or(false, boolean),
    equalVertical: or(false, boolean),
  }),
);

const ROTATIONS = { 0: 'none', 90: 'quarter', 180: 'half', 270: 'three-quarters' };
const rotate = (value, name) =>
  ROTATIONS[when((value) => [0, 90, 180, 270].includes(value), '0, 90, 180 or 270')(value, name)];

const SHAPES = [
  ...['circle', 'ellipse', 'triangle', 'triangle-down', 'pentagon', 'pentagon-down', 'hexagon', 'diamond', 'star'],
  'heart',
];
const cut = record({
  shape: optional(oneOf(...SHAPES)),
  rounded: optional(whole),
  trim: or(false, boolean),
  outside: optional(color),
});
const mask = short('shape', (value, name) => {
  const { shape, rounded, trim, outside } = cut(value, name);
  if ((shape === undefined) === (rounded === undefined)) throw invalid(name, 'has either a shape or rounded corners');
  return { shape: shape === undefined ? { tag: 'rounded', val: rounded } : { tag: shape }, trim, outside };
});

const fill = (value, name) =>
  ['blur', 'edge', 'mirror'].includes(value) ? { tag: value } : { tag: 'color', val: color(value, name) };

const sharpen = short('sigma', record({ sigma: number, flat: or(1, number), jagged: or(2, number) }));

const veil = (value, name) =>
  isObject(value) && 'pixelate' in value
    ? { tag: 'pixelate', val: record({ pixelate: whole })(value, name).pixelate }
    : { tag: 'blur', val: record({ blur: number })(value, name).blur };

const obscure = (value, name) => {
  const { left, top, by, ...rest } = isObject(value) ? value : { value };
  const size = record({ width: length(whole), height: length(whole) })(rest, name);
  const offset = or(zero, length(whole));
  return { x: offset(left, `${name}.left`), y: offset(top, `${name}.top`), ...size, by: veil(by, `${name}.by`) };
};

const tone = (value, name) => {
  if (!isObject(value)) return { tag: oneOf('grayscale', 'sepia')(value, name) };
  const intensity = or(1, number);
  return 'color' in value
    ? { tag: 'monochrome', val: record({ color, intensity })(value, name) }
    : { tag: 'duotone', val: record({ dark: color, light: color, intensity })(value, name) };
};

const place = (value, name) =>
  isObject(value) && 'tile' in value
    ? { tag: 'tiled', val: record({ tile: record({ x: or(0, whole), y: or(0, whole) }) })(value, name).tile }
    : { tag: 'at', val: position(value, name) };

const image = (value, name) => {
  if (!isBytes(value)) throw wrong(value, name, 'the bytes of an image: a Uint8Array or ArrayBuffer');
  return bytesOf(value);
};

const overlay = record({
  image,
  opacity: or(1, number),
  place: or({ tag: 'at', val: { tag: 'gravity', val: 'center' } }, place),
  width: optional(length(whole)),
  height: optional(length(whole)),
  blend: or('over', oneOf('over', 'multiply', 'screen', 'overlay', 'soft-light', 'difference')),
});

export const FORMATS = ['jpeg', 'png', 'webp', 'gif'];

const LIMITS = {
  maxSourceBytes: amount,
  maxSourcePixels: amount,
  maxFrames: whole,
  maxFramePixels: amount,
  maxOutputSide: whole,
  maxOutputPixels: amount,
  maxMemory: amount,
  maxWork: amount,
};

/** Every option, with what reads its value. */
export const OPTIONS = {
  allowDamaged: boolean,
  page: whole,
  frames: whole,
  autoOrient: boolean,
  trim,
  inset: sides,
  crop: part,
  cropRatio: short('ratio', record({ ratio: number, enlarge: or(false, boolean) })),
  rotate,
  flipHorizontal: boolean,
  flipVertical: boolean,
  width: side,
  height: side,
  minWidth: whole,
  minHeight: whole,
  maxSide: whole,
  density: number,
  zoom: (value, name) => (isObject(value) ? record({ x: number, y: number })(value, name) : both(number(value, name))),
  fit: oneOf('contain', 'cover', 'crop', 'fill', 'stretch', 'outside', 'pad', 'auto'),
  enlarge: boolean,
  position,
  filter: oneOf('box', 'bilinear', 'catmull-rom', 'mitchell', 'lanczos3'),
  linear: boolean,
  cropResized: part,
  blur: number,
  sharpen,
  unsharp: record({ sigma: number, amount: number, threshold: or(0, whole) }),
  pixelate: whole,
  obscure,
  exposure: number,
  gamma: number,
  brightness: number,
  lightness: number,
  contrast: number,
  vibrance: number,
  saturation: number,
  hue: number,
  tone,
  tint: color,
  negate: boolean,
  posterize: whole,
  extend: short(
    'to',
    record({ to: oneOf('size', 'ratio'), position: or({ tag: 'gravity', val: 'center' }, position) }),
  ),
  tilt: short('degrees', record({ degrees: number, background: optional(color) })),
  padding: sides,
  mask,
  fill,
  background: color,
  overlay,
  format: oneOf(...FORMATS),
  alternative: short('format', record({ format: oneOf('jpeg', 'png', 'webp'), quality: optional(whole) })),
  quality: whole,
  autoQuality: boolean,
  maxBytes: whole,
  lossless: boolean,
  nearLossless: whole,
  effort: oneOf('fast', 'default', 'best'),
  progressive: boolean,
  subsampling: oneOf('auto', 'half', 'full'),
  sharpChroma: boolean,
  bitDepth: whole,
  colors: whole,
  profile: oneOf('srgb', 'keep', 'strip'),
  metadata: oneOf('strip', 'copyright', 'keep'),
  location: boolean,
  loop: whole,
  delay: whole,
  ...LIMITS,
};

const looks = record({
  palette: or(6, whole),
  blurhash: or({ x: 4, y: 3 }, record({ x: or(4, whole), y: or(3, whole) })),
});

/** The settings of a description: what to find out in addition to the header, and limits. */
export function describedBy(options = {}) {
  if (!isObject(options)) throw invalidArgument('options', `is ${show(options)}; accepted is { pixels: true }`);
  const { pixels = false, location = false, ...limits } = options;
  const unknown = Object.keys(limits).find((name) => !Object.hasOwn(LIMITS, name));
  if (unknown) throw invalid(unknown, `is unknown; known are pixels, location, ${Object.keys(LIMITS).join(', ')}`);
  const asked = pixels === true ? {} : pixels;
  const { palette, blurhash } = looks(asked === false ? {} : asked, 'pixels');
  const facts = {
    pixels: asked === false ? undefined : { palette, blurhashX: blurhash.x, blurhashY: blurhash.y },
    location: boolean(location, 'location'),
  };
  return [{ tag: 'describe', val: facts }, ...settingsOf(limits)];
}

/** A sentence of the resizer, with the names that options have here. */
export const optionNames = (text) =>
  text.replace(/\b[a-z]+(-[a-z]+)+\b/g, (word) => (Object.hasOwn(OPTIONS, optionName(word)) ? optionName(word) : word));
