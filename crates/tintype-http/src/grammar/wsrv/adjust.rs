//! wsrv's parameters of colours and detail.

use tintype_types::{Amount, Color, Factor, Tone, Unsharp};

use super::draft::{DUOTONE, Draft};
use super::value::{ANY, read_color, written_color};
use crate::grammar::adjust::{MILD, factor};
use crate::grammar::parameter::{Parameter, Rejected, field};
use crate::grammar::value::{read_angle, write_angle};

pub(super) const BLUR: Parameter<Draft> =
    field!(["blur"], ANY, request.adjust.blur, |text| read_or(text, MILD, 300, 1000));

pub(super) const SHARPF: Parameter<Draft> =
    field!(["sharpf"], ANY, sharpen.flat, |text| factor(text, 0, 1000));

pub(super) const SHARPJ: Parameter<Draft> =
    field!(["sharpj"], ANY, sharpen.jagged, |text| factor(text, 0, 1000));

pub(super) const SHARP: Parameter<Draft> = Parameter {
    names: &["sharp"],
    accepts: ANY,
    read: |draft, text| {
        match text {
            "" | "true" => draft.request.adjust.unsharp = Some(Unsharp::MILD),
            text => draft.sharpen.sigma = read_or(text, MILD, 0, 10).ok_or(Rejected::Malformed)?,
        }
        Ok(())
    },
    write: |draft| match draft.request.adjust.unsharp {
        Some(Unsharp::MILD) => Some(String::new()),
        _ => Some(draft.sharpen.sigma.to_string()),
    },
};

pub(super) const CON: Parameter<Draft> = Parameter {
    names: &["con"],
    accepts: ANY,
    read: |draft, text| {
        let percent = read_percent(text).ok_or(Rejected::Malformed)?;
        draft.request.adjust.contrast = Factor::from_millionths(((100 + percent) * 10_000) as u32);
        Ok(())
    },
    write: |draft| Some((i64::from(draft.request.adjust.contrast.millionths() / 10_000) - 100).to_string()),
};

pub(super) const BRI: Parameter<Draft> = Parameter {
    names: &["bri"],
    accepts: ANY,
    read: |draft, text| {
        let percent = read_percent(text).ok_or(Rejected::Malformed)?;
        draft.request.adjust.lightness = Amount::from_millionths((percent * 10_000) as i32);
        Ok(())
    },
    write: |draft| Some((draft.request.adjust.lightness.millionths() / 10_000).to_string()),
};

pub(super) const GAM: Parameter<Draft> = Parameter {
    names: &["gam"],
    accepts: ANY,
    read: |draft, text| {
        let gamma = match text {
            "false" | "0" => Factor::ONE,
            text => factor(text, 1000, 3).unwrap_or(GAMMA),
        };
        draft.request.adjust.gamma = gamma;
        Ok(())
    },
    write: |draft| Some(draft.request.adjust.gamma.to_string()),
};

pub(super) const MOD: Parameter<Draft> = Parameter {
    names: &["mod"],
    accepts: ANY,
    read: |draft, text| {
        let mut given = text.split(',');
        let mut factor = || given.next().and_then(read_multiplier);
        let (brightness, saturation) = (factor(), factor());
        let adjust = &mut draft.request.adjust;
        adjust.brightness = brightness.unwrap_or(adjust.brightness);
        adjust.saturation = saturation.unwrap_or(adjust.saturation);
        adjust.hue = given.next().and_then(read_angle).unwrap_or(adjust.hue);
        Ok(())
    },
    write: |draft| Some(draft.request.adjust.brightness.to_string()),
};

pub(super) const SAT: Parameter<Draft> = field!(["sat"], ANY, request.adjust.saturation, read_multiplier);

pub(super) const HUE: Parameter<Draft> = Parameter {
    names: &["hue"],
    accepts: ANY,
    read: |draft, text| {
        draft.request.adjust.hue = read_angle(text).ok_or(Rejected::Malformed)?;
        Ok(())
    },
    write: |draft| Some(write_angle(draft.request.adjust.hue)),
};

pub(super) const START: Parameter<Draft> = Parameter {
    names: &["start"],
    accepts: ANY,
    read: |draft, text| {
        draft.dark = Some(read_color(text).ok_or(Rejected::Malformed)?);
        Ok(())
    },
    write: |draft| draft.dark.map(written_color),
};

pub(super) const STOP: Parameter<Draft> = Parameter {
    names: &["stop"],
    accepts: ANY,
    read: |draft, text| {
        draft.light = Some(read_color(text).ok_or(Rejected::Malformed)?);
        Ok(())
    },
    write: |draft| draft.light.map(written_color),
};

pub(super) const FILT: Parameter<Draft> = Parameter {
    names: &["filt"],
    accepts: ANY,
    read: |draft, text| {
        let (dark, light) = (draft.dark.unwrap_or(DUOTONE.0), draft.light.unwrap_or(DUOTONE.1));
        let adjust = &mut draft.request.adjust;
        match text {
            "greyscale" => adjust.tone = Some(Tone::Grayscale),
            "sepia" => adjust.tone = Some(Tone::Sepia),
            "duotone" => adjust.tone = Some(Tone::Duotone { dark, light, intensity: Factor::ONE }),
            "negate" => adjust.negate = true,
            _ => return Err(Rejected::Malformed),
        }
        Ok(())
    },
    write: |draft| {
        Some(match (draft.request.adjust.tone, draft.request.adjust.negate) {
            (None, true) => "negate".into(),
            (Some(Tone::Grayscale), _) => "greyscale".into(),
            (Some(Tone::Sepia), _) => "sepia".into(),
            (Some(Tone::Duotone { .. }), _) => "duotone".into(),
            _ => return None,
        })
    },
};

pub(super) const TINT: Parameter<Draft> = field!(["tint"], ANY, request.adjust.tint, |text| {
    // Its alpha does not matter.
    read_color(text).map(|color| Some(Color { alpha: 255, ..color }))
});

/// Reads what a missing number and a switch mean, or a number from `least` thousandths to `most`.
fn read_or(text: &str, bare: Factor, least: u32, most: u32) -> Option<Factor> {
    match text {
        "" | "true" => Some(bare),
        "false" | "0" => Some(Factor::ZERO),
        text => factor(text, least, most),
    }
}

/// Per cents that are added to one, -100 to 100.
fn read_percent(text: &str) -> Option<i64> {
    text.parse().ok().filter(|percent| (-100..=100).contains(percent))
}

/// A factor that cannot be told from one that is not given.
fn read_multiplier(text: &str) -> Option<Factor> {
    factor(text, 0, 100)
}

/// The exponent where none is given, or none that is accepted.
const GAMMA: Factor = Factor::from_millionths(2_200_000);
