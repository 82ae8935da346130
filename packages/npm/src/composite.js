// sharp's `composite` as overlays.
import { invalidArgument, missing } from './error.js';
import { gravityOf, known } from './sharp.js';

const BLENDS = ['over', 'multiply', 'screen', 'overlay', 'soft-light', 'difference'];

/** What can be said of the images before they are read. */
export function layersOf(images) {
  if (!Array.isArray(images)) throw invalidArgument('composite()', 'accepts a list of objects, each with an input');
  return images.map((image) => {
    const { input, blend = 'over', gravity, left, top, tile = false } = known('composite', image, [
      'input',
      'blend',
      'gravity',
      'left',
      'top',
      'tile',
    ]);
    if (input === undefined || input === null) throw invalidArgument('composite({ input })', 'is missing');
    if (Object.getPrototypeOf(input) === Object.prototype) {
      throw missing(`composite({ input: { ${Object.keys(input).join(', ')} } })`, 'is not built: give encoded images');
    }
    if (!BLENDS.includes(blend))
      throw missing(`composite({ blend: ${JSON.stringify(blend)} })`, `is not built; accepted are ${BLENDS.join(', ')}`);
    return { input, blend, place: placeOf({ gravity, left, top, tile }) };
  });
}

function placeOf({ gravity = 'centre', left, top, tile }) {
  if (typeof tile !== 'boolean') throw invalidArgument('composite({ tile })', `is ${tile}; accepted is true or false`);
  if ((left === undefined) !== (top === undefined))
    throw invalidArgument('composite()', 'accepts left and top together, or neither');
  const found = gravityOf(gravity, 'composite({ gravity })');
  if (tile) {
    if (left !== undefined || found !== 'center') throw missing('composite({ tile }) that does not begin in the middle');
    return { tile: {} };
  }
  if (left === undefined) return found;
  for (const [name, value] of Object.entries({ left, top })) {
    if (!Number.isInteger(value))
      throw invalidArgument(`composite({ ${name} })`, `is ${value}; accepted is a whole number`);
    if (value < 0) throw missing(`composite({ ${name}: ${value} })`, 'is not built: images lie inside');
  }
  return { left, top };
}

/** What sharp changes after `composite`, and the resizer before. */
const AFTER = ['gamma', 'linear', 'tint', 'negate'];

export function checkOrder(calls) {
  const late = AFTER.find((name) => calls[name]);
  if (late) throw missing(`composite() together with ${late}()`);
}

/** An image as the resizer takes it: it turns all of them upright. */
export function overlayOf({ blend, place }, image, { orientation }) {
  if (orientation !== 1) throw missing('composite() of an image that its EXIF says to turn');
  return { image, blend, place };
}

/** Images must lie inside: those of sharp may overflow at left and top, and none may be larger. */
export function checkInside(place, size, image) {
  if (size.width > image.width || size.height > image.height) {
    const sizes = `${size.width} × ${size.height}, and the image ${image.width} × ${image.height}`;
    throw invalidArgument('composite({ input })', `is ${sizes}; accepted are images that are no larger`);
  }
  if (place.left + size.width > image.width || place.top + size.height > image.height)
    throw missing('composite() of an image that is cut off', 'is not built: images lie inside');
}
