import { invalidArgument } from './error.js';

/** The pieces in which sources are written: small ones are collected, because every call costs. */
const PIECE = 256 << 10;

/** The bytes of a source in pieces. Whoever stops early cancels the stream. */
export async function* pieces(source) {
  if (isBytes(source)) {
    const bytes = bytesOf(source);
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
    return;
  }
  let waiting = [];
  let size = 0;
  for await (const chunk of chunks(streamOf(source))) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < PIECE) continue;
    yield concat(waiting);
    [waiting, size] = [[], 0];
  }
  if (size > 0) yield concat(waiting);
}

/** The whole of a source. */
export async function wholeOf(source) {
  if (isBytes(source)) return bytesOf(source);
  const all = [];
  for await (const chunk of chunks(streamOf(source))) all.push(chunk);
  return concat(all);
}

export function concat(arrays) {
  if (arrays.length === 1) return arrays[0];
  const bytes = new Uint8Array(arrays.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const array of arrays) {
    bytes.set(array, at);
    at += array.length;
  }
  return bytes;
}

export const isBytes = (source) => source instanceof ArrayBuffer || ArrayBuffer.isView(source);

export const bytesOf = (source) =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);

function streamOf(source) {
  if (typeof source?.getReader === 'function') return source;
  if (source?.body && typeof source.body.getReader === 'function') return source.body;
  if (typeof source?.stream === 'function') return source.stream();
  throw invalidArgument(
    'source',
    'is not readable; accepted are a Uint8Array, ArrayBuffer, Blob, Response, Request or ReadableStream of bytes',
  );
}

/** `for await` over a stream itself is not there in every browser yet. */
async function* chunks(stream) {
  const reader = stream.getReader();
  let done = false;
  try {
    for (;;) {
      const read = await reader.read();
      done = read.done;
      if (done) return;
      yield bytesOf(read.value);
    }
  } finally {
    if (!done) reader.cancel().catch(() => {});
  }
}
