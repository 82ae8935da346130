//! imgproxy's grammar: `/{signature}/{options…}/plain/{escaped url}[@ext]` or `/{signature}/{options…}/{base64url}[.ext]`.
//!
//! An option is `name:argument:…`. The order of options does not matter; of two that set the same, the later one holds.
//! An argument that is empty or missing leaves the setting as it is. Options that the engine does not implement are
//! refused by name, unless their arguments switch them off.

mod adjust;
mod arguments;
mod draft;
mod limits;
mod missing;
mod options;
mod place;
mod size;
mod watermark;

use std::collections::BTreeMap;

use super::dialect::no_source;
use super::parameter::{check_missing, differences, find, unknown};
use super::text::{decode, decode_base64, encode_path, mend_slashes};
use crate::failure::{Failure, Kind, Result};
use crate::request::{ImageRequest, OutputFormat, Source};
use draft::Draft;

#[cfg(test)]
pub(crate) use missing::MISSING;
pub use options::OPTIONS;

/// Presets: lists of options by name, written as in a URL.
pub type Presets = BTreeMap<String, String>;

/// Names of presets that are being read, so that none uses itself.
type Open<'a> = Vec<&'a str>;

/// Reads a target, which is a path alone: imgproxy ignores a query, and then a signed URL has as many spellings as there
/// are queries.
///
/// # Errors
///
/// As [`super::Grammar::read`].
pub fn read(target: &str, presets: &Presets) -> Result<ImageRequest> {
    if target.contains('?') {
        return Err(Failure::new(Kind::UnknownParameter, "a query after the path is not accepted")
            .with_detail("leave it out, or write the ? of the source's URL as %3F"));
    }
    let mut segments = target.trim_start_matches('/').split('/').skip(1).peekable();
    let mut draft = Draft::default();
    if presets.contains_key("default") {
        read_preset(&mut draft, "default", presets, &mut Open::new())?;
    }
    while let Some(option) = segments.next_if(|segment| is_option(segment)) {
        read_option(&mut draft, &unescape_separators(option), presets, &mut Open::new())?;
    }
    let source: Vec<&str> = segments.collect();
    read_source(&mut draft, &source)?;
    draft.finish()
}

/// Whether a segment is an option: it has a colon, which some CDNs escape.
pub(super) fn is_option(segment: &str) -> bool {
    segment.contains(':') || segment.contains("%3A") || segment.contains("%3a")
}

pub(super) fn unescape_separators(option: &str) -> String {
    option.replace("%3A", ":").replace("%3a", ":")
}

fn read_option<'a>(draft: &mut Draft, option: &str, presets: &'a Presets, open: &mut Open<'a>) -> Result<()> {
    let (name, text) = option.split_once(':').unwrap_or((option, ""));
    if matches!(name, "preset" | "pr") {
        return text.split(':').try_for_each(|preset| read_preset(draft, preset, presets, open));
    }
    if let Some(checked) = check_missing(missing::MISSING, name, text) {
        return checked;
    }
    let read = find(OPTIONS, name).ok_or_else(|| unknown(OPTIONS, name))?.set(draft, name, text);
    // An argument that is empty leaves the setting as it is, unless the option has a meaning for it.
    if text.is_empty() { Ok(()) } else { read }
}

fn read_preset<'a>(draft: &mut Draft, name: &str, presets: &'a Presets, open: &mut Open<'a>) -> Result<()> {
    let Some((name, options)) = presets.get_key_value(name) else {
        let known: Vec<&str> = presets.keys().map(String::as_str).collect();
        let known =
            if known.is_empty() { "none: no TINTYPE_PRESET_… is set".into() } else { known.join(", ") };
        return Err(Failure::parameter("preset", name, &known));
    };
    // As in imgproxy, a preset that is being read already is passed over.
    if open.contains(&name.as_str()) {
        return Ok(());
    }
    open.push(name);
    for option in options.split('/').filter(|option| !option.is_empty()) {
        read_option(draft, option, presets, open)?;
    }
    open.pop();
    Ok(())
}

/// Reads the source, and the extension after it, which is a format.
fn read_source(draft: &mut Draft, segments: &[&str]) -> Result<()> {
    let (url, extension) = split_source(segments)?;
    draft.request.source = Source::Url(url);
    if extension.is_empty() {
        return Ok(());
    }
    read_option(draft, &format!("format:{extension}"), &Presets::new(), &mut Open::new())
}

/// The URL of the source, and the extension after it.
pub(super) fn split_source(segments: &[&str]) -> Result<(String, String)> {
    match segments {
        [] | [""] => {
            let advice = "end it in /plain/ and the escaped URL, or in the URL in base64url";
            Err(no_source(": it ends after the options", advice))
        }
        ["enc", ..] => Err(Failure::unsupported_use(
            "an encrypted source",
            "write the URL after /plain/ or in base64url",
        )),
        ["plain", rest @ ..] => read_plain(&rest.join("/")),
        parts => read_base64(&parts.concat()),
    }
}

fn read_plain(text: &str) -> Result<(String, String)> {
    let (url, extension) = text.split_once('@').unwrap_or((text, ""));
    if extension.contains('@') {
        return Err(no_source(": it has more than one @", "write @ in the URL as %40"));
    }
    if url.is_empty() {
        return Err(no_source(": the URL is empty", "append the escaped URL to /plain/"));
    }
    let url = decode(url).ok_or_else(|| no_source(": it is not percent-encoded", "write % as %25"))?;
    Ok((mend_slashes(&url), extension.into()))
}

fn read_base64(text: &str) -> Result<(String, String)> {
    let (url, extension) = text.split_once('.').unwrap_or((text, ""));
    let url = decode_base64(url).ok_or_else(|| {
        let advice = "write options as name:argument, and the URL in base64url or after /plain/";
        no_source(": the text after the options is not base64url", advice)
    })?;
    Ok((url, extension.into()))
}

/// Writes a request, unsigned, as far as the grammar has words for it.
pub fn write(request: &ImageRequest) -> String {
    let draft = Draft::of(request);
    let mut target = String::from("/unsafe");
    for (option, text) in differences(OPTIONS, &draft, &Draft::default()) {
        // The last name is the short one that everybody uses.
        let name = option.names.last().copied().unwrap_or_default();
        target.push_str(&format!("/{name}:{text}"));
    }
    if let Source::Url(url) = &request.source {
        target.push_str("/plain/");
        target.push_str(&encode_path(url));
    }
    let extension = match request.output.format {
        OutputFormat::Fixed(format) => Some(format.extension()),
        OutputFormat::Smallest => Some("best"),
        OutputFormat::Auto | OutputFormat::Source | OutputFormat::Json => None,
    };
    if let Some(extension) = extension {
        target.push_str(&format!("@{extension}"));
    }
    target
}
