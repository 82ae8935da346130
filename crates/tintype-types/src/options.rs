//! Everything a caller can request. Mirrors `wit/types.wit`, which documents each item in full.

use crate::{Adjust, Facts, Format, Geometry, Overlay, names};

/// Everything a caller can request. `Options::default()` returns the defaults; [`Options::set`] changes one of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// How to read the source.
    pub input: Input,
    /// Crop, orientation and size.
    pub geometry: Geometry,
    /// Colours and detail.
    pub adjust: Adjust,
    /// Images to lay over the rendition, the lowest first.
    pub overlays: Vec<Overlay>,
    /// How to encode the rendition.
    pub output: Output,
    /// Formats that may take the place of that of `output`, if a file is smaller in one of them.
    pub alternatives: Vec<Alternative>,
    /// Limits on the cost.
    pub limits: Limits,
}

/// How to read the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// Make a rendition of whatever can be decoded from a truncated or corrupt source, if that is a row of pixels at least.
    /// Missing parts of a JPEG or WebP take the last known colours, those of a PNG or GIF are transparent, or black if the
    /// source has no transparency. If false, damage is reported as [`crate::Error::Malformed`].
    pub allow_damaged: bool,
    /// The frame of an animation that a rendition shows, or begins with; 0 is the first.
    pub page: u32,
    /// Number of frames to keep, from `page` on; 0 keeps all. Formats of stills show one.
    pub frames: u32,
}

impl Default for Input {
    fn default() -> Self {
        Self { allow_damaged: true, page: 0, frames: 1 }
    }
}

/// How to encode the rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Format of the rendition.
    pub format: Format,
    /// Quality of lossy encoding, 1 to 100; `None` means [`Format::default_quality`].
    pub quality: Option<u32>,
    /// Choose the quality of a lossy still by what is seen of the loss: it is what photographs usually lose at `quality`.
    pub auto_quality: bool,
    /// Most bytes of a lossy still: its quality is lowered to 10, if need be, until it has no more. At least 1.
    pub max_bytes: Option<u32>,
    /// Encode without loss.
    pub lossless: bool,
    /// How far a WebP without loss may stray from the pixels, 0 to 100; 100 keeps them.
    pub near_lossless: u32,
    /// Work spent on fewer bytes.
    pub effort: Effort,
    /// Write a JPEG that appears as a whole before it is sharp. `None` leaves it to the encoder.
    pub progressive: Option<bool>,
    /// Resolution of a JPEG's chroma.
    pub subsampling: Subsampling,
    /// Average the chroma of a lossy WebP so that thin coloured lines stay.
    pub sharp_chroma: bool,
    /// Bits per channel of a PNG, 8 or 16; 16 is for PNG only. 0 is the source's where that can be.
    pub bit_depth: u32,
    /// The most colours of a PNG or GIF, 2 to 256. `None` means 256 for GIF, and as many as there are for PNG.
    pub colors: Option<u32>,
    /// What becomes of the source's colour profile.
    pub profile: Profile,
    /// What becomes of the source's EXIF, XMP and IPTC.
    pub metadata: Metadata,
    /// Keep the place where a photograph was taken, if metadata is kept.
    pub location: bool,
    /// How often an animation plays, at most 65535; 0 is forever. `None` means as often as the source does.
    pub loops: Option<u32>,
    /// Milliseconds for which each frame of an animation is shown, at most 16777215. `None` means as long as in the source.
    pub delay: Option<u32>,
    /// Find out these facts in place of making a rendition.
    pub describe: Option<Facts>,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            format: Format::Webp,
            quality: None,
            auto_quality: false,
            max_bytes: None,
            lossless: false,
            near_lossless: 100,
            effort: Effort::default(),
            progressive: None,
            subsampling: Subsampling::default(),
            sharp_chroma: false,
            bit_depth: 8,
            colors: None,
            profile: Profile::default(),
            metadata: Metadata::default(),
            location: false,
            loops: None,
            delay: None,
            describe: None,
        }
    }
}

impl Output {
    /// The most colours of a palette.
    pub const MOST_COLORS: u32 = 256;

    /// The quality to encode with, 1 to 100.
    pub fn lossy_quality(&self) -> u8 {
        let given = self.quality.map(|quality| u8::try_from(quality.clamp(1, 100)).unwrap_or(100));
        given.unwrap_or(self.format.default_quality())
    }

    /// Whether the encoding takes a quality, because it loses something. That a GIF has few colours is not meant.
    pub fn is_lossy(&self) -> bool {
        match self.format {
            Format::Jpeg => true,
            Format::Webp => !self.lossless,
            _ => false,
        }
    }
}

/// Another format that a rendition may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative {
    /// The format.
    pub format: Format,
    /// Quality of lossy encoding in it, 1 to 100; `None` means [`Format::default_quality`].
    pub quality: Option<u32>,
}

/// Work spent on fewer bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// As little as possible.
    Fast,
    /// A balance.
    #[default]
    Default,
    /// Several times the work, for the last few per cent.
    Best,
}

names! { Effort { Fast = "fast", Default = "default", Best = "best" } }

/// Resolution of chroma against that of luminance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subsampling {
    /// What the picture needs: the same where thin coloured lines would be lost, otherwise half.
    #[default]
    Auto,
    /// Half of the width and of the height, 4:2:0.
    Half,
    /// The same, 4:4:4.
    Full,
}

names! { Subsampling { Auto = "auto", Half = "420" | "4:2:0", Full = "444" | "4:4:4" } }

/// What becomes of the source's colour profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Colours are converted to sRGB; no profile is embedded.
    #[default]
    Srgb,
    /// Colours stay as they are, and the profile is embedded.
    Keep,
    /// Colours stay as they are, and the profile is dropped: they will look different.
    Strip,
}

names! { Profile { Srgb = "srgb", Keep = "keep", Strip = "strip" } }

/// What becomes of the source's EXIF, XMP and IPTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metadata {
    /// Nothing is kept.
    #[default]
    Strip,
    /// Copyright and author are kept.
    Copyright,
    /// Everything is kept but the orientation, which has been applied, the embedded thumbnail, and the location.
    Keep,
}

names! { Metadata { Strip = "strip" | "none", Copyright = "copyright", Keep = "keep" } }

/// Limits on the cost of one call, checked before any pixels are allocated; work is also counted as it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum size of the source in bytes.
    pub source_bytes: u64,
    /// Maximum number of pixels in the source, width × height; of an animation, in all frames that are decoded.
    pub source_pixels: u64,
    /// Maximum number of frames that are decoded.
    pub frames: u32,
    /// Maximum number of pixels in each frame of an animation, width × height.
    pub frame_pixels: u64,
    /// Maximum length of the rendition's longer side, in pixels.
    pub output_side: u32,
    /// Maximum number of pixels in the rendition, width × height.
    pub output_pixels: u64,
    /// Maximum memory that the work may be predicted to need, in bytes.
    pub memory: u64,
    /// Maximum work, in units of about one WebAssembly instruction.
    pub work: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_bytes: 50 << 20,
            source_pixels: 100_000_000,
            frames: 256,
            frame_pixels: 100_000_000,
            output_side: 8192,
            output_pixels: 40_000_000,
            memory: 128 << 20,
            work: 400_000_000_000,
        }
    }
}

/// A resampling kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// Averages the pixels covered. Support 0.5.
    Box,
    /// Triangle. Support 1.
    Bilinear,
    /// Keys cubic, B = 0 and C = 1/2. Support 2.
    CatmullRom,
    /// Mitchell-Netravali cubic, B = C = 1/3. Support 2.
    Mitchell,
    /// Lanczos: a windowed sinc with three lobes. Support 3.
    #[default]
    Lanczos3,
}

names! {
    Filter {
        Box = "box",
        Bilinear = "bilinear",
        CatmullRom = "catmull-rom",
        Mitchell = "mitchell",
        Lanczos3 = "lanczos3",
    }
}
