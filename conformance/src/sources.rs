//! What renditions are made of: files of every kind that is decoded, drawn anew each time. A name is a recipe.

use std::sync::LazyLock;

use pictures::{
    JpegColor, JpegStyle, Picture, PngColor, PngStyle, RareFormat, fine_lines, framed, gradient, lettering,
    orientation_chart, photograph, postcard,
};
use tintype_types::{Format, Options, Setting};

/// The name of each source and its bytes.
pub fn sources() -> Vec<(&'static str, Vec<u8>)> {
    [jpeg(), png(), apng(), webp(), gif(), rare(), hostile()].concat()
}

/// The same, drawn once.
pub(crate) fn drawn() -> &'static [Named] {
    static DRAWN: LazyLock<Vec<Named>> = LazyLock::new(sources);
    &DRAWN
}

type Named = (&'static str, Vec<u8>);

fn jpeg() -> Vec<Named> {
    let photo = photograph(241, 181);
    let style = |color, progressive| JpegStyle { color, progressive, ..JpegStyle::default() };
    let turned = |orientation| {
        let style =
            JpegStyle { orientation: Some(orientation), ..style(JpegColor::Full, orientation % 2 == 0) };
        orientation_chart(60, 42).stored_as(orientation).jpeg_as(&style)
    };
    vec![
        ("jpeg-420", photo.jpeg()),
        ("jpeg-444", lettering(161, 119).jpeg_as(&style(JpegColor::Full, false))),
        ("jpeg-gray", photo.jpeg_as(&style(JpegColor::Gray, false))),
        ("jpeg-gray-progressive", photo.jpeg_as(&style(JpegColor::Gray, true))),
        ("jpeg-cmyk", postcard(120, 90).jpeg_as(&style(JpegColor::Cmyk, false))),
        ("jpeg-ycck-progressive", postcard(120, 90).jpeg_as(&style(JpegColor::Ycck, true))),
        ("jpeg-progressive", photo.jpeg_as(&style(JpegColor::Subsampled, true))),
        ("jpeg-progressive-444", gradient(97, 131).jpeg_as(&style(JpegColor::Full, true))),
        ("jpeg-restart", photo.jpeg_as(&JpegStyle { restart: 3, quality: 60, ..JpegStyle::default() })),
        ("jpeg-exif", with_exif(&photograph(120, 160).jpeg())),
        ("jpeg-large", postcard(1100, 800).jpeg()),
        ("jpeg-large-progressive", postcard(1100, 800).jpeg_as(&style(JpegColor::Subsampled, true))),
        ("jpeg-turned-2", turned(2)),
        ("jpeg-turned-3", turned(3)),
        ("jpeg-turned-4", turned(4)),
        ("jpeg-turned-5", turned(5)),
        ("jpeg-turned-6", turned(6)),
        ("jpeg-turned-7", turned(7)),
        ("jpeg-turned-8", turned(8)),
        ("jpeg-cut", cut(&photo.jpeg())),
    ]
}

fn png() -> Vec<Named> {
    let (disc, text, photo) = (sticker(90, 70), lettering(121, 83), photograph(160, 120));
    let style = |color| PngStyle { color, ..PngStyle::default() };
    let interlaced = |color| PngStyle { color, interlaced: true, ..PngStyle::default() };
    let white = [255, 255, 255, 255];
    vec![
        ("png-rgba", disc.png()),
        ("png-rgba-interlaced", disc.png_as(&interlaced(PngColor::Rgba(8)))),
        ("png-rgba-16", disc.png_as(&style(PngColor::Rgba(16)))),
        ("png-rgb", photo.png_as(&style(PngColor::Rgb(8)))),
        ("png-rgb-16", photo.png_as(&style(PngColor::Rgb(16)))),
        ("png-rgb-16-interlaced", photo.png_as(&interlaced(PngColor::Rgb(16)))),
        ("png-gray-1", text.png_as(&style(PngColor::Gray(1)))),
        ("png-gray-2-interlaced", text.png_as(&interlaced(PngColor::Gray(2)))),
        ("png-gray-4", photo.png_as(&style(PngColor::Gray(4)))),
        ("png-gray-8", photo.png_as(&style(PngColor::Gray(8)))),
        ("png-gray-16", photo.png_as(&style(PngColor::Gray(16)))),
        ("png-gray-alpha", disc.png_as(&style(PngColor::GrayAlpha(8)))),
        ("png-gray-alpha-16", disc.png_as(&style(PngColor::GrayAlpha(16)))),
        ("png-palette", disc.png_as(&style(PngColor::Palette))),
        ("png-palette-interlaced", photo.png_as(&interlaced(PngColor::Palette))),
        ("png-p3", gradient(80, 60).png_as(&PngStyle { display_p3: true, ..style(PngColor::Rgb(8)) })),
        ("png-lines", fine_lines(128, 96).png_as(&style(PngColor::Rgb(8)))),
        ("png-framed", framed(&photo, white, [9, 17, 5, 30]).png()),
        (
            "png-turned-6",
            photo.stored_as(6).png_as(&PngStyle { orientation: Some(6), ..style(PngColor::Rgb(8)) }),
        ),
        ("png-tiny", gradient(1, 1).png()),
        ("png-cut", cut(&photo.png())),
    ]
}

fn rare() -> Vec<Named> {
    let disc = sticker(90, 70);
    let names = ["bmp", "ico", "qoi", "pnm", "tiff"];
    names.into_iter().zip(RareFormat::ALL).map(|(name, format)| (name, disc.rare(format))).collect()
}

/// What tintype makes of a source.
fn made(source: &[u8], settings: &[Setting]) -> Vec<u8> {
    let options = Options::with(settings.iter().cloned()).expect("each once");
    tintype::resize(source, &options).expect("a source that can be decoded").image
}

fn apng() -> Vec<Named> {
    let settings = [Setting::Format(Format::Png), Setting::Frames(0)];
    let film = made(&animation().0, &settings);
    let reduced = [&settings[..], &[Setting::Colors(16)]].concat();
    vec![
        ("png-animated", film.clone()),
        ("png-animated-palette", made(&animation().0, &reduced)),
        ("png-animated-cut", cut(&film)),
    ]
}

fn webp() -> Vec<Named> {
    let (photo, disc) = (photograph(161, 121), sticker(90, 70));
    let film = animation().0;
    let (lossless, all) = (Setting::Lossless(true), Setting::Frames(0));
    let lossy = made(&photo.png(), &[Setting::Quality(70)]);
    vec![
        ("webp-lossless", photo.webp()),
        ("webp-lossless-alpha", disc.webp()),
        ("webp-lossless-turned-5", photo.stored_as(5).webp_turned(Some(5))),
        ("webp-lossy", lossy.clone()),
        ("webp-lossy-low", made(&lettering(121, 83).png(), &[Setting::Quality(10)])),
        ("webp-lossy-alpha", made(&disc.png(), &[Setting::Quality(60)])),
        ("webp-lossy-large", made(&postcard(700, 500).png(), &[Setting::Quality(80)])),
        ("webp-animated", made(&film, std::slice::from_ref(&all))),
        ("webp-animated-lossless", made(&film, &[all, lossless])),
        ("webp-cut", cut(&lossy)),
    ]
}

fn gif() -> Vec<Named> {
    let (film, still) = animation();
    vec![
        ("gif-still", photograph(120, 90).gif(&[])),
        ("gif-transparent", sticker(90, 70).gif(&[])),
        ("gif-animated", film.clone()),
        ("gif-tiny", still),
        ("gif-cut", cut(&film)),
    ]
}

/// A disc and a square that grow smaller and larger, and one pixel.
fn animation() -> (Vec<u8>, Vec<u8>) {
    let frame = |number: u32| {
        let (side, left) = (20 + 7 * number, 5 * number);
        Picture::draw(96, 72, |x, y| match ((left..left + side).contains(&x), (9..9 + side).contains(&y)) {
            (true, true) => [220, 40 * number as u8, 60, 255],
            (true, false) => [20, 60, 40 * number as u8, 255],
            _ if (x + y) % 16 == number => [255, 255, 255, 255],
            _ => [70, 110, 150, if number == 0 { 0 } else { 255 }],
        })
    };
    let frames: Vec<Picture> = (1..5).map(frame).collect();
    (frame(0).gif(&frames), gradient(1, 1).gif(&[]))
}

/// Lettering that fades from the lower left to the upper right, behind a hole. What transparent pixels hide is magenta.
fn sticker(width: u32, height: u32) -> Picture {
    let letters = lettering(width, height);
    Picture::draw(width, height, |x, y| {
        let hole = (20..34).contains(&x) && (12..40).contains(&y);
        let alpha = (300 * (x + height - y) / (width + height)).min(255) as u8;
        let [red, green, blue, _] = letters.at(x, y);
        if hole { [255, 0, 255, 0] } else { [red, green / 2, blue, 255 - alpha / 8 * 8] }
    })
}

/// Files that end in a failure, which must be the same one everywhere.
fn hostile() -> Vec<Named> {
    let mut bomb = gradient(8, 8).png();
    bomb[16..24].copy_from_slice(&[0, 0, 0x80, 0, 0, 0, 0x80, 0]);
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\0\0\0\0".to_vec();
    vec![
        ("hostile-empty", Vec::new()),
        ("hostile-text", b"no image ".repeat(20)),
        ("hostile-avif", avif),
        ("hostile-svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec()),
        ("hostile-png-bomb", bomb),
        ("hostile-jpeg-header", gradient(40, 40).jpeg()[..120].to_vec()),
    ]
}

/// The first three fifths of a file.
fn cut(file: &[u8]) -> Vec<u8> {
    file[..file.len() * 3 / 5].to_vec()
}

/// A JPEG file with camera, artist and copyright in its EXIF.
fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    const ASCII: u16 = 2;
    let texts: [(u16, &[u8]); 3] =
        [(0x010f, b"Camera\0"), (0x013b, b"Someone\0"), (0x8298, b"Somebody else\0")];
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    let mut data: Vec<u8> = Vec::new();
    let start = tiff.len() + 12 * texts.len() + 4;
    for (tag, text) in texts {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(ASCII.to_le_bytes());
        tiff.extend((text.len() as u32).to_le_bytes());
        tiff.extend(((start + data.len()) as u32).to_le_bytes());
        data.extend(text);
    }
    tiff.extend([0; 4]);
    let body = [b"Exif\0\0", &tiff[..], &data].concat();
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &body, &jpeg[2..]].concat()
}
