//! Draws the photograph that `./x serve` offers to send: `sample <file>` writes it as a JPEG file.

fn main() -> std::io::Result<()> {
    let Some(file) = std::env::args_os().nth(1) else {
        return Err(std::io::Error::other("usage: sample <file>"));
    };
    std::fs::write(file, pictures::photograph(2400, 1600).jpeg())
}
