// The URLs of what is on the screen, in the grammars of the service: those that `/explain` answers, which a test compares.

/** The part of a URL after its first slash, by grammar; where a grammar cannot say it, the option that is in the way. */
export function urls(source, given) {
  const options = normal(given);
  return Object.fromEntries(
    Object.entries(GRAMMARS).map(([name, write]) => {
      try {
        return [name, { url: write(source, options) }];
      } catch (error) {
        if (!(error instanceof CannotSay)) throw error;
        return [name, { cannotSay: error.message }];
      }
    }),
  );
}

class CannotSay extends Error {}

function cannot(name) {
  throw new CannotSay(name);
}

/** Without what changes nothing: a fit and a position need a box. */
function normal({
  width,
  height,
  fit = 'contain',
  enlarge = false,
  position = 'center',
  rotate = 0,
  flipHorizontal = false,
  flipVertical = false,
  background,
  blur = 0,
  sharpen = 0,
  brightness = 1,
  contrast = 1,
  saturation = 1,
  tone,
  overlay,
  format = 'webp',
  quality,
}) {
  const box = width !== undefined && height !== undefined;
  const distorts = fit === 'fill' || fit === 'stretch';
  const crops = ['cover', 'crop', 'pad', 'auto'].includes(fit);
  return {
    width,
    height,
    fit: box || (distorts && (width ?? height) !== undefined) ? fit : 'contain',
    enlarge,
    position: box && crops ? position : 'center',
    rotate,
    flip: `${flipHorizontal ? 'h' : ''}${flipVertical ? 'v' : ''}`,
    background: background?.replace('#', ''),
    // Undefined is what changes nothing.
    blur: blur || undefined,
    sharpen: sharpen || undefined,
    brightness: brightness === 1 ? undefined : brightness,
    contrast: contrast === 1 ? undefined : contrast,
    saturation: saturation === 1 ? undefined : saturation,
    tone,
    watermark: overlay && watermarkOf(overlay),
    format,
    quality: format === 'png' ? undefined : quality,
  };
}

/** Where the image is that overlays lay over others, whatever image that is on the screen. */
const LOGO = 'https://images.example.com/logo.png';

/** An overlay in tiles, or at a distance from the lower right corner, as the page has it. */
function watermarkOf({ opacity, width, place }) {
  const { x, y } = place.tile ?? place;
  return { opacity, size: Number(width.replace('%', '')), isTiled: 'tile' in place, x, y };
}

const GRAMMARS = { query, imgproxy, cloudflare, wsrv, nextjs, ipx };

/** Name and value of each option that is given. */
const given = (pairs) => pairs.filter(([, value]) => value !== undefined && value !== '' && value !== false);
const inQuery = (pairs) =>
  given(pairs)
    .map(([name, value]) => (value === true ? name : `${name}=${value}`))
    .join('&');
const encoded = (source) => encodeURIComponent(source).replace('%3A', ':');

/** The value for a choice, or the end of it. */
function choose(table, value, name) {
  return Object.hasOwn(table, value) ? table[value] : cannot(name);
}

function query(source, { width, height, fit, enlarge, position, rotate, flip, background, watermark, format, ...rest }) {
  return `/?${inQuery([
    ['url', encoded(source)],
    ['width', width],
    ['height', height],
    ['fit', fit !== 'contain' && fit],
    ['enlarge', enlarge && 'true'],
    ['gravity', position !== 'center' && position],
    ['rotate', rotate !== 0 && rotate],
    ['flip', flip],
    ['blur', rest.blur],
    ['sharpen', rest.sharpen],
    ['brightness', rest.brightness],
    ['contrast', rest.contrast],
    ['saturation', rest.saturation],
    ['tone', rest.tone],
    ['background', background],
    ...(watermark ? watermarkOfQuery(watermark) : []),
    ['format', format !== 'webp' && format],
    ['quality', rest.quality],
  ])}`;
}

const watermarkOfQuery = ({ opacity, size, isTiled, x, y }) => [
  ['watermark', encoded(LOGO)],
  ['watermark-opacity', opacity],
  ['watermark-place', `${isTiled ? 'tile' : 'south-east'},${x},${y}`],
  ['watermark-size', `${size}%25`],
];

/** The end of it, if any of these options is given. */
function refuse(options, ...names) {
  const given = names.find((name) => options[name] !== undefined);
  if (given) cannot(given === 'watermark' ? 'watermark' : `${given}=${options[given]}`);
}

const fitKey = (fit, enlarge) => `${fit}${enlarge ? '+' : ''}`;

const IMGPROXY_FITS = {
  contain: 'fit',
  'contain+': 'fit',
  cover: 'fill-down',
  'cover+': 'fill',
  crop: 'fill',
  'crop+': 'fill',
  'fill+': 'force',
  stretch: 'force',
  'stretch+': 'force',
  auto: 'auto',
  'auto+': 'auto',
};
const IMGPROXY_GRAVITIES = {
  center: undefined,
  north: 'no',
  south: 'so',
  east: 'ea',
  west: 'we',
  'north-east': 'noea',
  'north-west': 'nowe',
  'south-east': 'soea',
  'south-west': 'sowe',
  attention: 'sm',
};

function imgproxy(
  source,
  { width = 0, height = 0, fit, enlarge, position, rotate, flip, background, watermark, format, quality, ...rest },
) {
  refuse(rest, 'sharpen', 'brightness', 'tone');
  const type = choose(IMGPROXY_FITS, fitKey(fit, enlarge), `fit=${fit}`);
  if (type === 'force' && !(width && height)) cannot(width ? 'no height' : 'no width');
  const gravity = choose(IMGPROXY_GRAVITIES, position, `gravity=${position}`);
  const options = [
    (width > 0 || height > 0 || enlarge) && `rs:${type}:${width}:${height}:${Number(enlarge)}`,
    gravity && `g:${gravity}`,
    rotate !== 0 && `rot:${rotate}`,
    flip && `fl:${Number(flip.includes('h'))}:${Number(flip.includes('v'))}`,
    background && `bg:${background}`,
    rest.blur && `bl:${rest.blur}`,
    rest.contrast !== undefined && `co:${rest.contrast}`,
    rest.saturation !== undefined && `sa:${rest.saturation}`,
    watermark && watermarkOfImgproxy(watermark),
    'kcr:false',
    `fq:jpeg:${quality ?? 85}:webp:${quality ?? 80}`,
  ].filter(Boolean);
  return `/unsafe/${options.join('/')}/plain/${source}@${format === 'jpeg' ? 'jpg' : format}`;
}

function watermarkOfImgproxy({ opacity, size, isTiled, x, y }) {
  const logo = btoa(LOGO).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `wm:${opacity}:${isTiled ? 're' : 'soea'}:${x}:${y}:${size / 100}/wmu:${logo}`;
}

const CLOUDFLARE_FITS = {
  contain: undefined,
  'contain+': 'contain',
  cover: 'aspect-crop',
  'cover+': 'cover',
  crop: 'crop',
  'crop+': 'cover',
  'fill+': 'squeeze',
  'stretch+': 'squeeze',
  'pad+': 'pad',
};
const CLOUDFLARE_GRAVITIES = {
  center: undefined,
  north: 'top',
  south: 'bottom',
  east: 'right',
  west: 'left',
  attention: 'auto',
  entropy: 'entropy',
  'north-east': '1x0',
  'north-west': '0x0',
  'south-east': '1x1',
  'south-west': '0x1',
};

function cloudflare(
  source,
  { width, height, fit, enlarge, position, rotate, flip, background, format, quality, ...rest },
) {
  refuse(rest, 'sharpen', 'tone', 'watermark');
  // 0 is as if it were not there, but for saturation.
  for (const name of ['brightness', 'contrast']) if (rest[name] === 0) cannot(`${name}=0`);
  const turned = rotate % 180 !== 0;
  if (fit === 'pad' && background === undefined) cannot('no background');
  const options = given([
    ['width', width],
    ['height', height],
    ['fit', choose(CLOUDFLARE_FITS, fitKey(fit, enlarge), `fit=${fit}`)],
    ['gravity', choose(CLOUDFLARE_GRAVITIES, position, `gravity=${position}`)],
    ['background', background && `%23${background}`],
    // A radius is twice the standard deviation.
    ['blur', rest.blur && rest.blur * 2],
    ['brightness', rest.brightness],
    ['contrast', rest.contrast],
    ['saturation', rest.saturation],
    ['rotate', rotate !== 0 && rotate],
    // Cloudflare mirrors before it rotates.
    ['flip', turned ? mirrored(flip) : flip],
    ['quality', quality ?? (format === 'webp' && 80)],
    ['format', format],
    ['metadata', 'none'],
    // Cloudflare keeps an animation one, where the format has frames.
    ['anim', format === 'webp' && 'false'],
  ]);
  return `/cdn-cgi/image/${options.map((pair) => pair.join('=')).join(',')}/${source}`;
}

const mirrored = (flip) => ({ h: 'v', v: 'h' })[flip] ?? flip;

const WSRV_FITS = {
  contain: undefined,
  'contain+': undefined,
  'cover+': 'cover',
  crop: 'cover',
  'crop+': 'cover',
  fill: 'fill',
  'fill+': 'fill',
  'stretch+': 'fill',
  outside: 'outside',
  'outside+': 'outside',
  pad: 'contain',
  'pad+': 'contain',
};
const WSRV_ALIGNS = {
  center: undefined,
  north: 'top',
  south: 'bottom',
  east: 'right',
  west: 'left',
  'north-east': 'top-right',
  'north-west': 'top-left',
  'south-east': 'bottom-right',
  'south-west': 'bottom-left',
  attention: 'attention',
  entropy: 'entropy',
};

function wsrv(source, { width, height, fit, enlarge, position, rotate, flip, background, format, quality, ...rest }) {
  refuse(rest, 'watermark');
  const turned = rotate % 180 !== 0;
  return `/wsrv/?${inQuery([
    ['url', encoded(source)],
    ['w', turned ? height : width],
    ['h', turned ? width : height],
    ['fit', choose(WSRV_FITS, fitKey(fit, enlarge), `fit=${fit}`)],
    ['we', !enlarge],
    ['a', choose(WSRV_ALIGNS, position, `gravity=${position}`)],
    ['ro', rotate !== 0 && rotate],
    ['flip', flip.includes('v')],
    ['flop', flip.includes('h')],
    ['bg', background],
    ['blur', rest.blur],
    ['sharp', rest.sharpen],
    ['con', rest.contrast !== undefined && `${Math.round(rest.contrast * 100) - 100}`],
    ['mod', rest.brightness],
    ['sat', rest.saturation],
    ['filt', rest.tone?.replace('gray', 'grey')],
    ['output', format === 'jpeg' ? 'jpg' : format],
    ['q', quality ?? (format === 'jpeg' && 85)],
  ])}`;
}

/** next/image leaves the format to the client's `Accept`: everything else can be said here, or not at all. */
function nextjs(source, { width, height, enlarge, rotate, flip, background, quality = 80, ...rest }) {
  refuse(rest, 'blur', 'sharpen', 'brightness', 'contrast', 'saturation', 'tone', 'watermark');
  const others = {
    height,
    enlarge: enlarge || undefined,
    rotate: rotate || undefined,
    flip: flip || undefined,
    background,
  };
  for (const [name, value] of Object.entries(others)) if (value !== undefined) cannot(`${name}=${value}`);
  return width === undefined
    ? cannot('no width')
    : `/_next/image?${inQuery([
        ['url', encoded(source)],
        ['w', width],
        ['q', quality],
      ])}`;
}

const TRANSPARENT = '00000000';
const IPX_FITS = {
  contain: 'inside',
  'contain+': 'inside',
  cover: undefined,
  'cover+': undefined,
  'crop+': undefined,
  'fill+': 'fill',
  stretch: 'fill',
  'stretch+': 'fill',
  outside: 'outside',
  'outside+': 'outside',
  pad: 'contain',
  'pad+': 'contain',
};

function ipx(source, { width, height, fit, enlarge, position, rotate, flip, background, format, quality, ...rest }) {
  refuse(rest, 'contrast', 'watermark');
  if (rest.tone === 'sepia') cannot('tone=sepia');
  const turned = rotate % 180 !== 0;
  const box = width !== undefined && height !== undefined;
  const distorts = fit === 'fill' || fit === 'stretch';
  if (distorts && !box) cannot(`fit=${fit}`);
  // sharp mirrors before it rotates.
  const mirrors = turned ? mirrored(flip) : flip;
  const modifiers = [
    box ? `s_${width}x${height}` : width !== undefined ? `w_${width}` : height !== undefined && `h_${height}`,
    box && fitOfIpx(fit, enlarge, background, format),
    position !== 'center' && `pos_${position.replace('-', '')}`,
    enlarge && 'enlarge',
    rotate !== 0 && `rotate_${rotate}`,
    mirrors.includes('v') && 'flip',
    mirrors.includes('h') && 'flop',
    background && 'flatten',
    rest.blur && `blur_${rest.blur}`,
    rest.sharpen && `sharpen_${rest.sharpen}_1_2`,
    rest.brightness !== undefined && `brightness_${rest.brightness}`,
    rest.saturation !== undefined && `saturation_${rest.saturation}`,
    rest.tone,
    background ? `b_${background}` : fit === 'pad' && `b_${TRANSPARENT}`,
    `f_${format}`,
    (quality ?? (format === 'jpeg' && 85)) && `q_${quality ?? 85}`,
  ].filter(Boolean);
  return `/_ipx/${modifiers.join(',')}/${source}`;
}

function fitOfIpx(fit, enlarge, background, format) {
  if (fit === 'pad' && background !== undefined) cannot('no fill');
  if (fit === 'pad' && format === 'jpeg') cannot('no background');
  const word = choose(IPX_FITS, fitKey(fit, enlarge), `fit=${fit}`);
  return word && `fit_${word}`;
}
