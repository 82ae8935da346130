//! What a file says about its colours (PNG, third edition, 4.3).

use std::ops::RangeInclusive;

use crate::color::{Chromaticities, Model, Space, Transfer};

/// The chunks that say what colours are. They are gathered as they come.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    /// Bytes that a compressed profile may have, and one that is not.
    max_profile: u64,
    /// The first of each kind, with its checksum.
    bodies: [Option<Vec<u8>>; 5],
    /// The one that bytes are gathered for.
    current: Option<usize>,
}

/// The kinds of chunks, in the order of their precedence.
const KINDS: [&[u8; 4]; 5] = [b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM"];

/// The longest chunk that is no profile, in bytes.
const LONGEST: u64 = 32;

/// The values of gAMA that mean something, in 100,000ths. As in libpng, others count as not given.
const GAMMAS: RangeInclusive<u32> = 16..=625_000_000;

impl Chunks {
    /// None yet.
    pub(super) fn new(max_profile: u64) -> Self {
        Self { max_profile, ..Self::default() }
    }

    /// Takes the beginning of a chunk, with its length. Returns whether its body and checksum are to be gathered.
    pub(super) fn begin(&mut self, kind: [u8; 4], length: u64) -> bool {
        let most = if &kind == b"iCCP" { self.max_profile } else { LONGEST };
        self.current = KINDS.iter().position(|known| **known == kind).filter(|_| length <= most);
        let place = self.current.and_then(|current| self.bodies.get_mut(current));
        match place {
            Some(body @ None) => {
                *body = Some(Vec::new());
                true
            }
            _ => false,
        }
    }

    /// Takes more bytes of the chunk that has begun.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        let place = self.current.and_then(|current| self.bodies.get_mut(current));
        if let Some(Some(body)) = place {
            body.extend_from_slice(bytes);
        }
    }

    fn bodies(&self) -> [Option<&[u8]>; 5] {
        let without_checksum = |body: &'_ [u8]| body.len().saturating_sub(4);
        self.bodies.each_ref().map(|body| body.as_deref().and_then(|body| body.get(..without_checksum(body))))
    }

    /// The embedded ICC profile; `None` without a sound one.
    pub(super) fn profile(&self) -> Option<Vec<u8>> {
        let [_, body, ..] = self.bodies();
        let body = body?;
        let end = body.iter().take(80).position(|&byte| byte == 0)?;
        let compressed = body.get(end + 1..)?.strip_prefix(&[0])?;
        let most = usize::try_from(self.max_profile).unwrap_or(usize::MAX);
        fdeflate::decompress_to_vec_bounded(compressed, most).ok()
    }

    /// The other chunks, as a PNG of the same samples has them.
    pub(super) fn instead_of_profile(&self) -> Vec<([u8; 4], Vec<u8>)> {
        let chunks = KINDS.iter().zip(self.bodies()).filter(|(kind, _)| **kind != b"iCCP");
        chunks.filter_map(|(kind, body)| Some((**kind, body?.to_vec()))).collect()
    }

    /// What samples of images of this model stand for; `None` for sRGB, and without anything that can be used. `profile`
    /// is [`Chunks::profile`].
    pub(super) fn space(&self, profile: Option<&[u8]>, model: Model) -> Option<Space> {
        let [code_points, _, srgb, gamma, chromaticities] = self.bodies();
        let of_code_points =
            code_points.and_then(|points| Space::of_code_points(points.try_into().ok()?, model));
        let of_profile = || profile.and_then(|profile| Space::of_icc(profile, model));
        if let Some(space) = of_code_points.or_else(of_profile) {
            return Some(space);
        }
        if srgb.is_some() {
            return None;
        }
        let gamma = gamma.and_then(number).filter(|gamma| GAMMAS.contains(gamma));
        let chromaticities = chromaticities.and_then(of_numbers);
        if gamma.is_none() && chromaticities.is_none() {
            return None;
        }
        let chromaticities = chromaticities.unwrap_or(Chromaticities::BT709);
        let transfer = match gamma {
            // Writers of sRGB write this in addition to its own chunk, or instead.
            Some(45_000..=46_000) if chromaticities == Chromaticities::BT709 => Transfer::Srgb,
            None => Transfer::Srgb,
            Some(gamma) => Transfer::Gamma(100_000.0 / f64::from(gamma)),
        };
        Space::of_chromaticities(chromaticities, transfer, model)
    }
}

fn number(body: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(body.try_into().ok()?))
}

/// What a cHRM chunk says: white, red, green and blue.
fn of_numbers(body: &[u8]) -> Option<Chromaticities> {
    let numbers: &[[u8; 8]; 4] = body.as_chunks::<8>().0.try_into().ok()?;
    let point = |&[x0, x1, x2, x3, y0, y1, y2, y3]: &[u8; 8]| {
        [[x0, x1, x2, x3], [y0, y1, y2, y3]].map(|bytes| f64::from(u32::from_be_bytes(bytes)) / 100_000.0)
    };
    let [white, red, green, blue] = numbers.each_ref().map(point);
    Some(Chromaticities { red, green, blue, white })
}
