//! An image whose colours are reduced to a palette, which all of its pixels decide about: it is held until its last row.

use super::super::Image;
use super::colors::{Colors, index_bits, sorted};
use super::file::Kind;
use super::{pack, rgba};
use crate::palette::{Color, DISTANCE, Diffusion, Histogram, Nearest, Quality, choose, seen, unseen};

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
        let (kind, mut indexer) = Indexer::new(&self.histogram, self.quality);
        indexer.begin(self.image.width as usize);
        (kind, Quantized { indexer, next: 0, gathered: self })
    }
}

/// An image on its way to a file of indices.
pub(super) struct Quantized {
    gathered: Gathered,
    indexer: Indexer,
    next: usize,
}

impl Quantized {
    /// Adds the next row as the file has it to `out`; false if there is none.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(row) = self.gathered.row(self.next) else { return false };
        self.next += 1;
        self.indexer.row(rgba(self.gathered.image.channels(), row).map(seen), out);
        true
    }

    pub(super) fn work(&self) -> u64 {
        self.gathered.work + self.indexer.work
    }
}

/// Makes indices of colours.
pub(super) struct Indexer {
    nearest: Nearest,
    /// The index in the file of each colour.
    places: Vec<u8>,
    bits: u8,
    /// Whether errors are diffused: not if the palette has all colours.
    dithers: bool,
    diffusion: Diffusion,
    indices: Vec<u8>,
    work: u64,
}

impl Indexer {
    /// Chooses the palette for colours that have been counted. Returns the kind of the file, too.
    pub(super) fn new(histogram: &Histogram, quality: Quality) -> (Kind, Self) {
        let Quality { most, rounds, dithers } = quality;
        let mut counted = histogram.counted();
        let is_exact = histogram.is_exact() && counted.len() <= most;
        let (nearest, work) = match is_exact {
            true => (Nearest::new(counted.iter().map(|counted| counted.color).collect()), 0),
            false => choose(&mut counted, most, rounds),
        };
        let colors: Vec<[u8; 4]> = nearest.colors().iter().map(|&color| unseen(color)).collect();
        let (palette, places) = sorted(&colors);
        let (bits, dithers) = (index_bits(palette.len()), dithers && !is_exact);
        let (diffusion, indices) = (Diffusion::new(0), Vec::new());
        let indexer = Self { nearest, places, bits, dithers, diffusion, indices, work };
        (Kind::Palette { bits, colors: palette }, indexer)
    }

    /// Begins an image of this width.
    pub(super) fn begin(&mut self, width: usize) {
        self.diffusion = Diffusion::new(width);
        self.indices = vec![0; width];
    }

    /// Adds a row of colours as the file has it to `out`.
    pub(super) fn row(
        &mut self,
        colors: impl DoubleEndedIterator<Item = Color> + ExactSizeIterator,
        out: &mut Vec<u8>,
    ) {
        let Self { nearest, places, bits, dithers, diffusion, indices, work } = self;
        let before = nearest.searched();
        if *dithers {
            let clear = nearest.index([0; 4]);
            diffusion.row(colors.map(|color| (color[3] > 0).then_some(color)), clear, nearest, indices);
            *work += DITHER * indices.len() as u64;
        } else {
            let found = colors.map(|color| nearest.index(color));
            indices.iter_mut().zip(found).for_each(|(index, found)| *index = found);
        }
        *work += INDEX * indices.len() as u64 + DISTANCE * (nearest.searched() - before);
        pack(*bits, indices, |index| places.get(usize::from(index)).copied().unwrap_or(0), out);
    }

    pub(super) fn work(&self) -> u64 {
        self.work
    }
}
