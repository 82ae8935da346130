//! Searches for a quality: the highest at which a file does not exceed what is wanted.

/// The most files that are made in a search.
const MAX_TRIALS: u32 = 7;

/// How far below what is wanted is close enough, in 256ths of a power of 2: 3 %.
pub(super) const CLOSE: i64 = 12;

/// Which quality comes next. What files have too much of, or too little, is measured by the caller as a logarithm.
#[derive(Debug)]
pub(super) struct Search {
    /// The least and the highest quality that are tried.
    least: u8,
    most: u8,
    /// What each step of quality adds, as long as only one side is known.
    growth: i64,
    /// Files made so far, and the quality of the next one.
    trials: u32,
    quality: u8,
    /// The highest quality known not to exceed, and the lowest known to, each with its excess.
    below: Option<(u8, i64)>,
    above: Option<(u8, i64)>,
    /// Whether the last two files were on the same side of what is wanted: the other side does not come nearer.
    lopsided: bool,
    last: Option<bool>,
    done: bool,
}

impl Search {
    /// Begins at a quality. `growth` is what each step of quality usually adds to an excess.
    pub(super) fn new(first: u8, (least, most): (u8, u8), growth: i64) -> Self {
        let (least, most) = (least.min(first), most.max(first));
        Self {
            least,
            most,
            growth,
            trials: 0,
            quality: first,
            below: None,
            above: None,
            lopsided: false,
            last: None,
            done: false,
        }
    }

    /// The quality of the next file, unless the search is over.
    pub(super) fn next(&self) -> Option<u8> {
        (!self.done).then_some(self.quality)
    }

    /// Files made so far.
    pub(super) fn trials(&self) -> u32 {
        self.trials
    }

    /// Learns by how much the file of this quality exceeds what is wanted, in 256ths of a power of 2. Returns whether it is the best so
    /// far: the highest quality that does not exceed, or else the least.
    pub(super) fn learn(&mut self, excess: i64) -> bool {
        self.trials += 1;
        let quality = self.quality;
        self.lopsided = self.last.replace(excess > 0) == Some(excess > 0);
        if excess > 0 {
            self.above = Some((quality, excess));
        } else {
            self.below = Some((quality, excess));
        }
        self.done = self.trials >= MAX_TRIALS || (-CLOSE..=0).contains(&excess);
        match self.guess() {
            Some(guess) => self.quality = guess,
            None => self.done = true,
        }
        excess <= 0 || quality == self.least
    }

    /// The quality to try next, between those that are known; none if there is none.
    fn guess(&self) -> Option<u8> {
        let [least, most] = [self.least, self.most].map(i64::from);
        // As long as one side is not known, the usual growth is too much for this picture.
        let haste = 1 << self.trials.saturating_sub(1);
        let guess = match (self.below, self.above) {
            (Some((low, under)), Some((high, over))) => {
                let (low, high) = (i64::from(low), i64::from(high));
                let straight = low + (high - low) * -under / (over - under);
                let guess = if self.lopsided { (low + high) / 2 } else { straight };
                guess.clamp(low + 1, (high - 1).max(low + 1))
            }
            // If everything has exceeded by the end, the least comes out.
            (None, Some(_)) if self.trials + 1 == MAX_TRIALS => least,
            (None, Some((high, over))) => {
                let high = i64::from(high);
                (high - (1 + over / self.growth) * haste).clamp(least, (high - 1).max(least))
            }
            (Some((low, under)), None) => {
                let low = i64::from(low);
                (low + (-under / self.growth).max(1) * haste).clamp((low + 1).min(most), most)
            }
            (None, None) => return None,
        };
        let guess = u8::try_from(guess).ok()?;
        let is_known = |known: Option<(u8, i64)>| known.is_some_and(|(quality, _)| quality == guess);
        (!is_known(self.below) && !is_known(self.above)).then_some(guess)
    }
}

/// The logarithm to base 2, in 256ths, within 3 of them; 0 for 0.
pub(super) fn log2(n: u64) -> i64 {
    let n = n.max(1);
    let whole = n.ilog2();
    let fraction = ((u128::from(n) << 8) >> whole) as i64 - 256;
    // A parabola between powers.
    i64::from(whole) * 256 + fraction + ((fraction * (256 - fraction) * 88) >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quality that a search settles on, and the number of files made, if they are to have at most a number of bytes.
    fn found(first: u8, most: u64, bytes: impl Fn(u8) -> u64) -> (u8, u32) {
        let (mut search, mut best) = (Search::new(first, (10, first), 9), 0);
        while let Some(quality) = search.next() {
            let excess = log2(bytes(quality)) - log2(most);
            if search.learn(if bytes(quality) > most { excess.max(1) } else { excess }) {
                best = quality;
            }
        }
        (best, search.trials)
    }

    fn photo(quality: u8) -> u64 {
        20_000 + 1500 * u64::from(quality) + u64::from(quality).pow(3) / 2
    }

    #[test]
    fn a_search_ends_at_the_highest_quality_that_fits_or_close_to_it() {
        for most in (21_000..400_000).step_by(997) {
            let (quality, trials) = found(80, most, photo);
            assert!(trials <= MAX_TRIALS);
            match (10..=80).rev().find(|&quality| photo(quality) <= most) {
                None => assert_eq!(quality, 10),
                Some(best) => {
                    assert!(photo(quality) <= most, "{most}");
                    let close = photo(quality) >= most - most / 25 || best - quality <= 1;
                    assert!(close, "{most}: {quality} where {best} fits");
                }
            }
        }
    }

    #[test]
    fn a_step_in_the_sizes_is_found() {
        for step in 11..80 {
            let sizes = |quality: u8| if quality < step { 2000 } else { 5000 + 100 * u64::from(quality) };
            let (quality, _) = found(85, 4000, sizes);
            assert!(quality < step && quality + 6 >= step, "{quality} for {step}");
        }
    }

    #[test]
    fn sizes_that_hardly_depend_on_quality_are_searched_too() {
        for most in (4000..7900).step_by(50) {
            let sizes = |quality: u8| 2500 + 65 * u64::from(quality);
            let (quality, _) = found(85, most, sizes);
            let highest = (10..=85).rev().find(|&quality| sizes(quality) <= most).unwrap();
            assert!(highest - quality <= 3, "{most}: {quality} where {highest} fits");
        }
    }

    #[test]
    fn a_search_can_go_up() {
        for wanted in (130_000..300_000).step_by(991) {
            let mut search = Search::new(60, (10, 95), 5);
            let mut best = 0;
            while let Some(quality) = search.next() {
                if search.learn(log2(photo(quality)) - log2(wanted)) {
                    best = quality;
                }
            }
            let highest = (10..=95).rev().find(|&quality| log2(photo(quality)) <= log2(wanted)).unwrap();
            assert!(
                best <= highest && log2(photo(best)) + 3 * CLOSE >= log2(photo(highest)),
                "{wanted}: {best}, {highest}"
            );
        }
    }

    #[test]
    fn a_file_that_fits_at_once_is_made_once() {
        assert_eq!(found(80, 1000, |_| 1000), (80, 1));
        assert_eq!(found(80, 1000, |_| 3), (80, 1));
        assert_eq!(found(1, 10, |_| 1000), (1, 1));
    }

    #[test]
    fn nothing_below_the_least_quality_is_tried() {
        assert_eq!(found(80, 10, |quality| 1000 + u64::from(quality)).0, 10);
        assert_eq!(found(5, 10, |quality| 1000 + u64::from(quality)), (5, 1));
        assert_eq!(found(11, 10, |quality| 1000 + u64::from(quality)), (10, 2));
    }

    #[test]
    fn files_that_do_not_grow_with_quality_end_the_search_too() {
        let odd = |quality: u8| if quality.is_multiple_of(3) { 500 } else { 1500 };
        for first in 1..=100 {
            let (quality, trials) = found(first, 1000, odd);
            assert!(trials <= MAX_TRIALS && quality >= first.min(10));
        }
    }

    #[test]
    fn a_logarithm_is_exact_at_powers_and_grows() {
        assert_eq!([1, 2, 4, 1 << 40].map(log2), [0, 256, 512, 40 * 256]);
        assert!((1..5000).all(|n| log2(n) <= log2(n + 1)));
        assert_eq!(log2(0), 0);
    }
}
