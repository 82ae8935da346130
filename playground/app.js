import { LANGUAGES } from './calls.js';

const byId = (id) => document.getElementById(id);
const form = byId('options');
const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });

let file;
let requests = 0;
/** What is being made: the rendition, and then the same pixels without loss, to compare with. */
let current = {};

function take(chosen) {
  if (!chosen) return;
  file = chosen;
  byId('drop').hidden = true;
  make();
}

const ADJUSTMENTS = ['blur', 'sharpen', 'brightness', 'contrast', 'saturation'];

/** What is laid over the image, a word that the page has drawn. */
let logo;
// Not awaited here: a photograph may be dropped at once.
drawn('tintype').then((image) => (logo = image));

function overlayOf(watermark) {
  if (!watermark) return undefined;
  const place = watermark === 'tiles' ? { tile: { x: 40, y: 40 } } : { gravity: 'south-east', x: 16, y: 16 };
  return { image: logo, width: '20%', height: '20%', opacity: 0.6, place };
}

/** A word in white with a dark rim, as a PNG. */
async function drawn(word) {
  const canvas = new OffscreenCanvas(400, 120);
  const context = canvas.getContext('2d');
  Object.assign(context, { font: 'bold 96px system-ui, sans-serif', textAlign: 'center', textBaseline: 'middle' });
  Object.assign(context, { fillStyle: '#fff', strokeStyle: '#0008', lineWidth: 6 });
  context.strokeText(word, 200, 60, 390);
  context.fillText(word, 200, 60, 390);
  return new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
}

/** The options that differ from the defaults. */
function options() {
  const data = new FormData(form);
  const number = (name) => (data.get(name) ? Number(data.get(name)) : undefined);
  const [width, height] = [number('width'), number('height')];
  const box = width !== undefined && height !== undefined;
  const format = data.get('format');
  const all = {
    width,
    height,
    // Not from the data: without a box these are disabled, and missing there.
    fit: box ? form.elements.fit.value : undefined,
    position: box ? form.elements.position.value : undefined,
    enlarge: data.has('enlarge'),
    rotate: number('rotate'),
    flipHorizontal: data.has('flipHorizontal'),
    flipVertical: data.has('flipVertical'),
    background: data.get('background') || undefined,
    ...Object.fromEntries(ADJUSTMENTS.map((name) => [name, Number(data.get(name))])),
    tone: data.get('tone') || undefined,
    overlay: overlayOf(data.get('watermark')),
    format,
    quality: format === 'png' ? undefined : number('quality'),
  };
  const defaults = {
    fit: 'contain',
    position: 'center',
    enlarge: false,
    rotate: 0,
    flipHorizontal: false,
    flipVertical: false,
    blur: 0,
    sharpen: 0,
    brightness: 1,
    contrast: 1,
    saturation: 1,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => value !== undefined && value !== defaults[name]),
  );
}

function make() {
  const made = options();
  showCall(made);
  if (!file) return;
  current = { options: made };
  request('rendition', made);
}

function request(kind, made) {
  requests += 1;
  current.kind = kind;
  current.id = requests;
  worker.postMessage({ id: requests, file, options: made });
}

worker.addEventListener('message', ({ data }) => {
  if (data.id !== current.id) return;
  if ('progress' in data) showProgress(data.progress);
  else if (data.error !== undefined) showError(data.error);
  else if (current.kind === 'rendition') showRendition(data);
  else show('before', data.image);
});

worker.addEventListener('error', (event) => showError(event.message || 'the worker could not be started'));

function showProgress(share) {
  if (current.kind !== 'rendition') return;
  // Small files are done before a bar would be seen.
  byId('progress').hidden = file.size < 1e6;
  byId('progress').value = share;
}

function showError(message) {
  byId('progress').hidden = true;
  if (current.kind === 'lossless') return;
  byId('error').textContent = message;
  byId('error').hidden = false;
  if (byId('compare').hidden) byId('drop').hidden = false;
}

function showRendition({ outline, image, time }) {
  const { format, width, height, source } = outline;
  byId('error').hidden = true;
  byId('progress').hidden = true;
  for (const id of ['compare', 'facts', 'actions']) byId(id).hidden = false;
  show('after', image);
  show('before', image);
  byId('source').textContent = `${names[source.format]}, ${source.width} × ${source.height}, ${bytes(file.size)}`;
  byId('rendition').textContent =
    `${names[format]}, ${width} × ${height}, ${bytes(image.size)} (${percent(image.size / file.size)})`;
  byId('time').textContent = `${time.toFixed(0)} ms`;
  byId('tag').textContent = `after: ${bytes(image.size)}`;
  byId('download').href = byId('after').src;
  byId('download').download =
    `${file.name?.replace(/\.\w+$/, '') || 'image'}-${width}x${height}.${format === 'jpeg' ? 'jpg' : format}`;
  const { quality, ...rest } = current.options;
  request('lossless', {
    ...rest,
    format: 'png',
    ...(format === 'jpeg' && !rest.background && { background: '#ffffff' }),
  });
}

const names = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', gif: 'GIF' };
const percent = (share) => `${share < 0.1 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
const bytes = (size) => (size < 1e6 ? `${(size / 1e3).toFixed(1)} kB` : `${(size / 1e6).toFixed(2)} MB`);

function show(id, image) {
  URL.revokeObjectURL(byId(id).src);
  byId(id).src = URL.createObjectURL(image);
}

function showCall(made) {
  const language = form.ownerDocument.querySelector('#languages input:checked').value;
  const said = LANGUAGES[language](made);
  byId('code').textContent = typeof said === 'string' ? said : `(${language} cannot say ${said.cannotSay})`;
  byId('copy').hidden = typeof said !== 'string';
  byId('code-note').textContent =
    language === 'Next.js' && typeof said === 'string' ? 'The format is the best one that the browser accepts.' : '';
  if (made.overlay && typeof said === 'string' && byId('code').textContent.includes('logo'))
    byId('code-note').textContent = 'The logo is an image of yours: its bytes or, in URLs, where it is.';
  for (const name of ADJUSTMENTS) form.querySelector(`output[for=${name}]`).textContent = form.elements[name].value;
  byId('quality-value').textContent = made.quality ?? 'lossless';
  form.elements.quality.disabled = made.format === 'png';
  const { width, height } = made;
  byId('box-note').hidden = width !== undefined && height !== undefined;
  for (const name of ['fit', 'position']) form.elements[name].disabled = width === undefined || height === undefined;
}

for (const language of Object.keys(LANGUAGES)) {
  const [label, input, text] = ['label', 'input', 'span'].map((name) => document.createElement(name));
  Object.assign(input, { type: 'radio', name: 'language', value: language, checked: language === 'JavaScript' });
  text.textContent = language;
  label.append(input, text);
  byId('languages').append(label);
}

form.addEventListener('input', make);
form.addEventListener('submit', (event) => event.preventDefault());
byId('languages').addEventListener('input', () => showCall(options()));
byId('split').addEventListener('input', ({ target }) => byId('frame').style.setProperty('--split', `${target.value}%`));
byId('copy').addEventListener('click', async ({ target }) => {
  await navigator.clipboard.writeText(byId('code').textContent);
  target.textContent = 'Copied';
  setTimeout(() => {
    target.textContent = 'Copy';
  }, 1500);
});
for (const id of ['file', 'again']) byId(id).addEventListener('change', ({ target }) => take(target.files[0]));

addEventListener('paste', ({ clipboardData }) => take(clipboardData?.files[0]));
addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dragging');
});
addEventListener('dragleave', ({ relatedTarget }) => {
  if (!relatedTarget) document.body.classList.remove('dragging');
});
addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dragging');
  take(event.dataTransfer.files[0]);
});

// Afterwards the page works without a network.
navigator.serviceWorker
  ?.register('offline.js')
  .then(() => navigator.serviceWorker.ready)
  .then(
    () => {
      byId('offline').textContent += ' Works offline.';
    },
    () => {},
  );

showCall(options());
