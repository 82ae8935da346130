//! Steps up to the last transform.

use super::super::analysis::{self, Transforms};
use super::super::blocks::Grid;
use super::super::color::ColorTransform;
use super::super::entropy::bits_of;
use super::super::near::{Leeway, bits_of_level};
use super::super::predictor::{Predictor, Settings};
use super::super::stream::write_small;
use super::{Encoder, STEP, Stage, Tuning};
use alloc::vec;
use alloc::vec::Vec;

/// Pixels by which near-lossless encoding decides whether rounding is worth it, about, and the rows of them that stand
/// together.
const SAMPLE: usize = 1 << 16;
const STRIP: usize = 16;

impl Encoder {
    fn transform_grid(&self) -> Grid {
        self.tuning.transform_grid(self.width, self.height)
    }

    fn predictor_settings(&self) -> Settings {
        Settings { every: self.tuning.every, candidates: self.tuning.predictors, alpha: self.translucent }
    }

    /// Writes the header, and chooses transforms.
    pub(super) fn analyze(&mut self) -> Stage {
        if self.header {
            self.bits.put(0x2F, 8);
            self.bits.put(self.width as u32 - 1, 14);
            self.bits.put(self.height as u32 - 1, 14);
            self.bits.put(self.translucent.into(), 1);
            self.bits.put(0, 3);
        }
        self.palette.sort();
        let transforms =
            analysis::choose(&self.pixels, self.width, &self.palette, self.transform_grid().blocks());
        if transforms.palette {
            self.begin_packing()
        } else if transforms.subtract_green {
            self.put_transform(2);
            Stage::SubtractGreen(0, transforms)
        } else {
            self.begin_predicting(transforms)
        }
    }

    fn put_transform(&mut self, kind: u32) {
        self.bits.put(1, 1);
        self.bits.put(kind, 2);
    }

    /// Writes the table of colours.
    fn begin_packing(&mut self) -> Stage {
        self.put_transform(3);
        let differences = self.palette.differences();
        self.bits.put(differences.len().max(1) as u32 - 1, 8);
        write_small(&mut self.bits, &differences, differences.len(), self.tuning.search);
        self.coded_width = self.width.div_ceil(1 << self.palette.shift());
        Stage::Pack(0)
    }

    pub(super) fn pack(&mut self, row: usize) -> Stage {
        let some = STEP.div_ceil(self.width);
        let end = (row + some).min(self.height);
        for y in row..end {
            self.palette.pack(&mut self.pixels, y * self.width, y * self.coded_width, self.width);
        }
        if end < self.height {
            return Stage::Pack(end);
        }
        self.pixels.truncate(self.coded_width * self.height);
        self.begin_matching()
    }

    pub(super) fn subtract_green(&mut self, at: usize, transforms: Transforms) -> Stage {
        let end = (at + STEP).min(self.pixels.len());
        for pixel in self.pixels.get_mut(at..end).unwrap_or_default() {
            let [blue, green, red, alpha] = pixel.to_le_bytes();
            *pixel = u32::from_le_bytes([blue.wrapping_sub(green), green, red.wrapping_sub(green), alpha]);
        }
        if end < self.pixels.len() {
            Stage::SubtractGreen(end, transforms)
        } else {
            self.begin_predicting(transforms)
        }
    }

    /// How what the decoder sees may differ from the image.
    fn leeway(&mut self, less_green: bool) -> Leeway {
        let bits = bits_of_level(self.config.near_lossless);
        let hidden = self.translucent && !self.config.exact;
        let [exact, near] = [0, bits].map(|bits| Leeway { bits, less_green, hidden });
        // Few values with gaps between them, as of stretched contrast, would become more.
        let gaps = self.palette.colors().is_some_and(|colors| {
            let greens = || colors.iter().map(|&color| (color >> 8 & 0xFF) as usize);
            let range = greens().max().unwrap_or(0) - greens().min().unwrap_or(0) + 1;
            colors.len() * 8 < range * 7
        });
        if bits == 0 || gaps {
            return exact;
        }
        // What is predicted exactly, as enlarged pictures may be, is not predicted as well from what has been rounded.
        let [exact_bits, near_bits] = [exact, near].map(|leeway| self.sample_bits(leeway));
        if near_bits < exact_bits / 32 * 31 { near } else { exact }
    }

    /// The bits that what is left of a sample after prediction would take.
    fn sample_bits(&mut self, leeway: Leeway) -> u64 {
        let rows = (SAMPLE / self.width).clamp(1, self.height);
        let strip = rows.min(STRIP);
        let apart = (self.height / rows.div_ceil(strip)).max(strip);
        let starts = (0..self.height).step_by(apart).map(|y| y * self.width);
        let strips = starts
            .filter_map(|start| self.pixels.get(start..(start + strip * self.width).min(self.pixels.len())));
        let mut pixels: Vec<u32> = strips.flatten().copied().collect();
        let height = pixels.len() / self.width;
        let grid = Grid::new(self.width, height, self.transform_grid().bits, usize::MAX);
        let mut predictor = Predictor::new(grid, height, self.predictor_settings(), leeway);
        while !predictor.step(&mut pixels) {}
        self.work += 400 * pixels.len() as u64;
        // Where neighbours are predicted exactly, pixels mostly are, too, and take few bits.
        let mut counts = vec![[[0; 256]; 4]; 4];
        let plain = |at: Option<usize>| {
            let neighbour = at.and_then(|at| pixels.get(at));
            usize::from(neighbour.is_some_and(|&neighbour| neighbour & 0xFF_FFFF == 0))
        };
        for (at, pixel) in pixels.iter().enumerate() {
            let class = 2 * plain(at.checked_sub(1)) + plain(at.checked_sub(self.width));
            for (value, counts) in
                pixel.to_le_bytes().into_iter().zip(counts.get_mut(class).into_iter().flatten())
            {
                counts.get_mut(usize::from(value)).map(|count| *count += 1).unwrap_or_default();
            }
        }
        counts.into_iter().flatten().map(bits_of).sum()
    }

    fn begin_predicting(&mut self, transforms: Transforms) -> Stage {
        if transforms.predict {
            let leeway = self.leeway(transforms.subtract_green);
            let grid = self.transform_grid();
            Stage::Predict(Predictor::new(grid, self.height, self.predictor_settings(), leeway))
        } else {
            self.begin_matching()
        }
    }

    pub(super) fn predict(&mut self, mut predictor: Predictor) -> Stage {
        if !predictor.step(&mut self.pixels) {
            return Stage::Predict(predictor);
        }
        self.put_transform(0);
        self.bits.put(predictor.grid.bits - 2, 3);
        let modes: Vec<u32> =
            predictor.modes.iter().map(|&mode| 0xFF00_0000 | u32::from(mode) << 8).collect();
        write_small(&mut self.bits, &modes, predictor.grid.columns, self.tuning.search);
        if self.tuning.colors {
            let Tuning { every, refine, .. } = self.tuning;
            Stage::Color(ColorTransform::new(self.transform_grid(), self.height, every, refine))
        } else {
            self.begin_matching()
        }
    }

    pub(super) fn color(&mut self, mut transform: ColorTransform) -> Stage {
        if !transform.step(&mut self.pixels) {
            return Stage::Color(transform);
        }
        if transform.factors.iter().any(|&factors| factors & 0xFF_FFFF != 0) {
            self.put_transform(1);
            self.bits.put(transform.grid.bits - 2, 3);
            write_small(&mut self.bits, &transform.factors, transform.grid.columns, self.tuning.search);
        }
        self.begin_matching()
    }
}
