//! Marker codes (ITU-T T.81, table B.1) and what application segments begin with.
//!
//! A code is a marker's second byte; the first is always `0xFF`.

pub(crate) const TEM: u8 = 0x01;
/// Baseline frame.
pub(crate) const SOF0: u8 = 0xC0;
/// Progressive frame.
pub(crate) const SOF2: u8 = 0xC2;
/// Lossless frame.
pub(crate) const SOF3: u8 = 0xC3;
pub(crate) const DHT: u8 = 0xC4;
pub(crate) const SOF5: u8 = 0xC5;
pub(crate) const SOF7: u8 = 0xC7;
pub(crate) const SOF9: u8 = 0xC9;
pub(crate) const SOF11: u8 = 0xCB;
pub(crate) const SOF13: u8 = 0xCD;
pub(crate) const SOF15: u8 = 0xCF;
pub(crate) const RST0: u8 = 0xD0;
pub(crate) const RST7: u8 = 0xD7;
pub(crate) const SOI: u8 = 0xD8;
pub(crate) const EOI: u8 = 0xD9;
pub(crate) const SOS: u8 = 0xDA;
pub(crate) const DQT: u8 = 0xDB;
pub(crate) const DNL: u8 = 0xDC;
pub(crate) const DRI: u8 = 0xDD;
pub(crate) const APP0: u8 = 0xE0;
pub(crate) const APP1: u8 = 0xE1;
pub(crate) const APP2: u8 = 0xE2;
pub(crate) const APP13: u8 = 0xED;
pub(crate) const APP14: u8 = 0xEE;
pub(crate) const APP15: u8 = 0xEF;

/// Begins an APP0 segment that says the file is JFIF (ITU-T T.871, 10.1).
pub(crate) const JFIF: &[u8] = b"JFIF\0";
/// Begins an APP1 segment that holds EXIF.
pub(crate) const EXIF: &[u8] = b"Exif\0\0";
/// Begins an APP1 segment that holds XMP.
pub(crate) const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// Begins an APP2 segment that holds part of an ICC profile (ICC.1, annex B.4).
pub(crate) const ICC: &[u8] = b"ICC_PROFILE\0";
/// Begins an APP13 segment that holds Photoshop's image resources, IPTC among them.
pub(crate) const RESOURCES: &[u8] = b"Photoshop 3.0\0";
/// Begins an APP14 segment that names a colour transform (ITU-T T.872, 6.5.3).
pub(crate) const ADOBE: &[u8] = b"Adobe";

/// Most bytes in a segment's body: its length counts its own two bytes.
const MAX_BODY: usize = 65535 - 2;
/// Most bytes of EXIF in its segment.
pub const MAX_EXIF: usize = MAX_BODY - EXIF.len();
/// Most bytes of XMP in its segment.
pub const MAX_XMP: usize = MAX_BODY - XMP.len();
/// Most bytes of image resources in a segment.
pub const MAX_RESOURCES: usize = MAX_BODY - RESOURCES.len();
/// Most bytes of an ICC profile in one segment, where a number and a count come before them.
pub(crate) const MAX_ICC_PART: usize = MAX_BODY - ICC.len() - 2;
/// Most bytes of an ICC profile: its segments are counted in one byte.
pub const MAX_ICC: usize = 255 * MAX_ICC_PART;
