//! The content of an `ALPH` chunk (RFC 9649, 2.7.1.2): the alpha channel of a lossy image.

use super::config::{Config, Effort};
use super::encoder::Encoder;
use super::entropy::bits_of;
use super::error::EncodeError;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// How values are predicted from those before them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filter {
    None = 0,
    Horizontal = 1,
    Vertical = 2,
    Gradient = 3,
}

const FILTERS: [Filter; 4] = [Filter::None, Filter::Horizontal, Filter::Vertical, Filter::Gradient];

/// Encodes the alpha channel of a lossy image, a step at a time: with the filters that suit it, raw and as a lossless
/// image of which only green counts. The smallest is kept.
///
/// ```
/// use tintype_webp::encode::lossless::{AlphaEncoder, Effort, EncodeError};
///
/// fn encode(alpha: Vec<u8>, width: u32, height: u32) -> Result<Vec<u8>, EncodeError> {
///     let mut encoder = AlphaEncoder::new(alpha, width, height, Effort::Default)?;
///     while encoder.step() {} // or look at a clock in between
///     encoder.into_bytes()
/// }
///
/// assert!(encode(vec![128; 50 * 40], 50, 40)?.len() < 50);
/// # Ok::<(), EncodeError>(())
/// ```
pub struct AlphaEncoder {
    plane: Vec<u8>,
    width: usize,
    height: usize,
    effort: Effort,
    /// Filters to try, the last one first.
    filters: Vec<Filter>,
    /// The filter that is being tried, and rows given to its encoder.
    trial: Option<(Filter, usize, Box<Encoder>)>,
    best: Option<Vec<u8>>,
    work: u64,
}

impl AlphaEncoder {
    /// Bytes that encoding holds at most, the plane and the result included.
    pub fn memory(width: u32, height: u32, effort: Effort) -> u64 {
        let config = Config { effort, ..Config::default() };
        let pixels = u64::from(width) * u64::from(height);
        // The plane, the best so far, and a copy of the result with the byte before it.
        3 * pixels + Encoder::memory(width, height, false, config) + size_of::<Encoder>() as u64 + 4096
    }

    /// Takes the channel's values, row after row.
    ///
    /// # Errors
    ///
    /// If a side is 0 or more than 16383, or there are not as many values as the sides give.
    pub fn new(plane: Vec<u8>, width: u32, height: u32, effort: Effort) -> Result<Self, EncodeError> {
        Encoder::check(width, height)?;
        let (width, height) = (width as usize, height as usize);
        if plane.len() != width * height {
            return Err(EncodeError::RowLength { expected: width * height, actual: plane.len() });
        }
        let best = best_filter(&plane, width);
        let filters = match effort {
            Effort::Fast => [best].into(),
            Effort::Default if best == Filter::None => [best].into(),
            Effort::Default => [Filter::None, best].into(),
            Effort::Best => FILTERS.into(),
        };
        let work = 10 * plane.len() as u64;
        Ok(Self { plane, width, height, effort, filters, trial: None, best: None, work })
    }

    /// Does a bounded part of the work. Returns whether there is more to do.
    pub fn step(&mut self) -> bool {
        match self.trial.take() {
            None => {
                let Some(filter) = self.filters.pop() else { return false };
                let encoder = Encoder::without_header(self.width, self.height, self.effort);
                self.trial = Some((filter, 0, Box::new(encoder)));
            }
            Some((filter, rows, mut encoder)) if rows < self.height => {
                let some = (1 << 18) / self.width + 1;
                let end = (rows + some).min(self.height);
                (rows..end).for_each(|y| self.push_row(filter, y, &mut encoder));
                self.work += 8 * (some * self.width) as u64;
                self.trial = Some((filter, end, encoder));
            }
            Some((filter, rows, mut encoder)) => {
                if encoder.step() {
                    self.trial = Some((filter, rows, encoder));
                } else {
                    self.work += encoder.work();
                    self.keep(filter, *encoder);
                }
            }
        }
        true
    }

    /// Rough number of instructions so far.
    pub fn work(&self) -> u64 {
        self.work + self.trial.as_ref().map_or(0, |(.., encoder)| encoder.work())
    }

    /// The content of the chunk.
    ///
    /// # Errors
    ///
    /// If [`AlphaEncoder::step`] still has something to do.
    pub fn into_bytes(self) -> Result<Vec<u8>, EncodeError> {
        match self.best {
            Some(best) if self.trial.is_none() && self.filters.is_empty() => Ok(best),
            _ => Err(EncodeError::Unfinished),
        }
    }

    /// Gives an encoder a row of filtered values.
    fn push_row(&self, filter: Filter, y: usize, encoder: &mut Encoder) {
        let row = self.plane.get(y * self.width..(y + 1) * self.width).unwrap_or_default();
        let above = y.checked_sub(1).and_then(|y| self.plane.get(y * self.width..(y + 1) * self.width));
        encoder.push_pixels(filtered(filter, row, above).map(|value| 0xFF00_0000 | u32::from(value) << 8));
    }

    /// Keeps a result if it is the smallest so far.
    fn keep(&mut self, filter: Filter, encoder: Encoder) {
        let Ok(bytes) = encoder.into_bytes() else { return };
        let least = self.best.as_ref().map_or(self.plane.len() + 1, Vec::len);
        if bytes.len() + 1 < least {
            let mut content = Vec::with_capacity(bytes.len() + 1);
            content.push((filter as u8) << 2 | 1);
            content.extend_from_slice(&bytes);
            self.best = Some(content);
        } else if self.best.is_none() {
            let mut content = Vec::with_capacity(self.plane.len() + 1);
            content.push(0);
            content.extend_from_slice(&self.plane);
            self.best = Some(content);
        }
    }
}

/// Encodes the alpha channel of a lossy image in one go: see [`AlphaEncoder`].
///
/// # Errors
///
/// If a side is 0 or more than 16383, or there are not as many values as the sides give.
pub fn encode_alpha(plane: &[u8], width: u32, height: u32, effort: Effort) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = AlphaEncoder::new(plane.to_vec(), width, height, effort)?;
    while encoder.step() {}
    encoder.into_bytes()
}

/// The values of a row less what the filter predicts: in the first row the value to the left, in the first column the one
/// above.
fn filtered<'a>(filter: Filter, row: &'a [u8], above: Option<&'a [u8]>) -> impl Iterator<Item = u8> + 'a {
    let first = above.and_then(|above| above.first()).copied().unwrap_or(0);
    let (mut left, mut top_left) = (first, first);
    row.iter().enumerate().map(move |(x, &value)| {
        let top = above.and_then(|above| above.get(x)).copied();
        let prediction = match (filter, top) {
            (Filter::None, _) => 0,
            (Filter::Horizontal, _) | (_, None) => left,
            (Filter::Vertical, Some(top)) => top,
            (Filter::Gradient, Some(_)) if x == 0 => first,
            (Filter::Gradient, Some(top)) => {
                (i32::from(left) + i32::from(top) - i32::from(top_left)).clamp(0, 255) as u8
            }
        };
        left = value;
        top_left = top.unwrap_or(0);
        value.wrapping_sub(prediction)
    })
}

/// The filter after which values take the fewest bits, by a sample of rows.
fn best_filter(plane: &[u8], width: usize) -> Filter {
    let every = (plane.len() >> 18).max(1);
    let bits = |filter: Filter| {
        let mut counts = [0u32; 256];
        let mut above = None;
        for (y, row) in plane.chunks(width).enumerate() {
            if y % every == 0 {
                for value in filtered(filter, row, above) {
                    if let Some(count) = counts.get_mut(usize::from(value)) {
                        *count += 1;
                    }
                }
            }
            above = Some(row);
        }
        bits_of(counts)
    };
    FILTERS.into_iter().min_by_key(|&filter| bits(filter)).unwrap_or(Filter::None)
}
