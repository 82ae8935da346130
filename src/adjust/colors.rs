//! What changes of colours come to: a table, a matrix, scales, and a table again.

use crate::color::Matrix;
use crate::{Adjust, Amount, Color, Factor, Tone};

/// What becomes of colours. A sample of 1 is [`ONE`] on the way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Colors {
    /// What becomes of each byte at first.
    before: Vec<u16>,
    /// By how much the saturation of grays would grow, in [`UNITS`].
    vibrance: i32,
    /// Weights in [`UNITS`].
    matrix: Option<[[i32; 3]; 3]>,
    scales: Vec<Scale>,
    /// The byte that each sample becomes in the end.
    after: Vec<u8>,
}

/// Colours by lightness.
#[derive(Debug, Clone, PartialEq)]
struct Scale {
    colors: Vec<[u16; 3]>,
    /// How much of them is mixed in, in [`UNITS`].
    share: i32,
}

/// A sample of 1.
const ONE: i32 = 255 * STEPS;
/// Steps of a byte.
const STEPS: i32 = 16;
/// Weights and shares are counted in these.
const UNITS: i32 = 1 << 10;

/// How much each colour counts for the lightness (ITU-R BT.709), in parts of 65536.
pub(super) const LUMA_WEIGHTS: [u32; 3] = [13_933, 46_871, 4732];

impl Colors {
    /// The most bytes that the tables have.
    pub(super) const MEMORY: u64 = 2 * 256 + 2 * 256 * 6 + ONE as u64 + 1;

    /// What the options ask for; `None` if they change no colour.
    pub(crate) fn new(adjust: &Adjust) -> Option<Self> {
        let (tone, tint) = (adjust.tone, adjust.tint);
        let detail = Adjust {
            blur: adjust.blur,
            sharpen: adjust.sharpen,
            unsharp: adjust.unsharp,
            pixelate: adjust.pixelate,
            obscure: adjust.obscure.clone(),
            ..Adjust::default()
        };
        if *adjust == detail {
            return None;
        }
        let scales = tone.and_then(Scale::of_tone).into_iter().chain(tint.map(Scale::of_tint)).collect();
        Some(Self {
            before: (0..=255).map(|sample| before(adjust, f64::from(sample) / 255.0)).collect(),
            vibrance: units(adjust.vibrance.into()),
            matrix: matrix(adjust).map(rounded),
            scales,
            after: (0..=ONE).map(|sample| after(adjust, f64::from(sample) / f64::from(ONE))).collect(),
        })
    }

    /// What becomes of a colour.
    pub(super) fn of(&self, color: [u8; 3]) -> [u8; 3] {
        let mut color =
            color.map(|sample| self.before.get(usize::from(sample)).map_or(0, |&sample| sample.into()));
        if self.vibrance != 0 {
            color = self.vibrant(color);
        }
        if let Some(matrix) = &self.matrix {
            let [red, green, blue] = color;
            color = matrix.map(|[a, b, c]| clamped((a * red + b * green + c * blue + UNITS / 2) / UNITS));
        }
        for Scale { colors, share } in &self.scales {
            let level = (luma(color) + STEPS / 2) / STEPS;
            let target = colors.get(level as usize).copied().unwrap_or_default();
            let [red, green, blue] = color;
            color = [(red, target[0]), (green, target[1]), (blue, target[2])]
                .map(|(from, to)| from + ((i32::from(to) - from) * share + UNITS / 2).div_euclid(UNITS));
        }
        color.map(|sample| self.after.get(sample as usize).copied().unwrap_or(0))
    }

    fn vibrant(&self, color: [i32; 3]) -> [i32; 3] {
        let [red, green, blue] = color;
        let saturation = red.max(green).max(blue) - red.min(green).min(blue);
        let (light, more) = (luma(color), self.vibrance * (ONE - saturation) / ONE);
        color.map(|sample| clamped(sample + ((sample - light) * more + UNITS / 2).div_euclid(UNITS)))
    }
}

fn clamped(sample: i32) -> i32 {
    sample.clamp(0, ONE)
}

/// The lightness of a colour, which grays keep.
fn luma([red, green, blue]: [i32; 3]) -> i32 {
    let [of_red, of_green, of_blue] = LUMA_WEIGHTS.map(|weight| weight as i32);
    (red * of_red + green * of_green + blue * of_blue + (1 << 15)) >> 16
}

fn units(share: f64) -> i32 {
    (share * f64::from(UNITS)).round() as i32
}

/// What becomes of a sample before colours are mixed: exposure, gamma, brightness, lightness, contrast.
fn before(adjust: &Adjust, mut sample: f64) -> u16 {
    if adjust.exposure != Amount::ZERO {
        sample = encoded(linear(sample) * libm::pow(2.0, adjust.exposure.into()));
    }
    if adjust.gamma != Factor::ONE {
        sample = libm::pow(sample, 1.0 / f64::from(adjust.gamma));
    }
    sample = sample * f64::from(adjust.brightness) + f64::from(adjust.lightness);
    sample = (sample - 0.5) * f64::from(adjust.contrast) + 0.5;
    (sample.clamp(0.0, 1.0) * f64::from(ONE)).round() as u16
}

/// What becomes of a sample in the end.
fn after(adjust: &Adjust, mut sample: f64) -> u8 {
    if adjust.negate {
        sample = 1.0 - sample;
    }
    let steps = f64::from(adjust.posterize) - 1.0;
    ((sample * steps).round() / steps * 255.0).round() as u8
}

/// The light that a sample of sRGB stands for (IEC 61966-2-1).
fn linear(sample: f64) -> f64 {
    if sample <= 0.04045 { sample / 12.92 } else { libm::pow((sample + 0.055) / 1.055, 2.4) }
}

/// The sample of sRGB for some light.
fn encoded(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * libm::pow(light, 1.0 / 2.4) - 0.055 }
}

/// The matrices of Filter Effects Module Level 1, one after the other: saturate, hue-rotate, and grayscale or sepia.
fn matrix(adjust: &Adjust) -> Option<Matrix> {
    let saturation = (adjust.saturation != Factor::ONE).then(|| saturate(adjust.saturation.into()));
    let hue = (adjust.hue.millidegrees() != 0).then(|| rotate_hue(adjust.hue.into()));
    let tone = match adjust.tone {
        Some(Tone::Grayscale) => Some(Matrix([LUMA; 3])),
        Some(Tone::Sepia) => {
            Some(Matrix([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]))
        }
        _ => None,
    };
    [saturation, hue, tone].into_iter().flatten().reduce(|first, then| then.after(&first))
}

/// The weights of the lightness in these matrices.
const LUMA: [f64; 3] = [0.2126, 0.7152, 0.0722];

fn mixed(by: impl Fn(usize, usize) -> f64) -> Matrix {
    Matrix([0, 1, 2].map(|row| [0, 1, 2].map(|column| by(row, column))))
}

fn luma_of(column: usize) -> f64 {
    LUMA.get(column).copied().unwrap_or(0.0)
}

fn identity(row: usize, column: usize) -> f64 {
    if row == column { 1.0 } else { 0.0 }
}

fn saturate(factor: f64) -> Matrix {
    mixed(|row, column| luma_of(column) * (1.0 - factor) + identity(row, column) * factor)
}

fn rotate_hue(degrees: f64) -> Matrix {
    const SINE: [[f64; 3]; 3] = [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]];
    let (sine, cosine) = libm::sincos(degrees * std::f64::consts::PI / 180.0);
    let of_sine =
        |row: usize, column: usize| SINE.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0.0);
    mixed(|row, column| {
        luma_of(column) + cosine * (identity(row, column) - luma_of(column)) + sine * of_sine(row, column)
    })
}

/// The matrix in [`UNITS`], whose rows have the sums that they should have, so that grays stay gray.
fn rounded(matrix: Matrix) -> [[i32; 3]; 3] {
    matrix.0.map(|[a, b, c]| {
        let (first, second) = (units(a), units(b));
        [first, second, units(a + b + c) - first - second]
    })
}

impl Scale {
    fn of_tone(tone: Tone) -> Option<Self> {
        let between = |[a, b]: [Color; 2], share: f64| {
            let (a, b) = (samples(a), samples(b));
            [(a[0], b[0]), (a[1], b[1]), (a[2], b[2])].map(|(a, b)| a + (b - a) * share)
        };
        let (intensity, color): (Factor, Box<dyn Fn(f64) -> [f64; 3]>) = match tone {
            Tone::Grayscale | Tone::Sepia => return None,
            Tone::Monochrome { color, intensity } => {
                let black = Color { red: 0, green: 0, blue: 0, alpha: 255 };
                let middle: f64 =
                    samples(color).iter().zip(LUMA).map(|(sample, weight)| sample * weight).sum();
                let scale = move |light: f64| {
                    if light < middle {
                        between([black, color], light / middle)
                    } else if middle < 1.0 {
                        between([color, Color::WHITE], (light - middle) / (1.0 - middle))
                    } else {
                        [1.0; 3]
                    }
                };
                (intensity, Box::new(scale))
            }
            Tone::Duotone { dark, light, intensity } => {
                (intensity, Box::new(move |share| between([dark, light], share)))
            }
        };
        Some(Self::new(intensity.into(), color))
    }

    /// The hue and chroma of a colour at middle lightness, and less towards black and white, in CIE L*a*b*. This is sharp's.
    fn of_tint(color: Color) -> Self {
        let [_, a, b] = to_lab(samples(color));
        Self::new(1.0, |sample| {
            let [light, ..] = to_lab([sample; 3]);
            let off = light / 100.0 - 0.5;
            let share = 1.0 - 4.0 * off * off;
            from_lab([light, a * share, b * share])
        })
    }

    fn new(share: f64, color: impl Fn(f64) -> [f64; 3]) -> Self {
        let one = f64::from(ONE);
        let level = |level: u8| {
            color(f64::from(level) / 255.0).map(|sample| (sample.clamp(0.0, 1.0) * one).round() as u16)
        };
        Self { colors: (0..=255).map(level).collect(), share: units(share) }
    }
}

fn samples(Color { red, green, blue, .. }: Color) -> [f64; 3] {
    [red, green, blue].map(|sample| f64::from(sample) / 255.0)
}

/// From linear sRGB to CIE XYZ with white at 1, which is that of D65.
const TO_XYZ: Matrix = Matrix([
    [0.433_953, 0.376_219, 0.189_828],
    [0.212_671, 0.715_160, 0.072_169],
    [0.017_758, 0.109_477, 0.872_765],
]);

/// The lightness at which the curve of L*a*b* becomes a line (CIE 015:2018), cubed root.
const LINE: f64 = 6.0 / 29.0;

fn to_lab(color: [f64; 3]) -> [f64; 3] {
    let root =
        |t: f64| if t > LINE * LINE * LINE { libm::cbrt(t) } else { t / (3.0 * LINE * LINE) + 4.0 / 29.0 };
    let [x, y, z] = TO_XYZ.apply(color.map(linear)).map(root);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn from_lab([light, a, b]: [f64; 3]) -> [f64; 3] {
    let y = (light + 16.0) / 116.0;
    let cube = |t: f64| if t > LINE { t * t * t } else { 3.0 * LINE * LINE * (t - 4.0 / 29.0) };
    let xyz = [y + a / 500.0, y, y - b / 200.0].map(cube);
    let from_xyz = TO_XYZ.inverse().unwrap_or(Matrix::IDENTITY);
    from_xyz.apply(xyz).map(|light| encoded(light.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Angle;

    fn factor(hundredths: u32) -> Factor {
        Factor::from_millionths(hundredths * 10_000)
    }

    fn of(adjust: &Adjust, color: [u8; 3]) -> [u8; 3] {
        Colors::new(adjust).unwrap().of(color)
    }

    /// Colours in all corners of the cube, and between them.
    fn colors() -> impl Iterator<Item = [u8; 3]> {
        let levels = || [0u8, 1, 50, 128, 200, 254, 255].into_iter();
        levels()
            .flat_map(move |red| levels().flat_map(move |green| levels().map(move |blue| [red, green, blue])))
    }

    /// Whether all colours become what a function of floating-point numbers says, within a level.
    fn check(adjust: &Adjust, exact: impl Fn([f64; 3]) -> [f64; 3]) {
        for color in colors() {
            let exact = exact(color.map(|sample| f64::from(sample) / 255.0))
                .map(|sample| sample.clamp(0.0, 1.0) * 255.0);
            let ours = of(adjust, color);
            let off = ours.iter().zip(exact).map(|(&a, b)| (f64::from(a) - b).abs()).fold(0.0, f64::max);
            assert!(off <= 1.0, "{color:?} is {ours:?}, not {exact:?}: {adjust:?}");
        }
    }

    #[test]
    fn neutral_values_change_nothing() {
        assert_eq!(Colors::new(&Adjust::default()), None);
        let detail = Adjust { blur: factor(300), pixelate: 3, ..Adjust::default() };
        assert_eq!(Colors::new(&detail), None);
    }

    #[test]
    fn grays_stay_gray_and_the_ends_stay_the_ends() {
        for hue in [0, 30_000, 90_000, 215_000] {
            for saturation in [0, 30, 100, 250, 10_000] {
                let hue = Angle::from_millidegrees(hue);
                let adjust = Adjust {
                    hue,
                    saturation: factor(saturation),
                    vibrance: Amount::from_millionths(500_000),
                    ..Adjust::default()
                };
                for gray in 0..=255 {
                    assert_eq!(of(&adjust, [gray; 3]), [gray; 3], "{adjust:?}");
                }
            }
        }
    }

    #[test]
    fn values_change_as_their_formulas_say() {
        let with = |adjust: Adjust, exact: fn(f64) -> f64| check(&adjust, |color| color.map(exact));
        with(Adjust { brightness: factor(150), ..Adjust::default() }, |x| x * 1.5);
        with(Adjust { lightness: Amount::from_millionths(-200_000), ..Adjust::default() }, |x| x - 0.2);
        with(Adjust { contrast: factor(130), ..Adjust::default() }, |x| (x - 0.5) * 1.3 + 0.5);
        with(Adjust { gamma: factor(220), ..Adjust::default() }, |x| x.powf(1.0 / 2.2));
        with(Adjust { exposure: Amount::from_millionths(1_000_000), ..Adjust::default() }, |x| {
            encoded(2.0 * linear(x))
        });
        with(Adjust { negate: true, ..Adjust::default() }, |x| 1.0 - x);
        with(Adjust { posterize: 4, ..Adjust::default() }, |x| (x * 3.0).round() / 3.0);
        let adjust =
            Adjust { brightness: factor(80), contrast: factor(200), negate: true, ..Adjust::default() };
        with(adjust, |x| 1.0 - ((x * 0.8 - 0.5) * 2.0 + 0.5).clamp(0.0, 1.0));
    }

    #[test]
    fn colours_are_mixed_as_the_matrices_of_css_say() {
        let apply =
            |m: [[f64; 3]; 3], c: [f64; 3]| m.map(|row| row.iter().zip(c).map(|(a, b)| a * b).sum::<f64>());
        let saturate = |s: f64| {
            [
                [0.213 + 0.787 * s, 0.715 - 0.715 * s, 0.072 - 0.072 * s],
                [0.213 - 0.213 * s, 0.715 + 0.285 * s, 0.072 - 0.072 * s],
                [0.213 - 0.213 * s, 0.715 - 0.715 * s, 0.072 + 0.928 * s],
            ]
        };
        for s in [0.0, 0.5, 1.8] {
            let adjust = Adjust { saturation: Factor::try_from(s).unwrap(), ..Adjust::default() };
            check(&adjust, |color| apply(saturate(s), color));
        }
        let quarter = [[0.0, 0.0, 1.0], [0.356, 0.855, -0.211], [-0.574, 1.430, 0.144]];
        let adjust = Adjust { hue: Angle::from_millidegrees(90_000), ..Adjust::default() };
        check(&adjust, |color| apply(quarter, color));
        let adjust = Adjust { tone: Some(Tone::Grayscale), ..Adjust::default() };
        check(&adjust, |color| apply([[0.2126, 0.7152, 0.0722]; 3], color));
        let sepia = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]];
        check(&Adjust { tone: Some(Tone::Sepia), ..Adjust::default() }, |color| apply(sepia, color));
    }

    #[test]
    fn vibrance_changes_pale_colours_more_than_strong_ones() {
        let adjust = Adjust { vibrance: Amount::from_millionths(800_000), ..Adjust::default() };
        let spread = |[a, _, c]: [u8; 3]| i32::from(a) - i32::from(c);
        let pale = spread(of(&adjust, [140, 120, 110])) - 30;
        let strong = spread(of(&adjust, [240, 60, 10])) - 230;
        // As shares of what they had, 0.7 and 0.08.
        assert!(pale > 15 && pale * 230 > 5 * strong * 30, "{pale} {strong}");
    }

    #[test]
    fn scales_run_from_black_or_dark_to_white_or_light() {
        let color = |red, green, blue| Color { red, green, blue, alpha: 255 };
        let (dark, light) = (color(20, 0, 90), color(250, 240, 10));
        let duotone =
            |intensity| Adjust { tone: Some(Tone::Duotone { dark, light, intensity }), ..Adjust::default() };
        assert_eq!(of(&duotone(Factor::ONE), [0; 3]), [20, 0, 90]);
        assert_eq!(of(&duotone(Factor::ONE), [255; 3]), [250, 240, 10]);
        assert_eq!(of(&duotone(factor(50)), [0; 3]), [10, 0, 45]);
        let gray = color(179, 179, 179);
        let tone = |color| Adjust {
            tone: Some(Tone::Monochrome { color, intensity: Factor::ONE }),
            ..Adjust::default()
        };
        for level in 0..=255 {
            assert_eq!(of(&tone(gray), [level; 3]), [level; 3]);
        }
        let lightness = |[red, green, blue]: [u8; 3]| {
            0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)
        };
        for level in [0, 30, 100, 200, 255] {
            let blue = of(&tone(color(40, 60, 200)), [level; 3]);
            assert!((lightness(blue) - f64::from(level)).abs() < 1.5, "{level}: {blue:?}");
            assert!(level % 255 == 0 || blue[2] > blue[0]);
        }
    }

    #[test]
    fn a_tint_keeps_black_white_and_lightness() {
        let adjust =
            Adjust { tint: Some(Color { red: 255, green: 0, blue: 0, alpha: 255 }), ..Adjust::default() };
        assert_eq!(of(&adjust, [0; 3]), [0; 3]);
        assert_eq!(of(&adjust, [255; 3]), [255; 3]);
        // What sharp 0.34 makes of gray 128 with this tint.
        let [red, green, blue] = of(&adjust, [128; 3]);
        assert!(red > 200 && green < 60 && blue < 60, "{red} {green} {blue}");
    }
}
