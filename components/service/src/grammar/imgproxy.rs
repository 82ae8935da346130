//! imgproxy's grammar: `/{signature}/{options…}/plain/{escaped url}[@ext]` or `/{signature}/{options…}/{base64url}[.ext]`.
//!
//! An option is `name:argument:…`; the order of options does not matter, but of two that set the same, the later one
//! counts. What imgproxy knows and the engine does not is refused by name, unless its arguments switch it off.

use super::{base64, mend_slashes, percent_decode, percent_encode, query, unknown, unsupported, value};
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::request::{
    Color, Crop, Filter, Fit, Gravity, Length, OnError, OutputFormat, Passthrough, Place, Quality, Request,
    Rotation, Source,
};
use crate::text;

/// Presets: options by name, written as in a URL.
pub type Presets = Vec<(String, String)>;

/// imgproxy's defaults, which hold where a URL says nothing.
const QUALITY: u8 = 80;
const WEBP_QUALITY: u8 = 79;

/// Options, each by its name and its synonyms.
pub const OPTIONS: &[&str] = &[
    "resize rs",
    "size s",
    "resizing_type rt",
    "resizing_algorithm ra",
    "width w",
    "height h",
    "zoom z",
    "dpr",
    "enlarge el",
    "gravity g",
    "crop c",
    "auto_rotate ar",
    "rotate rot",
    "flip fl",
    "background bg",
    "quality q",
    "format_quality fq",
    "webp_options webpo",
    "format f ext",
    "skip_processing skp",
    "raw",
    "cachebuster cb",
    "expires exp",
    "filename fn",
    "return_attachment att",
    "preset pr",
];

/// Options and their synonyms that the engine cannot do, with the arguments that leave them switched off.
pub const SWITCHED_OFF: &[(&str, Option<&str>)] = &[
    ("min-width mw", Some("0")),
    ("min-height mh", Some("0")),
    ("extend ex", Some("0 f false")),
    ("extend_aspect_ratio extend_ar exar", Some("0 f false")),
    ("padding pd", Some("0 0:0 0:0:0 0:0:0:0")),
    ("blur bl", Some("0")),
    ("sharpen sh", Some("0")),
    ("pixelate pix", Some("0 1")),
    ("watermark wm", Some("0")),
    ("strip_metadata sm", Some("1 t true")),
    ("keep_copyright kcr", Some("0 f false")),
    ("strip_color_profile scp", Some("1 t true")),
    ("preserve_hdr ph", Some("0 f false")),
    ("enforce_thumbnail eth", Some("0 f false")),
    ("max_bytes mb", Some("0")),
    ("page pg", Some("0")),
    ("pages pgs", Some("1")),
    ("disable_animation da", Some("1 t true 0 f false")),
    ("trim t", Some("")),
    ("crop_aspect_ratio crop_ar car", Some("0")),
    ("adjust a", None),
    ("brightness br", Some("0")),
    ("contrast co", Some("1")),
    ("saturation sa", Some("1")),
    ("background_alpha bga", Some("1")),
    ("monochrome mc", Some("0")),
    ("duotone dt", Some("0")),
    ("unsharp_masking ush", None),
    ("blur_areas ba", None),
    ("progressive_blur pbl", None),
    ("blur_detections bd", None),
    ("draw_detections dd", Some("0 f false")),
    ("crop_objects crop_obj", None),
    ("colorize col", Some("0")),
    ("gradient gr", Some("0")),
    ("watermark_url wmu", None),
    ("watermark_text wmt", None),
    ("watermark_size wms", None),
    ("watermark_rotate wmr", Some("0")),
    ("watermark_shadow wmsh", Some("0")),
    ("color_profile cp icc", None),
    ("dpi", Some("0")),
    ("autoquality aq", Some("none")),
    ("jpeg_options jpgo", None),
    ("png_options pngo", None),
    ("avif_options avifo", None),
    ("fallback_image_url fiu", Some("")),
    ("hashsum hs", Some("none")),
    ("bypass_cache bc", Some("0 f false")),
    ("cache_tags ct", Some("")),
    ("max_src_resolution msr", None),
    ("max_src_file_size msfs", None),
    ("max_animation_frames maf", None),
    ("max_animation_frame_resolution mafr", None),
    ("max_result_dimension mrd", None),
];

const GRAVITIES: &[(&str, Gravity)] = &[
    ("ce", Gravity::Center),
    ("no", Gravity::North),
    ("noea", Gravity::NorthEast),
    ("ea", Gravity::East),
    ("soea", Gravity::SouthEast),
    ("so", Gravity::South),
    ("sowe", Gravity::SouthWest),
    ("we", Gravity::West),
    ("nowe", Gravity::NorthWest),
];

const FILTERS: &[(&str, Filter)] =
    &[("lanczos3", Filter::Lanczos3), ("linear", Filter::Bilinear), ("cubic", Filter::CatmullRom)];

/// Options as far as they have been read.
struct Reader<'a> {
    request: Request,
    presets: &'a Presets,
    /// Presets that are in use, so that none uses itself.
    open: Vec<String>,
    kind: &'a str,
    zoom: (u32, u32),
    dpr: u32,
    quality: u8,
    format_quality: Quality,
    gravity: Anchor,
    crop: Option<(Length, Length, Option<Anchor>)>,
}

/// A gravity and how far from its edge.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Anchor {
    gravity: Gravity,
    offset: (Option<Length>, Option<Length>),
}

/// Reads a path.
pub fn read(path: &str, presets: &Presets) -> Result<Request, Failure> {
    let segments = text::split(path, '/');
    let segments = segments.get(2..).unwrap_or_default();
    let end = segments.iter().position(|segment| !segment.contains(':')).unwrap_or(segments.len());
    let (options, source) = segments.split_at_checked(end).unwrap_or((&[], &[]));
    let mut reader = Reader {
        request: Request::new(Source::Body),
        presets,
        open: Vec::new(),
        kind: "fit",
        zoom: (Length::WHOLE, Length::WHOLE),
        dpr: Length::WHOLE,
        quality: 0,
        format_quality: Quality { any: Some(QUALITY), formats: vec![(Format::Webp, WEBP_QUALITY)] },
        gravity: Anchor { gravity: Gravity::Center, offset: (None, None) },
        crop: None,
    };
    reader.request.output.format = OutputFormat::Source;
    if presets.iter().any(|(name, _)| name == "default") {
        reader.preset("default")?;
    }
    for option in options {
        reader.option(option)?;
    }
    let (url, extension) = read_source(source)?;
    if let Some(extension) = extension.filter(|extension| !extension.is_empty()) {
        reader.option(&format!("f:{extension}"))?;
    }
    reader.request.source = Source::Url(url);
    reader.finish()
}

fn read_source(segments: &[&str]) -> Result<(String, Option<String>), Failure> {
    let bad = |reason: &str, advice: &str| {
        Failure::new(Kind::InvalidSource, format!("the path names no source: {reason}")).detail(advice)
    };
    match segments {
        [] | [""] => Err(bad(
            "it ends after the options",
            "end it in /plain/ and the escaped URL, or in the URL in base64url",
        )),
        ["enc", ..] => Err(unsupported("enc", "…")),
        ["plain", rest @ ..] => {
            let text = text::join(rest, "/");
            let mut parts = text.split('@');
            let url = parts.next().unwrap_or_default();
            let extension = parts.next().map(str::to_owned);
            if parts.next().is_some() {
                return Err(bad("it has more than one @", "write @ in the URL as %40"));
            }
            let url =
                percent_decode(url).ok_or_else(|| bad("it is not percent-encoded", "write % as %25"))?;
            if url.is_empty() {
                return Err(bad("the URL is empty", "put the escaped URL behind /plain/"));
            }
            Ok((mend_slashes(&url), extension))
        }
        parts => {
            let text = text::join(parts, "");
            let (encoded, extension) = match text.split_once('.') {
                Some((encoded, extension)) => (encoded, Some(extension.to_owned())),
                None => (text.as_str(), None),
            };
            let url = base64::decode(encoded).and_then(|bytes| String::from_utf8(bytes).ok());
            let url = url.ok_or_else(|| {
                bad(
                    "what follows the options is not base64url",
                    "write options as name:argument, and the URL in base64url or behind /plain/",
                )
            })?;
            Ok((url, extension))
        }
    }
}

impl<'a> Reader<'a> {
    fn preset(&mut self, name: &str) -> Result<(), Failure> {
        let Some((_, options)) = self.presets.iter().find(|(known, _)| known == name) else {
            let mut known = String::new();
            for (name, _) in self.presets {
                text::add(&mut known, ", ", name);
            }
            return Err(Failure::parameter("preset", name, &format!("one of: {known}")));
        };
        // As in imgproxy, a preset that is already in use is passed over.
        if self.open.iter().any(|open| open == name) {
            return Ok(());
        }
        self.open.push(name.to_owned());
        for option in options.split('/').filter(|option| !option.is_empty()) {
            self.option(option)?;
        }
        self.open.pop();
        Ok(())
    }

    fn option(&mut self, option: &str) -> Result<(), Failure> {
        let (name, rest) = option.split_once(':').unwrap_or((option, ""));
        let args = text::split(rest, ':');
        if let Some((_, off)) = SWITCHED_OFF.iter().find(|(names, _)| text::has(names, name)) {
            // Of a switch that is off, later arguments mean nothing.
            let first = args.first().filter(|first| !first.is_empty());
            let off = off
                .is_some_and(|off| text::has(off, rest) || first.is_some_and(|first| text::has(off, first)));
            // `sm:1` and its like say what is done anyway.
            return if off { Ok(()) } else { Err(unsupported(name, rest)) };
        }
        let Some(names) = OPTIONS.iter().find(|names| text::has(names, name)) else {
            return Err(unknown(name, OPTIONS));
        };
        let name = text::first(names);
        match name {
            "preset" => args.iter().try_for_each(|name| self.preset(name)),
            // What may be given but cannot be done is told apart from what is malformed.
            "format" => self.format(rest),
            "gravity" => {
                self.gravity = anchor(&args)?;
                Ok(())
            }
            "crop" => self.crop(&args, rest),
            "resizing_algorithm" if matches!(rest, "nearest" | "lanczos2") => Err(unsupported(name, rest)),
            "webp_options" if rest.starts_with("near_lossless") => Err(unsupported(name, rest)),
            _ => self.plain(name, &args).ok_or_else(|| {
                Failure::parameter(name, rest, "the arguments that docs/http-api.md lists for it")
            }),
        }
    }

    fn plain(&mut self, name: &str, args: &[&str]) -> Option<()> {
        let (geometry, delivery) = (&mut self.request.geometry, &mut self.request.delivery);
        match (name, args) {
            ("resize", [kind, rest @ ..]) => {
                self.plain("resizing_type", &[kind])?;
                return self.plain("size", if rest.is_empty() { &["", ""] } else { rest });
            }
            ("size", [width, rest @ ..]) => {
                let at = |index: usize| rest.get(index).copied().filter(|text| !text.is_empty());
                if !width.is_empty() {
                    self.plain("width", &[width])?;
                }
                if let Some(height) = at(0) {
                    self.plain("height", &[height])?;
                }
                if let Some(enlarge) = at(1) {
                    self.plain("enlarge", &[enlarge])?;
                }
                // The fifth argument and what follows it is `extend`.
                return at(2).map_or(Some(()), |extend| (!boolean(extend)?).then_some(()));
            }
            ("resizing_type", ["fit" | ""]) => self.kind = "fit",
            ("resizing_type", ["fill"]) => self.kind = "fill",
            ("resizing_type", ["fill-down"]) => self.kind = "fill-down",
            ("resizing_type", ["force"]) => self.kind = "force",
            ("resizing_type", ["auto"]) => self.kind = "auto",
            ("resizing_algorithm", [filter]) => geometry.filter = value::pick(FILTERS, filter)?,
            ("width", [length]) => geometry.width = pixels(length)?,
            ("height", [length]) => geometry.height = pixels(length)?,
            ("zoom", [both]) => self.zoom = (value::factor(both)?, value::factor(both)?),
            ("zoom", [x, y]) => self.zoom = (value::factor(x)?, value::factor(y)?),
            ("dpr", [factor]) => self.dpr = value::factor(factor)?,
            ("enlarge", [yes]) => geometry.enlarge = boolean(yes)?,
            ("auto_rotate", [yes]) => geometry.auto_orient = boolean(yes)?,
            ("rotate", [degrees]) => geometry.rotate = value::rotation(degrees)?,
            ("flip", [h]) => (geometry.flip_horizontal, geometry.flip_vertical) = (boolean(h)?, false),
            ("flip", [h, v]) => {
                (geometry.flip_horizontal, geometry.flip_vertical) = (boolean(h)?, boolean(v)?)
            }
            ("background", [""]) => geometry.background = None,
            ("background", [hex]) => geometry.background = Some(value::hex_color(hex)?),
            ("background", [red, green, blue]) => {
                let byte = |text: &str| u8::try_from(value::integer(text, 0, 255)?).ok();
                let (red, green, blue) = (byte(red)?, byte(green)?, byte(blue)?);
                geometry.background = Some(Color { red, green, blue, alpha: 255 });
            }
            ("quality", [quality]) => self.quality = u8::try_from(value::integer(quality, 0, 100)?).ok()?,
            ("format_quality", pairs) if pairs.len().is_multiple_of(2) => {
                for pair in pairs.chunks(2) {
                    let [format, quality] = pair else { return None };
                    self.format_quality.set(Format::from_name(format)?, value::quality(quality)?);
                }
            }
            ("webp_options", ["lossless", ..]) => self.request.output.lossless = true,
            ("webp_options", ["lossy" | "", ..]) => self.request.output.lossless = false,
            ("skip_processing", formats) => {
                delivery.passthrough = Passthrough::Formats(value::formats(formats)?);
            }
            ("raw", [yes]) => {
                delivery.passthrough = if boolean(yes)? { Passthrough::All } else { Passthrough::None };
            }
            ("cachebuster", [text]) => {
                delivery.version = Some(percent_decode(text)?).filter(|text| !text.is_empty())
            }
            ("expires", [second]) => delivery.expires = Some(value::integer(second, 0, u64::MAX >> 11)?),
            ("filename", [name]) => delivery.filename = Some(value::filename(&percent_decode(name)?)?),
            ("filename", [name, encoded]) => {
                let name = if boolean(encoded)? {
                    String::from_utf8(base64::decode(name)?).ok()?
                } else {
                    percent_decode(name)?
                };
                delivery.filename = Some(value::filename(&name)?);
            }
            ("return_attachment", [yes]) => delivery.download = boolean(yes)?,
            _ => return None,
        }
        Some(())
    }

    fn format(&mut self, name: &str) -> Result<(), Failure> {
        match Format::from_name(name) {
            Some(format) if format.encoded() => {
                self.request.output.format = OutputFormat::Fixed(format);
                Ok(())
            }
            Some(_) => Err(unsupported("format", name)),
            None if matches!(name, "best" | "ico" | "mp4") => Err(unsupported("format", name)),
            None => Err(Failure::parameter("format", name, "jpg, png or webp")),
        }
    }

    fn crop(&mut self, args: &[&str], text: &str) -> Result<(), Failure> {
        let malformed = || Failure::parameter("crop", text, "width:height and perhaps a gravity");
        let [width, height, gravity @ ..] = args else { return Err(malformed()) };
        let length = |text: &str| relative(text).ok_or_else(malformed);
        let whole = Length::Share(Length::WHOLE);
        let sides = (length(width)?, length(height)?);
        let gravity = if gravity.is_empty() { None } else { Some(anchor(gravity)?) };
        self.crop = match sides {
            (None, None) => None,
            (width, height) => Some((width.unwrap_or(whole), height.unwrap_or(whole), gravity)),
        };
        Ok(())
    }

    fn finish(mut self) -> Result<Request, Failure> {
        let geometry = &mut self.request.geometry;
        if let Some((width, height, anchor)) = self.crop {
            let anchor = anchor.unwrap_or(self.gravity);
            let turned =
                geometry.rotate != Rotation::None || geometry.flip_horizontal || geometry.flip_vertical;
            if turned {
                // imgproxy cuts out of the turned image, the engine out of the upright one.
                return Err(unsupported("crop", "… beside rotate or flip"));
            }
            let place = match (anchor.gravity, anchor.offset) {
                (gravity, (None, None)) => Place::Towards(gravity),
                (Gravity::NorthWest, (x, y)) => {
                    let none = Length::Pixels(0);
                    Place::At(x.unwrap_or(none), y.unwrap_or(none))
                }
                _ => return Err(unsupported("crop", "… with an offset from other corners than nowe")),
            };
            geometry.crop = Some(Crop { width, height, place });
        } else if self.gravity.offset != (None, None) {
            return Err(unsupported("gravity", "… with an offset"));
        }
        geometry.gravity = self.gravity.gravity;
        geometry.fit = match (self.kind, geometry.enlarge) {
            ("fill", false) => Fit::Crop,
            ("fill" | "fill-down", _) => Fit::Cover,
            ("force", _) => Fit::Fill,
            ("auto", _) => Fit::Auto,
            _ => Fit::Contain,
        };
        if self.zoom.0 != self.zoom.1 && geometry.width.is_some() != geometry.height.is_some() {
            return Err(unsupported("zoom", "… that differs between the sides, beside one side alone"));
        }
        self.sizes();
        self.request.output.quality = match self.quality {
            0 => self.format_quality,
            quality => Quality { any: Some(quality), formats: Vec::new() },
        };
        Ok(self.request)
    }

    fn sizes(&mut self) {
        let geometry = &mut self.request.geometry;
        let whole = Length::Share(Length::WHOLE);
        if geometry.fit == Fit::Fill && geometry.width.is_some() != geometry.height.is_some() {
            // `force` leaves a side of 0 as it is.
            geometry.width.get_or_insert(whole);
            geometry.height.get_or_insert(whole);
        }
        if self.zoom != (Length::WHOLE, Length::WHOLE) {
            if geometry.width.is_none() && geometry.height.is_none() {
                (geometry.width, geometry.height) = (Some(whole), Some(whole));
            }
            geometry.width = geometry.width.map(|length| length.times(self.zoom.0));
            geometry.height = geometry.height.map(|length| length.times(self.zoom.1));
        }
        query::scale(&mut self.request, self.dpr);
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "true" => Some(true),
        "0" | "f" | "false" => Some(false),
        _ => None,
    }
}

/// A length in pixels, where 0 means that none is given.
fn pixels(text: &str) -> Option<Option<Length>> {
    match value::integer(text, 0, 65535)? {
        0 => Some(None),
        pixels => Some(Some(Length::Pixels(pixels.try_into().ok()?))),
    }
}

/// A length in pixels if it is at least 1, or else a share; 0 means that none is given.
fn relative(text: &str) -> Option<Option<Length>> {
    let number = u32::try_from(value::millionths(text)?).ok();
    match number {
        Some(0) => Some(None),
        Some(share) if share < Length::WHOLE => Some(Some(Length::Share(share))),
        _ => value::pixels(text.split('.').next()?).map(|pixels| Some(Length::Pixels(pixels))),
    }
}

fn anchor(args: &[&str]) -> Result<Anchor, Failure> {
    let text = text::join(args, ":");
    let malformed =
        || Failure::parameter("gravity", &text, "ce, no, so, ea, we, noea, nowe, soea, sowe or fp:x:y");
    let (gravity, offset) = match args {
        ["fp", x, y] => match value::focal(x, y) {
            Some(gravity) => (gravity, &[][..]),
            None if value::millionths(x).is_some() && value::millionths(y).is_some() => {
                return Err(unsupported("gravity", &text));
            }
            None => return Err(malformed()),
        },
        ["sm" | "obj" | "objw", ..] => return Err(unsupported("gravity", &text)),
        [name, offset @ ..] => (value::pick(GRAVITIES, name).ok_or_else(malformed)?, offset),
        [] => return Err(malformed()),
    };
    let length = |text: Option<&&str>| match text {
        None => Ok(None),
        Some(text) if text.starts_with('-') => Err(unsupported("gravity", text)),
        Some(text) => relative(text).ok_or_else(malformed),
    };
    Ok(Anchor { gravity, offset: (length(offset.first())?, length(offset.get(1))?) })
}

/// Writes a request, unsigned; the error says what the grammar has no words for.
pub fn write(request: &Request) -> Result<String, &'static str> {
    let Source::Url(url) = &request.source else { return Err("a source in the body") };
    let delivery = &request.delivery;
    if delivery.ttl.is_some() {
        return Err("a maximum age");
    }
    if delivery.on_error != OnError::Error {
        return Err("a redirect instead of an error");
    }
    let mut out = String::from("/unsafe");
    write_geometry(request, &mut out)?;
    write_quality(request, &mut out);
    if request.output.lossless {
        out.push_str("/webpo:lossless");
    }
    write_delivery(request, &mut out);
    out.push_str("/plain/");
    // `/` may stand in the clear, but `:` behind a `/` would look like an option's.
    for segment in url.split('/') {
        out.push_str(&percent_encode(segment));
        out.push('/');
    }
    out.pop();
    match request.output.format {
        OutputFormat::Fixed(format) => {
            out.push('@');
            out.push_str(format.extension());
            Ok(out)
        }
        OutputFormat::Source => Ok(out),
        OutputFormat::Auto => Err("a format that the client's Accept header decides"),
    }
}

fn write_geometry(request: &Request, out: &mut String) -> Result<(), &'static str> {
    let geometry = &request.geometry;
    let length = |length: Option<Length>| match length {
        None => Ok(0),
        Some(Length::Pixels(pixels)) => Ok(pixels),
        Some(Length::Share(_)) => Err("a size in per cent"),
    };
    let (width, height) = (length(geometry.width)?, length(geometry.height)?);
    let kind = match (geometry.fit, geometry.enlarge) {
        _ if width == 0 || height == 0 => "fit",
        (Fit::Contain, _) => "fit",
        (Fit::Crop, _) | (Fit::Cover, true) => "fill",
        (Fit::Cover, false) => "fill-down",
        (Fit::Fill, _) => "force",
        (Fit::Auto, _) => "auto",
        (Fit::Outside, _) => return Err("fit=outside"),
    };
    let mut option = |text: String| {
        out.push('/');
        out.push_str(&text);
    };
    if width != 0 || height != 0 || geometry.enlarge {
        option(format!("rs:{kind}:{width}:{height}:{}", u32::from(geometry.enlarge)));
    }
    if geometry.gravity != Gravity::Center {
        option(format!("g:{}", value::name_of(GRAVITIES, geometry.gravity)));
    }
    if let Some(crop) = geometry.crop {
        if geometry.rotate != Rotation::None || geometry.flip_horizontal || geometry.flip_vertical {
            return Err("a crop beside a rotation or flip");
        }
        option(write_crop(crop)?);
    }
    if geometry.rotate != Rotation::None {
        option(format!("rot:{}", geometry.rotate.degrees()));
    }
    let (h, v) = (geometry.flip_horizontal, geometry.flip_vertical);
    if h || v {
        option(format!("fl:{}:{}", u32::from(h), u32::from(v)));
    }
    if !geometry.auto_orient {
        option("ar:0".into());
    }
    if let Some(color) = geometry.background {
        option(format!("bg:{}", value::write_color(color)));
    }
    match value::name_of(FILTERS, geometry.filter) {
        "lanczos3" => {}
        "" => return Err("this resampling filter"),
        filter => option(format!("ra:{filter}")),
    }
    Ok(())
}

fn write_crop(crop: Crop) -> Result<String, &'static str> {
    let length = |length: Length| match length {
        Length::Pixels(pixels) => Ok(pixels.to_string()),
        Length::Share(Length::WHOLE) => Ok(String::from("0")),
        Length::Share(share) if share < Length::WHOLE => Ok(value::write_millionths(share)),
        Length::Share(_) => Err("a crop larger than the source"),
    };
    let (width, height) = (length(crop.width)?, length(crop.height)?);
    if (width.as_str(), height.as_str()) == ("0", "0") {
        return Err("a crop of the whole source");
    }
    match crop.place {
        Place::Towards(gravity) => Ok(format!("c:{width}:{height}:{}", value::name_of(GRAVITIES, gravity))),
        Place::At(Length::Share(Length::WHOLE..), _) | Place::At(_, Length::Share(Length::WHOLE..)) => {
            Err("a crop outside of the source")
        }
        Place::At(x, y) => Ok(format!("c:{width}:{height}:nowe:{}:{}", length(x)?, length(y)?)),
    }
}

fn write_quality(request: &Request, out: &mut String) {
    // The defaults of the two differ, so that each format's quality is spelled out.
    let of = |format| {
        u32::from(request.output.quality.of(format).unwrap_or(crate::format::default_quality(format)))
    };
    out.push_str(&format!("/fq:jpeg:{}:webp:{}", of(Format::Jpeg), of(Format::Webp)));
}

fn write_delivery(request: &Request, out: &mut String) {
    let delivery = &request.delivery;
    if let Some(name) = &delivery.filename {
        out.push_str(&format!("/fn:{}:1", base64::encode(name.as_bytes())));
    }
    if delivery.download {
        out.push_str("/att:1");
    }
    if let Some(second) = delivery.expires {
        out.push_str(&format!("/exp:{second}"));
    }
    if let Some(text) = &delivery.version {
        out.push_str(&format!("/cb:{}", percent_encode(text).replace(':', "%3A")));
    }
    match &delivery.passthrough {
        Passthrough::None => {}
        Passthrough::All => out.push_str("/raw:1"),
        Passthrough::Formats(formats) => {
            out.push_str("/skp");
            for format in formats {
                out.push(':');
                out.push_str(format.name());
            }
        }
    }
}
