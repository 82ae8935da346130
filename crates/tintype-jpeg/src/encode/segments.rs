//! Marker segments: everything in the file that is not entropy-coded (ITU-T T.81, Annex B).

use alloc::vec::Vec;

use super::config::Density;
use super::huffman::HuffmanSpec;
use super::layout::Layout;
use super::quantize::QuantTable;
use crate::marker::{
    APP0, APP1, APP2, APP13, DHT, DQT, EOI, EXIF, ICC, JFIF, MAX_ICC_PART, RESOURCES, SOF0, SOF2, SOI, SOS,
    XMP,
};

/// The selectors of one component in a scan.
#[derive(Clone, Copy)]
pub(crate) struct ScanComponent {
    /// Index of the component in the frame.
    pub(crate) component: usize,
    /// Number of its DC table.
    pub(crate) dc_table: u8,
    /// Number of its AC table.
    pub(crate) ac_table: u8,
}

fn marker(out: &mut Vec<u8>, code: u8) {
    out.extend_from_slice(&[0xFF, code]);
}

/// Writes a segment whose parts together fit its length of two bytes.
fn segment(out: &mut Vec<u8>, code: u8, parts: &[&[u8]]) {
    let payload: usize = parts.iter().map(|part| part.len()).sum();
    marker(out, code);
    debug_assert!(payload + 2 <= 0xFFFF);
    out.extend_from_slice(&((payload + 2) as u16).to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

pub(crate) fn start_of_image(out: &mut Vec<u8>) {
    marker(out, SOI);
}

pub(crate) fn end_of_image(out: &mut Vec<u8>) {
    marker(out, EOI);
}

/// The JFIF header (ITU-T T.871, section 10.1), version 1.01, without a thumbnail.
pub(crate) fn jfif(out: &mut Vec<u8>, density: Density) {
    let (unit, x, y) = match density {
        Density::AspectRatio(x, y) => (0, x, y),
        Density::PerInch(x, y) => (1, x, y),
        Density::PerCentimetre(x, y) => (2, x, y),
    };
    segment(out, APP0, &[JFIF, &[1, 1, unit], &x.to_be_bytes(), &y.to_be_bytes(), &[0, 0]]);
}

pub(crate) fn exif(out: &mut Vec<u8>, exif: &[u8]) {
    segment(out, APP1, &[EXIF, exif]);
}

pub(crate) fn xmp(out: &mut Vec<u8>, xmp: &[u8]) {
    segment(out, APP1, &[XMP, xmp]);
}

pub(crate) fn resources(out: &mut Vec<u8>, resources: &[u8]) {
    segment(out, APP13, &[RESOURCES, resources]);
}

/// The profile in as many APP2 segments as it needs, numbered from one (ICC.1, Annex B.4).
pub(crate) fn icc(out: &mut Vec<u8>, profile: &[u8]) {
    let count = profile.len().div_ceil(MAX_ICC_PART) as u8;
    for (number, chunk) in (1u8..=count).zip(profile.chunks(MAX_ICC_PART)) {
        segment(out, APP2, &[ICC, &[number, count], chunk]);
    }
}

/// A quantisation table, in zigzag order, in 8-bit precision.
pub(crate) fn quant_table(out: &mut Vec<u8>, number: u8, table: &QuantTable) {
    segment(out, DQT, &[&[number], &table.zigzag()]);
}

/// The frame header: sequential or progressive DCT, 8-bit samples.
pub(crate) fn frame(out: &mut Vec<u8>, layout: &Layout, progressive: bool) {
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
pub(crate) fn huffman_table(out: &mut Vec<u8>, class: u8, number: u8, spec: &HuffmanSpec) {
    segment(out, DHT, &[&[class << 4 | number], &spec.counts, spec.symbols()]);
}

/// A scan header: spectral band `ss..=se`, successive approximation from bit `ah` to bit `al`.
pub(crate) fn scan(out: &mut Vec<u8>, components: &[ScanComponent], (ss, se): (u8, u8), (ah, al): (u8, u8)) {
    let mut selectors = Vec::with_capacity(6);
    for c in components {
        selectors.extend_from_slice(&[c.component as u8 + 1, c.dc_table << 4 | c.ac_table]);
    }
    segment(out, SOS, &[&[components.len() as u8], &selectors, &[ss, se, ah << 4 | al]]);
}
