// Makes renditions. Of several requests only the last one matters: the others are given up between two steps.
import { resizeStream, TintypeError } from './tintype/src/web.js';

let latest = 0;

addEventListener('message', async ({ data: { id, file, options } }) => {
  latest = id;
  try {
    const start = performance.now();
    const { body, ...outline } = await resizeStream(counted(file, id), options);
    const image = await collected(body, id);
    if (id !== latest) return;
    postMessage({ id, outline, image: new Blob(image, { type: outline.mediaType }), time: performance.now() - start });
  } catch (error) {
    if (id === latest) postMessage({ id, error: error instanceof TintypeError ? error.message : String(error) });
  }
});

/** The bytes of a file, which report how much of it has been read. */
function counted(file, id) {
  let read = 0;
  const count = new TransformStream(
    {
      transform(chunk, controller) {
        if (id !== latest) controller.error(new Error('superseded'));
        read += chunk.length;
        postMessage({ id, progress: read / file.size });
        controller.enqueue(chunk);
      },
    },
    undefined,
    { highWaterMark: 0 },
  );
  return file.stream().pipeThrough(count);
}

async function collected(body, id) {
  const chunks = [];
  const reader = body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return chunks;
    if (id !== latest) return reader.cancel();
    chunks.push(value);
  }
}
