//! Facts about an image, as JSON.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tintype::{Animation, ColorModel, Exif, IccProfile, Info, inspect};

use crate::job::open;

/// The facts about a file, on one line. Width and height are those of the upright image.
pub(crate) fn of(path: &Path) -> Result<Value> {
    let mut file = Vec::new();
    open(path)?.read_to_end(&mut file).context("could not read it")?;
    let Info { source, frames, icc_profile, exif, animation } = inspect(&file)?;
    let (width, height) =
        if source.orientation >= 5 { (source.height, source.width) } else { (source.width, source.height) };
    Ok(json!({
        "file": path.display().to_string(),
        "bytes": file.len(),
        "format": source.format.name(),
        "width": width,
        "height": height,
        "orientation": source.orientation,
        "color": color(source.color),
        "bit_depth": source.bit_depth,
        "alpha": source.alpha,
        "frames": frames,
        "animation": animation.map(times),
        "icc_profile": icc_profile.map(profile),
        "exif": exif.map(fields),
    }))
}

fn color(model: ColorModel) -> &'static str {
    match model {
        ColorModel::Gray => "gray",
        ColorModel::Rgb => "rgb",
        ColorModel::Palette => "palette",
        ColorModel::Cmyk => "cmyk",
    }
}

fn profile(profile: IccProfile) -> Value {
    json!({ "name": profile.name, "bytes": profile.size, "usable": profile.usable })
}

fn times(animation: Animation) -> Value {
    json!({ "loops": animation.loops, "duration_ms": animation.duration })
}

/// Where a photograph was taken is not told, only whether the file says so.
fn fields(exif: Exif) -> Value {
    let Exif { make, model, taken, artist, copyright, has_location } = exif;
    json!({
        "make": make,
        "model": model,
        "taken": taken,
        "artist": artist,
        "copyright": copyright,
        "has_location": has_location,
    })
}
