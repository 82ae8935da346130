//! The grammar of wsrv.nl (weserv), mounted at `/wsrv/`: `/wsrv/?url=…&w=…&h=…&fit=…&output=…&q=…`.
//!
//! As there, a number that cannot be read counts as not given, and so does a parameter that is not known. A parameter
//! that is known and cannot be done is refused by name.

use super::{pairs, percent_encode, query, unsupported, value};
use crate::failure::{Failure, Kind};
use crate::format::{self, Format};
use crate::request::{
    Color, Crop, Filter, Fit, Gravity, Length, OnError, OutputFormat, Passthrough, Place, Quality, Request,
    Rotation, Source,
};
use crate::text;

/// Names of parameters and their synonyms, for the documentation.
pub const PARAMETERS: &[&str] = &[
    "url",
    "w width",
    "h height",
    "dpr",
    "fit t",
    "we",
    "a align",
    "precrop",
    "cx",
    "cy",
    "cw",
    "ch",
    "flip",
    "flop",
    "ro or",
    "bg",
    "output",
    "q quality",
    "ll lossless",
    "n",
    "page",
    "l level",
    "af",
    "il",
    "default errorredirect",
    "filename",
    "maxage",
];

/// Parameters that the engine cannot do.
pub const REFUSED: &[&str] = &[
    "blur", "con", "filt", "gam", "mod", "bri", "sat", "hue", "sharp", "tint", "trim", "mask", "shape",
    "encoding", "crop", "fpx", "fpy",
];

/// What the path of a link that is signed as wsrv signs them begins with; the signature and `/` follow.
pub const LINK: &str = "/wsrv/s/";

const FITS: &[(&str, Fit)] = &[
    ("inside", Fit::Contain),
    ("outside", Fit::Outside),
    ("cover", Fit::Cover),
    ("fill", Fit::Fill),
    // The values of `t`, which came before `fit`.
    ("fit", Fit::Contain),
    ("fitup", Fit::Contain),
    ("square", Fit::Cover),
    ("squaredown", Fit::Cover),
    ("absolute", Fit::Fill),
];

const GRAVITIES: &[(&str, Gravity)] = &[
    ("center", Gravity::Center),
    ("top", Gravity::North),
    ("top-right", Gravity::NorthEast),
    ("right", Gravity::East),
    ("bottom-right", Gravity::SouthEast),
    ("bottom", Gravity::South),
    ("bottom-left", Gravity::SouthWest),
    ("left", Gravity::West),
    ("top-left", Gravity::NorthWest),
    ("t", Gravity::North),
    ("r", Gravity::East),
    ("b", Gravity::South),
    ("l", Gravity::West),
];

const DEFAULT_QUALITY: u8 = 80;

/// Seconds of the units of `maxage`.
const UNITS: &[(&str, u64)] = &[("d", 86_400), ("w", 604_800), ("M", 2_592_000), ("y", 31_536_000)];

/// Reads a query string.
pub fn read(text: &str) -> Result<Request, Failure> {
    let pairs = pairs(text)?;
    let get = |names: &[&str]| {
        pairs.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, text)| text.as_str())
    };
    let flag = |names: &[&str]| get(names).is_some_and(|text| !matches!(text, "0" | "false"));
    if let Some((name, text)) = pairs.iter().find(|(name, text)| {
        REFUSED.contains(&name.as_str())
            && !(name.starts_with("fp") || matches!(text.as_str(), "0" | "false"))
    }) {
        return Err(unsupported(name, text));
    }
    let mut request = Request::new(Source::Url(read_url(get(&["url"]))?));
    let geometry = &mut request.geometry;
    geometry.width = get(&["w", "width"]).and_then(value::length);
    geometry.height = get(&["h", "height"]).and_then(value::length);
    geometry.enlarge = !flag(&["we"]);
    read_fit(&mut request, get(&["fit", "t"]), get(&["a", "align"]))?;
    let geometry = &mut request.geometry;
    geometry.flip_vertical = flag(&["flip"]);
    geometry.flip_horizontal = flag(&["flop"]);
    if let Some(degrees) = get(&["ro", "or"]).and_then(|text| text.parse::<i64>().ok()) {
        geometry.rotate =
            Rotation::from_degrees(degrees).ok_or_else(|| unsupported("ro", &degrees.to_string()))?;
    }
    geometry.background = get(&["bg"]).and_then(color);
    read_crop(&mut request, &|name| get(&[name]), flag(&["precrop"]))?;
    read_output(&mut request, &|names| get(names), flag(&["ll", "lossless"]))?;
    read_delivery(&mut request, &|names| get(names));
    let dpr = get(&["dpr"]).and_then(value::factor).filter(|dpr| (1..=8).contains(&(dpr / Length::WHOLE)));
    query::scale(&mut request, dpr.unwrap_or(Length::WHOLE));
    Ok(request)
}

fn read_url(url: Option<&str>) -> Result<String, Failure> {
    let url = url.filter(|url| !url.is_empty()).ok_or_else(|| {
        Failure::new(Kind::InvalidParameter, "url is missing")
            .detail("write /wsrv/?url= and the source's URL")
    })?;
    if let Some(rest) = url.strip_prefix("ssl:") {
        return Ok(format!("https://{rest}"));
    }
    if text::contains(url, "://") {
        return Ok(url.to_owned());
    }
    Ok(format!("http://{}", url.strip_prefix("//").unwrap_or(url)))
}

fn read_fit(request: &mut Request, fit: Option<&str>, align: Option<&str>) -> Result<(), Failure> {
    let geometry = &mut request.geometry;
    let both = geometry.width.is_some() && geometry.height.is_some();
    match fit {
        // It adds borders, which only shows where both sides are given.
        Some("contain" | "letterbox") if both => return Err(unsupported("fit", "contain")),
        Some("fit" | "squaredown") => geometry.enlarge = false,
        _ => {}
    }
    geometry.fit = fit.and_then(|fit| value::pick(FITS, fit)).unwrap_or(Fit::Contain);
    if geometry.fit == Fit::Cover && !geometry.enlarge {
        geometry.fit = Fit::Crop;
    }
    match align {
        Some("entropy" | "attention" | "focal") if matches!(geometry.fit, Fit::Cover | Fit::Crop) && both => {
            return Err(unsupported("a", align.unwrap_or_default()));
        }
        Some(name) => geometry.gravity = value::pick(GRAVITIES, name).unwrap_or_default(),
        None => {}
    }
    Ok(())
}

fn read_crop<'a>(
    request: &mut Request,
    get: &dyn Fn(&str) -> Option<&'a str>,
    before: bool,
) -> Result<(), Failure> {
    let at = |name: &str| match get(name) {
        None | Some("0" | "0%") => Some(Length::Pixels(0)),
        Some(text) => value::length(text),
    };
    let (Some(x), Some(y)) = (at("cx"), at("cy")) else { return Ok(()) };
    let (width, height) = (get("cw").and_then(value::length), get("ch").and_then(value::length));
    let none = Length::Pixels(0);
    if width.is_none() && height.is_none() && (x, y) == (none, none) {
        return Ok(());
    }
    let geometry = &mut request.geometry;
    if !before {
        return Err(unsupported("cw", "… without precrop"));
    }
    if geometry.rotate != Rotation::None || geometry.flip_horizontal || geometry.flip_vertical {
        return Err(unsupported("cw", "… beside ro, flip or flop"));
    }
    let rest = Length::Pixels(65535);
    let (width, height) = (width.unwrap_or(rest), height.unwrap_or(rest));
    geometry.crop = Some(Crop { width, height, place: Place::At(x, y) });
    Ok(())
}

fn read_output<'a>(
    request: &mut Request,
    get: &dyn Fn(&[&str]) -> Option<&'a str>,
    lossless: bool,
) -> Result<(), Failure> {
    let output = &mut request.output;
    output.format = match get(&["output"]) {
        None => OutputFormat::Source,
        Some(name) => match Format::from_name(name) {
            Some(format) if format.encoded() => OutputFormat::Fixed(format),
            _ => return Err(unsupported("output", name)),
        },
    };
    let quality = get(&["q", "quality"]).and_then(value::quality).unwrap_or(DEFAULT_QUALITY);
    output.quality = Quality { any: Some(quality), formats: Vec::new() };
    // Only WebP has the choice: on JPEG the flag means nothing there.
    output.lossless = lossless && output.format != OutputFormat::Fixed(Format::Jpeg);
    for (name, still) in [("n", "1"), ("page", "0")] {
        if let Some(text) = get(&[name])
            && text != still
            && value::signed(text).is_some()
        {
            return Err(unsupported(name, text));
        }
    }
    Ok(())
}

fn read_delivery<'a>(request: &mut Request, get: &dyn Fn(&[&str]) -> Option<&'a str>) {
    let delivery = &mut request.delivery;
    delivery.on_error = match get(&["default", "errorredirect"]) {
        None | Some("" | "0" | "false") => OnError::Error,
        Some("1" | "true") => OnError::Source,
        Some(url) if text::contains(url, "://") => OnError::Redirect(url.to_owned()),
        Some(url) => OnError::Redirect(format!("http://{}", url.trim_start_matches('/'))),
    };
    let name = |name: &&str| !name.is_empty() && text::all(name, |b| b.is_ascii_alphanumeric());
    delivery.filename = get(&["filename"]).filter(name).and_then(value::filename);
    delivery.ttl = get(&["maxage"]).and_then(|text| {
        let (_, seconds) = UNITS.iter().find(|(unit, _)| text.ends_with(unit))?;
        let number = value::integer(text.get(..text.len() - 1)?, 1, 366)?;
        number.checked_mul(*seconds).filter(|seconds| (86_400..=31_536_000).contains(seconds))
    });
}

/// A name, or hexadecimal digits with alpha in front: `RGB`, `ARGB`, `RRGGBB`, `AARRGGBB`.
fn color(text: &str) -> Option<Color> {
    let alpha_last = match text.len() {
        4 | 8 if text.is_ascii() => {
            let (alpha, rest) = text.split_at_checked(text.len() / 4)?;
            format!("{rest}{alpha}")
        }
        _ => text.to_owned(),
    };
    value::hex_color(&alpha_last).or_else(|| value::named_color(text))
}

/// Writes a request, unsigned; the error says what the grammar has no words for.
pub fn write(request: &Request) -> Result<String, &'static str> {
    let Source::Url(url) = &request.source else { return Err("a source in the body") };
    if !(url.starts_with("http://") || url.starts_with("https://")) {
        return Err("a source that is not a full URL");
    }
    let mut out = format!("/wsrv/?url={}", percent_encode(url));
    let mut put = |name: &str, text: &str| {
        out.push('&');
        out.push_str(name);
        if !text.is_empty() {
            out.push('=');
            out.push_str(&percent_encode(text));
        }
    };
    write_geometry(request, &mut put)?;
    write_output(request, &mut put)?;
    write_delivery(request, &mut put)?;
    Ok(out)
}

fn write_geometry(request: &Request, put: &mut dyn FnMut(&str, &str)) -> Result<(), &'static str> {
    let geometry = &request.geometry;
    for (name, length) in [("w", geometry.width), ("h", geometry.height)] {
        if let Some(length) = length {
            put(name, &value::write_length(length));
        }
    }
    let both = geometry.width.is_some() && geometry.height.is_some();
    let fit = match (geometry.fit, geometry.enlarge) {
        _ if !both => Fit::Contain,
        (Fit::Crop, _) => Fit::Cover,
        (Fit::Cover, false) => return Err("fit=cover that keeps the shape of a small source"),
        (Fit::Auto, _) => return Err("fit=auto"),
        (fit, _) => fit,
    };
    if fit != Fit::Contain {
        put("fit", value::name_of(FITS, fit));
    }
    if !geometry.enlarge {
        put("we", "");
    }
    if geometry.gravity != Gravity::Center {
        put("a", value::name_of(GRAVITIES, geometry.gravity));
    }
    if geometry.flip_vertical {
        put("flip", "");
    }
    if geometry.flip_horizontal {
        put("flop", "");
    }
    if geometry.rotate != Rotation::None {
        put("ro", &geometry.rotate.degrees().to_string());
    }
    if let Some(Color { red, green, blue, alpha }) = geometry.background {
        put("bg", &format!("{alpha:02x}{red:02x}{green:02x}{blue:02x}"));
    }
    if let Some(crop) = geometry.crop {
        if geometry.rotate != Rotation::None || geometry.flip_horizontal || geometry.flip_vertical {
            return Err("a crop beside a rotation or flip");
        }
        let Place::At(x, y) = crop.place else { return Err("a crop towards a gravity") };
        put("precrop", "");
        for (name, length) in [("cx", x), ("cy", y), ("cw", crop.width), ("ch", crop.height)] {
            put(name, &value::write_length(length));
        }
    }
    if !geometry.auto_orient {
        return Err("auto-orient=false");
    }
    if geometry.filter != Filter::Lanczos3 {
        return Err("a resampling filter");
    }
    Ok(())
}

fn write_output(request: &Request, put: &mut dyn FnMut(&str, &str)) -> Result<(), &'static str> {
    let output = &request.output;
    let of = |format| output.quality.of(format).unwrap_or(format::default_quality(format));
    let quality = match output.format {
        OutputFormat::Auto => return Err("a format that the client's Accept header decides"),
        OutputFormat::Source if of(Format::Jpeg) != of(Format::Webp) => {
            return Err("a quality for each format");
        }
        OutputFormat::Source => of(Format::Jpeg),
        OutputFormat::Fixed(format) => {
            put("output", format.extension());
            of(format)
        }
    };
    if quality != DEFAULT_QUALITY {
        put("q", &u32::from(quality).to_string());
    }
    if output.lossless {
        put("ll", "");
    }
    Ok(())
}

fn write_delivery(request: &Request, put: &mut dyn FnMut(&str, &str)) -> Result<(), &'static str> {
    let delivery = &request.delivery;
    match &delivery.on_error {
        OnError::Error => {}
        OnError::Source => put("default", "1"),
        OnError::Redirect(url) if text::contains(url, "://") => put("default", url),
        OnError::Redirect(_) => return Err("a redirect to a relative URL"),
    }
    match &delivery.filename {
        None => {}
        Some(name) if text::all(name, |b| b.is_ascii_alphanumeric()) => put("filename", name),
        Some(_) => return Err("a file name with other than letters and digits"),
    }
    match delivery.ttl {
        None => {}
        Some(seconds) if seconds.is_multiple_of(86_400) && (1..=365).contains(&(seconds / 86_400)) => {
            put("maxage", &format!("{}d", seconds / 86_400));
        }
        Some(_) => return Err("a maximum age that is not in days"),
    }
    if delivery.expires.is_some() {
        return Err("an expiry");
    }
    if delivery.download {
        return Err("download");
    }
    if delivery.version.is_some() {
        return Err("a version");
    }
    if delivery.passthrough != Passthrough::None {
        return Err("passthrough");
    }
    Ok(())
}
