//! The table of IPX's modifiers.

use tintype_types::{
    Crop, Factor, Filter, Fit, Format, Gravity, Length, Offset, Position, Sides, Smart, Trim, number,
};

use super::draft::{Draft, ExtendWith};
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
    Missing { names: &["blur"], is_neutral: is_off },
    Missing { names: &["sharpen"], is_neutral: is_off },
    Missing { names: &["median"], is_neutral: |text| text == "1" || is_off(text) },
    Missing { names: &["dilate"], is_neutral: is_off },
    Missing { names: &["erode"], is_neutral: is_off },
    Missing { names: &["clahe"], is_neutral: never },
    Missing { names: &["unflatten"], is_neutral: is_off },
    Missing {
        names: &["gamma"],
        is_neutral: |text| !text.is_empty() && are_neutral(text, &[Factor::ONE, Factor::ONE]),
    },
    // Its argument says whether transparency is negated, too.
    Missing { names: &["negate"], is_neutral: never },
    Missing { names: &["normalize"], is_neutral: is_off },
    Missing { names: &["threshold"], is_neutral: is_off },
    Missing { names: &["linear"], is_neutral: |text| are_neutral(text, &[Factor::ONE, Factor::ZERO]) },
    Missing {
        names: &["modulate"],
        is_neutral: |text| are_neutral(text, &[Factor::ONE, Factor::ONE, Factor::ZERO, Factor::ZERO]),
    },
    Missing { names: &["brightness"], is_neutral: |text| are_neutral(text, &[Factor::ONE]) },
    Missing { names: &["saturation"], is_neutral: |text| are_neutral(text, &[Factor::ONE]) },
    Missing { names: &["hue"], is_neutral: |text| are_neutral(text, &[Factor::ZERO]) },
    Missing { names: &["lightness"], is_neutral: |text| are_neutral(text, &[Factor::ZERO]) },
    Missing { names: &["opacity"], is_neutral: |text| are_neutral(text, &[Factor::ONE]) },
    Missing { names: &["tint"], is_neutral: never },
    Missing { names: &["grayscale"], is_neutral: is_off },
];

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
