//! Draws a contact sheet of what each option does: `contact-sheet <file>` writes it as a WebP file, or without loss as a PNG file if
//! that is what its name ends in.
//!
//! Every picture on it is the answer of the composed component to a request of the query grammar, which is its caption.

mod cases;
mod sheet;

use std::path::Path;

use harness::Service;
use harness::client::Server;
use harness::origin::Answer;
use pictures::{Picture, transparent_disc};

use cases::SECTIONS;
use sheet::Sheet;

fn main() -> std::io::Result<()> {
    let Some(file) = std::env::args_os().nth(1) else {
        return Err(std::io::Error::other("usage: contact-sheet <file>"));
    };
    let disc = transparent_disc(160, 160).png();
    let service = Service::new()
        .with_origin(move |_, _| Answer::ok(disc.clone()))
        .env("TINTYPE_WATERMARK", "http://photos.test/disc.png");
    let make = |query: &str, source: &[u8]| {
        let reply = service.post(&format!("/?{query}"), source);
        assert_eq!(reply.status, 200, "{query}: {}", String::from_utf8_lossy(&reply.body));
        reply.body.to_vec()
    };
    let (sheet, is_png) = (draw(make), Path::new(&file).extension().is_some_and(|name| name == "png"));
    std::fs::write(file, if is_png { sheet } else { make("quality=80&effort=best&sharp-chroma=1", &sheet) })
}

/// The sheet's file. `make` makes its pictures from a query and a source.
fn draw(make: impl Fn(&str, &[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut sheet = Sheet::new();
    for (heading, source, queries) in SECTIONS {
        let file = source.file();
        sheet.heading(heading);
        for query in *queries {
            let format = if query.contains("format=") { "" } else { "&format=png" };
            sheet.add(Picture::read(&make(&format!("{query}{format}"), &file)), query);
        }
    }
    sheet.finish()
}
