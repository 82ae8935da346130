//! One frame on its way to the file: its colours are counted, a palette is chosen, and its pixels are written.

use super::canvas::{CLEAR, Pixel, Rect};
use super::file::{Pixels, Shown, Table, begin_frame};
use crate::palette::{Counted, DISTANCE, Diffusion, Histogram, Nearest, Quality, choose, error, samples};

/// What a frame is drawn on, and what is to be seen then.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The canvas before, or nothing if it is transparent.
    pub(super) before: &'a [Pixel],
    pub(super) canvas: &'a [Pixel],
    /// A row of transparent pixels.
    pub(super) blank: &'a [Pixel],
}

impl<'a> View<'a> {
    /// The colours that are drawn in a row of a rectangle: none where the canvas shows what it showed before.
    fn row(
        self,
        rect: Rect,
        y: usize,
    ) -> impl DoubleEndedIterator<Item = Option<Pixel>> + ExactSizeIterator + 'a {
        let row = |canvas: &'a [Pixel]| canvas.chunks_exact(self.blank.len()).nth(rect.top + y);
        let before = rect.part(row(self.before).unwrap_or(self.blank));
        let after = rect.part(row(self.canvas).unwrap_or(self.blank));
        after.iter().zip(before).map(|(&after, &before)| (after != before && after != CLEAR).then_some(after))
    }
}

/// The palette of the file, which frames use unless their own is better.
pub(super) struct Global {
    nearest: Nearest,
    pub(super) table: Table,
}

/// Counts the colours of a frame.
pub(super) struct Count {
    pub(super) rect: Rect,
    histogram: Histogram,
    /// Whether an index is transparent: some pixels show what was there before, or the place of the frame becomes
    /// transparent. Browsers would clear it anyway; other readers fill it with the colour of the background unless the frame
    /// names such an index.
    has_clear: bool,
    y: usize,
}

/// Rough numbers of instructions: of a pixel whose colour is counted, or is looked for and compressed.
const COUNT: u64 = 100;
const CODE: u64 = 250;
const DITHER: u64 = 500;

/// Pixels of a step.
const STEP: usize = 1 << 15;

/// The squared error of a pixel that is not worth a palette of its own.
const SMALL_ERROR: u64 = 24;

impl Count {
    /// Begins to count. The place of the frame may become transparent when the next one comes.
    pub(super) fn new(rect: Rect, clears: bool) -> Self {
        Self { rect, histogram: Histogram::new(), has_clear: clears, y: 0 }
    }

    /// Counts some rows. Returns their work, and nothing if there are no more.
    pub(super) fn step(&mut self, view: View<'_>) -> Option<u64> {
        let rows = rows_of_step(self.rect, self.y)?;
        for y in rows.clone() {
            for color in view.row(self.rect, y) {
                match color {
                    Some(color) => self.histogram.add(color),
                    None => self.has_clear = true,
                }
            }
        }
        self.y = rows.end;
        Some(COUNT * (rows.len() * self.rect.width) as u64)
    }

    /// Chooses the palette of the first frame, with room for a transparent index if more frames may follow. Returns it with the
    /// work of that.
    pub(super) fn global(&self, quality: Quality, more_frames: bool) -> (Global, u64) {
        let mut colors = self.histogram.counted();
        let reserve = self.has_clear || more_frames && !self.fits(quality.most);
        let (nearest, work) = self.choose(&mut colors, reserve, quality);
        let table = Table::new(nearest.colors(), self.has_clear || more_frames);
        (Global { nearest, table }, work)
    }

    /// Whether all colours fit into a palette.
    fn fits(&self, most: usize) -> bool {
        self.histogram.is_exact() && self.histogram.len() <= most
    }

    fn choose(&self, colors: &mut [Counted], reserve: bool, quality: Quality) -> (Nearest, u64) {
        let most = quality.most - usize::from(reserve);
        if self.fits(most) {
            return (Nearest::new(colors.iter().map(|counted| counted.color).collect()), 0);
        }
        choose(colors, most, quality.rounds)
    }

    /// Chooses a palette for the frame if it is to have its own. Returns it with the work of that.
    fn local(&self, global: &mut Global, quality: Quality) -> (Option<Nearest>, u64) {
        let mut colors = self.histogram.counted();
        let has_room = !self.has_clear || global.table.spare().is_some();
        let pixels = samples(&colors).map(|counted| u64::from(counted.count)).sum::<u64>();
        let before = global.nearest.searched();
        let searched = |global: &Global| (global.nearest.searched() - before) * DISTANCE;
        // Where a palette can be exact, it is.
        let bearable = if self.fits(quality.most - 1) { 0 } else { pixels * SMALL_ERROR };
        if has_room && (colors.is_empty() || error(&colors, &mut global.nearest) <= bearable) {
            return (None, searched(global));
        }
        let (mut nearest, work) = self.choose(&mut colors, self.has_clear, quality);
        let (own, of_file) = (error(&colors, &mut nearest), error(&colors, &mut global.nearest));
        let work = work + searched(global) + nearest.searched() * DISTANCE;
        if has_room && own > 0 && of_file / 9 <= own / 8 {
            return (None, work);
        }
        (Some(nearest), work)
    }

    /// Begins to write the frame, now that its colours are counted. Returns what goes on with it, and the work of that.
    pub(super) fn begin(
        self,
        (delay, clears): (u16, bool),
        (global, is_first): (&mut Global, bool),
        quality: Quality,
        out: &mut Vec<u8>,
    ) -> (Code, u64) {
        let (local, work) = if is_first { (None, 0) } else { self.local(global, quality) };
        let own = local.as_ref().map(|nearest| Table::new(nearest.colors(), self.has_clear));
        let table = own.as_ref().unwrap_or(&global.table);
        let transparent = table.spare().filter(|_| self.has_clear);
        begin_frame(&Shown { rect: self.rect, delay, clears, transparent }, own.as_ref(), out);
        let exact = self.histogram.is_exact() && self.fits_in(local.as_ref().unwrap_or(&global.nearest));
        let diffusion = (quality.dithers && !exact).then(|| Diffusion::new(self.rect.width));
        let code = Code {
            rect: self.rect,
            nearest: local,
            diffusion,
            transparent: transparent.unwrap_or(0),
            pixels: Pixels::begin(table.code_bits(), out),
            indices: vec![0; self.rect.width],
            y: 0,
        };
        (code, work)
    }

    /// Whether a palette has all colours.
    fn fits_in(&self, nearest: &Nearest) -> bool {
        self.histogram.counted().iter().all(|counted| nearest.has(counted.color))
    }
}

/// Writes the pixels of a frame.
pub(super) struct Code {
    pub(super) rect: Rect,
    /// The palette, unless it is that of the file.
    nearest: Option<Nearest>,
    /// None if the palette has all colours, or errors stay where they are.
    diffusion: Option<Diffusion>,
    transparent: u8,
    pixels: Pixels,
    indices: Vec<u8>,
    y: usize,
}

impl Code {
    /// Writes some rows. Returns their work, and nothing if there are no more.
    pub(super) fn step(&mut self, view: View<'_>, global: &mut Global, out: &mut Vec<u8>) -> Option<u64> {
        let rows = rows_of_step(self.rect, self.y)?;
        let nearest = self.nearest.as_mut().unwrap_or(&mut global.nearest);
        let before = nearest.searched();
        for y in rows.clone() {
            let colors = view.row(self.rect, y);
            match &mut self.diffusion {
                Some(diffusion) => diffusion.row(colors, self.transparent, nearest, &mut self.indices),
                None => {
                    for (index, color) in self.indices.iter_mut().zip(colors) {
                        *index = color.map_or(self.transparent, |color| nearest.index(color));
                    }
                }
            }
            self.pixels.push(&self.indices, out);
        }
        self.y = rows.end;
        let pixel = if self.diffusion.is_some() { CODE + DITHER } else { CODE };
        let searched = (nearest.searched() - before) * DISTANCE;
        Some(searched + pixel * (rows.len() * self.rect.width) as u64)
    }

    /// Ends the frame.
    pub(super) fn finish(self, out: &mut Vec<u8>) {
        self.pixels.finish(out);
    }
}

/// The next rows of a rectangle that a step goes through.
fn rows_of_step(rect: Rect, y: usize) -> Option<std::ops::Range<usize>> {
    let rows = STEP.div_ceil(rect.width.max(1));
    Some(y..(y + rows).min(rect.height)).filter(|rows| !rows.is_empty())
}
