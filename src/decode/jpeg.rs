//! JPEG (ISO/IEC 10918-1), decoded as its bytes arrive and at the scale that the rendition needs.

use super::{Decoder, Header, Inspector, Sink, Step, still};
use crate::color::{self, LARGEST_PROFILE, Model, Space};
use crate::metadata::{Carried, Wanted, iptc_in};
use crate::pixels::{Channels, Depth, Layout};
use crate::plan::{DecodeScale, Detail, Lane, Scale};
use crate::{ColorModel, Error, Format, Info, Limit, Options, Result, Source, exif};
use tintype_jpeg::decode::{
    self as jpeg, Damage, DecodeError, DecoderConfig, Keep, Output, Row, Unsupported,
};

/// The least work that no width shows: at a threshold, less than 3 points of SSIMULACRA2 below the next scale.
///
/// Measured on 17 JPEGs of 12 photographs, 0.3 to 12 megapixels, 4:2:0, 4:2:2 and 4:4:4, against a full decode by
/// libjpeg-turbo and Lanczos3 in floating point. By the ratio of decoded pixels to those of the result: the mean and the worst
/// loss to decoding everything, and the worst difference to sharp 0.35.5 (libvips 8.18.7) at the same width, or to decoding
/// everything where that scores lower. A column holds ratios within 4 %; chosen ones are bold.
///
/// | scale | 1.25           | 1.5           | 1.75              | 2              | 2.5            | 3              | 3.5                   |
/// |-------|----------------|---------------|-------------------|----------------|----------------|----------------|-----------------------|
/// | 1/8   | 5.6, 11.9, -0.1| 3.4, 8.2, -0.5| 1.8, 4.4, -0.4    | 1.2, 3.8, -1.6 | 0.6, 1.8, -1.2 | 0.4, 1.2, -0.8 | **0.3**, **0.9**, **-0.9** |
/// | 2/8   | 3.9, 11.4, -9.8| 2.3, 5.6, +0.5| **1.2**, **3.3**, **+0.3**| 0.8, 1.7, 0.0  | 0.4, 0.7, +3.9 | 0.2, 0.4, +1.9 |                       |
/// | 3/8   | 2.9, 12.2, -3.3| 1.3, 4.8, -1.8| 0.8, 4.8, -3.0    | 0.6, 3.8, +1.8 | 0.5, 3.6, 0.0  | 0.3, 2.7, -0.3 |                       |
/// | 4/8   | 2.2, 9.5, -9.5 | 1.0, 3.7, +0.1| **0.6**, **2.7**, **-0.2**| 0.5, 2.7, -0.1 | 0.3, 2.2, -0.4 | 0.2, 1.5, +1.5 |                       |
///
/// 3/8 takes as long as 4/8, and 5/8 and 6/8 save next to nothing, so they are not offered. 1/8 begins later than the step
/// requires: before, sharp is better by up to 0.8 on large photographs, in part because it averages whole blocks of chroma.
const SCALES: [DecodeScale; 3] = [
    DecodeScale { scale: Scale::eighths(1), min_ratio: 3.5 },
    DecodeScale { scale: Scale::eighths(2), min_ratio: 1.75 },
    DecodeScale { scale: Scale::eighths(4), min_ratio: 1.75 },
];

/// An image of at most [`FEW_PIXELS`] costs little, and is decoded whole up to 5-fold reduction. There, sharp averages pixels
/// where 4/8 leaves out frequencies: photographs lose less by the latter, text and line art up to 1.6 more.
const SCALES_OF_FEW: [DecodeScale; 3] = [
    DecodeScale { scale: Scale::eighths(1), min_ratio: 3.5 },
    DecodeScale { scale: Scale::eighths(2), min_ratio: 1.75 },
    DecodeScale { scale: Scale::eighths(4), min_ratio: 2.5 },
];

const FEW_PIXELS: u64 = 1_500_000;

/// A progressive image is held as coefficients until its last scan, four times as many at 2/8 as at 1/8: one of more than
/// [`MANY_PIXELS`] gives up to 4.4 points for a quarter of the memory. The scores of sharp are within 0.5 there.
const SCALES_OF_MANY: [DecodeScale; 3] = [
    DecodeScale { scale: Scale::eighths(1), min_ratio: 1.75 },
    DecodeScale { scale: Scale::eighths(2), min_ratio: 1.75 },
    DecodeScale { scale: Scale::eighths(4), min_ratio: 1.75 },
];

const MANY_PIXELS: u64 = 50_000_000;

fn scales(pixels: u64, progressive: bool) -> &'static [DecodeScale] {
    match pixels {
        ..=FEW_PIXELS => &SCALES_OF_FEW,
        MANY_PIXELS.. if progressive => &SCALES_OF_MANY,
        _ => &SCALES,
    }
}

/// Decodes YCbCr to planes, inks for which there is a profile to rows of inks, and everything else to gray or RGB rows.
pub(super) struct JpegDecoder {
    decoder: jpeg::Decoder,
    header: Option<Header>,
    wanted: Wanted,
    space: Option<Space>,
    /// Whether rows of pixels come out, rather than planes.
    rows: bool,
}

impl JpegDecoder {
    pub(super) fn new(options: &Options, wanted: Wanted, max_memory: u64) -> Self {
        let config = DecoderConfig {
            damage: if options.input.allow_damaged { Damage::Accept } else { Damage::Refuse },
            max_memory,
            max_metadata: (max_memory / 32).min(LARGEST_PROFILE as u64) as usize,
            keep: Keep { icc: true, xmp: wanted.metadata, resources: wanted.metadata },
            max_work: options.limits.work,
            ..DecoderConfig::default()
        };
        Self { decoder: jpeg::Decoder::new(config), header: None, wanted, space: None, rows: false }
    }

    fn output(&self, detail: Detail) -> Output {
        match self.header.map(|header| header.layout) {
            Some(Layout::YCbCr) if detail.whole_pixels => Output::Interleaved,
            Some(Layout::YCbCr) if detail.halved_chroma => Output::PlanarSubsampled,
            Some(Layout::YCbCr) => Output::Planar,
            Some(Layout::Inks) => Output::Inks,
            _ => Output::Interleaved,
        }
    }

    fn layout(&mut self, detail: Detail) -> Option<jpeg::Layout> {
        let output = self.output(detail);
        self.decoder.header().ok().flatten().map(|header| header.layout(scale(detail), output))
    }
}

impl Decoder for JpegDecoder {
    fn feed(&mut self, chunk: Vec<u8>) -> Result<()> {
        self.decoder.feed(&chunk);
        Ok(())
    }

    fn finish(&mut self) {
        self.decoder.finish();
    }

    fn header(&mut self) -> Result<Step<Header>> {
        if let Some(header) = self.header {
            return Ok(Step::Ready(header));
        }
        let Some(header) = self.decoder.header().map_err(error)? else { return Ok(Step::NeedInput) };
        let model = model(header);
        self.space = header.icc().and_then(|profile| Space::of_icc(profile, model));
        let layout = match (model, header.color) {
            (_, jpeg::ColorModel::YCbCr) => Layout::YCbCr,
            (Model::Gray, _) => Layout::Interleaved(Channels::Gray),
            (Model::Cmyk, _) if self.space.is_some() => Layout::Inks,
            _ => Layout::Interleaved(Channels::Rgb),
        };
        let scales = scales(source(header).pixels(), header.progressive);
        let header = Header {
            source: source(header),
            layout,
            exact_pixels: false,
            depth: Depth::Eight,
            scales,
            loops: None,
        };
        self.header = Some(header);
        Ok(Step::Ready(header))
    }

    fn carried(&mut self) -> Carried {
        let Ok(Some(header)) = self.decoder.header() else { return Carried::default() };
        Carried {
            exif: self.wanted.exif(header.exif()),
            xmp: self.wanted.xmp(header.xmp()),
            iptc: self.wanted.iptc(header.resources().and_then(iptc_in)),
            icc: self.wanted.icc(header.icc()),
            png_color: Vec::new(),
        }
    }

    fn take_space(&mut self) -> Option<Space> {
        self.space.take()
    }

    fn lanes(&mut self, detail: Detail) -> Vec<Lane> {
        if self.output(detail).is_interleaved()
            && let Some(Header { source, .. }) = &self.header
        {
            return vec![Lane::whole(source, detail.scale)];
        }
        let layout = self.layout(detail);
        let lane = |plane: &jpeg::Plane| Lane {
            width: plane.width,
            height: plane.height,
            per_x: plane.horizontal,
            per_y: plane.vertical,
        };
        layout.iter().flat_map(|layout| layout.planes()).map(lane).collect()
    }

    fn memory(&mut self, detail: Detail) -> u64 {
        self.layout(detail).map_or(0, |layout| layout.memory()) + self.decoder.held()
    }

    fn predicted_work(&mut self, detail: Detail) -> u64 {
        self.layout(detail).map_or(0, |layout| layout.work())
    }

    fn work(&self) -> u64 {
        self.decoder.work()
    }

    fn start(&mut self, detail: Detail, _: u64) -> Result<()> {
        let output = self.output(detail);
        self.rows = output.is_interleaved();
        self.decoder.start(scale(detail), output).map(|_| ()).map_err(error)
    }

    fn advance(&mut self, sink: Sink<'_>) -> Result<Step<bool>> {
        if self.rows {
            return match self.decoder.next_row().map_err(error)? {
                Row::Pixels(row) => sink(0, row).map(|()| Step::Ready(true)),
                Row::NeedInput => Ok(Step::NeedInput),
                Row::Done => Ok(Step::Ready(false)),
            };
        }
        match self.decoder.next_strip().map_err(error)? {
            jpeg::Step::Strip(strip) => {
                for (lane, plane) in strip.planes().iter().enumerate() {
                    plane.iter().try_for_each(|row| sink(lane, row))?;
                }
                Ok(Step::Ready(true))
            }
            jpeg::Step::NeedInput => Ok(Step::NeedInput),
            jpeg::Step::Done => Ok(Step::Ready(false)),
        }
    }

    fn found_damage(&self) -> bool {
        self.decoder.damage().is_some()
    }
}

fn scale(detail: Detail) -> jpeg::Scale {
    jpeg::Scale::eighths(detail.scale.numerator()).unwrap_or(jpeg::Scale::FULL)
}

fn source(header: &jpeg::Header) -> Source {
    Source {
        format: Format::Jpeg,
        width: header.width,
        height: header.height,
        orientation: header.exif().and_then(exif::parse).map_or(1, |exif| exif.orientation()),
        color: match model(header) {
            Model::Gray => ColorModel::Gray,
            Model::Rgb => ColorModel::Rgb,
            Model::Cmyk => ColorModel::Cmyk,
        },
        bit_depth: header.precision,
        alpha: false,
    }
}

fn model(header: &jpeg::Header) -> Model {
    match header.color {
        jpeg::ColorModel::Gray | jpeg::ColorModel::Unknown => Model::Gray,
        jpeg::ColorModel::Cmyk | jpeg::ColorModel::Ycck => Model::Cmyk,
        _ => Model::Rgb,
    }
}

/// Describes a JPEG by what comes before its first scan.
pub(super) struct JpegInspector {
    decoder: jpeg::Decoder,
    location: bool,
}

impl JpegInspector {
    pub(super) fn new(location: bool) -> Self {
        let keep = Keep { icc: true, xmp: false, resources: false };
        let config = DecoderConfig { max_metadata: LARGEST_PROFILE, keep, ..DecoderConfig::default() };
        Self { decoder: jpeg::Decoder::new(config), location }
    }
}

impl Inspector for JpegInspector {
    fn feed(&mut self, chunk: &[u8]) -> Result<()> {
        self.decoder.feed(chunk);
        Ok(())
    }

    fn finish(&mut self) {
        self.decoder.finish();
    }

    fn info(&mut self) -> Result<Step<Info>> {
        let quality = match self.decoder.header().map_err(error)? {
            Some(_) => self.decoder.quality(),
            None => None,
        };
        let Some(header) = self.decoder.header().map_err(error)? else { return Ok(Step::NeedInput) };
        let exif = header.exif().and_then(exif::parse);
        Ok(Step::Ready(Info {
            icc_profile: header.icc().map(|profile| color::describe(profile, model(header))),
            exif: exif.map(|exif| exif.basics(self.location)),
            progressive: header.progressive,
            chroma_subsampling: chroma_subsampling(header),
            quality,
            ..still(source(header))
        }))
    }
}

/// The resolution of chroma as J:a:b; none of an image without chroma, or with resolutions that have no name.
fn chroma_subsampling(header: &jpeg::Header) -> Option<String> {
    let (jpeg::ColorModel::YCbCr | jpeg::ColorModel::Ycck, [luma, chroma, ..]) =
        (header.color, header.components.as_slice())
    else {
        return None;
    };
    let ratio = |luma: u8, chroma: u8| luma.is_multiple_of(chroma).then(|| luma / chroma);
    let across = ratio(luma.horizontal, chroma.horizontal)?;
    let down = ratio(luma.vertical, chroma.vertical)?;
    let first = 4u8.checked_div(across).filter(|first| first * across == 4)?;
    match down {
        1 => Some(format!("4:{first}:{first}")),
        2 => Some(format!("4:{first}:0")),
        _ => None,
    }
}

fn error(error: DecodeError) -> Error {
    match error {
        DecodeError::Unsupported(kind) => Error::unsupported(Format::Jpeg, feature(kind)),
        DecodeError::Memory { needed, limit } => {
            Error::LimitExceeded { limit: Limit::Memory, allowed: limit, needed }
        }
        DecodeError::Order(detail) => Error::Internal(format!("decoding JPEG: {detail}")),
        other => Error::malformed(Format::Jpeg, other),
    }
}

/// What about a kind of JPEG is not handled.
fn feature(kind: Unsupported) -> String {
    match kind {
        Unsupported::Arithmetic => "with arithmetic coding".into(),
        Unsupported::Lossless => "with lossless coding".into(),
        Unsupported::Hierarchical => "with hierarchical coding".into(),
        Unsupported::Precision(bits) => format!("with {bits} bits per sample"),
        Unsupported::Components(count) => format!("with {count} components"),
        other => format!("of this kind ({other})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    const WIDTH: u32 = 896;
    const HEIGHT: u32 = 672;

    /// Coloured discs and fine bars over a gradient, with noise: edges and texture at every scale.
    fn drawn(x: u32, y: u32) -> [u8; 3] {
        let disc = (x % 90).abs_diff(45).pow(2) + (y % 90).abs_diff(45).pow(2) < 1200;
        let bar = y > HEIGHT / 2 && (x / 3 + y / 5).is_multiple_of(3);
        let [red, green, blue] = match (disc, bar) {
            (true, _) => [[200, 40, 60], [40, 90, 200], [230, 220, 90]][((x / 90 + y / 90) % 3) as usize],
            (_, true) => [30, 30, 40],
            _ => [40 + x * 160 / WIDTH, 40 + y * 160 / HEIGHT, 120],
        };
        let noise =
            (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77)).wrapping_mul(0xC2B2_AE3D) >> 28;
        [red, green, blue].map(|sample| (sample + noise) as u8)
    }

    fn resized(image: &[u8], format: Format, width: u32) -> Vec<u8> {
        let mut options = Options::default();
        options.geometry.width = Some(crate::Length::Pixels(width));
        options.output.format = format;
        options.output.quality = (format == Format::Jpeg).then_some(90);
        crate::resize(image, &options).unwrap().image
    }

    fn pixels(png: &[u8]) -> Vec<u8> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        pixels
    }

    fn drawn_png() -> Vec<u8> {
        let rows = (0..HEIGHT).flat_map(|y| (0..WIDTH).flat_map(move |x| drawn(x, y)));
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&rows.collect::<Vec<_>>()).unwrap();
        file
    }

    /// The scale that a rendition of this width is decoded at, in eighths.
    fn eighths(width: u32, height: u32, to_width: u32) -> u8 {
        let (color, format) = (ColorModel::Rgb, Format::Jpeg);
        let source = Source { format, width, height, orientation: 1, color, bit_depth: 8, alpha: false };
        let mut options = Options::default();
        options.geometry.width = Some(crate::Length::Pixels(to_width));
        plan(&source, &options, scales(source.pixels(), false), None).unwrap().scale.numerator()
    }

    #[test]
    fn the_scale_follows_from_how_much_the_picture_shrinks() {
        for (eighth, widths) in
            [(1, [1, 100, 143]), (2, [144, 400, 571]), (4, [572, 800, 1143]), (8, [1144, 2000, 4000])]
        {
            for width in widths {
                assert_eq!(eighths(4000, 3000, width), eighth, "{width}");
            }
        }
        for (eighth, widths) in [(1, [1, 50]), (2, [51, 200]), (4, [201, 280]), (8, [281, 1400])] {
            for width in widths {
                assert_eq!(eighths(1400, 1050, width), eighth, "{width} of a small picture");
            }
        }
    }

    /// Mean squared difference to what the whole image gives when resampled to the same size.
    fn loss(jpeg: &[u8], whole: &[u8], width: u32) -> f64 {
        let made = pixels(&resized(jpeg, Format::Png, width));
        let exact = pixels(&resized(whole, Format::Png, width));
        assert_eq!(made.len(), exact.len());
        let squares = made.iter().zip(&exact).map(|(&a, &b)| f64::from(a.abs_diff(b)).powi(2));
        squares.sum::<f64>() / made.len() as f64
    }

    #[test]
    fn a_scale_begins_where_little_of_the_whole_picture_is_lost() {
        let jpeg = resized(&drawn_png(), Format::Jpeg, WIDTH);
        let whole = resized(&jpeg, Format::Png, WIDTH);
        for from in [1, 2, 4] {
            let widest = (1..=WIDTH).rev().find(|&width| eighths(WIDTH, HEIGHT, width) == from).unwrap();
            let (below, above) = (loss(&jpeg, &whole, widest), loss(&jpeg, &whole, widest + 1));
            assert!(below < 1.25 && below - above < 0.8, "{from}/8 at {widest}: {below}, then {above}");
        }
    }
}
