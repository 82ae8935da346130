export { chain as default } from './chain.js';
export { load } from './engine.js';
export { TintypeError } from './error.js';
export { inspect, resize, resizeStream } from './resize.js';
