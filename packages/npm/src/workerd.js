// The entry for Cloudflare Workers, where modules are imported, because nothing may be compiled at run time.
import core from '../dist/resizer.core.wasm';
import core2 from '../dist/resizer.core2.wasm';
import core3 from '../dist/resizer.core3.wasm';
import { platform } from './platform.js';

platform.modules = async () => ({
  'resizer.core.wasm': core,
  'resizer.core2.wasm': core2,
  'resizer.core3.wasm': core3,
});

export { default } from './api.js';
export * from './api.js';
