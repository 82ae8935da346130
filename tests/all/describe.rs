//! What descriptions promise: facts from the header alone, and from one small decode.

use crate::film::{canvases, gif_file, gif_frames, webp_file};
use tintype::{Effort, Facts, Format, Info, Length, Looks, Options, Session, Subsampling, inspect, resize};

/// A picture with a red spot at the right.
fn png(width: u32, height: u32, interlaced: bool) -> Vec<u8> {
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let spot = x * 10 / width == 7 && y * 10 / height == 4;
            if spot { [230, 20, 30] } else { [90, 100, (x * 50 / width) as u8] }
        })
        .collect();
    let mut info = png::Info::with_size(width, height);
    info.color_type = png::ColorType::Rgb;
    info.bit_depth = png::BitDepth::Eight;
    info.interlaced = interlaced;
    let mut file = Vec::new();
    let encoder = png::Encoder::with_info(&mut file, info).unwrap();
    let mut writer = encoder.write_header().unwrap();
    if interlaced {
        // What comes before the pixels is all that is read.
        writer.write_chunk(png::chunk::IDAT, b"pixels").unwrap();
        drop(writer);
        return file;
    }
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    file
}

fn made(source: &[u8], format: Format, change: impl FnOnce(&mut Options)) -> Vec<u8> {
    let mut options = Options::default();
    options.output.format = format;
    change(&mut options);
    resize(source, &options).unwrap().image
}

fn describing(facts: Facts) -> Options {
    let mut options = Options::default();
    options.output.describe = Some(facts);
    options
}

/// Describes a file in pieces; returns the facts, and how many bytes were written before they were known.
fn described(file: &[u8], options: Options, piece: usize) -> (Info, usize) {
    let mut session = Session::new(options);
    let mut taken = 0;
    for piece in file.chunks(piece) {
        session.write(piece).unwrap();
        taken += piece.len();
        if let Some(info) = session.info() {
            return (info, taken);
        }
    }
    session.finish().unwrap();
    assert_eq!(session.read(usize::MAX).unwrap(), b"");
    (session.info().unwrap(), taken)
}

const PIXELS: Facts =
    Facts { pixels: Some(Looks { palette: 4, blurhash_x: 3, blurhash_y: 3 }), location: false };

#[test]
fn a_jpeg_says_how_it_was_encoded() {
    let source = png(64, 48, false);
    let mut estimated = Vec::new();
    for quality in [1, 35, 50, 75, 85, 92, 100] {
        for (subsampling, name) in [(Subsampling::Half, "4:2:0"), (Subsampling::Full, "4:4:4")] {
            let file = made(&source, Format::Jpeg, |options| {
                options.output.quality = Some(quality);
                options.output.subsampling = subsampling;
                options.output.progressive = Some(quality == 75);
            });
            let info = inspect(&file).unwrap();
            assert_eq!(info.chroma_subsampling.as_deref(), Some(name));
            assert_eq!(info.progressive, quality == 75);
            estimated.push(info.quality.unwrap());
        }
    }
    // The encoder has tables of its own: what is estimated is the quality that the IJG's would have.
    assert!(estimated.is_sorted() && estimated.ends_with(&[100, 100]), "{estimated:?}");
    assert!(inspect(&png(8, 8, true)).unwrap().progressive);
    assert_eq!(inspect(&source).unwrap().quality, None);
}

#[test]
fn of_a_still_nothing_after_its_header_is_read() {
    let source = png(2000, 1500, false);
    for format in [Format::Jpeg, Format::Png, Format::Webp] {
        let file = made(&source, format, |options| options.output.effort = Effort::Fast);
        let (info, taken) = described(&file, describing(Facts::default()), 64);
        assert!(taken <= 1024, "{format:?}: {taken} of {}", file.len());
        assert_eq!((info.source.width, info.source.height, info.frames), (2000, 1500, 1));
        assert_eq!(info, inspect(&file).unwrap());
        assert_eq!(info, inspect(&file[..taken]).unwrap(), "{format:?}: the header alone");
    }
}

#[test]
fn descriptions_do_not_depend_on_the_pieces_nor_on_limits_of_renditions() {
    let source = png(400, 300, false);
    for format in [Format::Jpeg, Format::Png, Format::Webp] {
        let file = made(&source, format, |_| ());
        let expected = described(&file, describing(PIXELS), usize::MAX).0;
        assert!(expected.pixels.is_some());
        for piece in [1, 7, 1000] {
            assert_eq!(
                described(&file, describing(PIXELS), piece).0,
                expected,
                "{format:?} in pieces of {piece}"
            );
        }
        let mut options = describing(Facts::default());
        options.limits.source_pixels = 1;
        options.limits.output_side = 1;
        assert_eq!(described(&file, options, 100).0.source, expected.source);
    }
}

#[test]
fn frames_are_counted_to_the_end_of_an_animation() {
    let shown = canvases((30, 20), 5);
    let webp = webp_file((30, 20), &shown, 3);
    let frames = gif_frames(1, (30, 20), 4);
    let gif = gif_file(&frames, (30, 20), None);
    for (file, count) in [(&webp, 5), (&gif, 4)] {
        let whole = inspect(file).unwrap();
        assert_eq!(whole.frames, count);
        assert!(whole.animation.unwrap().duration > 0);
        for piece in [1, 13, 500] {
            assert_eq!(described(file, describing(Facts::default()), piece).0, whole);
        }
        let seen = described(file, describing(PIXELS), 100).0;
        assert_eq!((seen.frames, seen.pixels.is_some()), (count, true));
    }
}

#[test]
fn pixels_are_looked_at_upright_and_small() {
    let file = made(&png(800, 600, false), Format::Jpeg, |_| ());
    let pixels = described(&file, describing(PIXELS), 1000).0.pixels.unwrap();
    assert_eq!(pixels.palette.len(), 4);
    let near = |color: tintype::Color, [red, green]: [u8; 2]| {
        color.red.abs_diff(red) < 16 && color.green.abs_diff(green) < 16
    };
    assert!(near(pixels.average, [91, 99]), "{:?}", pixels.average);
    assert!(near(pixels.palette[0], [90, 100]) && pixels.palette.iter().any(|color| near(*color, [230, 20])));
    assert!((20..=30).contains(&pixels.thumbhash.len()), "{}", pixels.thumbhash.len());
    assert_eq!(pixels.blurhash.len(), 6 + 2 * 8);
    assert!(pixels.attention.x.millionths() > 550_000, "{:?}", pixels.attention);
}

#[test]
fn the_outline_has_the_size_that_a_rendition_would_have() {
    let mut options = describing(Facts::default());
    options.geometry.width = Some(Length::Pixels(30));
    let mut session = Session::stepped(options);
    session.write(png(60, 40, false)).unwrap();
    while session.step().unwrap() {}
    assert!(session.info().is_some());
    let outline = session.outline().unwrap();
    assert_eq!((outline.width, outline.height), (30, 20));
}

#[test]
fn what_cannot_be_described_is_an_error() {
    let options = describing(PIXELS);
    assert!(resize(png(8, 8, false), &options).unwrap_err().to_string().contains("describe"));
    let too_many = Facts { pixels: Some(Looks { palette: 257, ..Looks::default() }), location: false };
    let mut session = Session::new(describing(too_many));
    assert!(session.write(png(8, 8, false)).unwrap_err().to_string().contains("257 colours"));
    for cut in [20, 30, 40] {
        let mut session = Session::new(describing(Facts::default()));
        session.write(&png(8, 8, false)[..cut]).unwrap();
        assert!(session.finish().is_err() || session.info().is_some(), "cut at {cut}");
    }
}
