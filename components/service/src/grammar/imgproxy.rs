//! imgproxy's grammar: `/{signature}/{options…}/plain/{escaped url}[@ext]` or `/{signature}/{options…}/{base64url}[.ext]`.
//!
//! An option is `name:argument:…`; the order of options does not matter, but of two that set the same, the later one
//! counts. What imgproxy knows and the engine does not is refused by name, unless its arguments switch it off.

use super::draft::Draft;
use super::parameter::{Field, Options, Outcome, Parameter, find, parameter};
use super::{Grammar, base64, clear, mend_slashes, percent_decode, sourceless, unsupported, value};
use crate::failure::Failure;
use crate::format::{self, Format};
use crate::prelude::*;
use crate::request::{
    Color, Crop, Fit, Gravity, Length, OutputFormat, Passthrough, Place, Quality, Request, Source,
};
use crate::table;
use crate::text;

/// Presets: options by name, written as in a URL.
pub type Presets = Vec<(String, String)>;

const SWITCH: &str = "0|f|false 1|t|true";
const ARGUMENTS: &str = "the arguments that docs/http-api.md lists for it";

/// Every option, in the order in which they are written. The last name of each is the one it is written with.
pub const OPTIONS: &[Parameter] = &[
    parameter(Field::Resize, "resize rs", "", ARGUMENTS),
    parameter(Field::Size, "size s", "", ARGUMENTS),
    parameter(Field::Fit, "resizing_type rt", FITS, ""),
    parameter(Field::Filter, "resizing_algorithm ra", "- linear cubic - lanczos3", ""),
    parameter(Field::Width, "width w", "", ARGUMENTS),
    parameter(Field::Height, "height h", "", ARGUMENTS),
    parameter(Field::Zoom, "zoom z", "", ARGUMENTS),
    parameter(Field::Dpr, "dpr", "", ARGUMENTS),
    parameter(Field::Enlarge, "enlarge el", SWITCH, ""),
    parameter(Field::Gravity, "gravity g", GRAVITIES, "ce, no, so, ea, we, noea, nowe, soea, sowe or fp:x:y"),
    parameter(Field::Crop, "crop c", "", "width:height and perhaps a gravity"),
    parameter(Field::AutoOrient, "auto_rotate ar", SWITCH, ""),
    parameter(Field::Rotate, "rotate rot", "", ARGUMENTS),
    parameter(Field::Flip, "flip fl", "- 1:0 0:1 1:1", ARGUMENTS),
    parameter(Field::Background, "background bg", "", ARGUMENTS),
    parameter(Field::AnyQuality, "quality q", "", ARGUMENTS),
    parameter(Field::Quality, "format_quality fq", "", ARGUMENTS),
    parameter(Field::Lossless, "webp_options webpo", "lossy| lossless", ""),
    parameter(Field::Format, "format f ext", "jpg|jpeg png webp - -", ""),
    parameter(Field::PassthroughFormats, "skip_processing skp", "", ARGUMENTS),
    parameter(Field::Passthrough, "raw", SWITCH, ""),
    parameter(Field::Version, "cachebuster cb", "", ARGUMENTS),
    parameter(Field::Expires, "expires exp", "", ARGUMENTS),
    parameter(Field::Filename, "filename fn", "", ARGUMENTS),
    parameter(Field::Download, "return_attachment att", SWITCH, ""),
    parameter(Field::Preset, "preset pr", "", "names of presets"),
];

/// The options with those that the engine cannot do. A hyphen stands where nothing switches an option off.
const GRAMMAR: Options = Options {
    table: OPTIONS,
    switched_off: "\
        min-width|mw=0 min-height|mh=0 extend|ex=0|f|false extend_aspect_ratio|extend_ar|exar=0|f|false \
        padding|pd=0|0:0|0:0:0|0:0:0:0 blur|bl=0 sharpen|sh=0 pixelate|pix=0|1 watermark|wm=0 \
        strip_metadata|sm=1|t|true keep_copyright|kcr=0|f|false strip_color_profile|scp=1|t|true \
        preserve_hdr|ph=0|f|false enforce_thumbnail|eth=0|f|false max_bytes|mb=0 page|pg=0 pages|pgs=1 \
        disable_animation|da=1|t|true|0|f|false trim|t= crop_aspect_ratio|crop_ar|car=0 adjust|a=- brightness|br=0 \
        contrast|co=1 saturation|sa=1 background_alpha|bga=1 monochrome|mc=0 duotone|dt=0 unsharp_masking|ush=- \
        blur_areas|ba=- progressive_blur|pbl=- blur_detections|bd=- draw_detections|dd=0|f|false \
        crop_objects|crop_obj=- colorize|col=0 gradient|gr=0 watermark_url|wmu=- watermark_text|wmt=- \
        watermark_size|wms=- watermark_rotate|wmr=0 watermark_shadow|wmsh=0 color_profile|cp|icc=- dpi=0 \
        autoquality|aq=none jpeg_options|jpgo=- png_options|pngo=- avif_options|avifo=- fallback_image_url|fiu= \
        hashsum|hs=none bypass_cache|bc=0|f|false cache_tags|ct= max_src_resolution|msr=- max_src_file_size|msfs=- \
        max_animation_frames|maf=- max_animation_frame_resolution|mafr=- max_result_dimension|mrd=-",
    refused: "resizing_algorithm=nearest|lanczos2 webp_options=near_lossless format=best|ico|mp4",
};

/// Names of fits, in the order of [`Fit`].
const FITS: &str = "fit| fill-down fill force - auto";

/// Names of gravities, in the order of [`Gravity`].
const GRAVITIES: &str = "ce no noea ea soea so sowe we nowe";

const NONE: Length = Length::Pixels(0);
const WHOLE: Length = Length::Share(Length::WHOLE);

/// Options as far as they have been read.
struct Reader<'a> {
    request: Request,
    presets: &'a Presets,
    /// Presets that are in use, so that none uses itself.
    open: Vec<&'a str>,
    zoom: (u32, u32),
    dpr: u32,
    quality: u8,
    /// A gravity, or how far from the top left.
    gravity: Place,
    /// Width, height, and a gravity of its own.
    crop: Option<(Length, Length, Option<Place>)>,
}

/// Reads a path.
pub fn read(path: &str, presets: &Presets) -> Result<Request, Failure> {
    let segments = text::split(path, b'/');
    let segments = segments.get(2..).unwrap_or_default();
    let end = segments.iter().position(|segment| !text::contains(segment, ":")).unwrap_or(segments.len());
    let (options, source) = segments.split_at_checked(end).unwrap_or_default();
    let mut reader = Reader {
        request: plain(),
        presets,
        open: Vec::new(),
        zoom: (Length::WHOLE, Length::WHOLE),
        dpr: Length::WHOLE,
        quality: 0,
        gravity: Place::Towards(Gravity::Center),
        crop: None,
    };
    if presets.iter().any(|(name, _)| name == "default") {
        reader.preset("default")?;
    }
    for option in options {
        reader.option(option)?;
    }
    reader.source(source)?;
    reader.finish()
}

/// What is asked for without any option, which has no source yet.
fn plain() -> Request {
    let mut request = super::plain(80);
    request.output.quality.set(Format::Webp, 79);
    request
}

impl<'a> Reader<'a> {
    /// Reads the source, and the extension behind it, which is a format.
    fn source(&mut self, segments: &[&str]) -> Result<(), Failure> {
        let (text, mark) = match segments {
            [] | [""] => {
                return Err(sourceless(
                    ": it ends after the options",
                    "end it in /plain/ and the escaped URL, or in the URL in base64url",
                ));
            }
            ["enc", ..] => return Err(unsupported("enc", "…")),
            ["plain", rest @ ..] => (text::join(rest, "/"), "@"),
            parts => (text::join(parts, ""), "."),
        };
        let (url, extension) = text::cut(&text, mark);
        let url = if mark == "@" {
            if text::contains(extension, mark) {
                return Err(sourceless(": it has more than one @", "write @ in the URL as %40"));
            }
            if url.is_empty() {
                return Err(sourceless(": the URL is empty", "put the escaped URL behind /plain/"));
            }
            let url = percent_decode(url);
            mend_slashes(&url.ok_or_else(|| sourceless(": it is not percent-encoded", "write % as %25"))?)
        } else {
            base64::decode_text(url).ok_or_else(|| {
                sourceless(
                    ": what follows the options is not base64url",
                    "write options as name:argument, and the URL in base64url or behind /plain/",
                )
            })?
        };
        self.request.source = Source::Url(url);
        if extension.is_empty() { Ok(()) } else { self.option(&text::concat(&["f:", extension])) }
    }

    fn preset(&mut self, name: &str) -> Result<(), Failure> {
        let Some((known, options)) = self.presets.iter().find(|(known, _)| known == name) else {
            let mut known = String::new();
            for (name, _) in self.presets {
                text::add(&mut known, ", ", name);
            }
            return Err(Failure::parameter("preset", name, &text::concat(&["one of: ", &known])));
        };
        // As in imgproxy, a preset that is already in use is passed over.
        if self.open.contains(&name) {
            return Ok(());
        }
        self.open.push(known);
        for option in text::parts(options, b'/') {
            if !option.is_empty() {
                self.option(option)?;
            }
        }
        self.open.pop();
        Ok(())
    }

    fn option(&mut self, option: &str) -> Result<(), Failure> {
        let (name, text) = text::cut(option, ":");
        let args = text::split(text, b':');
        if table::has("preset pr", name) {
            for name in &args {
                self.preset(name)?;
            }
            return Ok(());
        }
        GRAMMAR.read(name, text, &mut |option| self.set(option, text, &args))
    }

    /// Sets an option by its name.
    fn set_named(&mut self, name: &str, text: &str) -> Option<Outcome> {
        self.set(find(OPTIONS, name).ok()?, text, &text::split(text, b':'))
    }

    /// Sets an option to its arguments, which stand in `text` with `:` between them.
    fn set(&mut self, option: &Parameter, text: &str, args: &[&str]) -> Option<Outcome> {
        let Request { geometry, output, delivery, .. } = &mut self.request;
        match (option.field, args) {
            (Field::Resize, [kind, size @ ..]) => {
                self.set_named("resizing_type", kind)?;
                self.set_size(size)?;
            }
            (Field::Size, size) => self.set_size(size)?,
            (Field::Width, _) => geometry.width = pixels(text)?,
            (Field::Height, _) => geometry.height = pixels(text)?,
            (Field::Zoom, [both]) => self.zoom = (value::factor(both)?, value::factor(both)?),
            (Field::Zoom, [x, y]) => self.zoom = (value::factor(x)?, value::factor(y)?),
            (Field::Dpr, _) => self.dpr = value::factor(text)?,
            (Field::Gravity, _) => match place(args)? {
                Some(place) => self.gravity = place,
                None => return Some(Outcome::Unsupported),
            },
            (Field::Crop, [width, height, gravity @ ..]) => {
                let gravity = match gravity {
                    [] => None,
                    gravity => match place(gravity)? {
                        Some(place) => Some(place),
                        None => return Some(Outcome::Unsupported),
                    },
                };
                self.crop = match (relative(width)?, relative(height)?) {
                    (NONE, NONE) => None,
                    (width, height) => Some((side(width), side(height), gravity)),
                };
            }
            (Field::Crop, _) => return None,
            (Field::Flip, [h, v @ ..]) => {
                let ([] | [_]) = v else { return None };
                geometry.flip_horizontal = boolean(h)?;
                geometry.flip_vertical = boolean(v.first().unwrap_or(&"0"))?;
            }
            (Field::Background, [""]) => geometry.background = None,
            (Field::Background, [hex]) => geometry.background = Some(value::hex_color(hex)?),
            (Field::Background, [red, green, blue]) => {
                let byte = |text: &str| value::integer(text, 0, 255).map(|byte| byte as u8);
                let (red, green, blue) = (byte(red)?, byte(green)?, byte(blue)?);
                geometry.background = Some(Color { red, green, blue, alpha: 255 });
            }
            (Field::AnyQuality, _) => self.quality = value::integer(text, 0, 100)? as u8,
            (Field::Quality, pairs) => {
                for pair in pairs.chunks(2) {
                    let [format, quality] = pair else { return None };
                    output.quality.set(Format::from_name(format)?, value::quality(quality)?);
                }
            }
            (Field::Lossless, [kind, ..]) => option.read(&mut self.request, kind)?,
            (Field::PassthroughFormats, formats) => delivery.passthrough = value::formats(formats)?,
            (Field::Version, [text]) => delivery.version = value::some(&percent_decode(text)?),
            (Field::Filename, [name, encoded @ ..]) => {
                let ([] | [_]) = encoded else { return None };
                let name = if boolean(encoded.first().unwrap_or(&"0"))? {
                    base64::decode_text(name)?
                } else {
                    percent_decode(name)?
                };
                delivery.filename = Some(value::filename(&name)?);
            }
            (Field::Format, _) if Format::from_name(text).is_some_and(|format| !format.encoded()) => {
                return Some(Outcome::Unsupported);
            }
            (_, [text]) => option.read(&mut self.request, text)?,
            _ => return None,
        }
        Some(Outcome::Done)
    }

    /// Width, height and enlarging; what follows them is `extend`.
    fn set_size(&mut self, args: &[&str]) -> Option<()> {
        for (name, text) in ["width", "height", "enlarge"].iter().zip(args) {
            if !text.is_empty() {
                self.set_named(name, text)?;
            }
        }
        let extend = args.get(3).filter(|extend| !extend.is_empty()).unwrap_or(&"0");
        (!boolean(extend)?).then_some(())
    }

    fn finish(mut self) -> Result<Request, Failure> {
        let geometry = &mut self.request.geometry;
        if let Some((width, height, place)) = self.crop {
            if geometry.turned() {
                // imgproxy cuts out of the turned image, the engine out of the upright one.
                return Err(unsupported("crop", "… beside rotate or flip"));
            }
            geometry.crop = Some(Crop { width, height, place: place.unwrap_or(self.gravity) });
        }
        geometry.gravity = match self.gravity {
            Place::Towards(gravity) => gravity,
            Place::At(..) if self.crop.is_none() => return Err(unsupported("gravity", "… with an offset")),
            Place::At(..) => Gravity::NorthWest,
        };
        if geometry.fit == Fit::Crop && geometry.enlarge {
            geometry.fit = Fit::Cover;
        }
        let one = geometry.width.is_some() != geometry.height.is_some();
        let zoomed = self.zoom != (Length::WHOLE, Length::WHOLE);
        if one && self.zoom.0 != self.zoom.1 {
            return Err(unsupported("zoom", "… that differs between the sides, beside one side alone"));
        }
        // `force` leaves a side of 0 as it is, and so does a zoom without sides.
        if one && geometry.fit == Fit::Fill || zoomed && geometry.width.is_none() && geometry.height.is_none()
        {
            geometry.width.get_or_insert(WHOLE);
            geometry.height.get_or_insert(WHOLE);
        }
        geometry.scale(self.zoom.0, self.zoom.1);
        geometry.scale(self.dpr, self.dpr);
        if self.quality != 0 {
            self.request.output.quality = Quality::all(self.quality);
        }
        Ok(self.request)
    }
}

fn boolean(text: &str) -> Option<bool> {
    table::index(SWITCH, text).map(|index| index == 1)
}

/// A length in pixels, where 0 means that none is given.
fn pixels(text: &str) -> Option<Option<Length>> {
    match value::integer(text, 0, 65535)? {
        0 => Some(None),
        pixels => Some(Some(Length::Pixels(pixels as u32))),
    }
}

/// A length in pixels if it is at least 1, or else a share or none.
fn relative(text: &str) -> Option<Length> {
    match value::millionths(text)? {
        0 => Some(NONE),
        share @ 1..1_000_000 => Some(Length::Share(share as u32)),
        _ => value::pixels(text::cut(text, ".").0),
    }
}

/// A side of a crop, of which none is all.
fn side(length: Length) -> Length {
    if length == NONE { WHOLE } else { length }
}

/// A gravity, or offsets from the top left. `Some(None)` is what the engine cannot do.
fn place(args: &[&str]) -> Option<Option<Place>> {
    let [name, offsets @ ..] = args else { return None };
    let negative = offsets.iter().any(|offset| offset.starts_with("-"));
    if negative || table::has("sm obj objw", name) {
        return Some(None);
    }
    if let ("fp", [x, y]) = (*name, offsets) {
        return Some(value::focal(x, y)?.map(Place::Towards));
    }
    let gravity = *Gravity::ALL.get(table::index(GRAVITIES, name)?)?;
    let offset = |index: usize| offsets.get(index).map_or(Some(NONE), |text| relative(text));
    Some(match (offset(0)?, offset(1)?) {
        (NONE, NONE) => Some(Place::Towards(gravity)),
        (x, y) => (gravity == Gravity::NorthWest).then_some(Place::At(x, y)),
    })
}

/// Writes a request, unsigned; the error says what the grammar has no words for.
pub fn write(request: &Request) -> Result<String, &'static str> {
    let Request { geometry, output, delivery, .. } = request;
    let mut draft = Draft::new(Grammar::Imgproxy, request, plain());
    let url = draft.url();
    draft.say("/unsafe", "");

    draft.refuse_shares(&[Field::Width, Field::Height]);
    let (width, height) = (draft.take(Field::Width), draft.take(Field::Height));
    let fit = match geometry.effective_fit() {
        // What may be enlarged is enlarged to the whole of the target.
        Fit::Cover if geometry.enlarge => Fit::Crop,
        fit => fit,
    };
    let fit = table::name(FITS, fit as usize);
    draft.refuse(fit.is_none(), "fit=outside");
    draft.put(Field::Fit, &[]);
    draft.put(Field::Enlarge, &[]);
    if geometry.enlarge || width.is_some() || height.is_some() {
        let side = |side: Option<String>| side.unwrap_or_else(|| "0".into());
        let enlarge = if geometry.enlarge { ":1" } else { ":0" };
        let size = [fit.unwrap_or_default(), ":", &side(width), ":", &side(height), enlarge];
        draft.say("rs", &text::concat(&size));
    }
    if let Some(crop) = geometry.crop {
        draft.refuse(geometry.turned(), "a crop beside a rotation or flip");
        let crop = write_crop(crop, &mut draft);
        draft.put(Field::Crop, &[&crop]);
    }
    // The defaults of the two differ, so that each format's quality is spelled out.
    let quality =
        |format| text::decimal(output.quality.of(format).unwrap_or(format::default_quality(format)).into());
    let qualities = ["jpeg:", &quality(Format::Jpeg), ":webp:", &quality(Format::Webp)];
    draft.put(Field::Quality, &qualities);
    if let Some(name) = &delivery.filename {
        draft.put(Field::Filename, &[&base64::encode(name.as_bytes()), ":1"]);
    }
    if let Some(version) = &delivery.version {
        draft.put(Field::Version, &[&text::escape(version, |byte| byte != b':' && clear(byte))]);
    }
    if delivery.passthrough != Passthrough::ALL
        && let Some(formats) = draft.take(Field::Passthrough)
    {
        draft.say("skp", &text::replace(&formats, b',', ":"));
    }
    if output.format != OutputFormat::Auto {
        draft.put(Field::Format, &[]);
    }

    draft.say_by(OPTIONS);
    let mut out = draft.finish()?;
    out.push_str("/plain/");
    out.push_str(&text::escape(&url, |byte| byte == b'/' || clear(byte)));
    if let OutputFormat::Fixed(format) = output.format {
        out.push('@');
        out.push_str(format.extension());
    }
    Ok(out)
}

fn write_crop(crop: Crop, draft: &mut Draft) -> String {
    draft.refuse((crop.width, crop.height) == (WHOLE, WHOLE), "a crop of the whole source");
    let mut number = |length: Length, whole: &str| {
        let number = match length {
            Length::Pixels(pixels) => text::decimal(pixels.into()),
            WHOLE => whole.to_owned(),
            // Numbers from one on are pixels.
            Length::Share(share) if share > Length::WHOLE => String::new(),
            Length::Share(share) => value::write_millionths(share),
        };
        draft.refuse(number.is_empty(), "a crop that juts out of the source");
        number
    };
    let (gravity, offsets) = match crop.place {
        Place::Towards(gravity) => (gravity, String::new()),
        Place::At(x, y) => (Gravity::NorthWest, text::concat(&[":", &number(x, ""), ":", &number(y, "")])),
    };
    let gravity = table::name(GRAVITIES, gravity as usize).unwrap_or_default();
    text::concat(&[&number(crop.width, "0"), ":", &number(crop.height, "0"), ":", gravity, &offsets])
}
