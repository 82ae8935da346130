//! The query grammar, tintype's own: `/?url=…&width=…&height=…&format=…`.
//!
//! It says everything that a [`Request`] can hold. A parameter that is unknown, given twice or malformed is an error
//! that names the parameter, its value and what is accepted: a typo never makes a picture that nobody asked for.

use super::percent_encode;
use super::value;
use crate::failure::{Failure, Kind, clip};
use crate::format::Format;
use crate::request::{
    Crop, Filter, Fit, Gravity, Length, OnError, OutputFormat, Passthrough, Place, Request, Source,
};
use crate::text;

/// One parameter of the grammar.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Short names for the same.
    pub synonyms: &'static [&'static str],
    /// What it accepts, for a human.
    pub accepts: &'static str,
    /// Puts the value into the request; `None` if it is not accepted.
    apply: fn(&mut Request, &str) -> Option<()>,
    /// Writes what the request holds; `None` if there is nothing to write.
    show: fn(&Request) -> Option<String>,
}

/// Names of [`Fit`].
pub const FITS: &[(&str, Fit)] = &[
    ("contain", Fit::Contain),
    ("cover", Fit::Cover),
    ("crop", Fit::Crop),
    ("fill", Fit::Fill),
    ("outside", Fit::Outside),
    ("auto", Fit::Auto),
];

/// Names of [`Gravity`].
pub const GRAVITIES: &[(&str, Gravity)] = &[
    ("center", Gravity::Center),
    ("north", Gravity::North),
    ("north-east", Gravity::NorthEast),
    ("east", Gravity::East),
    ("south-east", Gravity::SouthEast),
    ("south", Gravity::South),
    ("south-west", Gravity::SouthWest),
    ("west", Gravity::West),
    ("north-west", Gravity::NorthWest),
    ("top", Gravity::North),
    ("top-right", Gravity::NorthEast),
    ("right", Gravity::East),
    ("bottom-right", Gravity::SouthEast),
    ("bottom", Gravity::South),
    ("bottom-left", Gravity::SouthWest),
    ("left", Gravity::West),
    ("top-left", Gravity::NorthWest),
];

/// Names of [`Filter`].
pub const FILTERS: &[(&str, Filter)] = &[
    ("box", Filter::Box),
    ("bilinear", Filter::Bilinear),
    ("catmull-rom", Filter::CatmullRom),
    ("mitchell", Filter::Mitchell),
    ("lanczos3", Filter::Lanczos3),
];

const SWITCH: &str = "true, 1, false or 0";
const LENGTH: &str = "a whole number of pixels, 1 to 65535, or a share of the source such as 50%";

/// Every parameter, in the order of the documentation.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "url",
        synonyms: &["u"],
        accepts: "an http or https URL, percent-encoded",
        apply: |request, text| {
            // POST has its source in the body: a URL beside it is a contradiction.
            let empty = matches!(&request.source, Source::Url(url) if url.is_empty());
            (empty && !text.is_empty()).then(|| request.source = Source::Url(text.into()))
        },
        show: |request| match &request.source {
            Source::Url(url) => Some(url.clone()),
            Source::Body => None,
        },
    },
    Parameter {
        name: "width",
        synonyms: &["w"],
        accepts: LENGTH,
        apply: |request, text| value::length(text).map(|length| request.geometry.width = Some(length)),
        show: |request| request.geometry.width.map(value::write_length),
    },
    Parameter {
        name: "height",
        synonyms: &["h"],
        accepts: LENGTH,
        apply: |request, text| value::length(text).map(|length| request.geometry.height = Some(length)),
        show: |request| request.geometry.height.map(value::write_length),
    },
    Parameter {
        name: "dpr",
        synonyms: &[],
        accepts: "a factor for width and height, 0.01 to 100",
        // Applied to both lengths once all parameters have been read.
        apply: |_, text| value::factor(text).map(|_| ()),
        show: |_| None,
    },
    Parameter {
        name: "fit",
        synonyms: &[],
        accepts: "contain, cover, crop, fill, outside or auto",
        apply: |request, text| value::pick(FITS, text).map(|fit| request.geometry.fit = fit),
        show: |request| Some(value::name_of(FITS, request.geometry.fit).into()),
    },
    Parameter {
        name: "enlarge",
        synonyms: &["el"],
        accepts: SWITCH,
        apply: |request, text| value::boolean(text).map(|yes| request.geometry.enlarge = yes),
        show: |request| Some(request.geometry.enlarge.to_string()),
    },
    Parameter {
        name: "gravity",
        synonyms: &["g"],
        accepts: "center, north, north-east, east, south-east, south, south-west, west, north-west, \
                  or top, top-right, right, bottom-right, bottom, bottom-left, left, top-left",
        apply: |request, text| value::pick(GRAVITIES, text).map(|gravity| request.geometry.gravity = gravity),
        show: |request| Some(value::name_of(GRAVITIES, request.geometry.gravity).into()),
    },
    Parameter {
        name: "crop",
        synonyms: &["c"],
        accepts: "x,y,width,height or width,height,gravity, each length in pixels or per cent of the source",
        apply: |request, text| read_crop(text).map(|crop| request.geometry.crop = Some(crop)),
        show: |request| request.geometry.crop.map(write_crop),
    },
    Parameter {
        name: "rotate",
        synonyms: &["rot"],
        accepts: "0, 90, 180 or 270, degrees clockwise",
        apply: |request, text| value::rotation(text).map(|rotation| request.geometry.rotate = rotation),
        show: |request| Some(request.geometry.rotate.degrees().to_string()),
    },
    Parameter {
        name: "flip",
        synonyms: &["fl"],
        accepts: "h (left to right), v (top to bottom), hv or none",
        apply: |request, text| {
            let (h, v) = match text {
                "h" => (true, false),
                "v" => (false, true),
                "hv" | "vh" => (true, true),
                "none" => (false, false),
                _ => return None,
            };
            request.geometry.flip_horizontal = h;
            request.geometry.flip_vertical = v;
            Some(())
        },
        show: |request| {
            let name = match (request.geometry.flip_horizontal, request.geometry.flip_vertical) {
                (false, false) => "none",
                (true, false) => "h",
                (false, true) => "v",
                (true, true) => "hv",
            };
            Some(name.into())
        },
    },
    Parameter {
        name: "auto-orient",
        synonyms: &["ao"],
        accepts: SWITCH,
        apply: |request, text| value::boolean(text).map(|yes| request.geometry.auto_orient = yes),
        show: |request| Some(request.geometry.auto_orient.to_string()),
    },
    Parameter {
        name: "background",
        synonyms: &["bg"],
        accepts: "a colour: RGB, RGBA, RRGGBB or RRGGBBAA in hexadecimal, or one of the basic names of CSS",
        apply: |request, text| {
            value::hex_color(text)
                .or_else(|| value::named_color(text))
                .map(|color| request.geometry.background = Some(color))
        },
        show: |request| request.geometry.background.map(value::write_color),
    },
    Parameter {
        name: "filter",
        synonyms: &["kernel"],
        accepts: "box, bilinear, catmull-rom, mitchell or lanczos3",
        apply: |request, text| value::pick(FILTERS, text).map(|filter| request.geometry.filter = filter),
        show: |request| Some(value::name_of(FILTERS, request.geometry.filter).into()),
    },
    Parameter {
        name: "format",
        synonyms: &["f"],
        accepts: "jpeg (or jpg), png, webp, auto (what the client accepts) or source (the source's family)",
        apply: |request, text| {
            let format = match text {
                "auto" => OutputFormat::Auto,
                "source" => OutputFormat::Source,
                _ => OutputFormat::Fixed(Format::from_name(text).filter(|format| format.encoded())?),
            };
            request.output.format = format;
            Some(())
        },
        show: |request| {
            let name = match request.output.format {
                OutputFormat::Auto => "auto",
                OutputFormat::Source => "source",
                OutputFormat::Fixed(format) => format.name(),
            };
            Some(name.into())
        },
    },
    Parameter {
        name: "quality",
        synonyms: &["q"],
        accepts: "1 to 100, or one for each format such as jpeg:80,webp:75",
        apply: |request, text| {
            for part in text.split(',') {
                match part.split_once(':') {
                    Some((format, quality)) => {
                        let format = Format::from_name(format).filter(|format| format.encoded())?;
                        request.output.quality.set(format, value::quality(quality)?);
                    }
                    None => request.output.quality.any = Some(value::quality(part)?),
                }
            }
            Some(())
        },
        show: |request| {
            let quality = &request.output.quality;
            let mut list = quality.any.map_or_else(String::new, |quality| u32::from(quality).to_string());
            for (format, quality) in &quality.formats {
                text::add(&mut list, ",", &format!("{}:{}", format.name(), u32::from(*quality)));
            }
            (!list.is_empty()).then_some(list)
        },
    },
    Parameter {
        name: "lossless",
        synonyms: &["ll"],
        accepts: SWITCH,
        apply: |request, text| value::boolean(text).map(|yes| request.output.lossless = yes),
        show: |request| Some(request.output.lossless.to_string()),
    },
    Parameter {
        name: "filename",
        synonyms: &[],
        accepts: "a file name without extension, at most 100 characters, without / \\ \" and control characters",
        apply: |request, text| value::filename(text).map(|name| request.delivery.filename = Some(name)),
        show: |request| request.delivery.filename.clone(),
    },
    Parameter {
        name: "download",
        synonyms: &["dl"],
        accepts: SWITCH,
        apply: |request, text| value::boolean(text).map(|yes| request.delivery.download = yes),
        show: |request| Some(request.delivery.download.to_string()),
    },
    Parameter {
        name: "expires",
        synonyms: &["exp"],
        accepts: "a second of Unix time",
        apply: |request, text| {
            value::integer(text, 0, u64::MAX >> 11).map(|second| request.delivery.expires = Some(second))
        },
        show: |request| request.delivery.expires.map(|second| second.to_string()),
    },
    Parameter {
        name: "maxage",
        synonyms: &[],
        accepts: "seconds for which the answer may be cached, 0 to 31536000",
        apply: |request, text| {
            value::integer(text, 0, 31_536_000).map(|seconds| request.delivery.ttl = Some(seconds))
        },
        show: |request| request.delivery.ttl.map(|seconds| seconds.to_string()),
    },
    Parameter {
        name: "version",
        synonyms: &["v"],
        accepts: "any text; it makes a new URL of the same image",
        apply: |request, text| (!text.is_empty()).then(|| request.delivery.version = Some(text.into())),
        show: |request| request.delivery.version.clone(),
    },
    Parameter {
        name: "passthrough",
        synonyms: &[],
        accepts: "none, all, or formats of sources that are answered as they are, such as gif,webp",
        apply: |request, text| {
            request.delivery.passthrough = match text {
                "none" => Passthrough::None,
                "all" => Passthrough::All,
                list => Passthrough::Formats(value::formats(&text::split(list, ','))?),
            };
            Some(())
        },
        show: |request| match &request.delivery.passthrough {
            Passthrough::None => Some("none".into()),
            Passthrough::All => Some("all".into()),
            Passthrough::Formats(formats) => {
                let mut list = String::new();
                for format in formats {
                    text::add(&mut list, ",", format.name());
                }
                Some(list)
            }
        },
    },
    Parameter {
        name: "onerror",
        synonyms: &[],
        accepts: "error, source (redirect to the source), or the URL of an allowed source to redirect to",
        apply: |request, text| {
            request.delivery.on_error = match text {
                "" => return None,
                "error" => OnError::Error,
                "source" => OnError::Source,
                url => OnError::Redirect(url.into()),
            };
            Some(())
        },
        show: |request| match &request.delivery.on_error {
            OnError::Error => Some("error".into()),
            OnError::Source => Some("source".into()),
            OnError::Redirect(url) => Some(url.clone()),
        },
    },
];

/// Reads the query string of a `GET` (source in `url`) or a `POST` (source in the body).
pub fn read(query: &str, body: bool) -> Result<Request, Failure> {
    let source = if body { Source::Body } else { Source::Url(String::new()) };
    let mut request = Request::new(source);
    let mut seen = Vec::new();
    let mut dpr = None;
    for (name, text) in &super::pairs(query)? {
        let parameter = find(name)?;
        if seen.contains(&parameter.name) {
            let message = format!("{} is given more than once", parameter.name);
            return Err(Failure::new(Kind::InvalidParameter, message)
                .detail("give it once; its synonyms count as the same"));
        }
        seen.push(parameter.name);
        apply(parameter, &mut request, text)?;
        if parameter.name == "dpr" {
            dpr = value::factor(text);
        }
    }
    if let Some(factor) = dpr {
        scale(&mut request, factor);
    }
    check(&request)?;
    Ok(request)
}

/// Multiplies the target by a device pixel ratio in millionths.
pub fn scale(request: &mut Request, factor: u32) {
    let times = |length: Option<Length>| length.map(|length| length.times(factor));
    request.geometry.width = times(request.geometry.width);
    request.geometry.height = times(request.geometry.height);
}

fn check(request: &Request) -> Result<(), Failure> {
    if request.source == Source::Url(String::new()) {
        return Err(Failure::new(Kind::InvalidParameter, "url is missing")
            .detail("GET / needs url=, the percent-encoded URL of the source; or POST the image itself"));
    }
    if request.output.lossless && request.output.format == OutputFormat::Fixed(Format::Jpeg) {
        return Err(Failure::new(Kind::InvalidParameter, "lossless does not go with format=jpeg")
            .detail("use format=webp or format=png"));
    }
    Ok(())
}

fn apply(parameter: &Parameter, request: &mut Request, text: &str) -> Result<(), Failure> {
    if parameter.name == "url" && request.source == Source::Body {
        return Err(Failure::new(Kind::InvalidParameter, "url is not accepted with POST")
            .detail("the source is either the body of a POST or the url of a GET"));
    }
    (parameter.apply)(request, text)
        .ok_or_else(|| Failure::parameter(parameter.name, text, parameter.accepts))
}

fn find(name: &str) -> Result<&'static Parameter, Failure> {
    PARAMETERS.iter().find(|known| known.name == name || known.synonyms.contains(&name)).ok_or_else(|| {
        let mut known = String::new();
        for parameter in PARAMETERS {
            text::add(&mut known, ", ", parameter.name);
        }
        Failure::new(Kind::UnknownParameter, format!("\"{}\" is not a parameter", clip(name))).detail(
            format!("accepted are {known}; a source URL with a query of its own must be percent-encoded"),
        )
    })
}

/// Every parameter with the value that holds, defaults included.
pub fn options(request: &Request) -> Vec<(&'static str, String)> {
    let mut options = Vec::new();
    for parameter in PARAMETERS {
        if let Some(text) = (parameter.show)(request) {
            options.push((parameter.name, text));
        }
    }
    options
}

/// The shortest query string that says the same, without the leading `/?`.
pub fn write(request: &Request) -> String {
    let plain = Request::new(Source::Body);
    let mut out = String::new();
    for parameter in PARAMETERS {
        let text = (parameter.show)(request);
        if let Some(text) = text.filter(|text| (parameter.show)(&plain).as_ref() != Some(text)) {
            if !out.is_empty() {
                out.push('&');
            }
            out.push_str(parameter.name);
            out.push('=');
            out.push_str(&percent_encode(&text));
        }
    }
    out
}

fn read_crop(text: &str) -> Option<Crop> {
    let parts = text::split(text, ',');
    let offset = |text: &str| match text {
        "0" | "0%" => Some(Length::Pixels(0)),
        _ => value::length(text),
    };
    match parts.as_slice() {
        [x, y, width, height] => Some(Crop {
            width: value::length(width)?,
            height: value::length(height)?,
            place: Place::At(offset(x)?, offset(y)?),
        }),
        [width, height, gravity] => Some(Crop {
            width: value::length(width)?,
            height: value::length(height)?,
            place: Place::Towards(value::pick(GRAVITIES, gravity)?),
        }),
        _ => None,
    }
}

fn write_crop(crop: Crop) -> String {
    let (width, height) = (value::write_length(crop.width), value::write_length(crop.height));
    match crop.place {
        Place::At(x, y) => format!("{},{},{width},{height}", value::write_length(x), value::write_length(y)),
        Place::Towards(gravity) => format!("{width},{height},{}", value::name_of(GRAVITIES, gravity)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Color, Rotation};

    fn get(query: &str) -> Result<Request, Failure> {
        read(query, false)
    }

    #[test]
    fn every_parameter_reaches_the_request() {
        let request = get("url=https%3A%2F%2Fa.example%2Fb.jpg%3Fv%3D1&width=800&height=60%25&fit=cover&enlarge=1\
            &gravity=north-west&crop=1,2,3,4&rotate=90&flip=hv&auto-orient=0&background=ff000080&filter=mitchell\
            &format=jpg&quality=70,webp:60&lossless=0&filename=a+b&download=1&expires=5&maxage=6&version=7\
            &passthrough=gif&onerror=source&dpr=2")
        .unwrap();
        assert_eq!(request.source, Source::Url("https://a.example/b.jpg?v=1".into()));
        let geometry = &request.geometry;
        assert_eq!(geometry.width, Some(Length::Pixels(1600)));
        assert_eq!((geometry.height, geometry.fit), (Some(Length::Share(1_200_000)), Fit::Cover));
        assert!(
            geometry.enlarge && geometry.flip_horizontal && geometry.flip_vertical && !geometry.auto_orient
        );
        assert_eq!(geometry.gravity, Gravity::NorthWest);
        let pixels = Length::Pixels;
        let place = Place::At(pixels(1), pixels(2));
        assert_eq!(geometry.crop, Some(Crop { width: pixels(3), height: pixels(4), place }));
        assert_eq!(geometry.rotate, Rotation::Quarter);
        assert_eq!(geometry.background, Some(Color { red: 255, green: 0, blue: 0, alpha: 128 }));
        assert_eq!(geometry.filter, Filter::Mitchell);
        assert_eq!(request.output.format, OutputFormat::Fixed(Format::Jpeg));
        assert_eq!(request.output.quality.of(Format::Jpeg), Some(70));
        assert_eq!(request.output.quality.of(Format::Webp), Some(60));
        let delivery = &request.delivery;
        assert_eq!((delivery.expires, delivery.ttl), (Some(5), Some(6)));
        assert_eq!((delivery.filename.as_deref(), delivery.version.as_deref()), (Some("a b"), Some("7")));
        assert!(delivery.download && delivery.passthrough.covers(Format::Gif));
        assert_eq!(delivery.on_error, OnError::Source);
        assert_eq!(get(&write(&request)), Ok(request));
    }

    #[test]
    fn synonyms_say_the_same() {
        let long = get("url=http://a.example/&width=8&height=6&quality=7&format=png&background=fff").unwrap();
        let short = get("u=http://a.example/&w=8&h=6&q=7&f=png&bg=white").unwrap();
        assert_eq!(long, short);
    }

    #[test]
    fn malformed_values_name_parameter_value_and_what_is_accepted() {
        for (query, name) in [
            ("width=abc", "width"),
            ("w=0", "width"),
            ("height=-5", "height"),
            ("dpr=0", "dpr"),
            ("fit=stretch", "fit"),
            ("enlarge=yes", "enlarge"),
            ("gravity=middle", "gravity"),
            ("crop=1,2", "crop"),
            ("crop=1,2,0,4", "crop"),
            ("crop=1,2,3,4,5", "crop"),
            ("crop=10,10,middle", "crop"),
            ("rotate=45", "rotate"),
            ("flip=x", "flip"),
            ("background=redish", "background"),
            ("filter=nearest", "filter"),
            ("format=avif", "format"),
            ("quality=101", "quality"),
            ("quality=avif:50", "quality"),
            ("quality=", "quality"),
            ("lossless", "lossless"),
            ("filename=a/b", "filename"),
            ("expires=soon", "expires"),
            ("maxage=-1", "maxage"),
            ("version=", "version"),
            ("passthrough=pdf", "passthrough"),
            ("onerror=", "onerror"),
        ] {
            let failure = get(&format!("url=http://a.example/&{query}")).unwrap_err();
            assert_eq!(failure.kind, Kind::InvalidParameter, "{query}");
            assert!(failure.message.starts_with(name), "{query}: {failure:?}");
            assert!(failure.detail.as_ref().unwrap().contains("accepts"), "{query}");
        }
    }

    #[test]
    fn unknown_repeated_and_undecodable_parameters_are_refused() {
        assert_eq!(get("url=http://a.example/&widht=5").unwrap_err().kind, Kind::UnknownParameter);
        assert_eq!(get("url=http://a.example/&w=5&width=5").unwrap_err().kind, Kind::InvalidParameter);
        assert_eq!(get("url=%zz").unwrap_err().kind, Kind::InvalidParameter);
        assert_eq!(get("url=%ff").unwrap_err().kind, Kind::InvalidParameter);
        assert_eq!(get("").unwrap_err().message, "url is missing");
        assert_eq!(read("url=http://a.example/", true).unwrap_err().message, "url is not accepted with POST");
        assert_eq!(read("lossless=1&format=jpeg", true).unwrap_err().kind, Kind::InvalidParameter);
    }

    #[test]
    fn every_parameter_name_is_used_once() {
        let mut names: Vec<&str> =
            PARAMETERS.iter().flat_map(|p| p.synonyms.iter().copied().chain([p.name])).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
