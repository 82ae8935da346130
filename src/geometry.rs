//! Turns and mirrorings, and rectangles seen through them.

use crate::Rotation;

/// One of the eight ways to lay a rectangle on itself: an optional exchange of the axes, then mirrorings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Transform {
    /// Exchange x and y first.
    pub swap: bool,
    /// Then mirror left to right.
    pub mirror_x: bool,
    /// Then mirror top to bottom.
    pub mirror_y: bool,
}

impl Transform {
    /// What makes an image with this EXIF orientation upright (CIPA DC-008, 4.6.5.1.6). Anything but 2 to 8 changes nothing.
    pub(crate) fn from_exif(orientation: u8) -> Self {
        let (swap, mirror_x, mirror_y) = match orientation {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self { swap, mirror_x, mirror_y }
    }

    /// A clockwise rotation.
    pub(crate) fn from_rotation(rotation: Rotation) -> Self {
        Self::from_exif(match rotation {
            Rotation::None => 1,
            Rotation::Quarter => 6,
            Rotation::Half => 3,
            Rotation::ThreeQuarters => 8,
        })
    }

    /// This transform, and then `next`.
    pub(crate) fn then(self, next: Self) -> Self {
        let (mirror_x, mirror_y) =
            if next.swap { (self.mirror_y, self.mirror_x) } else { (self.mirror_x, self.mirror_y) };
        Self {
            swap: self.swap != next.swap,
            mirror_x: mirror_x != next.mirror_x,
            mirror_y: mirror_y != next.mirror_y,
        }
    }

    /// The size of a `width` × `height` rectangle afterwards. Applied to a size it is its own inverse.
    pub(crate) fn size<T>(self, width: T, height: T) -> (T, T) {
        if self.swap { (height, width) } else { (width, height) }
    }

    /// Where the part `window` of the transformed rectangle lies in the rectangle before.
    pub(crate) fn source_of(self, window: Window, before: (f64, f64)) -> Window {
        let (width, height) = self.size(before.0, before.1);
        let x = window.x.mirrored_if(self.mirror_x, width);
        let y = window.y.mirrored_if(self.mirror_y, height);
        let (x, y) = self.size(x, y);
        Window { x, y }
    }
}

/// A rectangle with sides between pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    /// Its columns.
    pub x: Span,
    /// Its rows.
    pub y: Span,
}

/// A part of a line, in pixels; pixel `i` reaches from `i` to `i + 1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    /// Where it starts.
    pub start: f64,
    /// How long it is.
    pub len: f64,
}

impl Span {
    /// The whole of a line.
    pub(crate) fn whole(len: f64) -> Self {
        Self { start: 0.0, len }
    }

    /// Where it ends.
    pub(crate) fn end(self) -> f64 {
        self.start + self.len
    }

    /// The same part of a line that starts `by` earlier.
    pub(crate) fn shifted(self, by: f64) -> Self {
        Self { start: self.start + by, ..self }
    }

    /// The same part of a line whose pixels are `by` wide.
    pub(crate) fn scaled(self, by: f64) -> Self {
        Self { start: self.start * by, len: self.len * by }
    }

    fn mirrored_if(self, mirror: bool, line: f64) -> Self {
        if mirror { Self { start: line - self.end(), ..self } } else { self }
    }
}

/// A rectangle of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Region {
    /// Columns to the left of it.
    pub x: u32,
    /// Rows above it.
    pub y: u32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

impl Region {
    /// The part that it becomes if all of the image is resized to `width` and `height`: at least a pixel.
    pub(crate) fn scaled(self, scale: f64, (width, height): (u32, u32)) -> Self {
        let part = |start: u32, len: u32, side: u32| {
            let scaled = |length: u32| (f64::from(length) * scale).round() as u32;
            let start = scaled(start).min(side - 1);
            (start, scaled(len).clamp(1, side - start))
        };
        let ((x, width), (y, height)) = (part(self.x, self.width, width), part(self.y, self.height, height));
        Self { x, y, width, height }
    }
}
