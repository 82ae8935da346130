//! Files assembled by hand: chunks, and the bits of lossless data.

/// A file of chunks.
pub(crate) fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (id, content) in chunks {
        body.extend(chunk(id, content));
    }
    let mut file = b"RIFF".to_vec();
    file.extend((body.len() as u32).to_le_bytes());
    file.extend(body);
    file
}

pub(crate) fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = id.to_vec();
    chunk.extend((content.len() as u32).to_le_bytes());
    chunk.extend(content);
    if content.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

pub(crate) const ALPHA: u8 = 0x10;
pub(crate) const HAS_ICC: u8 = 0x20;
pub(crate) const HAS_EXIF: u8 = 0x08;
pub(crate) const ANIMATED: u8 = 0x02;

/// The content of a VP8X chunk.
pub(crate) fn vp8x(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let mut content = vec![flags, 0, 0, 0];
    content.extend(&(width - 1).to_le_bytes()[..3]);
    content.extend(&(height - 1).to_le_bytes()[..3]);
    content
}

/// The content of an ANMF chunk.
pub(crate) fn anmf(x: u32, y: u32, size: (u32, u32), blend: bool, chunks: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    for field in [x / 2, y / 2, size.0 - 1, size.1 - 1, 100] {
        content.extend(&field.to_le_bytes()[..3]);
    }
    content.push(if blend { 0 } else { 2 });
    content.extend(chunks);
    content
}

/// The content of a file's only chunk of this kind.
pub(crate) fn content_of(file: &[u8], id: &[u8; 4]) -> Vec<u8> {
    let mut at = 12;
    while at + 8 <= file.len() {
        let size = u32::from_le_bytes(file[at + 4..at + 8].try_into().unwrap()) as usize;
        if &file[at..at + 4] == id {
            return file[at + 8..at + 8 + size].to_vec();
        }
        at += 8 + size + size % 2;
    }
    panic!("no such chunk");
}

/// Bits, least significant first.
#[derive(Default, Clone)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    count: usize,
}

impl BitWriter {
    /// Lossless data of an image of this size, up to its transforms.
    pub(crate) fn lossless(width: u32, height: u32, alpha: bool) -> Self {
        let mut bits = Self::default();
        bits.put(0x2F, 8).put(width - 1, 14).put(height - 1, 14).put(alpha.into(), 1).put(0, 3);
        bits
    }

    pub(crate) fn put(&mut self, value: u32, count: u32) -> &mut Self {
        for bit in 0..count {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> bit & 1) as u8) << (self.count % 8);
            self.count += 1;
        }
        self
    }

    /// The code of a symbol among 256 of 8 bits each.
    pub(crate) fn byte(&mut self, symbol: u8) -> &mut Self {
        self.put(symbol.reverse_bits().into(), 8)
    }

    /// A code with a single symbol.
    pub(crate) fn one(&mut self, symbol: u8) -> &mut Self {
        self.put(0b101, 3).put(symbol.into(), 8)
    }

    /// A code with two symbols of a bit each.
    pub(crate) fn two(&mut self, first: u8, second: u8) -> &mut Self {
        self.put(0b111, 3).put(first.into(), 8).put(second.into(), 8)
    }

    /// A code for the first 256 symbols, of 8 bits each: a normal one, in which every length is 8.
    pub(crate) fn bytes(&mut self) -> &mut Self {
        // The lengths of lengths stand in the order 17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8.
        self.put(0, 1).put(12 - 4, 4);
        for length in [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] {
            self.put(length, 3);
        }
        // 256 symbols.
        self.put(1, 1).put(3, 3).put(254, 8)
    }

    /// A code with lengths as given, each written in 4 bits of a code for lengths in which 0 to 15 have 4 bits.
    pub(crate) fn lengths(&mut self, lengths: &[u8]) -> &mut Self {
        self.put(0, 1).put(15, 4);
        for symbol in [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] {
            self.put(if symbol < 16 { 4 } else { 0 }, 3);
        }
        let width = 12;
        self.put(1, 1).put((width - 2) / 2, 3).put(lengths.len() as u32 - 2, width);
        for length in lengths {
            self.put(u32::from(length.reverse_bits() >> 4), 4);
        }
        self
    }

    /// Neither a colour cache nor several groups.
    pub(crate) fn plain_main(&mut self) -> &mut Self {
        self.put(0, 1).put(0, 1)
    }

    pub(crate) fn data(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        riff(&[(b"VP8L", &self.bytes)])
    }
}
