// Names of options: `maxSourceBytes` here is `max-source-bytes` in the contract.

export const inContract = {
  option: (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  limit: (name) => `max-${name}`,
};

/** The option for a name of the contract. A share is another way to write the same option. */
export const optionName = (name) =>
  name.replace(/-share$/, '').replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());

/** Options of more than one word that messages speak of. */
const IN_TEXT = /\b(max-(source-bytes|source-pixels|output-side|output-pixels|memory|work)|(width|height)-share|min-(width|height)|allow-damaged|auto-orient|crop-(ratio|resized)|flip-(horizontal|vertical)|bit-depth)\b/g;

/** A sentence of the resizer, with the names that options have here. */
export const optionNames = (text) => text.replace(IN_TEXT, optionName);
