//! Quantisation: steps, and what an error is worth in bits.
#![allow(clippy::indexing_slicing)] // places in arrays of constant size

use crate::vp8::quantize::Factors;

/// Steps of blocks of one kind, as kernels take them.
#[derive(Clone, Debug)]
pub(super) struct Matrix {
    /// Of the first row of two blocks, and of the others.
    pub(super) rows: [Steps; 2],
    /// The steps of the first coefficient and of the others.
    pub(super) factors: [i32; 2],
}

/// Steps of a row of two blocks.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    pub(super) factor: [i16; 8],
    /// 65536 divided by the factor, rounded up.
    pub(super) reciprocal: [i16; 8],
    /// Added to a coefficient before it is divided.
    pub(super) bias: [i16; 8],
}

impl Matrix {
    /// Steps of the first coefficient and of the others, each with the rounding of quotients in 100ths: 50 for the
    /// nearest, less for more zeros.
    pub(super) fn new(factors: [i32; 2], rounding: [i32; 2]) -> Self {
        let [dc, ac] = factors;
        let [dc_rounding, ac_rounding] = rounding;
        let row = |first: i32, first_rounding: i32| {
            let each = |function: &dyn Fn(i32, i32) -> i32| {
                let (first, other) = (function(first, first_rounding), function(ac, ac_rounding));
                let (first, other) = (first as i16, other as i16);
                [first, other, other, other, first, other, other, other]
            };
            Steps {
                factor: each(&|factor, _| factor),
                reciprocal: each(&|factor, _| 65535 / factor + 1),
                bias: each(&|factor, rounding| factor * rounding / 100),
            }
        };
        Self { rows: [row(dc, dc_rounding), row(ac, ac_rounding)], factors }
    }
}

impl Matrix {
    /// 65536 divided by the steps, rounded up: that of the first coefficient and of the others.
    #[inline(always)]
    pub(super) fn reciprocals(&self) -> [u32; 2] {
        self.rows.each_ref().map(|steps| u32::from(steps.reciprocal[0] as u16))
    }
}

/// What squared errors weigh, in 256ths of a bit.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorScale(u64);

impl ErrorScale {
    /// Of what a bit is worth, as in [`weigh`].
    fn new(worth: u64) -> Self {
        Self(((16 * 256) << 16) / worth.max(1))
    }

    #[inline(always)]
    pub(super) fn weigh(self, error: u32) -> u64 {
        (u64::from(error) * self.0) >> 16
    }
}

/// The quantisers of a segment.
#[derive(Clone, Debug)]
pub(super) struct Quantizer {
    pub(super) y: Matrix,
    pub(super) y2: Matrix,
    pub(super) uv: Matrix,
    /// What a bit is worth in squared errors of coefficients, times 16, when modes are chosen for luminance and for colour
    /// differences.
    pub(super) luma: u64,
    pub(super) chroma: u64,
    /// What errors weigh when coefficients are chosen.
    pub(super) luma_levels: ErrorScale,
    pub(super) chroma_levels: ErrorScale,
}

impl Quantizer {
    pub(super) fn new(factors: &Factors) -> Self {
        let square = |factor: i32| (i64::from(factor) * i64::from(factor)) as u64;
        let (y, uv) = (square(factors.y[1]), square(factors.uv[1]));
        let worth = |square: u64, thousandths: i32| square * 16 * thousandths as u64 / 1000;
        Self {
            y: Matrix::new(factors.y, [48, 42]),
            y2: Matrix::new(factors.y2, [45, 42]),
            uv: Matrix::new(factors.uv, [48, 42]),
            luma: worth(y, 85),
            chroma: worth(uv, 80),
            luma_levels: ErrorScale::new(worth(y, 46)),
            chroma_levels: ErrorScale::new(worth(uv, 10)),
        }
    }
}

/// An error and the bits that avoid a larger one, on one scale.
#[inline(always)]
pub(super) fn weigh(distortion: u32, cost: u32, worth: u64) -> u64 {
    u64::from(distortion) * 16 * 256 + u64::from(cost) * worth
}
