//! The options of imgproxy that say where an image lies, and what is taken from it and added to it.

use tintype_types::{Color, CropRatio, Factor, Length, Sides, Trim, number};

use super::arguments::{
    RELATIVE, SWITCH, Use, arguments, parse_bool, parse_strict_bool, read_position, read_relative,
    write_position, write_relative,
};
use super::draft::{Draft, Extension};
use crate::grammar::parameter::{Parameter, Rejected};
use crate::grammar::value::is_ratio;
use crate::request::{parse_color, write_color};

const GRAVITY_WORDS: &str = "ce, no, so, ea, we, noea, nowe, soea or sowe, each with offsets; fp:x:y or sm";

/// The colour that stands for transparency.
const TRANSPARENT: &str = "ff00ff";

pub(super) const EXTEND: Parameter<Draft> = Parameter {
    names: &["extend", "ex"],
    accepts: "a switch, and a gravity",
    read: |draft, text| read_extension(&mut draft.extend, &arguments(text)),
    write: |draft| write_extension(draft.extend),
};

pub(super) const EXTEND_RATIO: Parameter<Draft> = Parameter {
    names: &["extend_aspect_ratio", "extend_ar", "exar"],
    accepts: "a switch, and a gravity",
    read: |draft, text| read_extension(&mut draft.extend_ratio, &arguments(text)),
    write: |draft| write_extension(draft.extend_ratio),
};

pub(super) const GRAVITY: Parameter<Draft> = Parameter {
    names: &["gravity", "g"],
    accepts: GRAVITY_WORDS,
    read: |draft, text| {
        let position = &mut draft.request.geometry.position;
        *position = read_position(&arguments(text), *position, Use::Crop)?;
        Ok(())
    },
    write: |draft| Some(write_position(draft.request.geometry.position)),
};

pub(super) const CROP: Parameter<Draft> = Parameter {
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
            draft.crop_gravity = Some(read_position(gravity, draft.request.geometry.position, Use::Crop)?);
        }
        Ok(())
    },
    write: |draft| {
        let gravity = draft.crop_gravity.map(write_position)?;
        Some(format!("{}:{}:{gravity}", write_relative(draft.crop.0), write_relative(draft.crop.1)))
    },
};

pub(super) const CROP_RATIO: Parameter<Draft> = Parameter {
    names: &["crop_aspect_ratio", "crop_ar", "car"],
    accepts: "width divided by height, 0 for none or 0.001 to 1000, and a switch that enlarges the crop",
    read: |draft, text| {
        let args = arguments(text);
        let (ratio, enlarge) = match *args.as_slice() {
            [ratio] => (ratio, ""),
            [ratio, enlarge] => (ratio, enlarge),
            _ => return Err(Rejected::Malformed),
        };
        let ratio = if ratio.is_empty() { Ok(Factor::ZERO) } else { ratio.parse() };
        let ratio: Factor = ratio.map_err(|_| Rejected::Malformed)?;
        draft.request.geometry.crop_ratio = match ratio {
            Factor::ZERO => None,
            ratio if is_ratio(ratio) => Some(CropRatio { ratio, enlarge: parse_bool(enlarge) }),
            _ => return Err(Rejected::Malformed),
        };
        Ok(())
    },
    write: |draft| {
        let CropRatio { ratio, enlarge } = draft.request.geometry.crop_ratio?;
        Some(format!("{ratio}:{}", u8::from(enlarge)))
    },
};

pub(super) const TRIM: Parameter<Draft> = Parameter {
    names: &["trim", "t"],
    accepts: "threshold:color:equal_hor:equal_ver, the threshold from 0 to 255, the colour in hexadecimal digits",
    read: |draft, text| {
        let args = arguments(text);
        let arg = |index: usize| args.get(index).copied().unwrap_or_default();
        if args.len() > 4 {
            return Err(Rejected::Malformed);
        }
        if arg(0).is_empty() {
            draft.request.geometry.trim = None;
            return Ok(());
        }
        let threshold: Factor = arg(0).parse().map_err(|_| Rejected::Malformed)?;
        let threshold =
            Some(threshold.of(1)).filter(|threshold| *threshold <= 255).ok_or(Rejected::Malformed)?;
        let color = match arg(1) {
            "" => None,
            color if color.eq_ignore_ascii_case(TRANSPARENT) => Some(Color::TRANSPARENT),
            color if color.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Some(parse_color(color).ok_or(Rejected::Malformed)?)
            }
            _ => return Err(Rejected::Malformed),
        };
        draft.request.geometry.trim = Some(Trim {
            threshold,
            color,
            equal_horizontal: parse_bool(arg(2)),
            equal_vertical: parse_bool(arg(3)),
        });
        Ok(())
    },
    write: |draft| {
        let Trim { threshold, color, equal_horizontal, equal_vertical } = draft.request.geometry.trim?;
        let color = match color {
            None => String::new(),
            Some(Color::TRANSPARENT) => TRANSPARENT.into(),
            Some(color) => write_color(color),
        };
        Some(format!("{threshold}:{color}:{}:{}", u8::from(equal_horizontal), u8::from(equal_vertical)))
    },
};

pub(super) const PADDING: Parameter<Draft> = Parameter {
    names: &["padding", "pd"],
    accepts: "top:right:bottom:left in pixels, as in CSS",
    read: |draft, text| {
        let args = arguments(text);
        if args.len() > 4 {
            return Err(Rejected::Malformed);
        }
        let arg = |index: usize, name| match args.get(index).copied().unwrap_or_default() {
            "" => Ok(None),
            text => number(text, 0, Length::MAX)
                .map(Some)
                .ok_or(Rejected::Argument { name, accepts: super::arguments::PIXELS }),
        };
        let Sides { top, right, bottom, left } = &mut draft.request.geometry.padding;
        // As in CSS, a side stands for those that come after it and are not given.
        if let Some(pixels) = arg(0, "top")? {
            (*top, *right, *bottom, *left) = (pixels, pixels, pixels, pixels);
        }
        if let Some(pixels) = arg(1, "right")? {
            (*right, *left) = (pixels, pixels);
        }
        *bottom = arg(2, "bottom")?.unwrap_or(*bottom);
        *left = arg(3, "left")?.unwrap_or(*left);
        Ok(())
    },
    write: |draft| {
        let Sides { top, right, bottom, left } = draft.request.geometry.padding;
        Some(format!("{top}:{right}:{bottom}:{left}"))
    },
};

/// Reads whether an image is extended, and the gravity that it has then.
pub(super) fn read_extension(extension: &mut Extension, args: &[&str]) -> Result<(), Rejected> {
    let [enabled, gravity @ ..] = args else { return Err(Rejected::Malformed) };
    if !enabled.is_empty() {
        extension.enabled =
            parse_strict_bool(enabled).ok_or(Rejected::Argument { name: "extend", accepts: SWITCH })?;
    }
    if !gravity.is_empty() {
        extension.gravity = read_position(gravity, extension.gravity, Use::Extend)?;
    }
    Ok(())
}

fn write_extension(extension: Extension) -> Option<String> {
    extension.enabled.then(|| format!("1:{}", write_position(extension.gravity)))
}
