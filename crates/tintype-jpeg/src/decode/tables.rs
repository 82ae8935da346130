//! Quantisation and Huffman tables, as segments define them.

use super::error::Error;
use super::huffman::Huffman;
use super::idct::ZIGZAG;
use alloc::boxed::Box;

/// The tables in force. Each can be redefined between scans.
#[derive(Default)]
pub(crate) struct Tables {
    /// In the order of [`ZIGZAG`]'s places. Factors above 32767 wrap, as products do.
    quant: [Option<Box<[i16; 64]>>; 4],
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    /// MCUs between restart markers; 0 for none.
    pub(crate) restart_interval: u32,
}

impl Tables {
    pub(crate) fn quant(&self, index: u8) -> Option<&[i16; 64]> {
        self.quant.get(usize::from(index))?.as_deref()
    }

    pub(crate) fn dc(&self, index: u8) -> Option<&Huffman> {
        self.dc.get(usize::from(index))?.as_ref()
    }

    pub(crate) fn ac(&self, index: u8) -> Option<&Huffman> {
        self.ac.get(usize::from(index))?.as_ref()
    }

    pub(crate) fn ac_mut(&mut self, index: u8) -> Option<&mut Huffman> {
        self.ac.get_mut(usize::from(index))?.as_mut()
    }

    /// Takes a DQT segment's tables (T.81, B.2.4.1).
    pub(crate) fn define_quant(&mut self, mut body: &[u8]) -> Result<(), Error> {
        let malformed = |expected| Error::Malformed { marker: 0xDB, expected };
        while let Some((&kind, rest)) = body.split_first() {
            let slot = self.quant.get_mut(usize::from(kind & 15)).ok_or(malformed("table numbers 0 to 3"))?;
            let mut table = Box::new([0; 64]);
            let mut set = |k: usize, factor: u16| {
                if let Some(place) = ZIGZAG.get(k).and_then(|&place| table.get_mut(usize::from(place))) {
                    *place = factor as i16;
                }
            };
            body = match kind >> 4 {
                0 => {
                    let (factors, rest) =
                        rest.split_first_chunk::<64>().ok_or(malformed("64 factors per table"))?;
                    (0..).zip(factors).for_each(|(k, &factor)| set(k, factor.into()));
                    rest
                }
                1 => {
                    let (factors, rest) =
                        rest.split_first_chunk::<128>().ok_or(malformed("64 factors per table"))?;
                    let factors = factors.as_chunks().0.iter();
                    (0..).zip(factors).for_each(|(k, &factor)| set(k, u16::from_be_bytes(factor)));
                    rest
                }
                _ => return Err(malformed("factors of 8 or 16 bits")),
            };
            *slot = Some(table);
        }
        Ok(())
    }

    /// Takes a DHT segment's tables (T.81, B.2.4.2).
    pub(crate) fn define_huffman(&mut self, mut body: &[u8]) -> Result<(), Error> {
        let malformed = |expected| Error::Malformed { marker: 0xC4, expected };
        while let Some((&kind, rest)) = body.split_first() {
            let class = match kind >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(malformed("table classes 0 and 1")),
            };
            let slot = class.get_mut(usize::from(kind & 15)).ok_or(malformed("table numbers 0 to 3"))?;
            let (counts, rest) =
                rest.split_first_chunk::<16>().ok_or(malformed("16 code counts per table"))?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or(malformed("a symbol for each code"))?;
            *slot = Some(Huffman::new(counts, symbols).ok_or(malformed("codes that fit their lengths"))?);
            body = rest;
        }
        Ok(())
    }

    /// Takes a DRI segment's interval (T.81, B.2.4.4).
    pub(crate) fn define_restarts(&mut self, body: &[u8]) -> Result<(), Error> {
        let interval = body.first_chunk().ok_or(Error::Malformed { marker: 0xDD, expected: "2 bytes" })?;
        self.restart_interval = u16::from_be_bytes(*interval).into();
        Ok(())
    }

    /// Defines the tables of T.81, annex K, where none were: frames of motion JPEG come without.
    pub(crate) fn fall_back_to_standard(&mut self) {
        for (slot, (counts, symbols)) in (self.dc.iter_mut()).zip(STANDARD_DC) {
            if slot.is_none() {
                *slot = Huffman::new(counts, symbols);
            }
        }
        for (slot, (counts, symbols)) in (self.ac.iter_mut()).zip(STANDARD_AC) {
            if slot.is_none() {
                *slot = Huffman::new(counts, symbols);
            }
        }
    }
}

type Standard = (&'static [u8; 16], &'static [u8]);

/// T.81, tables K.3 and K.4.
const STANDARD_DC: [Standard; 2] = [
    (&[0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    (&[0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
];

/// T.81, tables K.5 and K.6.
const STANDARD_AC: [Standard; 2] = [
    (
        &[0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
        b"\x01\x02\x03\x00\x04\x11\x05\x12\x21\x31\x41\x06\x13\x51\x61\x07\x22\x71\x14\x32\x81\x91\xa1\x08\
          \x23\x42\xb1\xc1\x15\x52\xd1\xf0\x24\x33\x62\x72\x82\x09\x0a\x16\x17\x18\x19\x1a\x25\x26\x27\x28\
          \x29\x2a\x34\x35\x36\x37\x38\x39\x3a\x43\x44\x45\x46\x47\x48\x49\x4a\x53\x54\x55\x56\x57\x58\x59\
          \x5a\x63\x64\x65\x66\x67\x68\x69\x6a\x73\x74\x75\x76\x77\x78\x79\x7a\x83\x84\x85\x86\x87\x88\x89\
          \x8a\x92\x93\x94\x95\x96\x97\x98\x99\x9a\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xb2\xb3\xb4\xb5\xb6\
          \xb7\xb8\xb9\xba\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\xe1\xe2\
          \xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa",
    ),
    (
        &[0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
        b"\x00\x01\x02\x03\x11\x04\x05\x21\x31\x06\x12\x41\x51\x07\x61\x71\x13\x22\x32\x81\x08\x14\x42\x91\
          \xa1\xb1\xc1\x09\x23\x33\x52\xf0\x15\x62\x72\xd1\x0a\x16\x24\x34\xe1\x25\xf1\x17\x18\x19\x1a\x26\
          \x27\x28\x29\x2a\x35\x36\x37\x38\x39\x3a\x43\x44\x45\x46\x47\x48\x49\x4a\x53\x54\x55\x56\x57\x58\
          \x59\x5a\x63\x64\x65\x66\x67\x68\x69\x6a\x73\x74\x75\x76\x77\x78\x79\x7a\x82\x83\x84\x85\x86\x87\
          \x88\x89\x8a\x92\x93\x94\x95\x96\x97\x98\x99\x9a\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xb2\xb3\xb4\
          \xb5\xb6\xb7\xb8\xb9\xba\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9\xda\
          \xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa",
    ),
];
