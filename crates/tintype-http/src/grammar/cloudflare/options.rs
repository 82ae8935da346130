//! The table of Cloudflare's options.

use tintype_types::{
    Effort, Factor, Fit, Format, Gravity, Length, Metadata, Position, Sides, Smart, Trim, Unsharp, number,
};

use super::draft::{Draft, Part, rest};
use crate::grammar::adjust::{MODEST, factor};
use crate::grammar::parameter::{Missing, Parameter, Rejected, choice, field, meaning, no_effect, word};
use crate::grammar::position::{at_focal_point, read_coordinate, read_pixels};
use crate::request::{AutoWidth, OnError, Output, OutputFormat, Quality, parse_color, write_color};

const PIXELS: &str = "a whole number of pixels, 1 to 65535";
const QUALITY: &str = "1 to 100, high, medium-high, medium-low or low";
const OFFSET: &str = "a whole number of pixels, 0 to 65535, or a share of the image such as 0.25";
const SIDE: &str = "a whole number of pixels, 1 to 65535, or a share of the image such as 0.25";

/// A length of the part that `trim` leaves.
macro_rules! part {
    ($name:literal, $accepts:expr, $field:ident, $read:expr) => {
        Parameter {
            names: &[$name],
            accepts: $accepts,
            read: |draft: &mut Draft, text| {
                draft.trim.$field = Some($read(text).ok_or(Rejected::Malformed)?);
                Ok(())
            },
            write: |draft| draft.trim.$field.map(write_length),
        }
    };
}

/// Every option, in the order in which they are written.
pub const OPTIONS: &[Parameter<Draft>] = &[
    Parameter {
        names: &["width", "w"],
        accepts: "a whole number of pixels, 1 to 65535, or auto",
        read: |draft, text| {
            draft.is_auto = text == "auto";
            draft.request.geometry.width = match text {
                "auto" => None,
                text => Some(Length::pixels(text).ok_or(Rejected::Malformed)?),
            };
            Ok(())
        },
        write: |draft| match draft.request.geometry.width {
            None if draft.is_auto => Some("auto".into()),
            width => width.map(|width| width.to_string()),
        },
    },
    Parameter {
        names: &["wbreakpoints"],
        accepts: "widths in pixels with ; between them, 32 at most",
        read: |draft, text| {
            draft.auto.breakpoints = AutoWidth::read_breakpoints(text).ok_or(Rejected::Malformed)?;
            Ok(())
        },
        write: |draft| Some(draft.auto.write_breakpoints()),
    },
    field!(["wmobile"], PIXELS, auto.mobile, |text| number(text, 1, 65_535)),
    field!(["wdesktop"], PIXELS, auto.desktop, |text| number(text, 1, 65_535)),
    field!(["height", "h"], PIXELS, request.geometry.height, |text| Length::pixels(text).map(Some)),
    Parameter {
        names: &["fit"],
        accepts: "scale-down, scale-up, contain, cover, crop, aspect-crop, pad or squeeze",
        read: |draft, text| {
            let geometry = &mut draft.request.geometry;
            (geometry.fit, geometry.enlarge) = meaning(FITS, text).ok_or(Rejected::Malformed)?;
            Ok(())
        },
        write: |draft| word(FITS, &(draft.request.geometry.fit, draft.request.geometry.enlarge)),
    },
    Parameter {
        names: &["gravity", "g"],
        accepts: "left, right, top, bottom, center, auto, entropy or a point such as 0.5x0",
        read: |draft, text| {
            if text == "face" {
                return Err(Rejected::Unsupported);
            }
            draft.request.geometry.position = match (meaning(GRAVITIES, text), text.split_once('x')) {
                (Some(position), _) => position,
                (None, Some((x, y))) => {
                    let coordinate = |text: &str| read_coordinate(text).ok_or(Rejected::Malformed);
                    at_focal_point(coordinate(x)?, coordinate(y)?)
                }
                (None, None) => return Err(Rejected::Malformed),
            };
            Ok(())
        },
        write: |draft| match draft.request.geometry.position {
            Position::FocalPoint { x, y } => Some(format!("{x}x{y}")),
            position => word(GRAVITIES, &position),
        },
    },
    field!(["dpr"], "a factor for width and height, 0.01 to 100", dpr),
    Parameter {
        names: &["trim"],
        accepts: "top;right;bottom;left, all in pixels or all in shares such as 0.1; or border",
        read: |draft, text| {
            if text == "border" {
                border(draft);
                return Ok(());
            }
            let sides: Option<Vec<_>> = text.split(';').map(read_offset).collect();
            let sides = sides.ok_or(Rejected::Malformed)?;
            let &[top, right, bottom, left] = sides.as_slice() else { return Err(Rejected::Malformed) };
            let pixels = [top, right, bottom, left].map(|side| match side {
                Length::Pixels(pixels) => Some(pixels),
                Length::Share(_) => None,
            });
            if let [Some(top), Some(right), Some(bottom), Some(left)] = pixels {
                draft.request.geometry.inset = Sides { top, right, bottom, left };
                return Ok(());
            }
            let share = |side| match side {
                Length::Share(share) => Some(share),
                Length::ZERO => Some(Factor::ZERO),
                Length::Pixels(_) => None,
            };
            let rest = |near, far| rest(share(near)?, share(far)?);
            draft.trim = Part {
                left: Some(left),
                top: Some(top),
                width: Some(rest(left, right).ok_or(Rejected::Malformed)?),
                height: Some(rest(top, bottom).ok_or(Rejected::Malformed)?),
            };
            Ok(())
        },
        write: |draft| {
            let Sides { top, right, bottom, left } = draft.request.geometry.inset;
            Some(format!("{top};{right};{bottom};{left}"))
        },
    },
    part!("trim.left", OFFSET, left, read_offset),
    part!("trim.top", OFFSET, top, read_offset),
    part!("trim.width", SIDE, width, read_side),
    part!("trim.height", SIDE, height, read_side),
    Parameter {
        names: &["trim.border.color"],
        accepts: "a colour of CSS, percent-encoded, such as %23ff8800",
        read: |draft, text| {
            border(draft).color = Some(parse_color(text).ok_or(Rejected::Malformed)?);
            Ok(())
        },
        write: |draft| Some(format!("#{}", write_color(draft.request.geometry.trim?.color?))),
    },
    Parameter {
        names: &["trim.border.tolerance"],
        accepts: "a whole number, 0 to 255",
        read: |draft, text| {
            border(draft).threshold = number(text, 0, 255).ok_or(Rejected::Malformed)?;
            Ok(())
        },
        write: |draft| Some(draft.request.geometry.trim?.threshold.to_string()),
    },
    Parameter {
        names: &["background"],
        accepts: "a colour of CSS, percent-encoded, such as %23ff8800",
        read: |draft, text| {
            draft.request.geometry.background = Some(parse_color(text).ok_or(Rejected::Malformed)?);
            Ok(())
        },
        write: |draft| Some(format!("#{}", write_color(draft.request.geometry.background?))),
    },
    Parameter {
        names: &["blur"],
        accepts: "a radius in pixels, 1 to 250",
        read: |draft, text| {
            let radius = factor(text, 0, 250).ok_or(Rejected::Malformed)?;
            draft.request.adjust.blur = Factor::from_millionths(radius.millionths() / RADIUS);
            Ok(())
        },
        write: |draft| {
            let radius = draft.request.adjust.blur.millionths().saturating_mul(RADIUS);
            Some(Factor::from_millionths(radius).to_string())
        },
    },
    Parameter {
        names: &["sharpen"],
        accepts: "a strength, 0 to 10",
        read: |draft, text| {
            let strength = factor(text, 0, 10).ok_or(Rejected::Malformed)?;
            let amount = Factor::from_millionths(strength.millionths() / STRENGTH);
            let unsharp = Unsharp { sigma: Factor::ONE, amount, threshold: 0 };
            draft.request.adjust.unsharp = (amount != Factor::ZERO).then_some(unsharp);
            Ok(())
        },
        write: |draft| {
            let Unsharp { sigma, amount, threshold } = draft.request.adjust.unsharp?;
            let strength = Factor::from_millionths(amount.millionths().saturating_mul(STRENGTH));
            (sigma == Factor::ONE && threshold == 0).then(|| strength.to_string())
        },
    },
    field!(["brightness"], MODEST, request.adjust.brightness, read_factor),
    field!(["contrast"], MODEST, request.adjust.contrast, read_factor),
    field!(["gamma"], "0.1 to 10", request.adjust.gamma, |text| {
        if is_zero(text) { Some(Factor::ONE) } else { factor(text, 100, 10) }
    }),
    // Of the factors, this one alone means something at 0: shades of gray.
    field!(["saturation"], MODEST, request.adjust.saturation, |text: &str| {
        if text.is_empty() { Some(Factor::ONE) } else { factor(text, 0, 100) }
    }),
    field!(["rotate"], "90, 180 or 270", request.geometry.rotate),
    Parameter {
        names: &["flip"],
        accepts: "h, v or hv",
        read: |draft, text| {
            let geometry = &mut draft.request.geometry;
            (geometry.flip_horizontal, geometry.flip_vertical) =
                meaning(FLIPS, text).ok_or(Rejected::Malformed)?;
            Ok(())
        },
        write: |draft| {
            let geometry = &draft.request.geometry;
            word(FLIPS, &(geometry.flip_horizontal, geometry.flip_vertical))
        },
    },
    field!(["quality", "q"], QUALITY, quality, read_quality),
    field!(["slow-connection-quality", "scq"], QUALITY, request.output.slow_quality, read_quality),
    Parameter {
        names: &["format", "f"],
        accepts: "auto, jpeg, png, webp, json",
        read: |draft, text| {
            let format = meaning(FORMATS, text).ok_or(match text {
                "avif" => Rejected::Unsupported,
                _ => Rejected::Malformed,
            })?;
            draft.request.output.format = format;
            draft.request.output.progressive = (text == BASELINE).then_some(false);
            Ok(())
        },
        write: |draft| match &draft.request.output {
            Output { format: OutputFormat::Fixed(Format::Jpeg), progressive: Some(false), .. } => {
                Some(BASELINE.into())
            }
            output => word(FORMATS, &output.format),
        },
    },
    choice!(["onerror"], request.delivery.on_error, { "redirect" => OnError::Source }),
    choice!(["metadata"], request.output.metadata, {
        "copyright" => Metadata::Copyright,
        "keep" => Metadata::Keep,
        "none" => Metadata::Strip,
    }),
    choice!(["compression"], request.output.effort, { "fast" => Effort::Fast }),
    choice!(["anim"], request.output.frames, { "true" => 0, "false" => 1 }),
    no_effect!(["upscale"], "interpolate", |text| matches!(text, "interpolate" | "" | "0")),
];

/// The options that the engine does not implement. Those that refine `gravity=face` change nothing on their own, and
/// are passed over like unknown ones.
pub(crate) const MISSING: &[Missing] = &[
    Missing { names: &["border"], is_neutral: is_zero },
    Missing { names: &["segment"], is_neutral: is_zero },
    Missing { names: &["trim.border.keep"], is_neutral: is_zero },
];

/// The border that is trimmed, with Cloudflare's defaults if nothing was said about it before.
fn border(draft: &mut Draft) -> &mut Trim {
    let border = Trim { threshold: TOLERANCE, color: None, equal_horizontal: false, equal_vertical: false };
    draft.request.geometry.trim.get_or_insert(border)
}

/// How far colours of a border may differ if nothing is said about it, which Cloudflare does not document.
const TOLERANCE: u32 = 10;

/// Pixels, or a share of the side, which has a decimal point.
fn read_offset(text: &str) -> Option<Length> {
    if !text.contains('.') {
        return read_pixels(text).map(Length::Pixels);
    }
    let share: Factor = text.parse().ok().filter(|share| *share <= Factor::ONE)?;
    Some(if share == Factor::ZERO { Length::ZERO } else { Length::Share(share) })
}

fn read_side(text: &str) -> Option<Length> {
    read_offset(text).filter(|length| *length != Length::ZERO)
}

fn write_length(length: Length) -> String {
    match length {
        Length::Pixels(pixels) => pixels.to_string(),
        Length::Share(Factor::ONE) => "1.0".into(),
        Length::Share(share) => share.to_string(),
    }
}

fn is_zero(text: &str) -> bool {
    text.is_empty() || text.parse() == Ok(Factor::ZERO)
}

fn read_quality(text: &str) -> Option<Option<Quality>> {
    let quality = meaning(QUALITIES, text).or_else(|| Quality::read_one(text))?;
    Some(Some(Quality::all(quality)))
}

/// A factor, where 0 counts as not given.
fn read_factor(text: &str) -> Option<Factor> {
    if is_zero(text) { Some(Factor::ONE) } else { factor(text, 0, 100) }
}

/// A radius of blurring is twice the standard deviation, as in CSS.
const RADIUS: u32 = 2;

/// A strength of sharpening of 1 adds half of what a pixel differs from those around it.
const STRENGTH: u32 = 2;

/// Fits, and whether they enlarge. `crop` keeps the side along which the source is too short, `aspect-crop` the shape.
const FITS: &[(&str, (Fit, bool))] = &[
    ("scale-down", (Fit::Contain, false)),
    ("contain", (Fit::Contain, true)),
    ("scale-up", (Fit::Contain, true)),
    ("cover", (Fit::Cover, true)),
    ("crop", (Fit::Crop, false)),
    ("aspect-crop", (Fit::Cover, false)),
    ("pad", (Fit::Pad, true)),
    ("squeeze", (Fit::Fill, true)),
];

/// Sides, the points between them, and the most interesting part.
const GRAVITIES: &[(&str, Position)] = &[
    ("0.5x0.5", Position::gravity(Gravity::Center)),
    ("center", Position::gravity(Gravity::Center)),
    ("top", Position::gravity(Gravity::North)),
    ("1x0", Position::gravity(Gravity::NorthEast)),
    ("right", Position::gravity(Gravity::East)),
    ("1x1", Position::gravity(Gravity::SouthEast)),
    ("bottom", Position::gravity(Gravity::South)),
    ("0x1", Position::gravity(Gravity::SouthWest)),
    ("left", Position::gravity(Gravity::West)),
    ("0x0", Position::gravity(Gravity::NorthWest)),
    ("auto", Position::Smart(Smart::Attention)),
    ("entropy", Position::Smart(Smart::Entropy)),
];

/// Flips: left to right, and top to bottom.
const FLIPS: &[(&str, (bool, bool))] =
    &[("h", (true, false)), ("v", (false, true)), ("hv", (true, true)), ("vh", (true, true))];

/// The first word of each is what it is written with.
const FORMATS: &[(&str, OutputFormat)] = &[
    ("auto", OutputFormat::Auto),
    ("jpeg", OutputFormat::Fixed(Format::Jpeg)),
    ("jpg", OutputFormat::Fixed(Format::Jpeg)),
    (BASELINE, OutputFormat::Fixed(Format::Jpeg)),
    ("png", OutputFormat::Fixed(Format::Png)),
    ("webp", OutputFormat::Fixed(Format::Webp)),
    ("json", OutputFormat::Json),
];

/// JPEG that is not progressive.
const BASELINE: &str = "baseline-jpeg";

const QUALITIES: &[(&str, u8)] = &[("high", 90), ("medium-high", 80), ("medium-low", 65), ("low", 50)];
