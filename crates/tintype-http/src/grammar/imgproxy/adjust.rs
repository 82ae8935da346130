//! imgproxy's options of colours and detail.

use tintype_types::{Amount, Color, Factor, Length, Obscure, Sharpen, Tone, Unsharp, Veil, number};

use super::arguments::{arguments, read_relative, write_relative};
use super::draft::Draft;
use crate::grammar::adjust::{factor, opaque};
use crate::grammar::parameter::{Parameter, Rejected};
use crate::request::write_color;

const SIGMA: &str = "a standard deviation in pixels, 0 to 1000";
const FACTOR: &str = "a factor, 0 to 100";
const BRIGHTNESS: &str = "a whole number, -255 to 255";
const COLOR: &str = "hexadecimal digits of a colour";
const INTENSITY: &str = "0 to 1";

/// The strengths of libvips, in flat areas and at edges.
const STRENGTHS: (Factor, Factor) = (Factor::ZERO, Factor::from_millionths(3_000_000));

/// The colour of `monochrome` where none is given.
const GRAY: Color = Color { red: 0xb3, green: 0xb3, blue: 0xb3, alpha: 255 };
const BLACK: Color = Color { red: 0, green: 0, blue: 0, alpha: 255 };

pub(super) const BLUR: Parameter<Draft> = Parameter {
    names: &["blur", "bl"],
    accepts: SIGMA,
    read: |draft, text| {
        draft.request.adjust.blur = read_factor(text, 1000, Factor::ZERO)?;
        Ok(())
    },
    write: |draft| Some(draft.request.adjust.blur.to_string()),
};

pub(super) const SHARPEN: Parameter<Draft> = Parameter {
    names: &["sharpen", "sh"],
    accepts: "a standard deviation in pixels, 0 to 10",
    read: |draft, text| {
        let (sigma, (flat, jagged)) = (read_factor(text, 10, Factor::ZERO)?, STRENGTHS);
        draft.request.adjust.sharpen = (sigma != Factor::ZERO).then_some(Sharpen { sigma, flat, jagged });
        Ok(())
    },
    write: |draft| {
        let Sharpen { sigma, flat, jagged } = draft.request.adjust.sharpen?;
        ((flat, jagged) == STRENGTHS).then(|| sigma.to_string())
    },
};

/// A convolution of three by three pixels: all but the middle weigh the same, and together less than nothing.
pub(super) const UNSHARP: Parameter<Draft> = Parameter {
    names: &["unsharp_masking", "ush"],
    accepts: "always or none, then a weight above 0, then a divider above 0",
    read: |draft, text| {
        let given = arguments(text);
        let positive = |index: usize, plain: f64| match given.get(index) {
            None | Some(&"") => Ok(plain),
            Some(text) => match factor(text, 0, 4000) {
                Some(number) if number != Factor::ZERO => Ok(f64::from(number)),
                _ => Err(Rejected::Argument { name: "number", accepts: "a number above 0" }),
            },
        };
        let (weight, divider) = (positive(1, 1.0)?, positive(2, DIVIDER)?);
        draft.request.adjust.unsharp = match *given.first().unwrap_or(&"") {
            "" | "none" => None,
            "always" => {
                let amount =
                    Factor::try_from(NEIGHBOURHOOD * weight / divider).map_err(|_| Rejected::Malformed)?;
                if amount.millionths() > 100_000_000 {
                    return Err(Rejected::Malformed);
                }
                Some(Unsharp { amount, ..Unsharp::MILD })
            }
            // Whether the image is reduced shows only later.
            "auto" => return Err(Rejected::Unsupported),
            _ => return Err(Rejected::Malformed),
        };
        Ok(())
    },
    write: |draft| {
        let unsharp = draft.request.adjust.unsharp?;
        let weight = f64::from(unsharp.amount) * DIVIDER / NEIGHBOURHOOD;
        let weight = Factor::try_from(weight).ok()?;
        (Unsharp { amount: unsharp.amount, ..Unsharp::MILD } == unsharp).then(|| format!("always:{weight}"))
    },
};

/// The divider where none is given, and the pixels that are averaged.
const DIVIDER: f64 = 24.0;
const NEIGHBOURHOOD: f64 = 9.0;

pub(super) const PIXELATE: Parameter<Draft> = Parameter {
    names: &["pixelate", "pix"],
    accepts: "a number of pixels, 0 to 65535",
    read: |draft, text| {
        let size: u32 =
            if text.is_empty() { 0 } else { number(text, 0, Length::MAX).ok_or(Rejected::Malformed)? };
        draft.request.adjust.pixelate = size.max(1);
        Ok(())
    },
    write: |draft| Some(draft.request.adjust.pixelate.to_string()),
};

pub(super) const BLUR_AREAS: Parameter<Draft> = Parameter {
    names: &["blur_areas", "ba"],
    accepts: "a standard deviation in pixels, then left, top, width and height of each area, in shares or pixels",
    read: |draft, text| {
        if text.is_empty() {
            return Ok(());
        }
        let given = arguments(text);
        let [sigma, areas @ ..] = given.as_slice() else { return Err(Rejected::Malformed) };
        let by = Veil::Blur(read_factor(sigma, 1000, Factor::ZERO)?);
        let areas: Option<Vec<Obscure>> = areas.chunks(4).map(|area| read_area(area, by)).collect();
        draft.request.adjust.obscure = areas.filter(|areas| !areas.is_empty()).ok_or(Rejected::Malformed)?;
        Ok(())
    },
    write: |draft| {
        let areas = &draft.request.adjust.obscure;
        let Veil::Blur(sigma) = areas.first()?.by else { return None };
        let sides =
            |area: &Obscure| [area.x, area.y, area.width, area.height].map(write_area_length).join(":");
        let areas: Vec<String> = areas.iter().map(sides).collect();
        Some(format!("{sigma}:{}", areas.join(":")))
    },
};

fn read_area(area: &[&str], by: Veil) -> Option<Obscure> {
    let &[x, y, width, height] = area else { return None };
    let side = |text| Some(read_area_length(text)?).filter(|length| *length != Length::ZERO);
    Some(Obscure {
        x: read_area_length(x)?,
        y: read_area_length(y)?,
        width: side(width)?,
        height: side(height)?,
        by,
    })
}

/// Shares up to one, unlike elsewhere.
fn read_area_length(text: &str) -> Option<Length> {
    if matches!(text, "1" | "1.0") { Some(Length::WHOLE) } else { read_relative(text) }
}

fn write_area_length(length: Length) -> String {
    if length == Length::WHOLE { "1".into() } else { write_relative(length) }
}

pub(super) const ADJUST: Parameter<Draft> = Parameter {
    names: &["adjust", "a"],
    accepts: "brightness:contrast:saturation",
    read: |draft, text| {
        let given = arguments(text);
        if given.len() > 3 {
            return Err(Rejected::Malformed);
        }
        let argument = |index: usize| given.get(index).copied().filter(|text| !text.is_empty());
        if let Some(text) = argument(0) {
            draft.request.adjust.lightness = read_brightness(text)
                .ok_or(Rejected::Argument { name: "brightness", accepts: BRIGHTNESS })?;
        }
        let factor = |text, name| factor(text, 0, 100).ok_or(Rejected::Argument { name, accepts: FACTOR });
        if let Some(text) = argument(1) {
            draft.request.adjust.contrast = factor(text, "contrast")?;
        }
        if let Some(text) = argument(2) {
            draft.request.adjust.saturation = factor(text, "saturation")?;
        }
        Ok(())
    },
    write: |_| None,
};

pub(super) const BRIGHTNESS_ALONE: Parameter<Draft> = Parameter {
    names: &["brightness", "br"],
    accepts: BRIGHTNESS,
    read: |draft, text| {
        let brightness = if text.is_empty() { Some(Amount::ZERO) } else { read_brightness(text) };
        draft.request.adjust.lightness = brightness.ok_or(Rejected::Malformed)?;
        Ok(())
    },
    write: |draft| {
        let levels = f64::from(draft.request.adjust.lightness) * 255.0;
        Some((levels.round() as i32).to_string())
    },
};

pub(super) const CONTRAST: Parameter<Draft> = Parameter {
    names: &["contrast", "co"],
    accepts: FACTOR,
    read: |draft, text| {
        draft.request.adjust.contrast = read_factor(text, 100, Factor::ONE)?;
        Ok(())
    },
    write: |draft| Some(draft.request.adjust.contrast.to_string()),
};

pub(super) const SATURATION: Parameter<Draft> = Parameter {
    names: &["saturation", "sa"],
    accepts: FACTOR,
    read: |draft, text| {
        draft.request.adjust.saturation = read_factor(text, 100, Factor::ONE)?;
        Ok(())
    },
    write: |draft| Some(draft.request.adjust.saturation.to_string()),
};

pub(super) const MONOCHROME: Parameter<Draft> = Parameter {
    names: &["monochrome", "mc"],
    accepts: "intensity:colour",
    read: |draft, text| {
        let (intensity, [color, _]) = read_tone(text, [GRAY, GRAY])?;
        if intensity != Factor::ZERO {
            draft.request.adjust.tone = Some(Tone::Monochrome { color, intensity });
        }
        Ok(())
    },
    write: |draft| match draft.request.adjust.tone? {
        Tone::Monochrome { color, intensity } => Some(format!("{intensity}:{}", write_color(color))),
        _ => None,
    },
};

pub(super) const DUOTONE: Parameter<Draft> = Parameter {
    names: &["duotone", "dt"],
    accepts: "intensity:dark colour:light colour",
    read: |draft, text| {
        let (intensity, [dark, light]) = read_tone(text, [BLACK, Color::WHITE])?;
        if intensity != Factor::ZERO {
            draft.request.adjust.tone = Some(Tone::Duotone { dark, light, intensity });
        }
        Ok(())
    },
    write: |draft| match draft.request.adjust.tone? {
        Tone::Duotone { dark, light, intensity } => {
            Some(format!("{intensity}:{}:{}", write_color(dark), write_color(light)))
        }
        _ => None,
    },
};

/// An intensity and colours, which have defaults.
fn read_tone(text: &str, mut colors: [Color; 2]) -> Result<(Factor, [Color; 2]), Rejected> {
    let given = arguments(text);
    let [intensity, given @ ..] = given.as_slice() else { return Err(Rejected::Malformed) };
    for (color, text) in colors.iter_mut().zip(given).filter(|(_, text)| !text.is_empty()) {
        *color = opaque(text).ok_or(Rejected::Argument { name: "colour", accepts: COLOR })?;
    }
    if intensity.is_empty() {
        return Ok((Factor::ZERO, colors));
    }
    let intensity =
        factor(intensity, 0, 1).ok_or(Rejected::Argument { name: "intensity", accepts: INTENSITY })?;
    Ok((intensity, colors))
}

/// Levels of a byte, as a share of the range.
fn read_brightness(text: &str) -> Option<Amount> {
    let levels: i32 = text.parse().ok().filter(|levels| (-255..=255).contains(levels))?;
    Amount::try_from(f64::from(levels) / 255.0).ok()
}

fn read_factor(text: &str, most: u32, plain: Factor) -> Result<Factor, Rejected> {
    if text.is_empty() { Ok(plain) } else { factor(text, 0, most).ok_or(Rejected::Malformed) }
}
