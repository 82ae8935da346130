export const chain = () => {};
