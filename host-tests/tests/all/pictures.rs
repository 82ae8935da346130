//! The harness's own files: what it writes, other people's decoders must read.

use host_tests::pictures::{
    JpegColor, JpegStyle, Picture, PngColor, PngStyle, gradient, lettering, orientation_chart, photograph,
    transparent_disc,
};

#[test]
fn every_kind_of_png_file_shows_its_picture() {
    let picture = transparent_disc(37, 29);
    for interlaced in [false, true] {
        for color in [PngColor::Rgba(8), PngColor::Rgba(16), PngColor::Palette] {
            let style = PngStyle { color, interlaced, ..PngStyle::default() };
            assert_eq!(Picture::read(&picture.png_as(&style)), picture, "{style:?}");
        }
        for color in [PngColor::Rgb(8), PngColor::Rgb(16)] {
            let picture = lettering(37, 29);
            let style = PngStyle { color, interlaced, ..PngStyle::default() };
            assert_eq!(Picture::read(&picture.png_as(&style)), picture, "{style:?}");
        }
        let black_and_white =
            Picture::draw(37, 29, |x, y| if (x / 3 + y) % 2 == 0 { [0, 0, 0, 255] } else { [255; 4] });
        for color in [1, 2, 4, 8].map(PngColor::Gray).into_iter().chain([PngColor::GrayAlpha(8)]) {
            let style = PngStyle { color, interlaced, ..PngStyle::default() };
            assert_eq!(Picture::read(&black_and_white.png_as(&style)), black_and_white, "{style:?}");
        }
    }
}

#[test]
fn every_kind_of_jpeg_file_shows_nearly_its_picture() {
    let picture = gradient(61, 43);
    for color in [JpegColor::Subsampled, JpegColor::Full] {
        for (progressive, restart) in [(false, 0), (true, 0), (false, 3)] {
            let style = JpegStyle { color, progressive, restart, ..JpegStyle::default() };
            let difference = Picture::read(&picture.jpeg_as(&style)).difference(&picture);
            assert!(difference < 4.0, "{style:?}: {difference}");
        }
    }
}

#[test]
fn webp_files_show_their_picture() {
    for picture in [photograph(64, 48), transparent_disc(40, 40)] {
        assert_eq!(Picture::read(&picture.webp()), picture);
    }
}

#[test]
fn storing_a_picture_turned_eight_ways_gives_eight_pictures() {
    let chart = orientation_chart(30, 21);
    let stored: Vec<Picture> = (1..=8).map(|orientation| chart.stored_as(orientation)).collect();
    for (index, picture) in stored.iter().enumerate() {
        assert!(!stored[..index].contains(picture), "orientation {}", index + 1);
    }
    // Half turns and mirrors undo themselves.
    for orientation in [1, 2, 3, 4, 5, 7] {
        assert_eq!(chart.stored_as(orientation).stored_as(orientation), chart);
    }
    assert_eq!(chart.stored_as(6).stored_as(8), chart);
}

#[test]
fn pictures_are_the_same_everywhere() {
    let sum = |picture: &Picture| {
        picture
            .pixels
            .iter()
            .flatten()
            .fold(0u32, |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
    };
    assert_eq!(
        [photograph(320, 240), lettering(320, 240)].map(|picture| sum(&picture)),
        [1_454_556_851, 3_418_880_986]
    );
}
