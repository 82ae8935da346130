//! Finds what came before.

use std::ops::Range;

/// How far back a match may lie.
pub(super) const WINDOW: usize = 1 << 15;

/// The shortest match, and the longest.
pub(super) const SHORTEST: usize = 3;
pub(super) const LONGEST: usize = 258;

/// Bytes that positions are chained by.
const CHAINED: usize = 8;

/// Bits of hashes.
const BITS: u32 = 14;

/// A match: its length less 3, and its distance less 1.
pub(super) type Match = (u8, u16);

/// The positions at which bytes came before. All positions are those in the whole stream, plus one.
pub(super) struct Finder {
    /// The last position of each hash of three bytes, of four, and of eight.
    threes: Box<[u32; 1 << BITS]>,
    fours: Box<[u32; 1 << BITS]>,
    eights: Box<[u32; 1 << BITS]>,
    /// For each position in the window, the one before it whose eight bytes have the same hash.
    before: Box<[u32; WINDOW]>,
    /// Positions that are looked at for each.
    depth: u32,
    /// Distances at which something alike is likely: those of the pixel to the left, and of the three above.
    likely: [usize; 4],
    /// How many positions have been looked at.
    looks: u64,
}

/// Bytes of a finder.
pub(super) const MEMORY: u64 = 4 * ((3 << BITS) + WINDOW as u64);

impl Finder {
    pub(super) fn new(depth: u32, unit: usize, stride: usize) -> Self {
        let table = || Box::new([0; 1 << BITS]);
        let (threes, fours, eights, before) = (table(), table(), table(), Box::new([0; WINDOW]));
        let likely = [unit, stride, stride.saturating_sub(unit), stride + unit];
        Self { threes, fours, eights, before, depth, likely, looks: 0 }
    }

    /// How many positions have been looked at.
    pub(super) fn looks(&self) -> u64 {
        self.looks
    }

    /// Adds matches of the bytes at `at` in `bytes`, whose first byte has the position `base`, to `out`: each is longer than the one
    /// before it. Then these bytes can be found, too. Returns the length of the longest match.
    #[allow(clippy::indexing_slicing)] // hashes have as many bits as the indices of the tables
    pub(super) fn find(&mut self, bytes: &[u8], base: usize, at: usize, out: &mut Vec<Match>) -> usize {
        let new = base + at + 1;
        let first = word(bytes, at);
        let three = new - self.threes[hash::<3>(first)] as usize;
        let four = new - self.fours[hash::<4>(first)] as usize;
        self.skip(bytes, base, at..at + 1);
        let here = bytes.get(at..bytes.len().min(at + LONGEST)).unwrap_or_default();
        let mut search = Search { bytes, at, here, longest: SHORTEST - 1, looks: 0, out };
        search.look(three);
        // Where three bytes have not come before, more have not either.
        if search.longest >= SHORTEST {
            let [left, above, above_left, above_right] = self.likely;
            for distance in [four, left, above, above_left, above_right] {
                search.look(distance);
            }
            self.follow(new, &mut search);
        }
        self.looks += search.looks;
        search.longest
    }

    /// Looks at places that have the end of what is longer than the longest match: as the byte that differs is among them, they are
    /// few even where everything looks alike.
    #[allow(clippy::indexing_slicing)] // as above
    fn follow(&self, new: usize, search: &mut Search<'_>) {
        let mut left = self.depth;
        while search.longest < LONGEST {
            let longest = search.longest;
            let ahead = (longest + 1).saturating_sub(CHAINED);
            let mut place = self.eights[hash::<CHAINED>(word(search.bytes, search.at + ahead))] as usize;
            while search.longest == longest {
                if place == 0 || left == 0 {
                    return;
                }
                left -= 1;
                // What lies ahead may already have been seen within a match, and what the window has lost leads anywhere.
                search.look((new + ahead).saturating_sub(place));
                let next = self.before[place % WINDOW] as usize;
                place = if next < place { next } else { 0 };
            }
        }
    }

    /// Lets the bytes at each of some places be found.
    #[allow(clippy::indexing_slicing)] // as above
    pub(super) fn skip(&mut self, bytes: &[u8], base: usize, places: Range<usize>) {
        let bytes = bytes.get(places.start..bytes.len().min(places.end + CHAINED - 1)).unwrap_or_default();
        for (new, word) in (base + places.start + 1..).zip(bytes.array_windows()) {
            let (new, word) = (new as u32, u64::from_le_bytes(*word));
            self.threes[hash::<3>(word)] = new;
            self.fours[hash::<4>(word)] = new;
            self.before[new as usize % WINDOW] =
                std::mem::replace(&mut self.eights[hash::<CHAINED>(word)], new);
        }
    }
}

/// A search for matches of the bytes at a place.
struct Search<'a> {
    bytes: &'a [u8],
    at: usize,
    here: &'a [u8],
    longest: usize,
    looks: u64,
    out: &'a mut Vec<Match>,
}

impl Search<'_> {
    /// Adds a match at a distance if it is longer than those before.
    #[inline(always)] // what it changes stays in registers
    fn look(&mut self, distance: usize) {
        self.looks += 1;
        let there = self.bytes.get(self.at.wrapping_sub(distance)..).unwrap_or_default();
        let may_be_longer = there.get(self.longest) == self.here.get(self.longest);
        if !may_be_longer || distance.wrapping_sub(1) >= WINDOW {
            return;
        }
        let length = alike(self.here, there);
        if length > self.longest {
            self.longest = length;
            self.out.push(((length - SHORTEST) as u8, (distance - 1) as u16));
        }
    }
}

/// Some bytes from a place on; zeros after the last one.
fn word(bytes: &[u8], at: usize) -> u64 {
    let bytes = bytes.get(at..).unwrap_or_default();
    match bytes.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// A hash of the first bytes of a word.
fn hash<const BYTES: usize>(word: u64) -> usize {
    ((word << (64 - 8 * BYTES)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS)) as usize
}

/// How many bytes are the same.
fn alike(here: &[u8], there: &[u8]) -> usize {
    let (words, _) = here.as_chunks::<8>();
    let (others, _) = there.as_chunks::<8>();
    let pairs =
        words.iter().zip(others).map(|(one, other)| u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other));
    let mut same = 0;
    for differences in pairs {
        if differences != 0 {
            return same + differences.trailing_zeros() as usize / 8;
        }
        same += 8;
    }
    let rest = here.iter().zip(there).skip(same);
    same + rest.take_while(|(one, other)| one == other).count()
}
