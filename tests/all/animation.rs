//! Animations: every frame is what a still of it would be, and time goes on as in the source.

use crate::film::*;
use tintype::{
    Angle, Color, Crop, Error, Extend, Extent, Fill, Fit, Format, Length, Limit, Mask, MaskShape, Options,
    Position, Rotation, Sides, Smart, Tilt, Trim, inspect, resize,
};

const GIF: (u16, u16) = (30, 22);
const SIZE: (u32, u32) = (61, 40);

/// Options for all frames, without loss.
fn all(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    options.output.lossless = true;
    options.input.frames = 0;
    change(&mut options);
    options
}

fn of_format(format: Format, page: u32) -> Options {
    let mut options = Options::default();
    (options.output.format, options.input.page, options.input.frames) = (format, page, 0);
    options
}

#[test]
fn every_disposal_of_a_gif_shows_what_it_should() {
    for seed in 0..150 {
        let frames = gif_frames(seed, GIF, 10);
        let strict = all(|options| options.input.allow_damaged = false);
        let film = play(&resize(gif_file(&frames, GIF, None), &strict).unwrap().image);
        assert_eq!(film.size, (30, 22));
        let expected = merged(gif_shown(&frames, GIF));
        let times = |frames: &[Shown]| frames.iter().map(|(duration, _)| *duration).collect::<Vec<_>>();
        assert_eq!(times(&film.frames), times(&expected), "seed {seed}");
        for (number, (found, expected)) in film.frames.iter().zip(&expected).enumerate() {
            assert!(found == expected, "frame {number} of seed {seed}");
        }
    }
}

#[test]
fn the_first_frame_alone_is_that_of_the_animation_however_it_comes() {
    for seed in 0..60 {
        let frames = gif_frames(seed, GIF, 10);
        // Each frame in turn becomes the first.
        for first in 0..frames.len() {
            let alone = gif_shown(&frames[first..=first], GIF);
            let file = gif_file(&frames[first..], GIF, None);
            let mut options = of_format(Format::Png, 0);
            options.input.allow_damaged = false;
            let png = in_chunks(&file, &options, [1, 9, 100_000][first % 3]);
            let frame = &frames[first];
            if frame.left + frame.width <= GIF.0 && frame.top + frame.height <= GIF.1 {
                assert!(still(&png) == visible(&alone[0].1), "frame {first} of seed {seed}");
            }
        }
    }
}

#[test]
fn an_animation_plays_as_often_as_its_source_or_as_is_asked() {
    let frames = gif_frames(1, GIF, 3);
    let loops = |repeat, options: &Options| {
        play(&resize(gif_file(&frames, GIF, repeat), options).unwrap().image).loops
    };
    // Repetitions come after the first time.
    let repeats = [(None, 1), (Some(gif::Repeat::Infinite), 0), (Some(gif::Repeat::Finite(4)), 5)];
    for (repeat, expected) in repeats {
        assert_eq!(loops(repeat, &all(|_| ())), expected);
        assert_eq!(loops(repeat, &all(|options| options.output.loops = Some(7))), 7);
    }
    let source = webp_file(SIZE, &canvases(SIZE, 3), 9);
    assert_eq!(play(&resize(&source[..], &all(|_| ())).unwrap().image).loops, 9);
}

#[test]
fn frames_are_shown_as_long_as_in_the_source_or_as_is_asked() {
    let frames = canvases(SIZE, 4);
    let times = |options: &Options| -> Vec<u32> {
        let film = play(&resize(webp_file(SIZE, &frames, 0), options).unwrap().image);
        film.frames.iter().map(|(duration, _)| *duration).collect()
    };
    assert_eq!(times(&all(|_| ())), [20, 21, 22, 23]);
    assert_eq!(times(&all(|options| options.output.delay = Some(300))), [300; 4]);
}

#[test]
fn a_frame_of_a_gif_without_a_time_is_shown_as_long_as_players_show_it() {
    let mut frames = gif_frames(1, GIF, 5);
    for (frame, delay) in frames.iter_mut().zip([0, 1, 2, 7, 50]) {
        frame.delay = delay;
    }
    let file = gif_file(&frames, GIF, None);
    let film = play(&resize(&file[..], &all(|_| ())).unwrap().image);
    let times: Vec<u32> = film.frames.iter().map(|(time, _)| *time).collect();
    assert_eq!(times, [100, 100, 20, 70, 500]);
    assert_eq!(inspect(&file).unwrap().animation.unwrap().duration, 790);
}

/// Sets options.
type Change = fn(&mut Options);

#[test]
fn every_frame_is_what_a_still_of_it_would_be_whatever_is_done_to_it() {
    let frames = canvases(SIZE, 5);
    let source = webp_file(SIZE, &frames, 0);
    let red = Color { red: 255, green: 0, blue: 0, alpha: 255 };
    let sides = Sides { top: 3, right: 12, bottom: 14, left: 1 };
    let changes: [(&str, Change); 13] = [
        ("nothing", |_| ()),
        ("smaller", |options| options.geometry.width = Some(Length::Pixels(29))),
        ("linear", |options| {
            (options.geometry.width, options.geometry.linear) = (Some(Length::Pixels(29)), true);
        }),
        ("larger", |options| {
            (options.geometry.width, options.geometry.enlarge) = (Some(Length::Pixels(100)), true);
        }),
        ("cover", |options| {
            options.geometry.fit = Fit::Cover;
            options.geometry.width = Some(Length::Pixels(20));
            options.geometry.height = Some(Length::Pixels(20));
        }),
        ("crop", |options| {
            let (width, height) = (Length::Pixels(20), Length::Pixels(11));
            let at = |pixels| Length::Pixels(pixels);
            options.geometry.crop =
                Some(Crop { width, height, position: Position::At { x: at(7), y: at(9) } });
        }),
        ("turn", |options| {
            (options.geometry.rotate, options.geometry.flip_vertical) = (Rotation::Quarter, true)
        }),
        ("tilt", |options| {
            options.geometry.tilt = Some(Tilt { angle: Angle::try_from(17.0).unwrap(), background: None });
        }),
        ("mask", |options| options.geometry.mask = Some(Mask::new(MaskShape::Ellipse))),
        ("background", |options| options.geometry.background = Some(Color::WHITE)),
        ("mirror", |options| options.geometry.fill = Some(Fill::Mirror)),
        ("edge", |options| options.geometry.fill = Some(Fill::Edge)),
        ("blur", |options| options.geometry.fill = Some(Fill::Blur)),
    ];
    for (name, change) in changes {
        let options = all(|options| {
            change(options);
            if options.geometry.fill.is_some() {
                options.geometry.padding = sides;
            }
            if name == "larger" {
                options.geometry.extend = Some(Extend { to: Extent::Size, position: Position::default() });
                options.geometry.height = Some(Length::Pixels(90));
                options.geometry.fill = Some(Fill::Color(red));
            }
        });
        let film = play(&resize(&source[..], &options).unwrap().image);
        assert_eq!(film.frames.len(), frames.len(), "{name}");
        for ((_, frame), (_, canvas)) in film.frames.iter().zip(&frames) {
            let mut of_still = options.clone();
            of_still.output.format = Format::Png;
            let expected = resize(png_file(SIZE, canvas), &of_still).unwrap();
            assert_eq!((expected.outline.width, expected.outline.height), film.size, "{name}");
            let expected = resize(expected.image, &all(|_| ())).unwrap().image;
            assert!(*frame == still_or_opaque(&expected), "{name}");
        }
    }
}

/// The pixels of a still in RGBA, whether it has alpha or not.
fn still_or_opaque(file: &[u8]) -> Vec<u8> {
    use tintype_webp::decode::{Decoder, DecoderConfig, Output, Row};
    let mut decoder = Decoder::new(DecoderConfig::default());
    decoder.feed(file);
    decoder.finish();
    let channels = decoder.header().unwrap().unwrap().channels();
    decoder.start(Output::Interleaved).unwrap();
    let mut pixels = Vec::new();
    while let Row::Pixels(row) = decoder.next_row().unwrap() {
        let alpha = |pixel: &[u8]| pixel.get(3).copied().unwrap_or(255);
        pixels.extend(row.chunks(channels).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], alpha(pixel)]));
    }
    visible(&pixels)
}

#[test]
fn lossy_frames_are_near_those_without_loss() {
    let frames = canvases(SIZE, 5);
    let source = webp_file(SIZE, &frames, 0);
    let options = all(|options| (options.output.lossless, options.output.quality) = (false, Some(95)));
    let film = play(&resize(&source[..], &options).unwrap().image);
    assert_eq!(film.frames.len(), 5);
    for ((_, frame), (_, canvas)) in film.frames.iter().zip(&frames) {
        let pairs = || frame.chunks(4).zip(canvas.chunks(4));
        assert!(pairs().all(|(a, b)| a[3] == b[3]), "alpha is kept");
        let opaque = pairs().filter(|(a, _)| a[3] == 255);
        let errors: Vec<u32> =
            opaque.flat_map(|(a, b)| a.iter().zip(b)).map(|(a, b)| a.abs_diff(*b).into()).collect();
        assert!(errors.iter().sum::<u32>() / errors.len() as u32 <= 4);
    }
}

#[test]
fn what_is_chosen_by_content_is_that_of_the_first_frame() {
    // A detail at the left that moves to the right, within a white border.
    let frame = |left: u32| -> Vec<u8> {
        let pixel =
            |x: u32, y: u32| match (x.abs_diff(left) < 6, (8..32).contains(&y) && (8..112).contains(&x)) {
                (true, true) => [(x * 77) as u8, (y * 99) as u8, 40, 255],
                (_, true) => [90, 90, 90, 255],
                _ => [255; 4],
            };
        (0..40).flat_map(|y| (0..120).flat_map(move |x| pixel(x, y))).collect()
    };
    let frames = [20, 60, 100].map(|left| (50, frame(left)));
    let source = webp_file((120, 40), &frames, 0);
    let part = |canvas: &[u8], [x, y, width, height]: [usize; 4]| -> Vec<u8> {
        (y..y + height).flat_map(|y| canvas[(y * 120 + x) * 4..][..width * 4].to_vec()).collect()
    };
    let trimmed = all(|options| {
        options.geometry.trim =
            Some(Trim { threshold: 10, color: None, equal_horizontal: false, equal_vertical: false });
    });
    let film = play(&resize(&source[..], &trimmed).unwrap().image);
    assert_eq!(film.size, (104, 24));
    for ((_, found), (_, canvas)) in film.frames.iter().zip(&frames) {
        assert!(*found == part(canvas, [8, 8, 104, 24]));
    }
    let smart = all(|options| {
        options.geometry.fit = Fit::Cover;
        options.geometry.width = Some(Length::Pixels(40));
        options.geometry.height = Some(Length::Pixels(40));
        options.geometry.position = Position::Smart(Smart::Attention);
    });
    let film = play(&resize(&source[..], &smart).unwrap().image);
    let left = (0..=80).find(|&left| film.frames[0].1 == part(&frames[0].1, [left, 0, 40, 40])).unwrap();
    assert!(left < 20, "{left}");
    for ((_, found), (_, canvas)) in film.frames.iter().zip(&frames) {
        assert!(*found == part(canvas, [left, 0, 40, 40]));
    }
}

#[test]
fn the_border_of_an_animation_is_that_of_its_first_frame_wherever_the_others_have_theirs() {
    // A square that moves.
    let frame = |left: u32, top: u32| -> Vec<u8> {
        let inside = |x: u32, y: u32| (left..left + 10).contains(&x) && (top..top + 8).contains(&y);
        let pixel =
            |x: u32, y: u32| if inside(x, y) { [(x * 7) as u8, 30, (y * 9) as u8, 255] } else { [255; 4] };
        (0..30).flat_map(|y| (0..40).flat_map(move |x| pixel(x, y))).collect()
    };
    let trimmed = all(|options| {
        options.geometry.trim =
            Some(Trim { threshold: 10, color: None, equal_horizontal: false, equal_vertical: false });
    });
    for (dx, dy) in [(3, 0), (0, 3), (2, 1), (-2, 0), (0, -2), (-1, -1)] {
        let place = |start: i32, by: i32, number: i32| (start + by * number) as u32;
        let frames = [0, 1, 2, 3].map(|number| (50, frame(place(12, dx, number), place(9, dy, number))));
        let film = play(&resize(webp_file((40, 30), &frames, 0), &trimmed).unwrap().image);
        assert_eq!((film.size, film.frames.len()), ((10, 8), 4), "{dx}, {dy}");
        for ((_, found), (_, canvas)) in film.frames.iter().zip(&frames) {
            let part: Vec<u8> = (9..17).flat_map(|y| canvas[(y * 40 + 12) * 4..][..40].to_vec()).collect();
            assert!(*found == part, "{dx}, {dy}");
        }
    }
}

#[test]
fn every_chunking_gives_the_same_bytes() {
    let gif = gif_file(&gif_frames(3, GIF, 6), GIF, Some(gif::Repeat::Infinite));
    let webp = webp_file(SIZE, &canvases(SIZE, 4), 2);
    for source in [gif, webp] {
        let options = all(|options| options.geometry.width = Some(Length::Pixels(20)));
        assert_same_in_chunks(&source, &options, &[1, 7, 300, 100_000]);
        assert_same_in_chunks(&source, &of_format(Format::Png, 2), &[5]);
    }
}

#[test]
fn a_page_is_a_still_of_that_frame() {
    let frames = gif_frames(5, GIF, 6);
    let gif = (gif_file(&frames, GIF, None), gif_shown(&frames, GIF));
    let canvases = canvases((30, 22), 6);
    let webp = (webp_file((30, 22), &canvases, 0), canvases);
    for (source, shown) in [gif, webp] {
        for (page, (_, canvas)) in shown.iter().enumerate() {
            let png = resize(&source[..], &of_format(Format::Png, page as u32)).unwrap();
            assert!(still(&png.image) == visible(canvas), "{page}");
            let webp = all(|options| (options.input.page, options.input.frames) = (page as u32, 1));
            let webp = resize(&source[..], &webp).unwrap();
            assert!(inspect(&webp.image).unwrap().frames == 1 && still(&webp.image) == visible(canvas));
        }
        let beyond = resize(&source[..], &of_format(Format::Jpeg, 6)).unwrap_err();
        let sentence = "the option page is 6, counted from 0, but the source has 6 frames";
        assert_eq!(beyond.to_string(), sentence);
    }
}

#[test]
fn the_border_of_a_page_is_that_of_its_frame() {
    let frames = canvases(SIZE, 4);
    let source = webp_file(SIZE, &frames, 0);
    let trimmed = |page, count| {
        all(|options| {
            (options.input.page, options.input.frames) = (page, count);
            options.geometry.trim =
                Some(Trim { threshold: 10, color: None, equal_horizontal: false, equal_vertical: false });
        })
    };
    let expected = resize(png_file(SIZE, &frames[2].1), &trimmed(0, 1)).unwrap();
    assert_ne!((expected.outline.width, expected.outline.height), SIZE);
    for size in [1, 1000] {
        assert!(in_chunks(&source, &trimmed(2, 1), size) == expected.image);
    }
    let film = play(&resize(&source[..], &trimmed(2, 0)).unwrap().image);
    assert_eq!(film.size, (expected.outline.width, expected.outline.height));
    assert!(film.frames.len() == 2 && film.frames[0].1 == still(&expected.image));
}

#[test]
fn frames_begin_at_the_page_and_are_as_many_as_there_are() {
    let frames = canvases(SIZE, 6);
    let source = webp_file(SIZE, &frames, 0);
    for (page, count, expected) in [(0, 2, 0..2), (2, 3, 2..5), (4, 9, 4..6), (3, 0, 3..6)] {
        let options = all(|options| (options.input.page, options.input.frames) = (page, count));
        let film = play(&resize(&source[..], &options).unwrap().image);
        assert!(film.frames == frames[expected].iter().map(|(d, c)| (*d, visible(c))).collect::<Vec<_>>());
    }
    let last = all(|options| options.input.page = 5);
    assert!(still(&resize(&source[..], &last).unwrap().image) == visible(&frames[5].1));
}

#[test]
fn one_frame_is_a_still_by_default_and_for_other_formats() {
    let source = webp_file(SIZE, &canvases(SIZE, 3), 0);
    let first = resize(&source[..], &Options::default()).unwrap().image;
    assert_eq!(inspect(&first).unwrap().frames, 1);
    let mut one = Options::default();
    one.output.format = Format::Jpeg;
    let jpeg = of_format(Format::Jpeg, 0);
    assert!(resize(&source[..], &one).unwrap().image == resize(&source[..], &jpeg).unwrap().image);
    // A still stays the same, whether frames are asked for or not.
    let still = png_file(SIZE, &canvases(SIZE, 1)[0].1);
    let lossless = all(|options| options.input.frames = 1);
    assert!(resize(&still[..], &lossless).unwrap().image == resize(&still[..], &all(|_| ())).unwrap().image);
    let page = resize(&still[..], &all(|options| options.input.page = 1)).unwrap_err();
    assert_eq!(page.to_string(), "the option page is 1, counted from 0, but the source has 1 frame");
    // A GIF of one frame is a still, too.
    let gif = gif_file(&gif_frames(2, GIF, 1), GIF, None);
    assert!(resize(&gif[..], &lossless).unwrap().image == resize(&gif[..], &all(|_| ())).unwrap().image);
}

#[test]
fn limits_hold_for_all_frames() {
    let source = webp_file(SIZE, &canvases(SIZE, 6), 0);
    let gif = gif_file(&gif_frames(3, GIF, 6), GIF, None);
    let refused = |source: &[u8], change: Change| match resize(source, &all(change)) {
        Err(Error::LimitExceeded { limit, .. }) => Some(limit),
        other => other.map(|_| None).unwrap(),
    };
    for source in [&source, &gif] {
        assert_eq!(refused(source, |options| options.limits.frames = 6), None);
        assert_eq!(refused(source, |options| options.limits.frames = 5), Some(Limit::Frames));
        let few = |options: &mut Options| (options.limits.frames, options.input.frames) = (3, 3);
        assert_eq!(refused(source, few), None);
        let pages = |options: &mut Options| (options.limits.frames, options.input.page) = (3, 4);
        assert_eq!(refused(source, pages), Some(Limit::Frames));
        assert_eq!(refused(source, |options| options.limits.frame_pixels = 500), Some(Limit::FramePixels));
        let still = |options: &mut Options| (options.limits.frame_pixels, options.input.frames) = (500, 1);
        assert_eq!(refused(source, still), None);
        assert_eq!(refused(source, |options| options.limits.work = 2_000_000), Some(Limit::Work));
        assert_eq!(refused(source, |options| options.limits.memory = 2_400_000), Some(Limit::Memory));
    }
    let pixels = |options: &mut Options| options.limits.source_pixels = 61 * 40 * 6 - 1;
    assert_eq!(refused(&source, pixels), Some(Limit::SourcePixels));
    assert_eq!(refused(&source, |options| options.limits.source_pixels = 61 * 40 * 6), None);
}

#[test]
fn a_film_of_which_little_changes_may_take_the_work_of_its_frames() {
    let size = (1000, 1000);
    let frame = |number: u16| {
        let side = if number == 0 { size.0 } else { 4 };
        let indices =
            vec![if number == 0 { 1 } else { (2 + number % 6) as u8 }; usize::from(side) * usize::from(side)];
        let (left, top) = if number == 0 { (0, 0) } else { (30 * number, 20 * number) };
        let dispose = gif::DisposalMethod::Keep;
        GifFrame { left, top, width: side, height: side, indices, delay: 5, dispose, interlaced: false }
    };
    let file = gif_file(&(0..32).map(frame).collect::<Vec<_>>(), size, None);
    assert!(file.len() < 20_000, "{}", file.len());
    let half = all(|options| options.geometry.width = Some(Length::Pixels(500)));
    let (film, work) = (resize(&file[..], &half).unwrap().image, 4_500_000_000);
    assert_eq!(play(&film).frames.len(), 32);
    let little = all(|options| {
        (options.geometry.width, options.limits.work) = (Some(Length::Pixels(500)), work);
    });
    assert!(resize(&file[..], &little).is_err(), "it takes more than what any file may take");
}

#[test]
fn encoded_frames_count_against_memory() {
    let frames: Vec<Shown> = (0..40).map(|seed| (50, noise(128 * 128, seed))).collect();
    let source = webp_file((128, 128), &frames, 0);
    let with = |memory| resize(&source[..], &all(|options| options.limits.memory = memory));
    assert!(with(64 << 20).is_ok());
    let error = with(9 << 20).unwrap_err();
    let Error::LimitExceeded { limit: Limit::Memory, allowed, needed } = error else { panic!("{error:?}") };
    assert!(allowed == 9 << 20 && needed > allowed, "{needed}");
}

#[test]
fn a_film_that_is_cut_short_ends_earlier() {
    let gif = gif_file(&gif_frames(7, GIF, 8), GIF, None);
    let webp = webp_file(SIZE, &canvases(SIZE, 8), 0);
    for source in [gif, webp] {
        let whole = play(&resize(&source[..], &all(|_| ())).unwrap().image);
        let cut = &source[..source.len() * 6 / 10];
        let rendition = resize(cut, &all(|_| ())).unwrap();
        assert!(rendition.damaged);
        let film = play(&rendition.image);
        let complete = film.frames.len() - 1;
        assert!(complete >= 2 && film.frames[..complete - 1] == whole.frames[..complete - 1]);
        let strict = all(|options| options.input.allow_damaged = false);
        assert!(matches!(resize(cut, &strict), Err(Error::Malformed { .. })));
    }
}

#[test]
fn a_gif_without_a_trailer_is_complete() {
    let mut gif = gif_file(&gif_frames(7, GIF, 4), GIF, None);
    let whole = resize(&gif[..], &all(|_| ())).unwrap();
    assert_eq!(gif.pop(), Some(0x3B));
    let without = resize(&gif[..], &all(|_| ())).unwrap();
    assert!(!without.damaged && without.image == whole.image);
}

#[test]
fn facts_of_an_animation_are_its_frames_its_time_and_how_often_it_plays() {
    let frames = gif_frames(1, GIF, 5);
    let time: u64 = frames.iter().map(|frame| 10 * u64::from(frame.delay)).sum();
    let info = inspect(&gif_file(&frames, GIF, Some(gif::Repeat::Finite(2)))).unwrap();
    let animation = info.animation.unwrap();
    assert_eq!((info.frames, animation.loops, animation.duration), (5, 3, time));
    let info = inspect(&webp_file(SIZE, &canvases(SIZE, 4), 6)).unwrap();
    let animation = info.animation.unwrap();
    assert_eq!((info.frames, animation.loops, animation.duration), (4, 6, 20 + 21 + 22 + 23));
    assert_eq!(inspect(&png_file(SIZE, &canvases(SIZE, 1)[0].1)).unwrap().animation, None);
}

#[test]
fn options_out_of_range_are_refused() {
    let source = webp_file(SIZE, &canvases(SIZE, 2), 0);
    let refused = |change: Change| resize(&source[..], &all(change)).unwrap_err().to_string();
    let loops = refused(|options| options.output.loops = Some(65_536));
    assert_eq!(loops, "the option loop is out of range; accepted is 0 to 65535");
    let delay = refused(|options| options.output.delay = Some(1 << 24));
    assert_eq!(delay, "the option delay is out of range; accepted is 0 to 16777215 milliseconds");
}

#[test]
fn animations_of_the_corpus_keep_their_frames_their_time_and_how_often_they_play() {
    let Some(corpus) = corpus() else { return };
    let mut count = 0;
    for path in files_under(&corpus.join("conformance")) {
        let source = std::fs::read(&path).unwrap();
        let Ok(info) = inspect(&source) else { continue };
        let Some(animation) = info.animation.filter(|_| info.frames > 1) else { continue };
        let Ok(rendition) = resize(source, &all(|_| ())) else { continue };
        if rendition.damaged || inspect(&rendition.image).unwrap().frames == 1 {
            continue;
        }
        let film = play(&rendition.image);
        let time = film.frames.iter().map(|(duration, _)| u64::from(*duration)).sum::<u64>();
        assert_eq!((time, u32::from(film.loops)), (animation.duration, animation.loops), "{path:?}");
        let merged = merged(film.frames.clone());
        assert!(merged.len() == film.frames.len() && film.frames.len() <= info.frames as usize, "{path:?}");
        count += 1;
    }
    assert!(count > 10, "{count}");
}
