//! The table of imgproxy's options.

use tintype_types::{Color, Filter, Format, Gravity, Rotation};

use super::draft::Draft;
use crate::grammar::parameter::{Missing, Parameter, Rejected, Value, choice, field};
use crate::grammar::text::{decode, decode_base64, encode_base64, encode_path};
use crate::request::{
    Factor, Fit, Length, OutputFormat, Passthrough, Place, Quality, at_focal_point, file_name, number,
    parse_color, write_color,
};

const PIXELS: &str = "a whole number of pixels, 0 to 65535";
const FACTOR: &str = "a factor, 0.01 to 100";
const SWITCH: &str = "1, t, true, 0, f or false";
const GRAVITY: &str = "ce, no, so, ea, we, noea, nowe, soea, sowe or fp:x:y";
const BYTE: &str = "a whole number, 0 to 255";
const RELATIVE: &str = "a number of pixels, a share below 1, or 0 for all of the side";

/// Every option, in the order in which they are written. The last name of each is the one it is written with.
pub const OPTIONS: &[Parameter<Draft>] = &[
    Parameter {
        names: &["resize", "rs"],
        accepts: "type:width:height:enlarge:extend",
        read: |draft, text| {
            let args = arguments(text);
            let kind = args.first().copied().unwrap_or_default();
            if !kind.is_empty() {
                let accepts = "fit, fill, fill-down, force or auto";
                draft.request.geometry.fit =
                    read_fit(kind).ok_or(Rejected::Argument { name: "type", accepts })?;
            }
            read_size(draft, args.get(1..).unwrap_or_default())
        },
        write: |draft| {
            let geometry = &draft.request.geometry;
            // A share has no word here, and shows as a difference.
            let side = |side: Option<Length>| match side {
                Some(Length::Pixels(pixels)) => pixels,
                Some(Length::Share(_)) | None => 0,
            };
            let (width, height) = (side(geometry.width), side(geometry.height));
            let enlarge = u8::from(geometry.enlarge);
            Some(format!("{}:{width}:{height}:{enlarge}", write_fit(geometry.fit)))
        },
    },
    Parameter {
        names: &["size", "s"],
        accepts: "width:height:enlarge:extend",
        read: |draft, text| read_size(draft, &arguments(text)),
        write: |_| None,
    },
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
    Parameter {
        names: &["zoom", "z"],
        accepts: "a factor, or one for each side, 0.01 to 100",
        read: |draft, text| {
            let factor = |text| <Factor as Value>::read(text).ok_or(Rejected::Malformed);
            draft.zoom = match *arguments(text).as_slice() {
                [both] => (factor(both)?, factor(both)?),
                [x, ""] => (factor(x)?, draft.zoom.1),
                ["", y] => (draft.zoom.0, factor(y)?),
                [x, y] => (factor(x)?, factor(y)?),
                _ => return Err(Rejected::Malformed),
            };
            Ok(())
        },
        write: |_| None,
    },
    field!(["dpr"], FACTOR, request.geometry.dpr),
    Parameter {
        names: &["enlarge", "el"],
        accepts: SWITCH,
        read: |draft, text| {
            draft.request.geometry.enlarge = parse_bool(text);
            Ok(())
        },
        write: |_| None,
    },
    Parameter {
        names: &["gravity", "g"],
        accepts: GRAVITY,
        read: |draft, text| {
            draft.gravity = read_place(&arguments(text), draft.gravity)?;
            Ok(())
        },
        write: |draft| Some(write_place(draft.gravity)),
    },
    Parameter {
        names: &["crop", "c"],
        accepts: "width:height:gravity",
        read: |draft, text| {
            let args = arguments(text);
            let side = |index: usize, name, current| match args.get(index).copied().unwrap_or_default() {
                "" => Ok(current),
                text => read_relative(text).ok_or(Rejected::Argument { name, accepts: RELATIVE }),
            };
            draft.crop = (side(0, "width", draft.crop.0)?, side(1, "height", draft.crop.1)?);
            if let Some(gravity @ [name, ..]) = args.get(2..)
                && !name.is_empty()
            {
                draft.crop_gravity = Some(read_place(gravity, draft.gravity)?);
            }
            Ok(())
        },
        write: |draft| {
            let side = |length: Length| match length {
                Length::Pixels(pixels) => pixels.to_string(),
                Length::Share(share) => share.to_string(),
            };
            let gravity = draft.crop_gravity.map(write_place)?;
            Some(format!("{}:{}:{gravity}", side(draft.crop.0), side(draft.crop.1)))
        },
    },
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
    Parameter {
        names: &["webp_options", "webpo"],
        accepts: "lossy or lossless",
        read: |draft, text| {
            draft.request.output.lossless = match arguments(text).first() {
                Some(&"lossless") => true,
                Some(&("lossy" | "")) => false,
                Some(&"near_lossless") => return Err(Rejected::Unsupported),
                _ => return Err(Rejected::Malformed),
            };
            Ok(())
        },
        write: |draft| draft.request.output.lossless.then(|| "lossless".into()),
    },
    Parameter {
        names: &["format", "f", "ext"],
        accepts: "jpg, png or webp",
        read: |draft, text| {
            let format = match text {
                "" => return Ok(()),
                "best" | "ico" | "mp4" => return Err(Rejected::Unsupported),
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
    // Read before all others, with the presets at hand.
    Parameter { names: &["preset", "pr"], accepts: "names of presets", read: |_, _| Ok(()), write: |_| None },
];

/// The options that the engine does not implement.
pub(crate) const MISSING: &[Missing] = &[
    Missing { names: &["min-width", "min_width", "mw"], is_neutral: is_zero },
    Missing { names: &["min-height", "min_height", "mh"], is_neutral: is_zero },
    Missing { names: &["extend", "ex"], is_neutral: is_false },
    Missing { names: &["extend_aspect_ratio", "extend_ar", "exar"], is_neutral: is_false },
    Missing { names: &["padding", "pd"], is_neutral: all_zero },
    Missing { names: &["blur", "bl"], is_neutral: is_zero },
    Missing { names: &["sharpen", "sh"], is_neutral: is_zero },
    Missing { names: &["pixelate", "pix"], is_neutral: |text| is_zero(text) || is_one(text) },
    Missing { names: &["watermark", "wm"], is_neutral: is_zero },
    Missing { names: &["strip_metadata", "sm"], is_neutral: is_true },
    Missing { names: &["keep_copyright", "kcr"], is_neutral: is_false },
    Missing { names: &["strip_color_profile", "scp"], is_neutral: is_true },
    Missing { names: &["preserve_hdr", "ph"], is_neutral: is_false },
    Missing { names: &["enforce_thumbnail", "eth"], is_neutral: is_false },
    Missing { names: &["max_bytes", "mb"], is_neutral: is_zero },
    Missing { names: &["page", "pg"], is_neutral: is_zero },
    Missing { names: &["pages", "pgs"], is_neutral: is_one },
    // The first frame is taken in both cases.
    Missing { names: &["disable_animation", "da"], is_neutral: |_| true },
    Missing { names: &["trim", "t"], is_neutral: is_empty },
    Missing { names: &["crop_aspect_ratio", "crop_ar", "car"], is_neutral: is_zero },
    Missing { names: &["adjust", "a"], is_neutral: is_empty },
    Missing { names: &["brightness", "br"], is_neutral: is_zero },
    Missing { names: &["contrast", "co"], is_neutral: is_one },
    Missing { names: &["saturation", "sa"], is_neutral: is_one },
    Missing { names: &["background_alpha", "bga"], is_neutral: is_one },
    Missing { names: &["monochrome", "mc"], is_neutral: is_zero },
    Missing { names: &["duotone", "dt"], is_neutral: is_zero },
    Missing { names: &["unsharp_masking", "ush"], is_neutral: is_empty },
    Missing { names: &["blur_areas", "ba"], is_neutral: is_empty },
    Missing { names: &["progressive_blur", "pbl"], is_neutral: is_empty },
    Missing { names: &["blur_detections", "bd"], is_neutral: is_empty },
    Missing { names: &["draw_detections", "dd"], is_neutral: is_false },
    Missing { names: &["crop_objects", "crop_obj"], is_neutral: is_empty },
    Missing { names: &["colorize", "col"], is_neutral: is_zero },
    Missing { names: &["gradient", "gr"], is_neutral: is_zero },
    Missing { names: &["watermark_url", "wmu"], is_neutral: is_empty },
    Missing { names: &["watermark_text", "wmt"], is_neutral: is_empty },
    Missing { names: &["watermark_size", "wms"], is_neutral: is_empty },
    Missing { names: &["watermark_rotate", "wmr"], is_neutral: is_zero },
    Missing { names: &["watermark_shadow", "wmsh"], is_neutral: is_zero },
    Missing { names: &["color_profile", "cp", "icc"], is_neutral: is_empty },
    Missing { names: &["dpi"], is_neutral: is_zero },
    Missing { names: &["autoquality", "aq"], is_neutral: |text| is_empty(text) || text == "none" },
    Missing { names: &["jpeg_options", "jpgo"], is_neutral: is_empty },
    Missing { names: &["png_options", "pngo"], is_neutral: is_empty },
    Missing { names: &["avif_options", "avifo"], is_neutral: is_empty },
    Missing { names: &["fallback_image_url", "fiu"], is_neutral: is_empty },
    Missing { names: &["hashsum", "hs"], is_neutral: |text| is_empty(text) || text.starts_with("none") },
    Missing { names: &["bypass_cache", "bc"], is_neutral: is_false },
    Missing { names: &["cache_tags", "ct"], is_neutral: is_empty },
    Missing { names: &["max_src_resolution", "msr"], is_neutral: never },
    Missing { names: &["max_src_file_size", "msfs"], is_neutral: never },
    Missing { names: &["max_animation_frames", "maf"], is_neutral: never },
    Missing { names: &["max_animation_frame_resolution", "mafr"], is_neutral: never },
    Missing { names: &["max_result_dimension", "mrd"], is_neutral: never },
];

/// The same row, which another one writes.
const fn silent(row: Parameter<Draft>) -> Parameter<Draft> {
    Parameter { write: |_| None, ..row }
}

fn arguments(text: &str) -> Vec<&str> {
    text.split(':').collect()
}

/// The first of an option's arguments.
fn first(text: &str) -> &str {
    text.split(':').next().unwrap_or_default()
}

fn never(_: &str) -> bool {
    false
}

fn is_empty(text: &str) -> bool {
    text.is_empty()
}

fn is_zero(text: &str) -> bool {
    is_empty(text) || first(text).parse() == Ok(Factor::ZERO)
}

fn is_one(text: &str) -> bool {
    is_empty(text) || first(text).parse() == Ok(Factor::ONE)
}

fn all_zero(text: &str) -> bool {
    text.split(':').all(is_zero)
}

fn is_true(text: &str) -> bool {
    is_empty(text) || parse_bool(first(text))
}

fn is_false(text: &str) -> bool {
    !parse_bool(first(text))
}

/// A boolean as imgproxy reads it: as Go's `strconv.ParseBool`, where everything else is false.
fn parse_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True")
}

/// A boolean in a list of arguments, where a typo would go unnoticed among the others.
fn parse_strict_bool(text: &str) -> Option<bool> {
    match text {
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        text => parse_bool(text).then_some(true),
    }
}

/// Width, height, enlarging, and extending, which is not implemented.
fn read_size(draft: &mut Draft, args: &[&str]) -> Result<(), Rejected> {
    let arg = |index: usize| args.get(index).copied().filter(|text| !text.is_empty());
    let geometry = &mut draft.request.geometry;
    if let Some(text) = arg(0) {
        geometry.width = read_pixels(text).ok_or(Rejected::Argument { name: "width", accepts: PIXELS })?;
    }
    if let Some(text) = arg(1) {
        geometry.height = read_pixels(text).ok_or(Rejected::Argument { name: "height", accepts: PIXELS })?;
    }
    if let Some(text) = arg(2) {
        geometry.enlarge =
            parse_strict_bool(text).ok_or(Rejected::Argument { name: "enlarge", accepts: SWITCH })?;
    }
    match arg(3).map(parse_strict_bool) {
        None | Some(Some(false)) => Ok(()),
        Some(Some(true)) => Err(Rejected::Unsupported),
        Some(None) => Err(Rejected::Argument { name: "extend", accepts: SWITCH }),
    }
}

/// imgproxy's words for fits: `fill` keeps the side along which the source is too short, `fill-down` the shape.
const FITS: &[(&str, Fit)] = &[
    ("fit", Fit::Contain),
    ("fill-down", Fit::Cover),
    ("fill", Fit::Crop),
    ("force", Fit::Stretch),
    ("auto", Fit::Auto),
];

fn read_fit(word: &str) -> Option<Fit> {
    FITS.iter().find(|(known, _)| *known == word).map(|(_, fit)| *fit)
}

/// A fit without a word is written as the usual one, and shows as a difference.
fn write_fit(fit: Fit) -> &'static str {
    FITS.iter().find(|(_, known)| *known == fit).map_or("fit", |(word, _)| *word)
}

const GRAVITIES: &[(&str, Gravity)] = &[
    ("ce", Gravity::Center),
    ("no", Gravity::North),
    ("noea", Gravity::NorthEast),
    ("ea", Gravity::East),
    ("soea", Gravity::SouthEast),
    ("so", Gravity::South),
    ("sowe", Gravity::SouthWest),
    ("we", Gravity::West),
    ("nowe", Gravity::NorthWest),
];

/// A gravity, or offsets from the top left.
fn read_place(args: &[&str], current: Place) -> Result<Place, Rejected> {
    let [name, offsets @ ..] = args else { return Err(Rejected::Malformed) };
    if matches!(*name, "sm" | "obj" | "objw") || offsets.iter().any(|offset| offset.starts_with('-')) {
        return Err(Rejected::Unsupported);
    }
    let number = |index: usize| offsets.get(index).copied().filter(|text| !text.is_empty());
    if *name == "fp" {
        let coordinate = |index| number(index).and_then(|text| text.parse().ok()).ok_or(Rejected::Malformed);
        let gravity = at_focal_point(coordinate(0)?, coordinate(1)?).ok_or(Rejected::Unsupported)?;
        return Ok(Place::Towards(gravity));
    }
    let gravity = match (*name, current) {
        ("", Place::Towards(gravity)) => gravity,
        (name, _) => GRAVITIES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, gravity)| *gravity)
            .ok_or(Rejected::Malformed)?,
    };
    let offset = |index| match number(index) {
        None => Ok(Length::ZERO),
        Some(text) => read_relative(text).ok_or(Rejected::Argument { name: "offset", accepts: RELATIVE }),
    };
    match (offset(0)?, offset(1)?) {
        (Length::ZERO, Length::ZERO) => Ok(Place::Towards(gravity)),
        (x, y) if gravity == Gravity::NorthWest => Ok(Place::At(x, y)),
        _ => Err(Rejected::Unsupported),
    }
}

fn write_place(place: Place) -> String {
    let offset = |length: Length| match length {
        Length::Pixels(pixels) => pixels.to_string(),
        Length::Share(share) => share.to_string(),
    };
    match place {
        Place::Towards(gravity) => {
            let known = GRAVITIES.iter().find(|(_, known)| *known == gravity);
            known.map_or("ce", |(word, _)| word).into()
        }
        Place::At(x, y) => format!("nowe:{}:{}", offset(x), offset(y)),
    }
}

/// A number of pixels, where 0 means that none is given.
fn read_pixels(text: &str) -> Option<Option<Length>> {
    if text.is_empty() {
        return Some(None);
    }
    number(text, 0, Length::MAX).map(|pixels| (pixels != 0).then_some(Length::Pixels(pixels)))
}

/// A number of pixels if it is at least 1, or else a share or none.
fn read_relative(text: &str) -> Option<Length> {
    let factor: Factor = text.split_once('.').map_or(Ok(Factor::ONE), |_| text.parse()).ok()?;
    let whole = text.split('.').next().unwrap_or_default();
    match number(whole, 0, Length::MAX) {
        Some(0) | None if factor < Factor::ONE => {
            Some(if factor.millionths() == 0 { Length::ZERO } else { Length::Share(factor) })
        }
        pixels => pixels.map(Length::Pixels),
    }
}

/// A text as an argument: colons separate arguments, slashes options.
fn encode_argument(text: &str) -> String {
    encode_path(text).replace(':', "%3A").replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_lengths_are_pixels_from_one_on_and_shares_below() {
        let share = |millionths| Some(Length::Share(Factor::from_millionths(millionths)));
        for (text, length) in [
            ("0", Some(Length::ZERO)),
            ("0.0", Some(Length::ZERO)),
            ("1", Some(Length::Pixels(1))),
            ("80", Some(Length::Pixels(80))),
            ("80.7", Some(Length::Pixels(80))),
            ("65535", Some(Length::Pixels(65535))),
            ("0.33", share(330_000)),
            (".5", share(500_000)),
            ("65536", None),
            ("-1", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(read_relative(text), length, "{text}");
        }
    }
}
