//! Animated PNG as a source: every frame is what it should be, and what is damaged ends where the damage is.

use crate::film::*;
use std::collections::BTreeSet;
use tintype::{Error, Format, Length, Limit, Options, Session, inspect, resize};

const SIZE: (u32, u32) = (30, 22);

/// Options for all frames, without loss.
fn all(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    (options.output.lossless, options.input.frames) = (true, 0);
    change(&mut options);
    options
}

fn strict() -> Options {
    all(|options| options.input.allow_damaged = false)
}

/// A still of one frame.
fn page(page: u32) -> Options {
    let mut options = Options::default();
    (options.output.format, options.input.page) = (Format::Png, page);
    options
}

/// Checks that a file is shown as is expected, however it is cut.
fn check(file: &[u8], expected: &[Shown], name: &str) {
    let made = resize(file, &strict()).unwrap().image;
    let film = play(&made);
    let times = |frames: &[Shown]| frames.iter().map(|(duration, _)| *duration).collect::<Vec<_>>();
    assert_eq!(times(&film.frames), times(expected), "{name}");
    for (number, (found, expected)) in film.frames.iter().zip(expected).enumerate() {
        assert!(found == expected, "frame {number} of {name}");
    }
    for size in [1, 7, 300] {
        assert!(in_chunks(file, &strict(), size) == made, "{name} in chunks of {size}");
    }
}

#[test]
fn every_disposal_and_every_way_of_drawing_shows_what_it_should() {
    for seed in 0..60 {
        let frames = apng_frames(seed, SIZE, 8);
        let style = [Style::Rgba, Style::Wide, Style::GrayAlpha][seed as usize % 3];
        let file = file_of(&apng_chunks(&frames, SIZE, 0, (style, seed % 2 == 0)));
        check(&file, &merged(apng_shown(&frames, SIZE, style)), &format!("seed {seed}"));
    }
}

#[test]
fn pages_are_frames_and_the_image_stands_for_the_first_one() {
    for (seed, has_image) in [(1, false), (2, true), (3, false), (4, true)] {
        let frames = apng_frames(seed, SIZE, 5);
        let file = file_of(&apng_chunks(&frames, SIZE, 0, (Style::Rgba, has_image)));
        for (number, (_, canvas)) in apng_shown(&frames, SIZE, Style::Rgba).iter().enumerate() {
            let mut options = page(number as u32);
            options.input.allow_damaged = false;
            let made = resize(&file[..], &options).unwrap().image;
            let is_image = has_image && number == 0;
            assert!(is_image || still(&made) == *canvas, "frame {number} of seed {seed}");
            assert!(!is_image || still(&made).chunks(4).all(|pixel| pixel == [255, 0, 0, 255]));
            assert!(in_chunks(&file, &options, 11) == made);
        }
        let beyond = resize(&file[..], &page(5));
        assert!(matches!(beyond, Err(Error::InvalidOption { .. })), "{beyond:?}");
    }
}

#[test]
fn palettes_and_transparent_colours_hold_for_every_frame() {
    // Of four colours, one is half transparent; pixels have two bits.
    let palette = [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9];
    let alphas = [255, 128];
    let rows = |first: u8| -> Vec<u8> { (0..4).flat_map(|_| [0, first]).collect() };
    let frame = |left, top| ApngFrame {
        left,
        top,
        width: 4,
        height: 4,
        pixels: Vec::new(),
        delay: (1, 10),
        dispose: 0,
        over: false,
    };
    let numbered = |number: u32, body: &[u8]| [&number.to_be_bytes()[..], body].concat();
    let chunks = [
        (*b"IHDR", [&8u32.to_be_bytes()[..], &8u32.to_be_bytes(), &[2, 3, 0, 0, 0]].concat()),
        (*b"acTL", [2u32.to_be_bytes(), 1u32.to_be_bytes()].concat()),
        (*b"PLTE", palette.to_vec()),
        (*b"tRNS", alphas.to_vec()),
        (*b"fcTL", control(0, &ApngFrame { width: 8, height: 8, ..frame(0, 0) })),
        (*b"IDAT", fdeflate::compress_to_vec(&[0, 0, 0].repeat(8))),
        (*b"fcTL", control(1, &frame(2, 3))),
        (*b"fdAT", numbered(2, &fdeflate::compress_to_vec(&rows(0b01_10_11_00)))),
        (*b"IEND", Vec::new()),
    ];
    let red = [255, 0, 0, 255];
    let before = vec![red; 64];
    let mut after = before.clone();
    for y in 3..7 {
        after[y * 8 + 2..][..4].copy_from_slice(&[[0, 255, 0, 128], [0, 0, 255, 255], [9, 9, 9, 255], red]);
    }
    check(&file_of(&chunks), &[(100, before.concat()), (100, after.concat())], "palette");
}

#[test]
fn frames_that_are_much_larger_than_their_data_are_whole() {
    let frame = |value: u8| ApngFrame {
        left: 0,
        top: 0,
        width: 256,
        height: 200,
        pixels: vec![[value, 9, 200, 255]; 256 * 200],
        delay: (1, 10),
        dispose: 0,
        over: true,
    };
    let frames = [frame(3), frame(4), frame(5)];
    for has_image in [false, true] {
        let file = file_of(&apng_chunks(&frames, (256, 200), 0, (Style::Rgba, has_image)));
        check(&file, &apng_shown(&frames, (256, 200), Style::Rgba), "large frames");
    }
}

#[test]
fn an_animation_is_described_as_it_plays() {
    let frames = apng_frames(5, SIZE, 6);
    let shown = apng_shown(&frames, SIZE, Style::Rgba);
    let duration: u64 = shown.iter().map(|(time, _)| u64::from(*time)).sum();
    for (plays, has_image) in [(0, false), (3, true)] {
        let file = file_of(&apng_chunks(&frames, SIZE, plays, (Style::Rgba, has_image)));
        let info = inspect(&file).unwrap();
        let animation = info.animation.unwrap();
        assert_eq!((info.frames, animation.loops, animation.duration), (6, plays, duration));
        assert_eq!(play(&resize(&file[..], &all(|_| ())).unwrap().image).loops, plays as u16);
    }
    let alone = inspect(&apng_file(&frames[..1], SIZE, 0)).unwrap();
    assert_eq!((alone.frames, alone.animation), (1, None));
}

#[test]
fn a_still_is_one_frame_of_itself() {
    let canvas = canvases(SIZE, 1).remove(0).1;
    let file = png_file(SIZE, &canvas);
    assert!(still(&resize(&file[..], &all(|_| ())).unwrap().image) == visible(&canvas));
    assert!(matches!(resize(&file[..], &page(1)), Err(Error::InvalidOption { .. })));
}

/// A change to the chunks of a file.
type Change = fn(&mut Vec<([u8; 4], Vec<u8>)>);

/// The place of the chunk of a kind that comes as number `count`.
fn place(chunks: &[([u8; 4], Vec<u8>)], kind: &[u8; 4], count: usize) -> usize {
    chunks.iter().enumerate().filter(|(_, (found, _))| found == kind).nth(count).unwrap().0
}

#[test]
fn damage_ends_the_animation_where_it_is_and_is_an_error_if_it_is_not_allowed() {
    let mut frames = apng_frames(7, SIZE, 4);
    frames.iter_mut().for_each(|frame| frame.dispose = 0);
    let shown = apng_shown(&frames, SIZE, Style::Rgba);
    // Frames that are left, and what is wrong with the third.
    let changes: [(&str, usize, Change); 8] = [
        ("a description out of order", 2, |chunks| {
            let at = place(chunks, b"fcTL", 2);
            chunks[at].1[3] += 1;
        }),
        ("a frame beyond the image", 2, |chunks| {
            let at = place(chunks, b"fcTL", 2);
            chunks[at].1[15] = 29;
        }),
        ("a frame without pixels", 2, |chunks| {
            let at = place(chunks, b"fcTL", 2);
            chunks[at].1[4..8].fill(0);
        }),
        ("an unknown disposal", 2, |chunks| {
            let at = place(chunks, b"fcTL", 2);
            chunks[at].1[24] = 3;
        }),
        ("a short description", 2, |chunks| {
            let at = place(chunks, b"fcTL", 2);
            chunks[at].1.pop();
        }),
        ("pixels that are missing", 2, |chunks| {
            let at = place(chunks, b"fdAT", 2);
            chunks.drain(at..at + 2);
        }),
        ("pixels out of order", 2, |chunks| {
            let at = place(chunks, b"fdAT", 2);
            chunks[at].1[3] += 1;
        }),
        ("pixels that are no stream", 2, |chunks| {
            let at = place(chunks, b"fdAT", 2);
            chunks[at].1[4..].fill(0xff);
        }),
    ];
    for (name, sound, change) in changes {
        let mut chunks = apng_chunks(&frames, SIZE, 0, (Style::Rgba, false));
        change(&mut chunks);
        let file = file_of(&chunks);
        let made = resize(&file[..], &all(|_| ())).unwrap();
        assert!(made.damaged, "{name}");
        let film = play(&made.image);
        assert!(film.frames.len() <= 3, "{name}");
        let pictures = |frames: &[Shown]| frames.iter().map(|(_, canvas)| canvas.clone()).collect::<Vec<_>>();
        assert!(pictures(&film.frames)[..sound] == pictures(&shown)[..sound], "{name}");
        let refused = resize(&file[..], &strict());
        assert!(matches!(refused, Err(Error::Malformed { .. })), "{name}: {refused:?}");
        assert!(in_chunks(&file, &all(|_| ()), 5) == made.image, "{name}");
        assert!((2..=4).contains(&inspect(&file).unwrap().frames), "{name}");
    }
}

#[test]
fn a_wrong_checksum_and_a_file_that_is_cut_are_damage() {
    let frames = apng_frames(7, SIZE, 4);
    let chunks = apng_chunks(&frames, SIZE, 0, (Style::Rgba, false));
    let file = file_of(&chunks);
    let before: usize =
        8 + chunks[..place(&chunks, b"fdAT", 2)].iter().map(|(_, body)| 12 + body.len()).sum::<usize>();
    let mut corrupt = file.clone();
    corrupt[before + 8 + chunks[place(&chunks, b"fdAT", 2)].1.len()] ^= 1;
    for (name, file) in [("checksum", &corrupt[..]), ("cut", &file[..before + 20])] {
        let made = resize(file, &all(|_| ())).unwrap();
        assert!(made.damaged && (2..=3).contains(&play(&made.image).frames.len()), "{name}");
        let refused = resize(file, &strict());
        assert!(matches!(refused, Err(Error::Malformed { .. })), "{name}: {refused:?}");
    }
    // The end of the file may be missing.
    check(&file[..file.len() - 12], &merged(apng_shown(&frames, SIZE, Style::Rgba)), "no end");
}

#[test]
fn frames_beyond_their_number_are_not_shown_and_fewer_are_all_there_are() {
    let frames = apng_frames(9, SIZE, 4);
    for (announced, shown) in [(2, 2), (9, 4)] {
        let mut chunks = apng_chunks(&frames, SIZE, 0, (Style::Rgba, true));
        chunks[1].1[3] = announced;
        let file = file_of(&chunks);
        check(&file, &merged(apng_shown(&frames[..shown], SIZE, Style::Rgba)), &format!("{announced}"));
        assert_eq!(inspect(&file).unwrap().frames, shown as u32);
    }
}

#[test]
fn a_first_frame_that_cannot_be_shown_is_an_error_unless_the_image_is() {
    let frames = apng_frames(9, SIZE, 3);
    let changes: [Change; 4] = [
        |chunks| chunks.retain(|(kind, _)| kind != b"fcTL" && kind != b"fdAT"),
        |chunks| chunks.retain(|(kind, _)| kind != b"fdAT"),
        |chunks| {
            let at = place(chunks, b"fcTL", 0);
            chunks[at].1[12] = 1;
        },
        |chunks| {
            let at = place(chunks, b"fdAT", 0);
            chunks[at].1.truncate(3);
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut chunks = apng_chunks(&frames, SIZE, 0, (Style::Rgba, true));
        change(&mut chunks);
        assert!(resize(file_of(&chunks), &page(0)).is_ok());
        for options in [all(|_| ()), page(1)] {
            let made = resize(file_of(&chunks), &options);
            assert!(matches!(made, Err(Error::Malformed { .. })), "{number}: {made:?}");
        }
        _ = inspect(&file_of(&chunks));
    }
}

#[test]
fn the_size_of_every_frame_counts() {
    let frames = apng_frames(3, SIZE, 6);
    let file = apng_file(&frames, SIZE, 0);
    let limited = |change: fn(&mut Options)| resize(&file[..], &all(change));
    let frames = limited(|options| options.limits.frames = 5);
    assert!(matches!(frames, Err(Error::LimitExceeded { limit: Limit::Frames, .. })), "{frames:?}");
    let pixels = limited(|options| options.limits.source_pixels = 30 * 22 * 5);
    assert!(matches!(pixels, Err(Error::LimitExceeded { limit: Limit::SourcePixels, .. })), "{pixels:?}");
    let work = limited(|options| options.limits.work = 1_000_000);
    assert!(matches!(work, Err(Error::LimitExceeded { limit: Limit::Work, .. })), "{work:?}");
    assert!(limited(|options| options.limits.frames = 6).is_ok());
}

/// Options for a PNG of all frames.
fn animated(change: impl FnOnce(&mut Options)) -> Options {
    all(|options| {
        (options.output.format, options.output.lossless) = (Format::Png, false);
        change(options);
    })
}

#[test]
fn a_png_has_every_frame_as_it_was_and_as_long() {
    for seed in 0..40 {
        let frames = apng_frames(seed, SIZE, 8);
        let source = apng_file(&frames, SIZE, 3);
        let made = resize(&source[..], &animated(|_| ())).unwrap().image;
        let film = play_apng(&made);
        assert_eq!((film.size, film.loops), (SIZE, 3));
        assert!(film.frames == merged(apng_shown(&frames, SIZE, Style::Rgba)), "seed {seed}");
        assert!(in_chunks(&source, &animated(|_| ()), 13) == made);
        // The engine reads what it wrote.
        assert!(play(&resize(&made[..], &strict()).unwrap().image).frames == film.frames, "seed {seed}");
        assert!(resize(&made[..], &animated(|_| ())).unwrap().image == made, "written once more");
    }
}

#[test]
fn a_frame_of_a_png_holds_no_more_than_what_changes() {
    // A disc moves on a picture that no encoder makes small.
    let size = (120, 80);
    let ground = noise(120 * 80, 5);
    let frames: Vec<Shown> = (0..5)
        .map(|number| {
            let mut canvas = ground.clone();
            for (x, y) in (0..14).flat_map(|y| (0..14).map(move |x| (x, y))) {
                canvas[((33 + y) * 120 + 20 + 10 * number + x) * 4..][..3].copy_from_slice(&[255, 0, 0]);
            }
            (40, canvas)
        })
        .collect();
    let bytes = |count: usize| {
        let made = resize(webp_file(size, &frames[..count], 0), &animated(|_| ())).unwrap().image;
        assert!(play_apng(&made).frames == frames[..count]);
        made.len()
    };
    assert!(bytes(5) - bytes(2) < 3 * 900, "{} {}", bytes(5), bytes(2));
}

/// A disc that moves on a picture, of colours that a function gives.
fn moving((width, height): (u32, u32), color: impl Fn(u32, u32, u32) -> [u8; 4]) -> Vec<Shown> {
    let pixel = |number: u32, x: u32, y: u32| {
        let away = (20 + 12 * number).abs_diff(x).pow(2) + 30u32.abs_diff(y).pow(2);
        color(x, y, if away < 120 { number + 1 } else { 0 })
    };
    let places: Vec<(u32, u32)> = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).collect();
    (0..6).map(|number| (40, places.iter().flat_map(|&(x, y)| pixel(number, x, y)).collect())).collect()
}

#[test]
fn frames_of_few_colours_keep_them_in_a_palette() {
    let size = (120, 70);
    for clear in [[0; 4], [9, 90, 30, 255]] {
        let frames = moving(
            size,
            |_, y, number| if number == 0 { clear } else { [number as u8 * 40, y as u8, 0, 255] },
        );
        let source = webp_file(size, &frames, 3);
        let options = animated(|options| options.output.colors = Some(256));
        let made = resize(&source[..], &options).unwrap().image;
        assert_eq!(made[25], 3, "indices of a palette");
        assert!(play_apng(&made) == play_apng(&resize(&source[..], &animated(|_| ())).unwrap().image));
        assert!(in_chunks(&source, &options, 999) == made);
    }
}

#[test]
fn one_palette_is_for_all_frames_and_what_does_not_change_does_not_flicker() {
    let size = (120, 70);
    // The colours of the last frames are none of the first.
    let grain = noise(120 * 70, 9);
    let frames = moving(size, |x, y, number| match number {
        0 => [x as u8 * 2, y as u8 * 3, 90 + grain[((y * 120 + x) * 4) as usize] % 64, 255],
        number => [250, number as u8 * 40, (x * y % 40) as u8, 255],
    });
    let source = webp_file(size, &frames, 0);
    let whole = resize(&source[..], &animated(|_| ())).unwrap().image;
    for (colors, error) in [(16, 30), (64, 12), (256, 7)] {
        let options = animated(|options| options.output.colors = Some(colors));
        let made = resize(&source[..], &options).unwrap().image;
        assert!(made[25] == 3 && 3 * made.len() < 2 * whole.len(), "{} of {}", made.len(), whole.len());
        let film = play_apng(&made).frames;
        let found: BTreeSet<&[u8; 4]> = film.iter().flat_map(|(_, canvas)| canvas.as_chunks().0).collect();
        assert!(
            found.len() <= colors as usize && found.len() > colors as usize / 2,
            "{} of {colors}",
            found.len()
        );
        assert_eq!(film.len(), frames.len());
        for (number, (time, canvas)) in film.iter().enumerate() {
            let drawn = &frames[number].1;
            let off: u64 =
                canvas.iter().zip(drawn).map(|(found, drawn)| u64::from(found.abs_diff(*drawn))).sum();
            assert!(*time == 40 && off < error * drawn.len() as u64, "{off} in frame {number}");
            let Some(before) = number.checked_sub(1) else { continue };
            let changes =
                |film: &[Shown], at: usize| film[before].1[at..at + 4] != film[number].1[at..at + 4];
            let pixels = (0..drawn.len()).step_by(4);
            assert!(
                pixels.filter(|at| !changes(&frames, *at)).all(|at| !changes(&film, at)),
                "frame {number}"
            );
        }
    }
}

#[test]
fn times_and_how_often_a_png_plays_can_be_set_and_equal_frames_are_one() {
    let frames = apng_frames(2, SIZE, 4);
    let source = apng_file(&frames, SIZE, 2);
    let options = animated(|options| (options.output.loops, options.output.delay) = (Some(0), Some(70)));
    let film = play_apng(&resize(&source[..], &options).unwrap().image);
    assert_eq!(film.loops, 0);
    assert!(film.frames.iter().all(|(time, _)| time % 70 == 0 && *time > 0));
    // One that stays the same is a still.
    let canvas = canvases(SIZE, 1).remove(0).1;
    let still_film = webp_file(SIZE, &[(40, canvas.clone()), (50, canvas.clone())], 0);
    let made = resize(still_film, &animated(|_| ())).unwrap().image;
    assert!(still(&made) == visible(&canvas) && inspect(&made).unwrap().frames == 1);
    assert!(!made.windows(4).any(|kind| kind == b"acTL"));
}

#[test]
fn a_png_that_is_resized_has_every_frame() {
    let source = webp_file((61, 40), &canvases((61, 40), 5), 7);
    let options = |format| {
        all(|options| {
            (options.output.format, options.output.lossless) = (format, format == Format::Webp);
            options.geometry.width = Some(Length::Pixels(29));
        })
    };
    let made = resize(&source[..], &options(Format::Png)).unwrap().image;
    let expected = play(&resize(&source[..], &options(Format::Webp)).unwrap().image);
    assert_eq!(play_apng(&made), expected);
}

#[test]
fn files_that_are_changed_anywhere_never_trap() {
    let frames = apng_frames(11, SIZE, 4);
    let file = file_of(&apng_chunks(&frames, SIZE, 0, (Style::Rgba, true)));
    let mut state = 1u32;
    for round in 0..1500usize {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let mut changed = file.clone();
        let at = 33 + round * 7 % (file.len() - 33);
        changed[at] = (state >> 24) as u8;
        changed.truncate(file.len() - (state as usize >> 8) % 200);
        let mut session = Session::new(all(|options| options.geometry.width = Some(Length::Pixels(9))));
        let cut = (state as usize >> 4) % changed.len();
        let made = session.write(&changed[..cut]).and_then(|()| session.write(&changed[cut..]));
        _ = made.and_then(|()| session.finish());
        _ = inspect(&changed);
    }
}
