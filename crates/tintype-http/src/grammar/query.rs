//! The query grammar, tintype's own: `/?url=…&width=…&height=…&format=…`.
//!
//! It can say everything that an [`ImageRequest`] can hold. A parameter that is unknown, given twice or malformed is an
//! error that names the parameter, its value and the values it accepts: a typo never yields a wrong picture.

use tintype_types::{Format, number};

use super::adjust::{MODEST, amount, factor, opaque};
use super::parameter::{Parameter, Rejected, choice, differences, field, find, unknown};
use super::text::{encode_query, pairs};
use super::value::{read_angle, write_angle};
use crate::failure::{Failure, Kind, Result};
use crate::request::{Details, ImageRequest, OutputFormat, Source, file_name};

const SWITCH: &str = "true, 1, false or 0";
const LENGTH: &str = "a whole number of pixels, 1 to 65535, or a share of the source such as 50%";
const PIXELS: &str = "a whole number of pixels, 1 to 65535";
const SIDES: &str = "pixels: one number for all sides, or two to four as in CSS, such as 10,20";
const MASK: &str = "round and a radius in pixels, circle, ellipse, triangle, triangle-down, pentagon, pentagon-down, \
    hexagon, diamond, star or heart; then trim; then a colour, such as round,20 or star,trim,navy";
const LOWERED: &str = "a number; the service's limit if that is lower";
const CROP: &str =
    "x,y,width,height or width,height,gravity, each length in pixels or per cent, such as 50%,50%,north";

/// Every parameter, in the order of the documentation.
pub const PARAMETERS: &[Parameter<ImageRequest>] = &[
    Parameter {
        names: &["url", "u"],
        accepts: "an http or https URL, percent-encoded",
        read: |request, text| {
            if text.is_empty() {
                return Err(Rejected::Malformed);
            }
            request.source = Source::Url(text.into());
            Ok(())
        },
        write: |request| match &request.source {
            Source::Url(url) => Some(url.clone()),
            Source::Body => None,
        },
    },
    field!(["width", "w"], LENGTH, geometry.width),
    field!(["height", "h"], LENGTH, geometry.height),
    field!(
        ["auto-width"],
        "widths in pixels, then one for phones and one for other clients without hints: 320;768;1200,768,1200",
        auto_width
    ),
    field!(["min-width", "mw"], PIXELS, geometry.min_width),
    field!(["min-height", "mh"], PIXELS, geometry.min_height),
    field!(["max-side"], PIXELS, geometry.max_side),
    field!(["dpr"], "a factor for width and height, 0.01 to 100", geometry.density),
    field!(
        ["zoom"],
        "a factor for width and height, or one for each, 0.01 to 100, such as 2,1.5",
        geometry.zoom
    ),
    field!(["fit"], "contain, cover, crop, fill, stretch, outside, pad or auto", geometry.fit),
    field!(["enlarge", "el"], SWITCH, geometry.enlarge),
    field!(
        ["gravity", "g"],
        "center, north, north-east, east, south-east, south, south-west, west or north-west, with offsets such as \
         north,10,20%; a focal point such as 0.3,0.7; attention or entropy",
        geometry.position
    ),
    field!(
        ["trim"],
        "a threshold, 0 to 255, then a colour, then equal, equal-x or equal-y, such as 10,white,equal",
        geometry.trim
    ),
    field!(["inset"], SIDES, geometry.inset),
    field!(["crop", "c"], CROP, geometry.crop),
    field!(
        ["crop-ratio"],
        "an aspect ratio, 0.001 to 1000, such as 16:9 or 1.5, or 16:9,enlarge",
        geometry.crop_ratio
    ),
    field!(["rotate", "rot"], "0, 90, 180 or 270, degrees clockwise", geometry.rotate),
    Parameter {
        names: &["flip", "fl"],
        accepts: "h (left to right), v (top to bottom), hv or none",
        read: |request, text| {
            (request.geometry.flip_horizontal, request.geometry.flip_vertical) = match text {
                "none" => (false, false),
                "h" => (true, false),
                "v" => (false, true),
                "hv" | "vh" => (true, true),
                _ => return Err(Rejected::Malformed),
            };
            Ok(())
        },
        write: |request| {
            let flips = (request.geometry.flip_horizontal, request.geometry.flip_vertical);
            Some(match flips {
                (false, false) => "none".into(),
                (true, false) => "h".into(),
                (false, true) => "v".into(),
                (true, true) => "hv".into(),
            })
        },
    },
    field!(["auto-orient", "ao"], SWITCH, geometry.auto_orient),
    field!(["filter", "kernel"], "box, bilinear, catmull-rom, mitchell or lanczos3", geometry.filter),
    field!(["linear"], SWITCH, geometry.linear),
    field!(["crop-resized"], CROP, geometry.crop_resized),
    field!(["blur"], "a standard deviation in pixels, 0 to 1000", adjust.blur, |text| factor(text, 0, 1000)),
    field!(
        ["sharpen"],
        "a standard deviation in pixels, 0 to 10, then strengths in flat areas and at edges, such as 0.8 or 1,0,3",
        adjust.sharpen
    ),
    field!(
        ["unsharp"],
        "a standard deviation in pixels, 0 to 100, an amount, 0 to 100, then a threshold, 0 to 255, such as 1,0.5 or \
         2,1,4",
        adjust.unsharp
    ),
    field!(["pixelate"], PIXELS, adjust.pixelate),
    field!(
        ["obscure"],
        "x,y,width,height in pixels or per cent, then blur or pixelate and a number of pixels, such as \
         10%,20%,50,50,blur,8; several with semicolons between them",
        adjust.obscure
    ),
    field!(["exposure"], "stops, -8 to 8", adjust.exposure, |text| amount(text, 8)),
    field!(["gamma"], "0.1 to 10; more is lighter", adjust.gamma, |text| factor(text, 100, 10)),
    field!(["brightness"], MODEST, adjust.brightness, |text| factor(text, 0, 100)),
    field!(["lightness"], "-1 to 1, a share of the range to add", adjust.lightness, |text| amount(text, 1)),
    field!(["contrast"], MODEST, adjust.contrast, |text| factor(text, 0, 100)),
    field!(["vibrance"], "-1 to 1", adjust.vibrance, |text| amount(text, 1)),
    field!(["saturation"], MODEST, adjust.saturation, |text| factor(text, 0, 100)),
    Parameter {
        names: &["hue"],
        accepts: "degrees",
        read: |request, text| {
            request.adjust.hue = read_angle(text).ok_or(Rejected::Malformed)?;
            Ok(())
        },
        write: |request| Some(write_angle(request.adjust.hue)),
    },
    field!(
        ["tone"],
        "grayscale, sepia, monochrome and a colour, or duotone and a dark and a light colour; then an intensity, 0 to 1, \
         such as monochrome,teal,0.5",
        adjust.tone
    ),
    field!(["tint"], "a colour of CSS", adjust.tint, |text| opaque(text).map(Some)),
    field!(["negate"], SWITCH, adjust.negate),
    field!(["posterize"], "levels of each channel, 2 to 256", adjust.posterize, |text| number(text, 2, 256)),
    field!(
        ["extend"],
        "size or ratio, then where the image lies, such as size,north or ratio,center,0,10",
        geometry.extend
    ),
    field!(["tilt"], "degrees clockwise, then a colour, such as 15 or -2.5,white", geometry.tilt),
    field!(["padding", "pd"], SIDES, geometry.padding),
    field!(["mask"], MASK, geometry.mask),
    field!(["fill"], "a colour of CSS, blur, edge or mirror", geometry.fill),
    field!(
        ["background", "bg"],
        "a colour of CSS: a name, rgb(…), hsl(…), or RGB, RGBA, RRGGBB or RRGGBBAA in hexadecimal",
        geometry.background
    ),
    field!(["watermark", "wm"], "default, or the URL of an image, percent-encoded", watermark.image),
    field!(["watermark-opacity"], "0 to 1", watermark.opacity, |text| factor(text, 0, 1)),
    field!(
        ["watermark-place"],
        "a gravity, with offsets such as south-east,10,10, or tile and the gaps between tiles, such as tile,20,20",
        watermark.place
    ),
    field!(
        ["watermark-size"],
        "pixels, 1 to 65535, or a share of the image's width and height, at most 1000%; or the two of them such as 200,10%, \
         one of which may be empty",
        watermark.size
    ),
    field!(["watermark-blend"], "over, multiply, screen, overlay, soft-light or difference", watermark.blend),
    field!(
        ["format", "f"],
        "jpeg (or jpg), png, webp, gif, auto (the best that the client accepts), smallest (the \
         smallest file of that, JPEG and PNG), source (the source's family) or json \
         (a description of the source)",
        output.format
    ),
    field!(
        ["details"],
        "pixels, palette:6, blurhash:4x3, location, sha256, with commas between them, for format=json",
        output.details
    ),
    Parameter {
        names: &["encoding"],
        accepts: "base64 (a data URL) or none",
        read: |request, text| {
            request.output.base64 = match text {
                "base64" => true,
                "none" => false,
                _ => return Err(Rejected::Malformed),
            };
            Ok(())
        },
        write: |request| Some(if request.output.base64 { "base64" } else { "none" }.into()),
    },
    Parameter {
        names: &["quality", "q"],
        accepts: "1 to 100, or one for each format such as jpeg:80,webp:75; auto, or auto and these, such as auto,75",
        read: |request, text| {
            let (is_auto, quality) = match text.split_once(',') {
                Some(("auto", quality)) => (true, quality),
                None if text == "auto" => (true, ""),
                _ => (false, text),
            };
            request.output.auto_quality = is_auto;
            if !is_auto || text != "auto" {
                request.output.quality = quality.parse().map_err(|_| Rejected::Malformed)?;
            }
            Ok(())
        },
        write: |request| {
            let quality = request.output.quality.to_string();
            let auto = request.output.auto_quality.then(|| "auto".to_string());
            let parts = auto.into_iter().chain(Some(quality).filter(|quality| !quality.is_empty()));
            Some(parts.collect::<Vec<_>>().join(",")).filter(|text| !text.is_empty())
        },
    },
    field!(
        ["slow-quality"],
        "1 to 100, or one for each format, for clients on slow connections",
        output.slow_quality
    ),
    field!(["max-bytes", "mb"], "a number of bytes, 1 to 4294967295", output.max_bytes, |text| {
        number(text, 1, u32::MAX).map(Some)
    }),
    field!(["lossless", "ll"], SWITCH, output.lossless),
    field!(
        ["near-lossless", "nl"],
        "0 to 100, for WebP together with lossless",
        output.near_lossless,
        |text| { number(text, 0, 100) }
    ),
    field!(["effort"], "fast, default or best", output.effort),
    field!(["progressive"], SWITCH, output.progressive),
    field!(["subsampling"], "auto, 420 or 444", output.subsampling),
    field!(["sharp-chroma"], SWITCH, output.sharp_chroma),
    choice!(["bit-depth", "depth"], output.bit_depth, { "8" => 8, "16" => 16, "source" => 0 }),
    field!(["colors", "colours"], "the most colours of a PNG or GIF, 2 to 256", output.colors, |text| {
        number(text, 2, 256).map(Some)
    }),
    field!(["profile"], "srgb, keep or strip", output.profile),
    field!(["metadata"], "strip, copyright or keep", output.metadata),
    field!(["location"], SWITCH, output.location),
    field!(["page"], "the number of a frame, 0 to 65535; 0 is the first", output.page, |text| {
        number(text, 0, 65_535)
    }),
    Parameter {
        names: &["frames", "n"],
        accepts: "a number of frames, 1 to 65535, or all",
        read: |request, text| {
            request.output.frames = match text {
                "all" => 0,
                number => parse_frames(number).ok_or(Rejected::Malformed)?,
            };
            Ok(())
        },
        write: |request| match request.output.frames {
            0 => Some("all".into()),
            frames => Some(frames.to_string()),
        },
    },
    field!(["loop"], "how often an animation plays, 0 to 65535; 0 is forever", output.loops, parse_loops),
    field!(["delay"], "milliseconds for each frame, 0 to 16777215", output.delay, parse_delay),
    field!(
        ["filename"],
        "a file name without extension, at most 100 characters, without / \\ \" and control characters",
        delivery.filename,
        |text| file_name(text).map(Some)
    ),
    field!(["download", "dl"], SWITCH, delivery.download),
    field!(["expires", "exp"], "a second of Unix time", delivery.expires, |text| {
        number(text, 0, u64::MAX >> 11).map(Some)
    }),
    field!(
        ["maxage"],
        "seconds for which the response may be cached, 0 to 31536000",
        delivery.max_age,
        |text| { number(text, 0, 31_536_000).map(Some) }
    ),
    field!(
        ["version", "v"],
        "any text but an empty one; it makes a new URL of the same image",
        delivery.version
    ),
    field!(
        ["passthrough"],
        "none, all, or formats of sources that are delivered as they are, such as gif,webp or same:png",
        delivery.passthrough
    ),
    field!(["max-source-bytes"], LOWERED, limits.source_bytes),
    field!(["max-source-pixels"], LOWERED, limits.source_pixels),
    field!(["max-frame-pixels"], LOWERED, limits.frame_pixels),
    field!(
        ["onerror"],
        "error, source (redirect to the source), or the URL of an allowed source to redirect to",
        delivery.on_error
    ),
];

/// Reads a number of frames.
pub(super) fn parse_frames(text: &str) -> Option<u32> {
    number(text, 1, 65_535)
}

/// Reads how often an animation plays.
pub(super) fn parse_loops(text: &str) -> Option<Option<u32>> {
    number(text, 0, 65_535).map(Some)
}

/// Reads for how many milliseconds a frame is shown.
pub(super) fn parse_delay(text: &str) -> Option<Option<u32>> {
    number(text, 0, (1 << 24) - 1).map(Some)
}

/// Reads the query string of a `GET` (source in `url`) or a `POST` (source in the body).
///
/// # Errors
///
/// [`Kind::UnknownParameter`] or [`Kind::InvalidParameter`].
pub fn read(query: &str, source_in_body: bool) -> Result<ImageRequest> {
    let mut request = ImageRequest::default();
    let mut seen: Vec<&str> = Vec::new();
    for (name, text) in &pairs(query, true)? {
        let parameter = find(PARAMETERS, name).ok_or_else(|| explain_unknown(name))?;
        if seen.contains(&parameter.name()) {
            let message = format!("{} is given more than once", parameter.name());
            return Err(invalid(message, "give it once; its synonyms count as the same"));
        }
        seen.push(parameter.name());
        if parameter.name() == "url" && source_in_body {
            let advice = "the source is either the body of a POST or the url of a GET";
            return Err(invalid("url is not accepted with POST", advice));
        }
        parameter.set(&mut request, parameter.name(), text)?;
    }
    if !source_in_body && request.source == Source::Body {
        let advice = "GET / needs url=, the percent-encoded URL of the source; or POST the image itself";
        return Err(invalid("url is missing", advice));
    }
    if let OutputFormat::Fixed(format) = request.output.format
        && request.output.lossless
        && !format.is_exact()
    {
        let message = format!("lossless does not go with format={format}");
        return Err(invalid(message, "use format=webp or format=png"));
    }
    if request.auto_width.is_some() && request.geometry.width.is_some() {
        return Err(invalid("auto-width does not go with width", "leave one of them out"));
    }
    if request.output.near_lossless < 100 && !request.output.lossless {
        return Err(invalid("near-lossless is for lossless WebP only", "add lossless=1"));
    }
    if request.output.details != Details::default() && request.output.format != OutputFormat::Json {
        return Err(invalid("details are those of format=json", "add format=json"));
    }
    let is_png = |format| !matches!(format, OutputFormat::Fixed(format) if format != Format::Png);
    if request.output.bit_depth == 16 && !is_png(request.output.format) {
        return Err(invalid("bit-depth=16 is for PNG only", "use format=png"));
    }
    if request.output.bit_depth == 16 && request.output.colors.is_some() {
        return Err(invalid("colors does not go with bit-depth=16", "leave one of them out"));
    }
    Ok(request)
}

fn invalid(message: impl Into<String>, advice: &str) -> Failure {
    Failure::new(Kind::InvalidParameter, message).with_detail(advice)
}

/// An unknown parameter is mostly one of the source's own query.
fn explain_unknown(name: &str) -> Failure {
    let failure = unknown(PARAMETERS, name);
    let known = failure.detail().unwrap_or_default();
    let detail = format!("{known}; a source URL with a query of its own must be percent-encoded");
    failure.with_detail(detail)
}

/// The shortest query string that says the same, without the leading `/?`.
pub fn write(request: &ImageRequest) -> String {
    let said = differences(PARAMETERS, request, &ImageRequest::default());
    let said: Vec<_> =
        said.iter().map(|(row, text)| format!("{}={}", row.name(), encode_query(text))).collect();
    said.join("&")
}

/// Every parameter with the value that holds, defaults included.
pub fn options(request: &ImageRequest) -> Vec<(&'static str, String)> {
    PARAMETERS.iter().filter_map(|row| Some((row.name(), (row.write)(request)?))).collect()
}

/// The first parameter in which two requests differ, with the value of the first request: one that it has, if there is
/// any.
pub fn first_difference(request: &ImageRequest, other: &ImageRequest) -> Option<String> {
    let mut different = PARAMETERS.iter().filter(|row| (row.write)(request) != (row.write)(other)).peekable();
    let first = *different.peek()?;
    match different.find_map(|row| Some((row, (row.write)(request)?))) {
        Some((row, text)) => Some(format!("{}={text}", row.name())),
        None => Some(format!("no {}", first.name())),
    }
}

#[cfg(test)]
mod tests {
    use tintype_types::{
        Color, Crop, Extent, Factor, Fill, Filter, Fit, Gravity, Length, Mask, MaskShape, Metadata, Position,
        Profile, Rotation, Sides,
    };

    use super::*;
    use crate::request::OnError;

    fn get(query: &str) -> Result<ImageRequest> {
        read(query, false)
    }

    #[test]
    fn every_parameter_reaches_the_request() {
        let request = get("url=https%3A%2F%2Fa.example%2Fb.jpg%3Fv%3D1&width=800&height=60%25&fit=cover&enlarge=1\
            &gravity=north-west&crop=1,2,3,4&rotate=90&flip=hv&auto-orient=0&background=ff000080&filter=mitchell\
            &format=jpg&quality=70,webp:60&lossless=0&filename=a+b&download=1&expires=5&maxage=6&version=7\
            &passthrough=gif&onerror=source&dpr=2&min-width=8&min-height=9&trim=10,white&inset=1,2&crop-ratio=3:2\
            &linear=1&crop-resized=7,8,south&extend=ratio,north&tilt=5&padding=3&mask=round,4&fill=edge&profile=keep\
            &metadata=keep&location=1")
        .unwrap();
        assert_eq!(request.source, Source::Url("https://a.example/b.jpg?v=1".into()));
        let geometry = &request.geometry;
        let pixels = Length::Pixels;
        assert_eq!(
            (geometry.width, geometry.density),
            (Some(pixels(800)), Factor::from_millionths(2_000_000))
        );
        let share = Length::Share(Factor::from_millionths(600_000));
        assert_eq!((geometry.height, geometry.fit), (Some(share), Fit::Cover));
        assert!(
            geometry.enlarge && geometry.flip_horizontal && geometry.flip_vertical && !geometry.auto_orient
        );
        assert_eq!(geometry.position, Position::gravity(Gravity::NorthWest));
        let position = Position::At { x: pixels(1), y: pixels(2) };
        assert_eq!(geometry.crop, Some(Crop { width: pixels(3), height: pixels(4), position }));
        assert_eq!((geometry.min_width, geometry.min_height), (Some(8), Some(9)));
        assert_eq!(geometry.trim.map(|trim| (trim.threshold, trim.color)), Some((10, Some(Color::WHITE))));
        assert_eq!(geometry.inset, Sides { top: 1, right: 2, bottom: 1, left: 2 });
        assert_eq!(geometry.crop_ratio.map(|crop| crop.ratio), Some(Factor::from_millionths(1_500_000)));
        let position = Position::gravity(Gravity::South);
        assert_eq!(geometry.crop_resized, Some(Crop { width: pixels(7), height: pixels(8), position }));
        assert_eq!(geometry.extend.map(|extend| extend.to), Some(Extent::Ratio));
        assert_eq!(geometry.tilt.map(|tilt| tilt.angle.millidegrees()), Some(5000));
        assert_eq!((geometry.padding, geometry.linear), (Sides::all(3), true));
        assert_eq!(
            (geometry.mask, geometry.fill),
            (Some(Mask::new(MaskShape::Rounded(4))), Some(Fill::Edge))
        );
        assert_eq!((request.output.profile, request.output.metadata), (Profile::Keep, Metadata::Keep));
        assert!(request.output.location);
        assert_eq!(geometry.rotate, Rotation::Quarter);
        assert_eq!(geometry.background, Some(Color { red: 255, green: 0, blue: 0, alpha: 128 }));
        assert_eq!(geometry.filter, Filter::Mitchell);
        assert_eq!(request.output.format, OutputFormat::Fixed(Format::Jpeg));
        assert_eq!(request.output.quality.of(Format::Jpeg), Some(70));
        assert_eq!(request.output.quality.of(Format::Webp), Some(60));
        let delivery = &request.delivery;
        assert_eq!((delivery.expires, delivery.max_age), (Some(5), Some(6)));
        assert_eq!((delivery.filename.as_deref(), delivery.version.as_deref()), (Some("a b"), Some("7")));
        assert!(delivery.download && delivery.passthrough.covers(Format::Gif, Format::Webp));
        assert_eq!(delivery.on_error, OnError::Source);
        assert_eq!(get(&write(&request)), Ok(request));
    }

    #[test]
    fn synonyms_say_the_same() {
        let long = get("url=http://a.example/&width=8&height=6&quality=7&format=png&background=fff").unwrap();
        let short = get("u=http://a.example/&w=8&h=6&q=7&f=png&bg=white").unwrap();
        assert_eq!(long, short);
    }

    #[test]
    fn malformed_values_name_the_parameter_its_value_and_the_accepted_values() {
        for (query, name) in [
            ("width=abc", "width"),
            ("w=0", "width"),
            ("height=-5", "height"),
            ("dpr=0", "dpr"),
            ("min-width=0", "min-width"),
            ("mh=5%25", "min-height"),
            ("trim=256", "trim"),
            ("inset=1,2,3,4,5", "inset"),
            ("crop-ratio=0", "crop-ratio"),
            ("linear=2", "linear"),
            ("crop-resized=1", "crop-resized"),
            ("extend=all", "extend"),
            ("tilt=left", "tilt"),
            ("padding=-1", "padding"),
            ("mask=square", "mask"),
            ("fill=repeat", "fill"),
            ("profile=p3", "profile"),
            ("metadata=some", "metadata"),
            ("location=here", "location"),
            ("page=-1", "page"),
            ("n=0", "frames"),
            ("loop=forever", "loop"),
            ("delay=16777216", "delay"),
            ("fit=snug", "fit"),
            ("enlarge=yes", "enlarge"),
            ("gravity=middle", "gravity"),
            ("crop=1", "crop"),
            ("crop=1,2,0,4", "crop"),
            ("crop=1,2,3,4,5", "crop"),
            ("crop=10,10,middle", "crop"),
            ("rotate=45", "rotate"),
            ("flip=x", "flip"),
            ("background=redish", "background"),
            ("filter=nearest", "filter"),
            ("format=avif", "format"),
            ("quality=101", "quality"),
            ("quality=avif:50", "quality"),
            ("quality=", "quality"),
            ("lossless", "lossless"),
            ("depth=12", "bit-depth"),
            ("filename=a/b", "filename"),
            ("expires=soon", "expires"),
            ("maxage=-1", "maxage"),
            ("version=", "version"),
            ("passthrough=pdf", "passthrough"),
            ("onerror=", "onerror"),
        ] {
            let failure = get(&format!("url=http://a.example/&{query}")).unwrap_err();
            assert_eq!(failure.kind(), Kind::InvalidParameter, "{query}");
            assert!(failure.message().starts_with(name), "{query}: {failure:?}");
            assert!(failure.detail().unwrap().contains("accepts"), "{query}");
        }
    }

    #[test]
    fn unknown_repeated_and_undecodable_parameters_are_refused() {
        let kind = |query: &str| get(query).unwrap_err().kind();
        assert_eq!(kind("url=http://a.example/&widht=5"), Kind::UnknownParameter);
        assert_eq!(kind("url=http://a.example/&w=5&width=5"), Kind::InvalidParameter);
        assert_eq!(kind("url=%zz"), Kind::InvalidParameter);
        assert_eq!(kind("url=%ff"), Kind::InvalidParameter);
        assert_eq!(get("").unwrap_err().message(), "url is missing");
        let posted = |query: &str| read(query, true).unwrap_err();
        assert_eq!(posted("url=http://a.example/").message(), "url is not accepted with POST");
        assert_eq!(posted("lossless=1&format=jpeg").kind(), Kind::InvalidParameter);
        assert_eq!(posted("depth=16").kind(), Kind::InvalidParameter);
        assert_eq!(read("bit-depth=16&format=png", true).unwrap().output.bit_depth, 16);
    }
}
