//! The table of wsrv's parameters.

use tintype_types::{Factor, Fit, Format, Gravity, Length, Mask, MaskShape, Position, Smart, number};

use super::adjust;
use super::draft::Draft;
use super::part::Part;
use super::value::{ANY, DAY, read_color, read_seconds, written_color};
use crate::grammar::parameter::{Parameter, Rejected, choice, field, meaning, no_effect, word};
use crate::grammar::position::{at_focal_point, read_coordinate};
use crate::grammar::query::{parse_delay, parse_frames, parse_loops};
use crate::request::{OnError, OutputFormat, Quality, Source, file_name};

/// A row whose value is a field of the draft, set by the parameter's presence.
macro_rules! flag {
    ($names:expr, $($field:ident).+) => {
        Parameter {
            names: &$names,
            accepts: ANY,
            read: |draft, text| {
                draft.$($field).+ = is_on(text);
                Ok(())
            },
            write: |draft| draft.$($field).+.then(String::new),
        }
    };
}

/// A row of a colour.
macro_rules! color {
    ($names:expr, $($field:ident).+) => {
        Parameter {
            names: &$names,
            accepts: ANY,
            read: |draft, text| {
                draft.$($field).+ = Some(read_color(text).ok_or(Rejected::Malformed)?);
                Ok(())
            },
            write: |draft| draft.$($field).+.map(written_color),
        }
    };
}

/// Every parameter, in the order in which they are read and written.
pub const PARAMETERS: &[Parameter<Draft>] = &[
    Parameter {
        names: &["url"],
        accepts: ANY,
        read: |draft, text| {
            if text.is_empty() {
                return Err(Rejected::Malformed);
            }
            draft.request.source = Source::Url(read_url(text));
            Ok(())
        },
        write: |draft| match &draft.request.source {
            Source::Url(url) => Some(url.clone()),
            Source::Body => None,
        },
    },
    field!(["w", "width"], ANY, request.geometry.width),
    field!(["h", "height"], ANY, request.geometry.height),
    field!(["dpr"], ANY, dpr, |text: &str| {
        let factor = text.parse().ok();
        factor.filter(|dpr: &Factor| matches!(dpr.millionths(), 1_000_000..=8_000_000))
    }),
    Parameter {
        // `t` came before `fit`, with words of its own.
        names: &["fit", "t"],
        accepts: ANY,
        read: |draft, text| {
            draft.request.geometry.enlarge = !matches!(text, "fit" | "squaredown");
            draft.request.geometry.fit = meaning(FITS, text).ok_or(Rejected::Malformed)?;
            Ok(())
        },
        write: |draft| word(FITS, &draft.request.geometry.fit),
    },
    Parameter {
        names: &["we"],
        accepts: ANY,
        read: |draft, text| {
            draft.request.geometry.enlarge &= !is_on(text);
            Ok(())
        },
        write: |draft| (!draft.request.geometry.enlarge).then(String::new),
    },
    field!(["fpx"], ANY, focus_x, read_coordinate),
    field!(["fpy"], ANY, focus_y, read_coordinate),
    Parameter {
        names: &["a", "align"],
        accepts: ANY,
        read: |draft, text| {
            draft.request.geometry.position = read_alignment(text, (draft.focus_x, draft.focus_y))?;
            Ok(())
        },
        write: |draft| match draft.request.geometry.position {
            Position::FocalPoint { .. } => Some("focal".into()),
            position => word(ALIGNMENTS, &position),
        },
    },
    color!(["cbg"], border),
    flag!(["precrop"], precrop),
    Parameter {
        // It came before the parameters for single lengths.
        names: &["crop"],
        accepts: ANY,
        read: |draft, text| {
            let lengths: Vec<_> = text.split(',').collect();
            let &[width, height, x, y] = lengths.as_slice() else { return Err(Rejected::Malformed) };
            draft.crop = Part {
                x: Length::offset(x),
                y: Length::offset(y),
                width: Length::pixels(width),
                height: Length::pixels(height),
            };
            Ok(())
        },
        write: |_| None,
    },
    field!(["cx"], ANY, crop.x, |text| Length::offset(text).map(Some)),
    field!(["cy"], ANY, crop.y, |text| Length::offset(text).map(Some)),
    field!(["cw"], ANY, crop.width),
    field!(["ch"], ANY, crop.height),
    field!(["ro", "or"], ANY, degrees, |text: &str| text.parse().ok()),
    color!(["rbg"], corners),
    flag!(["flip"], request.geometry.flip_vertical),
    flag!(["flop"], request.geometry.flip_horizontal),
    field!(["trim"], ANY, trim, read_threshold),
    color!(["tbg"], trim_color),
    Parameter {
        names: &["mask", "shape"],
        accepts: ANY,
        read: |draft, text| {
            let shape = meaning(MASKS, text).ok_or(Rejected::Malformed)?;
            draft.request.geometry.mask = Some(Mask::new(shape));
            Ok(())
        },
        write: |draft| word(MASKS, &draft.request.geometry.mask?.shape),
    },
    flag!(["mtrim", "strim"], cut_to_mask),
    color!(["mbg"], hidden),
    color!(["bg"], request.geometry.background),
    adjust::BLUR,
    adjust::SHARPF,
    adjust::SHARPJ,
    adjust::SHARP,
    adjust::CON,
    adjust::BRI,
    adjust::GAM,
    adjust::MOD,
    adjust::SAT,
    adjust::HUE,
    adjust::START,
    adjust::STOP,
    adjust::FILT,
    adjust::TINT,
    choice!(["output"], request.output.format, {
        "jpg" | "jpeg" => OutputFormat::Fixed(Format::Jpeg),
        "png" => OutputFormat::Fixed(Format::Png),
        "webp" => OutputFormat::Fixed(Format::Webp),
        "gif" => OutputFormat::Fixed(Format::Gif),
        "origin" => OutputFormat::Source,
        "json" => OutputFormat::Json,
    }, unsupported "tiff" | "tif" | "avif" | "av1" | "jxl"),
    field!(["q", "quality"], ANY, request.output.quality, |text| Quality::read_one(text).map(Quality::all)),
    flag!(["ll", "lossless"], request.output.lossless),
    field!(["page"], ANY, request.output.page, |text| match text {
        // The largest and the smallest: the frames of an animation have one size.
        "-1" | "-2" => Some(0),
        text => number(text, 0, 65_535),
    }),
    Parameter {
        names: &["n", "pages"],
        accepts: ANY,
        read: |draft, text| {
            draft.request.output.frames = match text {
                "-1" => 0,
                text => parse_frames(text).ok_or(Rejected::Malformed)?,
            };
            Ok(())
        },
        write: |draft| match draft.request.output.frames {
            0 => Some("-1".into()),
            frames => Some(frames.to_string()),
        },
    },
    field!(["loop"], ANY, request.output.loops, parse_loops),
    field!(["delay"], ANY, request.output.delay, parse_delay),
    // How a file is packed.
    no_effect!(["l", "level"]),
    no_effect!(["af"]),
    Parameter {
        names: &["il"],
        accepts: ANY,
        read: |draft, text| {
            draft.request.output.progressive = is_on(text).then_some(true);
            Ok(())
        },
        write: |draft| draft.request.output.progressive.filter(|on| *on).map(|_| String::new()),
    },
    Parameter {
        names: FALLBACK,
        accepts: ANY,
        read: |draft, text| {
            draft.request.delivery.on_error = read_fallback(text);
            Ok(())
        },
        write: |draft| match &draft.request.delivery.on_error {
            OnError::Error => None,
            OnError::Source => Some("1".into()),
            OnError::Redirect(url) => Some(url.clone()),
        },
    },
    Parameter {
        names: &["encoding"],
        accepts: ANY,
        read: |draft, text| {
            draft.request.output.base64 = text == "base64";
            Ok(())
        },
        write: |draft| draft.request.output.base64.then(|| "base64".into()),
    },
    field!(["filename"], ANY, request.delivery.filename, |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        file_name(text).filter(|_| plain).map(Some)
    }),
    Parameter {
        names: &["maxage"],
        accepts: ANY,
        read: |draft, text| {
            draft.request.delivery.max_age = Some(read_seconds(text).ok_or(Rejected::Malformed)?);
            Ok(())
        },
        write: |draft| {
            let seconds = draft.request.delivery.max_age.filter(|seconds| seconds.is_multiple_of(DAY))?;
            Some(format!("{}d", seconds / DAY))
        },
    },
];

/// The first names of parameters whose value is one number.
pub(super) const NUMBERS: &[&str] = &[
    "w", "h", "dpr", "fpx", "fpy", "cx", "cy", "cw", "ch", "ro", "trim", "blur", "sharp", "sharpf", "sharpj",
    "con", "bri", "sat", "hue", "q", "page", "n", "loop",
];

/// The names of the parameter that says what happens if there is no image.
pub(crate) const FALLBACK: &[&str] = &["default", "errorredirect"];

/// Reads the response to a failure: none, the source, or a URL.
pub(crate) fn read_fallback(text: &str) -> OnError {
    match text {
        "" | "0" | "false" => OnError::Error,
        "1" | "true" => OnError::Source,
        url => OnError::Redirect(with_scheme(url, url.trim_start_matches('/'))),
    }
}

fn is_on(text: &str) -> bool {
    !matches!(text, "0" | "false")
}

/// Words for fits, those of `t` after those of `fit`.
const FITS: &[(&str, Fit)] = &[
    ("inside", Fit::Contain),
    ("cover", Fit::Cover),
    ("fill", Fit::Fill),
    ("outside", Fit::Outside),
    ("contain", Fit::Pad),
    ("letterbox", Fit::Pad),
    ("fit", Fit::Contain),
    ("fitup", Fit::Contain),
    ("square", Fit::Cover),
    ("squaredown", Fit::Cover),
    ("crop", Fit::Cover),
    ("absolute", Fit::Fill),
    // Without enlarging, `cover` keeps the side along which the source is too short.
    ("cover", Fit::Crop),
];

const ALIGNMENTS: &[(&str, Position)] = &[
    ("center", Position::gravity(Gravity::Center)),
    ("top", Position::gravity(Gravity::North)),
    ("top-right", Position::gravity(Gravity::NorthEast)),
    ("right", Position::gravity(Gravity::East)),
    ("bottom-right", Position::gravity(Gravity::SouthEast)),
    ("bottom", Position::gravity(Gravity::South)),
    ("bottom-left", Position::gravity(Gravity::SouthWest)),
    ("left", Position::gravity(Gravity::West)),
    ("top-left", Position::gravity(Gravity::NorthWest)),
    ("t", Position::gravity(Gravity::North)),
    ("r", Position::gravity(Gravity::East)),
    ("b", Position::gravity(Gravity::South)),
    ("l", Position::gravity(Gravity::West)),
    ("entropy", Position::Smart(Smart::Entropy)),
    ("attention", Position::Smart(Smart::Attention)),
];

const MASKS: &[(&str, MaskShape)] = &[
    ("circle", MaskShape::Circle),
    ("ellipse", MaskShape::Ellipse),
    ("triangle", MaskShape::Triangle),
    ("triangle-180", MaskShape::TriangleDown),
    ("pentagon", MaskShape::Pentagon),
    ("pentagon-180", MaskShape::PentagonDown),
    ("hexagon", MaskShape::Hexagon),
    ("square", MaskShape::Diamond),
    ("star", MaskShape::Star),
    ("heart", MaskShape::Heart),
];

/// A side, a corner, or a point: `focal` is the one of `fpx` and `fpy`, `focal-x-y` and `crop-x-y` are in per cent.
fn read_alignment(text: &str, focus: (Factor, Factor)) -> Result<Position, Rejected> {
    if let Some(position) = meaning(ALIGNMENTS, text) {
        return Ok(position);
    }
    let (x, y) = match text.strip_prefix("focal-").or(text.strip_prefix("crop-")) {
        Some(point) => read_point(point),
        None if text == "focal" => focus,
        None => return Err(Rejected::Malformed),
    };
    Ok(at_focal_point(x, y))
}

/// A point in per cent, each 50 if it cannot be read.
fn read_point(text: &str) -> (Factor, Factor) {
    let share = |text| Factor::from_millionths(number(text, 0, 100).unwrap_or(50) * 10_000);
    let (x, y) = text.split_once('-').unwrap_or((text, ""));
    (share(x), share(y))
}

/// A threshold of trimming, 10 if there is none; nothing is trimmed outside of 1 to 254.
fn read_threshold(text: &str) -> Option<Option<u32>> {
    if text.is_empty() { Some(Some(10)) } else { number(text, 1, 254).map(Some) }
}

/// A source's URL; one without a scheme has that of wsrv.
fn read_url(url: &str) -> String {
    match url.strip_prefix("ssl:") {
        Some(rest) => format!("https://{rest}"),
        None => with_scheme(url, url.strip_prefix("//").unwrap_or(url)),
    }
}

/// A URL, or the rest of one without a scheme after that of wsrv. A path or a query may contain `://`.
fn with_scheme(url: &str, rest: &str) -> String {
    let has_scheme = url.split_once("://").is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']));
    if has_scheme { url.into() } else { format!("http://{rest}") }
}
