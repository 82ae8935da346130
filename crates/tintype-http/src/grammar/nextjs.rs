//! The grammar of the image optimizer of Next.js: `/_next/image?url=…&w=…&q=…`.
//!
//! The image is at most `w` pixels wide and never enlarged, in the best format that the client accepts. Unlike Next.js,
//! which ignores parameters that it does not know, this grammar rejects them, so that a typo does not go unnoticed.

use tintype_types::{Format, Length};

use super::parameter::{Parameter, Rejected, field, find, unknown};
use super::text::{encode_query, pairs};
use crate::failure::{Failure, Kind, Result};
use crate::request::{ImageRequest, OutputFormat, Quality, Source};

/// The path of the optimizer.
pub const PATH: &str = "/_next/image";

/// The quality that the components of Next.js ask for by default.
const QUALITY: u8 = 75;

/// Every parameter, in the order in which Next.js writes them.
pub const PARAMETERS: &[Parameter<ImageRequest>] = &[
    Parameter {
        names: &["url"],
        accepts: "a percent-encoded http or https URL, or a path such as /photo.jpg",
        read: |request, text| {
            // Two slashes would be a host without a scheme.
            if text.is_empty() || text.starts_with("//") {
                return Err(Rejected::Malformed);
            }
            request.source = Source::Url(text.into());
            Ok(())
        },
        write: |request| match &request.source {
            Source::Url(url) => Some(url.clone()),
            Source::Body => None,
        },
    },
    field!(["w"], "a whole number of pixels, 1 to 65535", geometry.width, |text| {
        Length::pixels(text).map(Some)
    }),
    field!(["q"], "a whole number, 1 to 100", output.quality, |text| {
        Quality::read_one(text).map(Quality::all)
    }),
    field!(["dpl"], "the deployment that the URL belongs to, any text", delivery.version),
];

/// Reads a query string.
///
/// # Errors
///
/// [`Kind::UnknownParameter`] or [`Kind::InvalidParameter`].
pub fn read(query: &str) -> Result<ImageRequest> {
    let mut request = plain();
    let mut seen: Vec<&str> = Vec::new();
    for (name, text) in &pairs(query, true)? {
        let parameter = find(PARAMETERS, name).ok_or_else(|| unknown(PARAMETERS, name))?;
        if seen.contains(&parameter.name()) {
            let message = format!("{name} is given more than once");
            return Err(invalid(message, "the optimizer of Next.js takes each parameter once"));
        }
        seen.push(parameter.name());
        parameter.set(&mut request, name, text)?;
    }
    if request.source == Source::Body {
        return Err(invalid("url is missing", "the optimizer of Next.js needs url= and w="));
    }
    if request.geometry.width.is_none() {
        return Err(invalid("w is missing", "w is the width in pixels; the optimizer of Next.js needs it"));
    }
    Ok(request)
}

/// A request without options: the best format that the client accepts, and the default quality.
fn plain() -> ImageRequest {
    let mut request = ImageRequest::default();
    request.output.format = OutputFormat::Auto;
    request.output.quality = Quality::all(QUALITY);
    request
}

fn invalid(message: impl Into<String>, advice: &str) -> Failure {
    Failure::new(Kind::InvalidParameter, message).with_detail(advice)
}

/// Writes a request, as far as the grammar has words for it. The quality is always written: Next.js itself requires it.
pub fn write(request: &ImageRequest) -> String {
    let mut normal = request.normalized();
    // One number stands for the qualities of all formats.
    let quality = normal.output.quality.of(Format::Jpeg).unwrap_or(Format::Jpeg.default_quality());
    normal.output.quality = Quality::all(quality);
    let said = PARAMETERS.iter().filter_map(|row| Some((row.name(), (row.write)(&normal)?)));
    let said: Vec<_> = said.map(|(name, text)| format!("{name}={}", encode_query(&text))).collect();
    format!("{PATH}?{}", said.join("&"))
}

#[cfg(test)]
mod tests {
    use super::super::{Grammar, query};
    use super::*;

    fn kind(query: &str) -> Kind {
        read(query).unwrap_err().kind()
    }

    /// A request of tintype's own grammar, written in this one; or the option that cannot be said.
    fn said(parameters: &str) -> String {
        let request = query::read(&format!("url=photo.jpg&{parameters}"), false).unwrap();
        Grammar::Nextjs.write(&request).unwrap_or_else(|unsayable| unsayable.0)
    }

    #[test]
    fn the_urls_of_the_image_component_are_read() {
        let request = read("url=https%3A%2F%2Fa.example%2Fb%2Bc.jpg%3Fv%3D1&w=640&q=80&dpl=dpl_5").unwrap();
        let mut expected = plain();
        expected.source = Source::Url("https://a.example/b+c.jpg?v=1".into());
        expected.geometry.width = Some(Length::Pixels(640));
        expected.output.quality = Quality::all(80);
        expected.delivery.version = Some("dpl_5".into());
        assert_eq!(request, expected);
        assert_eq!(request.output.format, OutputFormat::Auto);
        assert!(!request.geometry.enlarge);
    }

    #[test]
    fn a_path_is_a_source_and_a_host_without_a_scheme_is_none() {
        assert_eq!(read("url=%2Fphoto.jpg&w=1").unwrap().source, Source::Url("/photo.jpg".into()));
        assert_eq!(kind("url=%2F%2Fa.example%2Fb.jpg&w=1"), Kind::InvalidParameter);
    }

    #[test]
    fn the_quality_may_be_missing_and_url_and_width_may_not() {
        assert_eq!(read("url=a.jpg&w=1").unwrap().output.quality, Quality::all(75));
        assert_eq!(read("w=640&q=75").unwrap_err().message(), "url is missing");
        assert_eq!(read("url=a.jpg&q=75").unwrap_err().message(), "w is missing");
    }

    #[test]
    fn malformed_values_name_the_parameter_and_the_accepted_values() {
        for bad in ["w=0", "w=65536", "w=1.5", "w=", "q=0", "q=101", "q=best", "q=", "dpl=", "url="] {
            let failure = read(bad).unwrap_err();
            let name = bad.split('=').next().unwrap();
            assert_eq!(failure.kind(), Kind::InvalidParameter, "{bad}");
            assert!(failure.message().starts_with(name), "{bad}: {failure}");
            assert!(failure.detail().unwrap().contains("accepts"), "{bad}");
        }
    }

    #[test]
    fn unknown_and_repeated_parameters_are_rejected() {
        assert_eq!(kind("url=a.jpg&w=1&h=1"), Kind::UnknownParameter);
        assert_eq!(kind("url=a.jpg&w=1&width=1"), Kind::UnknownParameter);
        for repeated in ["url=b.jpg", "w=2", "q=2&q=3"] {
            let failure = read(&format!("url=a.jpg&w=1&{repeated}")).unwrap_err();
            assert!(failure.message().ends_with("is given more than once"), "{failure}");
        }
    }

    #[test]
    fn what_is_written_is_what_next_js_needs() {
        assert_eq!(said("width=100&format=auto&quality=75"), "/_next/image?url=photo.jpg&w=100&q=75");
        assert_eq!(
            said("width=100&dpr=2&format=auto&quality=9&version=a+b"),
            "/_next/image?url=photo.jpg&w=200&q=9&dpl=a%20b"
        );
    }

    #[test]
    fn what_the_grammar_has_no_words_for_is_reported() {
        for (parameters, option) in [
            ("width=100&quality=75", "format=webp"),
            ("width=100&format=auto", "quality=jpeg:85,webp:80"),
            ("width=100&height=50&format=auto&quality=75", "height=50"),
            ("width=100&enlarge=1&format=auto&quality=75", "enlarge=true"),
            ("height=100&format=auto&quality=75", "w is missing"),
            ("width=50%25&format=auto&quality=75", "w is \"50%\", which is not accepted"),
        ] {
            assert_eq!(said(parameters), option);
        }
    }
}
