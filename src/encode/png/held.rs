//! A small image that is held in as few bytes as its pixels need, because a file begins with what all of them have in common.

use super::super::Image;
use super::colors::{Colors, index_bits, is_gray};
use super::file::Kind;
use super::method::{Rows, estimate, sample};
use super::{pack, rgba};
use crate::metadata::Attached;
use crate::pixels::{Channels, Depth};
use crate::{Effort, Result};

/// The most bytes that are held.
const MOST: u64 = 4 << 20;

/// A palette is worth its bytes where a file has this many times as many.
const WORTH: u64 = 16;

/// An image of few colours, or of fewer channels than it comes with.
pub(super) struct Held {
    image: Image,
    may_be_gray: bool,
    may_be_palette: bool,
    form: Form,
    /// Pixels in this form.
    bytes: Vec<u8>,
}

/// What the pixels of an image are held as.
enum Form {
    /// Indices of its colours.
    Indices(Colors),
    /// Pixels with fewer channels.
    Narrow(Channels),
}

impl Held {
    /// None if an image is too large, or its samples are.
    pub(super) fn new(image: Image, attached: &Attached) -> Option<Self> {
        // A profile is for gray or for colours, and a palette has colours.
        let comes_gray = matches!(image.channels(), Channels::Gray | Channels::GrayAlpha);
        let (may_be_gray, may_be_palette) = match attached.icc_for(image.colors()) {
            Some(_) => (comes_gray, !comes_gray),
            None => (true, true),
        };
        let form = Form::Indices(Colors::default());
        is_held(image).then(|| Self { image, may_be_gray, may_be_palette, form, bytes: Vec::new() })
    }

    /// The most bytes of an image's pixels, in any form.
    pub(super) fn memory(image: Image) -> u64 {
        let narrow = narrower(image.channels()).iter().map(|channels| narrow_bytes(image, *channels));
        let most = narrow.filter(|&bytes| bytes <= MOST).max().unwrap_or(0);
        if is_held(image) { most + image.pixels() } else { 0 }
    }

    /// Takes a row; false if the image turns out to need its colours and its channels, and the row has not been taken.
    pub(super) fn push(&mut self, row: &[u8]) -> bool {
        let channels = self.image.channels();
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(self.image.pixels() as usize);
        }
        if let Form::Indices(colors) = &mut self.form {
            let before = self.bytes.len();
            if colors.index(channels, row, &mut self.bytes) {
                return true;
            }
            self.bytes.truncate(before);
            if !self.narrow() {
                return false;
            }
        }
        let Form::Narrow(narrow) = self.form else { return false };
        let fits = fits(channels, row, narrow);
        if fits {
            convert(channels, row, narrow, &mut self.bytes);
        }
        fits
    }

    /// Holds pixels with fewer channels, in place of indices; false if that is not possible.
    fn narrow(&mut self) -> bool {
        let Form::Indices(colors) = &self.form else { return false };
        let found = narrower(self.image.channels()).iter().find(|&&narrow| {
            let fits = match narrow {
                Channels::Rgb => colors.are_opaque(),
                _ => self.may_be_gray && colors.are_gray(),
            };
            fits && narrow_bytes(self.image, narrow) <= MOST
        });
        let Some(&narrow) = found else { return false };
        let mut bytes = Vec::with_capacity(narrow_bytes(self.image, narrow) as usize);
        colors.expand(&self.bytes, narrow, &mut bytes);
        (self.form, self.bytes) = (Form::Narrow(narrow), bytes);
        true
    }

    /// Adds a row as it came to `out`; false if there is none.
    pub(super) fn restore(&self, row: usize, out: &mut Vec<u8>) -> bool {
        let channels = self.image.channels();
        let Some(held) = self.row(row) else { return false };
        match &self.form {
            Form::Indices(colors) => colors.expand(held, channels, out),
            Form::Narrow(narrow) => convert(*narrow, held, channels, out),
        }
        true
    }

    fn row(&self, row: usize) -> Option<&[u8]> {
        let samples = match self.form {
            Form::Indices(_) => 1,
            Form::Narrow(channels) => channels.count(),
        };
        let stride = self.image.width as usize * samples;
        self.bytes.get(row * stride..(row + 1) * stride)
    }

    /// The kind of file that takes the fewest bytes, how its rows are made, and the work on finding that out.
    pub(super) fn reduce(self, effort: Effort) -> Result<(Kind, Reduced, u64)> {
        let (kind, work) = self.smallest(effort)?;
        let pixels = self.pixels(&kind);
        Ok((kind, Reduced { held: self, pixels, next: 0 }, work))
    }

    fn smallest(&self, effort: Effort) -> Result<(Kind, u64)> {
        let mut kinds = self.kinds().into_iter();
        let mut best = (kinds.next().unwrap_or_else(|| Kind::of(self.image)), u64::MAX);
        let mut work = 0;
        for kind in kinds {
            if best.1 == u64::MAX {
                best.1 = self.estimate(&best.0, effort, &mut work)?;
            }
            // Pixels that have their own channels spare the palette, and nothing else.
            if matches!(kind, Kind::Whole { .. }) && best.1 > WORTH * best.0.colors_bytes() {
                continue;
            }
            let bytes = self.estimate(&kind, effort, &mut work)?;
            if bytes < best.1 {
                best = (kind, bytes);
            }
        }
        Ok((best.0, work))
    }

    /// Bytes of a file of this kind, but for what all files have, as some of its rows let expect.
    fn estimate(&self, kind: &Kind, effort: Effort, work: &mut u64) -> Result<u64> {
        let (stride, height) = (kind.stride(self.image.width), self.image.height as usize);
        let pixels = self.pixels(kind);
        let (mut rows, mut count) = (Vec::new(), 0);
        for range in sample(stride * height, stride) {
            count += range.len() as u64;
            range.for_each(|row| {
                self.write(&pixels, row, &mut rows);
            });
        }
        let above = vec![0; stride];
        let (bytes, spent) =
            estimate(Rows { unit: kind.unit(), stride, above: &above, rows: &rows }, effort)?;
        *work += spent;
        Ok(bytes as u64 * height as u64 / count.max(1) + kind.colors_bytes())
    }

    /// Every kind of file that may be the smallest, those of the fewest bits first.
    fn kinds(&self) -> Vec<Kind> {
        let whole = |channels| Kind::Whole { channels, depth: Depth::Eight };
        let colors = match &self.form {
            Form::Indices(colors) => colors,
            Form::Narrow(channels) => return vec![whole(*channels)],
        };
        let grays = colors.gray_bits().filter(|_| self.may_be_gray);
        let indices = index_bits(colors.len());
        let mut kinds = Vec::new();
        // A single colour is a row of zeros as an index.
        if self.may_be_palette && grays.is_none_or(|bits| indices < bits || colors.len() == 1) {
            let palette = |bits| Kind::Palette { bits, colors: colors.palette().0 };
            // Whole bytes match better than parts of them.
            kinds.extend([palette(indices), palette(8)].into_iter().take(if indices < 8 { 2 } else { 1 }));
        }
        match grays {
            Some(8) => kinds.push(whole(Channels::Gray)),
            Some(bits) => kinds.extend([Kind::Gray { bits }, whole(Channels::Gray)]),
            None if self.may_be_gray && colors.are_gray() => kinds.push(whole(Channels::GrayAlpha)),
            None if colors.are_opaque() => kinds.push(whole(Channels::Rgb)),
            None => kinds.push(Kind::of(self.image)),
        }
        kinds
    }

    /// What becomes of held pixels in a file of this kind.
    fn pixels(&self, kind: &Kind) -> Pixels {
        match (&self.form, kind) {
            (Form::Indices(colors), Kind::Gray { bits }) => Pixels::Samples(*bits, colors.grays(*bits)),
            (Form::Indices(colors), Kind::Palette { bits, .. }) => Pixels::Samples(*bits, colors.palette().1),
            (_, Kind::Whole { channels, .. }) => Pixels::Whole(*channels),
            (Form::Narrow(channels), _) => Pixels::Whole(*channels),
        }
    }

    /// Adds a row as a file has it to `out`; false if there is none.
    fn write(&self, pixels: &Pixels, row: usize, out: &mut Vec<u8>) -> bool {
        let Some(held) = self.row(row) else { return false };
        match (&self.form, pixels) {
            (Form::Indices(_), Pixels::Samples(bits, samples)) => {
                pack(*bits, held, |index| samples.get(usize::from(index)).copied().unwrap_or(0), out);
            }
            (Form::Indices(colors), Pixels::Whole(channels)) => colors.expand(held, *channels, out),
            (Form::Narrow(_), _) => out.extend_from_slice(held),
        }
        true
    }
}

/// What becomes of held pixels in a file.
enum Pixels {
    /// Samples of some bits, one for each index.
    Samples(u8, Vec<u8>),
    /// Pixels with these channels.
    Whole(Channels),
}

/// An image that is complete, on its way to a file that has its pixels in fewer bytes.
pub(super) struct Reduced {
    held: Held,
    pixels: Pixels,
    next: usize,
}

impl Reduced {
    /// Adds the next row as the file has it to `out`; false if there is none.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> bool {
        self.next += 1;
        self.held.write(&self.pixels, self.next - 1, out)
    }
}

/// Whether an image is held at first.
fn is_held(image: Image) -> bool {
    image.depth == Depth::Eight && image.pixels() <= MOST
}

/// Channels that may do for an image of more than 256 colours.
fn narrower(channels: Channels) -> &'static [Channels] {
    match channels {
        Channels::Rgba => &[Channels::Rgb, Channels::GrayAlpha],
        _ => &[],
    }
}

fn narrow_bytes(image: Image, narrow: Channels) -> u64 {
    image.pixels() * narrow.count() as u64
}

/// Whether fewer channels do for a row.
fn fits(channels: Channels, row: &[u8], narrow: Channels) -> bool {
    let mut pixels = rgba(channels, row);
    match narrow {
        Channels::Rgb => pixels.all(|[.., alpha]| alpha == 255),
        _ => pixels.all(|pixel| is_gray(&pixel)),
    }
}

/// Adds pixels with other channels to `out`; what these have no place for is the same for all of them.
fn convert(from: Channels, row: &[u8], to: Channels, out: &mut Vec<u8>) {
    for [red, green, blue, alpha] in rgba(from, row) {
        match to {
            Channels::Gray => out.push(red),
            Channels::GrayAlpha => out.extend([red, alpha]),
            Channels::Rgb => out.extend([red, green, blue]),
            Channels::Rgba => out.extend([red, green, blue, alpha]),
        }
    }
}
