//! The canvas that the frames of an animation are drawn on.

/// What becomes of a frame when the next one comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Disposal {
    /// It stays.
    #[default]
    Keep,
    /// Its place becomes transparent.
    Clear,
    /// What it hides comes back.
    Restore,
}

/// The place of a frame on the canvas. It may reach beyond that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Place {
    pub(super) fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// Rows of RGBA, transparent at first.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    width: usize,
    pixels: Vec<[u8; 4]>,
    /// The canvas before a frame that is to be removed again.
    saved: Vec<[u8; 4]>,
    /// Whether a frame has begun, and a row of it has been drawn.
    begun: bool,
    drawn: bool,
}

impl Canvas {
    /// Predicts the bytes that a canvas of `pixels` pixels holds.
    pub(super) fn memory(pixels: u64) -> u64 {
        2 * 4 * pixels
    }

    pub(super) fn new(width: u32, height: u32) -> Self {
        let pixels = vec![[0; 4]; width as usize * height as usize];
        Self { width: width as usize, pixels, ..Self::default() }
    }

    /// Whether a frame has begun.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether a row has been drawn.
    pub(super) fn is_drawn(&self) -> bool {
        self.drawn
    }

    /// Prepares to draw a frame.
    pub(super) fn begin(&mut self, disposal: Disposal) {
        self.begun = true;
        if disposal == Disposal::Restore {
            self.saved.clone_from(&self.pixels);
        }
    }

    /// Row `y` of a frame, as far as it is on the canvas, to draw on.
    pub(super) fn draw(&mut self, place: Place, y: u32) -> &mut [[u8; 4]] {
        self.drawn = true;
        let row = self.pixels.chunks_exact_mut(self.width).nth((place.top + y) as usize);
        part(row.unwrap_or_default(), place)
    }

    /// Does what is to become of a frame when the next one comes.
    pub(super) fn dispose(&mut self, place: Place, disposal: Disposal) {
        match disposal {
            Disposal::Keep => (),
            Disposal::Restore => std::mem::swap(&mut self.pixels, &mut self.saved),
            Disposal::Clear => {
                let rows = self.pixels.chunks_exact_mut(self.width).skip(place.top as usize);
                rows.take(place.height as usize).for_each(|row| part(row, place).fill([0; 4]));
            }
        }
    }

    /// A row of the canvas.
    pub(super) fn row(&self, y: u32) -> &[u8] {
        let start = y as usize * self.width;
        self.pixels.get(start..start + self.width).unwrap_or_default().as_flattened()
    }
}

/// The part of a row that a frame is on.
fn part(row: &mut [[u8; 4]], place: Place) -> &mut [[u8; 4]] {
    let end = row.len().min(place.left as usize + place.width as usize);
    row.get_mut(place.left as usize..end).unwrap_or_default()
}
