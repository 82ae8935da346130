import { message, resize } from 'tintype:image/resize@0.2.0';

const SQUARE = [
  { tag: 'width', val: 320 },
  { tag: 'height', val: 320 },
  { tag: 'fit', val: 'cover' },
  { tag: 'format', val: 'webp' },
];

export function thumbnail(photo) {
  try {
    return resize(photo, SQUARE).image;
  } catch (error) {
    // What the contract returns as an error is thrown here, and what is thrown is returned as an error: a string.
    throw error.payload ? message(error.payload) : String(error);
  }
}
