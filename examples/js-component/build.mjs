// Makes app.wasm of app.js. What it does not need of WASI is left out: the component imports the resizer and nothing else.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { componentize } from '@bytecodealliance/componentize-js';

await mkdir('wit/deps', { recursive: true });
await cp('../../dist/wit.wasm', 'wit/deps/tintype-image.wasm');
const { component } = await componentize({
  sourcePath: 'app.js',
  witPath: 'wit',
  worldName: 'thumbnails',
  disableFeatures: ['random', 'stdio', 'clocks', 'http', 'fetch-event'],
});
await writeFile('app.wasm', component);
