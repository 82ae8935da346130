// Names of options: `maxSourceBytes` here is `max-source-bytes` in the contract.

export const inContract = {
  option: (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  limit: (name) => `max-${name}`,
};

/** The option for a name of the contract. A share is another way to write the same option. */
export const optionName = (name) =>
  name.replace(/-share$/, '').replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
