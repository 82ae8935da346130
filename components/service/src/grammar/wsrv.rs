//! The grammar of wsrv.nl (weserv), mounted at `/wsrv/`: `/wsrv/?url=…&w=…&h=…&fit=…&output=…&q=…`.
//!
//! As there, a number that cannot be read counts as not given, and so does a parameter that is not known. A parameter
//! that is known and cannot be done is refused by name.

use super::draft::{Draft, cannot};
use super::parameter::{Field, Parameter, parameter};
use super::{Grammar, pairs, unsupported, value};
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::prelude::*;
use crate::request::{Color, Crop, Fit, Length, OnError, OutputFormat, Place, Quality, Request, Source};
use crate::table;
use crate::text;

/// The values of what a flag, which has no value, turns on.
const ON: &str = "- ";

/// The values of what a flag turns off.
const OFF: &str = " -";

/// A row of the table. What a parameter accepts is never told, since nothing else is refused.
const fn row(field: Field, names: &'static str, values: &'static str) -> Parameter {
    parameter(field, names, values, "")
}

/// Every parameter, in the order in which they are written.
pub const PARAMETERS: &[Parameter] = &[
    row(Field::Url, "url", ""),
    row(Field::Width, "w width", ""),
    row(Field::Height, "h height", ""),
    row(Field::Dpr, "dpr", ""),
    // The last names of each are the values of `t`, which came before `fit`.
    row(Field::Fit, "fit t", "inside|fit|fitup cover|square|squaredown cover fill|absolute outside -"),
    row(Field::Enlarge, "we", OFF),
    row(
        Field::Gravity,
        "a align",
        "center top|t top-right right|r bottom-right bottom|b bottom-left left|l top-left",
    ),
    row(Field::CropPart, "precrop", ""),
    row(Field::CropPart, "cx", ""),
    row(Field::CropPart, "cy", ""),
    row(Field::CropPart, "cw", ""),
    row(Field::CropPart, "ch", ""),
    row(Field::FlipAxis, "flip", ""),
    row(Field::FlipAxis, "flop", ""),
    row(Field::Rotate, "ro or", ""),
    row(Field::Background, "bg", ""),
    row(Field::Format, "output", "jpg|jpeg png webp - -"),
    row(Field::Quality, "q quality", ""),
    row(Field::Lossless, "ll lossless", ON),
    row(Field::Nothing, "n", "1"),
    row(Field::Nothing, "page", "0"),
    row(Field::Nothing, "l level", ""),
    row(Field::Nothing, "af", ""),
    row(Field::Nothing, "il", ""),
    row(Field::OnError, "default errorredirect", "|0|false 1|true"),
    row(Field::Filename, "filename", ""),
    row(Field::MaxAge, "maxage", ""),
];

/// Parameters that the engine cannot do.
pub const REFUSED: &str = "blur con filt gam mod bri sat hue sharp tint trim mask shape encoding crop";

/// What the path of a link that is signed as wsrv signs them begins with; the signature and `/` follow.
pub const LINK: &str = "/wsrv/s/";

const QUALITY: u8 = 80;

const DAY: u64 = 86_400;
const YEAR: u64 = 365 * DAY;

/// Seconds of the units of `maxage`.
const UNITS: &str = "d=86400 w=604800 M=2592000 y=31536000";

/// Names of the parts of a crop, in their order: left, top, width, height.
const CROP: &str = "cx cy cw ch";

/// A crop of everything: what juts out is cut off at the source's edge.
const EVERYTHING: [Length; 4] =
    [Length::Pixels(0), Length::Pixels(0), Length::Pixels(65535), Length::Pixels(65535)];

/// Parameters as far as they have been read.
struct Reader<'a> {
    request: Request,
    dpr: u32,
    crop: Option<[Length; 4]>,
    /// Whether the crop has a place that cannot be read, and so counts as not given.
    misplaced: bool,
    precrop: bool,
    /// The words of `fit` and `a`, some of which mean more than a value.
    fit: &'a str,
    align: &'a str,
}

/// Whether a flag with this value is set.
fn on(text: &str) -> bool {
    !table::has("0 false", text)
}

/// Reads a query string.
pub fn read(text: &str) -> Result<Request, Failure> {
    let pairs = pairs(text)?;
    for (name, text) in &pairs {
        if table::has(REFUSED, name) && on(text) {
            return Err(unsupported(name, text));
        }
    }
    let mut reader = Reader {
        request: plain(),
        dpr: Length::WHOLE,
        crop: None,
        misplaced: false,
        precrop: false,
        fit: "",
        align: "",
    };
    for parameter in PARAMETERS {
        // Of several, the first counts.
        if let Some((_, text)) = pairs.iter().find(|(name, _)| table::has(parameter.names, name)) {
            reader.set(parameter, text)?;
        }
    }
    reader.finish()
}

/// What is asked for without any parameter.
fn plain() -> Request {
    let mut request = super::plain(QUALITY);
    request.geometry.enlarge = true;
    request
}

fn read_url(url: &str) -> String {
    match url.strip_prefix("ssl:") {
        Some(rest) => text::concat(&["https://", rest]),
        None => with_scheme(url, url.strip_prefix("//").unwrap_or(url)),
    }
}

/// A URL, or what is left of one without a scheme with that of wsrv.
fn with_scheme(url: &str, rest: &str) -> String {
    if text::contains(url, "://") { url.to_owned() } else { text::concat(&["http://", rest]) }
}

impl<'a> Reader<'a> {
    /// What cannot be read counts as not given.
    fn set(&mut self, parameter: &Parameter, text: &'a str) -> Result<(), Failure> {
        let Request { source, geometry, output, delivery } = &mut self.request;
        let refused = || unsupported(parameter.name(), text);
        match parameter.field {
            Field::Url if !text.is_empty() => *source = Source::Url(read_url(text)),
            Field::Dpr => {
                let dpr = value::factor(text).filter(|dpr| matches!(dpr, Length::WHOLE..9_000_000));
                self.dpr = dpr.unwrap_or(Length::WHOLE);
            }
            Field::Enlarge => geometry.enlarge = !on(text),
            Field::CropPart => match (table::index(CROP, parameter.names), value::length(text)) {
                (Some(part), Some(length)) => {
                    if let Some(known) = self.crop.get_or_insert(EVERYTHING).get_mut(part) {
                        *known = length;
                    }
                }
                (Some(part), None) => self.misplaced |= part < 2 && !table::has("0 0%", text),
                (None, _) => self.precrop = on(text),
            },
            Field::FlipAxis if parameter.names == "flip" => geometry.flip_vertical = on(text),
            Field::FlipAxis => geometry.flip_horizontal = on(text),
            Field::Rotate => {
                if let Some(rotation) = value::rotation(text.strip_prefix("+").unwrap_or(text)) {
                    geometry.rotate = rotation.ok_or_else(refused)?;
                }
            }
            Field::Background => geometry.background = color(text),
            Field::Format => parameter.read(&mut self.request, text).ok_or_else(refused)?,
            Field::Quality => output.quality = Quality::all(value::quality(text).unwrap_or(QUALITY)),
            Field::Lossless => output.lossless = on(text),
            Field::OnError => {
                if parameter.read(&mut self.request, text).is_none() {
                    let url = with_scheme(text, text::trim_start(text, "/"));
                    self.request.delivery.on_error = OnError::Redirect(url);
                }
            }
            Field::Filename if !plain_name(text) => {}
            Field::MaxAge => delivery.ttl = seconds(text),
            // Other pages of a document than the first, or several of them.
            Field::Nothing if !parameter.values.is_empty() && text != parameter.values => {
                let digits = text.strip_prefix("-").unwrap_or(text);
                if value::integer(digits, 0, 999_999_999).is_some() {
                    return Err(refused());
                }
            }
            field => {
                match field {
                    Field::Fit => self.fit = text,
                    Field::Gravity => self.align = text,
                    _ => {}
                }
                let _ = parameter.read(&mut self.request, text);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Request, Failure> {
        let Request { source, geometry, output, .. } = &mut self.request;
        if matches!(source, Source::Body) {
            return Err(Failure::new(Kind::InvalidParameter, "url is missing")
                .detail("write /wsrv/?url= and the source's URL"));
        }
        let both = geometry.width.is_some() && geometry.height.is_some();
        // It adds borders, which only shows where both sides are given.
        if both && table::has("contain letterbox", self.fit) {
            return Err(unsupported("fit", "contain"));
        }
        geometry.enlarge &= !table::has("fit squaredown", self.fit);
        if geometry.fit == Fit::Cover {
            if both && table::has("entropy attention focal", self.align) {
                return Err(unsupported("a", self.align));
            }
            if !geometry.enlarge {
                geometry.fit = Fit::Crop;
            }
        }
        if let Some([x, y, width, height]) = self.crop.filter(|_| !self.misplaced) {
            if !self.precrop {
                return Err(unsupported("cw", "… without precrop"));
            }
            if geometry.turned() {
                return Err(unsupported("cw", "… beside ro, flip or flop"));
            }
            geometry.crop = Some(Crop { width, height, place: Place::At(x, y) });
        }
        geometry.scale(self.dpr, self.dpr);
        // Only WebP has the choice: on JPEG the flag means nothing there.
        output.lossless &= output.format != OutputFormat::Fixed(Format::Jpeg);
        Ok(self.request)
    }
}

fn plain_name(text: &str) -> bool {
    text::all(text, |b| b.is_ascii_alphanumeric())
}

fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = value::integer(table::lookup(UNITS, unit)?, 0, u64::MAX)?;
    let seconds = value::integer(number, 1, 366)? * unit;
    matches!(seconds, DAY..=YEAR).then_some(seconds)
}

/// A name, or hexadecimal digits with alpha in front: `RGB`, `ARGB`, `RRGGBB`, `AARRGGBB`.
fn color(text: &str) -> Option<Color> {
    let alpha = text.len().is_multiple_of(4) && value::hex_color(text).is_some();
    if alpha { value::hex_color(&exchange(text, text.len() / 4)) } else { value::color(text) }
}

/// A text with what stands before and behind a place exchanged.
fn exchange(text: &str, at: usize) -> String {
    let (before, behind) = text.split_at_checked(at).unwrap_or((text, ""));
    text::concat(&[behind, before])
}

/// Writes a request, unsigned; the error says what the grammar has no words for.
pub fn write(request: &Request) -> Result<String, &'static str> {
    let Request { geometry, output, delivery, .. } = request;
    let mut draft = Draft::new(Grammar::Wsrv, request, plain());
    let url = draft.url();
    let full = url.starts_with("http://") || url.starts_with("https://");
    draft.refuse(!full, "a source that is not a full URL");
    draft.put(Field::Url, &[&url]);

    let kept = geometry.effective_fit() == Fit::Cover && !geometry.enlarge;
    draft.refuse(kept, "fit=cover that keeps the shape of a small source");
    if let Some(color) = geometry.background {
        // Without alpha, there is nothing behind the first six digits.
        draft.put(Field::Background, &[&exchange(&value::write_color(color), 6)]);
    }
    draft.refuse(output.format == OutputFormat::Auto, cannot(Field::Format));
    draft.put_quality(output, QUALITY);

    if let OnError::Redirect(url) = &delivery.on_error {
        draft.refuse(!text::contains(url, "://"), "a redirect to a relative URL");
    }
    if let Some(name) = &delivery.filename {
        draft.refuse(!plain_name(name), "a file name with other than letters and digits");
    }
    if let Some(seconds) = delivery.ttl {
        let days = matches!(seconds, DAY..=YEAR) && seconds.is_multiple_of(DAY);
        draft.refuse(!days, "a maximum age that is not in days");
        draft.put(Field::MaxAge, &[&text::decimal(seconds / DAY), "d"]);
    }

    draft.put(Field::Flip, &[]);
    draft.say_by(PARAMETERS);
    if geometry.flip_vertical {
        draft.say("flip", "");
    }
    if geometry.flip_horizontal {
        draft.say("flop", "");
    }
    if draft.say_crop(geometry, CROP) {
        draft.say("precrop", "");
    }
    Ok(text::concat(&["/wsrv/?", &draft.finish()?]))
}
