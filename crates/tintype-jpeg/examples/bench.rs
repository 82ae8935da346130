//! Times this decoder at each scale, `zune-jpeg` and `jpeg-decoder` in turn, and prints medians and fastest rounds.
//!
//! ```sh
//! cargo run --release --example bench -- some.jpg another.jpg
//! ```
//!
//! Built for wasm, it prints the linear memory too; one job at a time shows each one's own:
//! `bench --only "tintype planes 1/8" --rounds 1 file.jpg`. Jobs read the file in chunks of 64 KiB.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::Instant;
use tintype_jpeg::decode::{Decoder, DecoderConfig, Output, Row, Scale, Step};

const ROUNDS: usize = 7;

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
        let (width, height) = size(&file);
        println!(
            "\n{path}: {width}x{height}, {:.1} MP, {} KB",
            (width * height) as f64 / 1e6,
            file.len() / 1000
        );
        let jobs: Vec<Job> = jobs()
            .into_iter()
            .filter(|job| only.as_ref().is_none_or(|only| job.name.contains(only)))
            .collect();
        let mut times = vec![Vec::new(); jobs.len()];
        // In turn, so that what else the machine does touches all alike.
        for _ in 0..rounds {
            for (job, times) in jobs.iter().zip(&mut times) {
                let begun = Instant::now();
                let sum = (job.run)(&file);
                times.push(begun.elapsed().as_secs_f64() * 1000.0);
                std::hint::black_box(sum);
            }
        }
        for (job, times) in jobs.iter().zip(&mut times) {
            times.sort_by(f64::total_cmp);
            let (median, fastest) = (times[times.len() / 2], times[0]);
            println!("{:24} {median:8.2} ms, fastest {fastest:8.2} ms{}", job.name, memory(file.len()));
        }
    }
}

fn size(file: &[u8]) -> (u32, u32) {
    let mut decoder = Decoder::new(DecoderConfig::default());
    for chunk in file.chunks(4096) {
        decoder.feed(chunk);
        if let Some(header) = decoder.header().unwrap() {
            return (header.width, header.height);
        }
    }
    panic!("the file has no header");
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

/// Decodes a file, and returns a number that depends on the result.
type Run = Box<dyn Fn(&[u8]) -> u64>;

struct Job {
    name: String,
    run: Run,
}

fn jobs() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for eighths in [8, 4, 3, 2, 1] {
        let scale = Scale::eighths(eighths).unwrap();
        let run = move |file: &[u8]| ours_planes(file, scale);
        jobs.push(Job { name: format!("tintype planes {eighths}/8"), run: Box::new(run) });
    }
    for (scale, label) in [(Scale::FULL, "8/8"), (Scale::EIGHTH, "1/8")] {
        let run = move |file: &[u8]| ours_rows(file, scale);
        jobs.push(Job { name: format!("tintype RGB {label}"), run: Box::new(run) });
    }
    jobs.push(Job { name: "zune-jpeg planes 1/1".into(), run: Box::new(zune_planes) });
    jobs.push(Job { name: "zune-jpeg RGB 1/1".into(), run: Box::new(zune) });
    for divisor in [1, 2, 4, 8] {
        let run = move |file: &[u8]| jpeg_decoder(file, divisor);
        jobs.push(Job { name: format!("jpeg-decoder RGB 1/{divisor}"), run: Box::new(run) });
    }
    jobs
}

fn begin(file: &[u8], scale: Scale, output: Output) -> (Decoder, std::slice::Chunks<'_, u8>) {
    let mut decoder = Decoder::new(DecoderConfig { max_memory: 1 << 31, ..DecoderConfig::default() });
    let mut chunks = file.chunks(1 << 16);
    while decoder.header().unwrap().is_none() {
        feed(&mut decoder, &mut chunks);
    }
    decoder.start(scale, output).unwrap();
    (decoder, chunks)
}

fn feed(decoder: &mut Decoder, chunks: &mut std::slice::Chunks<'_, u8>) {
    match chunks.next() {
        Some(chunk) => decoder.feed(chunk),
        None => decoder.finish(),
    }
}

fn ours_planes(file: &[u8], scale: Scale) -> u64 {
    let (mut decoder, mut chunks) = begin(file, scale, Output::PlanarSubsampled);
    let mut sum = 0;
    loop {
        match decoder.next_strip().unwrap() {
            Step::Strip(strip) => {
                sum += strip.planes().iter().map(|rows| u64::from(rows.data[0])).sum::<u64>()
            }
            Step::NeedInput => feed(&mut decoder, &mut chunks),
            Step::Done => return sum,
        }
    }
}

fn ours_rows(file: &[u8], scale: Scale) -> u64 {
    let (mut decoder, mut chunks) = begin(file, scale, Output::Interleaved);
    let mut sum = 0;
    loop {
        match decoder.next_row().unwrap() {
            Row::Pixels(row) => sum += u64::from(row[0]),
            Row::NeedInput => feed(&mut decoder, &mut chunks),
            Row::Done => return sum,
        }
    }
}

fn zune_options() -> zune_jpeg::zune_core::options::DecoderOptions {
    zune_jpeg::zune_core::options::DecoderOptions::default().set_max_width(65535).set_max_height(65535)
}

fn zune(file: &[u8]) -> u64 {
    use zune_jpeg::zune_core::bytestream::ZCursor;
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(file), zune_options());
    decoder.decode().map_or(0, |data| u64::from(data[0]))
}

fn zune_planes(file: &[u8]) -> u64 {
    use zune_jpeg::zune_core::bytestream::ZCursor;
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(file), zune_options());
    decoder.decode_headers().unwrap();
    let mut session = decoder.raw_output();
    let count = session.num_components().unwrap();
    let layout = session.layout().unwrap();
    let mut planes: Vec<Vec<u8>> = layout[..count].iter().map(|plane| vec![0; plane.byte_size]).collect();
    let mut slices: Vec<&mut [u8]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
    session.decode_into_planes(&mut slices).map_or(0, |()| u64::from(planes[0][0]))
}

fn jpeg_decoder(file: &[u8], divisor: u16) -> u64 {
    let mut decoder = jpeg_decoder::Decoder::new(file);
    decoder.read_info().unwrap();
    let info = decoder.info().unwrap();
    if divisor > 1 {
        decoder.scale(info.width / divisor, info.height / divisor).unwrap();
    }
    decoder.decode().map_or(0, |data| u64::from(data[0]))
}
