//! The frame header in the first partition (RFC 6386, 9.2 to 9.11 and 19.2).

use super::bool_decoder::BoolDecoder;
use crate::vp8::probabilities::{DEFAULTS, TokenProbabilities, UPDATES};
use crate::vp8::quantize::Quantizer;

/// What the header of a key frame says.
pub(crate) struct FrameHeader {
    pub(crate) segments: Segments,
    pub(crate) filter: FilterHeader,
    /// The logarithm of the number of token partitions.
    pub(crate) partitions: u32,
    pub(crate) quantizer: Quantizer,
    pub(crate) tokens: TokenProbabilities,
    /// The probability that a macroblock has coefficients, if macroblocks without any are marked.
    pub(crate) skip: Option<u8>,
}

/// Groups of macroblocks with parameters of their own (RFC 6386, 9.3).
#[derive(Default)]
pub(crate) struct Segments {
    /// Whether macroblocks name their segment.
    pub(crate) mapped: bool,
    /// Probabilities in the tree of segment numbers.
    pub(crate) tree: [u8; 3],
    /// Whether there are segments; without, the parameters below have no effect.
    enabled: bool,
    /// Whether parameters replace those of the frame, or add to them.
    absolute: bool,
    quantizer: [i8; 4],
    filter: [i8; 4],
}

impl Segments {
    /// The quantiser index of a segment, given the frame's: it may lie outside of the tables until the deltas of its
    /// factors have been added.
    pub(crate) fn quantizer(&self, segment: usize, frame: u8) -> i32 {
        self.adjust(self.quantizer.get(segment), frame)
    }

    /// The filter level of a segment, given the frame's.
    pub(crate) fn filter(&self, segment: usize, frame: u8) -> i32 {
        self.adjust(self.filter.get(segment), frame).clamp(0, 63)
    }

    fn adjust(&self, parameter: Option<&i8>, frame: u8) -> i32 {
        let parameter = i32::from(parameter.copied().unwrap_or(0));
        match (self.enabled, self.absolute) {
            (false, _) => frame.into(),
            (true, true) => parameter,
            (true, false) => i32::from(frame) + parameter,
        }
    }
}

/// Parameters of the loop filter (RFC 6386, 9.6).
#[derive(Default)]
pub(crate) struct FilterHeader {
    pub(crate) simple: bool,
    pub(crate) level: u8,
    pub(crate) sharpness: u8,
    /// Added to the level of intra-coded macroblocks, and to the level of those predicted by subblocks.
    pub(crate) intra_delta: i8,
    pub(crate) subblock_delta: i8,
}

impl FrameHeader {
    /// Reads the header at the beginning of the first partition.
    pub(crate) fn read(bits: &mut BoolDecoder, bytes: &[u8]) -> Self {
        let (segments, filter, partitions) = read_beginning(bits, bytes);
        let y_ac = bits.literal(bytes, 7);
        let [y_dc_delta, y2_dc_delta, y2_ac_delta, uv_dc_delta, uv_ac_delta] =
            core::array::from_fn(|_| bits.optional_signed(bytes, 4).unwrap_or(0));
        let quantizer = Quantizer { y_ac, y_dc_delta, y2_dc_delta, y2_ac_delta, uv_dc_delta, uv_ac_delta };
        // Whether the probabilities below hold for later frames: there are none.
        bits.flag(bytes);
        let mut tokens = DEFAULTS;
        let places = tokens.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        let updates = UPDATES.as_flattened().as_flattened().as_flattened();
        for (place, &update) in places.iter_mut().zip(updates) {
            if bits.read(bytes, update) {
                *place = bits.literal(bytes, 8);
            }
        }
        let skip = bits.flag(bytes).then(|| bits.literal(bytes, 8));
        Self { segments, filter, partitions, quantizer, tokens, skip }
    }
}

/// More bytes of the first partition than [`count_partitions`] looks at: that many bits of even chance are at most 179.
pub(crate) const BEGINNING: usize = 32;

/// The number of partitions of coefficients, by the beginning of the first partition.
pub(crate) fn count_partitions(first: &[u8]) -> usize {
    1 << read_beginning(&mut BoolDecoder::default(), first).2
}

/// Reads the header up to the logarithm of the number of partitions.
fn read_beginning(bits: &mut BoolDecoder, bytes: &[u8]) -> (Segments, FilterHeader, u32) {
    // The colour space, which has one value, and whether samples need clamping, which does no harm if they do not.
    bits.literal(bytes, 2);
    let segments = read_segments(bits, bytes);
    let filter = read_filter(bits, bytes);
    (segments, filter, bits.literal(bytes, 2).into())
}

fn read_segments(bits: &mut BoolDecoder, bytes: &[u8]) -> Segments {
    let mut segments = Segments { tree: [255; 3], ..Segments::default() };
    segments.enabled = bits.flag(bytes);
    if !segments.enabled {
        return segments;
    }
    segments.mapped = bits.flag(bytes);
    if bits.flag(bytes) {
        segments.absolute = bits.flag(bytes);
        segments.quantizer = core::array::from_fn(|_| bits.optional_signed(bytes, 7).unwrap_or(0));
        segments.filter = core::array::from_fn(|_| bits.optional_signed(bytes, 6).unwrap_or(0));
    }
    if segments.mapped {
        for probability in &mut segments.tree {
            if bits.flag(bytes) {
                *probability = bits.literal(bytes, 8);
            }
        }
    }
    segments
}

fn read_filter(bits: &mut BoolDecoder, bytes: &[u8]) -> FilterHeader {
    let mut filter = FilterHeader {
        simple: bits.flag(bytes),
        level: bits.literal(bytes, 6),
        sharpness: bits.literal(bytes, 3),
        ..FilterHeader::default()
    };
    if bits.flag(bytes) && bits.flag(bytes) {
        // For macroblocks of each reference frame, and of each mode; only the first of each occur in a key frame.
        let [intra, _, _, _, subblock, _, _, _]: [Option<i8>; 8] =
            core::array::from_fn(|_| bits.optional_signed(bytes, 6));
        filter.intra_delta = intra.unwrap_or(0);
        filter.subblock_delta = subblock.unwrap_or(0);
    }
    filter
}
