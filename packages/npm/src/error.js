/** Why a call failed: `code` names the reason, `message` says it in a sentence, `data` holds its facts. */
export class TintypeError extends Error {
  constructor(code, message, data, options) {
    super(message, options);
    this.name = 'TintypeError';
    this.code = code;
    this.data = data;
  }
}

/** An option that cannot be. `detail` continues the sentence that the name begins. */
export const invalid = (name, detail) =>
  new TintypeError('invalid-option', `the option ${name} ${detail}`, { name, detail });

/** An argument that cannot be. */
export const invalidArgument = (name, detail) =>
  new TintypeError('invalid-option', `${name} ${detail}`, { name, detail });

/** Something of sharp's that is not built. */
export const missing = (name, detail = 'is not built') => new TintypeError('not-built', `${name} ${detail}`, { name });
