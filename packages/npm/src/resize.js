import { engine } from './engine.js';
import { settingsOf } from './settings.js';
import { concat, pieces, wholeOf } from './source.js';

/** The most bytes of a rendition that are read at a time. */
const READ = 64 << 10;

/** Makes a rendition and waits for all of it. */
export async function resize(source, options) {
  const { outline, first, rest } = await begin(source, options);
  const image = [first];
  for (;;) {
    const { value, done } = await rest.next();
    if (done) return { ...outline, ...value, image: concat(image) };
    image.push(value);
  }
}

/** Makes a rendition as a stream. Resolves with the first bytes; reads no more of the source than readers ask for. */
export async function resizeStream(source, options) {
  const { outline, first, rest } = await begin(source, options);
  const body = new ReadableStream(
    {
      start: (controller) => controller.enqueue(first),
      async pull(controller) {
        const { value, done } = await rest.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => rest.return(),
    },
    { highWaterMark: 0 },
  );
  return { ...outline, body };
}

/** Describes an image. */
export async function inspect(source) {
  const bytes = await wholeOf(source);
  const resizer = await engine();
  return resizer.call(({ inspect, resize }) => {
    const { source, animation, ...rest } = inspect.describe(bytes);
    // Nobody asked for what the pixels show.
    delete rest.pixels;
    const times = animation && { animation: { ...animation, duration: Number(animation.duration) } };
    return { ...source, mediaType: resize.mediaType(source.format), ...rest, ...times };
  });
}

/** Works up to the first bytes of a rendition, when its outline is known and most failures have shown. */
async function begin(source, options) {
  const settings = settingsOf(options);
  const resizer = await engine();
  const session = resizer.session(settings);
  const rest = rendition(session, source);
  const { value: first } = await rest.next();
  const { format, width, height, source: facts } = session.outline();
  const mediaType = resizer.call(({ resize }) => resize.mediaType(format));
  return { outline: { format, mediaType, width, height, source: facts }, first, rest };
}

/** The bytes of a rendition, and what is known at their end. */
async function* rendition(session, source) {
  try {
    for await (const piece of pieces(source)) {
      session.write(piece);
      yield* ready(session);
    }
    session.finish();
    yield* ready(session);
    return session.end();
  } finally {
    session.release();
  }
}

/** Works as far as what was written goes. Between steps, which take some hundredths of a second, others have a turn. */
async function* ready(session) {
  while (session.step()) {
    yield* unread(session);
    await turn();
  }
  yield* unread(session);
}

function* unread(session) {
  for (;;) {
    const bytes = session.read(READ);
    if (bytes.length === 0) return;
    yield bytes;
  }
}

const turn =
  typeof setImmediate === 'function'
    ? () =>
        new Promise((resolve) => {
          setImmediate(resolve);
        })
    : () =>
        globalThis.scheduler?.yield?.() ??
        new Promise((resolve) => {
          setTimeout(resolve);
        });
