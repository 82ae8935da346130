//! The table of IPX's modifiers.

use tintype_types::{
    Amount, Crop, Factor, Filter, Fit, Format, Gravity, Length, Offset, Position, Sharpen, Sides, Smart,
    Tone, Trim, Unsharp, number,
};

use super::draft::{Draft, ExtendWith};
use crate::grammar::adjust::{MILD, MODEST, STRENGTHS, amount, factor, opaque};
use crate::grammar::parameter::{Missing, Parameter, Rejected, choice, field, no_effect};
use crate::grammar::position::read_pixels;
use crate::grammar::value::{read_angle, write_angle};
use crate::request::{OutputFormat, Quality};

/// The characters that stand between the name of a modifier and its arguments.
pub(crate) const SEPARATORS: [char; 3] = ['_', ':', '='];

const PIXELS: &str = "a whole number of pixels, 1 to 65535";
const FLAG: &str = "nothing, true, 1, false or 0";

/// A row of a flag: it is set without an argument.
macro_rules! flag {
    ($name:literal, $($field:ident).+) => {
        Parameter {
            names: &[$name],
            accepts: FLAG,
            read: |draft: &mut Draft, text| {
                draft.$($field).+ = match text {
                    "" | "true" | "1" => true,
                    "false" | "0" => false,
                    _ => return Err(Rejected::Malformed),
                };
                Ok(())
            },
            write: |draft| Some(if draft.$($field).+ { String::new() } else { "false".into() }),
        }
    };
}

/// Every modifier, in the order in which they are written. The last name of each is the one it is written with.
pub const MODIFIERS: &[Parameter<Draft>] = &[
    field!(["width", "w"], PIXELS, request.geometry.width, |text| Length::pixels(text).map(Some)),
    field!(["height", "h"], PIXELS, request.geometry.height, |text| Length::pixels(text).map(Some)),
    Parameter {
        names: &["resize", "s"],
        accepts: "widthxheight in pixels, such as 300x200, or one number for a square",
        read: |draft, text| {
            let (width, height) = text.split_once('x').unwrap_or((text, text));
            let side = |text| Length::pixels(text).ok_or(Rejected::Malformed);
            draft.size = Some((side(width)?, side(height)?));
            Ok(())
        },
        write: |draft| draft.size.map(|(width, height)| format!("{width}x{height}")),
    },
    choice!(["fit"], fit, {
        "cover" => Fit::Cover,
        "contain" => Fit::Pad,
        // A source that is too small gives an image of the same shape.
        "fill" => Fit::Stretch,
        "inside" => Fit::Contain,
        "outside" => Fit::Outside,
    }),
    choice!(["position", "pos"], request.geometry.position, {
        "center" | "centre" | "0" => Position::gravity(Gravity::Center),
        "north" | "top" | "1" => Position::gravity(Gravity::North),
        "northeast" | "right-top" | "right top" | "5" => Position::gravity(Gravity::NorthEast),
        "east" | "right" | "2" => Position::gravity(Gravity::East),
        "southeast" | "right-bottom" | "right bottom" | "6" => Position::gravity(Gravity::SouthEast),
        "south" | "bottom" | "3" => Position::gravity(Gravity::South),
        "southwest" | "left-bottom" | "left bottom" | "7" => Position::gravity(Gravity::SouthWest),
        "west" | "left" | "4" => Position::gravity(Gravity::West),
        "northwest" | "left-top" | "left top" | "8" => Position::gravity(Gravity::NorthWest),
        "entropy" | "16" => Position::Smart(Smart::Entropy),
        "attention" | "17" => Position::Smart(Smart::Attention),
    }),
    flag!("enlarge", request.geometry.enlarge),
    choice!(["kernel"], request.geometry.filter, {
        "linear" => Filter::Bilinear,
        "cubic" => Filter::CatmullRom,
        "mitchell" => Filter::Mitchell,
        "lanczos3" => Filter::Lanczos3,
    }, unsupported "nearest" | "lanczos2" | "mks2013" | "mks2021"),
    Parameter {
        names: &["crop", "extract"],
        accepts: "left_top_width_height in pixels",
        read: |draft, text| {
            let offset = |text| Length::offset(text).filter(is_pixels).ok_or(Rejected::Malformed);
            let side = |text| Length::pixels(text).ok_or(Rejected::Malformed);
            let [left, top, width, height] = *arguments(text).collect::<Vec<_>>().as_slice() else {
                return Err(Rejected::Malformed);
            };
            let position = Position::At { x: offset(left)?, y: offset(top)? };
            draft.request.geometry.crop = Some(Crop { width: side(width)?, height: side(height)?, position });
            Ok(())
        },
        write: |draft| {
            let Crop { width, height, position } = draft.request.geometry.crop?;
            let pixels = |offset| match offset {
                Offset::Pixels(pixels @ 0..) => Some(pixels),
                Offset::Pixels(_) | Offset::Millionths(_) => None,
            };
            let (left, top) = match position {
                Position::At { x, y } => (pixels(x.into())?, pixels(y.into())?),
                Position::Gravity { gravity: Gravity::NorthWest, x, y } => (pixels(x)?, pixels(y)?),
                _ => return None,
            };
            Some(format!("{left}_{top}_{width}_{height}"))
        },
    },
    Parameter {
        names: &["trim"],
        accepts: "a threshold, 0 to 255; 10 without one",
        read: |draft, text| {
            draft.request.geometry.trim = match text {
                "false" => None,
                "" | "true" => Some(trim(10)),
                text => Some(trim(number(text, 0, 255).ok_or(Rejected::Malformed)?)),
            };
            Ok(())
        },
        write: |draft| draft.request.geometry.trim.map(|trim| trim.threshold.to_string()),
    },
    Parameter {
        names: &["rotate"],
        accepts: "degrees clockwise, or nothing to turn the image upright",
        read: |draft, text| {
            if text.is_empty() {
                draft.request.geometry.auto_orient = true;
            } else {
                draft.angle = read_angle(text).ok_or(Rejected::Malformed)?;
            }
            Ok(())
        },
        write: |draft| Some(write_angle(draft.angle)),
    },
    Parameter {
        names: &["extend"],
        accepts: "top_right_bottom_left in pixels, then background, copy or mirror",
        read: |draft, text| {
            let mut arguments = arguments(text);
            let mut side = || match arguments.next() {
                None | Some("") => Ok(0),
                Some(text) => read_pixels(text).ok_or(Rejected::Malformed),
            };
            let (top, right, bottom, left) = (side()?, side()?, side()?, side()?);
            draft.extend = Sides { top, right, bottom, left };
            draft.extend_with = match arguments.next() {
                None | Some("" | "background") => ExtendWith::Background,
                Some("copy") => ExtendWith::Copy,
                Some("mirror") => ExtendWith::Mirror,
                Some("repeat") => return Err(Rejected::Unsupported),
                Some(_) => return Err(Rejected::Malformed),
            };
            if arguments.next().is_some() { Err(Rejected::Malformed) } else { Ok(()) }
        },
        write: |draft| {
            let Sides { top, right, bottom, left } = draft.extend;
            let with = match draft.extend_with {
                ExtendWith::Background => "",
                ExtendWith::Copy => "_copy",
                ExtendWith::Mirror => "_mirror",
            };
            (draft.extend != Sides::ZERO).then(|| format!("{top}_{right}_{bottom}_{left}{with}"))
        },
    },
    flag!("flip", request.geometry.flip_vertical),
    flag!("flop", request.geometry.flip_horizontal),
    flag!("autoorient", request.geometry.auto_orient),
    flag!("flatten", flatten),
    Parameter {
        names: &["blur"],
        accepts: "a standard deviation in pixels, 0.3 to 1000; nothing for a mild blur, or false",
        read: |draft, text| {
            draft.request.adjust.blur = match text {
                "" | "true" => MILD,
                "false" | "0" => Factor::ZERO,
                text => factor(text, 300, 1000).ok_or(Rejected::Malformed)?,
            };
            Ok(())
        },
        write: |draft| Some(draft.request.adjust.blur.to_string()),
    },
    Parameter {
        names: &["sharpen"],
        accepts: "a standard deviation in pixels, 0 to 10, then strengths in flat areas and at edges; nothing for mild \
                  sharpening, or false",
        read: |draft, text| {
            let adjust = &mut draft.request.adjust;
            (adjust.sharpen, adjust.unsharp) = (None, None);
            match text {
                "" | "true" => adjust.unsharp = Some(Unsharp::MILD),
                "false" | "0" => {}
                text => {
                    let mut given = arguments(text);
                    let mut number = |plain: Option<Factor>, most| match given.next() {
                        None | Some("") => plain.ok_or(Rejected::Malformed),
                        Some(text) => factor(text, 0, most).ok_or(Rejected::Malformed),
                    };
                    let sigma = number(None, 10)?;
                    let (flat, jagged) = (number(Some(STRENGTHS.0), 1000)?, number(Some(STRENGTHS.1), 1000)?);
                    adjust.sharpen = Some(Sharpen { sigma, flat, jagged });
                }
            }
            Ok(())
        },
        write: |draft| match (draft.request.adjust.sharpen, draft.request.adjust.unsharp) {
            (Some(Sharpen { sigma, flat, jagged }), _) => Some(format!("{sigma}_{flat}_{jagged}")),
            (None, Some(Unsharp::MILD)) => Some(String::new()),
            (None, _) => None,
        },
    },
    Parameter {
        // sharp darkens before resizing and brightens after it, which is resizing in linear light.
        names: &["gamma"],
        accepts: "1 to 3, once or twice the same; nothing for 2.2",
        read: |draft, text| {
            let mut given = arguments(text).filter(|text| !text.is_empty());
            let mut next =
                || given.next().map(|text| factor(text, 1000, 3).ok_or(Rejected::Malformed)).transpose();
            let (before, after) = (next()?.unwrap_or(GAMMA), next()?);
            if after.is_some_and(|after| after != before) {
                return Err(Rejected::Unsupported);
            }
            draft.request.geometry.linear = before != Factor::ONE;
            Ok(())
        },
        write: |draft| Some(if draft.request.geometry.linear { GAMMA } else { Factor::ONE }.to_string()),
    },
    Parameter {
        // Its argument says whether transparency is negated, too, which it never is here.
        names: &["negate"],
        accepts: FLAG,
        read: |draft, _| {
            draft.request.adjust.negate = true;
            Ok(())
        },
        write: |draft| draft.request.adjust.negate.then(|| "false".into()),
    },
    Parameter {
        names: &["linear"],
        accepts: "a factor, 0 to 100, then a number of levels to add, -255 to 255",
        read: |draft, text| {
            let mut given = arguments(text);
            if let Some(text) = given.next().filter(|text| !text.is_empty()) {
                draft.request.adjust.brightness = factor(text, 0, 100).ok_or(Rejected::Malformed)?;
            }
            if let Some(text) = given.next().filter(|text| !text.is_empty()) {
                let levels = amount(text, 255).ok_or(Rejected::Malformed)?;
                draft.request.adjust.lightness = Amount::from_millionths(levels.millionths() / 255);
            }
            Ok(())
        },
        write: |_| None,
    },
    Parameter {
        names: &["modulate"],
        accepts: "factors for brightness and saturation, then degrees of hue, then hundredths of lightness",
        read: |draft, text| {
            let mut given = arguments(text);
            let mut next = || given.next().filter(|text| !text.is_empty());
            let adjust = &mut draft.request.adjust;
            if let Some(text) = next() {
                adjust.brightness = factor(text, 0, 100).ok_or(Rejected::Malformed)?;
            }
            if let Some(text) = next() {
                adjust.saturation = factor(text, 0, 100).ok_or(Rejected::Malformed)?;
            }
            if let Some(text) = next() {
                adjust.hue = read_angle(text).ok_or(Rejected::Malformed)?;
            }
            if let Some(text) = next() {
                adjust.lightness = read_hundredths(text).ok_or(Rejected::Malformed)?;
            }
            Ok(())
        },
        write: |_| None,
    },
    field!(["brightness"], MODEST, request.adjust.brightness, |text| factor(text, 0, 100)),
    field!(["saturation"], MODEST, request.adjust.saturation, |text| factor(text, 0, 100)),
    Parameter {
        names: &["hue"],
        accepts: "degrees",
        read: |draft, text| {
            draft.request.adjust.hue = read_angle(text).ok_or(Rejected::Malformed)?;
            Ok(())
        },
        write: |draft| Some(write_angle(draft.request.adjust.hue)),
    },
    Parameter {
        names: &["lightness"],
        accepts: "hundredths of the range to add, -100 to 100",
        read: |draft, text| {
            draft.request.adjust.lightness = read_hundredths(text).ok_or(Rejected::Malformed)?;
            Ok(())
        },
        write: |draft| {
            let lightness = draft.request.adjust.lightness.millionths().saturating_mul(100);
            Some(Amount::from_millionths(lightness).to_string())
        },
    },
    Parameter {
        names: &["grayscale"],
        accepts: FLAG,
        read: |draft, text| {
            if !is_off(text) {
                draft.request.adjust.tone = Some(Tone::Grayscale);
            }
            Ok(())
        },
        write: |draft| (draft.request.adjust.tone == Some(Tone::Grayscale)).then(String::new),
    },
    field!(["tint"], "a colour of CSS, or its hexadecimal digits without #", request.adjust.tint, |text| {
        opaque(text).map(Some)
    }),
    field!(["background", "b"], "a colour of CSS, or its hexadecimal digits without #", background),
    Parameter {
        names: &["format", "f"],
        accepts: "auto, jpeg, jpg, png, webp or gif",
        read: |draft, text| {
            let format = match text {
                "auto" => OutputFormat::Auto,
                "heif" => return Err(Rejected::Unsupported),
                name => match name.parse::<Format>() {
                    Ok(format) if format.is_encoded() => OutputFormat::Fixed(format),
                    Ok(_) => return Err(Rejected::Unsupported),
                    Err(_) => return Err(Rejected::Malformed),
                },
            };
            draft.request.output.format = format;
            Ok(())
        },
        write: |draft| Some(draft.request.output.format.to_string()),
    },
    field!(["quality", "q"], "a whole number, 1 to 100", request.output.quality, |text| {
        Quality::read_one(text).map(Quality::all)
    }),
    Parameter {
        names: &["animated", "a"],
        accepts: FLAG,
        read: |draft, text| {
            draft.request.output.frames = match text {
                "" | "true" | "1" => 0,
                "false" | "0" => 1,
                _ => return Err(Rejected::Malformed),
            };
            Ok(())
        },
        write: |draft| match draft.request.output.frames {
            0 => Some(String::new()),
            1 => Some("false".into()),
            _ => None,
        },
    },
    // Examples of IPX have it, and IPX itself ignores it.
    no_effect!(["embed"]),
];

/// The modifiers that the engine does not implement.
pub(crate) const MISSING: &[Missing] = &[
    Missing { names: &["median"], is_neutral: |text| text == "1" || is_off(text) },
    Missing { names: &["dilate"], is_neutral: is_off },
    Missing { names: &["erode"], is_neutral: is_off },
    Missing { names: &["clahe"], is_neutral: never },
    Missing { names: &["unflatten"], is_neutral: is_off },
    Missing { names: &["normalize"], is_neutral: is_off },
    Missing { names: &["threshold"], is_neutral: is_off },
    Missing { names: &["opacity"], is_neutral: |text| are_neutral(text, &[Factor::ONE]) },
];

/// sharp's gamma where none is given.
const GAMMA: Factor = Factor::from_millionths(2_200_000);

/// Hundredths of the range, -100 to 100.
fn read_hundredths(text: &str) -> Option<Amount> {
    amount(text, 100).map(|hundredths| Amount::from_millionths(hundredths.millionths() / 100))
}

fn arguments(text: &str) -> impl Iterator<Item = &str> {
    text.split(SEPARATORS)
}

/// Trimming what differs by no more than this from the top left pixel.
fn trim(threshold: u32) -> Trim {
    Trim { threshold, color: None, equal_horizontal: false, equal_vertical: false }
}

fn is_pixels(length: &Length) -> bool {
    matches!(length, Length::Pixels(_))
}

fn never(_: &str) -> bool {
    false
}

fn is_off(text: &str) -> bool {
    matches!(text, "false" | "0")
}

/// Whether arguments are those that leave the image as it is; one that is empty or missing does so, too.
fn are_neutral(text: &str, neutral: &[Factor]) -> bool {
    let mut neutral = neutral.iter();
    arguments(text).all(|argument| {
        let neutral = neutral.next();
        argument.is_empty() || neutral.is_some_and(|number| argument.parse() == Ok(*number))
    })
}
