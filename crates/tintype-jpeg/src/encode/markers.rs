//! Marker segments: everything in the file that is not entropy-coded (ITU-T T.81, Annex B).

use alloc::vec::Vec;

use super::config::Density;
use super::huffman::HuffmanSpec;
use super::layout::Layout;
use super::quantize::QuantTable;

/// Longest payload of a segment: its two length bytes count themselves.
const MAX_PAYLOAD: usize = 65535 - 2;
const EXIF_HEADER: &[u8] = b"Exif\0\0";
const ICC_HEADER: &[u8] = b"ICC_PROFILE\0";
/// Bytes of profile in one APP2 segment: after the header come a sequence number and a count.
const ICC_CHUNK: usize = MAX_PAYLOAD - ICC_HEADER.len() - 2;

/// Longest Exif block that fits in its segment.
pub(super) const MAX_EXIF: usize = MAX_PAYLOAD - EXIF_HEADER.len();
/// Longest ICC profile: its chunks are counted in one byte (ICC.1, Annex B.4).
pub(super) const MAX_ICC: usize = 255 * ICC_CHUNK;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const DQT: u8 = 0xDB;
const DHT: u8 = 0xC4;
const SOF0: u8 = 0xC0;
const SOF2: u8 = 0xC2;
const SOS: u8 = 0xDA;

/// The selectors of one component in a scan.
#[derive(Clone, Copy)]
pub(super) struct ScanComponent {
    /// Index of the component in the frame.
    pub component: usize,
    /// Number of its DC table.
    pub dc_table: u8,
    /// Number of its AC table.
    pub ac_table: u8,
}

fn marker(out: &mut Vec<u8>, code: u8) {
    out.extend_from_slice(&[0xFF, code]);
}

/// Writes a segment whose parts together are at most [`MAX_PAYLOAD`] long.
fn segment(out: &mut Vec<u8>, code: u8, parts: &[&[u8]]) {
    let payload: usize = parts.iter().map(|part| part.len()).sum();
    debug_assert!(payload <= MAX_PAYLOAD);
    marker(out, code);
    out.extend_from_slice(&((payload + 2) as u16).to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

pub(super) fn start_of_image(out: &mut Vec<u8>) {
    marker(out, SOI);
}

pub(super) fn end_of_image(out: &mut Vec<u8>) {
    marker(out, EOI);
}

/// The JFIF header (ITU-T T.871, section 10.1), version 1.01, without a thumbnail.
pub(super) fn jfif(out: &mut Vec<u8>, density: Density) {
    let (unit, x, y) = match density {
        Density::AspectRatio(x, y) => (0, x, y),
        Density::PerInch(x, y) => (1, x, y),
        Density::PerCentimetre(x, y) => (2, x, y),
    };
    segment(out, APP0, &[b"JFIF\0", &[1, 1, unit], &x.to_be_bytes(), &y.to_be_bytes(), &[0, 0]]);
}

pub(super) fn exif(out: &mut Vec<u8>, exif: &[u8]) {
    segment(out, APP1, &[EXIF_HEADER, exif]);
}

/// The profile in as many APP2 segments as it needs, numbered from one (ICC.1, Annex B.4).
pub(super) fn icc(out: &mut Vec<u8>, profile: &[u8]) {
    let count = profile.len().div_ceil(ICC_CHUNK) as u8;
    for (number, chunk) in (1u8..=count).zip(profile.chunks(ICC_CHUNK)) {
        segment(out, APP2, &[ICC_HEADER, &[number, count], chunk]);
    }
}

/// A quantisation table, in zigzag order, in 8-bit precision.
pub(super) fn quant_table(out: &mut Vec<u8>, number: u8, table: &QuantTable) {
    segment(out, DQT, &[&[number], &table.zigzag()]);
}

/// The frame header: sequential or progressive DCT, 8-bit samples.
pub(super) fn frame(out: &mut Vec<u8>, layout: &Layout, progressive: bool) {
    let mut components = Vec::with_capacity(9);
    for (id, c) in (1u8..).zip(layout.components()) {
        components.extend_from_slice(&[id, (c.h as u8) << 4 | c.v as u8, c.table]);
    }
    segment(
        out,
        if progressive { SOF2 } else { SOF0 },
        &[
            &[8],
            &(layout.height as u16).to_be_bytes(),
            &(layout.width as u16).to_be_bytes(),
            &[layout.components().len() as u8],
            &components,
        ],
    );
}

/// A Huffman table. `class` is 0 for DC, 1 for AC.
pub(super) fn huffman_table(out: &mut Vec<u8>, class: u8, number: u8, spec: &HuffmanSpec) {
    segment(out, DHT, &[&[class << 4 | number], &spec.counts, spec.symbols()]);
}

/// A scan header: spectral band `ss..=se`, successive approximation from bit `ah` to bit `al`.
pub(super) fn scan(out: &mut Vec<u8>, components: &[ScanComponent], (ss, se): (u8, u8), (ah, al): (u8, u8)) {
    let mut selectors = Vec::with_capacity(6);
    for c in components {
        selectors.extend_from_slice(&[c.component as u8 + 1, c.dc_table << 4 | c.ac_table]);
    }
    segment(out, SOS, &[&[components.len() as u8], &selectors, &[ss, se, ah << 4 | al]]);
}
