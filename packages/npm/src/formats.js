// sharp's options of formats, and what there is of them here.
import { invalidArgument, missing } from './error.js';
import { known } from './sharp.js';

/** Something that changes nothing but the size of the file, or the time that it takes. */
const ignored = () => ({});

/** An option with one value that is built. */
const only =
  (built) =>
  (value, { refuse }) =>
    value === built ? {} : refuse();

const flag =
  (options) =>
  (value, { reject }) => {
    if (typeof value !== 'boolean') reject('true or false');
    return value ? options : {};
  };

const oneOf =
  (name, values) =>
  (value, { reject }) =>
    Object.hasOwn(values, value) ? { [name]: values[value] } : reject(Object.keys(values).join(' or '));

/** A number that stands for work: the least that is fast, that is the default, and that is the best. */
const work =
  (fast, normal, best, most) =>
  (value, { reject }) => {
    if (!Number.isInteger(value) || value < fast || value > most) reject(`${fast} to ${most}`);
    return { effort: value >= best ? 'best' : value >= normal ? 'default' : 'fast' };
  };

const ALL_COLORS = 256;

/** What is one of a palette makes a PNG have one, even if `palette` is false. */
const ofPalette = (read) => (value, context) => {
  const { colours = ALL_COLORS, colors = colours } = context.options;
  return { colors, ...read(value, context) };
};

const palette = (on, context) => {
  if (typeof on !== 'boolean') context.reject('true or false');
  return on ? ofPalette(ignored)(on, context) : {};
};

const colors = (value, { reject }) => {
  if (!Number.isInteger(value) || value < 2 || value > ALL_COLORS) reject('2 to 256');
  return { colors: value };
};

/** sharp's quality of lossy encoding is the degree of `nearLossless`, where that is on. */
const nearLossless = (on, { options, reject }) => {
  if (typeof on !== 'boolean') reject('true or false');
  return on ? { lossless: true, nearLossless: options.quality ?? 80, quality: undefined } : {};
};

/** Milliseconds for all frames, or for each of them, which is built if they are equal. */
const delay = (value, { refuse, reject }) => {
  const [first, ...rest] = Array.isArray(value) ? value : [value];
  if (![first, ...rest].every(isShort)) reject('0 to 65535');
  return rest.every((other) => other === first) ? { delay: first } : refuse();
};
const isShort = (value) => Number.isInteger(value) && value >= 0 && value <= 65535;

const loop = (value, { reject }) => (isShort(value) ? { loop: value } : reject('0 to 65535'));

/**
 * For each format, sharp's options in the order in which they take effect: a function of the value makes options of
 * ours. An option that is built later is a row here, and in `index.d.ts`.
 */
const ROWS = {
  jpeg: {
    quality: (quality) => ({ quality }),
    progressive: flag({ progressive: true }),
    chromaSubsampling: oneOf('subsampling', { '4:2:0': 'half', '4:4:4': 'full' }),
    mozjpeg: flag({ progressive: true, effort: 'best' }),
    optimiseScans: flag({ progressive: true }),
    optimizeScans: flag({ progressive: true }),
    optimiseCoding: ignored,
    optimizeCoding: ignored,
    trellisQuantisation: ignored,
    trellisQuantization: ignored,
    overshootDeringing: ignored,
    quantisationTable: ignored,
    quantizationTable: ignored,
    force: only(true),
  },
  png: {
    progressive: only(false),
    compressionLevel: work(0, 3, 9, 9),
    adaptiveFiltering: ignored,
    palette,
    // How many colours are enough for a quality is not looked for.
    quality: ofPalette(ignored),
    effort: ofPalette(work(1, 3, 10, 10)),
    dither: ofPalette(only(1)),
    colours: ofPalette(colors),
    colors: ofPalette(colors),
    force: only(true),
  },
  webp: {
    quality: (quality) => ({ quality }),
    lossless: flag({ lossless: true }),
    nearLossless,
    alphaQuality: only(100),
    smartSubsample: flag({ sharpChroma: true }),
    effort: work(0, 3, 5, 6),
    loop,
    delay,
    smartDeblock: ignored,
    preset: ignored,
    minSize: ignored,
    mixed: ignored,
    exact: ignored,
    force: only(true),
  },
  gif: {
    colours: colors,
    colors,
    dither: only(1),
    effort: work(1, 3, 10, 10),
    progressive: only(false),
    loop,
    delay,
    reuse: ignored,
    interFrameMaxError: ignored,
    interPaletteMaxError: ignored,
    keepDuplicateFrames: ignored,
    force: only(true),
  },
};

/** sharp's own defaults, where ours are others. */
const DEFAULTS = { jpeg: { quality: 80, progressive: false, subsampling: 'half' }, webp: { quality: 80 } };

/** What a format's options say. */
export function saved(format, options) {
  known(format, options, Object.keys(ROWS[format]));
  const made = { ...DEFAULTS[format] };
  for (const [name, read] of Object.entries(ROWS[format])) {
    const value = options[name];
    if (value === undefined) continue;
    Object.assign(
      made,
      read(value, {
        options,
        refuse: () => {
          throw missing(`${format}({ ${name}: ${value} })`);
        },
        reject: (accepted) => {
          throw invalidArgument(`${format}({ ${name} })`, `is ${JSON.stringify(value)}; accepted is ${accepted}`);
        },
      }),
    );
  }
  return { format, ...made };
}
