//! A small image that is held in as few bytes as its pixels need, because a file begins with what all of them have in common.

use super::super::Image;
use super::colors::{Colors, index_bits, is_gray};
use super::file::Kind;
use super::{pack, rgba};
use crate::metadata::Attached;
use crate::pixels::{Channels, Depth};

/// The most bytes that are held.
const MOST: u64 = 4 << 20;

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

    /// The kind of file that takes the fewest bits for each pixel, and how its rows are made.
    pub(super) fn reduce(self) -> (Kind, Reduced) {
        let kind = self.kind();
        let samples = match (&self.form, &kind) {
            (Form::Indices(colors), Kind::Gray { bits }) => Some((*bits, colors.grays(*bits))),
            (Form::Indices(colors), Kind::Palette { bits, .. }) => Some((*bits, colors.palette().1)),
            _ => None,
        };
        (kind, Reduced { held: self, samples, next: 0 })
    }

    fn kind(&self) -> Kind {
        let colors = match &self.form {
            Form::Indices(colors) => colors,
            Form::Narrow(channels) => return Kind::Whole { channels: *channels, depth: Depth::Eight },
        };
        let grays = colors.gray_bits().filter(|_| self.may_be_gray);
        let indices = index_bits(colors.len());
        let entries = 4 * colors.len() as u64 + 24;
        let bits = grays.map_or(8 * self.image.pixel_bytes(), u64::from);
        let saved = (self.image.pixels() * bits).saturating_sub(self.image.pixels() * u64::from(indices)) / 8;
        if self.may_be_palette && saved > entries {
            return Kind::Palette { bits: indices, colors: colors.palette().0 };
        }
        grays.map_or(Kind::of(self.image), |bits| Kind::Gray { bits })
    }
}

/// An image that is complete, on its way to a file that has its pixels in fewer bits.
pub(super) struct Reduced {
    held: Held,
    /// The bits of a pixel, and the pixel of each index, if indices are held.
    samples: Option<(u8, Vec<u8>)>,
    next: usize,
}

impl Reduced {
    /// Adds the next row as the file has it to `out`; false if there is none.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> bool {
        let row = self.next;
        self.next += 1;
        let (Some(held), Some((bits, samples))) = (self.held.row(row), &self.samples) else {
            return match (&self.held.form, self.held.row(row)) {
                (Form::Narrow(_), Some(held)) => {
                    out.extend_from_slice(held);
                    true
                }
                _ => self.held.restore(row, out),
            };
        };
        pack(*bits, held, |index| samples.get(usize::from(index)).copied().unwrap_or(0), out);
        true
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
