//! The built components.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};
use std::time::SystemTime;

/// What the components are made of, relative to the repository's root.
const SOURCES: &[&str] = &[
    "src",
    "crates",
    "components",
    "wit",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// The repository's root: the folder above the running program's package that holds `Cargo.lock`.
///
/// Cargo sets the folder of that package, which may have moved since the program was built.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let package =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let mut folders = Path::new(&package).ancestors();
        folders
            .find(|folder| folder.join("Cargo.lock").is_file())
            .expect("a package in the repository")
            .to_owned()
    });
    &ROOT
}

/// The path of `dist/<name>`.
///
/// # Panics
///
/// If the file is missing or older than any source of the components, with the command that builds it.
pub fn path(name: &str) -> PathBuf {
    static NEWEST: OnceLock<(SystemTime, PathBuf)> = OnceLock::new();
    let (newest, source) = NEWEST.get_or_init(|| {
        let sources = SOURCES.iter().map(|source| root().join(source));
        sources.filter_map(|source| newest_below(&source)).max().expect("the components have sources")
    });
    let path = root().join("dist").join(name);
    let Ok(built) = fs::metadata(&path).and_then(|metadata| metadata.modified()) else {
        panic!("dist/{name} is missing: run ./x build");
    };
    let source = source.strip_prefix(root()).unwrap_or(source).display();
    assert!(built >= *newest, "dist/{name} is older than {source}: run ./x build");
    path
}

/// The bytes of `dist/<name>`, which is as new as [`path`] demands.
pub fn read(name: &str) -> Vec<u8> {
    fs::read(path(name)).expect("a file that exists can be read")
}

/// The last file written at or below `path`, and when.
fn newest_below(path: &Path) -> Option<(SystemTime, PathBuf)> {
    if let Ok(entries) = fs::read_dir(path) {
        return entries.filter_map(|entry| newest_below(&entry.ok()?.path())).max();
    }
    Some((fs::metadata(path).ok()?.modified().ok()?, path.to_owned()))
}
