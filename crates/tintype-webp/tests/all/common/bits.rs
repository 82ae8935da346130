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

/// A source of numbers.
pub(crate) struct Random(pub(crate) u32);

impl Random {
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1664525).wrapping_add(1013904223);
        (self.0 >> 8) % limit
    }
}

impl BitWriter {
    /// An image within the image: no colour cache, flat codes, and pixels that `green` and chance make.
    pub(crate) fn flat_image(&mut self, pixels: usize, random: &mut Random, green: impl Fn(u32) -> u8) {
        self.put(0, 1);
        self.flat_codes();
        self.flat_pixels(pixels, random, green);
    }

    /// Five codes: bytes for the four channels, and no distances.
    pub(crate) fn flat_codes(&mut self) -> &mut Self {
        self.bytes().bytes().bytes().bytes().one(0)
    }

    pub(crate) fn flat_pixels(&mut self, pixels: usize, random: &mut Random, green: impl Fn(u32) -> u8) {
        for _ in 0..pixels {
            let green = green(random.below(256));
            self.byte(green);
            for _ in 0..3 {
                // Mostly small, so that sums stay away from the limits often enough.
                let sample = if random.below(3) == 0 { random.below(256) } else { random.below(8) };
                self.byte(sample as u8);
            }
        }
    }

    /// Lossless data of random pixels and random transforms, of each kind that `kinds` names.
    pub(crate) fn random_transforms(&mut self, size: (u32, u32), kinds: &[u32], random: &mut Random) {
        let (mut width, height) = (size.0 as usize, size.1 as usize);
        for &kind in kinds {
            self.put(1, 1).put(kind, 2);
            let bits = random.below(3) + 2;
            let blocks = |width: usize| width.div_ceil(1 << bits) * height.div_ceil(1 << bits);
            match kind {
                0 => {
                    self.put(bits - 2, 3);
                    self.flat_image(blocks(width), random, |green| (green % 14) as u8);
                }
                1 => {
                    self.put(bits - 2, 3);
                    self.flat_image(blocks(width), random, |green| green as u8);
                }
                2 => {}
                _ => {
                    let colors = [2, 3, 4, 10, 16, 200][random.below(6) as usize];
                    self.put(colors - 1, 8);
                    self.flat_image(colors as usize, random, |green| green as u8);
                    let per_pixel =
                        [8, 4, 4, 2, 2, 1][[2, 3, 4, 10, 16, 200].iter().position(|&c| c == colors).unwrap()];
                    width = width.div_ceil(per_pixel);
                }
            }
        }
        self.put(0, 1).plain_main().flat_codes();
        self.flat_pixels(width * height, random, |green| green as u8);
    }
}
