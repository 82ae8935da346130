//! Formats that come now and then: BMP, ICO, QOI, PNM and TIFF.

use std::io::Cursor;

use image::codecs::{bmp::BmpEncoder, ico::IcoEncoder, pnm::PnmEncoder, qoi::QoiEncoder};
use image::{ExtendedColorType, ImageEncoder};
use tiff::encoder::{Compression, Predictor, TiffEncoder, colortype};
use tiff::tags::Tag;
use tintype::{ColorModel, Error, Format, Limit, Options, Session, inspect, resize};

const WIDTH: u32 = 23;
const HEIGHT: u32 = 17;

/// Samples of a picture with this many channels. Alpha is never 0, where colours do not count.
fn samples(channels: usize) -> Vec<u8> {
    let pixel = |x: u32, y: u32| [x * 11, y * 15, 255 - x * 5, 55 + y * 11].map(|sample| sample as u8);
    let gray = |[red, .., alpha]: [u8; 4]| [red, alpha];
    (0..HEIGHT * WIDTH)
        .flat_map(|i| {
            let pixel = pixel(i % WIDTH, i / WIDTH);
            if channels < 3 { gray(pixel)[..channels].to_vec() } else { pixel[..channels].to_vec() }
        })
        .collect()
}

/// The samples of a PNG that is made of a source as it is, with 8 bits, and their number for a pixel.
fn decoded(file: &[u8]) -> (Vec<u8>, usize) {
    let mut options = Options::default();
    options.output.format = Format::Png;
    options.output.profile = tintype::Profile::Strip;
    read(&resize(file, &options).unwrap().image)
}

fn read(png: &[u8]) -> (Vec<u8>, usize) {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (pixels, info.color_type.samples())
}

/// Compares samples, one of which may have channels that only repeat others.
fn assert_same(file: &[u8], expected: &[u8], channels: usize, name: &str) {
    let (pixels, found) = decoded(file);
    let wide = |samples: &[u8], channels: usize| -> Vec<[u8; 4]> {
        let pixel = |pixel: &[u8]| match *pixel {
            [gray] => [gray, gray, gray, 255],
            [gray, alpha] => [gray, gray, gray, alpha],
            [red, green, blue] => [red, green, blue, 255],
            [red, green, blue, alpha] => [red, green, blue, alpha],
            _ => panic!("{channels} channels"),
        };
        samples.chunks(channels).map(pixel).collect()
    };
    assert_eq!(wide(&pixels, found), wide(expected, channels), "{name}");
}

fn tiff<C: colortype::ColorType>(data: &[C::Inner], compression: Compression, orientation: u16) -> Vec<u8>
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let mut file = Cursor::new(Vec::new());
    let predictor =
        if matches!(compression, Compression::Lzw) { Predictor::Horizontal } else { Predictor::None };
    let mut encoder =
        TiffEncoder::new(&mut file).unwrap().with_compression(compression).with_predictor(predictor);
    let mut image = encoder.new_image::<C>(WIDTH, HEIGHT).unwrap();
    image.rows_per_strip(5).unwrap();
    image.encoder().write_tag(Tag::Orientation, orientation).unwrap();
    image.write_data(data).unwrap();
    file.into_inner()
}

/// A file of each format, without alpha where the format has none.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let (rgb, rgba) = (samples(3), samples(4));
    let mut files = vec![Vec::new(); 4];
    BmpEncoder::new(&mut files[0]).encode(&rgb, WIDTH, HEIGHT, ExtendedColorType::Rgb8).unwrap();
    IcoEncoder::new(&mut files[1]).write_image(&rgba, WIDTH, HEIGHT, ExtendedColorType::Rgba8).unwrap();
    QoiEncoder::new(&mut files[2]).write_image(&rgba, WIDTH, HEIGHT, ExtendedColorType::Rgba8).unwrap();
    PnmEncoder::new(&mut files[3]).write_image(&rgb, WIDTH, HEIGHT, ExtendedColorType::Rgb8).unwrap();
    files.push(tiff::<colortype::RGBA8>(&rgba, Compression::Lzw, 1));
    ["bmp", "ico", "qoi", "pnm", "tiff"].into_iter().zip(files).collect()
}

#[test]
fn every_kind_of_pixel_comes_out_as_it_was_drawn() {
    let gray = samples(1);
    let mut bmp = Vec::new();
    BmpEncoder::new(&mut bmp).encode(&gray, WIDTH, HEIGHT, ExtendedColorType::L8).unwrap();
    assert_same(&bmp, &gray, 1, "gray BMP");
    let mut bmp = Vec::new();
    BmpEncoder::new(&mut bmp).encode(&samples(4), WIDTH, HEIGHT, ExtendedColorType::Rgba8).unwrap();
    assert_same(&bmp, &samples(4), 4, "BMP with alpha");
    let mut pgm = Vec::new();
    PnmEncoder::new(&mut pgm).write_image(&gray, WIDTH, HEIGHT, ExtendedColorType::L8).unwrap();
    assert_same(&pgm, &gray, 1, "gray PNM");
    let text = b"P2 # gray as text\n3 1\n4\n0 2 4";
    assert_same(text, &[0, 128, 255], 1, "PNM as text");
    for (name, file) in files() {
        let channels = if matches!(name, "bmp" | "pnm") { 3 } else { 4 };
        assert_same(&file, &samples(channels), channels, name);
    }
}

/// An ICO of entries: width, height, bits of a pixel as the directory says, and the image.
fn ico(entries: &[(u8, u8, u16, &[u8])]) -> Vec<u8> {
    let mut file =
        [0, 1, entries.len() as u16].iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let mut offset = 6 + 16 * entries.len();
    for (width, height, bits, image) in entries {
        file.extend([*width, *height, 0, 0, 1, 0]);
        file.extend(bits.to_le_bytes());
        file.extend([image.len() as u32, offset as u32].iter().flat_map(|number| number.to_le_bytes()));
        offset += image.len();
    }
    file.extend(entries.iter().flat_map(|(.., image)| image.to_vec()));
    file
}

#[test]
fn the_largest_icon_is_read_whatever_pixels_its_png_has() {
    let png = |channels: usize, color| {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
        encoder.set_color(color);
        encoder.write_header().unwrap().write_image_data(&samples(channels)).unwrap();
        file
    };
    let small = &files()[1].1[22..];
    for (channels, color) in [
        (1, png::ColorType::Grayscale),
        (2, png::ColorType::GrayscaleAlpha),
        (3, png::ColorType::Rgb),
        (4, png::ColorType::Rgba),
    ] {
        let png = png(channels, color);
        let side = |side: u32| side as u8;
        for file in [
            ico(&[(side(WIDTH), side(HEIGHT), 32, &png)]),
            ico(&[(8, 8, 32, small), (side(WIDTH), side(HEIGHT), 0, &png), (9, 9, 32, small)]),
            ico(&[(0, 0, 0, &png), (255, 255, 32, small)]),
        ] {
            assert_same(&file, &samples(channels), channels, "ICO of a PNG");
        }
    }
    for none in [ico(&[]), ico(&[(9, 9, 32, small)])[..12].to_vec()] {
        assert!(resize(none, &Options::default()).is_err());
    }
}

#[test]
fn every_kind_of_tiff_comes_out_as_it_was_drawn() {
    let (gray, rgb, rgba) = (samples(1), samples(3), samples(4));
    let deep: Vec<u16> = rgb.iter().map(|&sample| u16::from(sample) * 257).collect();
    let compressions = [
        ("plain", Compression::Uncompressed),
        ("LZW", Compression::Lzw),
        ("PackBits", Compression::Packbits),
        ("Deflate", Compression::Deflate(tiff::encoder::DeflateLevel::Fast)),
    ];
    for (name, compression) in compressions {
        assert_same(&tiff::<colortype::Gray8>(&gray, compression, 1), &gray, 1, name);
        assert_same(&tiff::<colortype::RGB8>(&rgb, compression, 1), &rgb, 3, name);
        assert_same(&tiff::<colortype::RGBA8>(&rgba, compression, 1), &rgba, 4, name);
        assert_same(&tiff::<colortype::RGB16>(&deep, compression, 1), &rgb, 3, name);
    }
    let inks = tiff::<colortype::CMYK8>(
        &[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 255, 51], [9, 9, 9, 255]].concat().repeat(98)
            [..4 * (WIDTH * HEIGHT) as usize],
        Compression::Uncompressed,
        1,
    );
    let (pixels, channels) = decoded(&inks);
    assert_eq!(&pixels[..4 * channels], [255, 255, 255, 0, 255, 255, 204, 204, 0, 0, 0, 0]);
}

#[test]
fn a_tiff_is_turned_upright_and_keeps_16_bits() {
    let file = tiff::<colortype::RGB8>(&samples(3), Compression::Lzw, 6);
    let mut options = Options::default();
    options.output.format = Format::Png;
    let rendition = resize(&file, &options).unwrap();
    let outline = rendition.outline;
    assert_eq!((outline.width, outline.height), (HEIGHT, WIDTH));
    let deep: Vec<u16> = (0..WIDTH * HEIGHT).map(|i| (i * 160) as u16).collect();
    options.output.bit_depth = 16;
    let png = resize(tiff::<colortype::Gray16>(&deep, Compression::Lzw, 1), &options).unwrap().image;
    let mut reader = png::Decoder::new(Cursor::new(&png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let found: Vec<u16> = pixels.as_chunks().0.iter().map(|&sample| u16::from_be_bytes(sample)).collect();
    let step = found.len() / deep.len();
    let worst = deep.iter().enumerate().map(|(i, &sample)| sample.abs_diff(found[i * step])).max();
    assert!(worst.unwrap() <= 4, "{worst:?}");
}

#[test]
fn what_is_said_of_a_file_is_what_it_is() {
    for (name, file) in files() {
        let info = inspect(&file).unwrap();
        let alpha = !matches!(name, "bmp" | "pnm");
        assert_eq!(info.source.format.name(), name);
        assert_eq!((info.source.width, info.source.height, info.source.alpha), (WIDTH, HEIGHT, alpha));
        assert_eq!((info.source.color, info.source.bit_depth), (ColorModel::Rgb, 8), "{name}");
    }
    let info = inspect(&tiff::<colortype::CMYK8>(&samples(4), Compression::Lzw, 3)).unwrap();
    assert_eq!((info.source.color, info.source.orientation, info.source.alpha), (ColorModel::Cmyk, 3, false));
}

#[test]
fn pieces_make_what_the_whole_file_makes() {
    for (name, file) in files() {
        let options = Options::default();
        let whole = resize(&file, &options).unwrap().image;
        for size in [1, 7, 1000] {
            let mut session = Session::new(options.clone());
            let mut image = Vec::new();
            for piece in file.chunks(size) {
                session.write(piece).unwrap();
            }
            session.finish().unwrap();
            loop {
                let piece = session.read(4096).unwrap();
                if piece.is_empty() {
                    break;
                }
                image.extend(piece);
            }
            assert!(image == whole, "{name} in pieces of {size}");
        }
    }
}

#[test]
fn what_is_cut_off_or_corrupt_is_an_error_and_no_panic() {
    for (name, file) in files() {
        for end in (0..file.len()).step_by(13) {
            let result = resize(&file[..end], &Options::default());
            // Zeros at the end of an icon may be missing.
            assert!(name == "ico" || result.is_err(), "{name} of {end} bytes");
        }
        for place in 0..file.len().min(600) {
            let mut corrupt = file.clone();
            corrupt[place] ^= 0xa5;
            let _ = resize(&corrupt, &Options::default());
        }
    }
}

#[test]
fn a_small_file_that_announces_a_large_image_costs_nothing() {
    let huge = b"P6 30000 30000 255\n".as_slice();
    let mut bmp = files()[0].1.clone();
    bmp[18..26].copy_from_slice(&[0, 0x70, 0, 0, 0, 0x70, 0, 0]);
    for file in [huge, &bmp] {
        let error = resize(file, &Options::default()).unwrap_err();
        assert!(
            matches!(error, Error::LimitExceeded { limit: Limit::SourcePixels | Limit::Memory, .. }),
            "{error:?}"
        );
    }
}

#[test]
fn only_the_first_page_can_be_asked_for() {
    for (name, file) in files() {
        let mut options = Options::default();
        options.input.page = 1;
        let error = resize(&file, &options).unwrap_err();
        assert!(matches!(error, Error::InvalidOption { .. }), "{name}: {error:?}");
    }
}
