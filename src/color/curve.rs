//! Tone curves: from the sample that a file holds to the light that it stands for, both from 0 to 1.

use moxcms::ToneReprCurve;

/// A curve. Its powers are computed in software, so that they are the same on every machine.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Curve {
    /// Light is the sample to this power.
    Gamma(f64),
    /// `(a·x + b)^g + e` from `d` on, and `c·x + f` below (ICC.1:2022, 10.18), in the order g, a, b, c, d, e, f.
    Parametric([f64; 7]),
    /// Values at even distances, straight lines between them.
    Table(Vec<u16>),
    /// Perceptual quantisation (SMPTE ST 2084), with 203 nits as 1 (ITU-R BT.2408).
    Pq,
    /// Hybrid log-gamma (ITU-R BT.2100), on a display of 1000 nits, with 203 nits as 1.
    Hlg,
}

impl Curve {
    /// The curve of sRGB (IEC 61966-2-1).
    pub(super) const SRGB: Self =
        Self::Parametric([2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045, 0.0, 0.0]);
    /// The curve of ITU-R BT.709, BT.601 and BT.2020.
    pub(super) const BT709: Self =
        Self::Parametric([1.0 / 0.45, 1.0 / 1.099, 0.099 / 1.099, 1.0 / 4.5, 0.081, 0.0, 0.0]);

    /// The curve of a profile; `None` if it has none of the forms that the standard defines.
    pub(super) fn of_profile(curve: &ToneReprCurve) -> Option<Self> {
        match curve {
            ToneReprCurve::Lut(values) => Some(match values.as_slice() {
                [] => Self::Gamma(1.0),
                [gamma] => Self::Gamma(f64::from(*gamma) / 256.0),
                values => Self::Table(values.to_vec()),
            }),
            ToneReprCurve::Parametric(parameters) => {
                let start = |a: f64, b: f64| if a == 0.0 { 0.0 } else { -b / a };
                Some(match *parameters.iter().map(|&value| f64::from(value)).collect::<Vec<_>>() {
                    [gamma] => Self::Gamma(gamma),
                    [g, a, b] => Self::Parametric([g, a, b, 0.0, start(a, b), 0.0, 0.0]),
                    [g, a, b, c] => Self::Parametric([g, a, b, 0.0, start(a, b), c, c]),
                    [g, a, b, c, d] => Self::Parametric([g, a, b, c, d, 0.0, 0.0]),
                    [g, a, b, c, d, e, f] => Self::Parametric([g, a, b, c, d, e, f]),
                    _ => return None,
                })
            }
        }
    }

    /// The curve's value, clamped like its argument to 0 to 1.
    pub(super) fn at(&self, x: f64) -> f64 {
        let x = unit(x);
        unit(match self {
            Self::Gamma(gamma) if *gamma == 1.0 => x,
            Self::Gamma(gamma) => power(x, *gamma),
            Self::Parametric([g, a, b, c, d, e, f]) => {
                if x >= *d {
                    power(a * x + b, *g) + e
                } else {
                    c * x + f
                }
            }
            Self::Table(values) => between(values, x),
            Self::Pq => pq(x),
            Self::Hlg => hlg(x),
        })
    }

    /// Whether it is cheap to evaluate, or bends too much for straight lines.
    fn needs_every_value(&self) -> bool {
        matches!(self, Self::Table(_) | Self::Pq | Self::Hlg) || *self == Self::Gamma(1.0)
    }

    /// The curve's values at [`ENTRIES`] even distances.
    pub(super) fn tabulated(&self) -> Vec<f64> {
        if self.needs_every_value() {
            return (0..ENTRIES).map(|index| self.at(position(index))).collect();
        }
        tabulated(|x| self.at(x))
    }
}

/// Entries of a table over 0 to 1.
pub(super) const ENTRIES: usize = 1 << 14;

/// Where an entry of a table lies.
pub(super) fn position(index: usize) -> f64 {
    index as f64 / (ENTRIES - 1) as f64
}

/// A smooth function's values at [`ENTRIES`] even distances: exact where such functions bend most, and nearly so elsewhere.
pub(super) fn tabulated(function: impl Fn(f64) -> f64) -> Vec<f64> {
    const EXACT: usize = 256;
    const STEP: usize = 16;
    let mut table: Vec<f64> = (0..EXACT).map(|index| function(position(index))).collect();
    let mut start = function(position(EXACT));
    for index in (EXACT..ENTRIES).step_by(STEP) {
        let end = function(position(index + STEP));
        table.extend((0..STEP).map(|step| start + (end - start) * (step as f64 / STEP as f64)));
        start = end;
    }
    if let Some(last) = table.last_mut() {
        *last = function(1.0);
    }
    table
}

/// The sample that stands for light in sRGB, both from 0 to 1.
pub(super) fn srgb_sample(light: f64) -> f64 {
    let light = unit(light);
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * power(light, 1.0 / 2.4) - 0.055 }
}

/// A number clamped to 0 to 1; 0 if it is none.
pub(super) fn unit(x: f64) -> f64 {
    if x >= 1.0 {
        1.0
    } else if x > 0.0 {
        x
    } else {
        0.0
    }
}

fn power(base: f64, exponent: f64) -> f64 {
    if base > 0.0 { libm::pow(base, exponent) } else { 0.0 }
}

/// A table's value at `x`, from 0 to 1.
fn between(values: &[u16], x: f64) -> f64 {
    let place = x * values.len().saturating_sub(1) as f64;
    let at = |index: usize| values.get(index).or(values.last()).map_or(0.0, |&value| f64::from(value));
    let (low, high) = (at(place as usize), at(place as usize + 1));
    (low + (high - low) * (place - place.floor())) / 65_535.0
}

/// Nits of diffuse white.
const WHITE: f64 = 203.0;

fn pq(x: f64) -> f64 {
    const M1: f64 = 2610.0 / 16_384.0;
    const M2: f64 = 2523.0 / 32.0;
    const C1: f64 = 3424.0 / 4096.0;
    const C2: f64 = 2413.0 / 128.0;
    const C3: f64 = 2392.0 / 128.0;
    let x = power(x, 1.0 / M2);
    10_000.0 / WHITE * power((x - C1).max(0.0) / (C2 - C3 * x), 1.0 / M1)
}

fn hlg(x: f64) -> f64 {
    const A: f64 = 0.178_832_77;
    const B: f64 = 0.284_668_92;
    const C: f64 = 0.559_910_73;
    let scene = if x <= 0.5 { x * x / 3.0 } else { (libm::exp((x - C) / A) + B) / 12.0 };
    1000.0 / WHITE * power(scene, 1.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_have_their_standards_values() {
        let close = |curve: &Curve, x: f64, expected: f64| {
            let value = curve.at(x);
            assert!((value - expected).abs() < 1e-4, "{curve:?} at {x} is {value}, not {expected}");
        };
        close(&Curve::SRGB, 0.5, 0.214_041);
        close(&Curve::SRGB, 0.02, 0.001_548);
        close(&Curve::BT709, 0.5, 0.259_589);
        close(&Curve::Gamma(2.2), 0.5, 0.217_638);
        close(&Curve::Table(vec![0, 20_000, 65_535]), 0.25, 10_000.0 / 65_535.0);
        // ITU-R BT.2408: diffuse white is 58 % of PQ and 75 % of HLG.
        close(&Curve::Pq, 0.580_69, 1.0);
        close(&Curve::Hlg, 0.749_9, 1.0);
    }

    #[test]
    fn a_table_of_a_smooth_curve_is_as_good_as_the_curve() {
        for curve in [Curve::SRGB, Curve::BT709, Curve::Gamma(1.8), Curve::Gamma(2.6), Curve::Pq] {
            let table = curve.tabulated();
            assert_eq!(table.len(), ENTRIES);
            for index in (0..ENTRIES).step_by(7).chain([ENTRIES - 1]) {
                let error = (srgb_sample(table[index]) - srgb_sample(curve.at(position(index)))).abs();
                assert!(error < 0.06 / 255.0, "{curve:?} at {index}: {error}");
            }
        }
        for (index, value) in tabulated(srgb_sample).into_iter().enumerate() {
            assert!((value - srgb_sample(position(index))).abs() < 0.02 / 255.0, "{index}");
        }
    }
}
