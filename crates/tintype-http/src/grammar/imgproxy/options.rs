//! The table of imgproxy's options.

use tintype_types::{Color, Factor, Filter, Format, Profile, Rotation, Subsampling, number};

use super::arguments::{
    PIXELS, SWITCH, arguments, encode_argument, parse_bool, parse_strict_bool, read_fit, read_least,
    read_pixels,
};
use super::draft::Draft;
use super::{adjust, limits, place, size, watermark};
use crate::grammar::parameter::{Parameter, Rejected, choice, field, no_effect};
use crate::grammar::text::{decode, decode_base64, encode_base64};
use crate::request::{Output, OutputFormat, Passthrough, Quality, file_name, parse_color, write_color};

/// What near_lossless means where no level is given: libwebp's tools take this one.
const NEAR_LOSSLESS: u32 = 60;

/// The colours of a PNG that are reduced, where no number is given.
const MOST_COLORS: u32 = tintype_types::Output::MOST_COLORS;

const FACTOR: &str = "a factor, 0.01 to 100";
const BYTE: &str = "a whole number, 0 to 255";

/// Every option, in the order in which they are written. The last name of each is the one it is written with.
pub const OPTIONS: &[Parameter<Draft>] = &[
    size::RESIZE,
    size::SIZE,
    Parameter {
        names: &["resizing_type", "rt"],
        accepts: "fit, fill, fill-down, force or auto",
        read: |draft, text| {
            if !text.is_empty() {
                draft.request.geometry.fit = read_fit(text).ok_or(Rejected::Malformed)?;
            }
            Ok(())
        },
        write: |_| None,
    },
    choice!(["resizing_algorithm", "ra"], request.geometry.filter, {
        "linear" => Filter::Bilinear,
        "cubic" => Filter::CatmullRom,
        "lanczos3" => Filter::Lanczos3,
    }, unsupported "nearest" | "lanczos2"),
    silent(field!(["width", "w"], PIXELS, request.geometry.width, read_pixels)),
    silent(field!(["height", "h"], PIXELS, request.geometry.height, read_pixels)),
    field!(["min-width", "min_width", "mw"], PIXELS, request.geometry.min_width, read_least),
    field!(["min-height", "min_height", "mh"], PIXELS, request.geometry.min_height, read_least),
    size::ZOOM,
    field!(["dpr"], FACTOR, request.geometry.density),
    Parameter {
        names: &["enlarge", "el"],
        accepts: SWITCH,
        read: |draft, text| {
            draft.request.geometry.enlarge = parse_bool(text);
            Ok(())
        },
        write: |_| None,
    },
    place::EXTEND,
    place::EXTEND_RATIO,
    place::GRAVITY,
    place::CROP,
    place::CROP_RATIO,
    place::TRIM,
    place::PADDING,
    field!(["auto_rotate", "ar"], SWITCH, request.geometry.auto_orient, |text| Some(parse_bool(text))),
    Parameter {
        names: &["rotate", "rot"],
        accepts: "a multiple of 90 degrees",
        read: |draft, text| {
            let degrees: i32 = text.parse().map_err(|_| Rejected::Malformed)?;
            if degrees % 90 != 0 {
                return Err(Rejected::Malformed);
            }
            draft.request.geometry.rotate = Rotation::from_quarters(i64::from(degrees / 90));
            Ok(())
        },
        write: |draft| Some(draft.request.geometry.rotate.to_string()),
    },
    Parameter {
        names: &["flip", "fl"],
        accepts: "horizontal:vertical, each 1 or 0",
        read: |draft, text| {
            let geometry = &mut draft.request.geometry;
            let args = arguments(text);
            if args.len() > 2 {
                return Err(Rejected::Malformed);
            }
            for (flip, arg) in
                [&mut geometry.flip_horizontal, &mut geometry.flip_vertical].into_iter().zip(args)
            {
                if !arg.is_empty() {
                    *flip = parse_bool(arg);
                }
            }
            Ok(())
        },
        write: |draft| {
            let geometry = &draft.request.geometry;
            Some(format!("{}:{}", u8::from(geometry.flip_horizontal), u8::from(geometry.flip_vertical)))
        },
    },
    Parameter {
        names: &["background", "bg"],
        accepts: "red:green:blue, or hexadecimal digits",
        read: |draft, text| {
            let byte = |name, text| number(text, 0, 255).ok_or(Rejected::Argument { name, accepts: BYTE });
            draft.request.geometry.background = match *arguments(text).as_slice() {
                [""] => None,
                [hex] if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                    Some(parse_color(hex).ok_or(Rejected::Malformed)?)
                }
                [red, green, blue] => {
                    let (red, green, blue) = (byte("red", red)?, byte("green", green)?, byte("blue", blue)?);
                    Some(Color { red, green, blue, alpha: 255 })
                }
                _ => return Err(Rejected::Malformed),
            };
            Ok(())
        },
        write: |draft| draft.request.geometry.background.map(write_color),
    },
    field!(["background_alpha", "bga"], "0 to 1", background_alpha, |text: &str| {
        text.parse().ok().filter(|alpha: &Factor| *alpha <= Factor::ONE)
    }),
    adjust::BLUR,
    adjust::SHARPEN,
    adjust::UNSHARP,
    adjust::PIXELATE,
    adjust::BLUR_AREAS,
    adjust::ADJUST,
    adjust::BRIGHTNESS_ALONE,
    adjust::CONTRAST,
    adjust::SATURATION,
    adjust::MONOCHROME,
    adjust::DUOTONE,
    watermark::WATERMARK,
    watermark::WATERMARK_URL,
    watermark::WATERMARK_SIZE,
    field!(["strip_metadata", "sm"], SWITCH, strip_metadata, |text| Some(parse_bool(text))),
    field!(["keep_copyright", "kcr"], SWITCH, keep_copyright, |text| Some(parse_bool(text))),
    Parameter {
        names: &["strip_color_profile", "scp"],
        accepts: SWITCH,
        read: |draft, text| {
            draft.request.output.profile = if parse_bool(text) { Profile::Srgb } else { Profile::Keep };
            Ok(())
        },
        write: |draft| Some(u8::from(draft.request.output.profile != Profile::Keep).to_string()),
    },
    Parameter {
        names: &["color_profile", "cp", "icc"],
        accepts: "srgb",
        read: |draft, text| match text {
            "" => Ok(()),
            "srgb" => {
                draft.request.output.profile = Profile::Srgb;
                Ok(())
            }
            _ => Err(Rejected::Unsupported),
        },
        write: |_| None,
    },
    Parameter {
        names: &["quality", "q"],
        accepts: "a whole number, 0 (the default) to 100",
        read: |draft, text| {
            if !text.is_empty() {
                draft.quality = number(text, 0, 100).ok_or(Rejected::Malformed)?;
            }
            Ok(())
        },
        write: |_| None,
    },
    Parameter {
        names: &["format_quality", "fq"],
        accepts: "format:quality:…",
        read: |draft, text| {
            for pair in arguments(text).chunks(2) {
                let &[format, quality] = pair else { return Err(Rejected::Malformed) };
                let format: Format = format.parse().map_err(|_| Rejected::Malformed)?;
                draft
                    .request
                    .output
                    .quality
                    .set(format, Quality::read_one(quality).ok_or(Rejected::Malformed)?);
            }
            Ok(())
        },
        write: |draft| {
            let of = |format| draft.request.output.quality.of(format);
            Some(format!("jpeg:{}:webp:{}", of(Format::Jpeg)?, of(Format::Webp)?))
        },
    },
    field!(["page", "pg"], "the number of a frame; 0 is the first", request.output.page, |text: &str| {
        if text.is_empty() { Some(0) } else { number(text, 0, 65_535) }
    }),
    field!(["pages", "pgs"], "how many frames to keep, 1 or more", pages, |text| {
        number(text, 1, u32::MAX).map(Some)
    }),
    Parameter {
        names: &["disable_animation", "da"],
        accepts: SWITCH,
        read: |draft, text| {
            draft.disable_animation = parse_bool(text);
            Ok(())
        },
        write: |_| None,
    },
    Parameter {
        names: &["autoquality", "aq"],
        accepts: "none, dssim, ml, or size and a number of bytes",
        read: |draft, text| {
            let given = arguments(text);
            let Some((method, rest)) = given.split_first() else { return Ok(()) };
            let output = &mut draft.request.output;
            match (*method, rest) {
                ("size", [bytes]) => output.max_bytes = Some(read_bytes(bytes).ok_or(Rejected::Malformed)?),
                // The measure is another one, and so would be its targets.
                ("dssim" | "ml", []) => output.auto_quality = true,
                ("none" | "", []) => output.auto_quality = false,
                ("size" | "dssim" | "ml" | "none" | "", _) => return Err(Rejected::Unsupported),
                _ => return Err(Rejected::Malformed),
            }
            Ok(())
        },
        write: |draft| Some(if draft.request.output.auto_quality { "dssim" } else { "none" }.into()),
    },
    field!(["max_bytes", "mb"], "a number of bytes; 0 for any", request.output.max_bytes, |text| {
        number(text, 0, u32::MAX).map(|bytes| Some(bytes).filter(|bytes| *bytes != 0))
    }),
    Parameter {
        names: &["webp_options", "webpo"],
        accepts: "lossy, lossless or near_lossless; then whether chroma is averaged with care",
        read: |draft, text| {
            let output = &mut draft.request.output;
            let given = arguments(text);
            (output.lossless, output.near_lossless) = match given.first() {
                Some(&"lossless") => (true, 100),
                Some(&"near_lossless") => (true, NEAR_LOSSLESS),
                Some(&("lossy" | "")) => (false, 100),
                _ => return Err(Rejected::Malformed),
            };
            match given.get(1) {
                None | Some(&"") => Ok(()),
                Some(flag) => {
                    output.sharp_chroma = parse_strict_bool(flag).ok_or(Rejected::Malformed)?;
                    Ok(())
                }
            }
        },
        write: |draft| {
            let Output { lossless, near_lossless, sharp_chroma, .. } = draft.request.output;
            let compression = match (lossless, near_lossless) {
                (true, 100) => "lossless",
                (true, NEAR_LOSSLESS) => "near_lossless",
                (true, _) => return None,
                (false, _) => "lossy",
            };
            Some(if sharp_chroma { format!("{compression}:1") } else { compression.into() })
        },
    },
    Parameter {
        names: &["png_options", "pngo"],
        accepts: "0, as interlaced files are not written; whether colours are reduced, and to how many, 2 to 256",
        read: |draft, text| {
            let given = arguments(text);
            let flag = |index| match given.get(index) {
                None | Some(&"") => Ok(false),
                Some(flag) => parse_strict_bool(flag).ok_or(Rejected::Malformed),
            };
            if flag(0)? {
                return Err(Rejected::Unsupported);
            }
            let reduces = flag(1)?;
            let colors = match given.get(2) {
                None | Some(&"") => MOST_COLORS,
                Some(colors) => number(colors, 2, MOST_COLORS).ok_or(Rejected::Malformed)?,
            };
            draft.request.output.colors = reduces.then_some(colors);
            Ok(())
        },
        write: |draft| match draft.request.output.colors {
            None => Some("0:0".into()),
            Some(colors) => Some(format!("0:1:{colors}")),
        },
    },
    Parameter {
        names: &["jpeg_options", "jpgo"],
        accepts: "whether the file is progressive, then whether chroma is kept whole",
        read: |draft, text| {
            let output = &mut draft.request.output;
            let given = arguments(text);
            let flag = |index| match given.get(index) {
                None | Some(&"") => Ok(None),
                Some(flag) => parse_strict_bool(flag).map(Some).ok_or(Rejected::Malformed),
            };
            // The rest chooses between tables of an encoder that is not used here.
            output.progressive = flag(0)?.or(output.progressive);
            if let Some(whole) = flag(1)? {
                output.subsampling = if whole { Subsampling::Full } else { Subsampling::Half };
            }
            Ok(())
        },
        write: |draft| {
            let Output { progressive, subsampling, .. } = draft.request.output;
            let progressive = progressive.map(|on| u8::from(on).to_string()).unwrap_or_default();
            let whole = match subsampling {
                Subsampling::Auto => "",
                Subsampling::Half => "0",
                Subsampling::Full => "1",
            };
            Some(format!("{progressive}:{whole}"))
        },
    },
    Parameter {
        names: &["format", "f", "ext"],
        accepts: "jpg, png, webp, gif or best",
        read: |draft, text| {
            let format = match text {
                "" => return Ok(()),
                "best" => {
                    draft.request.output.format = OutputFormat::Smallest;
                    return Ok(());
                }
                "ico" | "mp4" => return Err(Rejected::Unsupported),
                name => name.parse::<Format>().map_err(|_| Rejected::Malformed)?,
            };
            if !format.is_encoded() {
                return Err(Rejected::Unsupported);
            }
            draft.request.output.format = OutputFormat::Fixed(format);
            Ok(())
        },
        // It is written as the extension of the source.
        write: |_| None,
    },
    Parameter {
        names: &["skip_processing", "skp"],
        accepts: "names of formats",
        read: |draft, text| {
            let formats = arguments(text).into_iter().filter(|name| !name.is_empty());
            let formats = Passthrough::formats(formats).ok_or(Rejected::Malformed)?;
            draft.request.delivery.passthrough = Passthrough::SameFormat(formats);
            Ok(())
        },
        write: |draft| match &draft.request.delivery.passthrough {
            Passthrough::SameFormat(formats) => {
                Some(formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(":"))
            }
            _ => None,
        },
    },
    Parameter {
        names: &["preserve_hdr", "ph"],
        accepts: SWITCH,
        read: |draft, text| {
            draft.request.output.bit_depth = if parse_bool(text) { 0 } else { 8 };
            Ok(())
        },
        write: |draft| (draft.request.output.bit_depth == 0).then(|| "1".into()),
    },
    // Only HEIC and AVIF have thumbnails that imgproxy takes in place of their images.
    no_effect!(["enforce_thumbnail", "eth"]),
    field!(["raw"], SWITCH, raw, |text| Some(parse_bool(text))),
    Parameter {
        names: &["cachebuster", "cb"],
        accepts: "any text, percent-encoded",
        read: |draft, text| {
            let text = decode(text).ok_or(Rejected::Malformed)?;
            draft.request.delivery.version = Some(text).filter(|text| !text.is_empty());
            Ok(())
        },
        write: |draft| draft.request.delivery.version.as_deref().map(encode_argument),
    },
    Parameter {
        names: &["expires", "exp"],
        accepts: "a second of Unix time; 0 never expires",
        read: |draft, text| {
            let second = if text.is_empty() { Some(0) } else { number(text, 0, u64::MAX >> 11) };
            draft.request.delivery.expires =
                Some(second.ok_or(Rejected::Malformed)?).filter(|second| *second != 0);
            Ok(())
        },
        write: |draft| draft.request.delivery.expires.as_ref().map(ToString::to_string),
    },
    Parameter {
        names: &["filename", "fn"],
        accepts: "a name without path separators, quotes and control characters, and whether it is in base64url",
        read: |draft, text| {
            let (name, is_base64) = match *arguments(text).as_slice() {
                [""] => return Ok(()),
                [name] => (name, false),
                [name, encoded] => (name, parse_bool(encoded)),
                _ => return Err(Rejected::Malformed),
            };
            let name = if is_base64 { decode_base64(name) } else { decode(name) };
            let name = name.and_then(|name| file_name(&name)).ok_or(Rejected::Malformed)?;
            draft.request.delivery.filename = Some(name);
            Ok(())
        },
        write: |draft| {
            draft.request.delivery.filename.as_deref().map(|name| format!("{}:1", encode_base64(name)))
        },
    },
    field!(["return_attachment", "att"], SWITCH, request.delivery.download, |text| Some(parse_bool(text))),
    limits::SOURCE_PIXELS,
    limits::SOURCE_BYTES,
    limits::FRAMES,
    limits::FRAME_PIXELS,
    limits::SIDE,
    // Read before all others, with the presets at hand.
    Parameter { names: &["preset", "pr"], accepts: "names of presets", read: |_, _| Ok(()), write: |_| None },
];

/// The same row, which another one writes.
const fn silent(row: Parameter<Draft>) -> Parameter<Draft> {
    Parameter { write: |_| None, ..row }
}

/// A number of bytes that is more than 0.
fn read_bytes(text: &str) -> Option<u32> {
    number(text, 1, u32::MAX)
}
