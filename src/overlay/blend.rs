//! Mixing the colours of two pixels (Compositing and Blending Level 1).

use crate::Blend;

/// A full share, of alpha and of what is mixed in.
pub(super) const FULL: u64 = 65_535;

/// Lays a pixel over another: red, green, blue and alpha, not premultiplied. Of the upper one, a share of its opacity counts.
pub(super) fn over(blend: Blend, top: [u8; 4], share: u64, under: [u8; 4]) -> [u8; 4] {
    let alphas = [top, under].map(|[.., alpha]| u64::from(alpha) * 257);
    let [top_alpha, under_alpha] = [alphas[0] * share / FULL, alphas[1]];
    // Shares of the upper colour alone, of both, and of the lower one alone.
    let shares =
        [top_alpha * (FULL - under_alpha), top_alpha * under_alpha, (FULL - top_alpha) * under_alpha];
    let alpha: u64 = shares.iter().sum();
    let mix = |top: u8, under: u8| {
        let colors = [top, mixed(blend, under, top), under];
        let sum: u64 = colors.iter().zip(shares).map(|(&color, share)| u64::from(color) * share).sum();
        (sum + alpha / 2).checked_div(alpha).unwrap_or(0) as u8
    };
    let ([red, green, blue, _], [under_red, under_green, under_blue, _]) = (top, under);
    let alpha_byte = ((alpha / FULL + 128) / 257) as u8;
    [mix(red, under_red), mix(green, under_green), mix(blue, under_blue), alpha_byte]
}

/// The colour where both are opaque.
fn mixed(blend: Blend, under: u8, top: u8) -> u8 {
    let product = |a: u32, b: u32| (a * b + 127) / 255;
    let screen = |a: u32, b: u32| a + b - product(a, b);
    let (below, above) = (u32::from(under), u32::from(top));
    let value = match blend {
        Blend::Over => above,
        Blend::Multiply => product(below, above),
        Blend::Screen => screen(below, above),
        Blend::Overlay if below < 128 => product(2 * below, above),
        Blend::Overlay => screen(2 * below - 255, above),
        Blend::SoftLight => return soft_light(under, top),
        Blend::Difference => below.abs_diff(above),
    };
    value.min(255) as u8
}

/// Section 10.1.9. Square roots are the same on every machine.
fn soft_light(under: u8, top: u8) -> u8 {
    let (below, above) = (f64::from(under) / 255.0, f64::from(top) / 255.0);
    let value = if above <= 0.5 {
        below - (1.0 - 2.0 * above) * below * (1.0 - below)
    } else {
        let curve = if below <= 0.25 { ((16.0 * below - 12.0) * below + 4.0) * below } else { below.sqrt() };
        below + (2.0 * above - 1.0) * (curve - below)
    };
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_mixed_as_the_formulas_say() {
        let hard_light =
            |b: f64, s: f64| if s <= 0.5 { 2.0 * b * s } else { 1.0 - 2.0 * (1.0 - b) * (1.0 - s) };
        let exact = |blend, b: f64, s: f64| match blend {
            Blend::Over => s,
            Blend::Multiply => b * s,
            Blend::Screen => b + s - b * s,
            Blend::Overlay => hard_light(s, b),
            Blend::Difference => (b - s).abs(),
            Blend::SoftLight if s <= 0.5 => b - (1.0 - 2.0 * s) * b * (1.0 - b),
            Blend::SoftLight if b <= 0.25 => b + (2.0 * s - 1.0) * (((16.0 * b - 12.0) * b + 4.0) * b - b),
            Blend::SoftLight => b + (2.0 * s - 1.0) * (b.sqrt() - b),
        };
        for &blend in Blend::ALL {
            for under in (0..=255).step_by(5) {
                for top in (0..=255).step_by(3) {
                    let exact = exact(blend, f64::from(under) / 255.0, f64::from(top) / 255.0) * 255.0;
                    let ours = over(blend, [top; 4].map(|_| top), FULL, [under, under, under, 255]);
                    let opaque = over(blend, [top, top, top, 255], FULL, [under, under, under, 255]);
                    assert!((f64::from(opaque[0]) - exact).abs() <= 1.0, "{blend} {under} {top}: {opaque:?}");
                    assert_eq!((opaque[3], ours[3]), (255, 255));
                }
            }
        }
    }

    #[test]
    fn transparency_counts_on_both_sides() {
        let (red, blue) = ([255, 0, 0, 255], [0, 0, 255, 255]);
        assert_eq!(over(Blend::Over, red, FULL / 2, blue), [127, 0, 128, 255]);
        assert_eq!(over(Blend::Over, red, 0, blue), blue);
        assert_eq!(over(Blend::Over, red, FULL, [9, 9, 9, 0]), red);
        assert_eq!(over(Blend::Multiply, red, FULL / 2, [9, 9, 9, 0]), [255, 0, 0, 127]);
        assert_eq!(over(Blend::Over, [1, 2, 3, 0], FULL, [0, 0, 0, 0]), [0, 0, 0, 0]);
        assert_eq!(over(Blend::Over, [255, 255, 255, 128], FULL, [0, 0, 0, 255]), [128, 128, 128, 255]);
    }
}
