/** What is laid over images: a square. */
export const LOGO = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAD0lEQVQImWNg6PiPQMRxAGvCGHEMvgKmAAAAAElFTkSuQmCC',
  ),
  (letter) => letter.charCodeAt(0),
);

/** Half of the samples have none of these. */
function adjustments(pick) {
  if (pick(true, false)) return {};
  const place = pick({ tile: { x: 40, y: 40 } }, { gravity: 'south-east', x: 16, y: 16 });
  const all = {
    blur: pick(undefined, undefined, 0.5, 3),
    sharpen: pick(undefined, undefined, undefined, 2, 0.5),
    brightness: pick(undefined, undefined, 1.2, 0.85),
    contrast: pick(undefined, undefined, 1.3, 0.55, 0),
    saturation: pick(undefined, undefined, 1.5, 0),
    tone: pick(undefined, undefined, undefined, 'grayscale', 'sepia'),
    overlay: pick(undefined, undefined, { image: LOGO, width: '20%', height: '20%', opacity: 0.6, place }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Options at random, the same ones in each run. */
export function* samples(count) {
  let seed = 7;
  const pick = (...list) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return list[(seed >>> 16) % list.length];
  };
  for (let index = 0; index < count; index += 1) {
    const fit = pick('contain', 'cover', 'crop', 'fill', 'stretch', 'outside', 'pad', 'auto');
    const smart = fit === 'pad' ? [] : ['attention', 'entropy'];
    yield {
      width: pick(undefined, 300, 300),
      height: pick(undefined, 200, 200),
      fit,
      enlarge: pick(false, true),
      position: pick('center', 'center', 'north', 'south', 'east', 'west', 'north-east', 'south-west', ...smart),
      rotate: pick(0, 0, 90, 180, 270),
      flipHorizontal: pick(false, false, true),
      flipVertical: pick(false, false, true),
      background: pick(undefined, undefined, '#ff8800'),
      ...adjustments(pick),
      format: pick('webp', 'jpeg', 'png'),
      quality: pick(undefined, 70),
    };
  }
}
