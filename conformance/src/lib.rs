//! The promise of the same bytes everywhere, as a file: `vectors.json` names sources and options, and records the SHA-256 of
//! each rendition, or the code of the failure.
//!
//! Sources are drawn by [`sources()`], which the file names and hashes too, so that a difference is either the source's or the
//! engine's. Options are written as the npm package and the Python package take them, but for images that are laid over
//! others, which are names of sources.

mod cases;
mod options;
mod overlays;
mod sources;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tintype_types::{Error, Options, Setting};

pub use cases::vectors;
pub use sources::sources;

/// A rendition to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vector {
    /// The name of the source.
    pub source: &'static str,
    /// What to make of it.
    pub options: Options,
}

/// A vector of these settings.
fn vector(source: &'static str, settings: impl IntoIterator<Item = Setting>) -> Vector {
    let options = Options::with(settings).unwrap_or_else(|error| panic!("{source}: {error}"));
    Vector { source, options }
}

/// What became of a vector: the SHA-256 of the rendition, or the code of the failure, such as `limit-exceeded`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The SHA-256 of the rendition, in hexadecimal.
    Sha256(String),
    /// The failure's name in the contract.
    Error(&'static str),
}

impl Outcome {
    /// The outcome of a call.
    pub fn of(result: &Result<Vec<u8>, Error>) -> Self {
        match result {
            Ok(image) => Self::Sha256(sha256(image)),
            Err(error) => Self::Error(code(error)),
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sha256(hash) => f.write_str(hash),
            Self::Error(code) => f.write_str(code),
        }
    }
}

/// The name of a failure in the contract.
fn code(error: &Error) -> &'static str {
    match error {
        Error::Unrecognized => "unrecognized",
        Error::Unsupported { .. } => "unsupported",
        Error::Malformed { .. } => "malformed",
        Error::InvalidOption { .. } => "invalid-option",
        Error::LimitExceeded { .. } => "limit-exceeded",
        Error::Ended => "ended",
        Error::Internal(_) => "internal",
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The recorded file.
pub const RECORDED: &str = include_str!("../vectors.json");

/// Where [`RECORDED`] is kept.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors.json")
}

/// What the file says with these outcomes: one line for each source and each vector, so that a change is seen as lines.
pub fn file(outcomes: &[Outcome]) -> String {
    let about = "Recorded renditions: see CONTRIBUTING.md. Renewed by UPDATE_VECTORS=1 cargo test --package conformance.";
    let sources = sources();
    let sources =
        sources.iter().map(|(name, bytes)| format!("    {}: {}", json!(name), json!(sha256(bytes))));
    let vectors = vectors();
    let vectors =
        vectors.iter().zip(outcomes).map(|(vector, outcome)| format!("    {}", line(vector, outcome)));
    format!(
        "{{\n  \"about\": {},\n  \"sources\": {{\n{}\n  }},\n  \"vectors\": [\n{}\n  ]\n}}\n",
        json!(about),
        sources.collect::<Vec<_>>().join(",\n"),
        vectors.collect::<Vec<_>>().join(",\n"),
    )
}

fn line(vector: &Vector, outcome: &Outcome) -> Value {
    let (key, value) = match outcome {
        Outcome::Sha256(hash) => ("sha256", hash.as_str()),
        Outcome::Error(code) => ("error", *code),
    };
    json!({ "source": vector.source, "options": options::written(&vector.options), key: value })
}

/// The recorded outcome of each vector, in their order, and its source's name.
pub fn recorded() -> Vec<(String, String)> {
    let file: Value = serde_json::from_str(RECORDED).expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let vectors = file["vectors"].as_array().expect("a list");
    let outcome = |vector: &Value| text(vector.get("sha256").unwrap_or(&vector["error"]));
    vectors.iter().map(|vector| (text(&vector["source"]), outcome(vector))).collect()
}

/// Makes every vector in one engine, and compares.
///
/// If `TINTYPE_VECTORS` names a folder, the outcomes are written there as `results/<engine>.txt`, one a line, from which the
/// program `matrix` makes a table.
///
/// # Panics
///
/// If an outcome differs from what is recorded; the message lists the first differences.
pub fn check(engine: &str, mut make: impl FnMut(&[u8], &Options) -> Result<Vec<u8>, Error>) {
    let outcomes = outcomes(&mut make);
    report(engine, &outcomes);
    let recorded = recorded();
    assert_eq!(outcomes.len(), recorded.len(), "vectors; renew the file as CONTRIBUTING.md says");
    let vectors = vectors();
    let differences: Vec<String> = vectors
        .iter()
        .zip(outcomes.iter().zip(&recorded))
        .filter(|(_, (outcome, (_, recorded)))| outcome.to_string() != *recorded)
        .map(|(vector, (outcome, (_, recorded)))| {
            format!("{}\n    recorded: {recorded}", line(vector, outcome))
        })
        .collect();
    assert!(
        differences.is_empty(),
        "{engine}: {} of {} renditions differ from conformance/vectors.json:\n{}",
        differences.len(),
        vectors.len(),
        differences[..differences.len().min(10)].join("\n")
    );
}

/// The outcome of every vector.
pub fn outcomes(make: &mut impl FnMut(&[u8], &Options) -> Result<Vec<u8>, Error>) -> Vec<Outcome> {
    let sources = sources();
    let source = |name: &str| {
        let found = sources.iter().find(|(source, _)| *source == name);
        &found.unwrap_or_else(|| panic!("{name} is no source")).1
    };
    vectors().iter().map(|vector| Outcome::of(&make(source(vector.source), &vector.options))).collect()
}

fn report(engine: &str, outcomes: &[Outcome]) {
    let Some(folder) = std::env::var_os("TINTYPE_VECTORS") else { return };
    let folder = Path::new(&folder).join("results");
    let lines: String = outcomes.iter().map(|outcome| format!("{outcome}\n")).collect();
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join(format!("{engine}.txt")), lines))
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
}
