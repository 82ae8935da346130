//! One file: read, worked on as it is read, and written when it is complete.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tintype::{Format, Limits, Outline, SNIFF_BYTES, Session, sniff};
use tintype_http::request::{ImageRequest, OutputFormat};

use crate::arguments::Target;

/// A rendition to make.
pub(crate) struct Job<'a> {
    /// The source; `-` is standard input.
    pub source: &'a Path,
    request: &'a ImageRequest,
    to: &'a Target,
}

/// A rendition that was made.
pub(crate) struct Done {
    /// Where it is; `None` on standard output.
    pub path: Option<PathBuf>,
    /// Its format and size.
    pub outline: Outline,
    /// Its bytes.
    pub bytes: usize,
    /// Whether some of the source was missing or corrupt.
    pub damaged: bool,
}

/// Bytes of a source that are read at once.
const PIECE: usize = 256 << 10;

/// Limits for files of one's own: memory is what a machine has, and not what a server gives a stranger.
const LIMITS: Limits = Limits {
    source_bytes: 1 << 32,
    source_pixels: 1 << 30,
    frames: 1 << 16,
    frame_pixels: 1 << 30,
    output_side: 65_535,
    output_pixels: 1 << 28,
    memory: 2 << 30,
    work: u64::MAX,
};

/// The renditions of these files.
///
/// # Errors
///
/// Two files that would be written to the same place.
pub(crate) fn jobs<'a>(
    files: &'a [PathBuf],
    request: &'a ImageRequest,
    to: &'a Target,
) -> Result<Vec<Job<'a>>> {
    let mut names: Vec<_> = files.iter().map(|file| file.with_extension("")).collect();
    if matches!(to, Target::Folder(_)) {
        names = names.iter().map(|name| name.file_name().unwrap_or_default().into()).collect();
    }
    names.sort();
    if let Some([name, _]) = names.array_windows().find(|[one, other]| one == other) {
        bail!("two files would become \"{}\" with the same extension", name.display());
    }
    Ok(files.iter().map(|source| Job { source, request, to }).collect())
}

impl Job<'_> {
    /// Makes the rendition. `progress` hears how many bytes of the source have been read.
    ///
    /// # Errors
    ///
    /// What the file system or the engine says.
    pub(crate) fn run(&self, mut progress: impl FnMut(u64)) -> Result<Done> {
        let mut source = open(self.source)?;
        let mut piece = vec![0; PIECE];
        let mut length = fill(&mut source, &mut piece)?;
        let format = self.format(piece.get(..length.min(SNIFF_BYTES)).unwrap_or_default());
        // What cannot be written is refused before any work is done.
        self.path(format)?;
        let mut session = Session::new(self.request.options(format, LIMITS));
        let (mut image, mut read) = (Vec::new(), 0);
        while length > 0 {
            session.write(piece.get(..length).unwrap_or_default())?;
            image.append(&mut session.read(usize::MAX)?);
            read += length as u64;
            progress(read);
            length = fill(&mut source, &mut piece)?;
        }
        session.finish()?;
        image.append(&mut session.read(usize::MAX)?);
        let outline = session.outline().context("the rendition has no outline")?;
        let path = self.path(outline.format)?;
        match &path {
            Some(path) => save(path, &image)?,
            None => io::stdout().write_all(&image).context("could not write to standard output")?,
        }
        Ok(Done { path, outline, bytes: image.len(), damaged: session.damaged() })
    }

    /// The format of the rendition of a source that begins with these bytes.
    fn format(&self, head: &[u8]) -> Format {
        match self.request.output.format {
            OutputFormat::Fixed(format) => format,
            OutputFormat::Smallest => Format::Webp,
            OutputFormat::Source | OutputFormat::Auto | OutputFormat::Json => {
                sniff(head).map_or(Format::Webp, Format::family)
            }
        }
    }

    /// The place of a rendition in this format; `None` for standard output.
    fn path(&self, format: Format) -> Result<Option<PathBuf>> {
        let renamed = self.source.with_extension(format.extension());
        let path = match self.to {
            Target::Output => return Ok(None),
            Target::Beside if is_stream(self.source) => return Ok(None),
            Target::Beside => renamed,
            Target::File(file) => file.clone(),
            Target::Folder(folder) => folder.join(renamed.file_name().unwrap_or_default()),
        };
        if path == self.source {
            bail!("it would be overwritten: give another place with -o");
        }
        Ok(Some(path))
    }
}

/// Whether a path stands for standard input.
fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Opens a source.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>> {
    if is_stream(path) {
        return Ok(Box::new(io::stdin()));
    }
    Ok(Box::new(File::open(path).context("could not open it")?))
}

/// Reads until the buffer is full or the source ends.
fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> Result<usize> {
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error).context("could not read it"),
        }
    }
    Ok(length)
}

/// Writes a file under another name first, so that there is never half of one under its own.
fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("could not make \"{}\"", folder.display()))?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    fs::write(&part, bytes)
        .and_then(|()| fs::rename(&part, path))
        .with_context(|| format!("could not write \"{}\"", path.display()))
}
