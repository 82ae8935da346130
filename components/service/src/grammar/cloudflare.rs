//! Cloudflare's grammar: `/cdn-cgi/image/{name=value,name=value…}/{URL or absolute path}`.
//!
//! The URL is not encoded, and its query is the target's query. A path is one below `TINTYPE_BASE_URL`.

use super::{mend_slashes, percent_decode, query, unknown, unsupported, value};
use crate::failure::{Failure, Kind};
use crate::format::{self, Format};
use crate::request::{
    Crop, Filter, Fit, Gravity, Length, OnError, OutputFormat, Passthrough, Place, Quality, Request,
    Rotation, Source,
};
use crate::text;

/// What the paths of this grammar begin with.
pub const PREFIX: &str = "/cdn-cgi/image/";

/// Names of options and their synonyms, for the documentation.
pub const OPTIONS: &[&str] = &[
    "width w",
    "height h",
    "fit",
    "gravity g",
    "dpr",
    "trim",
    "trim.left",
    "trim.top",
    "trim.width",
    "trim.height",
    "background",
    "rotate",
    "flip",
    "format f",
    "quality q",
    "compression",
    "anim",
    "metadata",
    "onerror",
];

/// Options that the engine cannot do, with the value that leaves them switched off.
pub const SWITCHED_OFF: &[(&str, &str)] = &[
    ("blur", "0"),
    ("sharpen", "0"),
    ("brightness", "1"),
    ("contrast", "1"),
    ("gamma", "1"),
    ("saturation", "1"),
    ("border", ""),
    ("segment", ""),
    ("upscale", ""),
    ("zoom", "0"),
    ("face-zoom", "0"),
    ("slow-connection-quality", ""),
    ("scq", ""),
    ("wbreakpoints", ""),
    ("wmobile", ""),
    ("wdesktop", ""),
];

const FITS: &[(&str, (Fit, bool))] = &[
    ("scale-down", (Fit::Contain, false)),
    ("contain", (Fit::Contain, true)),
    ("cover", (Fit::Cover, true)),
    ("crop", (Fit::Crop, false)),
    ("aspect-crop", (Fit::Cover, false)),
    ("squeeze", (Fit::Fill, true)),
];

/// Sides, and the points that stand for corners.
const GRAVITIES: &[(&str, Gravity)] = &[
    ("0.5x0.5", Gravity::Center),
    ("top", Gravity::North),
    ("1x0", Gravity::NorthEast),
    ("right", Gravity::East),
    ("1x1", Gravity::SouthEast),
    ("bottom", Gravity::South),
    ("0x1", Gravity::SouthWest),
    ("left", Gravity::West),
    ("0x0", Gravity::NorthWest),
];

const DEFAULT_QUALITY: u8 = 85;

/// Names that stand for qualities.
const QUALITIES: &[(&str, u8)] = &[("high", 90), ("medium-high", 80), ("medium-low", 65), ("low", 50)];

/// A cut of so many pixels from the left and the top.
#[derive(Default)]
struct Trim {
    left: u32,
    top: u32,
    width: Option<u32>,
    height: Option<u32>,
}

/// Reads a target.
pub fn read(target: &str) -> Result<Request, Failure> {
    let rest = target.strip_prefix(PREFIX).unwrap_or_default();
    let (options, url) = rest.split_once('/').unwrap_or((rest, ""));
    if url.is_empty() {
        return Err(Failure::new(Kind::InvalidSource, "the path names no source")
            .detail("write /cdn-cgi/image/width=80/https://example.com/photo.jpg"));
    }
    let mut request = Request::new(Source::Url(read_url(url)));
    request.output.format = OutputFormat::Source;
    request.output.quality.any = Some(DEFAULT_QUALITY);
    let mut dpr = Length::WHOLE;
    let mut trim = None;
    for option in options.split(',').filter(|option| !option.is_empty()) {
        let (name, text) = option.split_once('=').unwrap_or((option, ""));
        let text =
            percent_decode(text).ok_or_else(|| Failure::parameter(name, text, "a percent-encoded value"))?;
        read_option(&mut request, &mut dpr, &mut trim, name, &text)?;
    }
    if let Some(trim) = trim {
        cut(&mut request, &trim, dpr)?;
    }
    turn(&mut request);
    query::scale(&mut request, dpr);
    if request.output.format == OutputFormat::Fixed(Format::Webp) && request.output.quality.any == Some(100) {
        request.output.lossless = true;
    }
    Ok(request)
}

fn read_url(url: &str) -> String {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    if lower.starts_with("http%3a") || lower.starts_with("https%3a") {
        return percent_decode(url).unwrap_or_else(|| url.to_owned());
    }
    if lower.starts_with("http:") || lower.starts_with("https:") {
        return mend_slashes(url);
    }
    format!("/{}", url.trim_start_matches('/'))
}

fn read_option(
    request: &mut Request,
    dpr: &mut u32,
    trim: &mut Option<Trim>,
    name: &str,
    text: &str,
) -> Result<(), Failure> {
    if let Some((_, off)) = SWITCHED_OFF.iter().find(|(known, _)| *known == name) {
        let number = text.trim_end_matches('0').trim_end_matches('.');
        return if text == *off || number == *off { Ok(()) } else { Err(unsupported(name, text)) };
    }
    let geometry = &mut request.geometry;
    let malformed = |accepted: &str| Failure::parameter(name, text, accepted);
    match (name, text) {
        ("width" | "w", "auto") | ("fit", "pad") | ("gravity" | "g", "auto" | "face") => {
            return Err(unsupported(name, text));
        }
        ("metadata", "copyright" | "keep") | ("format" | "f", "avif" | "json") => {
            return Err(unsupported(name, text));
        }
        ("width" | "w", _) => {
            geometry.width = Some(value::pixels(text).map(Length::Pixels).ok_or_else(|| malformed(PIXELS))?);
        }
        ("height" | "h", _) => {
            geometry.height = Some(value::pixels(text).map(Length::Pixels).ok_or_else(|| malformed(PIXELS))?);
        }
        ("fit", _) => {
            let accepted = "scale-down, contain, cover, crop, aspect-crop or squeeze";
            (geometry.fit, geometry.enlarge) = value::pick(FITS, text).ok_or_else(|| malformed(accepted))?;
        }
        ("gravity" | "g", _) => geometry.gravity = gravity(name, text)?,
        ("dpr", _) => *dpr = value::factor(text).ok_or_else(|| malformed("a factor, 0.01 to 100"))?,
        ("trim", _) => *trim = Some(sides(text)?),
        ("trim.left" | "trim.top" | "trim.width" | "trim.height", _) => {
            let number = offset(text).ok_or_else(|| malformed(PIXELS))?;
            let trim = trim.get_or_insert_default();
            match name {
                "trim.left" => trim.left = number,
                "trim.top" => trim.top = number,
                "trim.width" => trim.width = Some(number),
                _ => trim.height = Some(number),
            }
        }
        ("background", _) => {
            let color = value::hex_color(text).or_else(|| value::named_color(text));
            geometry.background =
                Some(color.ok_or_else(|| malformed("%23RRGGBB or one of the basic names of CSS"))?);
        }
        ("rotate", _) => {
            geometry.rotate = value::rotation(text).ok_or_else(|| malformed("90, 180 or 270"))?;
        }
        ("flip", "h" | "v" | "hv" | "vh") => {
            geometry.flip_horizontal = text.contains('h');
            geometry.flip_vertical = text.contains('v');
        }
        ("flip", _) => return Err(malformed("h, v or hv")),
        ("format" | "f", _) => {
            request.output.format = match text {
                "auto" => OutputFormat::Auto,
                "jpeg" | "jpg" | "baseline-jpeg" => OutputFormat::Fixed(Format::Jpeg),
                "png" => OutputFormat::Fixed(Format::Png),
                "webp" => OutputFormat::Fixed(Format::Webp),
                _ => return Err(malformed("auto, jpeg, baseline-jpeg, png or webp")),
            };
        }
        ("quality" | "q", _) => {
            let quality = value::quality(text).or_else(|| value::pick(QUALITIES, text));
            let accepted = "1 to 100, high, medium-high, medium-low or low";
            request.output.quality =
                Quality { any: Some(quality.ok_or_else(|| malformed(accepted))?), formats: vec![] };
        }
        // Both ask for no other picture: how long encoding takes, and the first frame of an animation.
        ("compression", "fast") | ("anim", "true" | "false") | ("metadata", "none") => {}
        ("compression", _) => return Err(malformed("fast")),
        ("anim", _) => return Err(malformed("true or false")),
        ("metadata", _) => return Err(malformed("none")),
        ("onerror", "redirect") => request.delivery.on_error = OnError::Source,
        ("onerror", _) => return Err(malformed("redirect")),
        _ => {
            return Err(unknown(name, OPTIONS));
        }
    }
    Ok(())
}

const PIXELS: &str = "a whole number of pixels";

fn gravity(name: &str, text: &str) -> Result<Gravity, Failure> {
    if let Some(gravity) = value::pick(GRAVITIES, text) {
        return Ok(gravity);
    }
    let accepted = "left, right, top, bottom or a point such as 0.5x0";
    let (x, y) = text.split_once('x').ok_or_else(|| Failure::parameter(name, text, accepted))?;
    match value::focal(x, y) {
        Some(gravity) => Ok(gravity),
        None if value::millionths(x).is_some() && value::millionths(y).is_some() => {
            Err(unsupported(name, text))
        }
        None => Err(Failure::parameter(name, text, accepted)),
    }
}

/// A number of pixels that may be none.
fn offset(text: &str) -> Option<u32> {
    value::integer(text, 0, 65535).and_then(|number| u32::try_from(number).ok())
}

/// `top;right;bottom;left`
fn sides(text: &str) -> Result<Trim, Failure> {
    let mut numbers = Vec::new();
    for side in text.split(';') {
        let number = offset(side);
        numbers
            .push(number.ok_or_else(|| Failure::parameter("trim", text, "top;right;bottom;left in pixels"))?);
    }
    match numbers.as_slice() {
        [top, 0, 0, left] => Ok(Trim { left: *left, top: *top, ..Trim::default() }),
        [_, _, _, _] => Err(unsupported("trim", text)),
        _ => Err(Failure::parameter("trim", text, "top;right;bottom;left in pixels")),
    }
}

fn cut(request: &mut Request, trim: &Trim, dpr: u32) -> Result<(), Failure> {
    let geometry = &mut request.geometry;
    let turned = geometry.rotate != Rotation::None || geometry.flip_horizontal || geometry.flip_vertical;
    if turned || dpr != Length::WHOLE {
        return Err(unsupported("trim", "… beside rotate, flip or dpr"));
    }
    // A region that juts out is cut at the source's edge.
    let side = |length: Option<u32>| Length::Pixels(length.unwrap_or(65535).max(1));
    geometry.crop = Some(Crop {
        width: side(trim.width),
        height: side(trim.height),
        place: Place::At(Length::Pixels(trim.left), Length::Pixels(trim.top)),
    });
    Ok(())
}

/// Cloudflare flips before it rotates, the contract after: over a quarter turn, the axes change places.
fn turn(request: &mut Request) {
    let geometry = &mut request.geometry;
    if matches!(geometry.rotate, Rotation::Quarter | Rotation::ThreeQuarters) {
        std::mem::swap(&mut geometry.flip_horizontal, &mut geometry.flip_vertical);
    }
}

/// Writes a request, unsigned; the error says what the grammar has no words for.
pub fn write(request: &Request) -> Result<String, &'static str> {
    let Source::Url(url) = &request.source else { return Err("a source in the body") };
    let clear = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '#' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}')
    };
    let path = url.starts_with('/') && !url.starts_with("//");
    if !url.chars().all(clear) || !(path || url.starts_with("http://") || url.starts_with("https://")) {
        return Err("this source URL");
    }
    let mut request = request.clone();
    turn(&mut request);
    let mut options = Vec::new();
    write_geometry(&request, &mut options)?;
    write_output(&request, &mut options)?;
    write_delivery(&request, &mut options)?;
    if options.is_empty() {
        options.push("fit=scale-down".into());
    }
    Ok(format!("{PREFIX}{}/{}", text::join(&options, ","), url.trim_start_matches('/')))
}

fn write_geometry(request: &Request, options: &mut Vec<String>) -> Result<(), &'static str> {
    let geometry = &request.geometry;
    for (name, length) in [("width", geometry.width), ("height", geometry.height)] {
        match length {
            None => {}
            Some(Length::Pixels(pixels)) => options.push(format!("{name}={pixels}")),
            Some(Length::Share(_)) => return Err("a size in per cent"),
        }
    }
    let fit = match (geometry.width, geometry.height, geometry.fit) {
        (Some(_), Some(_), Fit::Crop) if geometry.enlarge => Fit::Cover,
        (Some(_), Some(_), fit) => fit,
        _ => Fit::Contain,
    };
    match value::name_of(FITS, (fit, geometry.enlarge)) {
        "" => return Err("this fit"),
        "scale-down" => {}
        fit => options.push(format!("fit={fit}")),
    }
    if geometry.gravity != Gravity::Center {
        options.push(format!("gravity={}", value::name_of(GRAVITIES, geometry.gravity)));
    }
    if let Some(crop) = geometry.crop {
        if geometry.rotate != Rotation::None || geometry.flip_horizontal || geometry.flip_vertical {
            return Err("a crop beside a rotation or flip");
        }
        match (crop.width, crop.height, crop.place) {
            (Length::Pixels(w), Length::Pixels(h), Place::At(Length::Pixels(x), Length::Pixels(y))) => {
                options.push(format!("trim.left={x},trim.top={y},trim.width={w},trim.height={h}"));
            }
            _ => return Err("a crop that is not in pixels from the top left"),
        }
    }
    if geometry.rotate != Rotation::None {
        options.push(format!("rotate={}", geometry.rotate.degrees()));
    }
    match (geometry.flip_horizontal, geometry.flip_vertical) {
        (false, false) => {}
        (true, false) => options.push("flip=h".into()),
        (false, true) => options.push("flip=v".into()),
        (true, true) => options.push("flip=hv".into()),
    }
    if let Some(color) = geometry.background {
        options.push(format!("background=%23{}", value::write_color(color)));
    }
    if !geometry.auto_orient {
        return Err("auto-orient=false");
    }
    if geometry.filter != Filter::Lanczos3 {
        return Err("a resampling filter");
    }
    Ok(())
}

fn write_output(request: &Request, options: &mut Vec<String>) -> Result<(), &'static str> {
    let output = &request.output;
    let of = |format| output.quality.of(format).unwrap_or(format::default_quality(format));
    let (jpeg, webp) = (of(Format::Jpeg), of(Format::Webp));
    let quality = match output.format {
        OutputFormat::Fixed(Format::Webp) if output.lossless => 100,
        _ if output.lossless => return Err("lossless"),
        OutputFormat::Fixed(Format::Webp) if webp == 100 => return Err("quality=100 that is not lossless"),
        OutputFormat::Fixed(Format::Webp) => webp,
        OutputFormat::Fixed(_) => jpeg,
        _ if jpeg == webp => jpeg,
        _ => return Err("a quality for each format"),
    };
    if quality != DEFAULT_QUALITY {
        options.push(format!("quality={}", u32::from(quality)));
    }
    match output.format {
        OutputFormat::Source => {}
        OutputFormat::Auto => options.push("format=auto".into()),
        OutputFormat::Fixed(format) => options.push(format!("format={}", format.name())),
    }
    Ok(())
}

fn write_delivery(request: &Request, options: &mut Vec<String>) -> Result<(), &'static str> {
    let delivery = &request.delivery;
    match delivery.on_error {
        OnError::Error => {}
        OnError::Source => options.push("onerror=redirect".into()),
        OnError::Redirect(_) => return Err("a redirect to another URL on error"),
    }
    if delivery.filename.is_some() || delivery.download {
        return Err("a file name or download");
    }
    if delivery.expires.is_some() || delivery.ttl.is_some() {
        return Err("an expiry or maximum age");
    }
    if delivery.version.is_some() {
        return Err("a version");
    }
    if delivery.passthrough != Passthrough::None {
        return Err("passthrough");
    }
    Ok(())
}
