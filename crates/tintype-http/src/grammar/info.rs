//! The grammar of imgproxy's descriptions: `/info/{signature}/{options…}/plain/{escaped url}`, or with the URL in base64url.
//!
//! Options switch facts on and off. Those that the engine does not find out are refused by name, unless they are switched off.

use tintype_types::number;

use super::dialect::keeping_format;
use super::imgproxy::{is_option, split_source, unescape_separators};
use super::parameter::{
    Missing, Parameter, Rejected, check_missing, differences, field, find, no_effect, unknown,
};
use super::text::encode_path;
use crate::failure::{Failure, Kind, Result};
use crate::request::{Details, Fields, ImageRequest, OutputFormat, Shape, Source};

/// What the paths begin with.
pub const PREFIX: &str = "/info/";

const SWITCH: &str = "1, t, true, 0, f or false";

/// A row of a fact that is switched on and off.
macro_rules! fact {
    ($name:literal $(, $synonym:literal)*) => {
        Parameter {
            names: &[$name $(, $synonym)*],
            accepts: SWITCH,
            read: |request, text| {
                show(request, $name, is_on(text));
                Ok(())
            },
            write: |request| Some(switch(fields(request).has($name)).into()),
        }
    };
}

/// Every option.
pub const OPTIONS: &[Parameter<ImageRequest>] = &[
    fact!("size", "s"),
    fact!("format", "f"),
    fact!("dimensions", "d"),
    fact!("exif"),
    fact!("colorspace", "cs"),
    fact!("bands", "b"),
    fact!("sample_format", "sf"),
    fact!("pages_number", "pn"),
    Parameter {
        names: &["alpha", "a"],
        accepts: SWITCH,
        read: |request, text| {
            // Whether any pixel is transparent is not found out.
            let (alpha, check) = text.split_once(':').unwrap_or((text, ""));
            if is_on(check) {
                return Err(Rejected::Unsupported);
            }
            show(request, "alpha", is_on(alpha));
            Ok(())
        },
        write: |request| Some(switch(fields(request).has("alpha")).into()),
    },
    Parameter {
        names: &["palette", "p"],
        accepts: "a number of colours, 2 to 256, or 0 for none",
        read: |request, text| {
            let colors: u32 =
                number(text, 0, 256).filter(|colors| *colors != 1).ok_or(Rejected::Malformed)?;
            show(request, "palette", colors > 0);
            if colors > 0 {
                request.output.details.pixels.get_or_insert_default().palette = colors;
            }
            Ok(())
        },
        write: |request| {
            let looks = request.output.details.pixels.filter(|_| fields(request).has("palette"));
            Some(looks.map_or(0, |looks| looks.palette).to_string())
        },
    },
    Parameter {
        names: &["average", "avg"],
        accepts: SWITCH,
        read: |request, text| {
            // Transparent pixels never count.
            let average = is_on(text.split(':').next().unwrap_or_default());
            show(request, "average", average);
            if average {
                request.output.details.pixels.get_or_insert_default();
            }
            Ok(())
        },
        write: |request| Some(switch(fields(request).has("average")).into()),
    },
    Parameter {
        names: &["blurhash", "bh"],
        accepts: "the numbers of components across and down, 1 to 9 each, or 0:0 for none",
        read: |request, text| {
            let (x, y) = text.split_once(':').ok_or(Rejected::Malformed)?;
            let side = |text: &str| number(text, 0, 9).ok_or(Rejected::Malformed);
            let (x, y): (u32, u32) = (side(x)?, side(y)?);
            show(request, "blurhash", x > 0 && y > 0);
            if x > 0 && y > 0 {
                let looks = request.output.details.pixels.get_or_insert_default();
                (looks.blurhash_x, looks.blurhash_y) = (x, y);
            }
            Ok(())
        },
        write: |request| {
            let looks = request.output.details.pixels.filter(|_| fields(request).has("blurhash"));
            Some(looks.map_or("0:0".into(), |looks| format!("{}:{}", looks.blurhash_x, looks.blurhash_y)))
        },
    },
    Parameter {
        names: &["calc_hashsums", "chs"],
        accepts: "sha256",
        read: |request, text| {
            request.output.details.digest = match text {
                "sha256" => true,
                "" => false,
                _ => return Err(Rejected::Unsupported),
            };
            Ok(())
        },
        write: |request| request.output.details.digest.then(|| "sha256".into()),
    },
    field!(["page", "pg"], "the number of a frame, 0 to 65535; 0 is the first", output.page, |text| {
        number(text, 0, 65_535)
    }),
    field!(["cachebuster", "cb"], "any text", delivery.version),
    field!(["expires", "exp"], "a second of Unix time", delivery.expires, |text| {
        number(text, 0, u64::MAX >> 11).map(Some)
    }),
    no_effect!(["video_meta", "vm"]),
];

/// The options for what is not found out.
pub(crate) const MISSING: &[Missing] = &[
    Missing { names: &["iptc"], is_neutral: is_off },
    Missing { names: &["xmp"], is_neutral: is_off },
    Missing { names: &["detect_objects", "do"], is_neutral: is_off },
    Missing { names: &["dominant_colors", "dc"], is_neutral: is_off },
    Missing { names: &["crop", "c"], is_neutral: is_off },
];

fn is_on(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True")
}

fn is_off(text: &str) -> bool {
    matches!(text.split(':').next(), Some("" | "0" | "f" | "false"))
}

fn switch(on: bool) -> &'static str {
    if on { "1" } else { "0" }
}

fn fields(request: &ImageRequest) -> Fields {
    match request.output.details.shape {
        Shape::Imgproxy(fields) => fields,
        _ => Fields::NONE,
    }
}

fn show(request: &mut ImageRequest, name: &str, wanted: bool) {
    if let Shape::Imgproxy(fields) = &mut request.output.details.shape {
        fields.set(name, wanted);
    }
}

/// A request without options.
fn plain() -> ImageRequest {
    let mut request = keeping_format(80);
    request.output.format = OutputFormat::Json;
    request.output.details = Details { shape: Shape::Imgproxy(Fields::default()), ..Details::default() };
    request
}

/// Reads a target, which is a path alone.
///
/// # Errors
///
/// As [`super::Grammar::read`].
pub fn read(target: &str) -> Result<ImageRequest> {
    if target.contains('?') {
        return Err(Failure::new(Kind::UnknownParameter, "a query after the path is not accepted")
            .with_detail("leave it out, or write the ? of the source's URL as %3F"));
    }
    let path = target.strip_prefix(PREFIX).unwrap_or_default();
    let mut segments = path.split('/').skip(1).peekable();
    let mut request = plain();
    while let Some(option) = segments.next_if(|segment| is_option(segment)) {
        let option = unescape_separators(option);
        let (name, text) = option.split_once(':').unwrap_or((&option, ""));
        if let Some(checked) = check_missing(MISSING, name, text) {
            checked?;
            continue;
        }
        find(OPTIONS, name).ok_or_else(|| unknown(OPTIONS, name))?.set(&mut request, name, text)?;
    }
    let source: Vec<&str> = segments.collect();
    request.source = Source::Url(split_source(&source)?.0);
    Ok(request)
}

/// Writes a request, unsigned, as far as the grammar has words for it.
pub fn write(request: &ImageRequest) -> String {
    let mut target = format!("{PREFIX}unsafe");
    for (option, text) in differences(OPTIONS, request, &plain()) {
        let name = option.names.last().copied().unwrap_or_default();
        target.push_str(&format!("/{name}:{text}"));
    }
    if let Source::Url(url) = &request.source {
        target.push_str("/plain/");
        target.push_str(&encode_path(url));
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(options: &str) -> Result<String, Kind> {
        let read = read(&format!("/info/unsafe/{options}plain/https://a.example/b.jpg"));
        read.map(|request| request.output.details.to_string()).map_err(|failure| failure.kind())
    }

    #[test]
    fn options_switch_facts_on_and_off() {
        for (options, meant) in [
            ("", "imgproxy,size,format,dimensions,exif"),
            ("s:0/exif:f/cs:1/pn:t/", "imgproxy,format,dimensions,colorspace,pages_number"),
            ("p:8/avg:1:1/", "imgproxy,size,format,dimensions,exif,palette,average,pixels,palette:8"),
            ("bh:3:4/s:0/f:0/d:0/exif:0/", "imgproxy,blurhash,pixels,blurhash:3x4"),
            ("chs:sha256/xmp:0/vm:1/do:f/", "imgproxy,size,format,dimensions,exif,sha256"),
        ] {
            assert_eq!(details(options), Ok(meant.into()), "{options}");
        }
        for refused in ["chs:md5/", "xmp:1/", "dc:1/", "a:1:1/"] {
            assert_eq!(details(refused), Err(Kind::Unsupported), "{refused}");
        }
        assert_eq!(details("p:1/"), Err(Kind::InvalidParameter));
        assert_eq!(details("rs:fit:3:3/"), Err(Kind::UnknownParameter));
    }
}
