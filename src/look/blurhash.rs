//! BlurHash, by its published algorithm (<https://github.com/woltapp/blurhash/blob/master/Algorithm.md>): a few components
//! of a cosine transform in linear light, as characters.

use super::{Small, component, cosines};
use crate::Color;

const DIGITS: &[u8; 83] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

/// Encodes an image, whatever is transparent over `average`, with this many components across and down.
pub(super) fn encode(image: &Small<'_>, average: Color, (across, down): (u32, u32)) -> String {
    let light: Vec<f64> = (0..=255).map(|sample| to_light(f64::from(sample) / 255.0)).collect();
    let of = |mixed: u32| light.get(((mixed + 127) / 255) as usize).copied().unwrap_or(1.0);
    let pixels: Vec<[f64; 3]> = image.over(average).map(|mixed| mixed.map(of)).collect();
    let planes = [0, 1, 2].map(|channel| {
        pixels.iter().map(|pixel| pixel.get(channel).copied().unwrap_or(0.0)).collect::<Vec<f64>>()
    });
    let rows = (0..down as usize).map(|y| cosines(y, image.height, 0.0));
    let columns: Vec<_> = (0..across as usize).map(|x| cosines(x, image.width, 0.0)).collect();
    let components = rows.flat_map(|row| {
        columns
            .iter()
            .map(|column| planes.each_ref().map(|plane| component(plane, column, &row)))
            .collect::<Vec<_>>()
    });
    let mut components = components;
    let mean = components.next().unwrap_or_default();
    let rest: Vec<[f64; 3]> = components.map(|component| component.map(|value| 2.0 * value)).collect();

    let mut hash = String::new();
    push(&mut hash, across - 1 + (down - 1) * 9, 1);
    let greatest = rest.iter().flatten().fold(0.0, |most: f64, value| value.abs().max(most));
    let scale = if rest.is_empty() { 0 } else { (greatest * 166.0 - 0.5).clamp(0.0, 82.0) as u32 };
    push(&mut hash, scale, 1);
    let [red, green, blue] = mean.map(sample);
    push(&mut hash, red << 16 | green << 8 | blue, 4);
    let scale = if rest.is_empty() { 1.0 } else { f64::from(scale + 1) / 166.0 };
    for component in rest {
        let [red, green, blue] = component.map(|value| {
            let share = value / scale;
            let root = share.abs().sqrt().copysign(share);
            (root * 9.0 + 9.5).clamp(0.0, 18.0) as u32
        });
        push(&mut hash, red * 361 + green * 19 + blue, 2);
    }
    hash
}

/// Adds a number in base 83.
fn push(hash: &mut String, number: u32, digits: u32) {
    let digit = |place: u32| (number / 83u32.pow(place) % 83) as usize;
    hash.extend(
        (0..digits).rev().filter_map(|place| DIGITS.get(digit(place)).map(|&digit| char::from(digit))),
    );
}

/// Light of a sample of sRGB, both 0 to 1 (IEC 61966-2-1).
fn to_light(sample: f64) -> f64 {
    if sample <= 0.04045 { sample / 12.92 } else { libm::pow((sample + 0.055) / 1.055, 2.4) }
}

/// The sample of sRGB, 0 to 255, that is nearest to a light of 0 to 1.
fn sample(light: f64) -> u32 {
    let sample =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * libm::pow(light, 1.0 / 2.4) - 0.055 };
    (sample.clamp(0.0, 1.0) * 255.0 + 0.5) as u32
}

#[cfg(test)]
mod tests {
    use super::super::tests::{look, look_with};
    use crate::Looks;

    #[test]
    fn hashes_are_those_of_the_reference_implementation() {
        let ramp = |x: u32, y: u32| {
            [(x * x / 9 + 3 * y) as u8, (x * y * 7 / 40) as u8, ((x * 5) ^ (y * 6)) as u8, 255]
        };
        assert_eq!(look(48, 30, ramp).blurhash, "LbE-O{0xot#rQ=O}#tJ.f~jMj]WQ");
        assert_eq!(
            look_with(Looks { blurhash_x: 1, blurhash_y: 1, ..Looks::default() }, 9, 9, |_, _| [
                255, 0, 64, 255
            ])
            .blurhash,
            "00TI;Q"
        );
    }
}
