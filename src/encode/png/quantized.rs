//! An image whose colours are reduced to a palette, which all of its pixels decide about: it is held until its last row.

use super::super::Image;
use super::colors::{Colors, index_bits, sorted};
use super::file::Kind;
use super::{pack, rgba};
use crate::palette::{DISTANCE, Diffusion, Histogram, Nearest, Quality, choose, seen, unseen};

/// The rows of an image, whose colours are counted as they come.
pub(super) struct Gathered {
    image: Image,
    quality: Quality,
    rows: Vec<u8>,
    histogram: Histogram,
    /// All colours, as long as they are few.
    colors: Option<Colors>,
    indices: Vec<u8>,
    work: u64,
}

/// Rough numbers of instructions: of a pixel whose colour is counted, that is looked for, and whose error is diffused.
const COUNT: u64 = 120;
const INDEX: u64 = 60;
const DITHER: u64 = 560;

/// Bytes that parts of a palette take while it is chosen.
const PARTS: u64 = 64 << 10;

/// Predicts the bytes that it takes, but for those of a file of indices.
pub(super) fn memory(image: Image) -> u64 {
    let width = u64::from(image.width);
    let palettes = Histogram::MEMORY + 3 * Nearest::MEMORY + PARTS;
    image.bytes() + palettes + Diffusion::memory(width) + 2 * width
}

impl Gathered {
    pub(super) fn new(image: Image, quality: Quality) -> Self {
        Self {
            image,
            quality,
            rows: Vec::with_capacity(image.bytes() as usize),
            histogram: Histogram::new(),
            colors: Some(Colors::default()),
            indices: Vec::new(),
            work: 0,
        }
    }

    pub(super) fn push(&mut self, row: &[u8]) {
        let channels = self.image.channels();
        self.rows.extend_from_slice(row);
        rgba(channels, row).for_each(|pixel| self.histogram.add(seen(pixel)));
        self.work += COUNT * u64::from(self.image.width);
        self.indices.clear();
        let most = self.quality.most;
        let indices = &mut self.indices;
        self.colors = (self.colors.take())
            .and_then(|mut colors| colors.index(channels, row, indices).then_some(colors))
            .filter(|colors| colors.len() <= most);
    }

    /// Whether the palette has room for all colours.
    pub(super) fn is_exact(&self) -> bool {
        self.colors.is_some()
    }

    /// A row as it came.
    pub(super) fn row(&self, y: usize) -> Option<&[u8]> {
        let stride = self.image.width as usize * self.image.channels().count();
        self.rows.get(y * stride..(y + 1) * stride)
    }

    pub(super) fn work(&self) -> u64 {
        self.work
    }

    /// Chooses the palette. Returns the kind of the file, and how its rows are made.
    pub(super) fn reduce(self) -> (Kind, Quantized) {
        let Quality { most, rounds, dithers } = self.quality;
        let mut counted = self.histogram.counted();
        let is_exact = self.histogram.is_exact() && counted.len() <= most;
        let (nearest, work) = match is_exact {
            true => (Nearest::new(counted.iter().map(|counted| counted.color).collect()), 0),
            false => choose(&mut counted, most, rounds),
        };
        let colors: Vec<[u8; 4]> = nearest.colors().iter().map(|&color| unseen(color)).collect();
        let (palette, places) = sorted(&colors);
        let bits = index_bits(palette.len());
        let width = self.image.width as usize;
        let quantized = Quantized {
            diffusion: (dithers && !is_exact).then(|| Diffusion::new(width)),
            nearest,
            places,
            bits,
            indices: vec![0; width],
            next: 0,
            work: self.work + work,
            gathered: self,
        };
        (Kind::Palette { bits, colors: palette }, quantized)
    }
}

/// An image on its way to a file of indices.
pub(super) struct Quantized {
    gathered: Gathered,
    nearest: Nearest,
    /// None if the palette has all colours, or errors stay where they are.
    diffusion: Option<Diffusion>,
    /// The index in the file of each colour.
    places: Vec<u8>,
    bits: u8,
    indices: Vec<u8>,
    next: usize,
    work: u64,
}

impl Quantized {
    /// Adds the next row as the file has it to `out`; false if there is none.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> bool {
        let Self { gathered, nearest, diffusion, places, bits, indices, next, work } = self;
        let Some(row) = gathered.row(*next) else { return false };
        *next += 1;
        let before = nearest.searched();
        let pixels = || rgba(gathered.image.channels(), row).map(seen);
        match diffusion {
            Some(diffusion) => {
                let clear = nearest.index([0; 4]);
                let colors = pixels().map(|color| (color[3] > 0).then_some(color));
                diffusion.row(colors, clear, nearest, indices);
                *work += DITHER * indices.len() as u64;
            }
            None => {
                let found = pixels().map(|color| nearest.index(color));
                indices.iter_mut().zip(found).for_each(|(index, found)| *index = found);
            }
        }
        *work += INDEX * indices.len() as u64 + DISTANCE * (nearest.searched() - before);
        pack(*bits, indices, |index| places.get(usize::from(index)).copied().unwrap_or(0), out);
        true
    }

    pub(super) fn work(&self) -> u64 {
        self.work
    }
}
