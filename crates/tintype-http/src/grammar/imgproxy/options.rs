//! The table of imgproxy's options.

use tintype_types::{Color, Filter, Format, Rotation};

use super::arguments::{
    PIXELS, RELATIVE, SWITCH, arguments, encode_argument, parse_bool, parse_strict_bool, read_fit,
    read_pixels, read_place, read_relative, write_fit, write_place, write_relative,
};
use super::draft::Draft;
use crate::grammar::parameter::{Parameter, Rejected, Value, choice, field};
use crate::grammar::text::{decode, decode_base64, encode_base64};
use crate::request::{
    Factor, Length, OutputFormat, Passthrough, Quality, file_name, number, parse_color, write_color,
};

const FACTOR: &str = "a factor, 0.01 to 100";
const GRAVITY: &str = "ce, no, so, ea, we, noea, nowe, soea, sowe or fp:x:y";
const BYTE: &str = "a whole number, 0 to 255";

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
            let gravity = draft.crop_gravity.map(write_place)?;
            Some(format!("{}:{}:{gravity}", write_relative(draft.crop.0), write_relative(draft.crop.1)))
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

/// The same row, which another one writes.
const fn silent(row: Parameter<Draft>) -> Parameter<Draft> {
    Parameter { write: |_| None, ..row }
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
