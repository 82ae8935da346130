//! A watermark: an image that is laid over the rendition.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use tintype_types::{Blend, Factor, Length, Overlay, Place, Position};

use super::geometry::plain_position;

/// An image to lay over the rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// Where it comes from; `None` is no watermark.
    pub image: Option<WatermarkImage>,
    /// How opaque it is, at most 1.
    pub opacity: Factor,
    /// Where it lies.
    pub place: Place,
    /// The width and height that it fits within; without both, it has its own size.
    pub size: (Option<Length>, Option<Length>),
    /// How its colours are mixed with those below.
    pub blend: Blend,
}

/// Where a watermark comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatermarkImage {
    /// `TINTYPE_WATERMARK`.
    Configured,
    /// A URL as the client wrote it: not checked yet.
    Url(String),
}

impl Default for Watermark {
    fn default() -> Self {
        Self {
            image: None,
            opacity: Factor::ONE,
            place: Place::At(Position::default()),
            size: (None, None),
            blend: Blend::default(),
        }
    }
}

impl Watermark {
    /// The same without what does not matter where there is none to be seen, and with one way to say where it is.
    #[must_use]
    pub fn normalized(&self) -> Self {
        if self.image.is_none() || self.opacity == Factor::ZERO {
            return Self::default();
        }
        let place = match self.place {
            Place::At(position) => Place::At(plain_position(position)),
            tiled => tiled,
        };
        Self { place, ..self.clone() }
    }

    /// The contract's overlay of this image.
    pub fn overlay(&self, image: Arc<[u8]>) -> Overlay {
        let Self { opacity, place, size: (width, height), blend, .. } = *self;
        Overlay { image, opacity, place, width, height, blend }
    }
}

impl FromStr for WatermarkImage {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == "default" { Self::Configured } else { Self::Url(text.into()) })
    }
}

impl fmt::Display for WatermarkImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Configured => "default",
            Self::Url(url) => url,
        })
    }
}
