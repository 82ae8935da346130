//! ThumbHash, by the algorithm of Evan Wallace's reference implementation (<https://evanw.github.io/thumbhash/>): a few
//! components of a cosine transform of lightness, two colour differences and alpha, 4 bits each.

use super::{Small, component, cosines};

/// A channel: its mean, its other components as shares of their greatest, and that.
struct Channel {
    mean: f64,
    rest: Vec<f64>,
    scale: f64,
}

/// Encodes an image.
pub(super) fn encode(image: &Small<'_>) -> Vec<u8> {
    let (width, height) = (image.width, image.height);
    let has_alpha = image.pixels.iter().any(|pixel| pixel[3] < 255);
    let most = if has_alpha { 5 } else { 7 };
    let longer = width.max(height).max(1);
    let count = |side: usize| ((2 * most * side + longer) / (2 * longer)).max(1);
    let (across, down) = (count(width), count(height));
    let pixels = over_mean(image.pixels);
    let channel = |value: fn([f64; 3]) -> f64, across, down| {
        let samples: Vec<f64> = pixels.iter().map(|&pixel| value(pixel)).collect();
        transform(&samples, (width, height), (across, down))
    };
    let light = channel(|[red, green, blue]| (red + green + blue) / 3.0, across.max(3), down.max(3));
    let yellow = channel(|[red, green, blue]| (red + green) / 2.0 - blue, 3, 3);
    let red = channel(|[red, green, _]| red - green, 3, 3);
    let opacity: Vec<f64> = image.pixels.iter().map(|pixel| f64::from(pixel[3]) / 255.0).collect();
    let alpha = has_alpha.then(|| transform(&opacity, (width, height), (5, 5)));

    let landscape = width > height;
    let head = round(63.0 * light.mean)
        | round(31.5 + 31.5 * yellow.mean) << 6
        | round(31.5 + 31.5 * red.mean) << 12
        | round(31.0 * light.scale) << 18
        | u32::from(has_alpha) << 23;
    let more = (if landscape { down } else { across }) as u32
        | round(63.0 * yellow.scale) << 3
        | round(63.0 * red.scale) << 9
        | u32::from(landscape) << 15;
    let [h0, h1, h2, _] = head.to_le_bytes();
    let [m0, m1, ..] = more.to_le_bytes();
    let mut hash = vec![h0, h1, h2, m0, m1];
    if let Some(alpha) = &alpha {
        hash.push((round(15.0 * alpha.mean) | round(15.0 * alpha.scale) << 4) as u8);
    }
    let channels = [Some(&light), Some(&yellow), Some(&red), alpha.as_ref()];
    let rest: Vec<u8> = channels
        .into_iter()
        .flatten()
        .flat_map(|channel| channel.rest.iter().map(|&share| round(15.0 * share) as u8))
        .collect();
    hash.extend(rest.chunks(2).map(|pair| match pair {
        &[low, high] => low | high << 4,
        pair => pair.first().copied().unwrap_or(0),
    }));
    hash
}

/// The pixels over their mean, 0 to 1 each.
fn over_mean(pixels: &[[u8; 4]]) -> Vec<[f64; 3]> {
    let opacity = |pixel: &[u8; 4]| f64::from(pixel[3]) / 255.0;
    let colors =
        |&[red, green, blue, _]: &[u8; 4]| [red, green, blue].map(|sample| f64::from(sample) / 255.0);
    let mut mean = [0.0; 3];
    for pixel in pixels {
        mean.iter_mut().zip(colors(pixel)).for_each(|(sum, sample)| *sum += opacity(pixel) * sample);
    }
    let weights: f64 = pixels.iter().map(opacity).sum();
    if weights > 0.0 {
        mean = mean.map(|sum| sum / weights);
    }
    let mixed = |pixel: &[u8; 4]| {
        let (mut mixed, opacity) = (colors(pixel), opacity(pixel));
        mixed
            .iter_mut()
            .zip(mean)
            .for_each(|(sample, mean)| *sample = mean * (1.0 - opacity) + opacity * *sample);
        mixed
    };
    pixels.iter().map(mixed).collect()
}

/// The components that lie in the triangle below the highest frequencies.
fn transform(samples: &[f64], (width, height): (usize, usize), (across, down): (usize, usize)) -> Channel {
    let (mut mean, mut rest, mut scale) = (0.0, Vec::new(), 0.0);
    for y in 0..down {
        let rows = cosines(y, height, 0.5);
        for x in (0..across).take_while(|x| x * down < across * (down - y)) {
            let value = component(samples, &cosines(x, width, 0.5), &rows);
            if (x, y) == (0, 0) {
                mean = value;
            } else {
                rest.push(value);
                scale = value.abs().max(scale);
            }
        }
    }
    if scale > 0.0 {
        rest.iter_mut().for_each(|value| *value = 0.5 + 0.5 / scale * *value);
    }
    Channel { mean, rest, scale }
}

/// Rounds a number that is not negative.
fn round(value: f64) -> u32 {
    (value + 0.5) as u32
}

#[cfg(test)]
mod tests {
    use super::super::tests::look;

    #[test]
    fn hashes_are_those_of_the_reference_implementation() {
        let ramp = |x: u32, y: u32| {
            [(x * x / 9 + 3 * y) as u8, (x * y * 7 / 40) as u8, ((x * 5) ^ (y * 6)) as u8, 255]
        };
        let glass = |x: u32, y: u32| {
            [
                (x * x / 7) as u8,
                (y * 6 + x) as u8,
                (x * y / 9) as u8,
                if x + y / 3 < 20 { 255 } else { (x * y / 5 + y) as u8 },
            ]
        };
        let hex = |hash: &[u8]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(hex(&look(48, 30, ramp).thumbhash), "98560e2c8a70687864797887677765f357e570");
        assert_eq!(hex(&look(30, 40, glass).thumbhash), "8f3989140e2a82077788877777097376aff869785a87778808");
    }
}
