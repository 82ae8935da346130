//! Metadata: what a source says in addition to its pixels, and what of it a rendition says.
//!
//! Decoders hand out what a source [carries](Carried), as far as it is [wanted](Wanted). What remains of that by the options
//! is [attached](Attached) to the rendition by its encoder. Both are bounded: whatever is too long is dropped, as is
//! whatever cannot be read.
//!
//! - EXIF is written anew, and says that the image is upright. Without a place in the new structure, thumbnails, what
//!   cameras' makers note (it refers to places in the file), and XMP, IPTC and profiles embedded in TIFF are dropped.
//! - XMP loses its thumbnails and what describes the source's pixels. Of extended XMP nothing is kept.
//! - IPTC is written to JPEG: other formats have no place for it.
//! - Where a photograph was taken is dropped unless asked for: coordinates and names of places alike.

mod exif;
mod iptc;
mod xmp;

use crate::pixels::Channels;
use crate::{ColorModel, Metadata, Options, Output, Profile, Source};

/// What a decoder should collect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Wanted {
    /// EXIF, XMP and IPTC.
    pub metadata: bool,
    /// The ICC profile, or what a PNG has in its place.
    pub profile: bool,
    /// The longest of each that is collected, in bytes. Metadata is bounded by [`MOST_EXIF`] and [`MOST_XMP`], too.
    most: usize,
}

/// The longest EXIF, in bytes: as long as it can be in a JPEG.
const MOST_EXIF: usize = 64 << 10;
/// The longest XMP and IPTC, in bytes.
const MOST_XMP: usize = 1 << 20;
/// The longest ICC profile, in bytes.
const MOST_PROFILE: usize = 4 << 20;

/// The share of the memory allowed that each kind of metadata may take: reading it takes several times as much for a moment,
/// before anything else is allocated.
const MEMORY_SHARE: u64 = 32;

impl Wanted {
    /// What a rendition by these options can make use of.
    pub(crate) fn of(options: &Options) -> Self {
        let most = options.limits.memory / MEMORY_SHARE;
        Self {
            metadata: options.output.metadata != Metadata::Strip,
            profile: options.output.profile == Profile::Keep,
            most: usize::try_from(most).unwrap_or(MOST_PROFILE).min(MOST_PROFILE),
        }
    }

    /// The longest XMP to collect, in bytes; the same holds for IPTC. 0 if it is not wanted.
    pub(crate) fn most_xmp(&self) -> usize {
        if self.metadata { self.most.min(MOST_XMP) } else { 0 }
    }

    /// The longest ICC profile to collect, in bytes; 0 if it is not wanted.
    pub(crate) fn most_profile(&self) -> usize {
        if self.profile { self.most } else { 0 }
    }

    /// EXIF that is wanted, and not too long.
    pub(crate) fn exif(&self, exif: Option<&[u8]>) -> Option<Vec<u8>> {
        collect(exif, if self.metadata { MOST_EXIF } else { 0 })
    }

    /// XMP that is wanted, and not too long.
    pub(crate) fn xmp(&self, xmp: Option<&[u8]>) -> Option<Vec<u8>> {
        collect(xmp, self.most_xmp())
    }

    /// IPTC that is wanted, and not too long.
    pub(crate) fn iptc(&self, iptc: Option<&[u8]>) -> Option<Vec<u8>> {
        collect(iptc, self.most_xmp())
    }

    /// An ICC profile that is wanted, and not too long.
    pub(crate) fn icc(&self, icc: Option<&[u8]>) -> Option<Vec<u8>> {
        collect(icc, self.most_profile())
    }
}

fn collect(data: Option<&[u8]>, most: usize) -> Option<Vec<u8>> {
    data.filter(|data| (1..=most).contains(&data.len())).map(<[u8]>::to_vec)
}

/// What a source carries in addition to its pixels, as far as it is wanted and was found before them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Carried {
    /// EXIF: a TIFF structure, with or without a prefix.
    pub exif: Option<Vec<u8>>,
    /// An XMP packet.
    pub xmp: Option<Vec<u8>>,
    /// Data sets of IPTC-IIM.
    pub iptc: Option<Vec<u8>>,
    /// An ICC profile.
    pub icc: Option<Vec<u8>>,
    /// What a PNG has in place of a profile: chunks by name.
    pub png_color: Vec<([u8; 4], Vec<u8>)>,
}

/// What a rendition says in addition to its pixels: ready to be written, but for what a format has no place for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Attached {
    /// EXIF: a TIFF structure without a prefix, with an orientation of 1 if any.
    pub exif: Option<Vec<u8>>,
    /// An XMP packet, in UTF-8.
    pub xmp: Option<Vec<u8>>,
    /// Photoshop's image resources, with IPTC in them.
    pub resources: Option<Vec<u8>>,
    /// An ICC profile for gray or RGB.
    pub icc: Option<Vec<u8>>,
    /// What a PNG has in place of a profile: chunks by name.
    pub png_color: Vec<([u8; 4], Vec<u8>)>,
}

/// What the rendition's metadata depends on.
#[derive(Debug, Clone, Copy)]
struct Policy {
    /// Whether only copyright and author are kept.
    copyright_only: bool,
    /// Whether the location is kept.
    location: bool,
    /// Whether the pixels are in sRGB.
    srgb: bool,
    /// Width and height of the rendition.
    size: (u32, u32),
}

impl Carried {
    /// What remains of it by the options, for a rendition of `size` in pixels.
    pub(crate) fn attach(&self, output: &Output, source: &Source, size: (u32, u32)) -> Attached {
        let mut attached = Attached::default();
        if output.metadata != Metadata::Strip {
            let copyright_only = output.metadata == Metadata::Copyright;
            let location = output.location && !copyright_only;
            let policy = Policy { copyright_only, location, srgb: output.profile == Profile::Srgb, size };
            attached.exif = self.exif.as_deref().and_then(|exif| exif::rewrite(exif, &policy));
            attached.xmp = self.xmp.as_deref().and_then(|xmp| xmp::rewrite(xmp, &policy));
            attached.resources = self.iptc.as_deref().and_then(|iptc| iptc::rewrite(iptc, &policy));
        }
        // The colours of CMYK are converted.
        if output.profile == Profile::Keep && source.color != ColorModel::Cmyk {
            attached.icc = self.icc.clone();
            attached.png_color = self.png_color.clone();
        }
        attached
    }

    fn bytes(&self) -> u64 {
        let parts = [&self.exif, &self.xmp, &self.iptc, &self.icc];
        parts.into_iter().flatten().map(|part| part.len() as u64).sum()
    }

    /// The work of reading it, in units of [`crate::Limits::work`].
    pub(crate) fn work(&self) -> u64 {
        self.bytes() * WORK_PER_BYTE
    }

    /// The bytes that it takes, with what is attached, while the encoder begins.
    pub(crate) fn memory(&self) -> u64 {
        // The decoder's, this, what the encoder gets, what it writes, and what is read of that.
        5 * self.bytes()
    }
}

/// The work of reading, changing and writing a byte of metadata, in units of [`crate::Limits::work`].
const WORK_PER_BYTE: u64 = 150;

impl Attached {
    /// The ICC profile, if it is one for pixels of these channels (ICC.1, 7.2.8).
    pub(crate) fn icc_for(&self, channels: Channels) -> Option<&[u8]> {
        let space: &[u8] = match channels {
            Channels::Gray | Channels::GrayAlpha => b"GRAY",
            Channels::Rgb | Channels::Rgba => b"RGB ",
        };
        self.icc.as_deref().filter(|icc| icc.get(16..20) == Some(space))
    }
}

/// IPTC in Photoshop's image resources.
pub(crate) fn iptc_in(resources: &[u8]) -> Option<&[u8]> {
    iptc::find(resources)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, Limits};

    fn options(metadata: Metadata, profile: Profile) -> Options {
        Options { output: Output { metadata, profile, ..Output::default() }, ..Options::default() }
    }

    #[test]
    fn only_what_the_options_can_use_is_collected_and_no_more_than_memory_allows() {
        let wanted = Wanted::of(&options(Metadata::Strip, Profile::Srgb));
        assert_eq!((wanted.most_xmp(), wanted.most_profile()), (0, 0));
        assert_eq!((wanted.exif(Some(&[1])), wanted.icc(Some(&[1]))), (None, None));
        let everything = options(Metadata::Keep, Profile::Keep);
        let wanted = Wanted::of(&everything);
        assert_eq!((wanted.most_xmp(), wanted.most_profile()), (1 << 20, 4 << 20));
        assert_eq!(wanted.exif(Some(&[1; 65_537])), None);
        let limits = Limits { memory: 3 << 20, ..Limits::default() };
        let wanted = Wanted::of(&Options { limits, ..everything });
        assert_eq!((wanted.most_xmp(), wanted.most_profile()), (96 << 10, 96 << 10));
    }

    #[test]
    fn a_profile_stays_with_pixels_of_its_kind() {
        let source = |color| Source {
            format: Format::Jpeg,
            width: 1,
            height: 1,
            orientation: 1,
            color,
            bit_depth: 8,
            alpha: false,
        };
        let profile = |space: &[u8; 4]| [&[0; 16][..], space, &[0; 100]].concat();
        let color = vec![(*b"gAMA", vec![0; 4])];
        let carried =
            |space| Carried { icc: Some(profile(space)), png_color: color.clone(), ..Carried::default() };
        let attach = |space, model| {
            let output = Output { profile: Profile::Keep, ..Output::default() };
            carried(space).attach(&output, &source(model), (1, 1))
        };
        assert_eq!(attach(b"CMYK", ColorModel::Cmyk), Attached::default());
        let rgb = attach(b"RGB ", ColorModel::Rgb);
        assert!(rgb.icc_for(Channels::Rgba).is_some() && rgb.icc_for(Channels::Gray).is_none());
        let gray = attach(b"GRAY", ColorModel::Gray);
        assert!(gray.icc_for(Channels::Rgb).is_none() && gray.icc_for(Channels::GrayAlpha).is_some());
        assert!(rgb.png_color == color && gray.png_color == color);
    }
}
