//! What samples stand for.

use super::curve::{Curve, srgb_sample};
use super::lut::{D50, Lut, lab_to_xyz};
use super::matrix::{Matrix, Triple};
use super::{Model, parse};
use moxcms::{ColorProfile, DataColorSpace, ProfileClass};

/// A colour space: how samples stand for colours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Space(pub(super) Kind);

impl Space {
    /// The work of finding out how far colours are from sRGB, in units of [`crate::Limits::work`]: for tables, that of
    /// making the conversion.
    pub(crate) fn work(&self) -> u64 {
        match self.0 {
            Kind::Gray(_) | Kind::Lightness(_) => 2_000_000,
            Kind::Matrix(..) => 3_000_000,
            Kind::Rgb(_) => 230_000_000,
            Kind::Cmyk(_) => 350_000_000,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A curve to light.
    Gray(Curve),
    /// A curve to CIE lightness, of 1 rather than 100.
    Lightness(Curve),
    /// Curves to light of three colours, and a matrix from these to linear sRGB.
    Matrix([Curve; 3], Matrix),
    /// Tables for red, green and blue.
    Rgb(Lut),
    /// Tables for four inks.
    Cmyk(Lut),
}

/// Where red, green, blue and white lie on the CIE 1931 chromaticity diagram, x and y each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chromaticities {
    pub red: [f64; 2],
    pub green: [f64; 2],
    pub blue: [f64; 2],
    pub white: [f64; 2],
}

const D65: [f64; 2] = [0.3127, 0.3290];

impl Chromaticities {
    /// ITU-R BT.709 and sRGB.
    pub(crate) const BT709: Self =
        Self { red: [0.64, 0.33], green: [0.30, 0.60], blue: [0.15, 0.06], white: D65 };
    const BT470BG: Self = Self { green: [0.29, 0.60], ..Self::BT709 };
    const BT601: Self = Self { red: [0.630, 0.340], green: [0.310, 0.595], blue: [0.155, 0.070], white: D65 };
    const BT2020: Self =
        Self { red: [0.708, 0.292], green: [0.170, 0.797], blue: [0.131, 0.046], white: D65 };
    const DISPLAY_P3: Self = Self { red: [0.680, 0.320], green: [0.265, 0.690], ..Self::BT709 };
    const DCI_P3: Self = Self { white: [0.314, 0.351], ..Self::DISPLAY_P3 };

    /// Those of a number of ITU-T H.273, table 2.
    fn of_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::BT709,
            5 => Self::BT470BG,
            6 | 7 => Self::BT601,
            9 => Self::BT2020,
            11 => Self::DCI_P3,
            12 => Self::DISPLAY_P3,
            _ => return None,
        })
    }

    /// The matrix from light of the three colours to XYZ, adapted to D50; `None` if they span no space.
    fn to_xyz(self) -> Option<Matrix> {
        let of = |[x, y]: [f64; 2]| [x / y, 1.0, (1.0 - x - y) / y];
        let inside = [self.red, self.green, self.blue, self.white].iter().all(|[_, y]| y.abs() > 1e-6);
        let colors = Matrix::of_columns([of(self.red), of(self.green), of(self.blue)]);
        let amounts = colors.inverse().filter(|_| inside)?.apply(of(self.white));
        Some(adapted(of(self.white))?.after(&colors.after(&Matrix::diagonal(amounts))))
    }
}

/// Adapts colours that are seen under a white to D50, by Bradford's method.
fn adapted(white: Triple) -> Option<Matrix> {
    const CONES: Matrix =
        Matrix([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]);
    let ([l, m, s], [to_l, to_m, to_s]) = (CONES.apply(white), CONES.apply(D50));
    let scaled = Matrix::diagonal([to_l / l, to_m / m, to_s / s]);
    Some(CONES.inverse()?.after(&scaled.after(&CONES)))
}

/// From XYZ, relative to D50, to linear sRGB. The colours of sRGB are as rounded as in its profiles.
fn to_linear_srgb() -> Matrix {
    const SRGB: [Triple; 3] = [
        [0.436_065_67, 0.222_488_40, 0.013_916_02],
        [0.385_147_09, 0.716_873_17, 0.097_076_42],
        [0.143_066_41, 0.060_607_91, 0.714_096_07],
    ];
    Matrix::of_columns(SRGB).inverse().unwrap_or(Matrix::IDENTITY)
}

/// How light is coded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Transfer {
    /// The curve of sRGB.
    Srgb,
    /// Light is the sample to this power.
    Gamma(f64),
}

impl Space {
    /// The space of an ICC profile; `None` if it is broken, or not for images of this model.
    pub(crate) fn of_icc(profile: &[u8], model: Model) -> Option<Self> {
        let tags: &[[u8; 4]] = match model {
            Model::Gray => &[*b"kTRC"],
            Model::Rgb => &[*b"rXYZ", *b"gXYZ", *b"bXYZ", *b"rTRC", *b"gTRC", *b"bTRC", *b"A2B0", *b"A2B1"],
            Model::Cmyk => &[*b"A2B0", *b"A2B1"],
        };
        let profile = parse(profile, tags)?;
        let expected = match model {
            Model::Gray => DataColorSpace::Gray,
            Model::Rgb => DataColorSpace::Rgb,
            Model::Cmyk => DataColorSpace::Cmyk,
        };
        let connects = matches!(profile.pcs, DataColorSpace::Xyz | DataColorSpace::Lab);
        let describes_a_device = matches!(
            profile.profile_class,
            ProfileClass::InputDevice
                | ProfileClass::DisplayDevice
                | ProfileClass::OutputDevice
                | ProfileClass::ColorSpace
        );
        if profile.color_space != expected || !connects || !describes_a_device {
            return None;
        }
        let kind = match model {
            Model::Gray => {
                let curve = Curve::of_profile(profile.gray_trc.as_ref()?)?;
                if profile.pcs == DataColorSpace::Lab { Kind::Lightness(curve) } else { Kind::Gray(curve) }
            }
            Model::Rgb => match tables(&profile, 3) {
                Some(lut) => Kind::Rgb(lut),
                None => of_colorants(&profile)?,
            },
            Model::Cmyk => Kind::Cmyk(tables(&profile, 4)?),
        };
        Some(Self(kind))
    }

    /// The space of a quadruple of ITU-T H.273: colours, curve, matrix, and whether the range is full. `None` if it is
    /// not for images of this model, or not known.
    pub(crate) fn of_code_points(points: [u8; 4], model: Model) -> Option<Self> {
        let [colors, curve, 0, 1] = points else { return None };
        let curve = match curve {
            1 | 6 | 14 | 15 => Curve::BT709,
            4 => Curve::Gamma(2.2),
            5 => Curve::Gamma(2.8),
            8 => Curve::Gamma(1.0),
            13 => Curve::SRGB,
            16 => Curve::Pq,
            18 => Curve::Hlg,
            _ => return None,
        };
        Self::of_light(Chromaticities::of_code(colors)?, curve, model)
    }

    /// The space of three colours and a curve; `None` if the colours span none.
    pub(crate) fn of_chromaticities(
        chromaticities: Chromaticities,
        transfer: Transfer,
        model: Model,
    ) -> Option<Self> {
        let curve = match transfer {
            Transfer::Srgb => Curve::SRGB,
            Transfer::Gamma(gamma) => Curve::Gamma(gamma),
        };
        Self::of_light(chromaticities, curve, model)
    }

    fn of_light(chromaticities: Chromaticities, curve: Curve, model: Model) -> Option<Self> {
        Some(Self(match model {
            Model::Gray => Kind::Gray(curve),
            Model::Rgb => {
                let matrix = match chromaticities {
                    Chromaticities::BT709 => Matrix::IDENTITY,
                    other => to_linear_srgb().after(&other.to_xyz()?),
                };
                Kind::Matrix([curve.clone(), curve.clone(), curve], matrix)
            }
            Model::Cmyk => return None,
        }))
    }
}

/// The tables of a profile, for the perceptual intent if there are some.
fn tables(profile: &ColorProfile, channels: usize) -> Option<Lut> {
    let luts = [&profile.lut_a_to_b_perceptual, &profile.lut_a_to_b_colorimetric];
    luts.into_iter().flatten().find_map(|lut| Lut::of_profile(lut, channels, profile.pcs))
}

/// The curves and the colours of a profile.
fn of_colorants(profile: &ColorProfile) -> Option<Kind> {
    if profile.pcs != DataColorSpace::Xyz {
        return None;
    }
    let curve = |curve: &Option<_>| curve.as_ref().and_then(Curve::of_profile);
    let curves = [curve(&profile.red_trc)?, curve(&profile.green_trc)?, curve(&profile.blue_trc)?];
    let colorants = [profile.red_colorant, profile.green_colorant, profile.blue_colorant];
    let colorants = Matrix::of_columns(colorants.map(|colorant| [colorant.x, colorant.y, colorant.z]));
    colorants.inverse()?;
    Some(Kind::Matrix(curves, to_linear_srgb().after(&colorants)))
}

/// The samples of sRGB that stand for a colour: clipped to its gamut, from 0 to 1.
pub(super) fn srgb_of_xyz(to_srgb: &Matrix, xyz: Triple) -> Triple {
    to_srgb.apply(xyz).map(srgb_sample)
}

/// From tables to samples of sRGB.
pub(super) struct Through<'a> {
    lut: &'a Lut,
    to_srgb: Matrix,
    /// Light of the darkest colour that the profile can show. It becomes black.
    black: f64,
}

impl<'a> Through<'a> {
    /// Through the tables of a profile whose darkest colour has these samples.
    pub(super) fn new<const CHANNELS: usize>(lut: &'a Lut, darkest: [f64; CHANNELS]) -> Self {
        let [_, black, _] = lut.xyz(darkest);
        // No lightness above 50 is taken for black.
        let [_, most, _] = lab_to_xyz([50.0, 0.0, 0.0]);
        Self { lut, to_srgb: to_linear_srgb(), black: black.clamp(0.0, most) }
    }

    /// The samples of sRGB, from 0 to 1.
    pub(super) fn srgb<const CHANNELS: usize>(&self, samples: [f64; CHANNELS]) -> Triple {
        let [x, y, z] = self.lut.xyz(samples);
        let [white_x, white_y, white_z] = D50;
        let scale = |value: f64, white: f64| (value - self.black * white) / (1.0 - self.black);
        srgb_of_xyz(&self.to_srgb, [scale(x, white_x), scale(y, white_y), scale(z, white_z)])
    }
}
