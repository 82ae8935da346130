//! The grammar of wsrv.nl (weserv), mounted at `/wsrv/`: `/wsrv/?url=…&w=…&h=…&fit=…&output=…&q=…`.
//!
//! As there, an unknown parameter is passed over, a value that cannot be read counts as not given, and of several values
//! the first holds. In query strings, `+` is a plus and `%` may stand alone. A parameter that the engine does not
//! implement is refused by name, unless its value switches it off.

mod draft;
mod parameters;

use super::parameter::{Rejected, check_missing, differences};
use super::text::{encode_query, lenient_pairs};
use crate::failure::{Failure, Kind, Result};
use crate::request::{ImageRequest, OnError};
use draft::Draft;

pub use parameters::PARAMETERS;

/// The signature and the query of a link that is signed as wsrv signs them: `/wsrv/s/{signature}/?{query}`. A path alone
/// has an empty query.
pub fn signed_link(target: &str) -> Option<(&str, &str)> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let signature = path.strip_prefix("/wsrv/s/")?.strip_suffix('/')?;
    (!signature.contains('/')).then_some((signature, query))
}

/// Reads a query string.
///
/// # Errors
///
/// [`Kind::InvalidParameter`] if there is no `url`, or if the query is not UTF-8; [`Kind::Unsupported`].
pub fn read(query: &str) -> Result<ImageRequest> {
    let pairs: Vec<_> = lenient_pairs(query).collect::<Option<_>>().ok_or_else(|| {
        Failure::new(Kind::InvalidParameter, "the query is not UTF-8")
            .with_detail("write text as percent-encoded UTF-8")
    })?;
    for (name, text) in &pairs {
        check_missing(parameters::MISSING, name, text).unwrap_or(Ok(()))?;
    }
    let mut draft = Draft::default();
    for parameter in PARAMETERS {
        let given = pairs.iter().find(|(name, _)| parameter.names.contains(&name.as_str()));
        let Some((name, text)) = given else { continue };
        if (parameter.read)(&mut draft, text) == Err(Rejected::Unsupported) {
            return Err(Failure::unsupported(name, text));
        }
    }
    draft.finish()
}

/// The response to a failure that a query asks for, even where [`read`] refuses the query.
pub fn fallback_of(query: &str) -> Option<OnError> {
    let mut pairs = lenient_pairs(query).flatten();
    let (_, text) = pairs.find(|(name, _)| parameters::FALLBACK.contains(&name.as_str()))?;
    Some(parameters::read_fallback(&text)).filter(|fallback| *fallback != OnError::Error)
}

/// Writes a request, unsigned, as far as the grammar has words for it.
pub fn write(request: &ImageRequest) -> String {
    let mut said = Vec::new();
    for (parameter, text) in differences(PARAMETERS, &Draft::of(request), &Draft::default()) {
        said.push(match text.as_str() {
            "" => parameter.name().into(),
            text => format!("{}={}", parameter.name(), encode_query(text)),
        });
    }
    format!("/wsrv/?{}", said.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::query;

    /// A query in the words of the query grammar, without the source; the kind of the failure if there is one.
    fn said(query: &str) -> Result<String, Kind> {
        let mut request = read(&format!("url=a.example/&{query}")).map_err(|failure| failure.kind())?;
        request.source = ImageRequest::default().source;
        Ok(query::write(&request).replace("enlarge=true", "enlarge"))
    }

    /// As [`said`], with what holds without any parameter taken off.
    fn adds(query: &str) -> Result<String, Kind> {
        let plain = said("").unwrap();
        said(query).map(|said| said.replace(&plain, "").trim_matches('&').into())
    }

    fn source(query: &str) -> String {
        query::write(&ImageRequest { source: read(query).unwrap().source, ..ImageRequest::default() })
    }

    #[test]
    fn without_parameters_the_image_keeps_its_format() {
        assert_eq!(said(""), Ok("enlarge&format=source&quality=80".into()));
    }

    #[test]
    fn sources_are_read_as_they_stand_in_a_query() {
        for (url, meant) in [
            ("a.example/b.jpg", "http:%2F%2Fa.example%2Fb.jpg"),
            ("//a.example/b.jpg", "http:%2F%2Fa.example%2Fb.jpg"),
            ("ssl:a.example/b.jpg", "https:%2F%2Fa.example%2Fb.jpg"),
            ("https%3A%2F%2Fa.example%2Fb%2520c.jpg", "https:%2F%2Fa.example%2Fb%2520c.jpg"),
            ("https://a.example/a+b.png", "https:%2F%2Fa.example%2Fa%2Bb.png"),
            ("https://a.example/50%.png", "https:%2F%2Fa.example%2F50%25.png"),
            ("a.example/b?next=https://c", "http:%2F%2Fa.example%2Fb%3Fnext%3Dhttps:%2F%2Fc"),
            ("a.example?next=https://c", "http:%2F%2Fa.example%3Fnext%3Dhttps:%2F%2Fc"),
            ("b%C3%BCcher.example/", "http:%2F%2Fb%C3%BCcher.example%2F"),
        ] {
            assert_eq!(source(&format!("w=50%&url={url}&url=other")), format!("url={meant}"), "{url}");
        }
        for bad in ["", "w=8", "url=", "url=a.example/%ff"] {
            assert_eq!(read(bad).unwrap_err().kind(), Kind::InvalidParameter, "{bad}");
        }
    }

    #[test]
    fn the_image_is_sized_first_and_then_turned() {
        for (query, adds_up) in [
            ("w=320&h=240&ro=90", "width=240&height=320&rotate=90"),
            ("w=320&ro=-90", "height=320&rotate=270"),
            ("w=320&h=240&ro=180", "width=320&height=240&rotate=180"),
            ("w=50%&or=+450&dpr=2", "height=100%25&rotate=90"),
            ("w=320&h=240&ro=90&precrop", "width=320&height=240&rotate=90"),
        ] {
            let request = read(&format!("url=a.example&{query}")).unwrap();
            let meant = query::read(&format!("url=http://a.example&{adds_up}"), false).unwrap();
            let sides = |request: &ImageRequest| {
                let geometry = &request.geometry;
                (geometry.width, geometry.height, geometry.rotate)
            };
            assert_eq!(sides(&request), sides(&meant), "{query}");
        }
        assert_eq!(said("ro=45"), Err(Kind::Unsupported));
        assert_eq!(adds("ro=left&or=1.5"), Ok(String::new()));
    }

    #[test]
    fn colours_have_their_alpha_in_front() {
        for (color, meant) in [
            ("%23ABC", "aabbcc"),
            ("ABC", "aabbcc"),
            ("%233ABC", "aabbcc33"),
            ("%233311FF33", "11ff3333"),
            ("80ff0000", "ff000080"),
            ("cornflowerblue", "6495ed"),
            ("RebeccaPurple", "663399"),
            ("darkorange", "ff8c00"),
        ] {
            let said = said(&format!("bg={color}")).unwrap();
            assert!(said.contains(&format!("background={meant}")), "{color}: {said}");
        }
        for unknown in ["", "%23", "redish", "12345"] {
            assert_eq!(adds(&format!("bg={unknown}")), Ok(String::new()), "{unknown}");
        }
    }

    #[test]
    fn a_focal_point_is_one_of_nine_where_something_is_cropped() {
        let cover = "w=9&h=9&fit=cover";
        for (align, gravity) in [
            ("a=focal-50-0", "north"),
            ("a=crop-50-0", "north"),
            ("a=crop-100-50", "east"),
            ("a=focal-0-100", "south-west"),
            ("a=focal-50-50", "center"),
            ("a=focal", "center"),
            ("a=focal&fpx=0&fpy=0", "north-west"),
            ("a=focal&fpx=0.5&fpy=1", "south"),
            ("fpx=1&align=focal", "east"),
            ("fpx=1&fpy=1&a=top", "north"),
            ("fpx=1&fpy=1&a=focal-0-0", "north-west"),
            ("a=nowhere", "center"),
            ("a=entropy&h=", "center"),
        ] {
            let request = read(&format!("url=a.example&{align}&{cover}")).unwrap();
            assert_eq!(request.geometry.gravity.name(), gravity, "{align}");
        }
        for align in ["a=focal-30-0", "a=crop-50-51", "a=focal&fpx=0.3", "a=entropy", "a=attention"] {
            assert_eq!(said(&format!("{cover}&{align}")), Err(Kind::Unsupported), "{align}");
            assert!(said(&format!("w=9&fit=cover&{align}")).is_ok(), "{align}");
            assert!(said(&format!("w=9&h=9&{align}")).is_ok(), "{align}");
        }
    }

    #[test]
    fn an_unknown_output_is_the_format_of_the_origin() {
        for output in ["origin", "auto", "unknown", ""] {
            assert_eq!(adds(&format!("output={output}")), Ok(String::new()), "{output}");
        }
        for output in ["gif", "tiff", "avif", "json"] {
            assert_eq!(said(&format!("output={output}")), Err(Kind::Unsupported), "{output}");
        }
    }

    #[test]
    fn only_values_that_change_something_are_refused() {
        for neutral in [
            "sat=1",
            "sat=1.0",
            "gam=1",
            "con=0",
            "hue=0",
            "mod=1,1,0",
            "mod=1",
            "blur=0",
            "blur=false",
            "sharp=0",
            "sharp=false",
            "bri=0",
            "trim=0",
            "trim=false",
            "filt=none",
            "mask=",
            "tint=",
            "encoding=",
            "n=1",
            "n",
            "page=0",
            "page",
            "pages=1",
            "l=9&af&il",
            "loop=1&delay=5&fsol=0",
            "mtrim&sharpf=2&cbg=red",
            "nonsense=1",
        ] {
            assert_eq!(adds(neutral), Ok(String::new()), "{neutral}");
        }
        for refused in [
            "sat=2",
            "gam",
            "gam=2",
            "con=-30",
            "hue=30",
            "mod=1,1,20",
            "mod=2",
            "blur",
            "blur=5",
            "sharp",
            "bri=30",
            "trim",
            "trim=10",
            "filt=greyscale",
            "mask=circle",
            "shape=heart",
            "tint=red",
            "encoding=base64",
            "n=-1",
            "n=2",
            "pages=-1",
            "page=-1",
            "page=6",
        ] {
            assert_eq!(said(refused), Err(Kind::Unsupported), "{refused}");
        }
    }

    #[test]
    fn what_cannot_be_read_counts_as_not_given() {
        for unread in [
            "w=abc",
            "h=0",
            "w=-5",
            "dpr=0.5",
            "dpr=9",
            "fit=snug",
            "we=false",
            "we=0",
            "q=0",
            "q=high",
            "ll=0",
            "flip=0",
            "flop=false",
            "filename=a-b",
            "filename=",
            "maxage=1h",
            "maxage=0d",
            "maxage=13M",
            "maxage=",
            "maxage=é",
            "default=0",
            "errorredirect=false",
            "cx=-1",
            "cw=0",
            "cx=0&cy=0%",
            "crop=1,2,3",
            "precrop",
        ] {
            assert_eq!(adds(unread), Ok(String::new()), "{unread}");
        }
        // The first of several holds, readable or not.
        assert_eq!(adds("w=abc&w=8"), Ok(String::new()));
        assert_eq!(said("width=7&w=8").unwrap(), "width=7&enlarge&format=source&quality=80");
    }

    #[test]
    fn a_crop_is_one_of_the_upright_source() {
        let crop = |query: &str| {
            let request = read(&format!("url=a.example&{query}")).map_err(|failure| failure.kind())?;
            Ok(request.geometry.crop.map(|crop| crop.to_string()))
        };
        for (query, meant) in [
            ("precrop&cx=1&cy=2&cw=3&ch=4&w=9", "1,2,3,4"),
            ("cx=1&cy=2&cw=3&ch=4", "1,2,3,4"),
            ("cw=50%&ch=20", "0,0,50%,20"),
            ("cx=7&cw=-10", "7,0,65535,65535"),
            ("crop=3,4,1,2", "1,2,3,4"),
            ("crop=3,4,1,2&cx=5", "5,2,3,4"),
        ] {
            assert_eq!(crop(query), Ok(Some(meant.into())), "{query}");
        }
        for query in ["cw=8&w=9", "crop=8,8,0,0&h=9", "cw=8&ro=90", "precrop&cw=8&flip", "precrop&cw=8&flop"]
        {
            assert_eq!(crop(query), Err(Kind::Unsupported), "{query}");
        }
        assert_eq!(crop("cw=8&w=9&cw=7&precrop=0"), Err(Kind::Unsupported));
    }

    #[test]
    fn borders_are_refused_where_they_show() {
        for fit in ["contain", "letterbox"] {
            assert_eq!(said(&format!("w=9&h=9&fit={fit}")), Err(Kind::Unsupported));
            assert_eq!(said(&format!("w=9&fit={fit}")), said("w=9"));
        }
    }

    #[test]
    fn the_fallback_is_known_even_if_the_query_is_refused() {
        for (query, fallback) in [
            ("default=a.example/b.jpg&blur=5", Some(OnError::Redirect("http://a.example/b.jpg".into()))),
            (
                "%ff&errorredirect=https%3A%2F%2Fa.example",
                Some(OnError::Redirect("https://a.example".into())),
            ),
            ("url=&default=1", Some(OnError::Source)),
            ("default=0&default=1", None),
            ("default=", None),
            ("w=8", None),
        ] {
            assert_eq!(fallback_of(query), fallback, "{query}");
        }
    }

    #[test]
    fn a_signed_link_has_its_signature_in_the_path() {
        assert_eq!(signed_link("/wsrv/s/T_Ey/?url=a&w=1"), Some(("T_Ey", "url=a&w=1")));
        assert_eq!(signed_link("/wsrv/s/T_Ey/"), Some(("T_Ey", "")));
        for other in ["/wsrv/?url=/wsrv/s/a/", "/wsrv/s/a", "/wsrv/s/a/b/", "/s/a/"] {
            assert_eq!(signed_link(other), None, "{other}");
        }
    }
}
