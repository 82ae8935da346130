// Turns the component into a module and calls it: the calls of the README, and calls that are wrong. Prints one line for each.
import { readFile } from 'node:fs/promises';
import { transpile, writeFiles } from '@bytecodealliance/jco-transpile';

const [component, photo] = process.argv.slice(2);
const outDir = 'resizer';
const { files } = await transpile(component, { name: 'resizer', outDir, strict: true, noComponentErrorWrapping: false });
await writeFiles(files);

const { resize: { resize, message, mediaType } } = await import(`./${outDir}/resizer.js`);
const bytes = await readFile(photo);

const requests = {
  'a width': () => resize(bytes, [{ tag: 'width', val: 800 }]),
  'a width and a format': () => resize(bytes, [{ tag: 'width', val: 800 }, { tag: 'format', val: 'webp' }]),
  'nothing': () => resize(bytes, []),
  'a colour without alpha': () => resize(bytes, [{ tag: 'background', val: { red: 255, green: 0, blue: 0 } }]),
  'no width': () => resize(bytes, [{ tag: 'width' }]),
  'a width of zero': () => resize(bytes, [{ tag: 'width', val: 0 }]),
  'a width below zero': () => resize(bytes, [{ tag: 'width', val: -5 }]),
  'a width of one and a half': () => resize(bytes, [{ tag: 'width', val: 1.5 }]),
  'a width that is text': () => resize(bytes, [{ tag: 'width', val: '800' }]),
  'a width beyond 32 bits': () => resize(bytes, [{ tag: 'width', val: 5e9 }]),
  'a share that is no number': () => resize(bytes, [{ tag: 'width-share', val: NaN }]),
  'a quality of 300': () => resize(bytes, [{ tag: 'quality', val: 300 }]),
  'a colour without blue': () => resize(bytes, [{ tag: 'background', val: { red: 255, green: 0 } }]),
  'a part without its height': () => resize(bytes, [{ tag: 'crop', val: { width: { tag: 'pixels', val: 9 } } }]),
  'a misspelt option': () => resize(bytes, [{ tag: 'widht', val: 800 }]),
  'an unknown fit': () => resize(bytes, [{ tag: 'fit', val: 'inside' }]),
  'an option twice': () => resize(bytes, [{ tag: 'width', val: 8 }, { tag: 'width', val: 8 }]),
  'a width after all that': () => resize(bytes, [{ tag: 'width', val: 8 }]),
};

for (const [name, request] of Object.entries(requests)) {
  console.log(`${name}: ${outcome(request)}`);
}

function outcome(request) {
  try {
    const { format, width, height } = request().outline;
    return `${mediaType(format)} ${width}x${height}`;
  } catch (error) {
    return error.payload ? message(error.payload) : error.constructor.name;
  }
}
