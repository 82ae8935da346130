//! Decodes any bytes, at any scale and to any output, whole and in chunks: neither may fail in any other way than by
//! an error, both must agree, and neither may hold more than was predicted for it.
//!
//! The last two bytes of the input choose scale, output and chunk size, so that a JPEG file is an input as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tintype_jpeg::decode::{DecodeError, Decoder, DecoderConfig, Flaw, Output, Row, Scale, Step};

/// Enough to see every path; more would only be slow.
const MAX_SAMPLES: usize = 1 << 20;

fuzz_target!(|input: &[u8]| {
    let &[ref file @ .., choice, size] = input else { return };
    let scale = Scale::eighths(choice % 8 + 1).unwrap();
    let output = [Output::Interleaved, Output::Inks, Output::Planar, Output::PlanarSubsampled][usize::from(choice / 8) % 4];
    let whole = decode(file, scale, output, file.len().max(1));
    let chunked = decode(file, scale, output, usize::from(size) + 1);
    match whole {
        // What is fed at once counts, too.
        Err(DecodeError::Memory { .. }) => {}
        _ => assert_eq!(whole, chunked),
    }
});

fn decode(file: &[u8], scale: Scale, output: Output, chunk: usize) -> Result<(u64, Option<Flaw>), DecodeError> {
    let config = DecoderConfig { max_memory: 64 << 20, max_scans: 20, ..DecoderConfig::default() };
    let mut decoder = Decoder::new(config);
    let mut chunks = file.chunks(chunk);
    let mut feed = |decoder: &mut Decoder| match chunks.next() {
        Some(chunk) => decoder.feed(chunk),
        None => decoder.finish(),
    };
    while decoder.header()?.is_none() {
        feed(&mut decoder);
    }
    decoder.start(scale, output)?;
    let (mut sum, mut samples) = (0u64, 0);
    let mut take = |row: &[u8]| {
        sum = row.iter().fold(sum, |sum, &sample| sum.wrapping_mul(31).wrapping_add(sample.into()));
        samples += row.len();
        samples > MAX_SAMPLES
    };
    loop {
        let enough = match output {
            Output::Interleaved | Output::Inks => match decoder.next_row()? {
                Row::Pixels(row) => Some(take(row)),
                Row::NeedInput => None,
                Row::Done => break,
            },
            _ => match decoder.next_strip()? {
                Step::Strip(strip) => Some(strip.planes().iter().flat_map(|rows| rows.iter()).any(&mut take)),
                Step::NeedInput => None,
                Step::Done => break,
            },
        };
        match enough {
            Some(true) => break,
            Some(false) => {}
            None => feed(&mut decoder),
        }
    }
    Ok((sum, decoder.damage()))
}
