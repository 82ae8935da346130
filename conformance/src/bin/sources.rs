//! Writes the sources of the vectors as files: `sources <folder>`.

fn main() -> std::io::Result<()> {
    let folder = std::path::PathBuf::from(std::env::args_os().nth(1).expect("usage: sources <folder>"));
    std::fs::create_dir_all(&folder)?;
    conformance::sources().into_iter().try_for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes))
}
