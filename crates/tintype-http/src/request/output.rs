//! Encoding, as far as a request settles it.

use std::fmt;
use std::str::FromStr;

use tintype_types::{Alternative, Effort, Format, Metadata, Profile, Subsampling, UnknownName, number};

use super::Details;

/// The format of a rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// This format, which the engine encodes.
    Fixed(Format),
    /// The best format that the client accepts, or else the source's ([`Format::family`]).
    Auto,
    /// Whichever makes the smallest file: that of `Auto`, JPEG or PNG.
    Smallest,
    /// The source's ([`Format::family`]).
    Source,
    /// None: a description of the source in JSON.
    Json,
}

impl OutputFormat {
    /// Whether it depends on what the client accepts.
    pub fn is_negotiated(self) -> bool {
        matches!(self, Self::Auto | Self::Smallest)
    }
}

impl FromStr for OutputFormat {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "auto" => Ok(Self::Auto),
            "smallest" => Ok(Self::Smallest),
            "source" => Ok(Self::Source),
            "json" => Ok(Self::Json),
            name => name
                .parse()
                .ok()
                .filter(|format: &Format| format.is_encoded())
                .map(Self::Fixed)
                .ok_or(UnknownName),
        }
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(format) => format.name(),
            Self::Auto => "auto",
            Self::Smallest => "smallest",
            Self::Source => "source",
            Self::Json => "json",
        })
    }
}

/// How a rendition is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its format.
    pub format: OutputFormat,
    /// Quality of lossy encoding.
    pub quality: Quality,
    /// Quality of lossy encoding in place of that, for clients on slow connections.
    pub slow_quality: Option<Quality>,
    /// Choose the quality by what is seen of the loss.
    pub auto_quality: bool,
    /// Most bytes of a lossy still, at least 1.
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
    /// Bits per channel of a PNG, 8 or 16.
    pub bit_depth: u32,
    /// The most colours of a PNG or GIF, 2 to 256.
    pub colors: Option<u32>,
    /// What becomes of the source's colour profile.
    pub profile: Profile,
    /// What becomes of the source's EXIF, XMP and IPTC.
    pub metadata: Metadata,
    /// Keep the place where a photograph was taken, if all metadata is kept.
    pub location: bool,
    /// The frame of an animation that the rendition shows, or begins with; 0 is the first.
    pub page: u32,
    /// Number of frames to keep, from `page` on; 0 keeps all. Formats of stills show one.
    pub frames: u32,
    /// How often an animation plays; 0 is forever. `None` is as often as the source does.
    pub loops: Option<u32>,
    /// Milliseconds for which each frame of an animation is shown. `None` is as long as in the source.
    pub delay: Option<u32>,
    /// What a description holds, where that is the format.
    pub details: Details,
    /// Deliver the rendition as a data URL: text, in base64.
    pub base64: bool,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            format: OutputFormat::Fixed(Format::Webp),
            quality: Quality::default(),
            slow_quality: None,
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
            page: 0,
            frames: 1,
            loops: None,
            delay: None,
            details: Details::default(),
            base64: false,
        }
    }
}

impl Output {
    /// The same output with the settings that hold for the formats it can have, and no others, with a location only where that
    /// can be kept, and with frames where there can be more than one.
    #[must_use]
    pub fn normalized(&self) -> Self {
        let possible = |format: Format| match self.format {
            OutputFormat::Fixed(fixed) => fixed == format,
            OutputFormat::Auto | OutputFormat::Smallest | OutputFormat::Source => true,
            OutputFormat::Json => false,
        };
        let lossy = |format: Format| match format {
            Format::Jpeg => true,
            Format::Webp => !self.lossless,
            _ => false,
        };
        let held = |given: &Quality| {
            let mut quality = Quality::default();
            for format in Format::ENCODED.iter().copied().filter(|format| possible(*format) && lossy(*format))
            {
                quality.set(format, given.of(format).unwrap_or(format.default_quality()));
            }
            quality
        };
        let can_be_lossy = Format::ENCODED.iter().any(|format| possible(*format) && lossy(*format));
        let (jpeg, webp) = (possible(Format::Jpeg), possible(Format::Webp));
        let frames = if Format::ENCODED.iter().any(|format| possible(*format) && format.has_frames()) {
            self.frames
        } else {
            1
        };
        let animated = frames != 1;
        Self {
            quality: held(&self.quality),
            slow_quality: self.slow_quality.as_ref().map(held).filter(|_| can_be_lossy),
            auto_quality: self.auto_quality && can_be_lossy,
            max_bytes: self.max_bytes.filter(|_| can_be_lossy),
            near_lossless: if webp && self.lossless { self.near_lossless } else { 100 },
            progressive: self.progressive.filter(|_| jpeg),
            subsampling: if jpeg { self.subsampling } else { Subsampling::default() },
            sharp_chroma: self.sharp_chroma && webp && !self.lossless,
            bit_depth: if possible(Format::Png) { self.bit_depth } else { 8 },
            // As many as a GIF has anyway say nothing about one.
            colors: self.colors.filter(|colors| {
                possible(Format::Png) || possible(Format::Gif) && *colors < tintype_types::Output::MOST_COLORS
            }),
            location: self.location && self.metadata == Metadata::Keep,
            frames,
            loops: self.loops.filter(|_| animated),
            delay: self.delay.filter(|_| animated),
            details: if self.format == OutputFormat::Json { self.details } else { Details::default() },
            base64: self.base64 && self.format != OutputFormat::Json,
            ..self.clone()
        }
    }

    /// The formats that may take the place of this one if their files are smaller: those that every client shows.
    pub(super) fn alternatives(&self, format: Format) -> Vec<Alternative> {
        let everywhere = [Format::Jpeg, Format::Png].into_iter();
        let others = everywhere.filter(|other| self.format == OutputFormat::Smallest && *other != format);
        others.map(|format| Alternative { format, quality: self.quality.of(format).map(u32::from) }).collect()
    }

    /// The one quality that a grammar can name which has no others: the first that holds; `None` if none does.
    pub fn first_quality(&self) -> Option<u8> {
        self.normalized().quality.first()
    }
}

/// Qualities of lossy encoding, 1 to 100 each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quality {
    any: Option<u8>,
    jpeg: Option<u8>,
    png: Option<u8>,
    webp: Option<u8>,
    gif: Option<u8>,
}

impl Quality {
    /// One quality for all formats.
    pub fn all(quality: u8) -> Self {
        Self { any: Some(quality), ..Self::default() }
    }

    /// The quality for a format; `None` is the encoder's default.
    pub fn of(&self, format: Format) -> Option<u8> {
        match format {
            Format::Jpeg => self.jpeg,
            Format::Png => self.png,
            Format::Webp => self.webp,
            Format::Gif => self.gif,
            _ => None,
        }
        .or(self.any)
    }

    /// The first that there is, in the order of formats.
    pub fn first(&self) -> Option<u8> {
        Format::ENCODED.iter().find_map(|format| self.of(*format))
    }

    /// The quality for formats that have none of their own.
    pub fn any(&self) -> Option<u8> {
        self.any
    }

    /// Sets the quality for formats that have none of their own.
    pub fn set_any(&mut self, quality: u8) {
        self.any = Some(quality);
    }

    /// Sets the quality for one format; a format that is not encoded has none.
    pub fn set(&mut self, format: Format, quality: u8) {
        match format {
            Format::Jpeg => self.jpeg = Some(quality),
            Format::Png => self.png = Some(quality),
            Format::Webp => self.webp = Some(quality),
            Format::Gif => self.gif = Some(quality),
            _ => {}
        }
    }

    /// Reads one quality.
    pub fn read_one(text: &str) -> Option<u8> {
        number(text, 1, 100)
    }
}

/// Reads `80`, `jpeg:80,webp:75`, or both with commas between them.
impl FromStr for Quality {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let mut quality = Self::default();
        for part in text.split(',') {
            match part.split_once(':') {
                Some((format, number)) => {
                    let format: Format = format.parse()?;
                    if !format.is_encoded() {
                        return Err(UnknownName);
                    }
                    quality.set(format, Self::read_one(number).ok_or(UnknownName)?);
                }
                None => quality.any = Some(Self::read_one(part).ok_or(UnknownName)?),
            }
        }
        Ok(quality)
    }
}

/// Writes nothing where there is no quality at all.
impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_each = [self.jpeg, self.png, self.webp, self.gif];
        let single = [Format::Jpeg, Format::Png, Format::Webp, Format::Gif].into_iter().zip(of_each);
        let single = single.filter_map(|(format, quality)| Some(format!("{format}:{}", quality?)));
        let parts: Vec<String> = self.any.iter().map(u8::to_string).chain(single).collect();
        f.write_str(&parts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualities_are_read_and_written_back() {
        for text in ["80", "jpeg:80,webp:75", "70,webp:60", "png:1", "gif:5"] {
            assert_eq!(text.parse::<Quality>().unwrap().to_string(), text);
        }
        for bad in ["", "0", "101", "avif:50", "jpeg", "80,", "jpeg:"] {
            assert!(bad.parse::<Quality>().is_err(), "{bad}");
        }
        let quality: Quality = "70,webp:60".parse().unwrap();
        assert_eq!(
            [Format::Jpeg, Format::Webp, Format::Gif].map(|format| quality.of(format)),
            [Some(70), Some(60), Some(70)]
        );
    }

    #[test]
    fn what_is_smallest_may_be_a_jpeg_or_a_png_with_its_own_quality() {
        let quality = "jpeg:50,webp:60".parse().unwrap();
        let smallest = Output { format: OutputFormat::Smallest, quality, ..Output::default() };
        let (jpeg, png) = (Some(50), None);
        for (chosen, expected) in [
            (Format::Webp, vec![(Format::Jpeg, jpeg), (Format::Png, png)]),
            (Format::Png, vec![(Format::Jpeg, jpeg)]),
            (Format::Jpeg, vec![(Format::Png, png)]),
        ] {
            let others = smallest.alternatives(chosen).into_iter();
            let others: Vec<_> = others.map(|other| (other.format, other.quality)).collect();
            assert_eq!(others, expected, "{chosen}");
        }
        let auto = Output { format: OutputFormat::Auto, ..smallest };
        assert_eq!(auto.alternatives(Format::Webp), []);
    }

    #[test]
    fn only_the_qualities_that_hold_are_compared() {
        let output = |format: &str, quality: &str, lossless| Output {
            format: format.parse().unwrap(),
            quality: quality.parse().unwrap(),
            lossless,
            ..Output::default()
        };
        assert_eq!(
            output("jpeg", "80,webp:3", false).normalized(),
            output("jpeg", "jpeg:80", false).normalized()
        );
        assert_ne!(
            output("auto", "80,webp:3", false).normalized(),
            output("auto", "jpeg:80", false).normalized()
        );
        assert_eq!(output("png", "80", false).normalized(), output("png", "7", false).normalized());
        assert_eq!(output("webp", "80", true).normalized(), output("webp", "7", true).normalized());
        assert_eq!(Output::default().normalized(), output("webp", "webp:80", false).normalized());
        let animated = |format, frames| Output { frames, loops: Some(3), ..output(format, "7", false) };
        assert_eq!(animated("jpeg", 0).normalized(), output("jpeg", "7", false).normalized());
        assert_ne!(animated("png", 0).normalized(), output("png", "7", false).normalized());
        assert_eq!(animated("auto", 1).normalized(), output("auto", "7", false).normalized());
        assert_ne!(animated("auto", 0).normalized(), output("auto", "7", false).normalized());
        assert_ne!(animated("gif", 0).normalized(), output("gif", "7", false).normalized());
        assert_eq!(output("auto", "70,webp:60", false).first_quality(), Some(70));
        assert_eq!(output("webp", "70,webp:60", false).first_quality(), Some(60));
        assert_eq!(output("png", "70", false).first_quality(), None);
    }
}
