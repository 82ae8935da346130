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
      format: pick('webp', 'jpeg', 'png'),
      quality: pick(undefined, 70),
    };
  }
}
