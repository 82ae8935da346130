//! Times this decoder and `image-webp` in turn, and prints medians and fastest rounds.
//!
//! ```sh
//! cargo run --release --example decode_bench -- some.webp another.webp
//! ```
//!
//! Built for wasm, it prints the linear memory too; one job at a time shows each one's own:
//! `bench --only tintype --rounds 1 file.webp`. This decoder reads the file in chunks of 64 KiB.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Instant;
use tintype_webp::decode::{Decoder, DecoderConfig, Output, Row, info};

const ROUNDS: usize = 7;

/// Decodes a file, and returns a number that depends on the result.
type Run = fn(&[u8]) -> u64;

fn main() {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let mut option = |name: &str| {
        let at = paths.iter().position(|argument| argument == name)?;
        Some(paths.drain(at..at + 2).next_back().unwrap())
    };
    let (only, rounds) = (option("--only"), option("--rounds"));
    let rounds = rounds.map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    for path in paths {
        let file = std::fs::read(&path).unwrap();
        let header = info(&file).unwrap().header;
        println!(
            "\n{path}: {}x{}, {:?}, {:.1} MP, {} KB",
            header.width,
            header.height,
            header.compression,
            (header.width * header.height) as f64 / 1e6,
            file.len() / 1000
        );
        let jobs: [(&str, Run); 2] = [("tintype", ours), ("image-webp", theirs)];
        let jobs: Vec<_> =
            jobs.into_iter().filter(|job| only.as_ref().is_none_or(|only| job.0 == only)).collect();
        let mut times = vec![Vec::new(); jobs.len()];
        // In turn, so that what else the machine does touches all alike.
        for _ in 0..rounds {
            for (job, times) in jobs.iter().zip(&mut times) {
                let begun = Instant::now();
                std::hint::black_box((job.1)(&file));
                times.push(begun.elapsed().as_secs_f64() * 1000.0);
            }
        }
        for (job, times) in jobs.iter().zip(&mut times) {
            times.sort_by(f64::total_cmp);
            let (median, fastest) = (times[times.len() / 2], times[0]);
            println!("{:12} {median:8.2} ms, fastest {fastest:8.2} ms{}", job.0, memory(file.len()));
        }
        let work = work(&file);
        println!("{:12} {:.1} million instructions by its own count", "tintype", work as f64 / 1e6);
    }
}

#[cfg(target_arch = "wasm32")]
fn memory(file: usize) -> String {
    let all = core::arch::wasm32::memory_size::<0>() * 65536;
    format!(", linear memory {:6.1} MB beyond the file", (all - file) as f64 / 1e6)
}

#[cfg(not(target_arch = "wasm32"))]
fn memory(_: usize) -> String {
    String::new()
}

fn decode(file: &[u8]) -> (Decoder, u64) {
    let mut decoder = Decoder::new(DecoderConfig { max_memory: 1 << 31, ..DecoderConfig::default() });
    let mut chunks = file.chunks(1 << 16);
    let mut feed = |decoder: &mut Decoder| match chunks.next() {
        Some(chunk) => decoder.feed(chunk),
        None => decoder.finish(),
    };
    while decoder.header().unwrap().is_none() {
        feed(&mut decoder);
    }
    decoder.start(Output::Interleaved).unwrap();
    let mut sum = 0;
    loop {
        match decoder.next_row().unwrap() {
            Row::Pixels(row) => sum += u64::from(row[0]),
            Row::NeedInput => feed(&mut decoder),
            Row::Done => return (decoder, sum),
        }
    }
}

fn ours(file: &[u8]) -> u64 {
    decode(file).1
}

fn work(file: &[u8]) -> u64 {
    decode(file).0.work()
}

fn theirs(file: &[u8]) -> u64 {
    let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(file)).unwrap();
    let (width, height) = decoder.dimensions();
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut data = vec![0; width as usize * height as usize * channels];
    decoder.read_image(&mut data).unwrap();
    u64::from(data[0])
}
