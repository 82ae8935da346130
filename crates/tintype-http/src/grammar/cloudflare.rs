//! Cloudflare's grammar: `/cdn-cgi/image/{name=value,name=value…}/{URL or absolute path}`.
//!
//! The URL is not encoded, and its query is the target's query. A path is one below `TINTYPE_BASE_URL`. As there, names
//! of options are read in any case, and an unknown one is passed over. An option that the engine does not implement is
//! refused by name, unless its value switches it off.

mod draft;
mod options;

use std::borrow::Cow;

use super::dialect::no_source;
use super::parameter::{Parameter, check_missing, differences, find};
use super::text::{decode, encode_path, encode_query, mend_slashes, split_list};
use crate::failure::{Failure, Kind, Result, clip};
use crate::request::{ImageRequest, Source};
use draft::Draft;

#[cfg(test)]
pub(crate) use options::MISSING;
pub use options::OPTIONS;

/// The beginning of the grammar's paths.
pub const PREFIX: &str = "/cdn-cgi/image/";

/// Reads a target.
///
/// # Errors
///
/// [`Kind::InvalidParameter`], [`Kind::Unsupported`], or [`Kind::InvalidSource`] if no source follows the options.
pub fn read(target: &str) -> Result<ImageRequest> {
    let rest = target.strip_prefix(PREFIX).unwrap_or_default();
    let (options, url) = rest.split_once('/').unwrap_or((rest, ""));
    let url = url.trim_start_matches('/');
    if url.is_empty() {
        return Err(no_source("", "write /cdn-cgi/image/width=80/https://example.com/photo.jpg"));
    }
    let mut draft = Draft::default();
    draft.request.source = Source::Url(read_url(url));
    for option in split_list(&decode_whole(options)?, ',').into_iter().filter(|option| !option.is_empty()) {
        read_option(&mut draft, option)?;
    }
    draft.finish()
}

/// The options of a segment, in clear text if all of it is encoded, separators included.
fn decode_whole(segment: &str) -> Result<Cow<'_, str>> {
    if segment.contains('=') || segment.chars().all(|c| c == ',') {
        return Ok(segment.into());
    }
    let decoded = decode(segment).filter(|options| options.contains('='));
    decoded.map(Cow::Owned).ok_or_else(|| {
        let message = format!("\"{}\" is not a list of options", clip(segment));
        Failure::new(Kind::InvalidParameter, message)
            .with_detail("write name=value, with commas between options, before the source")
    })
}

fn read_option(draft: &mut Draft, option: &str) -> Result<()> {
    let (name, text) = option.split_once('=').unwrap_or((option, ""));
    let name = name.to_ascii_lowercase();
    let text = decode(text).ok_or_else(|| Failure::parameter(&name, text, "a percent-encoded value"))?;
    if let Some(checked) = check_missing(options::MISSING, &name, &text) {
        return checked;
    }
    find(OPTIONS, &name).map_or(Ok(()), |option| option.set(draft, &name, &text))
}

/// The URL of a source, which some clients encode as a whole, or else a path.
fn read_url(url: &str) -> String {
    let scheme = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    let begins = |end: &str| {
        ["http", "https", "s3"]
            .iter()
            .any(|name| scheme.strip_prefix(name).is_some_and(|rest| rest.starts_with(end)))
    };
    if begins("%3a") {
        return decode(url).unwrap_or_else(|| url.into());
    }
    if begins(":") {
        return mend_slashes(url);
    }
    format!("/{url}")
}

/// Writes a request, unsigned, as far as the grammar has words for it.
pub fn write(request: &ImageRequest) -> String {
    let said = differences(OPTIONS, &Draft::of(request), &Draft::default());
    let said = said
        .iter()
        .map(|(option, text): &(&Parameter<_>, _)| format!("{}={}", option.name(), encode_query(text)));
    let mut options = said.collect::<Vec<_>>().join(",");
    if options.is_empty() {
        // There has to be an option: the one that holds anyway.
        options.push_str("fit=scale-down");
    }
    let url = match &request.source {
        Source::Url(url) => write_url(url),
        Source::Body => String::new(),
    };
    format!("{PREFIX}{options}/{url}")
}

/// A URL as it is if it can be part of a target, or else encoded as a whole.
fn write_url(url: &str) -> String {
    let fits = |byte: u8| byte.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&byte);
    if url.bytes().all(fits) {
        return url.trim_start_matches('/').into();
    }
    match url.strip_prefix('/') {
        // A path is not decoded, so that this one comes back as another.
        Some(path) => encode_path(path),
        None => encode_query(url).replace(':', "%3A"),
    }
}

#[cfg(test)]
mod tests {
    use tintype_types::Metadata;

    use super::*;
    use crate::grammar::query;

    fn get(options: &str) -> Result<ImageRequest, Kind> {
        read(&format!("{PREFIX}{options}/photo.jpg")).map_err(|failure| failure.kind())
    }

    /// Options in the words of the query grammar, without what holds if there are none.
    fn adds(options: &str) -> Result<String, Kind> {
        let said = query::write(&get(options)?);
        Ok(said
            .replace("url=%2Fphoto.jpg", "")
            .replace("&format=source", "")
            .replace("&quality=85", "")
            .replace("&metadata=copyright", "")
            .replace("&frames=all", ""))
    }

    #[test]
    fn animations_stay_animations_unless_they_are_not_to() {
        let cases = [
            ("w=8", 0),
            ("anim=true", 0),
            ("anim=false", 1),
            ("f=jpeg,anim=true", 0),
            ("f=webp", 0),
            ("f=png", 1),
        ];
        for (options, frames) in cases {
            assert_eq!(get(options).unwrap().output.frames, frames, "{options}");
        }
        assert_eq!(get("anim=maybe").unwrap_err(), Kind::InvalidParameter);
    }

    #[test]
    fn a_png_has_a_palette_if_a_quality_is_given() {
        for (options, colors) in
            [("f=png", None), ("f=png,q=85", Some(256)), ("q=low", Some(256)), ("w=8", None)]
        {
            let request = get(options).unwrap();
            assert_eq!(request.output.normalized().colors, colors, "{options}");
            assert_eq!(read(&write(&request)).unwrap().normalized(), request.normalized(), "{options}");
        }
        assert_eq!(get("f=webp,q=50").unwrap().output.normalized().colors, None);
    }

    fn source(target: &str) -> Source {
        read(&format!("{PREFIX}{target}")).unwrap().source
    }

    #[test]
    fn sources_are_urls_and_paths() {
        for (target, url) in [
            ("width=80/https://a.example/b.jpg?x=1&y=%262", "https://a.example/b.jpg?x=1&y=%262"),
            ("width=80/http:/a.example/b.jpg", "http://a.example/b.jpg"),
            ("width=80/https%3A%2F%2Fa.example%2Fb%2520c.jpg", "https://a.example/b%20c.jpg"),
            ("width=80/HTTP%3a//a.example/b", "HTTP://a.example/b"),
            ("width=80/b%20c.jpg", "/b%20c.jpg"),
            ("width=80//b.jpg", "/b.jpg"),
            ("width=80,/b.jpg", "/b.jpg"),
            ("width=80//http://a.example/b.jpg", "http://a.example/b.jpg"),
            (",/b.jpg", "/b.jpg"),
            ("/b.jpg", "/b.jpg"),
        ] {
            assert_eq!(source(target), Source::Url(url.into()), "{target}");
        }
        for target in ["", "width=80", "width=80/", "width=80//"] {
            assert_eq!(
                read(&format!("{PREFIX}{target}")).unwrap_err().kind(),
                Kind::InvalidSource,
                "{target}"
            );
        }
    }

    #[test]
    fn options_are_read_in_any_case_and_encoded_as_a_whole() {
        for options in ["Width=80,Q=75", "width%3D80%2Cquality%3D75", ",w=80,,q=75,", "nope=1,w=80,q=75,nope"]
        {
            assert_eq!(adds(options), Ok("&width=80&quality=75&colors=256".into()), "{options}");
        }
        for options in ["width", "https:", "width%3", "%ff%3D", "w=%zz"] {
            assert_eq!(get(options).unwrap_err(), Kind::InvalidParameter, "{options}");
        }
    }

    #[test]
    fn colours_come_in_all_notations_of_css() {
        for color in [
            "rgb%28240%2C40%2C145%29",
            "rgb(240,40,145)",
            "rgb%28240%2040%20145%29",
            "%23f02891",
            "f02891",
            "rgba%28240%2C40%2C145%2C1%29",
            "hsl%28328.5%2C87%25%2C54.9%25%29",
        ] {
            let options = format!("background={color},width=80");
            assert_eq!(adds(&options), Ok("&width=80&background=f02891".into()), "{color}");
        }
        assert_eq!(adds("background%3Drgb(240%2C40%2C145)%2Cw%3D80"), adds("background=%23f02891,w=80"));
        assert_eq!(adds("background=RebeccaPurple"), Ok("&background=663399".into()));
        assert_eq!(get("background=redish"), Err(Kind::InvalidParameter));
        // A parenthesis too few or too many changes nothing about the rest.
        assert_eq!(get("w=80),h=70").unwrap_err(), Kind::InvalidParameter);
        assert_eq!(adds("nope=),h=70"), Ok("&height=70".into()));
    }

    #[test]
    fn an_automatic_width_has_breakpoints() {
        for (options, meant) in [
            ("scq=medium-low", "&slow-quality=65"),
            ("scq=medium-low", "&slow-quality=65"),
            ("width=auto", "&auto-width=320%3B768%3B960%3B1200,768,1200"),
            ("w=auto,wbreakpoints=900;100,wmobile=5,wdesktop=6,h=7", "&height=7&auto-width=100%3B900,5,6"),
            ("w=auto,w=7", "&width=7"),
        ] {
            assert_eq!(adds(options), Ok(meant.into()), "{options}");
        }
        for malformed in ["wbreakpoints=", "wbreakpoints=1;0", "wmobile=0", "wdesktop=auto"] {
            assert_eq!(get(malformed), Err(Kind::InvalidParameter), "{malformed}");
        }
    }

    #[test]
    fn only_values_that_change_something_are_refused() {
        for neutral in [
            "blur=0",
            "sharpen=0",
            "brightness=1.0",
            "contrast=1",
            "gamma=1",
            "gamma=0",
            "saturation=1",
            "border=",
            "segment=",
            "upscale=interpolate",
            "anim=true",
            "metadata=copyright",
            "wbreakpoints=320;768",
            "zoom=0.5",
            "trim=0;0;0;0",
            "trim.left=0",
            "rotate=0",
            "fit=scale-down",
            "gravity=0.5x0.5",
            "gravity=center",
            "dpr=1",
        ] {
            assert_eq!(adds(neutral), Ok(String::new()), "{neutral}");
        }
        for refused in [
            "border=5",
            "segment=foreground",
            "upscale=generate",
            "width=auto,dpr=2",
            "g=face",
            "format=avif",
        ] {
            assert_eq!(get(refused), Err(Kind::Unsupported), "{refused}");
        }
        for (options, meant) in [
            ("Blur=5", "&blur=2.5"),
            ("sharpen=1", "&unsharp=1,0.5"),
            ("brightness=0.5,contrast=2", "&brightness=0.5&contrast=2"),
            ("gamma=0.5,saturation=2", "&gamma=0.5&saturation=2"),
        ] {
            assert_eq!(adds(options), Ok(meant.into()), "{options}");
        }
        for malformed in [
            "blur=251",
            "sharpen=11",
            "brightness=-1",
            "gamma=0.01",
            "width=abc",
            "w=0",
            "height=50%25",
            "fit=snug",
            "gravity=middle",
            "gravity=1xy",
            "gravity=1.1x0",
            "metadata=some",
            "dpr=0",
            "trim=1;2;3",
            "trim=1;x;0;0",
            "trim.width=0",
            "rotate=45",
            "flip=x",
            "quality=101",
            "q=best",
            "format=bmp",
            "onerror=x",
        ] {
            assert_eq!(get(malformed), Err(Kind::InvalidParameter), "{malformed}");
        }
    }

    #[test]
    fn a_flip_happens_before_a_rotation() {
        for (options, meant) in [
            ("rotate=90,flip=h", "&rotate=90&flip=v"),
            ("flip=v,rotate=270", "&rotate=270&flip=h"),
            ("rotate=180,flip=h", "&rotate=180&flip=h"),
            ("rotate=90,flip=hv", "&rotate=90&flip=hv"),
        ] {
            assert_eq!(adds(options), Ok(meant.into()), "{options}");
        }
    }

    #[test]
    fn trims_are_insets_and_crops_and_the_dpr_multiplies_them() {
        for (options, meant) in [
            ("trim=10;0;0;20", "&inset=10,0,0,20"),
            ("trim=1;2;3;4,dpr=2", "&inset=2,4,6,8"),
            ("trim.left=30", "&inset=0,0,0,30"),
            ("trim.left=1,trim.top=2,trim.width=3,trim.height=4", "&crop=1,2,3,4"),
            ("trim.width=3,dpr=1.5,width=10", "&width=15&crop=0,0,5,65535"),
            ("trim.top=1,rotate=90,flip=h", "&inset=1,0,0&rotate=90&flip=v"),
        ] {
            assert_eq!(adds(options), Ok(meant.into()), "{options}");
        }
    }

    #[test]
    fn trims_may_be_shares_of_the_image_which_no_dpr_multiplies() {
        for (options, meant) in [
            ("trim=0.1;0.2;0.1;0.2,dpr=2", "&crop=20%25,10%25,60%25,80%25"),
            ("trim=0;0.25;0;0", "&crop=0,0,75%25,100%25"),
            ("trim.top=0.25", "&crop=0,25%25,65535,75%25"),
            ("trim.left=0.5,trim.width=10", "&crop=50%25,0,10,65535"),
            ("trim.width=0.5,trim.height=1.0", "&crop=0,0,50%25,100%25"),
            ("trim=0.0;0;0;0", ""),
        ] {
            assert_eq!(adds(options), Ok(meant.into()), "{options}");
            let request = get(options).unwrap();
            assert_eq!(read(&write(&request)).unwrap().normalized(), request.normalized(), "{options}");
        }
        for malformed in ["trim=0.5;0;0.5;0", "trim=0.1;2;0;0", "trim.top=1.5", "trim.width=0.0", "trim=1"] {
            assert_eq!(get(malformed), Err(Kind::InvalidParameter), "{malformed}");
        }
    }

    #[test]
    fn a_border_is_trimmed_by_its_colour() {
        for (options, meant) in [
            ("trim=border", "&trim=10"),
            ("trim.border.tolerance=5", "&trim=5"),
            ("trim.border.color=%23000000,trim.border.tolerance=5", "&trim=5,000000"),
            ("trim=border,trim.border.color=rgb(255%20255%200),trim.border.keep=0", "&trim=10,ffff00"),
        ] {
            assert_eq!(adds(options), Ok(meant.into()), "{options}");
            let request = get(options).unwrap();
            assert_eq!(read(&write(&request)).unwrap().normalized(), request.normalized(), "{options}");
        }
        assert_eq!(get("trim=border,trim.border.keep=5"), Err(Kind::Unsupported));
        for malformed in ["trim.border.tolerance=256", "trim.border.color=redish", "trim=borders"] {
            assert_eq!(get(malformed), Err(Kind::InvalidParameter), "{malformed}");
        }
    }

    #[test]
    fn no_saturation_is_gray_and_of_the_other_factors_0_is_none() {
        assert_eq!(adds("saturation=0"), Ok("&saturation=0".into()));
        assert_eq!(adds("saturation=0.0"), Ok("&saturation=0".into()));
        assert_eq!(adds("saturation=,brightness=0,contrast=0,gamma=0"), Ok(String::new()));
    }

    #[test]
    fn what_is_padded_is_white_unless_there_is_a_background() {
        assert_eq!(adds("w=9,h=8,fit=pad"), Ok("&width=9&height=8&fit=pad&enlarge=true&fill=ffffff".into()));
        assert_eq!(
            adds("w=9,h=8,fit=pad,background=red"),
            Ok("&width=9&height=8&fit=pad&enlarge=true&background=ff0000".into())
        );
    }

    #[test]
    fn a_part_is_kept_around_a_point_or_where_the_image_is_interesting() {
        for (options, meant) in [
            ("gravity=0.3x0.25", "&gravity=0.3,0.25"),
            ("g=auto", "&gravity=attention"),
            ("g=entropy", "&gravity=entropy"),
            ("g=0.5x1.0", "&gravity=south"),
        ] {
            assert_eq!(adds(options), Ok(meant.into()), "{options}");
        }
    }

    #[test]
    fn metadata_is_kept_with_its_location() {
        assert!(get("metadata=keep").unwrap().output.location);
        assert_eq!(get("metadata=none").unwrap().output.metadata, Metadata::Strip);
        assert_eq!(get("w=8").unwrap().output.metadata, Metadata::Copyright);
    }

    #[test]
    fn the_dpr_scales_the_target_and_a_quality_of_100_makes_webp_lossless() {
        assert_eq!(adds("width=300,dpr=3"), Ok("&width=900".into()));
        assert_eq!(adds("w=10,h=20,fit=crop,dpr=1.5"), Ok("&width=15&height=30&fit=crop".into()));
        assert!(get("f=webp,q=100").unwrap().output.lossless);
        assert!(!get("f=webp,q=99").unwrap().output.lossless);
        assert!(!get("f=jpeg,q=100").unwrap().output.lossless);
    }

    #[test]
    fn a_url_that_cannot_be_part_of_a_target_is_encoded() {
        for (url, written) in [
            ("https://a.example/b,c.jpg?x=%20", "https://a.example/b,c.jpg?x=%20"),
            ("https://a.example/ü #", "https%3A%2F%2Fa.example%2F%C3%BC%20%23"),
            ("/b.jpg", "b.jpg"),
        ] {
            let request = ImageRequest { source: Source::Url(url.into()), ..ImageRequest::default() };
            let target = write(&request);
            assert!(target.ends_with(&format!("/{written}")), "{target}");
            assert_eq!(read(&target).unwrap().source, request.source);
        }
    }
}
