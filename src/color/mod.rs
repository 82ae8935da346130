//! Colour: what the samples of a source stand for, and the tables that convert them to sRGB.
//!
//! A [`Space`] is read from an ICC profile or from what a format says itself. Its curves, matrices and grids are evaluated
//! in floating point with basic operations and powers in software, and only to fill the integer tables of a
//! [`Conversion`], so that the same pixels come out on every machine. Parsing of profiles is `moxcms`'; its evaluation
//! is not used, because that rounds differently where a processor has fused multiplication and addition.

mod convert;
mod curve;
mod light;
mod lut;
mod matrix;
mod planes;
mod space;
mod weigh;

pub(crate) use convert::Conversion;
pub(crate) use light::Light;
pub(crate) use matrix::Matrix;
pub(crate) use planes::LUMA;
pub(crate) use space::{Chromaticities, Space, Transfer};

use crate::IccProfile;
use moxcms::{ColorProfile, ProfileText};

/// The colours that a profile has to be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    /// One channel of lightness.
    Gray,
    /// Red, green and blue.
    Rgb,
    /// Four inks.
    Cmyk,
}

/// The largest profile that is used, in bytes.
pub(crate) const LARGEST_PROFILE: usize = 4 << 20;

/// The facts about an embedded profile of an image of some model.
pub(crate) fn describe(profile: &[u8], model: Model) -> IccProfile {
    IccProfile {
        size: u32::try_from(profile.len()).unwrap_or(u32::MAX),
        name: name(profile),
        usable: Space::of_icc(profile, model).is_some(),
    }
}

/// What a profile calls itself.
fn name(profile: &[u8]) -> Option<String> {
    let text = match parse(profile, &[*b"desc"])?.description? {
        ProfileText::PlainString(text) => text,
        ProfileText::Localizable(texts) => {
            let english = texts.iter().find(|text| text.language == "en");
            english.or(texts.first())?.value.clone()
        }
        ProfileText::Description(text) if text.ascii_string.is_empty() => text.unicode_string,
        ProfileText::Description(text) => text.ascii_string,
    };
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.chars().take(LONGEST_NAME).collect())
}

/// The longest name that is reported, in characters.
const LONGEST_NAME: usize = 200;

/// Reads some tags of a profile, so that faults in others do not matter.
fn parse(profile: &[u8], tags: &[[u8; 4]]) -> Option<ColorProfile> {
    const HEADER: usize = 128;
    if profile.len() > LARGEST_PROFILE {
        return None;
    }
    let (header, rest) = profile.split_at_checked(HEADER)?;
    let (count, rest) = rest.split_first_chunk::<4>()?;
    let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
    let listed = rest.get(..count.checked_mul(12)?)?;
    let wanted =
        listed.as_chunks::<12>().0.iter().filter(|tag| tags.iter().any(|name| tag.starts_with(name)));
    let wanted: Vec<[u8; 12]> = wanted.copied().collect();
    // The tags' places are counted from the beginning of the file, so that the list may shrink but not move the rest.
    let mut profile = profile.to_vec();
    let kept = (header.len() + 4)..;
    for (place, tag) in profile.get_mut(kept)?.as_chunks_mut::<12>().0.iter_mut().zip(&wanted) {
        *place = *tag;
    }
    let count = u32::try_from(wanted.len()).ok()?.to_be_bytes();
    profile.get_mut(HEADER..HEADER + 4)?.copy_from_slice(&count);
    let options = moxcms::ParsingOptions {
        max_profile_size: LARGEST_PROFILE + 1,
        max_allowed_clut_size: LARGEST_PROFILE,
        max_allowed_trc_size: 1 << 16,
    };
    ColorProfile::new_from_slice_with_options(&profile, options).ok()
}
