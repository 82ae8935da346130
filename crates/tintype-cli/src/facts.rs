//! Facts about an image, as JSON.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use tintype::inspect;
use tintype_http::response::describe;

use crate::job::open;

/// The facts about a file, on one line. Width and height are those of the upright image. Where a photograph was taken is not
/// told, only whether the file says so.
pub(crate) fn of(path: &Path) -> Result<Value> {
    let mut file = Vec::new();
    open(path)?.read_to_end(&mut file).context("could not read it")?;
    let mut facts = describe::facts(&inspect(&file)?);
    facts.insert("file".into(), path.display().to_string().into());
    facts.insert("bytes".into(), file.len().into());
    Ok(facts.into())
}
