import { engine } from './engine.js';
import { describedBy, settingsOf } from './settings.js';
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

/** Describes an image, and reads no more of it than that needs. */
export async function inspect(source, options) {
  const settings = describedBy(options);
  const resizer = await engine();
  const { source: header, animation, pixels, ...rest } = await described(resizer.session(settings), source);
  return {
    ...header,
    mediaType: resizer.call(({ resize }) => resize.mediaType(header.format)),
    ...rest,
    ...(animation && { animation: { ...animation, duration: Number(animation.duration) } }),
    ...(pixels && { pixels: pixelsOf(pixels) }),
  };
}

/** What a session finds out. Whatever of the source is not needed then is not read. */
async function described(session, source) {
  try {
    for await (const piece of pieces(source)) {
      session.write(piece);
      await worked(session);
      const info = session.info();
      if (info) return info;
    }
    session.finish();
    await worked(session);
    return session.info();
  } finally {
    session.release();
  }
}

async function worked(session) {
  while (session.step()) await turn();
}

const pixelsOf = ({ palette, differenceHash, ...pixels }) => ({
  ...pixels,
  dominant: palette[0],
  palette,
  differenceHash: differenceHash.toString(16).padStart(16, '0'),
});

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
