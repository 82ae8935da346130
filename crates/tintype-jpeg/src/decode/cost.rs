//! The cost of decoding, in units of about one WebAssembly instruction. The weights are measured, hold within a factor of
//! three, and give the same sum on every machine.

/// A byte of entropy-coded data.
const BYTE: u64 = 80;

/// A byte of anything else.
const SEGMENT_BYTE: u64 = 2;

/// A visit of a block by a scan, without its data.
pub(crate) const VISIT: u64 = 36;

/// The transform of a block, without its samples.
const BLOCK: u64 = 120;

/// A sample of a block, including its share of the coefficients.
const SAMPLE: u64 = 11;

/// Upsampling and converting a sample of an interleaved pixel.
const CONVERTED: u64 = 10;

/// The cost of reading `bytes` of input, `segments` bytes of which belong to marker segments.
pub(crate) fn input(bytes: u64, segments: u64) -> u64 {
    segments * SEGMENT_BYTE + bytes.saturating_sub(segments) * BYTE
}

/// The cost of decoding and transforming `blocks`, each to `samples` samples.
pub(crate) fn blocks(blocks: u64, samples: u64) -> u64 {
    blocks * (VISIT + BLOCK + samples * SAMPLE)
}

/// The cost of interleaving `samples` samples of a row.
pub(crate) fn row(samples: u64) -> u64 {
    samples * CONVERTED
}
