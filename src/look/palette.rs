//! A few typical colours: clusters of a histogram (k-means), begun at colours that are frequent and far apart.

use crate::Color;

/// The upper bits of each channel address a bin of the histogram.
const BITS: u32 = 4;
pub(super) const BINS: usize = 1 << (3 * BITS);
/// How often clusters are settled.
pub(super) const ROUNDS: u64 = 6;

/// Weights of red, green and blue in a difference of colours.
const WEIGHTS: [i64; 3] = [3, 4, 2];

/// The sums of the pixels of a bin, or of a cluster.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    sums: [u64; 3],
    count: u64,
}

impl Bin {
    fn add(&mut self, other: &Self) {
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, more)| *sum += more);
        self.count += other.count;
    }

    fn mean(&self) -> [i64; 3] {
        self.sums.map(|sum| (sum + self.count / 2).checked_div(self.count).unwrap_or(0) as i64)
    }
}

/// At most `most` colours of pixels that are more opaque than not, the most frequent first.
pub(super) fn palette(pixels: &[[u8; 4]], most: usize) -> Vec<Color> {
    let bins = histogram(pixels);
    let mut centers = spread(&bins, most);
    let mut clusters = Vec::new();
    for _ in 0..ROUNDS {
        clusters = vec![Bin::default(); centers.len()];
        for (bin, mean) in &bins {
            if let Some(cluster) = nearest(&centers, *mean).and_then(|index| clusters.get_mut(index)) {
                cluster.add(bin);
            }
        }
        clusters.retain(|cluster| cluster.count > 0);
        let means: Vec<[i64; 3]> = clusters.iter().map(Bin::mean).collect();
        if means == centers {
            break;
        }
        centers = means;
    }
    // Of as many pixels, the one that was found first comes first.
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.count));
    let color = |cluster: &Bin| {
        let [red, green, blue] = cluster.mean().map(|channel| channel as u8);
        Color { red, green, blue, alpha: 255 }
    };
    clusters.iter().map(color).collect()
}

/// The bins that have pixels, with their means.
fn histogram(pixels: &[[u8; 4]]) -> Vec<(Bin, [i64; 3])> {
    let mut bins = vec![Bin::default(); BINS];
    for &[red, green, blue, alpha] in pixels {
        let channels = [red, green, blue];
        let index =
            channels.iter().fold(0, |index, &channel| index << BITS | usize::from(channel >> (8 - BITS)));
        if alpha >= 128
            && let Some(bin) = bins.get_mut(index)
        {
            bin.add(&Bin { sums: channels.map(u64::from), count: 1 });
        }
    }
    bins.into_iter().filter(|bin| bin.count > 0).map(|bin| (bin, bin.mean())).collect()
}

/// Colours to begin with: the most frequent one, then always the one whose pixels are farthest from all before.
fn spread(bins: &[(Bin, [i64; 3])], most: usize) -> Vec<[i64; 3]> {
    let mut far: Vec<i64> = vec![1; bins.len()];
    let mut centers = Vec::new();
    while centers.len() < most {
        let scores = bins.iter().zip(&far).map(|((bin, _), far)| bin.count as i64 * far);
        // Of equal ones, the first.
        let best = scores.enumerate().max_by_key(|&(index, score)| (score, std::cmp::Reverse(index)));
        let Some((index, 1..)) = best else { break };
        let Some(&(_, center)) = bins.get(index) else { break };
        for ((_, mean), far) in bins.iter().zip(&mut far) {
            let distance = difference(*mean, center);
            *far = if centers.is_empty() { distance } else { distance.min(*far) };
        }
        centers.push(center);
    }
    centers
}

fn nearest(centers: &[[i64; 3]], mean: [i64; 3]) -> Option<usize> {
    (0..centers.len()).min_by_key(|&index| centers.get(index).map(|&center| difference(mean, center)))
}

fn difference(one: [i64; 3], other: [i64; 3]) -> i64 {
    let squares =
        one.iter().zip(other).zip(WEIGHTS).map(|((one, other), weight)| weight * (one - other).pow(2));
    squares.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_found_in_the_order_of_their_areas() {
        let areas =
            [([250, 250, 250, 255], 50), ([20, 40, 160, 255], 30), ([200, 30, 30, 255], 20), ([0; 4], 90)];
        let pixels: Vec<[u8; 4]> =
            areas.iter().flat_map(|&(color, count)| std::iter::repeat_n(color, count)).collect();
        let found: Vec<[u8; 3]> = palette(&pixels, 6).iter().map(|c| [c.red, c.green, c.blue]).collect();
        assert_eq!(found, [[250, 250, 250], [20, 40, 160], [200, 30, 30]]);
        assert_eq!(palette(&pixels, 1).len(), 1);
        assert_eq!(palette(&[], 6), []);
    }

    #[test]
    fn colours_that_are_alike_share_one() {
        let pixels: Vec<[u8; 4]> = (0..1000u32).map(|i| [(i % 60) as u8, 10, (i % 7) as u8, 255]).collect();
        let found = palette(&pixels, 2);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|color| color.red < 60 && color.green == 10));
    }
}
