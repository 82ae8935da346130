//! Lays pictures out with captions.

use embedded_graphics::mono_font::ascii::{FONT_6X10, FONT_9X15_BOLD};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{Dimensions, DrawTarget, Drawable, OriginDimensions, Pixel, Point, Size};
use embedded_graphics::text::{Baseline, Text};
use pictures::Picture;

const WIDTH: u32 = 1184;
const GAP: u32 = 8;
/// The least width of a cell, so that captions have room.
const CELL: u32 = 160;
const PAPER: [u8; 4] = [255, 255, 255, 255];
const INK: [u8; 4] = [0, 0, 0, 255];

/// A sheet that grows downwards.
pub(crate) struct Sheet {
    rows: Vec<[u8; 4]>,
    /// Cells of the last row, which is not drawn yet.
    row: Vec<Cell>,
}

struct Cell {
    picture: Picture,
    caption: Vec<String>,
}

impl Cell {
    fn width(&self) -> u32 {
        let longest = self.caption.iter().map(|line| line.len() as u32).max().unwrap_or(0);
        self.picture.width.max(CELL).max(longest * FONT_6X10.character_size.width)
    }
}

impl Sheet {
    /// An empty sheet.
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new(), row: Vec::new() }
    }

    /// Begins a section.
    pub(crate) fn heading(&mut self, text: &str) {
        self.end_row();
        let top = self.grow(FONT_9X15_BOLD.character_size.height + 2 * GAP) + GAP;
        self.write(text, &FONT_9X15_BOLD, GAP, top);
    }

    /// Adds a picture with a query as its caption.
    pub(crate) fn add(&mut self, picture: Picture, query: &str) {
        let cell = Cell { caption: lines(query), picture };
        let used: u32 = self.row.iter().map(|cell| GAP + cell.width()).sum();
        if used + GAP + cell.width() + GAP > WIDTH {
            self.end_row();
        }
        self.row.push(cell);
    }

    /// The sheet as a PNG file.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.end_row();
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, WIDTH, self.height());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().expect("a size that PNG has");
        let samples: Vec<u8> =
            self.rows.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
        writer.write_image_data(&samples).expect("as many samples as announced");
        writer.finish().expect("a file in memory");
        file
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        let line = FONT_6X10.character_size.height;
        let height = row.iter().map(|cell| cell.picture.height).max().unwrap_or(0);
        let lines = row.iter().map(|cell| cell.caption.len() as u32).max().unwrap_or(0);
        if row.is_empty() {
            return;
        }
        let top = self.grow(height + GAP / 2 + lines * line + GAP);
        let mut left = GAP;
        for cell in row {
            self.place(&cell.picture, left, top);
            for (number, text) in cell.caption.iter().enumerate() {
                let below = top + cell.picture.height + GAP / 2 + number as u32 * line;
                self.write(text, &FONT_6X10, left, below);
            }
            left += cell.width() + GAP;
        }
    }

    /// Adds rows of paper, and returns the first one's number.
    fn grow(&mut self, rows: u32) -> u32 {
        let top = self.height();
        self.rows.resize(((top + rows) * WIDTH) as usize, PAPER);
        top
    }

    fn height(&self) -> u32 {
        self.rows.len() as u32 / WIDTH
    }

    /// Draws a picture, on a chequered ground where it is transparent.
    fn place(&mut self, picture: &Picture, left: u32, top: u32) {
        for y in 0..picture.height {
            for x in 0..picture.width {
                let [red, green, blue, alpha] = picture.at(x, y);
                let ground = if (x / 8 + y / 8) % 2 == 0 { 255 } else { 208 };
                let over = |value: u8| {
                    let (value, alpha) = (u32::from(value), u32::from(alpha));
                    ((value * alpha + ground * (255 - alpha) + 127) / 255) as u8
                };
                self.set(left + x, top + y, [over(red), over(green), over(blue), 255]);
            }
        }
    }

    fn set(&mut self, x: u32, y: u32, color: [u8; 4]) {
        if x < WIDTH
            && let Some(pixel) = self.rows.get_mut((y * WIDTH + x) as usize)
        {
            *pixel = color;
        }
    }

    fn write(&mut self, text: &str, font: &MonoFont<'_>, left: u32, top: u32) {
        let style = MonoTextStyle::new(font, BinaryColor::On);
        let place = Point::new(left as i32, top as i32);
        let Ok(_) = Text::with_baseline(text, place, style, Baseline::Top).draw(self);
    }
}

impl OriginDimensions for Sheet {
    fn size(&self) -> Size {
        Size::new(WIDTH, self.height())
    }
}

impl DrawTarget for Sheet {
    type Color = BinaryColor;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Self::Error> {
        let area = self.bounding_box();
        for Pixel(place, color) in pixels {
            if color.is_on() && area.contains(place) {
                self.set(place.x as u32, place.y as u32, INK);
            }
        }
        Ok(())
    }
}

/// A query in lines that a cell has room for, which break before `&` where they can.
fn lines(query: &str) -> Vec<String> {
    let room = (CELL / FONT_6X10.character_size.width) as usize;
    let mut lines: Vec<String> = Vec::new();
    for (number, part) in query.split('&').enumerate() {
        let part = if number == 0 { part.to_owned() } else { format!("&{part}") };
        match lines.last_mut() {
            Some(line) if line.len() + part.len() <= room => line.push_str(&part),
            _ => lines.push(part),
        }
    }
    lines
}
