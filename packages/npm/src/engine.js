// Instances of the resizer. One is shared by all calls, and replaced when it has trapped or grown.
import { instantiate } from '../dist/resizer.js';
import { TintypeError } from './error.js';
import { inContract, optionName } from './names.js';
import { platform } from './platform.js';
import { optionNames } from './settings.js';

/** Linear memory never shrinks: an idle instance with more than this, in bytes, is dropped. */
const KEPT = 32 << 20;

let modules;
let current;

/**
 * Compiles the resizer, unless that was done already. Calling it is optional.
 *
 * @param core where its module is, for bundlers that need to be told
 */
export async function load(core) {
  modules ??= platform.modules(core);
  try {
    await modules;
  } catch (error) {
    modules = undefined;
    throw error;
  }
}

/** The instance to call. */
export async function engine() {
  await load();
  current ??= Engine.start(await modules);
  try {
    return await current;
  } catch (error) {
    current = undefined;
    throw error;
  }
}

class Engine {
  #exports;
  #memory;
  #sessions = 0;
  #broken = false;

  static async start(compiled) {
    const engine = new Engine();
    engine.#exports = await instantiate(
      (name) => compiled[name],
      {},
      async (module, imports) => {
        const instance = await WebAssembly.instantiate(module, imports);
        engine.#memory ??= instance.exports.memory;
        return instance;
      },
    );
    return engine;
  }

  /** Calls the resizer. Whatever fails is a `TintypeError`. */
  call(work) {
    if (this.#broken) {
      throw new TintypeError('internal', 'another call has crashed the resizer', { detail: 'crashed' });
    }
    try {
      return work(this.#exports);
    } catch (error) {
      throw error.payload ? this.#failure(error) : this.#crash(error);
    }
  }

  /** A session. Release it, whether it failed or not. */
  session(settings) {
    const session = this.call(({ resize }) => resize.Session.stepped(settings));
    this.#sessions += 1;
    return {
      write: (chunk) => this.call(() => session.write(chunk)),
      finish: () => this.call(() => session.finish()),
      step: () => this.call(() => session.step()),
      read: (max) => this.call(() => session.read(max)),
      outline: () => this.call(() => session.outline()),
      info: () => this.call(() => session.info()),
      end: () => this.call(() => ({ damaged: session.damaged(), work: Number(session.work()) })),
      release: () => this.#release(session),
    };
  }

  #release(session) {
    this.#sessions -= 1;
    if (!this.#broken) session[Symbol.dispose ?? Symbol.for('dispose')]();
    if (this.#sessions === 0 && this.#memory.buffer.byteLength > KEPT) this.#retire();
  }

  #retire() {
    current = undefined;
  }

  /** After a trap, nothing is known of the instance's memory: it is never called again. */
  #crash(error) {
    this.#broken = true;
    this.#retire();
    return new TintypeError(
      'internal',
      `the resizer has crashed: ${error.message}`,
      { detail: error.message },
      { cause: error },
    );
  }

  /** The failure as the contract has it, with the names that options have here. */
  #failure({ payload }) {
    const message = optionNames(this.#exports.resize.message(payload));
    return new TintypeError(payload.tag, message, dataOf(payload));
  }
}

function dataOf({ tag, val }) {
  switch (tag) {
    case 'invalid-option':
      return { name: optionName(val.name), detail: optionNames(val.detail) };
    case 'limit-exceeded':
      return {
        limit: optionName(inContract.limit(val.limit)),
        allowed: Number(val.allowed),
        needed: Number(val.needed),
      };
    case 'internal':
      return { detail: val };
    default:
      return val;
  }
}
