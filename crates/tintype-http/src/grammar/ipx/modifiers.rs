//! The table of IPX's modifiers.

use tintype_types::{Filter, Format, Gravity, Rotation};

use super::draft::Draft;
use crate::grammar::parameter::{Missing, Parameter, Rejected, choice, field, no_effect};
use crate::request::{Crop, Factor, Fit, Length, OutputFormat, Place, Quality};

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
        "cover" => Some(Fit::Cover),
        "contain" => None,
        // A source that is too small gives an image of the same shape.
        "fill" => Some(Fit::Stretch),
        "inside" => Some(Fit::Contain),
        "outside" => Some(Fit::Outside),
    }),
    choice!(["position", "pos"], request.geometry.gravity, {
        "center" | "centre" | "0" => Gravity::Center,
        "north" | "top" | "1" => Gravity::North,
        "northeast" | "right-top" | "right top" | "5" => Gravity::NorthEast,
        "east" | "right" | "2" => Gravity::East,
        "southeast" | "right-bottom" | "right bottom" | "6" => Gravity::SouthEast,
        "south" | "bottom" | "3" => Gravity::South,
        "southwest" | "left-bottom" | "left bottom" | "7" => Gravity::SouthWest,
        "west" | "left" | "4" => Gravity::West,
        "northwest" | "left-top" | "left top" | "8" => Gravity::NorthWest,
    }, unsupported "entropy" | "attention" | "16" | "17"),
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
            let place = Place::At(offset(left)?, offset(top)?);
            draft.request.geometry.crop = Some(Crop { width: side(width)?, height: side(height)?, place });
            Ok(())
        },
        write: |draft| {
            let Crop { width, height, place } = draft.request.geometry.crop?;
            let (left, top) = match place {
                Place::At(left, top) => (left, top),
                Place::Towards(Gravity::NorthWest) => (Length::ZERO, Length::ZERO),
                Place::Towards(_) => return None,
            };
            Some(format!("{left}_{top}_{width}_{height}"))
        },
    },
    Parameter {
        names: &["rotate"],
        accepts: "a multiple of 90 degrees, or nothing to turn the image upright",
        read: |draft, text| {
            let geometry = &mut draft.request.geometry;
            if text.is_empty() {
                geometry.auto_orient = true;
                return Ok(());
            }
            let degrees: i32 = text.parse().map_err(|_| Rejected::Malformed)?;
            if degrees % 90 != 0 {
                return Err(Rejected::Unsupported);
            }
            geometry.rotate = Rotation::from_quarters(i64::from(degrees / 90));
            Ok(())
        },
        write: |draft| Some(draft.request.geometry.rotate.to_string()),
    },
    flag!("flip", request.geometry.flip_vertical),
    flag!("flop", request.geometry.flip_horizontal),
    flag!("autoorient", request.geometry.auto_orient),
    flag!("flatten", flatten),
    field!(["background", "b"], "a colour of CSS, or its hexadecimal digits without #", background),
    Parameter {
        names: &["format", "f"],
        accepts: "auto, jpeg, jpg, png or webp",
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
    // Examples of IPX have it, and IPX itself ignores it.
    no_effect!(["embed"]),
];

/// The modifiers that the engine does not implement.
pub(crate) const MISSING: &[Missing] = &[
    Missing { names: &["animated", "a"], is_neutral: is_off },
    // A threshold of 0 trims, too.
    Missing { names: &["trim"], is_neutral: |text| text == "false" },
    Missing {
        names: &["extend"],
        is_neutral: |text| are_neutral(text, &[Factor::ZERO, Factor::ZERO, Factor::ZERO, Factor::ZERO]),
    },
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
