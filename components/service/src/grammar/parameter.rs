//! What a request can be told, one parameter at a time, in the words of the query grammar.
//!
//! The other grammars are dialects of it: each is a table of [`Parameter`]s, with names of its own for the same fields and
//! their values. What a table cannot say, they read and write themselves.

use super::{unsupported, value};
use crate::failure::{Failure, Kind, clip};
use crate::format::{self, ENCODED, Format};
use crate::prelude::*;
use crate::request::{
    Crop, Filter, Fit, Gravity, Length, OnError, Output, OutputFormat, Passthrough, Place, Request, Source,
};
use crate::table;
use crate::text;

/// What a parameter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The source's URL.
    Url,
    /// Target width.
    Width,
    /// Target height.
    Height,
    /// How the image is made to fit.
    Fit,
    /// Whether it may be enlarged.
    Enlarge,
    /// What is kept where something is cut off.
    Gravity,
    /// The part to cut out first.
    Crop,
    /// Rotation.
    Rotate,
    /// Mirroring, along one axis or both.
    Flip,
    /// Whether the image is turned upright.
    AutoOrient,
    /// What is drawn under transparent pixels.
    Background,
    /// Resampling kernel.
    Filter,
    /// The format of the rendition.
    Format,
    /// Its quality, for all formats or single ones.
    Quality,
    /// Whether it is encoded without loss.
    Lossless,
    /// The name to save it under.
    Filename,
    /// Whether it is to be saved.
    Download,
    /// The second from which on the request is no longer valid.
    Expires,
    /// Seconds for which the answer may be cached.
    MaxAge,
    /// Text without a meaning.
    Version,
    /// Sources that are handed over as they are.
    Passthrough,
    /// What is answered instead of an error.
    OnError,
    /// A factor for width and height. Like what follows, it stands in no request: the grammars see to it themselves.
    Dpr,
    /// Other parameters, under a name.
    Preset,
    /// Fit, width, height and enlarging in one.
    Resize,
    /// Width, height and enlarging in one.
    Size,
    /// A factor for each of width and height.
    Zoom,
    /// One quality for all formats, where another option has those of single ones.
    AnyQuality,
    /// Formats that [`Field::Passthrough`] is about, where another option has all of them.
    PassthroughFormats,
    /// A crop by what is cut off at each side.
    Trim,
    /// One of the numbers of a crop.
    CropPart,
    /// A flip along one axis.
    FlipAxis,
    /// Something that makes no difference.
    Nothing,
}

/// A parameter or option of a grammar.
#[derive(Debug)]
pub struct Parameter {
    /// What it is about.
    pub field: Field,
    /// Its name and its synonyms, with a space between them.
    pub names: &'static str,
    /// The names of its values, as a table (see [`table`]) in the order in which the query grammar has them; empty
    /// if they are written as in the query grammar, or if the grammar sees to them itself.
    pub values: &'static str,
    /// What it accepts, for a human; empty if the names of its values say so.
    pub accepts: &'static str,
}

/// A row of a grammar's table.
pub const fn parameter(
    field: Field,
    names: &'static str,
    values: &'static str,
    accepts: &'static str,
) -> Parameter {
    Parameter { field, names, values, accepts }
}

const SWITCH: &str = "false|0 true|1";
const LENGTH: &str = "a whole number of pixels, 1 to 65535, or a share of the source such as 50%";

/// Every parameter of the query grammar, in the order of the documentation.
pub const PARAMETERS: &[Parameter] = &[
    parameter(Field::Url, "url u", "", "an http or https URL, percent-encoded"),
    parameter(Field::Width, "width w", "", LENGTH),
    parameter(Field::Height, "height h", "", LENGTH),
    parameter(Field::Dpr, "dpr", "", "a factor for width and height, 0.01 to 100"),
    parameter(Field::Fit, "fit", "contain cover crop fill outside auto", ""),
    parameter(Field::Enlarge, "enlarge el", SWITCH, ""),
    parameter(Field::Gravity, "gravity g", GRAVITIES, ""),
    parameter(
        Field::Crop,
        "crop c",
        "",
        "x,y,width,height or width,height,gravity, each length in pixels or per cent of the source",
    ),
    parameter(Field::Rotate, "rotate rot", "0 90 180 270", "0, 90, 180 or 270, degrees clockwise"),
    parameter(Field::Flip, "flip fl", "none h v hv|vh", "h (left to right), v (top to bottom), hv or none"),
    parameter(Field::AutoOrient, "auto-orient ao", SWITCH, ""),
    parameter(
        Field::Background,
        "background bg",
        "",
        "a colour: RGB, RGBA, RRGGBB or RRGGBBAA in hexadecimal, or one of the basic names of CSS",
    ),
    parameter(Field::Filter, "filter kernel", "box bilinear catmull-rom mitchell lanczos3", ""),
    parameter(
        Field::Format,
        "format f",
        "jpeg|jpg png webp auto source",
        "jpeg (or jpg), png, webp, auto (what the client accepts) or source (the source's family)",
    ),
    parameter(Field::Quality, "quality q", "", "1 to 100, or one for each format such as jpeg:80,webp:75"),
    parameter(Field::Lossless, "lossless ll", SWITCH, ""),
    parameter(
        Field::Filename,
        "filename",
        "",
        "a file name without extension, at most 100 characters, without / \\ \" and control characters",
    ),
    parameter(Field::Download, "download dl", SWITCH, ""),
    parameter(Field::Expires, "expires exp", "", "a second of Unix time"),
    parameter(Field::MaxAge, "maxage", "", "seconds for which the answer may be cached, 0 to 31536000"),
    parameter(Field::Version, "version v", "", "any text; it makes a new URL of the same image"),
    parameter(
        Field::Passthrough,
        "passthrough",
        "none all",
        "none, all, or formats of sources that are answered as they are, such as gif,webp",
    ),
    parameter(
        Field::OnError,
        "onerror",
        "error source",
        "error, source (redirect to the source), or the URL of an allowed source to redirect to",
    ),
];

/// Names of gravities.
const GRAVITIES: &str = "center north|top north-east|top-right east|right south-east|bottom-right \
                             south|bottom south-west|bottom-left west|left north-west|top-left";

impl Parameter {
    /// Its name.
    pub fn name(&self) -> &'static str {
        table::first(self.names)
    }

    /// Puts a value in the words of the parameter's grammar into the request; `None` if it is not accepted.
    pub fn read(&self, request: &mut Request, text: &str) -> Option<()> {
        let mut text = text;
        if !self.values.is_empty() {
            let index = table::index(self.values, text)?;
            text = table::name(values(self.field), index).unwrap_or(text);
        }
        apply(self.field, request, text)
    }

    /// The failure of a value that is not accepted.
    pub fn malformed(&self, name: &str, text: &str) -> Failure {
        let mut accepts = String::from(self.accepts);
        if accepts.is_empty() {
            for value in &text::words(self.values, |byte| matches!(byte, b' ' | b'|')) {
                if *value != "-" {
                    text::add(&mut accepts, ", ", value);
                }
            }
        }
        Failure::parameter(name, text, &accepts)
    }
}

/// What became of an option whose value makes sense.
pub enum Outcome {
    /// It has been put into the request.
    Done,
    /// The engine cannot do it.
    Unsupported,
}

/// What a grammar's options are.
pub struct Options {
    /// Those that the engine can do.
    pub table: &'static [Parameter],
    /// Those that it cannot, each with the values that leave it switched off, in a table for [`table::lookup`].
    pub switched_off: &'static str,
    /// Values that the grammar has and the engine cannot do, by the first name of their option, in such a table too.
    pub refused: &'static str,
}

impl Options {
    /// Reads an option. `set` is given what it is, and is `None` for a value that is not accepted.
    pub fn read(
        &self,
        name: &str,
        text: &str,
        set: &mut dyn FnMut(&'static Parameter) -> Option<Outcome>,
    ) -> Result<(), Failure> {
        let (first, _) = text::cut(text, ":");
        if let Some(off) = table::lookup(self.switched_off, name) {
            // Of what is switched off, further arguments mean nothing; 1.0 is 1.
            let (whole, part) = text::cut(first, ".");
            let number = if text::all(part, |byte| byte == b'0') { whole } else { first };
            let off = table::index(off, text).or_else(|| table::index(off, &value::some(number)?));
            return off.map(|_| ()).ok_or_else(|| unsupported(name, text));
        }
        let option = find(self.table, name)?;
        match set(option) {
            Some(Outcome::Done) => Ok(()),
            None if table::lookup(self.refused, option.name())
                .and_then(|refused| table::index(refused, first))
                .is_none() =>
            {
                Err(option.malformed(name, text))
            }
            _ => Err(unsupported(name, text)),
        }
    }
}

/// The parameter of this name or synonym.
pub fn find(table: &'static [Parameter], name: &str) -> Result<&'static Parameter, Failure> {
    let known = table.iter().find(|parameter| table::has(parameter.names, name));
    known.ok_or_else(|| {
        let mut known = String::new();
        for parameter in table {
            text::add(&mut known, ", ", parameter.name());
        }
        let message = text::concat(&["\"", clip(name), "\" is not an option"]);
        Failure::new(Kind::UnknownParameter, message).detail(text::concat(&["accepted are ", &known]))
    })
}

/// The query grammar's parameter for a field.
pub fn native(field: Field) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.field == field)
}

/// The names of a field's values in the query grammar.
pub fn values(field: Field) -> &'static str {
    native(field).map_or("", |parameter| parameter.values)
}

/// Puts a value in the words of the query grammar into the request; `None` if it is not accepted.
pub fn apply(field: Field, request: &mut Request, text: &str) -> Option<()> {
    let Request { source, geometry, output, delivery } = request;
    let index = table::index(values(field), text);
    let yes = index.map(|index| index == 1);
    match field {
        Field::Url => {
            // POST has its source in the body: a URL beside it is a contradiction.
            match source {
                Source::Url(url) if url.is_empty() && !text.is_empty() => url.push_str(text),
                _ => return None,
            }
        }
        Field::Width => geometry.width = Some(value::length(text)?),
        Field::Height => geometry.height = Some(value::length(text)?),
        Field::Fit => geometry.fit = *Fit::ALL.get(index?)?,
        Field::Enlarge => geometry.enlarge = yes?,
        Field::Gravity => geometry.gravity = gravity(text)?,
        Field::Crop => geometry.crop = Some(read_crop(text)?),
        Field::Rotate => geometry.rotate = value::rotation(text)??,
        Field::Flip => {
            let index = index?;
            (geometry.flip_horizontal, geometry.flip_vertical) = (index & 1 != 0, index & 2 != 0);
        }
        Field::AutoOrient => geometry.auto_orient = yes?,
        Field::Background => geometry.background = Some(value::color(text)?),
        Field::Filter => geometry.filter = *Filter::ALL.get(index?)?,
        Field::Format => {
            output.format = match index? {
                3 => OutputFormat::Auto,
                4 => OutputFormat::Source,
                format => OutputFormat::Fixed(*ENCODED.get(format)?),
            }
        }
        Field::Quality => read_quality(output, text)?,
        Field::Lossless => output.lossless = yes?,
        Field::Filename => delivery.filename = Some(value::filename(text)?),
        Field::Download => delivery.download = yes?,
        Field::Expires => delivery.expires = Some(value::integer(text, 0, u64::MAX >> 11)?),
        Field::MaxAge => delivery.ttl = Some(value::integer(text, 0, 31_536_000)?),
        Field::Version => delivery.version = Some(value::some(text)?),
        Field::Passthrough => {
            delivery.passthrough = match index {
                Some(0) => Passthrough::NONE,
                Some(_) => Passthrough::ALL,
                None => value::formats(&text::split(text, b','))?,
            }
        }
        Field::OnError => {
            delivery.on_error = match index {
                Some(0) => OnError::Error,
                Some(_) => OnError::Source,
                None => OnError::Redirect(value::some(text)?),
            }
        }
        Field::Nothing => {}
        // What no request holds is for the grammars to see to.
        _ => return None,
    }
    Some(())
}

/// What the request holds, in the words of the query grammar; `None` if there is nothing to say.
pub fn show(field: Field, request: &Request) -> Option<String> {
    let Request { source, geometry, output, delivery } = request;
    let index = match field {
        Field::Url => {
            return match source {
                Source::Url(url) => Some(url.clone()),
                Source::Body => None,
            };
        }
        Field::Width => return geometry.width.map(value::write_length),
        Field::Height => return geometry.height.map(value::write_length),
        Field::Crop => return geometry.crop.map(write_crop),
        Field::Background => return geometry.background.map(value::write_color),
        Field::Quality => return write_quality(output),
        Field::Filename => return delivery.filename.clone(),
        Field::Expires => return delivery.expires.map(text::decimal),
        Field::MaxAge => return delivery.ttl.map(text::decimal),
        Field::Version => return delivery.version.clone(),
        Field::Fit => geometry.fit as usize,
        Field::Enlarge => geometry.enlarge.into(),
        Field::Gravity => geometry.gravity as usize,
        Field::Rotate => geometry.rotate as usize,
        Field::Flip => usize::from(geometry.flip_horizontal) | usize::from(geometry.flip_vertical) << 1,
        Field::AutoOrient => geometry.auto_orient.into(),
        Field::Filter => geometry.filter as usize,
        Field::Format => match output.format {
            OutputFormat::Fixed(format) => format as usize,
            OutputFormat::Auto => 3,
            OutputFormat::Source => 4,
        },
        Field::Lossless => output.lossless.into(),
        Field::Download => delivery.download.into(),
        Field::Passthrough => match &delivery.passthrough {
            &Passthrough::NONE => 0,
            &Passthrough::ALL => 1,
            formats => return Some(write_formats(formats)),
        },
        Field::OnError => match &delivery.on_error {
            OnError::Error => 0,
            OnError::Source => 1,
            OnError::Redirect(url) => return Some(url.clone()),
        },
        _ => return None,
    };
    table::name(values(field), index).map(Into::into)
}

/// Every parameter of the query grammar with the value that holds, defaults included.
pub fn options(request: &Request) -> Vec<(&'static str, String)> {
    let mut options = Vec::new();
    for parameter in PARAMETERS {
        if let Some(text) = show(parameter.field, request) {
            options.push((parameter.name(), text));
        }
    }
    options
}

fn gravity(text: &str) -> Option<Gravity> {
    Gravity::ALL.get(table::index(GRAVITIES, text)?).copied()
}

fn read_quality(output: &mut Output, text: &str) -> Option<()> {
    for part in text::parts(text, b',') {
        match text::split_once(part, ":") {
            Some((format, quality)) => {
                let format = Format::from_name(format).filter(|format| format.encoded())?;
                output.quality.set(format, value::quality(quality)?);
            }
            None => output.quality.any = Some(value::quality(part)?),
        }
    }
    Some(())
}

fn write_quality(output: &Output) -> Option<String> {
    let number = |quality: u8| text::decimal(quality.into());
    let mut list = output.quality.any.map_or_else(String::new, number);
    for (format, quality) in ENCODED.iter().zip(output.quality.formats) {
        if let Some(quality) = quality {
            text::add(&mut list, ",", &text::concat(&[format.name(), ":", &number(quality)]));
        }
    }
    value::some(&list)
}

fn write_formats(formats: &Passthrough) -> String {
    let mut list = String::new();
    for format in format::ALL {
        if formats.covers(format) {
            text::add(&mut list, ",", format.name());
        }
    }
    list
}

fn read_crop(text: &str) -> Option<Crop> {
    let offset = |text: &str| match text {
        "0" | "0%" => Some(Length::Pixels(0)),
        _ => value::length(text),
    };
    let (width, height, place) = match text::split(text, b',').as_slice() {
        [x, y, width, height] => (*width, *height, Place::At(offset(x)?, offset(y)?)),
        [width, height, name] => (*width, *height, Place::Towards(gravity(name)?)),
        _ => return None,
    };
    Some(Crop { width: value::length(width)?, height: value::length(height)?, place })
}

fn write_crop(crop: Crop) -> String {
    let pair = |a, b| text::concat(&[&value::write_length(a), ",", &value::write_length(b)]);
    let size = pair(crop.width, crop.height);
    match crop.place {
        Place::At(x, y) => text::concat(&[&pair(x, y), ",", &size]),
        Place::Towards(gravity) => {
            text::concat(&[&size, ",", table::name(GRAVITIES, gravity as usize).unwrap_or_default()])
        }
    }
}
