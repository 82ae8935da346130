//! The whole way with the engine itself.

use tintype_http::response::etag::RENDITION_REVISION;
use tintype_types::{Format, Limits};

use crate::support::*;

fn host() -> TestHost {
    TestHost::new().resizer(|options| tintype::Session::stepped(options.clone()))
}

/// A picture of these sides, half transparent.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    let pixels: Vec<u8> = (0..width * height).flat_map(|i| [i as u8, (i >> 8) as u8, 99, 128]).collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    file
}

fn size(image: &[u8]) -> (u32, u32, Format) {
    let source = tintype::inspect(image).unwrap().source;
    (source.width, source.height, source.format)
}

#[test]
fn a_picture_becomes_a_rendition_of_the_asked_size_and_format() {
    for (options, width, height, format) in [
        ("width=32", 32, 24, Format::Webp),
        ("width=32&format=jpeg", 32, 24, Format::Jpeg),
        ("height=30&format=png", 40, 30, Format::Png),
        ("width=50%25&format=png", 32, 24, Format::Png),
        ("width=20&height=20&fit=cover&format=png", 20, 20, Format::Png),
        ("width=20&fit=fill&format=png", 20, 48, Format::Png),
        ("rotate=90&format=png", 48, 64, Format::Png),
        ("width=999&format=png", 64, 48, Format::Png),
        ("format=source", 64, 48, Format::Png),
    ] {
        let answer = host().post(&format!("/?{options}"), pieces(&png(64, 48), 100));
        assert_eq!(answer.status, 200, "{options}");
        assert_eq!(size(&answer.body), (width, height, format), "{options}");
        assert_eq!(answer.header("content-type"), format.media_type(), "{options}");
    }
}

#[test]
fn the_smallest_file_has_its_type_and_its_name() {
    let smallest = |accept, source: &[u8]| {
        let source = source.to_vec();
        let host = host().origin(move |_| Reply::image(&source));
        host.get_with(&format!("{PHOTO}&format=smallest"), &[("accept", accept)])
    };
    let jpeg = host().post("/?format=jpeg&background=white", pieces(&png(64, 48), 1000)).body;
    for (accept, source, format) in [
        ("image/webp", png(64, 48), Format::Webp),
        ("*/*", png(64, 48), Format::Png),
        ("*/*", jpeg, Format::Jpeg),
    ] {
        let answer = smallest(accept, &source);
        assert_eq!((answer.status, answer.header("vary")), (200, "accept"), "{format}");
        assert_eq!(answer.header("content-type"), format.media_type());
        assert!(answer.header("content-disposition").ends_with(&format!(".{}\"", format.extension())));
        assert_eq!(size(&answer.body).2, format);
    }
}

#[test]
fn every_format_that_is_encoded_is_decoded_again() {
    for format in Format::ENCODED {
        let first = host().post(&format!("/?format={format}"), pieces(&png(64, 48), 1000));
        let source = first.body;
        let host = host().origin(move |_| Reply::image(&source));
        let answer = host.get(&format!("{PHOTO}&format=jpeg"));
        assert_eq!((answer.status, size(&answer.body)), (200, (8, 6, Format::Jpeg)), "{format}");
        let line = host.log_line();
        assert_eq!(
            (&line["source"], &line["output"]),
            (&serde_json::json!([64, 48]), &serde_json::json!([8, 6]))
        );
    }
}

#[test]
fn the_bytes_do_not_depend_on_the_pieces() {
    let body = |piece| host().post("/?width=31", pieces(&png(64, 48), piece)).body;
    assert_eq!(body(1), body(1 << 20));
}

#[test]
fn what_is_wrong_with_a_source_does_not_depend_on_its_pieces() {
    let whole = png(64, 48);
    let jpeg = host().post("/?format=jpeg", pieces(&whole, 1000)).body;
    let (mut damaged, mut bent) = (whole.clone(), jpeg.clone());
    damaged[60..80].fill(0);
    bent[jpeg.len() / 2..].fill(0xFF);
    let svg = [&[b' '; 40][..], b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"].concat();
    let cut = whole[..whole.len() / 2].to_vec();
    for (name, source) in [
        ("cut", cut),
        ("damaged", damaged),
        ("bent", bent),
        ("cut before its size", jpeg[..100].to_vec()),
        ("svg", svg),
        ("text", b"no image ".repeat(100)),
        ("empty", Vec::new()),
        ("whole", whole),
    ] {
        for options in ["width=8", "width=50%25", "width=150%25&enlarge=1", "passthrough=all"] {
            for most in ["30", "200", "1000000"] {
                let answer = |piece| {
                    // One of the renditions is too large, which its session finds before any damage.
                    let host = host().with("TINTYPE_MAX_SOURCE_BYTES", most);
                    let host = host.with("TINTYPE_MAX_OUTPUT_SIDE", "64");
                    let answer = host.post(&format!("/?{options}"), pieces(&source, piece));
                    let json = serde_json::from_slice(&answer.body).unwrap_or(serde_json::Value::Null);
                    (answer.status, json["error"].clone(), json["message"].clone(), json["detail"].clone())
                };
                let expected = answer(1);
                for piece in [7, 64, 1000, 1 << 20] {
                    assert_eq!(answer(piece), expected, "{name} {options} {most} in pieces of {piece}");
                }
            }
        }
    }
}

#[test]
fn a_large_rendition_of_the_engine_streams() {
    let mut noise = 1u32;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 1500, 1100);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    let mut byte = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    };
    writer.write_image_data(&(0..1500 * 1100 * 3).map(|_| byte()).collect::<Vec<u8>>()).unwrap();
    writer.finish().unwrap();
    let answer = host().post("/?format=png", pieces(&file, 1 << 16));
    assert_eq!((answer.status, answer.header("content-length")), (200, ""));
    assert!(answer.pieces.len() > 2 && answer.broken.is_none(), "{:?}", answer.pieces);
    assert_eq!(size(&answer.body), (1500, 1100, Format::Png));
}

#[test]
fn damage_and_limits_have_their_statuses() {
    let jpeg = host().post("/?format=jpeg", pieces(&png(64, 48), 1000)).body;
    let half = jpeg[..jpeg.len() * 3 / 4].to_vec();
    let answer = host().post("/?width=8", pieces(&half, 100));
    assert_eq!((answer.status, answer.header("tintype-error")), (200, "damaged-source"));
    let cut = png(64, 48);
    let answer = host().post("/?width=8", pieces(&cut[..cut.len() / 2], 100));
    assert_eq!((answer.status, answer.header("tintype-error")), (200, "damaged-source"));
    let answer = host().post("/?width=8", pieces(&cut[..40], 100));
    assert_eq!(answer.error(), (422, "damaged-source".into()));
    for (variable, most, error) in [
        ("TINTYPE_MAX_SOURCE_PIXELS", "3071", (413, "too-many-pixels")),
        ("TINTYPE_MAX_OUTPUT_SIDE", "63", (400, "output-too-large")),
        ("TINTYPE_MAX_OUTPUT_PIXELS", "3071", (400, "output-too-large")),
        ("TINTYPE_MAX_MEMORY", "64KiB", (413, "too-much-memory")),
    ] {
        let answer = host().with(variable, most).post("/", pieces(&png(64, 48), 100));
        assert_eq!(answer.error(), (error.0, error.1.into()), "{variable}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(variable));
    }
    for (query, error) in [
        ("max-source-pixels=3071", (413, "too-many-pixels")),
        ("max-source-bytes=99", (413, "source-too-large")),
    ] {
        let answer = host().post(&format!("/?{query}"), pieces(&png(64, 48), 100));
        assert_eq!(answer.error(), (error.0, error.1.into()), "{query}");
    }
    let raised = host().with("TINTYPE_MAX_SOURCE_PIXELS", "3071");
    let answer = raised.post("/?max-source-pixels=99999", pieces(&png(64, 48), 100));
    assert_eq!(answer.error(), (413, "too-many-pixels".into()));
    assert_eq!(Limits::default().source_pixels, host().config().unwrap().limits.source_pixels);
}

/// A small PNG that claims to have these sides.
pub(crate) fn vast_png(width: u32, height: u32) -> Vec<u8> {
    let mut file = png(64, 48);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    file
}

#[test]
fn a_picture_of_billions_of_pixels_has_too_many() {
    for (width, height) in
        [(65_536, 65_536), (2_147_483_647, 2_147_483_647), (2_147_483_647, 1), (20_000_000, 200)]
    {
        let answer = host().post("/?width=8", pieces(&vast_png(width, height), 100));
        assert_eq!(answer.error(), (413, "too-many-pixels".into()), "{width} {height}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        let pixels = u64::from(width) * u64::from(height);
        assert!(message.starts_with(&format!("the source has {pixels} pixels")), "{message}");
    }
}

/// Caches keep a rendition for as long as its tag stays the same, so a change of bytes has to change the tag.
#[test]
fn the_bytes_of_renditions_are_those_of_their_revision() {
    let make = |options: &str, source: &[u8]| host().post(&format!("/?{options}"), pieces(source, 1000)).body;
    let png = png(64, 48);
    let [jpeg, webp] = ["format=jpeg", "format=webp"].map(|options| make(options, &png));
    let hashes = [
        ("format=jpeg&width=40", &png[..]),
        ("format=png&width=40", &png),
        ("format=webp&width=40", &png),
        ("format=png&filter=box&width=9", &png),
        ("format=png&rotate=90&background=f80&width=20&height=20&fit=cover", &png),
        ("format=jpeg&width=20", &jpeg),
        ("format=png&width=50", &jpeg),
        ("format=png&width=20", &webp),
        ("format=png", crate::examples::GIF),
    ]
    .map(|(options, source)| twox_hash::XxHash64::oneshot(0, &make(options, source)));
    assert_eq!(
        (RENDITION_REVISION, hashes),
        (
            1,
            [
                3251580244151101553,
                14361780614066162552,
                7643755197365351445,
                12932205025004517836,
                1938596510739154330,
                8698271766169997206,
                11643074452786639756,
                1726678371161068458,
                7859218010948724625,
            ]
        ),
        "renditions have other bytes: raise RENDITION_REVISION if it is still that of the last release, and record them here"
    );
}
