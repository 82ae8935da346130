//! Cloudflare's grammar: `/cdn-cgi/image/{name=value,name=value…}/{URL or absolute path}`.
//!
//! The URL is not encoded, and its query is the target's query. A path is one below `TINTYPE_BASE_URL`.

use super::draft::Draft;
use super::parameter::{Field, Options, Outcome, Parameter, parameter};
use super::{Grammar, mend_slashes, percent_decode, plain, sourceless, unsupported, value};
use crate::failure::Failure;
use crate::format::Format;
use crate::prelude::*;
use crate::request::{Crop, Fit, Length, OnError, OutputFormat, Place, Quality, Request, Rotation, Source};
use crate::table;
use crate::text;

/// What the paths of this grammar begin with.
pub const PREFIX: &str = "/cdn-cgi/image/";

const PIXELS: &str = "a whole number of pixels";

/// Every option, in the order in which they are written.
pub const OPTIONS: &[Parameter] = &[
    parameter(Field::Width, "width w", "", PIXELS),
    parameter(Field::Height, "height h", "", PIXELS),
    parameter(Field::Fit, "fit", "", "scale-down, contain, cover, crop, aspect-crop or squeeze"),
    parameter(
        Field::Gravity,
        "gravity g",
        "0.5x0.5 top 1x0 right 1x1 bottom 0x1 left 0x0",
        "left, right, top, bottom or a point such as 0.5x0",
    ),
    parameter(Field::Dpr, "dpr", "", "a factor, 0.01 to 100"),
    parameter(Field::Trim, "trim", "", "top;right;bottom;left in pixels"),
    parameter(Field::CropPart, "trim.left", "", PIXELS),
    parameter(Field::CropPart, "trim.top", "", PIXELS),
    parameter(Field::CropPart, "trim.width", "", PIXELS),
    parameter(Field::CropPart, "trim.height", "", PIXELS),
    parameter(Field::Background, "background", "", "%23RRGGBB or one of the basic names of CSS"),
    parameter(Field::Rotate, "rotate", "", "90, 180 or 270"),
    parameter(Field::Flip, "flip", "- h v hv|vh", ""),
    parameter(Field::Quality, "quality q", "", "1 to 100, high, medium-high, medium-low or low"),
    parameter(Field::Format, "format f", "jpeg|jpg|baseline-jpeg png webp auto -", ""),
    // These ask for no other picture: how long encoding takes, and the first frame of an animation.
    parameter(Field::Nothing, "compression", "fast", ""),
    parameter(Field::Nothing, "anim", "true|false", ""),
    parameter(Field::Nothing, "metadata", "none", ""),
    parameter(Field::OnError, "onerror", "- redirect", ""),
];

/// The options with those that the engine cannot do.
const GRAMMAR: Options = Options {
    table: OPTIONS,
    switched_off: "blur=0 sharpen=0 brightness=1 contrast=1 gamma=1 saturation=1 border=|0 segment=|0 upscale=|0 \
                   zoom=0 face-zoom=0 slow-connection-quality|scq=|0 wbreakpoints=|0 wmobile=|0 wdesktop=|0",
    refused: "width=auto fit=pad gravity=auto|face metadata=copyright|keep format=avif|json",
};

/// Fits, without and with enlarging, in the order of [`Fit`].
const FITS: &str = "scale-down contain aspect-crop cover crop - - squeeze";

/// The quality that holds if none is given, and names that stand for qualities.
const QUALITY: u8 = 85;
const QUALITIES: &str = "high=90 medium-high=80 medium-low=65 low=50";

/// Names of the parts of a cut, in their order.
const TRIM: &str = "trim.left trim.top trim.width trim.height";

/// A cut that takes everything: a region that juts out is cut at the source's edge.
const EVERYTHING: [u32; 4] = [0, 0, 65535, 65535];

/// Options as far as they have been read.
struct Reader {
    request: Request,
    dpr: u32,
    trim: Option<[u32; 4]>,
}

/// Reads a target.
pub fn read(target: &str) -> Result<Request, Failure> {
    let rest = target.strip_prefix(PREFIX).unwrap_or_default();
    let (options, url) = text::cut(rest, "/");
    if url.is_empty() {
        return Err(sourceless("", "write /cdn-cgi/image/width=80/https://example.com/photo.jpg"));
    }
    let mut reader = Reader { request: plain(QUALITY), dpr: Length::WHOLE, trim: None };
    reader.request.source = Source::Url(read_url(url));
    for option in text::parts(options, b',') {
        if !option.is_empty() {
            reader.option(option)?;
        }
    }
    reader.finish()
}

fn read_url(url: &str) -> String {
    let lower = text::lower(url.get(..8).unwrap_or(url));
    if lower.starts_with("http%3a") || lower.starts_with("https%3a") {
        return percent_decode(url).unwrap_or_else(|| url.to_owned());
    }
    if lower.starts_with("http:") || lower.starts_with("https:") {
        return mend_slashes(url);
    }
    text::concat(&["/", text::trim_start(url, "/")])
}

impl Reader {
    fn option(&mut self, option: &str) -> Result<(), Failure> {
        let (name, text) = text::cut(option, "=");
        let text =
            &percent_decode(text).ok_or_else(|| Failure::parameter(name, text, "a percent-encoded value"))?;
        GRAMMAR.read(name, text, &mut |option| self.set(option, text))
    }

    fn set(&mut self, option: &Parameter, text: &str) -> Option<Outcome> {
        let geometry = &mut self.request.geometry;
        match option.field {
            Field::Width | Field::Height if text.ends_with("%") => return None,
            Field::Fit => {
                let index = table::index(FITS, text)?;
                (geometry.fit, geometry.enlarge) = (*Fit::ALL.get(index / 2)?, index % 2 == 1);
            }
            Field::Gravity => match text::split_once(text, "x") {
                Some((x, y)) => match value::focal(x, y)? {
                    Some(gravity) => geometry.gravity = gravity,
                    None => return Some(Outcome::Unsupported),
                },
                None => option.read(&mut self.request, text)?,
            },
            Field::Dpr => self.dpr = value::factor(text)?,
            Field::Quality => {
                let number = table::lookup(QUALITIES, text).unwrap_or(text);
                self.request.output.quality = Quality::all(value::quality(number)?);
            }
            Field::Trim => {
                let mut sides = Vec::new();
                for side in text::parts(text, b';') {
                    sides.push(pixels(side)?);
                }
                match sides.as_slice() {
                    [top, 0, 0, left] => self.trim = Some([*left, *top, 65535, 65535]),
                    [_, _, _, _] => return Some(Outcome::Unsupported),
                    _ => return None,
                }
            }
            Field::CropPart => {
                let part = table::index(TRIM, option.names)?;
                *self.trim.get_or_insert(EVERYTHING).get_mut(part)? = pixels(text)?;
            }
            _ => option.read(&mut self.request, text)?,
        }
        Some(Outcome::Done)
    }

    fn finish(mut self) -> Result<Request, Failure> {
        let (geometry, output) = (&mut self.request.geometry, &mut self.request.output);
        if let Some([left, top, width, height]) = self.trim {
            if geometry.turned() || self.dpr != Length::WHOLE {
                return Err(unsupported("trim", "… beside rotate, flip or dpr"));
            }
            geometry.crop = Some(Crop {
                width: Length::Pixels(width.max(1)),
                height: Length::Pixels(height.max(1)),
                place: Place::At(Length::Pixels(left), Length::Pixels(top)),
            });
        }
        if lies(geometry.rotate) {
            core::mem::swap(&mut geometry.flip_horizontal, &mut geometry.flip_vertical);
        }
        geometry.scale(self.dpr, self.dpr);
        output.lossless =
            output.format == OutputFormat::Fixed(Format::Webp) && output.quality.any == Some(100);
        Ok(self.request)
    }
}

/// A number of pixels that may be none.
fn pixels(text: &str) -> Option<u32> {
    value::integer(text, 0, 65535).map(|number| number as u32)
}

/// Whether a rotation changes the axes' places. Cloudflare flips before it rotates, the contract after: with these, a
/// flip is one along the other axis.
fn lies(rotation: Rotation) -> bool {
    matches!(rotation, Rotation::Quarter | Rotation::ThreeQuarters)
}

/// Writes a request, unsigned; the error says what the grammar has no words for.
pub fn write(request: &Request) -> Result<String, &'static str> {
    let (geometry, output) = (&request.geometry, &request.output);
    let mut draft = Draft::new(Grammar::Cloudflare, request, plain(QUALITY));
    let url = draft.url();
    let path = url.starts_with("/") && !url.starts_with("//");
    let clear = |byte: u8| {
        byte.is_ascii_graphic()
            && !matches!(byte, b'#' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
    };
    let known = path || url.starts_with("http://") || url.starts_with("https://");
    draft.refuse(!known || !text::all(&url, clear), "this source URL");
    draft.refuse_shares(&[Field::Width, Field::Height, Field::Crop]);

    let fit = geometry.effective_fit() as usize * 2 + usize::from(geometry.enlarge);
    let fit = table::name(FITS, fit);
    draft.refuse(fit.is_none(), "this fit");
    draft.put(Field::Fit, fit.filter(|fit| *fit != "scale-down").as_slice());
    draft.put(Field::Enlarge, &[]);
    if lies(geometry.rotate) && geometry.flip_horizontal != geometry.flip_vertical {
        draft.put(Field::Flip, &[if geometry.flip_vertical { "h" } else { "v" }]);
    }
    if let Some(color) = geometry.background {
        draft.put(Field::Background, &["%23", &value::write_color(color)]);
    }

    let webp = output.format == OutputFormat::Fixed(Format::Webp);
    draft.put_quality(output, QUALITY);
    if webp {
        let whole = output.quality.of(Format::Webp) == Some(100);
        draft.refuse(whole && !output.lossless, "quality=100 that is not lossless");
        draft.put(Field::Lossless, &[]);
        if output.lossless {
            draft.put(Field::Quality, &["100"]);
        }
    }

    let elsewhere = matches!(request.delivery.on_error, OnError::Redirect(_));
    draft.refuse(elsewhere, "a redirect to another URL on error");

    draft.say_by(OPTIONS);
    draft.say_crop(geometry, TRIM);
    let mut options = draft.finish()?;
    if options.is_empty() {
        options.push_str("fit=scale-down");
    }
    Ok(text::concat(&[PREFIX, &options, "/", text::trim_start(&url, "/")]))
}
