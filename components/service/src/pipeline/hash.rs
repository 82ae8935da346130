//! A hash of 64 bits, for what is told apart and not for what is kept safe.

const P1: u64 = 0x9E37_79B1_85EB_CA87;
const P2: u64 = 0xC2B2_AE3D_27D4_EB4F;
const P3: u64 = 0x1656_67B1_9E37_79F9;
const P4: u64 = 0x85EB_CA77_C2B2_AE63;

/// The hash of bytes that arrive in pieces, wherever one ends and the next begins.
///
/// What XXH64 does with the last words of its input is done here with all of them: that is a few gigabytes a second, in
/// a fifth of the code of XXH64.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hash {
    state: u64,
    /// The bytes of a word that has begun, at its upper end.
    word: u64,
    /// Bytes so far.
    count: u64,
}

impl Hash {
    /// Takes the next bytes.
    pub fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let [byte, after @ ..] = rest {
            let begun = self.count % 8;
            match rest.split_first_chunk() {
                Some((word, after)) if begun == 0 => {
                    self.mix(u64::from_le_bytes(*word));
                    self.count = self.count.wrapping_add(8);
                    rest = after;
                }
                _ => {
                    self.word = self.word >> 8 | u64::from(*byte) << 56;
                    self.count = self.count.wrapping_add(1);
                    if begun == 7 {
                        self.mix(self.word);
                    }
                    rest = after;
                }
            }
        }
    }

    fn mix(&mut self, word: u64) {
        self.state ^= word.wrapping_mul(P2).rotate_left(31).wrapping_mul(P1);
        self.state = self.state.rotate_left(27).wrapping_mul(P1).wrapping_add(P4);
        self.word = 0;
    }

    /// The hash of the bytes so far.
    pub fn finish(mut self) -> u64 {
        self.mix(self.word);
        self.mix(self.count);
        let mut hash = self.state;
        hash = (hash ^ hash >> 33).wrapping_mul(P2);
        hash = (hash ^ hash >> 29).wrapping_mul(P3);
        hash ^ hash >> 32
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn hash(bytes: &[u8]) -> u64 {
        let mut hash = Hash::default();
        hash.write(bytes);
        hash.finish()
    }

    #[test]
    fn a_hash_does_not_depend_on_pieces() {
        let bytes: Vec<u8> = (0..100).map(|index| index * 2 + 1).collect();
        for first in 0..=bytes.len() {
            for second in first..=bytes.len() {
                let mut pieces = Hash::default();
                for piece in [&bytes[..first], &bytes[first..second], &bytes[second..]] {
                    pieces.write(piece);
                }
                assert_eq!(pieces.finish(), hash(&bytes), "{first} {second}");
            }
        }
    }

    #[test]
    fn every_bit_and_the_length_change_about_half_of_the_bits() {
        let zeros = [0; 40];
        let mut seen = HashSet::new();
        for length in 0..=zeros.len() {
            assert!(seen.insert(hash(&zeros[..length])));
        }
        let mut flips = 0;
        for bit in 0..8 * zeros.len() {
            let mut bytes = zeros;
            bytes[bit / 8] = 1 << (bit % 8);
            assert!(seen.insert(hash(&bytes)));
            let changed = (hash(&bytes) ^ hash(&zeros)).count_ones();
            assert!((12..=52).contains(&changed), "bit {bit} changes {changed}");
            flips += changed;
        }
        let mean = flips / 320;
        assert!((31..=33).contains(&mean), "{mean}");
    }

    #[test]
    fn hashes_stay_as_they_are() {
        // Clients keep tags that are made of hashes.
        assert_eq!(hash(b""), 0xB776_B889_945C_CEBE);
        assert_eq!(hash(b"tintype"), 0xF377_AB14_6AD9_7F0A);
        assert_eq!(hash(b"a source of some length"), 0x1242_840A_13B8_581A);
    }
}
