//! GIFs that are written: what another decoder sees in them.

use crate::film::*;
use tintype::{Color, Effort, Error, Fit, Format, Length, Limit, Options, inspect, resize};

const GIF: (u16, u16) = (30, 22);
const SIZE: (u32, u32) = (61, 40);

/// Options for a GIF of all frames.
fn all(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    (options.output.format, options.input.frames) = (Format::Gif, 0);
    change(&mut options);
    options
}

/// A picture of many colours, smooth and with some grain.
fn photograph(width: u32, height: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        let grain =
            (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)).wrapping_mul(3_266_489_917) >> 29;
        let disc = if x.abs_diff(width / 2).pow(2) + y.abs_diff(height / 3).pow(2) < 2000 { 60 } else { 0 };
        [x * 180 / width + disc + grain, y * 200 / height + grain, (x + y) * 90 / width + disc, 255]
            .map(|value| value as u8)
    };
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
}

/// The mean squared error of the samples of visible pixels.
fn error(one: &[u8], other: &[u8]) -> f64 {
    let squares = one.iter().zip(other).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
    squares.sum::<f64>() / one.len() as f64
}

/// The rectangles of the frames of a GIF.
fn rectangles(file: &[u8]) -> Vec<(u16, u16, u16, u16)> {
    let mut decoder = gif::DecodeOptions::new().read_info(file).unwrap();
    let mut rectangles = Vec::new();
    while let Some(frame) = decoder.next_frame_info().unwrap() {
        rectangles.push((frame.left, frame.top, frame.width, frame.height));
    }
    rectangles
}

#[test]
fn frames_of_few_colours_come_back_as_they_were() {
    for seed in 0..60 {
        let frames = gif_frames(seed, GIF, 10);
        let repeat = [None, Some(gif::Repeat::Infinite), Some(gif::Repeat::Finite(4))][seed as usize % 3];
        let file = resize(gif_file(&frames, GIF, repeat), &all(|_| ())).unwrap().image;
        let film = play_gif(&file);
        let expected = merged(gif_shown(&frames, GIF));
        assert_eq!((film.size, film.loops), ((30, 22), [1, 0, 5][seed as usize % 3]));
        let times = |frames: &[Shown]| frames.iter().map(|(duration, _)| *duration).collect::<Vec<_>>();
        assert_eq!(times(&film.frames), times(&expected), "seed {seed}");
        for (number, (found, expected)) in film.frames.iter().zip(&expected).enumerate() {
            assert!(found == expected, "frame {number} of seed {seed}");
        }
        // The engine reads what it wrote.
        let mut lossless = all(|options| options.input.allow_damaged = false);
        (lossless.output.format, lossless.output.lossless) = (Format::Webp, true);
        assert!(play(&resize(&file[..], &lossless).unwrap().image).frames == expected, "seed {seed}");
        assert!(resize(&file[..], &all(|_| ())).unwrap().image == file, "written once more");
    }
}

#[test]
fn a_frame_holds_no_more_than_what_changes() {
    // A disc on a background of many colours moves to the right.
    let background = photograph(120, 80);
    let frames: Vec<Shown> = (0..5)
        .map(|number: usize| {
            let mut canvas = background.clone();
            for (x, y) in (0..14).flat_map(|y| (0..14).map(move |x| (x, y))) {
                canvas[((33 + y) * 120 + 20 + 10 * number + x) * 4..][..3].copy_from_slice(&[255, 0, 0]);
            }
            (40, canvas)
        })
        .collect();
    let file = resize(webp_file((120, 80), &frames, 0), &all(|_| ())).unwrap().image;
    let expected: Vec<_> = (0..4).map(|number| (20 + 10 * number, 33, 24, 14)).collect();
    let rectangles = rectangles(&file);
    assert_eq!((rectangles[0], &rectangles[1..]), ((0, 0, 120, 80), &expected[..]));
    // What stays does not flicker.
    let film = play_gif(&file);
    let still = &film.frames[0].1;
    for (_, frame) in &film.frames {
        let row = |canvas: &[u8], y: usize| canvas[y * 120 * 4..][..120 * 4].to_vec();
        assert!((0..33).chain(47..80).all(|y| row(frame, y) == row(still, y)));
    }
}

#[test]
fn what_becomes_transparent_is_cleared() {
    let square = |left: usize, color: [u8; 4]| -> Vec<u8> {
        let pixel = |x, y| if (left..left + 8).contains(&x) && (5..13).contains(&y) { color } else { [0; 4] };
        (0..30).flat_map(|y| (0..40).flat_map(move |x| pixel(x, y))).collect()
    };
    let frames: Vec<Shown> = [(2, [9, 8, 7, 255]), (20, [9, 8, 7, 255]), (20, [1, 2, 3, 255]), (2, [0; 4])]
        .into_iter()
        .map(|(left, color)| (50, square(left, color)))
        .collect();
    let film = play_gif(&resize(webp_file((40, 30), &frames, 3), &all(|_| ())).unwrap().image);
    assert_eq!(film.loops, 3);
    assert!(film.frames == frames);
}

#[test]
fn alpha_is_all_or_nothing() {
    let canvas: Vec<u8> = (0..=255).flat_map(|alpha| [200, 100, 50, alpha]).collect();
    let film = play_gif(&resize(png_file((256, 1), &canvas), &all(|_| ())).unwrap().image);
    let expected = |alpha| if alpha < 128 { [0; 4] } else { [200, 100, 50, 255] };
    assert_eq!(film.frames, [(0, (0..256).flat_map(expected).collect())]);
}

#[test]
fn a_photograph_keeps_its_colours_on_average_and_more_effort_makes_it_better() {
    let source = photograph(240, 160);
    let made = |effort| {
        let options = all(|options| options.output.effort = effort);
        play_gif(&resize(png_file((240, 160), &source), &options).unwrap().image).frames.remove(0).1
    };
    // Errors that are diffused are larger, but not for those who look at more than one pixel.
    let soft = |rgba: &[u8]| -> Vec<u8> {
        let sample = |x: usize, y: usize, channel: usize| {
            let places = (0..16).map(|place| ((y + place / 4) * 240 + x + place % 4) * 4 + channel);
            (places.map(|place| u32::from(rgba[place])).sum::<u32>() / 16) as u8
        };
        let places = (0..156).step_by(4).flat_map(|y| (0..236).step_by(4).map(move |x| (x, y)));
        places.flat_map(|(x, y)| [0, 1, 2].map(|channel| sample(x, y, channel))).collect()
    };
    let errors = [Effort::Fast, Effort::Default, Effort::Best]
        .map(|effort| error(&soft(&made(effort)), &soft(&source)));
    assert!(errors[1] < errors[0] * 0.5 && errors[2] <= errors[1] * 1.05 && errors[1] < 4.0, "{errors:?}");
    assert!(error(&made(Effort::Fast), &source) < 40.0);
}

#[test]
fn up_to_256_colours_are_exact_in_a_still() {
    for count in [1, 2, 3, 16, 17, 255, 256] {
        let pixel = |place: u32| [(place % count) as u8, (7 * (place % count)) as u8, 77, 255];
        let canvas: Vec<u8> = (0..40 * 30).flat_map(pixel).collect();
        let film = play_gif(&resize(png_file((40, 30), &canvas), &all(|_| ())).unwrap().image);
        assert!(film.frames == [(0, canvas)], "{count}");
    }
}

#[test]
fn frames_may_have_all_colours_and_transparent_pixels() {
    // 256 colours, then as many others with what does not change between them.
    let frame = |first: u32| -> Vec<u8> {
        let pixel = |place: u32| match place % 3 {
            0 => [50, 60, 70, 255],
            _ => [((place / 3 + first) % 256) as u8, first as u8, 9, 255],
        };
        (0..64 * 64).flat_map(pixel).collect()
    };
    let frames: Vec<Shown> = (0..4).map(|first| (100, frame(60 * first))).collect();
    let film = play_gif(&resize(webp_file((64, 64), &frames, 0), &all(|_| ())).unwrap().image);
    for ((_, found), (_, expected)) in film.frames.iter().zip(&frames) {
        assert!(error(found, expected) < 3.0);
        assert!(found.chunks(4).step_by(3).all(|pixel| pixel[0].abs_diff(50) < 3));
    }
}

#[test]
fn a_frame_whose_place_becomes_transparent_names_a_transparent_index() {
    let mut cleared = 0;
    // Frames of few colours, and of so many that the palette is full.
    let few = (0..20).map(|seed| gif_file(&gif_frames(seed, GIF, 8), GIF, None));
    let many = (0..2).map(|seed| {
        let frame = |number: usize| {
            let mut pixels = noise(64 * 64, seed + number as u32);
            pixels.chunks_mut(4).skip(100 * number).take(100).for_each(|pixel| pixel.fill(0));
            (100, pixels)
        };
        webp_file((64, 64), &[frame(0), frame(1), frame(2)], 0)
    });
    for source in few.chain(many) {
        let file = resize(source, &all(|_| ())).unwrap().image;
        let mut decoder = gif::DecodeOptions::new().read_info(&file[..]).unwrap();
        while let Some(frame) = decoder.next_frame_info().unwrap() {
            if frame.dispose == gif::DisposalMethod::Background {
                cleared += 1;
                assert!(frame.transparent.is_some());
            }
        }
    }
    assert!(cleared > 20, "{cleared}");
}

#[test]
fn times_and_repetitions_are_kept_or_set() {
    let frames: Vec<Shown> = canvases(SIZE, 5).into_iter().map(|(_, canvas)| (33, canvas)).collect();
    let source = webp_file(SIZE, &frames, 7);
    let film = |change: fn(&mut Options)| {
        let film = play_gif(&resize(&source[..], &all(change)).unwrap().image);
        (film.loops, film.frames.iter().map(|(time, _)| *time).collect::<Vec<_>>())
    };
    assert_eq!(film(|_| ()), (7, vec![30, 40, 30, 30, 40]));
    assert_eq!(film(|options| options.output.delay = Some(200)), (7, vec![200; 5]));
    assert_eq!(film(|options| options.output.loops = Some(1)).0, 1);
    assert_eq!(film(|options| options.output.loops = Some(0)).0, 0);
    // A frame that stays for longer than a GIF can say goes on as another one.
    let long = webp_file(SIZE, &[(600_000, frames[0].1.clone()), (600_000, frames[1].1.clone())], 0);
    let options = all(|options| options.output.delay = Some(600_000));
    assert_eq!(play_gif(&resize(&long[..], &options).unwrap().image).frames.len(), 2);
}

#[test]
fn one_frame_alone_is_a_still() {
    let gif = gif_file(&gif_frames(2, GIF, 1), GIF, Some(gif::Repeat::Infinite));
    let of = |frames| resize(&gif[..], &all(|options| options.input.frames = frames)).unwrap().image;
    assert_eq!(of(0), of(1));
    assert_eq!(inspect(&of(0)).unwrap().animation, None);
    assert!(!of(0).windows(11).any(|window| window == b"NETSCAPE2.0"));
}

#[test]
fn every_chunking_gives_the_same_bytes() {
    let gif = gif_file(&gif_frames(3, GIF, 6), GIF, Some(gif::Repeat::Infinite));
    let webp = webp_file(SIZE, &canvases(SIZE, 4), 2);
    for source in [gif, webp] {
        let options = all(|options| options.geometry.width = Some(Length::Pixels(20)));
        assert_same_in_chunks(&source, &options, &[1, 7, 300, 100_000]);
    }
}

#[test]
fn every_frame_is_near_what_a_still_of_it_would_be() {
    let frames = canvases(SIZE, 5);
    let source = webp_file(SIZE, &frames, 0);
    for change in [
        |options: &mut Options| options.geometry.width = Some(Length::Pixels(29)),
        |options: &mut Options| {
            (options.geometry.fit, options.geometry.width) = (Fit::Cover, Some(Length::Pixels(20)));
            options.geometry.height = Some(Length::Pixels(20));
        },
        |options: &mut Options| {
            options.geometry.background = Some(Color { red: 250, green: 250, blue: 0, alpha: 255 });
        },
    ] {
        let film = play_gif(&resize(&source[..], &all(change)).unwrap().image);
        assert_eq!(film.frames.len(), 5);
        for ((_, found), (_, canvas)) in film.frames.iter().zip(&frames) {
            let mut of_still = Options::default();
            change(&mut of_still);
            (of_still.output.format, of_still.output.lossless) = (Format::Webp, true);
            of_still.input.frames = 0;
            let expected = resize(png_file(SIZE, canvas), &of_still).unwrap().image;
            let expected = play_gif(&resize(expected, &all(|_| ())).unwrap().image);
            assert_eq!(expected.size, film.size);
            assert!(error(found, &expected.frames[0].1) < 60.0, "{}", error(found, &expected.frames[0].1));
        }
    }
}

#[test]
fn files_that_are_not_read_count_against_memory() {
    let frames: Vec<Shown> = (0..24).map(|seed| (50, noise(64 * 64, seed))).collect();
    // The least memory in which a file can be made, and its size.
    let least = |count: usize| {
        let source = webp_file((64, 64), &frames[..count], 0);
        let with = |memory| resize(&source[..], &all(|options| options.limits.memory = memory));
        let limits = (2_300_000..).step_by(60_000);
        let mut made = limits.map(|limit| (limit, with(limit)));
        made.find_map(|(limit, made)| match made {
            Ok(rendition) => Some((limit, rendition.image.len() as u64)),
            Err(Error::LimitExceeded { limit: Limit::Memory, allowed, needed }) => {
                assert!(allowed == limit && needed > limit);
                None
            }
            Err(other) => panic!("{other}"),
        })
    };
    let ((few, small), (many, large)) = (least(2).unwrap(), least(24).unwrap());
    assert!(many > few + (large - small), "{few} for {small}, {many} for {large}");
}

#[test]
fn a_gif_cannot_be_asked_to_be_lossless() {
    let options = all(|options| options.output.lossless = true);
    let error = resize(png_file((1, 1), &[0; 4]), &options).unwrap_err();
    assert_eq!(error.to_string(), "the option lossless cannot be applied to GIF; choose WebP or PNG");
}
