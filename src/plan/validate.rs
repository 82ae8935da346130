//! What can be checked of options before a source is known.

use tintype_types::{Factor, OutOfRange};

use crate::{
    Adjust, Alternative, Crop, Error, Fit, Format, Geometry, Length, Mask, MaskShape, Metadata, Options,
    Output, Overlay, Position, Result, Sides, Zoom,
};

/// The largest target. Numbers beyond it are negative ones that a caller's language has wrapped.
const MAX_LENGTH: u32 = i32::MAX as u32;
/// What a number of pixels must be.
const PIXELS: OutOfRange = OutOfRange("1 to 2147483647");
/// The largest share of a side.
const MAX_SHARE: Factor = Factor::from_millionths(1_000_000_000);

/// Rejects options that are out of range or conflict with each other.
pub(crate) fn validate(options: &Options) -> Result<()> {
    geometry(&options.geometry)?;
    if let Some((name, accepted)) = options.adjust.out_of_range() {
        return Err(Error::invalid(name, accepted));
    }
    if let Some(accepted) = options.overlays.iter().find_map(Overlay::out_of_range) {
        return Err(Error::invalid("overlay", accepted));
    }
    output(&options.output)?;
    alternatives(&options.alternatives)?;
    looks(&options.output)?;
    bit_depth(options)
}

fn looks(output: &Output) -> Result<()> {
    let Some(looks) = output.describe.and_then(|facts| facts.pixels) else { return Ok(()) };
    let numbers = [
        ("colours of the palette", looks.palette, 256),
        ("components of the BlurHash across", looks.blurhash_x, 9),
        ("components of the BlurHash down", looks.blurhash_y, 9),
    ];
    match numbers.into_iter().find(|(_, number, most)| !(1..=*most).contains(number)) {
        Some((what, number, most)) => {
            Err(Error::invalid("describe", format!("asks for {number} {what}, must be 1 to {most}")))
        }
        None => Ok(()),
    }
}

fn bit_depth(options: &Options) -> Result<()> {
    let depth = options.output.bit_depth;
    match (depth, needs_eight_bits(options)) {
        (0 | 8, _) | (16, None) => Ok(()),
        (16, Some(reason)) => Err(Error::invalid("bit-depth", reason)),
        _ => Err(Error::invalid("bit-depth", format!("is {depth}, must be 0, 8 or 16"))),
    }
}

/// Why a rendition cannot have 16 bits in a channel, if so. Of the stages, only those that turn an image and lay it on a colour take
/// as many.
pub(super) fn needs_eight_bits(options: &Options) -> Option<&'static str> {
    let Options { geometry, adjust, overlays, output, .. } = options;
    if output.format != Format::Png {
        return Some("can be 16 only for PNG");
    }
    if output.colors.is_some() {
        return Some("cannot be 16 together with colors");
    }
    let is_smart = |position: Position| matches!(position, Position::Smart(_));
    if is_smart(geometry.position) || geometry.crop.is_some_and(|crop| is_smart(crop.position)) {
        return Some("cannot be 16 together with a smart position");
    }
    let draws = geometry.fit == Fit::Pad
        || geometry.extend.is_some()
        || geometry.tilt.is_some()
        || geometry.padding != Sides::ZERO
        || geometry.mask.is_some();
    if draws {
        return Some("cannot be 16 together with fit.pad, extend, tilt, padding or mask");
    }
    if adjust.normalized() != Adjust::default() {
        return Some("cannot be 16 together with adjustments");
    }
    (!overlays.is_empty()).then_some("cannot be 16 together with overlay")
}

fn geometry(geometry: &Geometry) -> Result<()> {
    target("width", "width-share", geometry.width)?;
    target("height", "height-share", geometry.height)?;
    pixels("min-width", geometry.min_width)?;
    pixels("min-height", geometry.min_height)?;
    pixels("max-side", geometry.max_side)?;
    sides("inset", geometry.inset)?;
    sides("padding", geometry.padding)?;
    part("crop", geometry.crop)?;
    part("crop-resized", geometry.crop_resized)?;
    if !(10_000..=100_000_000).contains(&geometry.density.millionths()) {
        return Err(Error::invalid("density", OutOfRange::DENSITY));
    }
    let Zoom { x, y } = geometry.zoom;
    if [x, y].iter().any(|zoom| !(10_000..=100_000_000).contains(&zoom.millionths())) {
        return Err(Error::invalid("zoom", OutOfRange::DENSITY));
    }
    if geometry.crop_ratio.is_some_and(|crop| !(1_000..=1_000_000_000).contains(&crop.ratio.millionths())) {
        return Err(Error::invalid("crop-ratio", OutOfRange::RATIO));
    }
    if geometry.trim.is_some_and(|trim| trim.threshold > 255) {
        return Err(Error::invalid("trim", OutOfRange("a threshold of 0 to 255")));
    }
    if let Some(Mask { shape: MaskShape::Rounded(radius), .. }) = geometry.mask {
        pixels("mask", Some(radius))?;
    }
    position("position", geometry.position)?;
    let smart = |position| matches!(position, Position::Smart(_));
    if geometry.fit == Fit::Pad && smart(geometry.position) {
        return Err(Error::invalid("position", "cannot be smart together with fit.pad, which crops nothing"));
    }
    if geometry.extend.is_some_and(|extend| smart(extend.position)) {
        return Err(Error::invalid("extend", "cannot have a smart position: it crops nothing"));
    }
    if geometry.crop_resized.is_some_and(|crop| smart(crop.position)) {
        return Err(Error::invalid("crop-resized", "cannot have a smart position; use crop, or fit.cover"));
    }
    geometry.extend.map_or(Ok(()), |extend| position("extend", extend.position))
}

/// A length that is more than 0. `share` names the option that has it as a share.
fn target(name: &'static str, share: &'static str, length: Option<Length>) -> Result<()> {
    match length {
        Some(Length::Pixels(length)) => pixels(name, Some(length)),
        Some(Length::Share(factor)) if factor == Factor::ZERO || factor > MAX_SHARE => {
            Err(Error::invalid(share, OutOfRange::SHARE))
        }
        _ => Ok(()),
    }
}

fn pixels(name: &'static str, length: Option<u32>) -> Result<()> {
    match length {
        Some(length) if !(1..=MAX_LENGTH).contains(&length) => Err(Error::invalid(name, PIXELS)),
        _ => Ok(()),
    }
}

fn sides(name: &'static str, Sides { top, right, bottom, left }: Sides) -> Result<()> {
    if [top, right, bottom, left].iter().all(|&pixels| pixels <= MAX_LENGTH) {
        return Ok(());
    }
    Err(Error::invalid(name, OutOfRange("0 to 2147483647 pixels at each side")))
}

fn part(name: &'static str, crop: Option<Crop>) -> Result<()> {
    let Some(crop) = crop else { return Ok(()) };
    target(name, name, Some(crop.width))?;
    target(name, name, Some(crop.height))?;
    position(name, crop.position)
}

fn position(name: &'static str, position: Position) -> Result<()> {
    match position {
        Position::FocalPoint { x, y } if x > Factor::ONE || y > Factor::ONE => {
            Err(Error::invalid(name, OutOfRange::FOCAL_POINT))
        }
        Position::At { x, y } => [x, y].into_iter().try_for_each(|distance| match distance {
            Length::Pixels(pixels) if pixels > MAX_LENGTH => {
                Err(Error::invalid(name, OutOfRange("0 to 2147483647 pixels from each edge")))
            }
            Length::Share(share) if share > MAX_SHARE => Err(Error::invalid(name, OutOfRange::LENGTH)),
            _ => Ok(()),
        }),
        _ => Ok(()),
    }
}

fn output(output: &Output) -> Result<()> {
    check_quality("quality", output.quality)?;
    if output.max_bytes == Some(0) {
        return Err(Error::invalid("max-bytes", OutOfRange("at least 1")));
    }
    if output.lossless && output.format.is_encoded() && !output.format.is_exact() {
        let format = output.format.title();
        return Err(Error::invalid("lossless", format!("cannot be applied to {format}; choose WebP or PNG")));
    }
    if output.near_lossless > 100 {
        return Err(Error::invalid("near-lossless", OutOfRange("0 to 100")));
    }
    if output.near_lossless < 100 && !(output.lossless && output.format == Format::Webp) {
        return Err(Error::invalid("near-lossless", "needs lossless and format.webp"));
    }
    if output.colors.is_some_and(|colors| !(2..=256).contains(&colors)) {
        return Err(Error::invalid("colors", OutOfRange("2 to 256")));
    }
    if output.location && output.metadata != Metadata::Keep {
        return Err(Error::invalid("location", "needs metadata.keep, because it is part of the metadata"));
    }
    if output.loops.is_some_and(|loops| loops > u16::MAX.into()) {
        return Err(Error::invalid("loop", OutOfRange("0 to 65535")));
    }
    if output.delay.is_some_and(|delay| delay >= 1 << 24) {
        return Err(Error::invalid("delay", OutOfRange("0 to 16777215 milliseconds")));
    }
    longest_side(output.format).map(|_| ())
}

/// The longest side in pixels that a format can have; an error for formats that are not encoded.
pub(super) fn longest_side(format: Format) -> Result<u32> {
    format.longest_side().ok_or_else(|| Error::unsupported(format, Error::ENCODING))
}

fn alternatives(alternatives: &[Alternative]) -> Result<()> {
    let name = "alternative";
    for Alternative { format, quality } in alternatives {
        check_quality(name, *quality)?;
        longest_side(*format)?;
        if *format == Format::Gif {
            return Err(Error::invalid(name, "cannot be GIF, which is small only where it has few colours"));
        }
    }
    Ok(())
}

fn check_quality(name: &'static str, quality: Option<u32>) -> Result<()> {
    if quality.is_none_or(|quality| (1..=100).contains(&quality)) {
        return Ok(());
    }
    Err(Error::invalid(name, OutOfRange("1 to 100")))
}
