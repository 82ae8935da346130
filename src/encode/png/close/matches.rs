//! Finds what came before.

/// How far back a match may lie.
pub(super) const WINDOW: usize = 1 << 15;

/// The shortest match, and the longest.
pub(super) const SHORTEST: usize = 3;
pub(super) const LONGEST: usize = 258;

/// Bits of the hashes of three bytes, and of four.
const BITS: u32 = 14;

/// A match: its length less 3, and its distance less 1.
pub(super) type Match = (u8, u16);

/// The positions at which bytes came before. All positions are those in the whole stream.
pub(super) struct Finder {
    /// The last position of each hash of three bytes, plus one.
    threes: Vec<u32>,
    /// The last position of each hash of four bytes, plus one, and for each position in the window the one before it.
    fours: Vec<u32>,
    before: Vec<u32>,
    /// Positions that are looked at for each.
    depth: u32,
    /// Distances at which something alike is likely: that of the pixel to the left, and of the one above.
    likely: [usize; 2],
}

/// Bytes of a finder.
pub(super) const MEMORY: u64 = 4 * ((2 << BITS) + WINDOW as u64);

impl Finder {
    pub(super) fn new(depth: u32, likely: [usize; 2]) -> Self {
        let table = || vec![0; 1 << BITS];
        Self { threes: table(), fours: table(), before: vec![0; WINDOW], depth, likely }
    }

    /// Adds matches of the bytes at `at` in `bytes`, whose first byte has the position `base`, to `out`: each is longer than the one
    /// before it. Then these bytes can be found, too.
    #[allow(clippy::indexing_slicing)] // hashes have as many bits as the indices of the tables
    pub(super) fn find(&mut self, bytes: &[u8], base: usize, at: usize, enough: usize, out: &mut Vec<Match>) {
        let (start, most) = (out.len(), (bytes.len() - at).min(LONGEST));
        let Some(&[a, b, c]) = bytes[at..].first_chunk() else { return };
        let mut best = SHORTEST - 1;
        let mut try_out = |distance: usize| {
            if best >= most || distance == 0 || distance > WINDOW.min(at) {
                return false;
            }
            let (here, there) = (&bytes[at..at + most], &bytes[at - distance..]);
            if here[best] == there[best] {
                let length = alike(here, there);
                if length > best {
                    best = length;
                    out.push(((length - SHORTEST) as u8, (distance - 1) as u16));
                }
            }
            best >= enough.min(most)
        };
        let position = base + at;
        let distance_of = |stored: u32| (position + 1).saturating_sub(stored as usize);
        let three = &mut self.threes[hash(u32::from_le_bytes([a, b, c, 0]))];
        let last = std::mem::replace(three, (position + 1) as u32);
        let mut is_done = self.likely.into_iter().any(&mut try_out) || last > 0 && try_out(distance_of(last));
        if let Some(&four) = bytes[at..].first_chunk() {
            let place = &mut self.fours[hash(u32::from_le_bytes(four))];
            let mut last = std::mem::replace(place, (position + 1) as u32);
            self.before[position % WINDOW] = last;
            for _ in 0..self.depth {
                let distance = distance_of(last);
                if is_done || last == 0 || distance >= WINDOW {
                    break;
                }
                is_done = try_out(distance);
                last = self.before[(last as usize - 1) % WINDOW];
            }
        }
        debug_assert!(out[start..].is_sorted_by(|one, other| one.0 < other.0));
    }

    /// Lets the bytes at `at` be found.
    #[allow(clippy::indexing_slicing)] // as above
    pub(super) fn skip(&mut self, bytes: &[u8], base: usize, at: usize) {
        let position = base + at;
        if let Some(&[a, b, c]) = bytes[at..].first_chunk() {
            self.threes[hash(u32::from_le_bytes([a, b, c, 0]))] = (position + 1) as u32;
        }
        if let Some(&four) = bytes[at..].first_chunk() {
            let place = &mut self.fours[hash(u32::from_le_bytes(four))];
            self.before[position % WINDOW] = std::mem::replace(place, (position + 1) as u32);
        }
    }
}

fn hash(bytes: u32) -> usize {
    (bytes.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

/// How many bytes are the same.
fn alike(here: &[u8], there: &[u8]) -> usize {
    let (words, _) = here.as_chunks::<8>();
    let (others, _) = there.as_chunks::<8>();
    let same = words.iter().zip(others).take_while(|(one, other)| one == other).count() * 8;
    let (here, there) = (here.get(same..).unwrap_or_default(), there.get(same..).unwrap_or_default());
    same + here.iter().zip(there).take_while(|(one, other)| one == other).count()
}
