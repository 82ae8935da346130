//! An animation never takes more memory than its limit, wherever that is set.

use crate::film::{
    ApngFrame, Shown, apng_file, apng_frames, canvases, gif_file, gif_frames, play, play_apng, play_gif,
    webp_file,
};
use peak_memory::most_held;
use tintype::{Error, Format, Length, Limit, Options, Session};

/// The rendition of a source that arrives in pieces, and the most bytes held meanwhile.
fn held(source: &[u8], options: &Options) -> (Result<Vec<u8>, Error>, u64) {
    // The output is the caller's, and does not count.
    let mut out = Vec::with_capacity(1 << 20);
    let (result, most) = most_held(|| {
        let mut session = Session::new(options.clone());
        for chunk in source.chunks(10_000) {
            session.write(chunk)?;
        }
        session.finish()?;
        loop {
            let piece = session.read(1 << 16)?;
            if piece.is_empty() {
                return Ok(());
            }
            out.extend(piece);
        }
    });
    (result.map(|()| out), most)
}

fn noise((width, height): (u32, u32), count: u32) -> Vec<Shown> {
    let mut state = 1u32;
    let mut next = move || {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        (state >> 24) as u8
    };
    (0..count)
        .map(|_| (40, (0..width * height).flat_map(|_| [next(), next(), next(), 255]).collect()))
        .collect()
}

/// Frames of noise, each of which is removed again.
fn noisy((width, height): (u32, u32)) -> Vec<ApngFrame> {
    let frame = |(time, canvas): Shown| ApngFrame {
        left: 0,
        top: 0,
        width,
        height,
        pixels: canvas.as_chunks().0.to_vec(),
        delay: (time as u16, 1000),
        dispose: 2,
        over: true,
    };
    noise((width, height), 6).into_iter().map(frame).collect()
}

#[test]
fn no_limit_is_outgrown_and_a_film_needs_no_more_than_its_frames() {
    let (gif, size) = ((150, 100), (120, 80));
    let sources = [
        webp_file(size, &canvases(size, 6), 0),
        webp_file(size, &noise(size, 6), 0),
        gif_file(&gif_frames(4, gif, 6), gif, None),
        apng_file(&apng_frames(4, size, 6), size, 0),
        apng_file(&noisy(size), size, 0),
    ];
    for (number, source) in sources.iter().enumerate() {
        for (format, lossless, width, colors) in [
            (Format::Webp, true, None, None),
            (Format::Webp, false, None, None),
            (Format::Webp, false, Some(70), None),
            (Format::Gif, false, None, None),
            (Format::Gif, false, Some(70), None),
            (Format::Png, false, None, None),
            (Format::Png, false, None, Some(64)),
        ] {
            let mut options = Options::default();
            options.input.frames = 0;
            (options.output.format, options.output.lossless) = (format, lossless);
            options.output.colors = colors;
            options.geometry.width = width.map(Length::Pixels);
            let mut fits = None;
            for limit in (2_300_000..10_000_000u64).step_by(200_000) {
                // With more room than it needs, nothing changes any more.
                if fits.is_some_and(|least| limit > least + 600_000) {
                    break;
                }
                options.limits.memory = limit;
                let (result, most) = held(source, &options);
                assert!(most <= limit, "{number} {format:?} {lossless} {width:?}: {most} of {limit}");
                match result {
                    Ok(file) => {
                        let film = match format {
                            Format::Gif => play_gif(&file),
                            Format::Png => play_apng(&file),
                            _ => play(&file),
                        };
                        assert_eq!(film.frames.len(), 6);
                        fits.get_or_insert(limit);
                    }
                    Err(Error::LimitExceeded { limit: Limit::Memory, allowed, needed }) => {
                        assert!(allowed == limit && needed > limit && fits.is_none(), "{needed} of {limit}");
                    }
                    Err(other) => panic!("{other}"),
                }
            }
            assert!(fits.is_some(), "{number} {format:?} {lossless} {width:?} {colors:?}");
        }
    }
}
