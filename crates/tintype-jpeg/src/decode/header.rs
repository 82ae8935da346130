//! Everything before the first scan: the frame, the colour model and the metadata.

use super::config::DecoderConfig;
use super::error::{DecodeError, Unsupported};
use crate::marker::{
    ADOBE, APP0, APP1, APP2, APP13, APP14, EXIF, ICC, JFIF, RESOURCES, SOF2, SOF3, SOF5, SOF7, SOF9, SOF15,
    XMP,
};
use alloc::vec::Vec;

/// A description of the image, known before it is decoded.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Header {
    /// Pixels per row, 1 to 65535.
    pub width: u32,
    /// Rows, 1 to 65535.
    pub height: u32,
    /// The components, 1 to 4, in the frame's order.
    pub components: Vec<Component>,
    /// The colours that the components stand for.
    pub color: ColorModel,
    /// Bits per sample: 8.
    pub precision: u8,
    /// Whether several scans of increasing accuracy code the image (SOF2).
    pub progressive: bool,
    /// Whether it can be decoded while it arrives, holding a few rows. Otherwise (progressive, or one scan for each
    /// component) its coefficients are held until the scans that matter have been read.
    pub streams: bool,
    pub(crate) metadata: Metadata,
}

/// One component of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Component {
    /// The identifier by which scans name it. Where several components share one, scans name them in their order.
    pub id: u8,
    /// Horizontal sampling factor, 1 to 4. That of a lone component is 1, whatever the file says: it has no effect.
    pub horizontal: u8,
    /// Vertical sampling factor, 1 to 4, as above.
    pub vertical: u8,
    /// Number of its quantisation table, 0 to 3.
    pub(crate) quant: u8,
}

/// The colours that the components of an image stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColorModel {
    /// Luminance alone.
    Gray,
    /// Luminance and two colour differences (ITU-T T.871).
    YCbCr,
    /// Red, green and blue.
    Rgb,
    /// Four inks, where 255 means no ink: Adobe's applications write them so, and all others follow.
    Cmyk,
    /// Four inks as above, the first three coded as YCbCr (ITU-T T.872).
    Ycck,
    /// Two components, whose meaning no standard defines.
    Unknown,
}

impl Header {
    /// The EXIF data: a TIFF structure, without the `Exif` prefix.
    pub fn exif(&self) -> Option<&[u8]> {
        self.metadata.exif.as_deref()
    }

    /// The ICC profile, joined from its segments; `None` if one of them is missing or repeated.
    pub fn icc(&self) -> Option<&[u8]> {
        self.metadata.icc.as_deref()
    }

    /// The main XMP packet, without its prefix. Extended XMP is left out.
    pub fn xmp(&self) -> Option<&[u8]> {
        self.metadata.xmp.as_deref()
    }

    /// Photoshop's image resources, IPTC among them, joined from their segments, without prefixes.
    pub fn resources(&self) -> Option<&[u8]> {
        self.metadata.resources.as_deref()
    }

    /// The largest sampling factors, across and down.
    pub(crate) fn max_sampling(&self) -> (u32, u32) {
        self.components.iter().fold((1, 1), |(h, v), component| {
            (h.max(component.horizontal.into()), v.max(component.vertical.into()))
        })
    }

    pub(crate) fn metadata_bytes(&self) -> usize {
        let parts = [&self.metadata.exif, &self.metadata.icc, &self.metadata.xmp, &self.metadata.resources];
        parts.into_iter().flatten().map(Vec::len).sum()
    }
}

/// Reads the body of a frame header (T.81, B.2.2). Height 0 stands: it comes with a DNL segment.
pub(crate) fn parse_frame(marker: u8, body: &[u8]) -> Result<Header, DecodeError> {
    let unsupported = match marker {
        SOF3 => Some(Unsupported::Lossless),
        SOF5..=SOF7 => Some(Unsupported::Hierarchical),
        SOF9..=SOF15 => Some(Unsupported::Arithmetic),
        _ => None,
    };
    if let Some(kind) = unsupported {
        return Err(DecodeError::Unsupported(kind));
    }
    let malformed = |expected| DecodeError::Malformed { marker, expected };
    let (&[precision, h1, h0, w1, w0, count], rest) =
        body.split_first_chunk().ok_or(malformed("a frame header of at least 6 bytes"))?;
    if precision != 8 {
        return Err(DecodeError::Unsupported(Unsupported::Precision(precision)));
    }
    if !(1..=4).contains(&count) {
        return Err(DecodeError::Unsupported(Unsupported::Components(count)));
    }
    let width = u32::from(u16::from_be_bytes([w1, w0]));
    if width == 0 {
        return Err(malformed("a width of at least 1"));
    }
    let listed =
        rest.as_chunks::<3>().0.get(..usize::from(count)).ok_or(malformed("3 bytes per component"))?;
    let mut components: Vec<Component> = Vec::with_capacity(listed.len());
    for &[id, sampling, quant] in listed {
        let (horizontal, vertical) = (sampling >> 4, sampling & 15);
        if !(1..=4).contains(&horizontal) || !(1..=4).contains(&vertical) {
            return Err(malformed("sampling factors of 1 to 4"));
        }
        if quant > 3 {
            return Err(malformed("quantisation tables 0 to 3"));
        }
        components.push(Component { id, horizontal, vertical, quant });
    }
    // A lone component is never interleaved, so that its factors move nothing (T.81, A.2.2).
    if let [only] = components.as_mut_slice() {
        (only.horizontal, only.vertical) = (1, 1);
    }
    Ok(Header {
        width,
        height: u32::from(u16::from_be_bytes([h1, h0])),
        components,
        color: ColorModel::Unknown,
        precision,
        progressive: marker == SOF2,
        streams: false,
        metadata: Metadata::default(),
    })
}

/// The contents of the application segments, as they are gathered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    exif: Option<Vec<u8>>,
    icc: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    resources: Option<Vec<u8>>,
    /// ICC segments as they came: number, how many there should be, and data.
    icc_parts: Vec<(u8, u8, Vec<u8>)>,
    jfif: bool,
    /// The colour transform that an Adobe segment names.
    adobe: Option<u8>,
    kept: usize,
}

impl Metadata {
    /// Keeps the useful part of an application segment, unless all parts together would be too long.
    pub(crate) fn take(&mut self, marker: u8, body: &[u8], config: &DecoderConfig) {
        let fits = self.kept.saturating_add(body.len()) <= config.max_metadata;
        let wanted = config.keep;
        let mut keep = |data: &[u8]| {
            self.kept += data.len();
            data.to_vec()
        };
        match marker {
            APP0 if body.starts_with(JFIF) => self.jfif = true,
            APP1 if fits => {
                if let (Some(data), None) = (body.strip_prefix(EXIF), &self.exif) {
                    self.exif = Some(keep(data));
                } else if let (Some(data), None) = (body.strip_prefix(XMP), &self.xmp)
                    && wanted.xmp
                {
                    self.xmp = Some(keep(data));
                }
            }
            APP2 if fits && wanted.icc => {
                if let Some(&[number, count, ref data @ ..]) = body.strip_prefix(ICC) {
                    let data = keep(data);
                    self.icc_parts.push((number, count, data));
                }
            }
            APP13 if fits && wanted.resources => {
                if let Some(data) = body.strip_prefix(RESOURCES) {
                    let data = keep(data);
                    self.resources.get_or_insert_default().extend_from_slice(&data);
                }
            }
            APP14 if body.starts_with(ADOBE) => self.adobe = body.get(11).copied().or(self.adobe),
            _ => {}
        }
    }

    /// Joins the parts of the ICC profile.
    pub(crate) fn finish(&mut self) {
        let parts = core::mem::take(&mut self.icc_parts);
        let Ok(count @ 1..) = u8::try_from(parts.len()) else { return };
        let mut profile = Vec::new();
        for number in 1..=count {
            let part = parts.iter().find(|part| (part.0, part.1) == (number, count));
            let Some((_, _, data)) = part else { return };
            profile.extend_from_slice(data);
        }
        self.icc = Some(profile);
    }

    /// The colour model, by the rules of T.871 and T.872 in the order the IJG's decoder gives them.
    pub(crate) fn color_model(&self, components: &[Component]) -> ColorModel {
        match *components {
            [_] => ColorModel::Gray,
            [a, b, c] => match self.adobe {
                _ if self.jfif => ColorModel::YCbCr,
                Some(0) => ColorModel::Rgb,
                None if [a.id, b.id, c.id] == *b"RGB" => ColorModel::Rgb,
                _ => ColorModel::YCbCr,
            },
            [_, _, _, _] => match self.adobe {
                None | Some(0) => ColorModel::Cmyk,
                _ => ColorModel::Ycck,
            },
            _ => ColorModel::Unknown,
        }
    }
}
