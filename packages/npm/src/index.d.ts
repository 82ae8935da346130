/// <reference lib="dom" />

/** The bytes of an image, at once or as they arrive. A stream is read no faster than the work goes. */
export type Source =
  Uint8Array | ArrayBuffer | ArrayBufferView | Blob | Response | Request | ReadableStream<Uint8Array>;

/** Formats that are recognised. JPEG, PNG, WebP and GIF are decoded. */
export type SourceFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'jxl' | 'tiff' | 'bmp' | 'svg' | 'heic' | 'ico' | 'qoi' | 'pnm';

/** Formats that are encoded. */
export type Format = 'jpeg' | 'png' | 'webp' | 'gif';

/** Pixels, or a share of the side: `'50%'`. */
export type Length = number | `${number}%`;

/** A colour of CSS, such as `'teal'`, `'#f80'` or `'rgb(0, 128, 128)'`, or its channels, 0 to 255. */
export type Color = (string & {}) | { red: number; green: number; blue: number; alpha?: number };

/** A side, a corner, or the middle. */
export type Gravity =
  'center' | 'north' | 'north-east' | 'east' | 'south-east' | 'south' | 'south-west' | 'west' | 'north-west';

/** Where a part lies in an image, or an image in its surroundings. */
export type Position =
  | Gravity
  /** Where the image is most interesting: by edges, skin tones and saturation, or by entropy. */
  | 'attention'
  | 'entropy'
  /** At a distance from a side or corner, inwards. */
  | { gravity: Gravity; x?: Length; y?: Length }
  /** With its top left corner here. */
  | { left?: Length; top?: Length }
  /** With this point, in shares of width and height from 0 to 1, as near to the middle as possible. */
  | { x: number; y: number };

/** A part of an image; of a part that is larger than the image, as much as there is. */
export type Part = { width: Length; height: Length } & ({ position?: Position } | { left?: Length; top?: Length });

/** Pixels at each side; one number is for all of them. */
export type Shape =
  | 'circle'
  | 'ellipse'
  | 'triangle'
  | 'triangle-down'
  | 'pentagon'
  | 'pentagon-down'
  | 'hexagon'
  | 'diamond'
  | 'star'
  | 'heart';
/**
 * A shape or, of all of the image, round corners with a radius in pixels. With `trim`, the image is cropped to the shape.
 * Outside of it, the image is transparent and shows the background, or it has a colour.
 */
export type Mask = ({ shape: Shape; rounded?: undefined } | { rounded: number; shape?: undefined }) & {
  trim?: boolean;
  outside?: Color;
};
export type Sides = number | { top?: number; right?: number; bottom?: number; left?: number };

/**
 * What to make. Only what differs from the defaults is named. Whatever their order here, options apply in the order in
 * which they are listed.
 */
export interface Options {
  /** Make an image of whatever can be decoded from a truncated or corrupt source. @default true */
  allowDamaged?: boolean;
  /** The frame of an animation to begin with, from 0. @default 0 */
  page?: number;
  /** Frames of an animation to keep, 0 for all; more than one make an animated WebP, GIF or PNG. @default 1 */
  frames?: number;

  /** Turn the image upright, as EXIF says. @default true */
  autoOrient?: boolean;
  /** Remove a border of one colour; a number is the threshold. */
  trim?:
    | number
    | {
        /** Largest difference of a channel from the border's colour, 0 to 255. @default 10 */
        threshold?: number;
        /** The border's colour. @default that of the top left pixel */
        color?: Color;
        /** Remove as much at the left as at the right. @default false */
        equalHorizontal?: boolean;
        /** Remove as much at the top as at the bottom. @default false */
        equalVertical?: boolean;
      };
  /** Remove pixels at the sides. */
  inset?: Sides;
  /** Keep a part. */
  crop?: Part;
  /** Bring the image to an aspect ratio, width divided by height. With `enlarge`, the part becomes larger where there is room. */
  cropRatio?: number | { ratio: number; enlarge?: boolean };
  /** Rotate clockwise; width and height are those of the rotated image. @default 0 */
  rotate?: 0 | 90 | 180 | 270;
  /** Mirror left to right. @default false */
  flipHorizontal?: boolean;
  /** Mirror top to bottom. @default false */
  flipVertical?: boolean;

  /** Width in pixels, or as a share of the image's. @default from the height and the aspect ratio, or the image's */
  width?: Length;
  /** Height in pixels, or as a share of the image's. @default from the width and the aspect ratio, or the image's */
  height?: Length;
  /** Enlarge to at least this width in pixels, whatever `enlarge` says. */
  minWidth?: number;
  /** Enlarge to at least this height in pixels, whatever `enlarge` says. */
  minHeight?: number;
  /** The longest side that the result may have, in pixels: what would be longer is made smaller as a whole. */
  maxSide?: number;
  /** Device pixels per pixel, 0.01 to 100. @default 1 */
  density?: number;
  /** Factors for the width and height that the image fits; where they differ, it is distorted. @default 1 */
  zoom?: number | { x: number; y: number };
  /**
   * How the image fits when both sides are given. @default 'contain'
   *
   * - `contain`: the largest size within the box;
   * - `cover`: the smallest that covers it, cropped as `position` says; a smaller image keeps the box's shape;
   * - `crop`: as `cover`, but an image that is too short along one side keeps all of that side;
   * - `fill`: exactly the box, distorted;
   * - `stretch`: as `fill`, but a smaller image gets the box's shape;
   * - `outside`: the smallest that covers the box, uncropped;
   * - `pad`: as `contain`, and surrounded up to the box with `fill`;
   * - `auto`: `crop` if image and box are both landscape or both portrait, otherwise `contain`.
   */
  fit?: 'contain' | 'cover' | 'crop' | 'fill' | 'stretch' | 'outside' | 'pad' | 'auto';
  /** Allow an image larger than the source. @default false */
  enlarge?: boolean;
  /** The part to keep when cropping, and where `pad` puts the image. @default 'center' */
  position?: Position;
  /** Resampling kernel. @default 'lanczos3' */
  filter?: 'box' | 'bilinear' | 'catmull-rom' | 'mitchell' | 'lanczos3';
  /** Resample in linear light, which keeps fine bright detail. @default false */
  linear?: boolean;

  /** Keep a part of the resized image. */
  cropResized?: Part;
  /** Blur by a Gaussian of this standard deviation in pixels, 0 to 1000. @default 0 */
  blur?: number;
  /** Sharpen the edges of the lightness by this standard deviation in pixels, 0 to 10, and with strengths in flat areas and at edges. */
  sharpen?: number | { sigma: number; flat?: number; jagged?: number };
  /** Sharpen by an unsharp mask. */
  unsharp?: { sigma: number; amount: number; threshold?: number };
  /** Average squares with sides of this many pixels. @default 1 */
  pixelate?: number;
  /** Make parts of the resized image unrecognisable. */
  obscure?: Obscure | Obscure[];
  /** More light, in stops, -8 to 8. @default 0 */
  exposure?: number;
  /** Raise values to the power of 1 divided by this, 0.1 to 10. @default 1 */
  gamma?: number;
  /** Multiply values, 0 to 100. @default 1 */
  brightness?: number;
  /** Add a share of the range to values, -1 to 1. @default 0 */
  lightness?: number;
  /** Multiply the distance of values from middle gray, 0 to 100. @default 1 */
  contrast?: number;
  /** Change the saturation of pale colours, -1 to 1. @default 0 */
  vibrance?: number;
  /** Multiply the saturation, 0 to 100. @default 1 */
  saturation?: number;
  /** Rotate the hue by degrees. @default 0 */
  hue?: number;
  /** Give all pixels colours of one scale, by their lightness. */
  tone?:
    | 'grayscale'
    | 'sepia'
    | { color: Color; intensity?: number }
    | { dark: Color; light: Color; intensity?: number };
  /** A colour for the middle tones of the grayscale image. */
  tint?: Color;
  /** Replace each colour by its complement. @default false */
  negate?: boolean;
  /** Levels of each channel, 2 to 256. @default 256 */
  posterize?: number;
  /** Surround an image that is smaller than width and height, up to their size or their aspect ratio. */
  extend?: 'size' | 'ratio' | { to: 'size' | 'ratio'; position?: Position };
  /** Rotate clockwise by any angle in degrees. The corners that appear are transparent, or of a colour. */
  tilt?: number | { degrees: number; background?: Color };
  /** Add pixels at the sides. */
  padding?: Sides;
  /** Cut a shape out. */
  mask?: Shape | Mask;
  /** What `pad`, `extend` and `padding` add. @default transparent */
  fill?: Color | 'blur' | 'edge' | 'mirror';
  /** Colour to lay transparent pixels over. @default none; white where the format has no transparency */
  background?: Color;
  /** Lay other images over this one, the lowest first. */
  overlay?: Overlay | Overlay[];

  /** Format of the image. @default 'webp' */
  format?: Format;
  /** Other formats that a still may have: the smallest file is kept. What is transparent never becomes a JPEG. */
  alternative?: Alternative | Alternative[];
  /** Quality of lossy encoding, 1 to 100. @default 85 for JPEG, 80 for WebP */
  quality?: number;
  /** Choose the quality by what is seen of the loss: about as much as photographs usually lose at `quality`. @default false */
  autoQuality?: boolean;
  /** Most bytes of a lossy still: its quality is lowered, to 10 at least, until it has no more. @default none */
  maxBytes?: number;
  /** Encode WebP without loss. @default false */
  lossless?: boolean;
  /** How far a WebP with `lossless` may stray from the pixels, 0 to 100; 100 keeps them. @default 100 */
  nearLossless?: number;
  /** Work spent on fewer bytes. @default 'default' */
  effort?: 'fast' | 'default' | 'best';
  /** Write a JPEG that appears as a whole before it is sharp. @default where it is smaller, up to 2 megapixels */
  progressive?: boolean;
  /** Resolution of a JPEG's chroma: half of the sides, all of them, which keeps thin coloured lines, or what the picture needs. @default 'auto' */
  subsampling?: 'auto' | 'half' | 'full';
  /** Average the chroma of a lossy WebP so that thin coloured lines stay. @default false */
  sharpChroma?: boolean;
  /** Bits per channel of a PNG; 0 is 16 for a source with 16, where that can be. @default 8 */
  bitDepth?: 0 | 8 | 16;
  /** The most colours of a PNG or GIF, 2 to 256; a PNG with more becomes one with a palette. @default all of a PNG, 256 of a GIF */
  colors?: number;
  /** Convert colours to sRGB, keep the colour profile, or drop it and leave colours as they are. @default 'srgb' */
  profile?: 'srgb' | 'keep' | 'strip';
  /** What becomes of EXIF, XMP and IPTC. @default 'strip' */
  metadata?: 'strip' | 'copyright' | 'keep';
  /** Keep the place where a photograph was taken, with `metadata: 'keep'`. @default false */
  location?: boolean;
  /** How often an animation plays; 0 is forever. @default as the source */
  loop?: number;
  /** Milliseconds for which each frame of an animation is shown. @default as the source */
  delay?: number;

  /** Largest source, in bytes. @default 52428800 */
  maxSourceBytes?: number;
  /** Largest source, in pixels. @default 100000000 */
  maxSourcePixels?: number;
  /** Most frames that are decoded. @default 256 */
  maxFrames?: number;
  /** Largest frame of an animation, in pixels. @default 100000000 */
  maxFramePixels?: number;
  /** Longest side of the result, in pixels. @default 8192 */
  maxOutputSide?: number;
  /** Largest result, in pixels. @default 40000000 */
  maxOutputPixels?: number;
  /** Most memory, in bytes. @default 134217728 */
  maxMemory?: number;
  /** Most work, in units of about one WebAssembly instruction: the same on every machine. @default 400000000000 */
  maxWork?: number;
}

/** A part to make unrecognisable, in pixels or percentages. */
export interface Obscure {
  /** @default 0 */
  left?: Length;
  /** @default 0 */
  top?: Length;
  width: Length;
  height: Length;
  /** A standard deviation, or the side of squares, in pixels. */
  by: { blur: number } | { pixelate: number };
}

/** Another format, and the quality of lossy encoding in it, 1 to 100. */
export type Alternative = 'jpeg' | 'png' | 'webp' | { format: 'jpeg' | 'png' | 'webp'; quality?: number };

/** An image to lay over another. */
export interface Overlay {
  /** The encoded image. */
  image: ArrayBuffer | ArrayBufferView;
  /** 0 to 1. @default 1 */
  opacity?: number;
  /** Where it lies, always inside and at no smart position; or the gaps between its tiles. @default 'center' */
  place?: Exclude<Position, 'attention' | 'entropy'> | { tile: { x?: number; y?: number } };
  /** The width that it fits within. @default as the height demands; without either, its own size, reduced to fit */
  width?: Length;
  /** The height that it fits within. */
  height?: Length;
  /** How its colours are mixed with those below. @default 'over' */
  blend?: 'over' | 'multiply' | 'screen' | 'overlay' | 'soft-light' | 'difference';
}

/** The facts in an image's header. */
export interface Header {
  format: SourceFormat;
  /** Width as stored, before orientation. */
  width: number;
  /** Height as stored, before orientation. */
  height: number;
  /** EXIF orientation, 1 to 8; 1 if there is none. */
  orientation: number;
  color: 'gray' | 'rgb' | 'palette' | 'cmyk';
  /** Bits per channel, or per index of a palette. */
  bitDepth: number;
  /** Whether pixels can be transparent. */
  alpha: boolean;
}

/** The options that limit what a call may take. */
export type Limit =
  | 'maxSourceBytes'
  | 'maxSourcePixels'
  | 'maxFrames'
  | 'maxFramePixels'
  | 'maxOutputSide'
  | 'maxOutputPixels'
  | 'maxMemory'
  | 'maxWork';

/** What to find out in addition to what the header says, and limits. */
export interface InspectOptions extends Pick<Options, Limit> {
  /** Decode the image at a small size, and look at its pixels. @default false */
  pixels?:
    | boolean
    | {
        /** Colours of the palette, 1 to 256. @default 6 */
        palette?: number;
        /** Components of the BlurHash, 1 to 9 in each direction. @default { x: 4, y: 3 } */
        blurhash?: { x?: number; y?: number };
      };
  /** Report where a photograph was taken. @default false */
  location?: boolean;
}

/** A colour of sRGB with channels of 0 to 255. */
export interface Channels {
  red: number;
  green: number;
  blue: number;
  alpha: number;
}

/** What the pixels of an image show at a small size, upright and in sRGB. */
export interface Pixels {
  /** The mean of all colours, each as opaque as it is. */
  average: Channels;
  /** The most frequent colour of the palette, unless the image is transparent. */
  dominant: Channels | undefined;
  /** Typical colours, the most frequent first. */
  palette: Channels[];
  /** ThumbHash: the image at a size of a few pixels, in 20 to 30 bytes. */
  thumbhash: Uint8Array;
  /** BlurHash: the same as text, without alpha. */
  blurhash: string;
  /** Difference hash (dHash), 64 bits in hexadecimal: similar images differ in few of its bits. */
  differenceHash: string;
  /** The point that draws attention, as shares of width and height. A `position` of `resize`, too. */
  attention: { x: number; y: number };
}

export interface Info extends Header {
  /** MIME type, such as `image/jpeg`. */
  mediaType: string;
  /** Number of frames, at least 1. */
  frames: number;
  /** How often an animation plays, 0 for ever, and the milliseconds that it takes once. */
  animation?: { loops: number; duration: number };
  /** The embedded colour profile: its size in bytes, its name, and whether colours can be converted with it. */
  iccProfile?: { size: number; name?: string; usable: boolean };
  exif?: {
    make?: string;
    model?: string;
    /** As written by the camera: `YYYY:MM:DD HH:MM:SS`, without a time zone. */
    taken?: string;
    artist?: string;
    copyright?: string;
    lens?: string;
    software?: string;
    /** Seconds: `1/250`, or `2.5`. */
    exposureTime?: string;
    /** Such as `2.8`. */
    fNumber?: string;
    iso?: number;
    /** Millimetres, such as `50`. */
    focalLength?: string;
    /** Whether the file says where the photograph was taken. */
    hasLocation: boolean;
    /** Degrees north and east, if `location` asked for them. */
    location?: { latitude: number; longitude: number };
  };
  /** Whether the image comes in several passes: a progressive JPEG, or an interlaced PNG or GIF. */
  progressive: boolean;
  /** Resolution of chroma, such as `4:2:0`, where it is stored apart from luminance. */
  chromaSubsampling?: string;
  /** The quality of a JPEG, 1 to 100, estimated from its quantisation table. */
  quality?: number;
}

/** What is known of an image with `pixels`. */
export interface SeenInfo extends Info {
  pixels: Pixels;
}

/** What is known of a rendition before it is complete. */
export interface Outline {
  format: Format;
  /** MIME type, such as `image/webp`. */
  mediaType: string;
  width: number;
  height: number;
  /** What it is made from. */
  source: Header;
}

export interface Rendition extends Outline {
  /** The encoded image. */
  image: Uint8Array<ArrayBuffer>;
  /** Whether any of the source was missing or corrupt. */
  damaged: boolean;
  /** The work done, in units of `maxWork`. */
  work: number;
}

export interface StreamedRendition extends Outline {
  /** The encoded image, made as it is read. To stop early, cancel it; the source is cancelled then, too. */
  body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/**
 * Makes a rendition: `const { image } = await resize(photo, { width: 800, format: 'webp' })`.
 *
 * The same source and options make the same bytes everywhere. Every failure is a {@link TintypeError}, except those of
 * a stream that is the source, which are passed on.
 */
export function resize(source: Source, options?: Options): Promise<Rendition>;

/**
 * Makes a rendition as a stream, for a response that begins before the image is complete. Resolves with the first
 * bytes of the image: failures until then reject, later ones break off the stream.
 */
export function resizeStream(source: Source, options?: Options): Promise<StreamedRendition>;

/**
 * Describes an image. Of a still, only the header is read; with `{ pixels: true }`, the image is decoded at a small size for
 * its colours, ThumbHash, BlurHash and difference hash.
 */
export function inspect(
  source: Source,
  options: InspectOptions & { pixels: true | Exclude<InspectOptions['pixels'], boolean | undefined> },
): Promise<SeenInfo>;
export function inspect(source: Source, options?: InspectOptions): Promise<Info>;

/**
 * Loads the resizer before it is needed, and says where it is if a bundler does not find it:
 * `await load(await fetch(url))` with `import url from 'tintype/resizer.wasm?url'`. Calling it is optional.
 */
export function load(resizer?: WebAssembly.Module | Response | ArrayBuffer | ArrayBufferView): Promise<void>;

/** The reasons why a call fails, with what is known about each. */
export interface Failures {
  /** The source is empty, or of no known format. */
  unrecognized: undefined;
  /** A format, or a feature of one, is not supported. */
  unsupported: { format: SourceFormat; feature: string };
  /** The source is corrupt or truncated. */
  malformed: { format: SourceFormat; detail: string };
  /** An option is unknown, out of range, or conflicts with another. */
  'invalid-option': { name: string; detail: string };
  /** The call would exceed the option `limit`: it needs at least `needed`. */
  'limit-exceeded': {
    limit: Limit;
    allowed: number;
    needed: number;
  };
  /** Something of sharp's that tintype does not do. */
  'not-built': { name: string };
  /** The session has ended. A bug: please report it. */
  ended: undefined;
  /** The resizer has crashed. A bug: please report it. The next call has a new instance. */
  internal: { detail: string };
}

interface Failed<Code extends keyof Failures> extends Error {
  readonly name: 'TintypeError';
  readonly code: Code;
  readonly data: Failures[Code];
}

/** Why a call failed: `code` names the reason, `message` says it in a sentence, `data` has its facts. */
export type TintypeError = { [Code in keyof Failures]: Failed<Code> }[keyof Failures];
export const TintypeError: {
  new <Code extends keyof Failures>(
    code: Code,
    message: string,
    data: Failures[Code],
    options?: ErrorOptions,
  ): Failed<Code>;
  readonly prototype: TintypeError;
};

// The common part of sharp's interface.

/** A `Buffer` where there are such. */
type Bytes = typeof globalThis extends { Buffer: { from(data: ArrayBuffer): infer B } } ? B : Uint8Array<ArrayBuffer>;

/** A colour of CSS, or channels of 0 to 255 with an alpha of 0 to 1. */
type SharpColor = (string & {}) | { r?: number; g?: number; b?: number; alpha?: number };

export interface ResizeOptions {
  width?: number | undefined;
  height?: number | undefined;
  /** @default 'cover' */
  fit?: 'cover' | 'contain' | 'fill' | 'inside' | 'outside';
  /** A position, gravity or strategy of sharp. @default 'centre' */
  position?: number | (string & {});
  /** What `contain` adds. @default black */
  background?: SharpColor;
  /** @default 'lanczos3' */
  kernel?: 'linear' | 'cubic' | 'mitchell' | 'lanczos3';
  /** @default false */
  withoutEnlargement?: boolean;
  fastShrinkOnLoad?: boolean;
}

export interface BlurOptions {
  /** Standard deviation in pixels, 0.3 to 1000. */
  sigma: number;
  /** Changes nothing, as the option below: blurring is always exact. */
  precision?: 'integer' | 'float' | 'approximate';
  minAmplitude?: number;
}

export interface SharpenOptions {
  /** Standard deviation in pixels, up to 10. */
  sigma: number;
  /** Strength in flat areas, 0 to 1000. @default 1 */
  m1?: number;
  /** Strength at edges, 0 to 1000. @default 2 */
  m2?: number;
  x1?: 2;
  y2?: 10;
  y3?: 20;
}

export interface ModulateOptions {
  /** Multiplies the lightness. @default 1 */
  brightness?: number;
  /** Multiplies the chroma. @default 1 */
  saturation?: number;
  /** Whole degrees. @default 0 */
  hue?: number;
  /** Is added to the lightness, -100 to 100. @default 0 */
  lightness?: number;
}

export interface CompositeOptions {
  /** An image or, where there are files, the path of one. */
  input: Source | string | URL;
  /** @default 'over' */
  blend?: 'over' | 'multiply' | 'screen' | 'overlay' | 'soft-light' | 'difference';
  /** A number, gravity or sides of sharp. @default 'centre' */
  gravity?: number | (string & {});
  /** Together with `top`; the image must lie inside. */
  left?: number;
  top?: number;
  /** Repeats the image around the middle. @default false */
  tile?: boolean;
}

export interface OutputInfo {
  format: Format;
  width: number;
  height: number;
  channels: number;
  /** Of an animation, whose `height` is that of all frames together. */
  pages?: number;
  pageHeight?: number;
  /** Bytes. */
  size: number;
}

export interface JpegOptions {
  /** @default 80 */
  quality?: number;
  /** @default false */
  progressive?: boolean;
  /** @default '4:2:0' */
  chromaSubsampling?: '4:2:0' | '4:4:4';
  /** As `progressive`, with the most effort. @default false */
  mozjpeg?: boolean;
  /** As `progressive`. */
  optimiseScans?: boolean;
  optimizeScans?: boolean;
  /** Changes nothing, as the options below. */
  optimiseCoding?: boolean;
  optimizeCoding?: boolean;
  trellisQuantisation?: boolean;
  trellisQuantization?: boolean;
  overshootDeringing?: boolean;
  quantisationTable?: number;
  quantizationTable?: number;
  force?: true;
}

export interface PngOptions {
  /** 0 (fastest) to 9 (smallest); there are three degrees. @default 6 */
  compressionLevel?: number;
  adaptiveFiltering?: boolean;
  /** Reduce the colours to a palette. @default false; true where one of the options below is given, as in sharp */
  palette?: boolean;
  /** The most colours of the palette, 2 to 256. @default 256 */
  colours?: number;
  colors?: number;
  /** Changes nothing but that there is a palette. */
  quality?: number;
  dither?: 1;
  /** 1 (fastest) to 10 (best colours); there are three degrees. @default 7 */
  effort?: number;
  progressive?: false;
  force?: true;
}

export interface WebpOptions {
  /** @default 80 */
  quality?: number;
  /** @default false */
  lossless?: boolean;
  /** Without loss, but for pixels that may stray the further the lower `quality` is. @default false */
  nearLossless?: boolean;
  alphaQuality?: 100;
  /** Keeps thin coloured lines. @default false */
  smartSubsample?: boolean;
  /** 0 (fastest) to 6 (smallest); there are three degrees. @default 4 */
  effort?: number;
  /** How often an animation plays; 0 is forever. @default as the source */
  loop?: number;
  /** Milliseconds for which each frame is shown; in a list, all are the same. @default as the source */
  delay?: number | number[];
  /** Changes nothing, as the options below. */
  smartDeblock?: boolean;
  preset?: 'default' | 'photo' | 'picture' | 'drawing' | 'icon' | 'text';
  minSize?: boolean;
  mixed?: boolean;
  exact?: boolean;
  force?: true;
}

export interface GifOptions {
  /** The most colours, 2 to 256. @default 256 */
  colours?: number;
  colors?: number;
  dither?: 1;
  /** 1 (fastest) to 10 (smallest); there are three degrees. @default 7 */
  effort?: number;
  progressive?: false;
  /** How often an animation plays; 0 is forever. @default as the source */
  loop?: number;
  /** Milliseconds for which each frame is shown; in a list, all are the same. @default as the source */
  delay?: number | number[];
  /** Changes nothing, as the options below. */
  reuse?: boolean;
  interFrameMaxError?: number;
  interPaletteMaxError?: number;
  keepDuplicateFrames?: boolean;
  force?: true;
}

/** What sharp calls metadata. */
export interface Metadata {
  format: SourceFormat;
  /** Bytes. */
  size: number;
  width: number;
  height: number;
  space: 'srgb' | 'b-w' | 'cmyk';
  channels: number;
  depth: 'uchar' | 'ushort';
  isPalette?: true;
  pages?: number;
  /** Of a source that is opened with several pages, whose `height` is that of all together. */
  pageHeight?: number;
  /** How often an animation plays; 0 is forever. */
  loop?: number;
  hasProfile: boolean;
  hasAlpha: boolean;
  orientation?: number;
  autoOrient: { width: number; height: number };
}

/** Calls of sharp with its defaults. Methods and options that are missing here throw a {@link TintypeError} `not-built`. */
export interface Tintype {
  clone(): Tintype;
  autoOrient(): Tintype;
  /** Without an angle, turns the image upright as EXIF says. */
  rotate(angle?: number, options?: { background?: SharpColor }): Tintype;
  flip(flip?: boolean): Tintype;
  flop(flop?: boolean): Tintype;
  resize(width?: number | null, height?: number | null, options?: ResizeOptions): Tintype;
  resize(options: ResizeOptions): Tintype;
  extract(region: { left: number; top: number; width: number; height: number }): Tintype;
  extend(
    extend:
      | number
      | {
          top?: number;
          right?: number;
          bottom?: number;
          left?: number;
          background?: SharpColor;
          extendWith?: 'background' | 'copy' | 'mirror';
        },
  ): Tintype;
  trim(options?: { background?: SharpColor; threshold?: number }): Tintype;
  flatten(options?: boolean | { background?: SharpColor }): Tintype;
  /** Without a number, mildly. */
  blur(sigma?: number | boolean | BlurOptions): Tintype;
  /** Without options, mildly. */
  sharpen(options?: SharpenOptions): Tintype;
  modulate(options: ModulateOptions): Tintype;
  /** The grayscale image with the hue and chroma of a colour. */
  tint(tint: SharpColor): Tintype;
  /** Transparency is negated, too, in sharp: where there is any, `{ alpha: false }` is needed. */
  negate(negate?: boolean | { alpha?: boolean }): Tintype;
  /** Resizes in linear light; 1 to 3. Another `gammaOut` makes the image darker or lighter. @default 2.2 */
  gamma(gamma?: number, gammaOut?: number): Tintype;
  /** a × value + b, with values of 0 to 255; the same for all channels. */
  linear(a?: number | number[] | null, b?: number | number[]): Tintype;
  grayscale(grayscale?: boolean): Tintype;
  greyscale(greyscale?: boolean): Tintype;
  /** Lays images over this one, the lowest first. */
  composite(images: CompositeOptions[]): Tintype;
  jpeg(options?: JpegOptions): Tintype;
  png(options?: PngOptions): Tintype;
  webp(options?: WebpOptions): Tintype;
  gif(options?: GifOptions): Tintype;
  toFormat(format: 'jpeg' | 'jpg' | { id: 'jpeg' }, options?: JpegOptions): Tintype;
  toFormat(format: 'png' | { id: 'png' }, options?: PngOptions): Tintype;
  toFormat(format: 'webp' | { id: 'webp' }, options?: WebpOptions): Tintype;
  toFormat(format: 'gif' | { id: 'gif' }, options?: GifOptions): Tintype;
  toFormat(format: Format | 'jpg' | { id: Format }, options?: { quality?: number }): Tintype;
  keepMetadata(): Tintype;
  withMetadata(): Tintype;
  keepIccProfile(): Tintype;
  metadata(): Promise<Metadata>;
  toBuffer(options?: { resolveWithObject?: false }): Promise<Bytes>;
  toBuffer(options: { resolveWithObject: true }): Promise<{ data: Bytes; info: OutputInfo }>;
  toUint8Array(): Promise<{ data: Uint8Array<ArrayBuffer>; info: OutputInfo }>;
  /** Where there are files. Without `toFormat`, the name's extension chooses the format. */
  toFile(path: string | URL): Promise<OutputInfo>;
}

/**
 * Begins a chain as `sharp(input)` does: `tintype(photo).rotate().resize(800, 600).webp().toBuffer()`.
 *
 * @param input an image or, where there are files, the path of one
 */
export default function tintype(
  input: Source | string | URL,
  options?: {
    autoOrient?: boolean;
    /** @default 'warning', which refuses damaged images */
    failOn?: 'none' | 'truncated' | 'error' | 'warning';
    limitInputPixels?: number | boolean;
    /** The first page of an animation to take, from 0. @default 0 */
    page?: number;
    /** Number of pages to take, -1 for all. Several are written as WebP or GIF. @default 1 */
    pages?: number;
    /** The same as `pages: -1`. @default false */
    animated?: boolean;
  },
): Tintype;
