// A chain of sharp's calls as options. sharp works in an order of its own, whatever the order of its calls; so does the
// resizer. Where the two differ, the options are turned so that the image is the same, or the call is refused.
import { adjustmentsOf, recolored } from './adjust.js';
import { checkOrder } from './composite.js';
import { invalidArgument, missing } from './error.js';
import { saved } from './formats.js';
import { FORMATS } from './settings.js';
import { colorOf, fillOf, fitOf, isOpaque, kernelOf, positionOf } from './sharp.js';

/**
 * @param calls what has been called, by name
 * @param source what `inspect` says of the source
 * @param named the format that a file's name asks for
 */
export function optionsOf(calls, source, named) {
  const turn = turnOf(calls);
  const options = {
    ...inputOf(calls.input),
    ...trimOf(calls),
    ...cropOf(calls, turn, source),
    ...turn.options,
    ...targetOf(calls),
    ...afterOf(calls, turn),
    ...adjustmentsOf(calls, source),
    ...tiltOf(turn, calls),
    ...formatOf(calls, source, named),
    ...calls.options,
  };
  checkMetadata(options, source);
  checkFrames(options, source);
  checkComposite(calls, options, source);
  return { ...options, ...surroundingsOf(calls), ...backgroundOf(calls, options.format) };
}

function inputOf({ failOn = 'warning', limitInputPixels = true, page, ...input }) {
  const limit = limitInputPixels === true ? 0x3fff ** 2 : Number(limitInputPixels) || Number.MAX_SAFE_INTEGER;
  const frames = pagesOf(input);
  return {
    allowDamaged: failOn === 'none',
    page,
    frames: frames === -1 ? 0 : frames,
    maxSourcePixels: limit,
    maxSourceBytes: 2 ** 31,
  };
}

/** The number of pages that are asked for; -1 is all of them. */
function pagesOf({ animated = false, pages = animated ? -1 : 1 }) {
  if (!Number.isInteger(pages) || pages < -1) throw invalidArgument('pages', `is ${pages}; accepted is -1 or more`);
  return pages;
}

/** The number of frames that are taken of a source that has this many. */
export function framesOf(input, frames) {
  const pages = pagesOf(input);
  return Math.min(pages === -1 ? Infinity : pages, frames - (input.page ?? 0));
}

const ANIMATED = ['webp', 'gif'];

/** sharp writes frames into a still one below the other. */
function checkFrames({ frames, format }, source) {
  if (frames !== 1 && source.frames > 1 && !ANIMATED.includes(format))
    throw missing(`several pages as ${format}`, 'are not built: choose webp or gif, or a page');
}

/** sharp composites frames as one image, one below the other. */
function checkComposite({ composite, ...calls }, { frames }, source) {
  if (!composite) return;
  checkOrder(calls);
  if (frames !== 1 && source.frames > 1) throw missing('composite() of several pages');
}

/** sharp mirrors and then rotates; the resizer rotates and then mirrors. */
function turnOf({ autoOrient = false, rotate, rotateFirst = false, flip = false, flop = false, resize }) {
  const angle = rotate?.angle ?? 0;
  const degrees = ((angle % 360) + 360) % 360;
  const quarters = degrees % 90 === 0 ? degrees / 90 : 0;
  const sideways = quarters % 2 === 1;
  if (resize && sideways && !rotateFirst)
    throw missing(`rotate(${angle}) after resize()`, 'is not built: call rotate() first');
  const tilt = degrees % 90 === 0 ? undefined : { degrees: angle, background: colorOf(rotate.background) };
  if (tilt && rotateFirst)
    throw missing(`rotate(${angle}) before other steps`, 'is built for quarter turns only: call it last');
  return {
    quarters,
    flip,
    flop,
    tilt,
    isFirst: rotateFirst,
    options: {
      autoOrient,
      rotate: quarters * 90,
      flipHorizontal: sideways ? flip : flop,
      flipVertical: sideways ? flop : flip,
    },
  };
}

function trimOf({ trim }) {
  if (!trim) return {};
  const { threshold = 10, background } = trim;
  return { trim: { threshold, color: background === undefined ? undefined : colorOf(background) } };
}

/** Corners clockwise, as a quarter turn moves them. */
const CORNERS = ['north-west', 'north-east', 'south-east', 'south-west'];

/** `extract` before `resize`: of the turned image, where `rotate` comes first, and turned back here. */
function cropOf({ before, trim, autoOrient }, { quarters, flip, flop, isFirst }, source) {
  if (!before) return {};
  const { left, top, width, height } = before;
  const isTurned = (autoOrient && source.orientation > 4) !== (isFirst && quarters % 2 === 1);
  const [right, bottom] = isTurned ? [source.height, source.width] : [source.width, source.height];
  if (!trim && (width === 0 || height === 0 || left + width > right || top + height > bottom)) {
    throw invalidArgument(
      'extract()',
      `names a part of ${width} × ${height} at ${left}, ${top}, which is not inside of the image's ${right} × ${bottom}`,
    );
  }
  const sideways = quarters % 2 === 1;
  if (!isFirst) return { crop: before };
  let corner = CORNERS[(4 - quarters) % 4];
  if (flip) corner = corner.startsWith('north') ? corner.replace('north', 'south') : corner.replace('south', 'north');
  if (flop) corner = corner.endsWith('west') ? corner.replace('west', 'east') : corner.replace('east', 'west');
  const [x, y] = sideways ? [top, left] : [left, top];
  return {
    crop: {
      width: sideways ? height : width,
      height: sideways ? width : height,
      position: { gravity: corner, x, y },
    },
  };
}

function targetOf({ resize }) {
  if (!resize) return {};
  const { width, height, withoutEnlargement = false, withoutReduction = false, position, kernel } = resize;
  if (withoutReduction) throw missing('resize({ withoutReduction })');
  const both = width !== undefined && height !== undefined;
  const fit = fitOf(resize.fit);
  return {
    width: width ?? undefined,
    height: height ?? undefined,
    // Where nothing is enlarged, sharp's `cover` keeps all of a side that is too short.
    fit: fit === 'cover' && withoutEnlargement ? 'crop' : fit,
    enlarge: !withoutEnlargement,
    position: both && (fit === 'cover' || fit === 'pad') ? positionOf(position) : undefined,
    filter: kernelOf(kernel),
  };
}

function afterOf({ after, resize }, { tilt }) {
  if (!after) return {};
  if (tilt) throw missing('extract() of an image that is rotated by any angle');
  if (resize?.fit === 'contain') throw missing("extract() after resize() with fit 'contain'");
  return { cropResized: after };
}

function tiltOf({ tilt }, calls) {
  if (!tilt) return {};
  if (calls.flatten && !isOpaque(tilt.background)) throw missing('flatten() together with transparent corners');
  checkBlur(calls, tilt.background);
  return { tilt: { ...tilt, background: recolored(tilt.background, calls) } };
}

/** sharp blurs what it has added, too. */
function checkBlur({ blur }, added) {
  if (blur !== undefined && typeof added !== 'string') throw missing('blur() together with surroundings');
}

/** sharp has a background for `contain` and one for `extend`; the resizer has one for both. */
function surroundingsOf(calls) {
  const { resize, extend } = calls;
  const pad = resize?.fit === 'contain' ? colorOf(resize.background) : undefined;
  if (!extend) return pad === undefined ? {} : checked({ fill: pad }, calls);
  const { top = 0, right = 0, bottom = 0, left = 0, background, extendWith } = extend;
  const fill = fillOf(extendWith) ?? colorOf(background);
  if (pad !== undefined && JSON.stringify(pad) !== JSON.stringify(fill)) {
    throw missing("extend() after fit 'contain' with another background");
  }
  return checked({ padding: { top, right, bottom, left }, fill }, calls);
}

/** sharp flattens before it adds surroundings, and changes colours after both. */
function checked({ fill, ...surroundings }, calls) {
  if (calls.flatten && !isOpaque(fill)) throw missing('flatten() together with a transparent background');
  checkBlur(calls, fill);
  return { ...surroundings, fill: recolored(fill, calls) };
}

/** Where a format has no transparency, sharp lays the image over black. */
function backgroundOf({ flatten, ...calls }, format) {
  if (flatten) return { background: recolored(colorOf(flatten.background), calls) };
  return format === 'jpeg' ? { background: 'black' } : {};
}

function formatOf({ format }, source, named) {
  if (format) return format;
  const own = named ?? source.format;
  if (!FORMATS.includes(own))
    throw missing(`writing ${own}`, `is not built: choose ${FORMATS.join(', ')} with toFormat()`);
  return saved(own, {});
}

function checkMetadata({ metadata, autoOrient }, { orientation }) {
  if (metadata === 'keep' && orientation !== 1 && !autoOrient) {
    throw missing('keeping the orientation in the metadata', 'is not built: call rotate() to turn the image upright');
  }
}
