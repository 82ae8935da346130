//! The corpus of images that others have made, where this machine has one.
//!
//! It is `../shared/corpus` as seen from a directory above this crate, or what `TINTYPE_CORPUS` says.

use std::fs;
use std::path::{Path, PathBuf};

use crate::dist;

/// The files below `folder` of the corpus in the order of their paths, or `None`, with a line that says so, if there is no
/// corpus.
pub fn files(folder: &str) -> Option<Vec<PathBuf>> {
    let Some(root) = root() else {
        println!("skipped: there is no corpus, set TINTYPE_CORPUS to the path of one");
        return None;
    };
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    assert!(!files.is_empty(), "{} has no files in {folder}", root.display());
    files.sort();
    Some(files)
}

fn root() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("TINTYPE_CORPUS") {
        return Some(PathBuf::from(path));
    }
    dist::root()
        .ancestors()
        .map(|directory| directory.join("../shared/corpus"))
        .find(|corpus| corpus.is_dir())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    match fs::read_dir(path) {
        Ok(entries) => entries.for_each(|entry| collect(&entry.unwrap().path(), files)),
        Err(_) => files.push(path.to_owned()),
    }
}
