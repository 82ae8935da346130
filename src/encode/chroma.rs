//! Chooses the resolution of a JPEG's chroma by the picture: full where coloured text or shapes on flat ground would lose what
//! is seen of them, half for photographs.
//!
//! The rows are held until all have been seen.

use super::held::{Held, Trial};
use super::jpeg::is_small;
use super::{Encoder, Image, Memory, Work};
use crate::metadata::Attached;
use crate::pixels::{Channels, Layout};
use crate::queue::Queue;
use crate::{Effort, Format, Output, Result, Subsampling};

/// Work of measuring a pixel.
const PIXEL_WORK: u64 = 30;

/// Whether there is anything to choose: chroma that comes with every pixel, and rows that may be held.
pub(super) fn applies(output: &Output, image: Image) -> bool {
    output.format == Format::Jpeg
        && output.subsampling == Subsampling::Auto
        && output.effort != Effort::Fast
        && image.layout == Layout::Interleaved(Channels::Rgb)
        && is_small(image)
}

/// Rows, and the file in the making.
pub(super) fn memory(output: &Output, image: Image) -> Memory {
    let Memory { coder, pieces } = super::chosen_memory(&with(output, Subsampling::Full), image);
    Memory { coder: Held::bytes(image) + coder + pieces, pieces: 0 }
}

/// What chroma of full resolution takes in addition is counted once it has been chosen.
pub(super) fn work(output: &Output, image: Image) -> Work {
    let Work { fixed, per_byte } = super::chosen_work(&with(output, Subsampling::Half), image);
    Work { fixed: fixed + Held::bytes(image) + image.pixels() * PIXEL_WORK, per_byte }
}

fn with(output: &Output, subsampling: Subsampling) -> Output {
    Output { subsampling, ..*output }
}

pub(super) struct ChromaEncoder {
    output: Output,
    image: Image,
    attached: Attached,
    held: Held,
    rows: usize,
    detail: Detail,
    /// The file, once all rows have been seen, and its work beyond what was predicted.
    file: Option<(Trial, u64)>,
}

impl ChromaEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached) -> Self {
        let (held, detail) = (Held::new(image), Detail::default());
        Self { output: *output, image, attached, held, rows: 0, detail, file: None }
    }

    fn begin(&mut self) -> Result<Trial> {
        let output = with(&self.output, self.detail.subsampling());
        // No frames are held: a still has none.
        Ok(Trial::new(super::chosen(&output, self.image, std::mem::take(&mut self.attached), 0)?))
    }

    /// The work of the chosen resolution beyond that of half.
    fn excess(&self) -> u64 {
        let work = |subsampling| super::chosen_work(&with(&self.output, subsampling), self.image).fixed;
        work(self.detail.subsampling()).saturating_sub(work(Subsampling::Half))
    }
}

impl Encoder for ChromaEncoder {
    fn row(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        if self.rows % 2 == 1 {
            self.detail.push(self.held.first_lane(self.rows - 1), row);
        }
        self.held.push(lane, row);
        self.rows += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<bool> {
        let (mut trial, excess) = match self.file.take() {
            Some(file) => file,
            None => (self.begin()?, self.excess()),
        };
        let more = trial.step(&self.held, self.image)?;
        self.file = Some((trial, excess));
        Ok(more)
    }

    fn work(&self) -> u64 {
        self.file.as_ref().map_or(0, |(trial, excess)| trial.work() + excess)
    }

    fn drain(&mut self, sink: &mut Queue) {
        if let Some((trial, _)) = &mut self.file {
            sink.append(&mut trial.file);
        }
    }
}

/// How much of the chroma is lost where its resolution is halved.
///
/// Photographs hardly ever have two colours within two pixels: of a thousand squares of four pixels, fewer than two differ in
/// chroma by 128 levels in all. Coloured text has five or more of these, and not many that differ by a fourth of that, which
/// would be noise.
#[derive(Debug, Default)]
struct Detail {
    /// Squares of four pixels, those that lose something, and those that lose much.
    squares: u64,
    some: u64,
    much: u64,
}

/// Sums of the differences of four pixels from their mean, of both components, in levels.
const SOME: u32 = 32;
const MUCH: u32 = 128;
/// Of as many squares, one loses much in a picture that needs full chroma; and of as many that lose something.
const ONE_OF_ALL: u64 = 190;
const ONE_OF_SOME: u64 = 32;

impl Detail {
    /// Measures two rows of RGB.
    fn push(&mut self, upper: &[u8], lower: &[u8]) {
        let squares = upper.as_chunks::<6>().0.iter().zip(lower.as_chunks::<6>().0);
        for (&[r0, g0, b0, r1, g1, b1], &[r2, g2, b2, r3, g3, b3]) in squares {
            let loss = loss([[r0, g0, b0], [r1, g1, b1], [r2, g2, b2], [r3, g3, b3]]);
            self.squares += 1;
            self.some += u64::from(loss >= SOME);
            self.much += u64::from(loss >= MUCH);
        }
    }

    fn subsampling(&self) -> Subsampling {
        let Self { squares, some, much } = *self;
        let is_detailed = much * ONE_OF_ALL >= squares && much * ONE_OF_SOME >= some && some * 2 < squares;
        if is_detailed && much > 0 { Subsampling::Full } else { Subsampling::Half }
    }
}

/// What four pixels lose.
fn loss(pixels: [[u8; 3]; 4]) -> u32 {
    // ITU-T T.871, section 7, in 256ths.
    let blue = pixels.map(|[r, g, b]| 128 * i32::from(b) - 43 * i32::from(r) - 85 * i32::from(g));
    let red = pixels.map(|[r, g, b]| 128 * i32::from(r) - 107 * i32::from(g) - 21 * i32::from(b));
    let differences = |values: [i32; 4]| {
        let sum: i32 = values.iter().sum();
        values.iter().map(|value| (4 * value - sum).unsigned_abs()).sum::<u32>()
    };
    (differences(blue) + differences(red)) >> 10
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 64;

    fn chosen(pixel: impl Fn(usize, usize) -> [u8; 3]) -> Subsampling {
        let row = |y| (0..SIDE).flat_map(|x| pixel(x, y)).collect::<Vec<u8>>();
        let mut detail = Detail::default();
        (0..SIDE).step_by(2).for_each(|y| detail.push(&row(y), &row(y + 1)));
        detail.subsampling()
    }

    fn noise(x: usize, y: usize) -> u8 {
        ((x * 7919 + y * 104_729 + x * y * 31) % 251) as u8
    }

    #[test]
    fn thin_coloured_lines_keep_their_chroma_and_black_ones_have_none() {
        let lines = |color| move |x: usize, _| if x % 20 == 3 { color } else { [255; 3] };
        assert_eq!(chosen(lines([220, 20, 20])), Subsampling::Full);
        assert_eq!(chosen(lines([0; 3])), Subsampling::Half);
        assert_eq!(chosen(|_, _| [200, 30, 60]), Subsampling::Half);
    }

    #[test]
    fn soft_colours_and_noise_are_halved() {
        assert_eq!(chosen(|x, y| [(x * 4) as u8, (y * 4) as u8, 90]), Subsampling::Half);
        let grain = |x, y| [noise(x, y), noise(y, x + 5), noise(x + 9, y + 2)];
        assert_eq!(chosen(grain), Subsampling::Half);
    }

    #[test]
    fn a_square_loses_nothing_of_one_colour_and_much_of_two() {
        assert_eq!(loss([[10, 200, 90]; 4]), 0);
        assert!(loss([[255, 0, 0], [0, 0, 255], [255, 0, 0], [0, 0, 255]]) > MUCH);
    }
}
