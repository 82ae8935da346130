// sharp's changes of detail and of colours. It blurs, modulates, sharpens, applies gamma and `linear`, tints and negates,
// in this order; the resizer changes detail first and then colours, where most of this makes no difference.
import { invalidArgument, missing } from './error.js';
import { colorOf, known } from './sharp.js';

/** What sharp does without a number: the mean of 3 × 3 pixels, and an unsharp mask by it. */
const MILD_BLUR = Math.sqrt(2 / 3);
const MILD_SHARPEN = { sigma: MILD_BLUR, amount: 0.375 };

/** The value, if it is a number of this range. */
function within(name, value, least, most) {
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  const range = most === Infinity ? `a number of ${least} or more` : `a number of ${least} to ${most}`;
  throw invalidArgument(name, `is ${JSON.stringify(value)}; accepted is ${range}`);
}

function flag(name, value) {
  if (typeof value === 'boolean') return value;
  throw invalidArgument(name, `is ${JSON.stringify(value)}; accepted is true or false`);
}

/** The curves of sharp's sharpening, of which the slopes can be chosen here. */
const CURVES = { x1: 2, y2: 10, y3: 20 };

/** What a call's arguments say, and what an earlier call of the same name has said. Undefined does nothing. */
export const ADJUSTMENTS = {
  blur(_, options = true) {
    if (typeof options === 'boolean') return options ? MILD_BLUR : undefined;
    const { sigma } =
      typeof options === 'number' ? { sigma: options } : known('blur', options, ['sigma', 'precision', 'minAmplitude']);
    return within('blur(sigma)', sigma, 0.3, 1000);
  },

  sharpen(before, options) {
    if (options === undefined) return { unsharp: MILD_SHARPEN };
    const { sigma, m1, m2, ...curves } = known('sharpen', options, ['sigma', 'm1', 'm2', ...Object.keys(CURVES)]);
    for (const [name, value] of Object.entries(curves)) {
      if (value !== undefined && value !== CURVES[name]) throw missing(`sharpen({ ${name}: ${value} })`);
    }
    const earlier = before?.sharpen ?? { flat: 1, jagged: 2 };
    return {
      sharpen: {
        sigma: within('sharpen({ sigma })', sigma, 1e-6, 10),
        flat: m1 === undefined ? earlier.flat : within('sharpen({ m1 })', m1, 0, 1000),
        jagged: m2 === undefined ? earlier.jagged : within('sharpen({ m2 })', m2, 0, 1000),
      },
    };
  },

  modulate(before, options) {
    const said = known('modulate', options, ['brightness', 'saturation', 'hue', 'lightness']);
    for (const name of ['brightness', 'saturation']) {
      if (name in said) within(`modulate({ ${name} })`, said[name], 0, Infinity);
    }
    if ('lightness' in said) within('modulate({ lightness })', said.lightness, -100, 100);
    if ('hue' in said && !Number.isInteger(said.hue))
      throw invalidArgument('modulate({ hue })', `is ${said.hue}; accepted are whole degrees`);
    return { brightness: 1, saturation: 1, hue: 0, lightness: 0, ...before, ...said };
  },

  gamma(_, encode = 2.2, decode = encode) {
    return { encode: within('gamma(gamma)', encode, 1, 3), decode: within('gamma(gamma, gammaOut)', decode, 1, 3) };
  },

  linear(_, a = undefined, b = undefined) {
    if (a === undefined && b === undefined) return undefined;
    const [multiply, add] = [one('a', a ?? 1), one('b', b ?? 0)];
    if (multiply < 0) throw missing(`linear(${multiply})`, 'is not built: a is 0 or more');
    return { multiply, add };
  },

  tint: (_, tint) => (tint === undefined ? undefined : colorOf(tint, 'tint')),

  negate(_, options = true) {
    if (typeof options === 'boolean') return options ? { alpha: true } : undefined;
    const { alpha = true } = known('negate', options, ['alpha']);
    return { alpha: flag('negate({ alpha })', alpha) };
  },

  greyscale: (_, greyscale = true) => greyscale !== false || undefined,
};

/** One number for all channels. */
function one(name, value) {
  const [first, ...rest] = Array.isArray(value) ? value : [value];
  if (![first, ...rest].every(Number.isFinite))
    throw invalidArgument(`linear(${name})`, `is ${JSON.stringify(value)}; accepted is a number`);
  if (rest.some((other) => other !== first)) throw missing(`linear(${name}) with a value for each channel`);
  return first;
}

const NEUTRAL = { brightness: 1, saturation: 1, hue: 0, lightness: 0 };

/** Options for all of these calls. */
export function adjustmentsOf(calls, source) {
  const { blur, sharpen, tint, negate, greyscale, gamma, resize, flatten } = calls;
  if (negate?.alpha && source.alpha && !flatten) throw transparency();
  return {
    blur,
    ...sharpen,
    ...valuesOf(calls),
    // Where sharp darkens before it resizes, light is linear.
    linear: (gamma?.encode > 1 && resize !== undefined) || undefined,
    tone: greyscale && 'grayscale',
    tint,
    negate: negate && true,
  };
}

const transparency = () => missing('negate() of transparency', 'is not built: call negate({ alpha: false })');

/** `modulate`, `gamma` and `linear`. */
function valuesOf({ modulate = NEUTRAL, gamma, linear = { multiply: 1, add: 0 }, greyscale }) {
  const { brightness, saturation, hue, lightness } = modulate;
  const curve = gamma ? gamma.decode / gamma.encode : 1;
  if (curve !== 1 && (brightness !== 1 || lightness !== 0))
    throw missing('modulate() of brightness or lightness together with gamma(gamma, gammaOut)');
  return {
    gamma: curve === 1 ? undefined : curve,
    brightness: unless(1, brightness * linear.multiply),
    lightness: unless(0, (lightness / 100) * linear.multiply + linear.add / 255),
    // Brightness is that of CIE L*, and leaves chroma as it is; here it multiplies both.
    saturation: greyscale || brightness === 0 ? undefined : unless(1, saturation / brightness),
    hue: greyscale ? undefined : unless(0, hue),
  };
}

const unless = (neutral, value) => (value === neutral ? undefined : value);

/**
 * The colour that sharp makes of one that it adds before it changes colours, and the resizer after.
 *
 * @param added the colour, or the name of what is made of the image itself
 */
export function recolored(added, { modulate = NEUTRAL, gamma, linear, tint, negate, greyscale }) {
  if (typeof added === 'string') return added;
  if (negate?.alpha && added.alpha !== 255) throw transparency();
  if (added.alpha === 0) return added;
  const { alpha, ...rgb } = added;
  const channels = Object.values(rgb);
  const isGray = channels.every((value) => value === channels[0]);
  const isBlack = isGray && channels[0] === 0;
  const { brightness, saturation, hue, lightness } = modulate;
  const changes = {
    'greyscale()': greyscale && !isGray,
    'modulate()':
      (brightness !== 1 && !isBlack) || lightness !== 0 || ((saturation !== 1 || hue !== 0) && !isGray),
    'gamma()': gamma && !isBlack && !(isGray && channels[0] === 255),
    'tint()': tint && !isBlack && !(isGray && channels[0] === 255),
  };
  const changing = Object.keys(changes).find((name) => changes[name]);
  if (changing) throw missing(`${changing} together with this background`);
  const change = (value) => {
    const made = linear ? Math.max(0, Math.min(255, Math.round(value * linear.multiply + linear.add))) : value;
    return negate ? 255 - made : made;
  };
  return { ...Object.fromEntries(Object.entries(rgb).map(([name, value]) => [name, change(value)])), alpha };
}
