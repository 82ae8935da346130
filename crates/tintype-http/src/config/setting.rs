//! The types that a variable can have: how a value is read, and how it is shown to anybody, without secrets.

use std::time::Duration;

use crate::grammar::query;
use crate::request::{ImageRequest, Watermark};
use crate::response::cors::{CorsOrigins, InvalidOrigin};
use crate::secret::Secret;
use crate::source::{InvalidPolicy, InvalidUrl, Policy, SourceUrl, Style};
use tintype_types::number;

/// A type that a variable can have.
pub(crate) trait Setting: Sized {
    /// The type's name in the documentation.
    const KIND: &'static str;

    /// Reads a value.
    ///
    /// # Errors
    ///
    /// The values that are accepted. The value itself is not repeated: it may be a secret.
    fn read(text: &str) -> Result<Self, String>;

    /// Writes the value without secrets, so that it can be read again unless it is one.
    fn show(&self) -> String;
}

/// Reads a whole number followed by a unit.
fn with_unit(text: &str, units: &[(&str, u64)], most: u64) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text.get(digits.len()..)?.trim_ascii();
    let (_, size) = units.iter().find(|(name, _)| *name == unit)?;
    number::<u64>(digits, 0, most)?.checked_mul(*size).filter(|number| *number <= most)
}

impl Setting for u64 {
    const KIND: &'static str = "number";

    fn read(text: &str) -> Result<Self, String> {
        number(text, 0, u64::MAX).ok_or_else(|| "expected a whole number in plain digits".into())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for u32 {
    const KIND: &'static str = "number";

    fn read(text: &str) -> Result<Self, String> {
        number(text, 0, u32::MAX).ok_or_else(|| format!("expected a whole number up to {}", u32::MAX))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for bool {
    const KIND: &'static str = "switch";

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err("expected 1, true, 0 or false".into()),
        }
    }

    fn show(&self) -> String {
        u8::from(*self).to_string()
    }
}

impl Setting for String {
    const KIND: &'static str = "text";

    fn read(text: &str) -> Result<Self, String> {
        Ok(text.into())
    }

    fn show(&self) -> String {
        self.clone()
    }
}

/// A number of bytes, with or without a unit.
pub struct ByteSize(pub u64);

impl Setting for ByteSize {
    const KIND: &'static str = "bytes";

    fn read(text: &str) -> Result<Self, String> {
        const UNITS: &[(&str, u64)] = &[
            ("", 1),
            ("KiB", 1 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
            ("kB", 1_000),
            ("MB", 1_000_000),
            ("GB", 1_000_000_000),
        ];
        let bytes = with_unit(text, UNITS, u64::MAX);
        bytes.map(ByteSize).ok_or_else(|| "expected a number of bytes such as 1000, 64KiB or 50MiB".into())
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}

impl From<ByteSize> for u64 {
    fn from(size: ByteSize) -> Self {
        size.0
    }
}

impl From<u64> for ByteSize {
    fn from(bytes: u64) -> Self {
        ByteSize(bytes)
    }
}

impl From<ByteSize> for usize {
    fn from(size: ByteSize) -> Self {
        usize::try_from(size.0).unwrap_or(usize::MAX)
    }
}

impl From<usize> for ByteSize {
    fn from(bytes: usize) -> Self {
        ByteSize(bytes as u64)
    }
}

impl Setting for Duration {
    const KIND: &'static str = "duration";

    fn read(text: &str) -> Result<Self, String> {
        const UNITS: &[(&str, u64)] =
            &[("", 1000), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
        const TEN_YEARS: u64 = 10 * 365 * 86_400_000;
        let millis = with_unit(text, UNITS, TEN_YEARS);
        millis
            .map(Duration::from_millis)
            .ok_or_else(|| "expected a duration such as 500ms, 5s, 10m, 12h or 30d".into())
    }

    fn show(&self) -> String {
        match self.subsec_millis() {
            0 => format!("{}s", self.as_secs()),
            _ => format!("{}ms", self.as_millis()),
        }
    }
}

impl Setting for Option<SourceUrl> {
    const KIND: &'static str = "URL";

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            Ok(None)
        } else {
            text.parse().map(Some).map_err(|error: InvalidUrl| error.to_string())
        }
    }

    fn show(&self) -> String {
        self.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

/// Secrets in hexadecimal, with commas between them.
#[derive(Clone)]
pub struct HexSecrets(pub Vec<Secret<Vec<u8>>>);

impl Setting for Option<Watermark> {
    const KIND: &'static str = "options";

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let request =
            query::read(&format!("{WATERMARK}&{text}"), true).map_err(|failure| failure.to_string())?;
        let watermark = request.watermark.clone();
        if query::write(&request) != written(&watermark) {
            return Err("expected options of the watermark only".into());
        }
        Ok(Some(watermark))
    }

    fn show(&self) -> String {
        let written = self.as_ref().map(written).unwrap_or_default();
        written.trim_start_matches(WATERMARK).trim_start_matches('&').into()
    }
}

/// The watermark of the configuration, in the query grammar.
const WATERMARK: &str = "watermark=default";

fn written(watermark: &Watermark) -> String {
    query::write(&ImageRequest { watermark: watermark.clone(), ..ImageRequest::default() })
}

impl Setting for HexSecrets {
    const KIND: &'static str = "secrets in hexadecimal";

    fn read(text: &str) -> Result<Self, String> {
        let secret = |word: &str| hex::decode(word).map(Secret::new);
        let secrets: Result<Vec<_>, _> = words(text).map(secret).collect();
        secrets
            .map(HexSecrets)
            .map_err(|_| "expected pairs of hexadecimal digits, and commas between secrets".into())
    }

    fn show(&self) -> String {
        format!("({})", self.0.len())
    }
}

impl From<HexSecrets> for Vec<Secret<Vec<u8>>> {
    fn from(secrets: HexSecrets) -> Self {
        secrets.0
    }
}

impl From<Vec<Secret<Vec<u8>>>> for HexSecrets {
    fn from(secrets: Vec<Secret<Vec<u8>>>) -> Self {
        HexSecrets(secrets)
    }
}

/// Secret words, with commas between them.
pub struct WordSecrets(pub Vec<Secret<String>>);

impl Setting for WordSecrets {
    const KIND: &'static str = "secrets";

    fn read(text: &str) -> Result<Self, String> {
        Ok(WordSecrets(words(text).map(|word| Secret::new(word.into())).collect()))
    }

    fn show(&self) -> String {
        format!("({})", self.0.len())
    }
}

impl From<WordSecrets> for Vec<Secret<String>> {
    fn from(secrets: WordSecrets) -> Self {
        secrets.0
    }
}

impl From<Vec<Secret<String>>> for WordSecrets {
    fn from(secrets: Vec<Secret<String>>) -> Self {
        WordSecrets(secrets)
    }
}

/// The words between commas.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim_ascii).filter(|word| !word.is_empty())
}

impl Setting for Option<Secret<String>> {
    const KIND: &'static str = "secret";

    fn read(text: &str) -> Result<Self, String> {
        Ok((!text.is_empty()).then(|| Secret::new(text.into())))
    }

    fn show(&self) -> String {
        self.as_ref().map(|_| "(1)".into()).unwrap_or_default()
    }
}

impl Setting for Style {
    const KIND: &'static str = "name";

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("expected one of {}", Style::NAMES.join(", ")))
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for Policy {
    const KIND: &'static str = "patterns";

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: InvalidPolicy| error.to_string())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for CorsOrigins {
    const KIND: &'static str = "text";

    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: InvalidOrigin| error.to_string())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}
