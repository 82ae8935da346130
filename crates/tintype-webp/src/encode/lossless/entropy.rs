//! How many bits symbols take at best, in integers, so that every machine comes to the same.

/// Bits of logarithms after the point.
const FRACTION: u32 = 16;

/// Logarithms of 1 to 2, in 256 steps.
const LOGARITHMS: [u32; 257] = logarithms();

#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn logarithms() -> [u32; 257] {
    let mut table = [0; 257];
    let mut at = 0;
    while at < 256 {
        // Each squaring doubles the logarithm, and so gives its next bit.
        let mut square = (256 + at as u64) << 23;
        let (mut bit, mut logarithm) = (0, 0);
        while bit < FRACTION + 1 {
            square = (square * square) >> 31;
            logarithm = logarithm << 1 | (square >> 32) as u32;
            if square >> 32 > 0 {
                square >>= 1;
            }
            bit += 1;
        }
        table[at] = (logarithm + 1) >> 1;
        at += 1;
    }
    table[256] = 1 << FRACTION;
    table
}

/// The logarithm of a number to the base 2, in units of 2^-16; 0 for 0.
#[inline(always)]
pub(super) fn log2(number: u32) -> u32 {
    if number == 0 {
        return 0;
    }
    let zeros = number.leading_zeros();
    let normal = number << zeros;
    let (at, rest) = ((normal >> 23 & 0xFF) as usize, u64::from(normal & 0x7F_FFFF));
    let of = |at: usize| LOGARITHMS.get(at).copied().unwrap_or(0);
    let low = of(at);
    ((31 - zeros) << FRACTION) + low + ((u64::from(of(at + 1) - low) * rest) >> 23) as u32
}

/// Products of small numbers and their logarithms.
const PRODUCTS: [u32; 256] = products();

#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn products() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 1;
    while at < 256u32 {
        let zeros = at.leading_zeros();
        let logarithm = ((31 - zeros) << FRACTION) + LOGARITHMS[(at << zeros >> 23 & 0xFF) as usize];
        table[at as usize] = at * logarithm;
        at += 1;
    }
    table
}

/// What one more adds to the products of small numbers and their logarithms.
const STEPS: [u32; 255] = steps();

#[allow(clippy::indexing_slicing)] // evaluated by the compiler
const fn steps() -> [u32; 255] {
    let mut table = [0; 255];
    let mut at = 0;
    while at < 255 {
        table[at] = PRODUCTS[at + 1] - PRODUCTS[at];
        at += 1;
    }
    table
}

/// `number` times its logarithm.
#[inline(always)]
pub(super) fn product(number: u32) -> u64 {
    match PRODUCTS.get(number as usize) {
        Some(&product) => product.into(),
        None => u64::from(number) * u64::from(log2(number)),
    }
}

/// The bits that all symbols take together, given how often each occurs, in units of 2^-16.
pub(super) fn bits_of(counts: impl IntoIterator<Item = u32>) -> u64 {
    let (mut total, mut products) = (0, 0);
    for count in counts {
        total += count;
        products += product(count);
    }
    product(total) - products.min(product(total))
}

/// How often bytes occur, with the bits that they take so far always at hand.
#[derive(Clone)]
pub(super) struct Tally {
    counts: [u32; 256],
    total: u32,
    products: u64,
}

impl Tally {
    pub(super) const EMPTY: Self = Self { counts: [0; 256], total: 0, products: 0 };

    #[inline(always)]
    pub(super) fn add(&mut self, value: u8) {
        if let Some(count) = self.counts.get_mut(usize::from(value)) {
            self.products += match STEPS.get(*count as usize) {
                Some(&step) => step.into(),
                None => product(*count + 1) - product(*count),
            };
            *count += 1;
            self.total += 1;
        }
    }

    /// The bits that all bytes take together, in units of 2^-16.
    pub(super) fn bits(&self) -> u64 {
        product(self.total).saturating_sub(self.products)
    }
}

/// Bits of costs of single symbols after the point.
pub(super) const COST_FRACTION: u32 = 8;

/// The bits that each symbol takes, in units of 2^-8. Symbols that do not occur take as many as if they occurred once,
/// and one more.
pub(super) fn costs_of(counts: &[u32], costs: &mut [u16]) {
    let total = log2(counts.iter().sum());
    for (&count, cost) in counts.iter().zip(costs) {
        let bits = if count == 0 { total + (1 << FRACTION) } else { total - log2(count).min(total) };
        *cost = (bits >> (FRACTION - COST_FRACTION)) as u16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_close_to_the_real_ones() {
        for number in (1..100_000).chain([1 << 28, (1 << 28) - 1, u32::MAX]) {
            let real = f64::from(number).log2();
            let ours = f64::from(log2(number)) / 65536.0;
            assert!((real - ours).abs() < 3e-5, "{number}: {real} {ours}");
        }
        assert_eq!(log2(1 << 20), 20 << FRACTION);
        assert_eq!(product(255), u64::from(255 * log2(255)));
    }

    #[test]
    fn equal_symbols_take_the_logarithm_of_their_number() {
        assert_eq!(bits_of([7; 64]), (64 * 7 * 6) << FRACTION);
        assert_eq!(bits_of([0, 9, 0]), 0);
        let mut tally = Tally::EMPTY;
        (0..3000).for_each(|at: u32| tally.add((at * at % 251 % 19) as u8));
        assert_eq!(tally.bits(), bits_of(tally.counts));
        let mut costs = [0; 4];
        costs_of(&[2, 1, 1, 0], &mut costs);
        assert_eq!(costs, [256, 512, 512, 768]);
    }
}
