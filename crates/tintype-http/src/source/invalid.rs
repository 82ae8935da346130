//! Why a text is not a URL.

use std::fmt;

use crate::failure::{Failure, Kind, clip};

/// Why a text is not the URL of a source. It does not hold the text, which may contain a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidUrl {
    /// It has more bytes than these.
    TooLong(usize),
    /// It contains control characters.
    ControlCharacters,
    /// It contains a backslash, which browsers read as a slash.
    Backslash,
    /// It begins with none of `http://`, `https://` and `s3://`.
    Scheme,
    /// It contains a user or a password.
    Credentials,
    /// Its host is neither a name in ASCII nor an address.
    Host,
    /// Its port is not a number from 1 to 65535.
    Port,
    /// A URL of an object has a query other than a version.
    Query,
    /// Some servers would find `.` or `..` in its path.
    HiddenDots,
    /// It leaves the folder that it is relative to.
    OutsideFolder,
}

impl InvalidUrl {
    pub(super) fn reason(self) -> &'static str {
        match self {
            InvalidUrl::TooLong(_) => "it is too long",
            InvalidUrl::ControlCharacters => "it contains control characters",
            InvalidUrl::Backslash => "it contains a backslash",
            InvalidUrl::Scheme => "its scheme is none of http, https and s3",
            InvalidUrl::Credentials => "it contains credentials",
            InvalidUrl::Host => "its host is not valid",
            InvalidUrl::Port => "its port is not valid",
            InvalidUrl::Query => "its query is not a version",
            InvalidUrl::HiddenDots => "it disguises . or .. as something else",
            InvalidUrl::OutsideFolder => "it lies outside of its folder",
        }
    }

    pub(super) fn advice(self) -> String {
        let advice = match self {
            InvalidUrl::TooLong(max_bytes) => return format!("at most {max_bytes} bytes are accepted"),
            InvalidUrl::ControlCharacters => "leave them out",
            InvalidUrl::Backslash => "separate with /, or write %5C",
            InvalidUrl::Scheme => "begin the URL with https:// or http://",
            InvalidUrl::Credentials => "leave out user and password",
            InvalidUrl::Host => "write a name in ASCII (xn--… for others) or an IP address",
            InvalidUrl::Port => "write a number from 1 to 65535, or none",
            InvalidUrl::Query => {
                "write s3://bucket/key or s3://bucket/key?versionId=…, with %3F for a question mark"
            }
            InvalidUrl::HiddenDots => "write the path without . and ..",
            InvalidUrl::OutsideFolder => "leave out ..",
        };
        advice.to_owned()
    }

    /// The failure of a request whose client wrote `text`, if it did.
    pub(super) fn failure(self, text: Option<&str>) -> Failure {
        let subject = text.filter(|text| is_presentable(text)).map(|text| format!(" \"{}\"", clip(text)));
        let message = format!("the source URL{} is refused: {}", subject.unwrap_or_default(), self.reason());
        match self {
            InvalidUrl::TooLong(_) => Failure::new(Kind::UrlTooLong, message)
                .with_detail(format!("{} (TINTYPE_MAX_URL_BYTES)", self.advice())),
            _ => Failure::new(Kind::InvalidSource, message).with_detail(self.advice()),
        }
    }
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the URL is refused: {}; {}", self.reason(), self.advice())
    }
}

impl std::error::Error for InvalidUrl {}

/// Whether a URL can stand in a message: it contains neither control characters nor, encoded or not, the `@` of
/// credentials.
fn is_presentable(text: &str) -> bool {
    !text.contains(|c: char| c == '@' || c.is_control()) && !text.contains("%40")
}
