//! ICC profiles, and pictures for them, byte by byte.

/// The white of the profile connection space.
pub(crate) const D50: [f64; 3] = [0.9642, 1.0, 0.8249];

/// A tone curve.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::large_enum_variant)] // a few of them are made, and copied freely
pub(crate) enum Curve {
    Srgb,
    /// That of ROMM RGB.
    ProPhoto,
    Gamma(f64),
    Table([f64; 64]),
}

impl Curve {
    /// The light of a sample, both from 0 to 1.
    pub(crate) fn light(&self, x: f64) -> f64 {
        match self {
            Self::Srgb if x <= 0.04045 => x / 12.92,
            Self::Srgb => ((x + 0.055) / 1.055).powf(2.4),
            Self::ProPhoto if x < 1.0 / 32.0 => x / 16.0,
            Self::ProPhoto => x.powf(1.8),
            Self::Gamma(gamma) => x.powf(*gamma),
            Self::Table(table) => {
                let place = (x * 63.0).min(62.999_999);
                let (low, high) = (table[place as usize], table[place as usize + 1]);
                low + (high - low) * place.fract()
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let parametric = |kind: u16, values: &[f64]| {
            let values = values.iter().flat_map(|&value| fixed(value));
            [b"para\0\0\0\0".to_vec(), kind.to_be_bytes().to_vec(), vec![0; 2], values.collect()].concat()
        };
        match self {
            Self::Srgb => parametric(3, &[2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045]),
            Self::ProPhoto => parametric(3, &[1.8, 1.0, 0.0, 1.0 / 16.0, 1.0 / 32.0]),
            Self::Gamma(gamma) => parametric(0, &[*gamma]),
            Self::Table(table) => {
                let values = table.iter().flat_map(|value| ((value * 65_535.0).round() as u16).to_be_bytes());
                [b"curv\0\0\0\0".to_vec(), 64u32.to_be_bytes().to_vec(), values.collect()].concat()
            }
        }
    }
}

fn fixed(value: f64) -> [u8; 4] {
    ((value * 65_536.0).round() as i32).to_be_bytes()
}

/// A profile that is put together.
pub(crate) struct Profile {
    class: &'static [u8; 4],
    space: &'static [u8; 4],
    connection: &'static [u8; 4],
    tags: Vec<([u8; 4], Vec<u8>)>,
}

impl Profile {
    pub(crate) fn rgb(colorants: [[f64; 3]; 3], curve: Curve) -> Self {
        let xyz = |color: [f64; 3]| {
            [b"XYZ \0\0\0\0".to_vec(), color.into_iter().flat_map(fixed).collect()].concat()
        };
        let [red, green, blue] = colorants;
        let tags = vec![
            (*b"rXYZ", xyz(red)),
            (*b"gXYZ", xyz(green)),
            (*b"bXYZ", xyz(blue)),
            (*b"rTRC", curve.bytes()),
            (*b"gTRC", curve.bytes()),
            (*b"bTRC", curve.bytes()),
        ];
        Self { class: b"mntr", space: b"RGB ", connection: b"XYZ ", tags }
    }

    pub(crate) fn gray(curve: Curve) -> Self {
        Self { class: b"mntr", space: b"GRAY", connection: b"XYZ ", tags: vec![(*b"kTRC", curve.bytes())] }
    }

    /// The same as [`Profile::rgb`], but as steps: two by two by two colours that change nothing, curves, a matrix, and
    /// curves that change nothing.
    pub(crate) fn rgb_steps(colorants: [[f64; 3]; 3], curve: Curve) -> Self {
        let padded = |mut bytes: Vec<u8>| {
            bytes.resize(bytes.len().next_multiple_of(4), 0);
            bytes
        };
        let straight = padded(Curve::Gamma(1.0).bytes()).repeat(3);
        let curves = padded(curve.bytes()).repeat(3);
        // XYZ is coded so that 1 is 32768 of 65535.
        let row = |axis: usize| colorants.map(|color| fixed(color[axis] * 32_768.0 / 65_535.0)).concat();
        let matrix = [row(0), row(1), row(2), vec![0; 12]].concat();
        let nodes = (0..8u32).flat_map(|node| [4, 2, 1].map(|bit| if node & bit == 0 { 0 } else { 255 }));
        let grid = [[[2; 3].as_slice(), &[0; 13], &[1, 0, 0, 0]].concat(), nodes.collect()].concat();
        let parts = [&straight, &matrix, &curves, &grid, &straight];
        let mut place = 32;
        let mut table = b"mAB \0\0\0\0\x03\x03\0\0".to_vec();
        for part in parts {
            table.extend((place as u32).to_be_bytes());
            place += part.len();
        }
        table.extend(parts.into_iter().flatten());
        Self { class: b"mntr", space: b"RGB ", connection: b"XYZ ", tags: vec![(*b"A2B0", table)] }
    }

    /// A table of nine by nine by nine by nine colours.
    pub(crate) fn cmyk(lab: impl Fn([f64; 4]) -> [f64; 3]) -> Self {
        const SIDE: usize = 9;
        let mut table = b"mft2\0\0\0\0\x04\x03\x09\0".to_vec();
        let unit = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        table.extend(unit.into_iter().flat_map(fixed));
        let line = [0u16, 65_535].map(u16::to_be_bytes).concat();
        table.extend([2u16, 2].map(u16::to_be_bytes).concat());
        table.extend(line.repeat(4));
        for node in 0..SIDE.pow(4) {
            let ink = |place: u32| (node / SIDE.pow(place) % SIDE) as f64 / (SIDE - 1) as f64;
            let [l, a, b] = lab([ink(3), ink(2), ink(1), ink(0)]);
            let samples = [l * 652.8, (a + 128.0) * 256.0, (b + 128.0) * 256.0];
            table.extend(samples.into_iter().flat_map(|sample| (sample.round() as u16).to_be_bytes()));
        }
        table.extend(line.repeat(3));
        Self { class: b"prtr", space: b"CMYK", connection: b"Lab ", tags: vec![(*b"A2B0", table)] }
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        let length = (name.len() as u32 + 1).to_be_bytes();
        let text = [b"desc\0\0\0\0".as_slice(), &length, name.as_bytes(), &[0; 80]].concat();
        self.tags.push((*b"desc", text));
        self
    }

    /// With a tag that nobody knows.
    pub(crate) fn padded(mut self, bytes: usize) -> Self {
        self.tags.push((*b"padd", vec![b'x'; bytes]));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut place = 132 + 12 * self.tags.len();
        let (mut list, mut bodies) = (Vec::new(), Vec::new());
        for (name, body) in &self.tags {
            let numbers = [place as u32, body.len() as u32].map(u32::to_be_bytes).concat();
            list.extend([name.to_vec(), numbers].concat());
            let padded = body.len().next_multiple_of(4);
            bodies.extend_from_slice(body);
            bodies.resize(bodies.len() + padded - body.len(), 0);
            place += padded;
        }
        let mut header = vec![0; 128];
        header[..4].copy_from_slice(&(place as u32).to_be_bytes());
        header[8..12].copy_from_slice(&0x0420_0000u32.to_be_bytes());
        header[12..16].copy_from_slice(self.class);
        header[16..20].copy_from_slice(self.space);
        header[20..24].copy_from_slice(self.connection);
        header[36..40].copy_from_slice(b"acsp");
        header[68..80].copy_from_slice(&D50.map(fixed).concat());
        [header, (self.tags.len() as u32).to_be_bytes().to_vec(), list, bodies].concat()
    }
}

/// A JPEG of patches of inks, eight pixels wide and high each, coded as Adobe's applications do: inverted.
pub(crate) fn cmyk_jpeg(patches: &[[u8; 4]]) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        [&[0xff, marker][..], &(body.len() as u16 + 2).to_be_bytes(), body].concat()
    };
    let width = (8 * patches.len() as u16).to_be_bytes();
    let frame = [&[8, 0, 8][..], &width, &[4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]];
    // Nine sizes of differences with four bits each; of the rest of a block only its end, with one bit.
    let sizes = [&[0, 0, 0, 0, 9][..], &[0; 12], &[0, 1, 2, 3, 4, 5, 6, 7, 8]].concat();
    let ends = [&[0x10, 1][..], &[0; 15], &[0]].concat();
    let mut bits = Bits::default();
    let mut before = [0i32; 4];
    for patch in patches {
        for (ink, before) in patch.iter().zip(&mut before) {
            let level = 127 - i32::from(*ink);
            let difference = level - std::mem::replace(before, level);
            let size = 32 - difference.unsigned_abs().leading_zeros();
            bits.push(size, 4);
            let magnitude = if difference < 0 { difference - 1 } else { difference };
            bits.push(magnitude as u32 & ((1 << size) - 1), size);
            bits.push(0, 1);
        }
    }
    [
        b"\xff\xd8".to_vec(),
        segment(0xee, b"Adobe\0\x64\0\0\0\0\0"),
        segment(0xdb, &[&[0][..], &[8; 64]].concat()),
        segment(0xc0, &frame.concat()),
        segment(0xc4, &sizes),
        segment(0xc4, &ends),
        segment(0xda, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]),
        bits.finished(),
        b"\xff\xd9".to_vec(),
    ]
    .concat()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    current: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        for place in (0..count).rev() {
            self.current = self.current << 1 | (value >> place & 1);
            self.count += 1;
            if self.count == 8 {
                self.bytes.push(self.current as u8);
                if self.current == 0xff {
                    self.bytes.push(0);
                }
                (self.current, self.count) = (0, 0);
            }
        }
    }

    fn finished(mut self) -> Vec<u8> {
        self.push(0x7f, (8 - self.count) % 8);
        self.bytes
    }
}
