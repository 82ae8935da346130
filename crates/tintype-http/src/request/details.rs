//! What a description of a source holds, in place of a rendition.

use std::fmt;
use std::str::FromStr;

use tintype_types::{Facts, Looks, UnknownName, number};

/// What a description of a source in JSON holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// Whose names the facts have.
    pub shape: Shape,
    /// Decode the image at a small size, and look at its pixels.
    pub pixels: Option<Looks>,
    /// Say where a photograph was taken.
    pub location: bool,
    /// Read all of the source, and hash it with SHA-256.
    pub digest: bool,
}

/// Whose names the facts have, and which facts there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Everything, in our own words.
    #[default]
    Query,
    /// As Cloudflare's `format=json`.
    Cloudflare,
    /// As wsrv's `output=json`.
    Wsrv,
    /// As imgproxy's `/info`: these facts.
    Imgproxy(Fields),
}

/// Facts that imgproxy's `/info` has, a bit for each of [`Fields::NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields(u32);

impl Fields {
    /// The names of the options that ask for a fact each.
    pub const NAMES: &'static [&'static str] = &[
        "size",
        "format",
        "dimensions",
        "exif",
        "colorspace",
        "bands",
        "sample_format",
        "pages_number",
        "alpha",
        "palette",
        "average",
        "blurhash",
    ];

    /// Whether a fact is asked for, by its name.
    pub fn has(self, name: &str) -> bool {
        Self::bit(name).is_some_and(|bit| self.0 & bit != 0)
    }

    /// Asks for a fact, or does not.
    pub fn set(&mut self, name: &str, wanted: bool) {
        let bit = Self::bit(name).unwrap_or(0);
        self.0 = if wanted { self.0 | bit } else { self.0 & !bit };
    }

    /// No facts.
    pub const NONE: Self = Self(0);

    fn bit(name: &str) -> Option<u32> {
        Self::NAMES.iter().position(|known| *known == name).map(|index| 1 << index)
    }
}

/// Those that are there unless they are switched off.
impl Default for Fields {
    fn default() -> Self {
        Self(0b1111)
    }
}

impl Details {
    /// What the engine has to find out.
    pub fn facts(&self) -> Facts {
        Facts { pixels: self.pixels, location: self.location }
    }

    /// Whether the size of the source has to be known, even if the origin does not announce it.
    pub fn needs_size(&self) -> bool {
        match self.shape {
            Shape::Query | Shape::Wsrv => false,
            Shape::Cloudflare => true,
            Shape::Imgproxy(fields) => fields.has("size"),
        }
    }

    fn looks(&mut self) -> &mut Looks {
        self.pixels.get_or_insert_default()
    }

    fn read_word(&mut self, word: &str) -> Option<()> {
        match word.split_once(':') {
            Some(("palette", colors)) => self.looks().palette = number(colors, 1, 256)?,
            Some(("blurhash", components)) => {
                let (x, y) = components.split_once('x')?;
                (self.looks().blurhash_x, self.looks().blurhash_y) = (number(x, 1, 9)?, number(y, 1, 9)?);
            }
            Some(_) => return None,
            None => match (word, &mut self.shape) {
                ("pixels", _) => drop(self.looks()),
                ("location", _) => self.location = true,
                ("sha256", _) => self.digest = true,
                ("cloudflare", shape @ Shape::Query) => *shape = Shape::Cloudflare,
                ("wsrv", shape @ Shape::Query) => *shape = Shape::Wsrv,
                ("imgproxy", shape @ Shape::Query) => *shape = Shape::Imgproxy(Fields::NONE),
                (name, Shape::Imgproxy(fields)) if Fields::NAMES.contains(&name) => fields.set(name, true),
                _ => return None,
            },
        }
        Some(())
    }
}

/// Reads `pixels,palette:8,blurhash:4x3,location,sha256` in any order, after the name of a shape other than our own.
impl FromStr for Details {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let mut details = Self::default();
        text.split(',').try_for_each(|word| details.read_word(word)).ok_or(UnknownName)?;
        Ok(details)
    }
}

/// Writes nothing where there is nothing to say.
impl fmt::Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words: Vec<String> = Vec::new();
        match self.shape {
            Shape::Query => {}
            Shape::Cloudflare => words.push("cloudflare".into()),
            Shape::Wsrv => words.push("wsrv".into()),
            Shape::Imgproxy(fields) => {
                words.push("imgproxy".into());
                words.extend(Fields::NAMES.iter().filter(|name| fields.has(name)).map(ToString::to_string));
            }
        }
        if let Some(Looks { palette, blurhash_x, blurhash_y }) = self.pixels {
            let default = Looks::default();
            words.push("pixels".into());
            if palette != default.palette {
                words.push(format!("palette:{palette}"));
            }
            if (blurhash_x, blurhash_y) != (default.blurhash_x, default.blurhash_y) {
                words.push(format!("blurhash:{blurhash_x}x{blurhash_y}"));
            }
        }
        words.extend(self.location.then(|| "location".into()));
        words.extend(self.digest.then(|| "sha256".into()));
        f.write_str(&words.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_read_and_written_back() {
        for text in [
            "pixels",
            "pixels,palette:8,blurhash:9x1,location,sha256",
            "cloudflare",
            "wsrv,pixels",
            "imgproxy,size,exif,blurhash,pixels,blurhash:3x3",
            "imgproxy,sha256",
        ] {
            assert_eq!(text.parse::<Details>().unwrap().to_string(), text);
        }
        assert_eq!("palette:6".parse::<Details>().unwrap().to_string(), "pixels");
        for bad in
            ["", "nope", "size", "palette:0", "palette:257", "blurhash:4", "blurhash:0x3", "wsrv,cloudflare"]
        {
            assert!(bad.parse::<Details>().is_err(), "{bad}");
        }
    }
}
