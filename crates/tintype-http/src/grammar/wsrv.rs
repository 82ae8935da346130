//! The grammar of wsrv.nl (weserv), mounted at `/wsrv/`: `/wsrv/?url=…&w=…&h=…&fit=…&output=…&q=…`.
//!
//! As there, an unknown parameter is passed over, a value that cannot be read counts as not given, what follows a number is
//! passed over, and of several values the first holds. In query strings, `+` is a plus and `%` may stand alone. A format that is not made here is refused.

mod adjust;
mod draft;
mod parameters;
mod part;
mod value;

use std::iter;

use super::parameter::{Rejected, differences};
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
    let mut draft = Draft::default();
    for parameter in PARAMETERS {
        let given = pairs.iter().find(|(name, _)| parameter.names.contains(&name.as_str()));
        let Some((name, text)) = given else { continue };
        let is_number = parameters::NUMBERS.contains(&parameter.name());
        let numbers =
            value::leading_numbers(text).into_iter().filter(|number| is_number && !number.is_empty());
        for text in iter::once(text.as_str()).chain(numbers) {
            match (parameter.read)(&mut draft, text) {
                Ok(()) => break,
                Err(Rejected::Unsupported) => return Err(Failure::unsupported(name, text)),
                Err(_) => (),
            }
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
    use crate::grammar::value::Value as _;

    /// A query in the words of the query grammar, without the source; the kind of the failure if there is one.
    fn said(query: &str) -> Result<String, Kind> {
        let mut request = read(&format!("url=a.example/&{query}")).map_err(|failure| failure.kind())?;
        request.source = ImageRequest::default().source;
        Ok(query::write(&request).replace("enlarge=true", "enlarge"))
    }

    /// As [`said`], with what holds without any parameter taken off.
    fn adds(query: &str) -> Result<String, Kind> {
        let plain = said("").unwrap();
        let holds: Vec<&str> = plain.split('&').collect();
        let said = said(query)?;
        Ok(said.split('&').filter(|option| !holds.contains(option)).collect::<Vec<_>>().join("&"))
    }

    fn source(query: &str) -> String {
        query::write(&ImageRequest { source: read(query).unwrap().source, ..ImageRequest::default() })
    }

    #[test]
    fn what_follows_a_number_is_passed_over() {
        for (query, meant) in [
            ("w=100px", "w=100"),
            ("w=533.33&h=400.5", "w=533&h=400"),
            ("w=%2B50", "w=50"),
            ("w=12.5%", "w=12.5%25"),
            ("q=70%", "q=70"),
            ("ro=90deg", "ro=90"),
            ("trim=10.5", "trim=10"),
            ("sat=0.5x", "sat=0.5"),
            ("n=2.7", "n=2"),
            ("cx=5.&cw=30.0", "cx=5&cw=30"),
        ] {
            assert_eq!(said(query), said(meant), "{query}");
            assert_ne!(said(query), said(""), "{query}");
        }
        for nothing in [
            "w=px100",
            "w=-5px",
            "w=.",
            "w=0.9",
            "bg=123x",
            "filename=2024.summer",
            "a=5x",
            "w=%20100",
            "blur=much",
            "trim=x",
        ] {
            assert_eq!(said(nothing), said(""), "{nothing}");
        }
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
        assert_eq!(adds("ro=45"), Ok("tilt=45".into()));
        assert_eq!(adds("ro=-30&rbg=80ff0000&w=9"), Ok("width=9&tilt=330,ff000080".into()));
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
    fn a_point_or_the_most_interesting_part_is_kept() {
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
            ("a=entropy", "entropy"),
            ("a=attention", "attention"),
            ("a=focal-30-0", "0.3,0.0"),
            ("a=crop-50-51", "0.5,0.51"),
            ("a=focal&fpx=0.3", "0.3,0.5"),
        ] {
            let request = read(&format!("url=a.example&{align}&{cover}")).unwrap();
            assert_eq!(request.geometry.position.write().as_deref(), Some(gravity), "{align}");
        }
    }

    #[test]
    fn an_unknown_output_is_the_format_of_the_origin() {
        for output in ["origin", "auto", "unknown", ""] {
            assert_eq!(adds(&format!("output={output}")), Ok(String::new()), "{output}");
        }
        for output in ["tiff", "avif"] {
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
            "trim=255",
            "filt=none",
            "mask=",
            "mask=none",
            "mask=round",
            "tint=",
            "encoding=",
            "n=1",
            "n",
            "page=0",
            "page=-1",
            "page=-2",
            "page",
            "pages=1",
            "l=9&af",
            "fsol=0",
            "n=0",
            "n=-2",
            "mtrim&sharpf=2&cbg=red&rbg=red&mbg=red&tbg=red",
            "nonsense=1",
        ] {
            assert_eq!(adds(neutral), Ok(String::new()), "{neutral}");
        }
    }

    #[test]
    fn colours_and_detail_are_those_of_the_query_grammar() {
        for (query, expected) in [
            ("blur", "blur=0.816497"),
            ("blur=5", "blur=5"),
            ("sharp", "unsharp=0.816497,0.375"),
            ("sharp=2", "sharpen=2"),
            ("sharpj=3&sharp=2&sharpf=0", "sharpen=2,0,3"),
            ("con=-30", "contrast=0.7"),
            ("bri=30", "lightness=0.3"),
            ("gam", "gamma=2.2"),
            ("gam=9", "gamma=2.2"),
            ("gam=1.5", "gamma=1.5"),
            ("sat=2", "saturation=2"),
            ("hue=-30", "hue=330"),
            ("mod=1,1,20", "hue=20"),
            ("mod=2,0.5", "brightness=2&saturation=0.5"),
            ("filt=greyscale", "tone=grayscale"),
            ("filt=sepia", "tone=sepia"),
            ("filt=negate", "negate=true"),
            ("filt=duotone", "tone=duotone,c83658,d8e74f"),
            ("start=000&filt=duotone&stop=fff", "tone=duotone,000000,ffffff"),
            ("tint=80ff0000", "tint=ff0000"),
            ("blur=0.1&con=101&sharp=11&filt=blurry&tint=redish&sat=x", ""),
        ] {
            assert_eq!(adds(query), Ok(expected.into()), "{query}");
        }
    }

    #[test]
    fn frames_are_counted_from_a_page() {
        for (query, expected) in [
            ("n=-1", "frames=all"),
            ("pages=3&page=2", "page=2&frames=3"),
            ("n=-1&loop=2&delay=70", "frames=all&loop=2&delay=70"),
            ("n=-1&delay=10,20", "frames=all"),
        ] {
            assert_eq!(adds(query), Ok(expected.into()), "{query}");
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
    fn a_crop_is_one_of_the_turned_image_before_or_after_resizing() {
        for (query, meant) in [
            ("precrop&cx=1&cy=2&cw=3&ch=4&w=9", "width=9&crop=1,2,3,4"),
            ("cx=1&cy=2&cw=3&ch=4", "crop=1,2,3,4"),
            ("cw=50%&ch=20", "crop=0,0,50%25,20"),
            ("cx=7&cw=-10", "crop=7,0,65535,65535"),
            ("crop=3,4,1,2", "crop=1,2,3,4"),
            ("crop=3,4,1,2&cx=5", "crop=5,2,3,4"),
            ("cw=8&w=9", "width=9&crop-resized=0,0,8,65535"),
            ("cx=1&cw=8&cy=2&ch=4&w=9&ro=90", "height=9&rotate=90&crop-resized=1,2,8,4"),
            ("cx=1&cw=8&cy=2&ch=4&ro=90", "inset=0,0,1,2&crop=4,8,south-west&rotate=90"),
            ("precrop&cx=10%&flop&w=9", "width=9&crop=90%25,100%25,north-east,10%25,0&flip=h"),
            ("precrop&cx=10&flip&w=9", "width=9&inset=0,0,0,10&crop=100%25,100%25,south-west&flip=v"),
        ] {
            assert_eq!(adds(query), Ok(meant.into()), "{query}");
        }
    }

    #[test]
    fn borders_have_their_colour_and_surround_what_a_crop_leaves() {
        for fit in ["contain", "letterbox"] {
            assert_eq!(adds(&format!("w=9&h=8&fit={fit}")), Ok("width=9&height=8&fit=pad".into()));
        }
        assert_eq!(
            adds("w=9&h=8&fit=contain&cbg=black&a=top"),
            Ok("width=9&height=8&fit=pad&gravity=north&fill=000000".into())
        );
        assert_eq!(
            adds("w=9&h=8&fit=contain&cw=5"),
            Ok("width=9&height=8&crop-resized=0,0,5,65535&extend=size".into())
        );
    }

    #[test]
    fn trimming_and_masks_have_colours() {
        for (query, meant) in [
            ("trim", "trim=10"),
            ("trim=25&tbg=white", "trim=25,ffffff"),
            ("mask=ellipse&mbg=red", "mask=ellipse,ff0000"),
            ("shape=square&bg=red&mbg=red", "mask=diamond,ff0000&background=ff0000"),
            ("mask=triangle-180&bg=red", "mask=triangle-down,00000000&background=ff0000"),
            ("mask=heart&bg=red&mbg=80ffffff", "mask=heart,ffffff80&background=ff0000"),
            ("w=9&mask=pentagon-180&strim", "width=9&mask=pentagon-down,trim"),
            ("mask=ellipse&mtrim", "mask=ellipse,trim"),
        ] {
            assert_eq!(adds(query), Ok(meant.into()), "{query}");
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
