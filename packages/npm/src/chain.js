// The common part of sharp's interface: the same calls with the same defaults, and the same sizes. Calls are collected
// here; `order.js` makes options of them.
import { ADJUSTMENTS } from './adjust.js';
import { checkInside, layersOf, overlayOf } from './composite.js';
import { invalidArgument, missing } from './error.js';
import { framesOf, optionsOf } from './order.js';
import { platform } from './platform.js';
import { inspect, resize } from './resize.js';
import { saved } from './formats.js';
import { FORMATS } from './settings.js';
import { known, METHODS, part, REFUSED } from './sharp.js';
import { wholeOf } from './source.js';

/** What is read from memory has no limit of its own. */
const ANY_SIZE = { maxSourceBytes: 2 ** 31 };

/** Begins a chain, as `sharp(input, options)` does. */
export const chain = (input, options) => new Chain(input, options);

class Chain {
  #input;
  /** What has been called, by name; the last call of a name counts. */
  #calls;

  constructor(input, options = {}) {
    this.#input = input;
    this.#calls = {
      input: known('tintype', options, [
        'autoOrient',
        'failOn',
        'limitInputPixels',
        'sequentialRead',
        'page',
        'pages',
        'animated',
      ]),
      options: {},
    };
    if (options.autoOrient) this.autoOrient();
  }

  clone() {
    const copy = new Chain(this.#input);
    copy.#calls = { ...this.#calls };
    return copy;
  }

  #with(name, value) {
    this.#calls = { ...this.#calls, [name]: value };
    return this;
  }

  autoOrient() {
    if (this.#calls.before) throw missing('extract() before autoOrient()', 'is not built: call autoOrient() first');
    return this.#with('autoOrient', true);
  }

  rotate(angle, options = {}) {
    if (angle === undefined) return this.autoOrient();
    if (!Number.isFinite(angle)) throw invalidArgument('rotate(angle)', `is ${angle}; accepted are degrees`);
    const { background } = known('rotate', options, ['background']);
    return this.#with('rotate', { angle, background });
  }

  /** sharp rotates after resizing, unless something that depends on it is called after `rotate`. */
  #rotateFirst() {
    return (this.#calls.rotate?.angle ?? 0) % 360 === 0 ? this : this.#with('rotateFirst', true);
  }

  flip(flip = true) {
    return this.#with('flip', flip);
  }

  flop(flop = true) {
    return this.#with('flop', flop);
  }

  resize(width, height, options) {
    const sized =
      typeof width === 'object' && width !== null ? { ...width } : { ...options, ...defined({ width, height }) };
    const names = [
      'width',
      'height',
      'fit',
      'position',
      'background',
      'kernel',
      'withoutEnlargement',
      'withoutReduction',
      'fastShrinkOnLoad',
    ];
    return this.#rotateFirst().#with('resize', known('resize', sized, names));
  }

  extract(region) {
    const late = this.#calls.resize || this.#calls.before;
    return (this.#calls.resize ? this : this.#rotateFirst()).#with(late ? 'after' : 'before', part(region));
  }

  extend(extend) {
    const sides = Number.isInteger(extend) ? { top: extend, right: extend, bottom: extend, left: extend } : extend;
    return this.#with('extend', known('extend', sides, ['top', 'right', 'bottom', 'left', 'background', 'extendWith']));
  }

  trim(options = {}) {
    return this.#rotateFirst().#with('trim', known('trim', options, ['background', 'threshold']));
  }

  flatten(options = {}) {
    if (options === false) return this.#with('flatten', undefined);
    return this.#with('flatten', known('flatten', options === true ? {} : options, ['background']));
  }

  composite(images) {
    return this.#with('composite', layersOf(images));
  }

  grayscale(grayscale) {
    return this.greyscale(grayscale);
  }

  jpeg(options) {
    return this.toFormat('jpeg', options);
  }

  png(options) {
    return this.toFormat('png', options);
  }

  webp(options) {
    return this.toFormat('webp', options);
  }

  gif(options) {
    return this.toFormat('gif', options);
  }

  toFormat(format, options = {}) {
    const id = typeof format === 'object' ? format?.id : format;
    const name = id === 'jpg' ? 'jpeg' : id;
    if (!FORMATS.includes(name)) throw missing(`toFormat('${id}')`);
    return this.#with('format', saved(name, options));
  }

  static {
    for (const [name, optionsOf] of Object.entries(METHODS)) {
      Chain.prototype[name] = function (...args) {
        return this.#with('options', { ...this.#calls.options, ...optionsOf(...args) });
      };
    }
    for (const [name, valueOf] of Object.entries(ADJUSTMENTS)) {
      Chain.prototype[name] = function (...args) {
        return this.#with(name, valueOf(this.#calls[name], ...args));
      };
    }
    for (const name of REFUSED) {
      Chain.prototype[name] = () => {
        throw missing(`${name}()`);
      };
    }
  }

  async metadata() {
    const bytes = await bytesOf(this.#input);
    const { format, width, height, orientation, color, bitDepth, alpha, frames, animation, iccProfile } =
      await inspect(bytes, ANY_SIZE);
    const turned = orientation > 4;
    const film = joined(height, framesOf(this.#calls.input, frames));
    return defined({
      format,
      size: bytes.length,
      width,
      ...film,
      space: { gray: 'b-w', cmyk: 'cmyk' }[color] ?? 'srgb',
      channels: { gray: 1, cmyk: 4 }[color] ?? 3 + Number(alpha),
      depth: bitDepth === 16 ? 'ushort' : 'uchar',
      isPalette: color === 'palette' || undefined,
      pages: frames > 1 ? frames : undefined,
      loop: animation?.loops,
      hasProfile: iccProfile !== undefined,
      hasAlpha: alpha,
      orientation: orientation === 1 ? undefined : orientation,
      autoOrient: turned ? { width: film.height, height: width } : { width, height: film.height },
    });
  }

  async toBuffer({ resolveWithObject = false } = {}) {
    const { image, info } = await this.#make();
    const data = globalThis.Buffer?.from(image.buffer, image.byteOffset, image.byteLength) ?? image;
    return resolveWithObject ? { data, info } : data;
  }

  async toUint8Array() {
    const { image: data, info } = await this.#make();
    return { data, info };
  }

  async toFile(path) {
    if (!platform.writeFile) throw missing('toFile()', 'needs a platform with files');
    const named = { jpg: 'jpeg', jpeg: 'jpeg', png: 'png', webp: 'webp', gif: 'gif' }[
      /\.(\w+)$/.exec(String(path))?.[1].toLowerCase()
    ];
    const { image, info } = await this.#make(named);
    await platform.writeFile(path, image);
    return info;
  }

  async #make(format) {
    const bytes = await bytesOf(this.#input);
    const source = await inspect(bytes, ANY_SIZE);
    const options = optionsOf(this.#calls, source, format);
    const layers = await Promise.all((this.#calls.composite ?? []).map(readLayer));
    const rendition = await resize(bytes, { ...options, overlay: layers.map(({ overlay }) => overlay) });
    for (const { overlay, size } of layers) checkInside(overlay.place, size, rendition);
    const { color, alpha, frames } = await inspect(rendition.image);
    return {
      image: rendition.image,
      info: {
        format: rendition.format,
        width: rendition.width,
        ...joined(rendition.height, frames),
        channels: (color === 'gray' ? 1 : 3) + Number(alpha),
        ...(frames > 1 && { pages: frames }),
        size: rendition.image.length,
      },
    };
  }

}

/** An image to lay over another, and its size. */
async function readLayer(layer) {
  const image = await bytesOf(layer.input);
  const facts = await inspect(image, ANY_SIZE);
  return { overlay: overlayOf(layer, image, facts), size: facts };
}

/** The bytes of an image, or of a file that a path names. */
async function bytesOf(input) {
  const isPath = typeof input === 'string' || input instanceof URL;
  if (isPath && !platform.readFile) throw missing('a path as input', 'needs a platform with files');
  return isPath ? platform.readFile(input) : wholeOf(input);
}

/** sharp's height of an animation: that of all frames, one below the other. */
const joined = (height, frames) => (frames > 1 ? { height: height * frames, pageHeight: height } : { height });

const defined = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
