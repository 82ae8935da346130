//! The query grammar, tintype's own: `/?url=…&width=…&height=…&format=…`.
//!
//! It says everything that a [`Request`] can hold. A parameter that is unknown, given twice or malformed is an error
//! that names the parameter, its value and what is accepted: a typo never makes a picture that nobody asked for.

use super::draft::Draft;
use super::parameter::{Field, apply, find};
use super::{Grammar, pairs, value};
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::prelude::*;
use crate::request::{Length, OutputFormat, Request, Source};
use crate::text;

pub use super::parameter::{PARAMETERS, options};

/// Reads the query string of a `GET` (source in `url`) or a `POST` (source in the body).
pub fn read(query: &str, body: bool) -> Result<Request, Failure> {
    let refused = |message: &str, advice: &str| {
        Err(Failure::new(Kind::InvalidParameter, message.to_owned()).detail(advice.to_owned()))
    };
    let mut request = Request::new(if body { Source::Body } else { Source::Url(String::new()) });
    let mut seen = 0u32;
    let mut dpr = Length::WHOLE;
    for (name, text) in &pairs(query)? {
        let parameter = find(PARAMETERS, name).map_err(unknown)?;
        let bit = 1 << parameter.field as u32;
        if seen & bit != 0 {
            let message = text::concat(&[parameter.name(), " is given more than once"]);
            return refused(&message, "give it once; its synonyms count as the same");
        }
        seen |= bit;
        if parameter.field == Field::Url && body {
            return refused(
                "url is not accepted with POST",
                "the source is either the body of a POST or the url of a GET",
            );
        }
        let accepted = if parameter.field == Field::Dpr {
            value::factor(text).map(|factor| dpr = factor)
        } else {
            apply(parameter.field, &mut request, text)
        };
        accepted.ok_or_else(|| parameter.malformed(parameter.name(), text))?;
    }
    request.geometry.scale(dpr, dpr);
    if matches!(&request.source, Source::Url(url) if url.is_empty()) {
        return refused(
            "url is missing",
            "GET / needs url=, the percent-encoded URL of the source; or POST the image itself",
        );
    }
    if request.output.lossless && request.output.format == OutputFormat::Fixed(Format::Jpeg) {
        return refused("lossless does not go with format=jpeg", "use format=webp or format=png");
    }
    Ok(request)
}

/// What is no parameter of ours is mostly one of the source's own query.
fn unknown(failure: Failure) -> Failure {
    let known = failure.detail.as_deref().unwrap_or_default();
    let detail = text::concat(&[known, "; a source URL with a query of its own must be percent-encoded"]);
    failure.detail(detail)
}

/// The shortest query string that says the same, without the leading `/?`.
pub fn write(request: &Request) -> String {
    let mut draft = Draft::new(Grammar::Query, request, Request::new(Source::Body));
    draft.say_by(PARAMETERS);
    draft.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::{Color, Crop, Filter, Fit, Gravity, OnError, Place, Rotation};

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
            PARAMETERS.iter().flat_map(|parameter| parameter.names.split(' ')).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
