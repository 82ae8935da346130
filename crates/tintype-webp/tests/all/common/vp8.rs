//! Lossy data assembled by hand: a header as asked for, and modes and coefficients by chance.

use super::bits::Random;

/// Writes bools (RFC 6386, 7.3).
pub(crate) struct BoolWriter {
    bytes: Vec<u8>,
    low: u32,
    range: u32,
    /// Bits until the next byte is complete.
    left: u32,
}

impl BoolWriter {
    pub(crate) fn new() -> Self {
        Self { bytes: Vec::new(), low: 0, range: 255, left: 24 }
    }

    pub(crate) fn put(&mut self, bit: bool, probability: u8) {
        let split = 1 + (((self.range - 1) * u32::from(probability)) >> 8);
        if bit {
            let (low, carry) = self.low.overflowing_add(split);
            assert!(!carry);
            self.low = low;
            self.range -= split;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.range <<= 1;
            if self.low >> 31 == 1 {
                self.carry();
            }
            self.low <<= 1;
            self.left -= 1;
            if self.left == 0 {
                self.bytes.push((self.low >> 24) as u8);
                self.low &= 0xFF_FFFF;
                self.left = 8;
            }
        }
    }

    fn carry(&mut self) {
        for byte in self.bytes.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                return;
            }
        }
    }

    pub(crate) fn flag(&mut self, bit: bool) {
        self.put(bit, 128);
    }

    pub(crate) fn literal(&mut self, value: u32, bits: u32) {
        (0..bits).rev().for_each(|bit| self.flag(value >> bit & 1 == 1));
    }

    /// A number that may be missing.
    pub(crate) fn optional(&mut self, value: i32, bits: u32) {
        self.flag(value != 0);
        if value != 0 {
            self.literal(value.unsigned_abs(), bits);
            self.flag(value < 0);
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        (0..32).for_each(|_| self.flag(false));
        self.bytes
    }
}

/// A frame's header, as far as it varies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) segments: bool,
    pub(crate) simple: bool,
    pub(crate) level: u32,
    pub(crate) sharpness: u32,
    pub(crate) deltas: bool,
    /// The logarithm of the number of partitions.
    pub(crate) partitions: u32,
    pub(crate) quantizer: u32,
    /// Whether macroblocks without coefficients are marked.
    pub(crate) skip: bool,
}

pub(crate) const PLAIN: Frame = Frame {
    width: 40,
    height: 50,
    segments: false,
    simple: false,
    level: 20,
    sharpness: 0,
    deltas: false,
    partitions: 0,
    quantizer: 20,
    skip: true,
};

/// The content of a VP8 chunk: a frame whose modes and coefficients are left to chance.
pub(crate) fn vp8(frame: Frame, random: &mut Random) -> Vec<u8> {
    let blocks = (frame.width.div_ceil(16) * frame.height.div_ceil(16)) as usize;
    let mut bools = BoolWriter::new();
    bools.literal(0, 2);
    bools.flag(frame.segments);
    if frame.segments {
        let absolute = random.below(2) == 1;
        bools.literal(3, 2);
        bools.flag(absolute);
        for _ in 0..4 {
            let value = random.below(60) as i32 - if absolute { 0 } else { 30 };
            bools.optional(value, 7);
        }
        for _ in 0..4 {
            let value = random.below(40) as i32 - if absolute { 0 } else { 20 };
            bools.optional(value, 6);
        }
        for _ in 0..3 {
            bools.flag(true);
            bools.literal(random.below(256), 8);
        }
    }
    bools.flag(frame.simple);
    bools.literal(frame.level, 6);
    bools.literal(frame.sharpness, 3);
    bools.flag(frame.deltas);
    if frame.deltas {
        bools.flag(true);
        for _ in 0..8 {
            bools.optional(random.below(40) as i32 - 20, 6);
        }
    }
    bools.literal(frame.partitions, 2);
    bools.literal(frame.quantizer, 7);
    for _ in 0..5 {
        bools.optional(random.below(10) as i32 - 5, 4);
    }
    bools.flag(false);
    // The largest values, which mean nothing and on which decoders differ, are made rare.
    let updates = UPDATES.iter().flat_map(|&(probability, count)| (0..count).map(move |_| probability));
    for (at, probability) in updates.enumerate() {
        let rare = at % 11 == 8 || at % 11 == 10;
        bools.put(rare, probability);
        if rare {
            bools.literal(255, 8);
        }
    }
    bools.flag(frame.skip);
    if frame.skip {
        bools.literal(100, 8);
    }
    (0..blocks * 1100).for_each(|_| bools.flag(random.below(2) == 1));
    let first = bools.finish();
    let tag = (first.len() as u32) << 5 | 1 << 4;
    let mut data = tag.to_le_bytes()[..3].to_vec();
    data.extend([0x9D, 0x01, 0x2A]);
    data.extend((frame.width as u16).to_le_bytes());
    data.extend((frame.height as u16).to_le_bytes());
    data.extend(first);
    let count = 1usize << frame.partitions;
    let size = (frame.height as usize / 16).div_ceil(count) * frame.width.div_ceil(16) as usize * 1000 + 4000;
    for _ in 1..count {
        data.extend(&(size as u32).to_le_bytes()[..3]);
    }
    // No writer of bools begins with a byte of 255, at which decoders differ.
    data.extend((0..count * size).map(|at| random.below(if at % size == 0 { 255 } else { 256 }) as u8));
    data
}

/// The probabilities that token probabilities are not replaced, each with how often it follows itself (RFC 6386,
/// 13.4).
#[rustfmt::skip]
const UPDATES: [(u8, u32); 219] = [
    (255, 33), (176, 1), (246, 1), (255, 9), (223, 1), (241, 1), (252, 1), (255, 8), (249, 1), (253, 2),
    (255, 9), (244, 1), (252, 1), (255, 8), (234, 1), (254, 2), (255, 8), (253, 1), (255, 11), (246, 1),
    (254, 1), (255, 8), (239, 1), (253, 1), (254, 1), (255, 8), (254, 1), (255, 1), (254, 1), (255, 9),
    (248, 1), (254, 1), (255, 8), (251, 1), (255, 1), (254, 1), (255, 20), (253, 1), (254, 1), (255, 8),
    (251, 1), (254, 2), (255, 8), (254, 1), (255, 1), (254, 1), (255, 9), (254, 1), (253, 1), (255, 1),
    (254, 1), (255, 6), (250, 1), (255, 1), (254, 1), (255, 1), (254, 1), (255, 6), (254, 1), (255, 43),
    (217, 1), (255, 10), (225, 1), (252, 1), (241, 1), (253, 1), (255, 2), (254, 1), (255, 4), (234, 1),
    (250, 1), (241, 1), (250, 1), (253, 1), (255, 1), (253, 1), (254, 1), (255, 4), (254, 1), (255, 9),
    (223, 1), (254, 2), (255, 8), (238, 1), (253, 1), (254, 2), (255, 8), (248, 1), (254, 1), (255, 8),
    (249, 1), (254, 1), (255, 21), (253, 1), (255, 9), (247, 1), (254, 1), (255, 21), (253, 1), (254, 1),
    (255, 8), (252, 1), (255, 22), (254, 2), (255, 8), (253, 1), (255, 22), (254, 1), (253, 1), (255, 8),
    (250, 1), (255, 10), (254, 1), (255, 43), (186, 1), (251, 1), (250, 1), (255, 8), (234, 1), (251, 1),
    (244, 1), (254, 1), (255, 7), (251, 2), (243, 1), (253, 1), (254, 1), (255, 1), (254, 1), (255, 5),
    (253, 1), (254, 1), (255, 8), (236, 1), (253, 1), (254, 1), (255, 8), (251, 1), (253, 2), (254, 2),
    (255, 7), (254, 2), (255, 8), (254, 3), (255, 20), (254, 1), (255, 9), (254, 2), (255, 9), (254, 1),
    (255, 21), (254, 1), (255, 120), (248, 1), (255, 10), (250, 1), (254, 1), (252, 1), (254, 1), (255, 7),
    (248, 1), (254, 1), (249, 1), (253, 1), (255, 8), (253, 2), (255, 8), (246, 1), (253, 2), (255, 8),
    (252, 1), (254, 1), (251, 1), (254, 2), (255, 7), (254, 1), (252, 1), (255, 8), (248, 1), (254, 1),
    (253, 1), (255, 8), (253, 1), (255, 1), (254, 2), (255, 8), (251, 1), (254, 1), (255, 8), (245, 1),
    (251, 1), (254, 1), (255, 8), (253, 2), (254, 1), (255, 9), (251, 1), (253, 1), (255, 8), (252, 1),
    (253, 1), (254, 1), (255, 9), (254, 1), (255, 10), (252, 1), (255, 9), (249, 1), (255, 1), (254, 1),
    (255, 10), (254, 1), (255, 10), (253, 1), (255, 8), (250, 1), (255, 32), (254, 1), (255, 21),
];
