//! Source URLs: `http`, `https` and `s3`, read strictly and written in one canonical form.
//!
//! The URL that is judged must be the URL that is fetched. So whatever two readers of URLs may understand differently is
//! either brought into one form (case, notations of IPv4, dot segments, default ports) or refused (backslashes, control
//! characters, credentials, dot segments in disguise).

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use url::{ParseError, Url};

use super::host::Host;
use super::invalid::InvalidUrl;
use crate::failure::{Failure, Kind, Result};
use crate::request::file_stem;

/// The longest URL in the configuration, in bytes.
const MAX_CONFIGURED_BYTES: usize = 4096;

/// The scheme of objects in a [`Store`](super::Store).
const OBJECT: &str = "s3";

/// A URL that can be fetched, in its one canonical form.
///
/// ```
/// use tintype_http::source::SourceUrl;
///
/// let url = SourceUrl::parse("HTTPS://Example.com:443/a/../b/c.jpg#top", 4096)?;
/// assert_eq!(url.to_string(), "https://example.com/b/c.jpg");
/// assert_eq!(url.folder(), "/b/");
/// assert_eq!(url.file_stem().as_deref(), Some("c"));
/// # Ok::<(), tintype_http::failure::Failure>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceUrl {
    url: Url,
    host: Host,
}

impl SourceUrl {
    /// Reads an absolute URL of at most `max_bytes` bytes.
    ///
    /// # Errors
    ///
    /// [`Kind::UrlTooLong`] or [`Kind::InvalidSource`]. The message repeats the beginning of the URL, unless it may
    /// hold credentials or control characters.
    pub fn parse(text: &str, max_bytes: usize) -> Result<Self> {
        read(text, max_bytes).map_err(|reason| reason.failure(Some(text)))
    }

    /// Reads a reference that is found at this URL, such as that of a `Location` header (RFC 3986, section 5.2).
    ///
    /// # Errors
    ///
    /// As [`SourceUrl::parse`], but the message does not repeat the reference.
    pub fn join(&self, reference: &str, max_bytes: usize) -> Result<Self> {
        join(self, reference, max_bytes).map_err(|reason| reason.failure(None))
    }

    /// The URL of a path, and perhaps a query, in the folder of this URL.
    ///
    /// # Errors
    ///
    /// As [`SourceUrl::join`], also for a path that leaves the folder.
    pub fn below(&self, path: &str, max_bytes: usize) -> Result<Self> {
        below(self, path, max_bytes).map_err(|reason| reason.failure(None))
    }

    /// `http`, `https` or `s3`.
    pub fn scheme(&self) -> &str {
        self.url.scheme()
    }

    /// Whether it is `s3://bucket/key`, which a [`Store`](super::Store) translates.
    pub fn is_object(&self) -> bool {
        self.scheme() == OBJECT
    }

    /// The host: of an object, its bucket.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The host as it stands in the URL; an IPv6 address has brackets.
    pub fn host_str(&self) -> &str {
        self.host.as_str()
    }

    /// Whether the host belongs to the public internet, as far as its text shows.
    pub fn is_public_host(&self) -> bool {
        self.host.is_public()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether the port is the scheme's own, which goes without saying.
    pub fn has_default_port(&self) -> bool {
        self.url.port().is_none()
    }

    /// The host, and the port unless it is the scheme's own.
    pub fn authority(&self) -> String {
        if self.has_default_port() { self.host.to_string() } else { format!("{}:{}", self.host, self.port()) }
    }

    /// The path, with a leading slash, percent-encoded and free of dot segments.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// The query, without its question mark.
    pub fn query(&self) -> Option<&str> {
        self.url.query()
    }

    /// The path up to its last slash, inclusive.
    pub fn folder(&self) -> &str {
        self.path().rfind('/').and_then(|end| self.path().get(..=end)).unwrap_or("/")
    }

    /// The last segment of the path, decoded and without its extension, if it is a safe name for a file.
    pub fn file_stem(&self) -> Option<String> {
        file_stem(self.path())
    }

    /// The URL as the `http` crate has it.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidSource`] if the crate does not accept it: it has a limit of its own, 65,534 bytes.
    pub fn to_uri(&self) -> Result<http::Uri> {
        self.to_string().try_into().map_err(|_| {
            Failure::new(Kind::InvalidSource, "the source URL is refused: no request can be sent to it")
        })
    }
}

impl fmt::Display for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme(), self.authority(), self.path())?;
        self.url.query().map_or(Ok(()), |query| write!(f, "?{query}"))
    }
}

/// For the configuration: at most 4096 bytes.
impl FromStr for SourceUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        read(text, MAX_CONFIGURED_BYTES)
    }
}

fn read(text: &str, max_bytes: usize) -> Result<SourceUrl, InvalidUrl> {
    check_text(text, max_bytes)?;
    let (scheme, rest) = text.split_once("://").ok_or(InvalidUrl::Scheme)?;
    if !["http", "https", OBJECT].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(InvalidUrl::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(InvalidUrl::Credentials);
    }
    // A browser looks for the host after any number of slashes, decodes it, and maps letters outside of ASCII.
    if authority.is_empty() || authority.contains('%') || !authority.is_ascii() {
        return Err(InvalidUrl::Host);
    }
    Url::parse(text).map_err(InvalidUrl::from).and_then(canonical)
}

fn join(base: &SourceUrl, reference: &str, max_bytes: usize) -> Result<SourceUrl, InvalidUrl> {
    check_text(reference, max_bytes)?;
    let reference = reference.trim_matches(' ');
    // A colon in what may be a relative path's first segment ends a scheme (RFC 3986, section 4.2).
    let first = reference.split(['/', '?', '#']).next().unwrap_or_default();
    if first.contains(':') {
        return read(reference, max_bytes);
    }
    if reference.starts_with("//") {
        return read(&format!("{}:{reference}", base.scheme()), usize::MAX);
    }
    base.url.join(reference).map_err(InvalidUrl::from).and_then(canonical)
}

fn below(base: &SourceUrl, path: &str, max_bytes: usize) -> Result<SourceUrl, InvalidUrl> {
    check_text(path, max_bytes)?;
    // With a dot segment in front, a colon or a double slash in the path has no special meaning.
    let reference = format!("./{}", path.trim_start_matches('/'));
    let url = base.url.join(&reference).map_err(InvalidUrl::from).and_then(canonical)?;
    if url.path().starts_with(base.folder()) { Ok(url) } else { Err(InvalidUrl::OutsideFolder) }
}

fn check_text(text: &str, max_bytes: usize) -> Result<(), InvalidUrl> {
    if text.len() > max_bytes {
        return Err(InvalidUrl::TooLong(max_bytes));
    }
    if text.contains(char::is_control) {
        return Err(InvalidUrl::ControlCharacters);
    }
    if text.contains('\\') {
        return Err(InvalidUrl::Backslash);
    }
    Ok(())
}

impl From<ParseError> for InvalidUrl {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::InvalidPort => InvalidUrl::Port,
            _ => InvalidUrl::Host,
        }
    }
}

/// Checks a URL that has been read, and completes its canonical form.
fn canonical(mut url: Url) -> Result<SourceUrl, InvalidUrl> {
    if url.port() == Some(0) {
        return Err(InvalidUrl::Port);
    }
    let text = url.host_str().unwrap_or_default();
    let host = if url.scheme() == OBJECT { Host::bucket(text)? } else { text.parse()? };
    if url.scheme() == OBJECT {
        check_object(&url)?;
    }
    // Without the final dot of a name.
    url.set_host(Some(host.as_str()))?;
    // A fragment is never sent.
    url.set_fragment(None);
    if url.path().is_empty() {
        url.set_path("/");
    }
    url.path().split('/').try_for_each(check_segment)?;
    Ok(SourceUrl { url, host })
}

/// Checks what a store would take for something else than the name of an object: a query can ask for lists and settings.
fn check_object(url: &Url) -> Result<(), InvalidUrl> {
    if url.port().is_some() {
        return Err(InvalidUrl::Port);
    }
    let is_version = |query: &str| query.starts_with("versionId=") && !query.contains('&');
    if url.query().is_none_or(is_version) { Ok(()) } else { Err(InvalidUrl::Query) }
}

/// Checks a segment of a path for the dot segments that another server may read into it: one that decodes again, that
/// splits where an encoded separator was, or that drops the parameters of `..;name=value` (Java's servlets do).
fn check_segment(segment: &str) -> Result<(), InvalidUrl> {
    if percent_decode_str(segment).any(|byte| byte.is_ascii_control()) {
        return Err(InvalidUrl::ControlCharacters);
    }
    let decoded = decode_fully(segment);
    if decoded.split(|b| matches!(b, b'/' | b'\\')).any(is_dots) {
        return Err(InvalidUrl::HiddenDots);
    }
    Ok(())
}

/// Whether a part of a path is `.` or `..`, perhaps with parameters.
fn is_dots(part: &[u8]) -> bool {
    matches!(part.split(|b| *b == b';').next(), Some(b"." | b".."))
}

/// Decodes until nothing is left to decode.
fn decode_fully(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        decoded.push(byte);
        // A decoded byte may be the end of another escape.
        while let Some((rest, [b'%', high, low])) = decoded.split_last_chunk()
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
        {
            let length = rest.len();
            decoded.truncate(length);
            decoded.extend(u8::try_from(high << 4 | low));
        }
    }
    decoded
}

#[cfg(test)]
mod tests;
