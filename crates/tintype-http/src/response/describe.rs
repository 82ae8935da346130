//! Descriptions of sources in JSON, in the shape that a grammar's clients expect.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tintype_types::{Color, ColorModel, Exif, Format, Info, Outline, Pixels, Source};

use super::json;
use crate::request::{Details, Fields, Shape, write_color};

/// What is known of a source.
#[derive(Clone, Debug)]
pub struct Description {
    /// What its header says, and what its pixels show if that was asked for.
    pub info: Info,
    /// The size that a rendition would have.
    pub outline: Option<Outline>,
    /// Its size in bytes.
    pub bytes: Option<u64>,
    /// Its SHA-256, in hexadecimal.
    pub sha256: Option<String>,
}

impl Description {
    /// The description as JSON.
    pub fn json(&self, details: &Details) -> String {
        json::line(&match details.shape {
            Shape::Query => self.own(),
            Shape::Cloudflare => self.cloudflare(),
            Shape::Wsrv => self.wsrv(),
            Shape::Imgproxy(fields) => self.imgproxy(fields),
        })
    }

    fn own(&self) -> Value {
        let mut facts = facts(&self.info);
        let more = [("bytes", self.bytes.map(Value::from)), ("sha256", self.sha256.clone().map(Value::from))];
        facts.extend(more.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        facts.into()
    }

    /// Width and height of the rendition, or of the upright source if there can be none.
    fn size(&self) -> (u32, u32) {
        self.outline.map_or(upright(&self.info.source), |outline| (outline.width, outline.height))
    }

    fn cloudflare(&self) -> Value {
        let source = &self.info.source;
        let ((width, height), original) = (self.size(), upright(source));
        json!({
            "width": width,
            "height": height,
            "original": {
                "file_size": self.bytes,
                "width": original.0,
                "height": original.1,
                "format": source.format.media_type(),
            },
        })
    }

    fn wsrv(&self) -> Value {
        let Info { source, frames, animation, .. } = &self.info;
        let (width, height) = self.size();
        let mut facts = Map::new();
        let mut add = |name: &str, value: Value| facts.insert(name.into(), value);
        add("format", source.format.name().into());
        add("width", width.into());
        add("height", height.into());
        add("space", color_space(source, "b-w").into());
        add("channels", channels(source).into());
        add("depth", sample_format(source).into());
        if let Some(subsampling) =
            self.info.chroma_subsampling.clone().filter(|_| source.format == Format::Jpeg)
        {
            add("chromaSubsampling", subsampling.into());
        }
        add("isProgressive", self.info.progressive.into());
        if source.color == ColorModel::Palette {
            add("paletteBitDepth", source.bit_depth.into());
        }
        if let Some(animation) = animation {
            add("pages", (*frames).into());
            add("pageHeight", height.into());
            add("loop", animation.loops.into());
        }
        add("hasProfile", self.info.icc_profile.is_some().into());
        add("hasAlpha", source.alpha.into());
        add("orientation", if source.orientation == 1 { 0 } else { source.orientation }.into());
        facts.into()
    }

    fn imgproxy(&self, fields: Fields) -> Value {
        let Info { source, frames, exif, pixels, .. } = &self.info;
        let mut facts = Map::new();
        let mut add = |field: &str, name: &str, value: Value| {
            if fields.has(field) {
                facts.insert(name.into(), value);
            }
        };
        let (width, height) = upright(source);
        add("size", "size", self.bytes.into());
        add("format", "format", source.format.name().into());
        add("dimensions", "width", width.into());
        add("dimensions", "height", height.into());
        add("dimensions", "orientation", source.orientation.into());
        add("exif", "exif", exif.as_ref().map_or_else(|| json!({}), camera));
        add("colorspace", "colorspace", color_space(source, "b-w").into());
        add("bands", "bands", channels(source).into());
        add("sample_format", "sample_format", sample_format(source).into());
        add("pages_number", "pages_number", (*frames).into());
        add("alpha", "alpha", json!({ "alpha": source.alpha }));
        if let Some(pixels) = pixels {
            let color = |color: &Color| json!({ "R": color.red, "G": color.green, "B": color.blue, "A": color.alpha });
            add("palette", "palette", pixels.palette.iter().map(color).collect());
            add("average", "average", color(&pixels.average));
            add("blurhash", "blurhash", pixels.blurhash.clone().into());
        }
        if let Some(sha256) = &self.sha256 {
            facts.insert("hashsums".into(), json!({ "sha256": sha256 }));
        }
        facts.into()
    }
}

/// The facts about an image, in our own words. Width and height are those of the upright image.
pub fn facts(info: &Info) -> Map<String, Value> {
    let Info {
        source,
        frames,
        animation,
        icc_profile,
        exif,
        progressive,
        chroma_subsampling,
        quality,
        pixels,
    } = info;
    let (width, height) = upright(source);
    let times = animation.map(|times| json!({ "loops": times.loops, "duration_ms": times.duration }));
    let profile = icc_profile
        .as_ref()
        .map(|profile| json!({ "name": profile.name, "bytes": profile.size, "usable": profile.usable }));
    let facts = [
        ("format", source.format.name().into()),
        ("width", width.into()),
        ("height", height.into()),
        ("stored_width", source.width.into()),
        ("stored_height", source.height.into()),
        ("orientation", source.orientation.into()),
        ("color", color(source.color).into()),
        ("channels", channels(source).into()),
        ("bit_depth", source.bit_depth.into()),
        ("alpha", source.alpha.into()),
        ("frames", (*frames).into()),
        ("animation", times.into()),
        ("icc_profile", profile.into()),
        ("exif", exif.as_ref().map(fields).into()),
        ("progressive", (*progressive).into()),
        ("chroma_subsampling", chroma_subsampling.clone().into()),
        ("quality", (*quality).into()),
        ("pixels", pixels.as_ref().map(seen).into()),
    ];
    facts.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect()
}

fn upright(source: &Source) -> (u32, u32) {
    if source.orientation >= 5 { (source.height, source.width) } else { (source.width, source.height) }
}

fn color(model: ColorModel) -> &'static str {
    match model {
        ColorModel::Gray => "gray",
        ColorModel::Rgb => "rgb",
        ColorModel::Palette => "palette",
        ColorModel::Cmyk => "cmyk",
    }
}

/// The colour space, by the names of libvips.
fn color_space(source: &Source, gray: &'static str) -> &'static str {
    match (source.color, source.bit_depth) {
        (ColorModel::Gray, 16) => "grey16",
        (ColorModel::Gray, _) => gray,
        (ColorModel::Cmyk, _) => "cmyk",
        (_, 16) => "rgb16",
        _ => "srgb",
    }
}

/// The type of samples, by the names of libvips.
fn sample_format(source: &Source) -> &'static str {
    if source.bit_depth == 16 { "ushort" } else { "uchar" }
}

/// Channels of the decoded image, alpha included.
fn channels(source: &Source) -> u32 {
    let colors = match source.color {
        ColorModel::Gray => 1,
        ColorModel::Rgb | ColorModel::Palette => 3,
        ColorModel::Cmyk => 4,
    };
    colors + u32::from(source.alpha)
}

fn fields(exif: &Exif) -> Value {
    // Of degrees, six digits after the point are known.
    let degrees = |millionths: i32| f64::from(millionths) / 1e6;
    json!({
        "make": exif.make,
        "model": exif.model,
        "taken": exif.taken,
        "artist": exif.artist,
        "copyright": exif.copyright,
        "lens": exif.lens,
        "software": exif.software,
        "exposure_time": exif.exposure_time,
        "f_number": exif.f_number,
        "iso": exif.iso,
        "focal_length": exif.focal_length,
        "has_location": exif.has_location,
        "location": exif.location.map(|location| json!({
            "latitude": degrees(location.latitude),
            "longitude": degrees(location.longitude),
        })),
    })
}

/// EXIF by imgproxy's names, as far as there is any.
fn camera(exif: &Exif) -> Value {
    let fields = [
        ("Manufacturer", &exif.make),
        ("Model", &exif.model),
        ("Date and Time", &exif.taken),
        ("Artist", &exif.artist),
        ("Copyright", &exif.copyright),
        ("Lens Model", &exif.lens),
        ("Software", &exif.software),
        ("Exposure Time", &exif.exposure_time),
        ("F-Number", &exif.f_number),
        ("Focal Length", &exif.focal_length),
    ];
    let fields = fields.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into())));
    let iso = exif.iso.map(|iso| ("ISO Speed Ratings".to_owned(), iso.into()));
    Value::Object(fields.chain(iso).collect())
}

fn seen(pixels: &Pixels) -> Value {
    let hex = |color: &Color| format!("#{}", write_color(*color));
    json!({
        "average": hex(&pixels.average),
        "dominant": pixels.palette.first().map(hex),
        "palette": pixels.palette.iter().map(hex).collect::<Vec<_>>(),
        "thumbhash": STANDARD.encode(&pixels.thumbhash),
        "blurhash": pixels.blurhash,
        "dhash": format!("{:016x}", pixels.difference_hash),
        "attention": { "x": f64::from(pixels.attention.x), "y": f64::from(pixels.attention.y) },
    })
}
