//! Decodes a file whole and in chunks, and compares. The input's last two bytes choose the output and the chunks' sizes;
//! the others are the file, with the bytes that every file begins with before them if they are missing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tintype_webp::decode::{DecodeError, Decoder, DecoderConfig, Flaw, Output, Row, Step, info};

/// Enough to see every path; more would only be slow.
const MAX_SAMPLES: usize = 1 << 20;

/// As much as the decoder may count, for each byte and each sample, and in any case.
const MAX_WORK: [u64; 3] = [4000, 1200, 10_000_000];

fuzz_target!(|input: &[u8]| {
    let &[ref file @ .., choice, size] = input else { return };
    let file = if file.starts_with(b"RIFF") { file.to_vec() } else { [b"RIFF\0\0\0\0WEBP", file].concat() };
    let output = if choice % 2 == 0 { Output::Interleaved } else { Output::Planar };
    let whole = decode(&file, output, &[file.len().max(1)]);
    let chunked = decode(&file, output, &[usize::from(size) + 1, usize::from(choice / 2)]);
    assert_eq!(whole, chunked);
    if let Ok(whole) = whole {
        assert!(info(&file).is_ok());
        let [byte, sample, any] = MAX_WORK;
        assert!(whole.work <= any + byte * file.len() as u64 + sample * whole.samples as u64);
    }
});

#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    sum: u64,
    samples: usize,
    flaw: Option<Flaw>,
    work: u64,
}

fn decode(file: &[u8], output: Output, sizes: &[usize]) -> Result<Outcome, DecodeError> {
    let config = DecoderConfig { max_memory: 64 << 20, ..DecoderConfig::default() };
    let mut decoder = Decoder::new(config);
    let (mut rest, mut sizes) = (file, sizes.iter().cycle());
    let mut feed = |decoder: &mut Decoder| {
        if rest.is_empty() {
            return decoder.finish();
        }
        let (chunk, after) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
        rest = after;
        decoder.feed(chunk);
    };
    while decoder.header()?.is_none() {
        feed(&mut decoder);
    }
    decoder.start(output)?;
    let (mut sum, mut samples) = (0u64, 0);
    let mut take = |row: &[u8]| {
        sum = row.iter().fold(sum, |sum, &sample| sum.wrapping_mul(31).wrapping_add(sample.into()));
        samples += row.len();
        samples > MAX_SAMPLES
    };
    loop {
        let enough = match output {
            Output::Interleaved => match decoder.next_row()? {
                Row::Pixels(row) => Some(take(row)),
                Row::NeedInput => None,
                Row::Done => break,
            },
            Output::Planar => match decoder.next_strip()? {
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
    Ok(Outcome { sum, samples, flaw: decoder.damage(), work: decoder.work() })
}
