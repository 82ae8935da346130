//! Draws a contact sheet of what each option does: `contact-sheet <file>` writes it as a PNG file.
//!
//! Every picture on it is the answer of the composed component to a request of the query grammar, which is its caption.

mod cases;
mod sheet;

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
    let sheet = draw(|query, source| {
        let reply = service.post(&format!("/?{query}"), source);
        assert_eq!(reply.status, 200, "{query}: {}", String::from_utf8_lossy(&reply.body));
        reply.body.to_vec()
    });
    std::fs::write(file, sheet)
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
