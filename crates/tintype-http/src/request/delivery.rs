//! Delivery: names, caching, and the response to a failure.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use tintype_types::{Format, UnknownName};

/// How a rendition is delivered. Nothing here changes its bytes, except that a passed-through source has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The name that the client is to save it under, without extension.
    pub filename: Option<String>,
    /// Ask the client to save the image instead of showing it.
    pub download: bool,
    /// The second of Unix time at which the URL expires.
    pub expires: Option<u64>,
    /// Seconds for which the response may be cached.
    pub max_age: Option<u64>,
    /// Text without a meaning, which makes a new URL of the same image.
    pub version: Option<String>,
    /// Sources that are delivered as they are.
    pub passthrough: Passthrough,
    /// The response to a failure of the source.
    pub on_error: OnError,
    /// Headers of the client's that have decided what the rendition is, in lower case.
    pub decided_by: Vec<&'static str>,
}

/// The formats of sources that are delivered as they are, without making a rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passthrough {
    /// These; none by default.
    Formats(BTreeSet<Format>),
    /// These, where the rendition would have the source's format anyway.
    SameFormat(BTreeSet<Format>),
    /// All, including formats that are not known yet.
    All,
}

impl Default for Passthrough {
    fn default() -> Self {
        Self::Formats(BTreeSet::new())
    }
}

impl Passthrough {
    /// Reads a list of format names.
    pub fn formats<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<BTreeSet<Format>> {
        names.into_iter().try_fold(BTreeSet::new(), |mut formats, name| {
            formats.insert(name.parse().ok()?);
            Some(formats)
        })
    }

    /// Whether a source of this format is delivered as it is, where the rendition would have the `wanted` format.
    pub fn covers(&self, source: Format, wanted: Format) -> bool {
        match self {
            Self::All => true,
            Self::Formats(formats) => formats.contains(&source),
            Self::SameFormat(formats) => source == wanted && formats.contains(&source),
        }
    }
}

/// Reads `none`, `all`, or formats with commas between them, after `same:` only those of the wanted format.
impl FromStr for Passthrough {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let formats = |text: &str| Self::formats(text.split(',')).ok_or(UnknownName);
        match text {
            "none" => Ok(Self::default()),
            "all" => Ok(Self::All),
            _ => match text.strip_prefix("same:") {
                Some(text) => formats(text).map(Self::SameFormat),
                None => formats(text).map(Self::Formats),
            },
        }
    }
}

impl fmt::Display for Passthrough {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |formats: &BTreeSet<Format>| {
            formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(",")
        };
        match self {
            Self::All => f.write_str("all"),
            Self::Formats(formats) if formats.is_empty() => f.write_str("none"),
            Self::Formats(formats) => f.write_str(&list(formats)),
            Self::SameFormat(formats) => write!(f, "same:{}", list(formats)),
        }
    }
}

/// The response when no rendition can be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The error.
    #[default]
    Error,
    /// A redirect to the source.
    Source,
    /// A redirect to this URL, which has to be an allowed source.
    Redirect(String),
}

impl FromStr for OnError {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "" => Err(UnknownName),
            "error" => Ok(Self::Error),
            "source" => Ok(Self::Source),
            url => Ok(Self::Redirect(url.into())),
        }
    }
}

impl fmt::Display for OnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Source => "source",
            Self::Redirect(url) => url,
        })
    }
}

/// A file name that is safe in a header: at most 100 characters, without path separators, quotes and control characters.
pub fn file_name(text: &str) -> Option<String> {
    let safe = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | '"');
    ((1..=100).contains(&text.chars().count()) && text.chars().all(safe)).then(|| text.into())
}

/// The name of the file that a path, percent-encoded, leads to, without its extension; `None` if it is not safe in a header.
pub fn file_stem(path: &str) -> Option<String> {
    let (_, last) = path.rsplit_once('/')?;
    let name = percent_decode_str(last).decode_utf8().ok()?;
    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
    file_name(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passthrough_is_read_and_written_back() {
        for text in ["none", "all", "gif", "gif,svg", "same:png"] {
            assert_eq!(text.parse::<Passthrough>().unwrap().to_string(), text);
        }
        for bad in ["", "pdf", "gif,", "same:", "gif,pdf"] {
            assert!(bad.parse::<Passthrough>().is_err(), "{bad}");
        }
        let covers = |text: &str, source, wanted| text.parse::<Passthrough>().unwrap().covers(source, wanted);
        assert!(covers("gif", Format::Gif, Format::Webp) && !covers("gif", Format::Png, Format::Png));
        assert!(
            covers("same:png", Format::Png, Format::Png) && !covers("same:png", Format::Png, Format::Jpeg)
        );
    }
}
