// The call of what is on the screen in each language.
import { urls } from './urls.js';

const SOURCE = 'https://images.example.com/photo.jpg';

/** What it is called, and how it is written for some options. A text, or what cannot be said and why. */
export const LANGUAGES = {
  JavaScript: javascript,
  'like sharp': sharp,
  Python: python,
  Rust: rust,
  curl,
  'tintype URL': url('query'),
  imgproxy: url('imgproxy'),
  Cloudflare: url('cloudflare'),
  wsrv: url('wsrv'),
  'Next.js': url('nextjs'),
  IPX: url('ipx'),
};

function javascript(options) {
  return `import { resize } from 'tintype';\n\nconst { image } = await resize(photo, ${object(options)});`;
}

const object = (options) => {
  const fields = Object.entries(options).map(([name, value]) => `${name}: ${written(value)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
};

/** A value of an option. The bytes of an image are a variable. */
function written(value) {
  if (typeof value === 'string') return `'${value}'`;
  if (value instanceof Uint8Array) return 'logo';
  return typeof value === 'object' ? object(value) : value;
}

const SHARP_FITS = {
  contain: 'inside',
  cover: 'cover',
  crop: 'cover',
  pad: 'contain',
  outside: 'outside',
  fill: 'fill',
};

function sharp({
  width,
  height,
  fit = 'contain',
  position,
  enlarge = false,
  rotate,
  flipHorizontal,
  flipVertical,
  background,
  blur,
  sharpen,
  brightness,
  contrast,
  saturation,
  tone,
  overlay,
  format = 'webp',
  quality,
}) {
  if (contrast !== undefined) return { cannotSay: 'contrast' };
  if (tone === 'sepia') return { cannotSay: 'sepia' };
  if (overlay !== undefined) return { cannotSay: 'a watermark with a size or an opacity' };
  // sharp changes what it adds, too.
  const changes = [brightness, saturation, tone, fit === 'pad' ? blur : undefined];
  if ((background !== undefined || fit === 'pad') && changes.some((value) => value !== undefined))
    return { cannotSay: 'a background that adjustments leave as it is' };
  const box = width !== undefined && height !== undefined;
  if (box && (!Object.hasOwn(SHARP_FITS, fit) || (fit === 'cover' && !enlarge)))
    return { cannotSay: `fit: '${fit}'${fit === 'cover' ? ' that does not enlarge' : ''}` };
  const turned = rotate === 90 || rotate === 270;
  const target = {
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(box && { fit: SHARP_FITS[fit] }),
    ...(box && position !== undefined && { position: position.replace('-', '') }),
    ...(box && fit === 'pad' && { background: background ?? (format === 'jpeg' ? 'white' : 'transparent') }),
    ...(!enlarge && { withoutEnlargement: true }),
  };
  const calls = [
    'rotate()',
    rotate && `rotate(${rotate})`,
    // sharp mirrors before it rotates.
    (turned ? flipHorizontal : flipVertical) && 'flip()',
    (turned ? flipVertical : flipHorizontal) && 'flop()',
    (width ?? height) !== undefined && `resize(${object(target)})`,
    background && fit !== 'pad' && `flatten({ background: '${background}' })`,
    blur && `blur(${blur})`,
    sharpen && `sharpen({ sigma: ${sharpen} })`,
    brightness !== undefined && `linear(${brightness})`,
    saturation !== undefined && `modulate({ saturation: ${saturation} })`,
    tone && 'greyscale()',
    `${format}(${quality === undefined || format === 'png' ? '' : `{ quality: ${quality} }`})`,
    'toBuffer()',
  ].filter(Boolean);
  return `import tintype from 'tintype';\n\nconst image = await tintype(photo)\n${calls.map((call) => `  .${call}`).join('\n')};`;
}

const SMART = ['attention', 'entropy'];
const ROTATIONS = { 90: 'quarter', 180: 'half', 270: 'three-quarters' };
const channels = (color) =>
  color
    .slice(1)
    .match(/../g)
    .map((pair) => Number.parseInt(pair, 16));
const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const pascal = (name) => name.replace(/(^|-)([a-z])/g, (_, dash, letter) => letter.toUpperCase());

function python(options) {
  const fields = Object.entries(options).map(([name, value]) => {
    return `, ${kebab(name).replace('-', '_')}=${inPython(value)}`;
  });
  return `from tintype import resize\n\nrendition = resize(photo${fields.join('')})`;
}

function inPython(value) {
  if (value === true) return 'True';
  if (typeof value === 'string') return `"${value}"`;
  if (value instanceof Uint8Array) return 'logo';
  if (typeof value !== 'object') return value;
  return `{${Object.entries(value)
    .map(([name, value]) => `"${name}": ${inPython(value)}`)
    .join(', ')}}`;
}

const float = (value) => (Number.isInteger(value) ? `${value}.0` : `${value}`);

function overlayInRust({ opacity, width, height, place }) {
  const { x, y } = place.tile ?? place;
  const at = `Position::Offset(GravityOffset { gravity: Gravity::SouthEast, x: Offset::Pixels(${x}), y: Offset::Pixels(${y}) })`;
  const placed = place.tile ? `Place::Tiled(Gaps { x: ${x}, y: ${y} })` : `Place::At(${at})`;
  const share = (text) => `Some(Length::Share(${float(Number(text.replace('%', '')) / 100)}))`;
  return `Overlay { image: logo, opacity: ${float(opacity)}, place: ${placed}, width: ${share(width)}, height: ${share(height)}, blend: Blend::Over }`;
}

function rust(options) {
  const values = {
    format: (value) => `Format::${pascal(value)}`,
    fit: (value) => `Fit::${pascal(value)}`,
    position: (value) =>
      SMART.includes(value)
        ? `Position::Smart(Smart::${pascal(value)})`
        : `Position::Gravity(Gravity::${pascal(value)})`,
    rotate: (value) => `Rotation::${pascal(ROTATIONS[value])}`,
    blur: float,
    sharpen: (value) => `Sharpen { sigma: ${float(value)}, flat: 1.0, jagged: 2.0 }`,
    brightness: float,
    contrast: float,
    saturation: float,
    tone: (value) => `Tone::${pascal(value)}`,
    overlay: overlayInRust,
    background: (value) => {
      const [red, green, blue] = channels(value);
      return `Color { red: ${red}, green: ${green}, blue: ${blue}, alpha: None }`;
    },
  };
  const settings = Object.entries(options).map(
    ([name, value]) => `    Setting::${pascal(kebab(name))}(${values[name]?.(value) ?? value}),\n`,
  );
  return `let rendition = resize(&photo, &[\n${settings.join('')}])?;`;
}

function curl(options) {
  const query = urls(SOURCE, options).query.url.split('&').slice(1).join('&');
  return `curl --data-binary @photo.jpg "http://127.0.0.1:3000/?${query}" -o photo.${options.format === 'jpeg' ? 'jpg' : (options.format ?? 'webp')}`;
}

function url(grammar) {
  return (options) => {
    const { url, cannotSay } = urls(SOURCE, options)[grammar];
    return url ?? { cannotSay };
  };
}
