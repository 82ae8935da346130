//! The query grammar, tintype's own: `/?url=…&width=…&height=…&format=…`.
//!
//! It says everything that a [`Request`] can hold. A parameter that is unknown, given twice or malformed is an error
//! that names the parameter, its value and what is accepted: a typo never makes a picture that nobody asked for.

use super::{percent_decode, value};
use crate::failure::{Failure, Kind, clip};
use crate::format::{self, Format};
use crate::request::{Filter, Fit, Gravity, OutputFormat, Region, Request, Rotation, Source};

/// One parameter of the grammar.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Short names for the same.
    pub synonyms: &'static [&'static str],
    /// What it accepts, for a human.
    pub accepts: &'static str,
    /// What holds without it.
    pub default: &'static str,
    /// Puts the value into the request; `None` if it is not accepted.
    apply: fn(&mut Request, &str) -> Option<()>,
}

/// Names of [`Fit`].
pub const FITS: &[(&str, Fit)] = &[("contain", Fit::Contain), ("cover", Fit::Cover), ("fill", Fit::Fill)];

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

/// Every parameter, in the order of the documentation.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "url",
        synonyms: &["u"],
        accepts: "an http or https URL, percent-encoded",
        default: "none; required for GET",
        apply: |request, text| {
            // POST has its source in the body: a URL beside it is a contradiction.
            let empty = matches!(&request.source, Source::Url(url) if url.is_empty());
            (empty && !text.is_empty()).then(|| request.source = Source::Url(text.into()))
        },
    },
    Parameter {
        name: "width",
        synonyms: &["w"],
        accepts: "a whole number of pixels, 1 to 65535",
        default: "from the height, or the source's",
        apply: |request, text| value::pixels(text).map(|length| request.geometry.width = Some(length)),
    },
    Parameter {
        name: "height",
        synonyms: &["h"],
        accepts: "a whole number of pixels, 1 to 65535",
        default: "from the width, or the source's",
        apply: |request, text| value::pixels(text).map(|length| request.geometry.height = Some(length)),
    },
    Parameter {
        name: "fit",
        synonyms: &[],
        accepts: "contain, cover or fill",
        default: "contain",
        apply: |request, text| value::pick(FITS, text).map(|fit| request.geometry.fit = fit),
    },
    Parameter {
        name: "enlarge",
        synonyms: &["el"],
        accepts: "true, 1, false or 0",
        default: "false",
        apply: |request, text| value::boolean(text).map(|yes| request.geometry.enlarge = yes),
    },
    Parameter {
        name: "gravity",
        synonyms: &["g"],
        accepts: "center, north, north-east, east, south-east, south, south-west, west, north-west, \
                  or top, top-right, right, bottom-right, bottom, bottom-left, left, top-left",
        default: "center",
        apply: |request, text| value::pick(GRAVITIES, text).map(|gravity| request.geometry.gravity = gravity),
    },
    Parameter {
        name: "crop",
        synonyms: &["c"],
        accepts: "x,y,width,height in pixels of the source; width and height at least 1",
        default: "the whole image",
        apply: |request, text| region(text).map(|region| request.geometry.crop = Some(region)),
    },
    Parameter {
        name: "rotate",
        synonyms: &["rot"],
        accepts: "0, 90, 180 or 270, degrees clockwise",
        default: "0",
        apply: |request, text| {
            let degrees = value::integer(text, 0, 270)?;
            Rotation::from_degrees(i64::try_from(degrees).ok()?)
                .map(|rotation| request.geometry.rotate = rotation)
        },
    },
    Parameter {
        name: "flip",
        synonyms: &["fl"],
        accepts: "h (left to right), v (top to bottom), hv or none",
        default: "none",
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
    },
    Parameter {
        name: "auto-orient",
        synonyms: &["ao"],
        accepts: "true, 1, false or 0",
        default: "true",
        apply: |request, text| value::boolean(text).map(|yes| request.geometry.auto_orient = yes),
    },
    Parameter {
        name: "background",
        synonyms: &["bg"],
        accepts: "a colour: RGB, RGBA, RRGGBB or RRGGBBAA in hexadecimal",
        default: "none; white if the format has no transparency",
        apply: |request, text| value::hex_color(text).map(|color| request.geometry.background = Some(color)),
    },
    Parameter {
        name: "filter",
        synonyms: &["kernel"],
        accepts: "box, bilinear, catmull-rom, mitchell or lanczos3",
        default: "lanczos3",
        apply: |request, text| value::pick(FILTERS, text).map(|filter| request.geometry.filter = filter),
    },
    Parameter {
        name: "format",
        synonyms: &["f"],
        accepts: "jpeg (or jpg), png, webp, auto (what the client accepts) or source (the source's family)",
        default: "webp",
        apply: |request, text| output_format(text).map(|format| request.output.format = format),
    },
    Parameter {
        name: "quality",
        synonyms: &["q"],
        accepts: "a whole number, 1 to 100",
        default: "85 for jpeg, 80 for webp",
        apply: |request, text| value::quality(text).map(|quality| request.output.quality = Some(quality)),
    },
    Parameter {
        name: "lossless",
        synonyms: &["ll"],
        accepts: "true, 1, false or 0",
        default: "false",
        apply: |request, text| value::boolean(text).map(|yes| request.output.lossless = yes),
    },
];

/// Reads the query string of a `GET` (source in `url`) or a `POST` (source in the body).
pub fn read(query: &str, body: bool) -> Result<Request, Failure> {
    let source = if body { Source::Body } else { Source::Url(String::new()) };
    let mut request = Request::new(source);
    let mut seen = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        let text = decode(text)?;
        let parameter = find(&name)?;
        if seen.contains(&parameter.name) {
            return Err(Failure::new(
                Kind::InvalidParameter,
                format!("{} is given more than once", parameter.name),
            )
            .detail(format!("give {} once; its synonyms count as the same", parameter.name)));
        }
        seen.push(parameter.name);
        apply(parameter, &mut request, &text)?;
    }
    if request.source == Source::Url(String::new()) {
        return Err(Failure::new(Kind::InvalidParameter, "url is missing")
            .detail("GET / needs url=, the percent-encoded URL of the source; or POST the image itself"));
    }
    if request.output.lossless && request.output.format == OutputFormat::Fixed(Format::Jpeg) {
        return Err(Failure::new(Kind::InvalidParameter, "lossless does not go with format=jpeg")
            .detail("use format=webp or format=png"));
    }
    Ok(request)
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
        let known: Vec<&str> = PARAMETERS.iter().map(|known| known.name).collect();
        Failure::new(Kind::UnknownParameter, format!("\"{}\" is not a parameter", clip(name))).detail(
            format!(
                "accepted are {}; a source URL with a query of its own must be percent-encoded",
                known.join(", ")
            ),
        )
    })
}

fn decode(text: &str) -> Result<String, Failure> {
    percent_decode(&text.replace('+', " ")).ok_or_else(|| {
        Failure::new(Kind::InvalidParameter, format!("\"{}\" is not valid percent-encoding", clip(text)))
            .detail("write % as %25, and text as percent-encoded UTF-8")
    })
}

/// `jpeg`, `png`, …, `auto` or `source`; a format that is not encoded is not accepted.
fn output_format(text: &str) -> Option<OutputFormat> {
    match text {
        "auto" => Some(OutputFormat::Auto),
        "source" => Some(OutputFormat::Source),
        _ => {
            Format::from_name(text).filter(|format| format::ENCODED.contains(format)).map(OutputFormat::Fixed)
        }
    }
}

fn region(text: &str) -> Option<Region> {
    let mut numbers = text.split(',');
    let x = coordinate(numbers.next()?)?;
    let y = coordinate(numbers.next()?)?;
    let width = value::pixels(numbers.next()?)?;
    let height = value::pixels(numbers.next()?)?;
    numbers.next().is_none().then_some(Region { x, y, width, height })
}

fn coordinate(text: &str) -> Option<u32> {
    value::integer(text, 0, 65535).and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Color;

    fn get(query: &str) -> Result<Request, Failure> {
        read(query, false)
    }

    #[test]
    fn every_parameter_reaches_the_request() {
        let request = get("url=https%3A%2F%2Fa.example%2Fb.jpg%3Fv%3D1&width=800&height=600&fit=cover&enlarge=1\
            &gravity=north-west&crop=1,2,3,4&rotate=90&flip=hv&auto-orient=0&background=ff000080&filter=mitchell\
            &format=jpg&quality=70&lossless=0")
        .unwrap();
        assert_eq!(request.source, Source::Url("https://a.example/b.jpg?v=1".into()));
        let geometry = request.geometry;
        assert_eq!((geometry.width, geometry.height, geometry.fit), (Some(800), Some(600), Fit::Cover));
        assert!(
            geometry.enlarge && geometry.flip_horizontal && geometry.flip_vertical && !geometry.auto_orient
        );
        assert_eq!(geometry.gravity, Gravity::NorthWest);
        assert_eq!(geometry.crop, Some(Region { x: 1, y: 2, width: 3, height: 4 }));
        assert_eq!(geometry.rotate, Rotation::Quarter);
        assert_eq!(geometry.background, Some(Color { red: 255, green: 0, blue: 0, alpha: 128 }));
        assert_eq!(geometry.filter, Filter::Mitchell);
        assert_eq!(request.output.format, OutputFormat::Fixed(Format::Jpeg));
        assert_eq!(request.output.quality, Some(70));
    }

    #[test]
    fn synonyms_say_the_same() {
        let long = get("url=http://a.example/&width=8&height=6&quality=7&format=png&background=fff").unwrap();
        let short = get("u=http://a.example/&w=8&h=6&q=7&f=png&bg=fff").unwrap();
        assert_eq!(long, short);
    }

    #[test]
    fn malformed_values_name_parameter_value_and_what_is_accepted() {
        for (query, name) in [
            ("width=abc", "width"),
            ("w=0", "width"),
            ("height=-5", "height"),
            ("fit=stretch", "fit"),
            ("enlarge=yes", "enlarge"),
            ("gravity=middle", "gravity"),
            ("crop=1,2,3", "crop"),
            ("crop=1,2,0,4", "crop"),
            ("crop=1,2,3,4,5", "crop"),
            ("rotate=45", "rotate"),
            ("flip=x", "flip"),
            ("background=red", "background"),
            ("filter=nearest", "filter"),
            ("format=avif", "format"),
            ("quality=101", "quality"),
            ("quality=", "quality"),
            ("lossless", "lossless"),
        ] {
            let failure = get(&format!("url=http://a.example/&{query}")).unwrap_err();
            assert_eq!(failure.kind, Kind::InvalidParameter, "{query}");
            assert!(failure.message.starts_with(name), "{query}: {failure}");
            assert!(failure.detail.unwrap().contains("accepts"), "{query}");
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
