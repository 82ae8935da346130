//! Expands codes into bytes, however input and output are cut.

use super::{CODES, MAX_BITS};

/// Expands the codes of one frame.
pub(crate) struct Expander {
    /// The strings of codes: in the lowest byte the last byte of each, above it the code of what comes before, and above that
    /// the length less 1.
    strings: Box<[u32; CODES]>,
    /// The code that clears the table; the next one ends the data.
    clear: u32,
    /// The code of the next string that is added.
    next: u32,
    /// The code before, if it is not the first since the table was cleared, and the first byte of its string.
    previous: Option<u32>,
    first: u8,
    /// Bits of a code.
    width: u32,
    /// Bits that have been read and belong to no code yet, the first in the lowest place.
    bits: u32,
    available: u32,
    /// A string that found no room in the output, and how much of it has gone out.
    pending: Vec<u8>,
    taken: usize,
    state: State,
}

/// Whether codes are to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// They are, as far as is known.
    Open,
    /// The code that ends the data has come.
    Ended,
    /// A code stands for nothing.
    Faulty,
}

/// How far a call came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Bytes of input that have been used.
    pub(crate) used: usize,
    /// Bytes of output that have been written.
    pub(crate) written: usize,
}

/// The place of the prefix, and that of the length, in an entry of the table.
const PREFIX: u32 = 8;
const LENGTH: u32 = PREFIX + MAX_BITS;

impl Expander {
    /// An expander of data whose literals have `bits` bits: 1 to 11.
    pub(crate) fn new(bits: u8) -> Option<Self> {
        if !(1..MAX_BITS).contains(&bits.into()) {
            return None;
        }
        let clear = 1 << bits;
        let mut strings = Box::new([0; CODES]);
        for (literal, string) in (0..clear).zip(strings.iter_mut()) {
            *string = literal & 0xff;
        }
        let mut expander = Self {
            strings,
            clear,
            next: 0,
            previous: None,
            first: 0,
            width: 0,
            bits: 0,
            available: 0,
            pending: Vec::with_capacity(CODES),
            taken: 0,
            state: State::Open,
        };
        expander.restart();
        Some(expander)
    }

    /// Whether codes are to come.
    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// Forgets all strings but the literals.
    fn restart(&mut self) {
        self.next = self.clear + 2;
        self.previous = None;
        self.width = self.clear.ilog2() + 1;
    }

    /// Expands codes until the input is used up, the output is full, or no more codes are to come.
    pub(crate) fn expand(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let (mut input_left, mut written) = (input.iter(), self.take_pending(output));
        while written < output.len() && self.state == State::Open {
            let Some(code) = self.code(&mut input_left) else { break };
            written += self.write(code, output.get_mut(written..).unwrap_or_default());
        }
        Progress { used: input.len() - input_left.len(), written }
    }

    /// Hands on what is left of a string.
    fn take_pending(&mut self, output: &mut [u8]) -> usize {
        let rest = self.pending.get(self.taken..).unwrap_or_default();
        let length = rest.len().min(output.len());
        output.iter_mut().zip(rest).for_each(|(to, &from)| *to = from);
        self.taken += length;
        length
    }

    /// The next code, unless the input ends before it does.
    fn code(&mut self, input: &mut std::slice::Iter<'_, u8>) -> Option<u32> {
        while self.available < self.width {
            self.bits |= u32::from(*input.next()?) << self.available;
            self.available += 8;
        }
        let code = self.bits & ((1 << self.width) - 1);
        self.bits >>= self.width;
        self.available -= self.width;
        Some(code)
    }

    /// Does what a code stands for; returns the number of bytes written.
    fn write(&mut self, code: u32, output: &mut [u8]) -> usize {
        if code == self.clear {
            self.restart();
            return 0;
        }
        if code == self.clear + 1 {
            self.state = State::Ended;
            return 0;
        }
        // The code that is about to be added stands for the string before and its first byte once more.
        let is_next = code == self.next && self.previous.is_some() && self.next < CODES as u32;
        if is_next {
            self.add(self.first);
        } else if code >= self.next {
            self.state = State::Faulty;
            return 0;
        }
        let written = self.write_string(code, output);
        if !is_next {
            self.add(self.first);
        }
        self.previous = Some(code);
        if self.next >> self.width > 0 && self.width < MAX_BITS {
            self.width += 1;
        }
        written
    }

    /// Adds the string before, extended by a byte, if there is one, and a code for it.
    fn add(&mut self, last: u8) {
        let Some(previous) = self.previous.filter(|_| self.next < CODES as u32) else { return };
        let length = (self.string(previous) >> LENGTH) + 1;
        if let Some(string) = self.strings.get_mut(self.next as usize) {
            *string = length << LENGTH | previous << PREFIX | u32::from(last);
        }
        self.next += 1;
    }

    /// Writes the string of a code; what finds no room stays pending.
    fn write_string(&mut self, code: u32, output: &mut [u8]) -> usize {
        let length = (self.string(code) >> LENGTH) as usize + 1;
        if let Some(room) = output.get_mut(..length) {
            self.first = spell(&self.strings, code, room);
            return length;
        }
        self.pending.resize(length, 0);
        self.first = spell(&self.strings, code, &mut self.pending);
        self.taken = 0;
        self.take_pending(output)
    }

    #[allow(clippy::indexing_slicing)] // codes have 12 bits, as the index of the table has
    fn string(&self, code: u32) -> u32 {
        self.strings[code as usize % CODES]
    }
}

/// Writes the string of a code, from its end; returns its first byte.
#[allow(clippy::indexing_slicing)] // prefixes have 12 bits, as the index of the table has
fn spell(strings: &[u32; CODES], mut code: u32, room: &mut [u8]) -> u8 {
    let mut first = 0;
    for byte in room.iter_mut().rev() {
        let string = strings[code as usize % CODES];
        first = string as u8;
        *byte = first;
        code = string >> PREFIX & (CODES as u32 - 1);
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of two bits and more, packed: `(code, bits)`.
    fn packed(codes: &[(u32, u32)]) -> Vec<u8> {
        let (mut bytes, mut bits, mut count) = (Vec::new(), 0, 0);
        for &(code, width) in codes {
            bits |= code << count;
            count += width;
            while count >= 8 {
                bytes.push(bits as u8);
                (bits, count) = (bits >> 8, count - 8);
            }
        }
        bytes.push(bits as u8);
        bytes
    }

    fn expanded(bits: u8, data: &[u8]) -> (Vec<u8>, State) {
        let mut expander = Expander::new(bits).unwrap();
        let mut out = vec![0; 100];
        let progress = expander.expand(data, &mut out);
        out.truncate(progress.written);
        (out, expander.state())
    }

    #[test]
    fn strings_are_those_of_the_specification() {
        // 4 clears, 5 ends; 6 is the string that is being added when it comes.
        let data = packed(&[(4, 3), (1, 3), (6, 3), (6, 3), (2, 4), (5, 4)]);
        assert_eq!(expanded(2, &data), (vec![1, 1, 1, 1, 1, 2], State::Ended));
    }

    #[test]
    fn a_code_that_stands_for_nothing_is_a_fault_after_what_came_before() {
        assert_eq!(expanded(2, &packed(&[(4, 3), (6, 3)])), (vec![], State::Faulty));
        assert_eq!(expanded(2, &packed(&[(4, 3), (3, 3), (7, 3)])), (vec![3], State::Faulty));
    }

    #[test]
    fn literals_have_one_to_eleven_bits() {
        let accepted = (0..=255).filter(|&bits| Expander::new(bits).is_some());
        assert_eq!(accepted.collect::<Vec<_>>(), (1..=11).collect::<Vec<_>>());
    }

    #[test]
    fn bytes_that_others_compress_come_back_however_input_and_output_are_cut() {
        let mut state = 7u32;
        let mut below = move |limit: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((u64::from(state) * limit as u64) >> 32) as usize
        };
        for round in 0..600 {
            let bits = 2 + (round % 7) as u8;
            let literals = 1 << bits;
            let (length, run) = (1 + below([40, 3000, 60_000][round % 3]), 1 + below(30));
            let (mut bytes, mut byte) = (Vec::new(), 0);
            for place in 0..length {
                byte = match round % 5 {
                    0 => below(literals),
                    1 => place / run % literals,
                    2 => place * place / 97 % literals,
                    3 if place % run > 0 => byte,
                    3 => below(literals),
                    _ => 0,
                };
                bytes.push(byte as u8);
            }
            let data = weezl::encode::Encoder::new(weezl::BitOrder::Lsb, bits).encode(&bytes).unwrap();
            let (mut expander, mut found, mut position) = (Expander::new(bits).unwrap(), Vec::<u8>::new(), 0);
            let most = [1 << 20, 5, 300][below(3)];
            while found.len() < bytes.len() && position <= data.len() {
                let part = data.len().min(position.saturating_add(1 + below(most)));
                let mut row = vec![0; (1 + below(most)).min(bytes.len() - found.len())];
                let progress = expander.expand(&data[position..part], &mut row);
                position += progress.used;
                found.extend(&row[..progress.written]);
            }
            assert!(found == bytes, "round {round}");
        }
    }
}
