//! What renditions say in addition to their pixels: nothing, the copyright, or everything but the location.

use exif::experimental::Writer;
use exif::{Context, Field, In, Rational, Tag, Value};
use std::io::Cursor;
use tintype::{Format, Length, Metadata, Options, Profile, Session, inspect, resize};

const WIDTH: u32 = 24;
const HEIGHT: u32 = 16;
const FORMATS: [Format; 3] = [Format::Jpeg, Format::Png, Format::Webp];

/// What a file carries.
#[derive(Debug, Clone, Default, PartialEq)]
struct Extras {
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    iptc: Option<Vec<u8>>,
    icc: Option<Vec<u8>>,
}

/// A photograph's EXIF: orientation 6, camera, author, size, coordinates, and a thumbnail.
fn exif() -> Vec<u8> {
    let field = |ifd_num, tag, value| Field { tag, ifd_num, value };
    let text = |text: &str| Value::Ascii(vec![text.into()]);
    let degrees = |degrees| Value::Rational([degrees, 30, 12].map(|num| Rational { num, denom: 1 }).to_vec());
    let fields = [
        field(In::PRIMARY, Tag::Make, text("Maker")),
        field(In::PRIMARY, Tag::Orientation, Value::Short(vec![6])),
        field(In::PRIMARY, Tag::Artist, text("Ann Author")),
        field(In::PRIMARY, Tag::Copyright, text("(c) Ann Author")),
        field(In::PRIMARY, Tag::DateTimeOriginal, text("2024:05:06 07:08:09")),
        field(In::PRIMARY, Tag::PixelXDimension, Value::Long(vec![WIDTH])),
        field(In::PRIMARY, Tag::PixelYDimension, Value::Long(vec![HEIGHT])),
        field(In::PRIMARY, Tag::MakerNote, Value::Undefined(b"maker's own".to_vec(), 0)),
        field(In::PRIMARY, Tag::GPSLatitudeRef, text("N")),
        field(In::PRIMARY, Tag::GPSLatitude, degrees(52)),
        field(In::PRIMARY, Tag::GPSLongitudeRef, text("E")),
        field(In::PRIMARY, Tag::GPSLongitude, degrees(13)),
        field(In::THUMBNAIL, Tag::Orientation, Value::Short(vec![6])),
    ];
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    writer.set_jpeg(b"\xff\xd8thumbnail\xff\xd9", In::THUMBNAIL);
    let mut tiff = Cursor::new(Vec::new());
    writer.write(&mut tiff, false).unwrap();
    tiff.into_inner()
}

const XMP: &str = "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>\
    <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' \
    xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' \
    xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:xmp='http://ns.adobe.com/xap/1.0/' tiff:Orientation='6' \
    exif:GPSLatitude='52,30.2N'><dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>(c) Ann Author</rdf:li></rdf:Alt>\
    </dc:rights><dc:title>A title</dc:title><exif:GPSLongitude>13,30.2E</exif:GPSLongitude><xmp:Thumbnails>thumbnail\
    </xmp:Thumbnails></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>";

/// By-line, city, copyright notice and caption.
fn iptc() -> Vec<u8> {
    let set = |number, text: &str| [&[0x1c, 2, number, 0, text.len() as u8], text.as_bytes()].concat();
    [set(80, "Ann Author"), set(90, "Berlin"), set(116, "(c) Ann Author"), set(120, "A caption")].concat()
}

/// A header of a profile for RGB, and content that does not matter here.
fn icc(size: usize) -> Vec<u8> {
    let mut profile: Vec<u8> = (0..size as u32).map(|n| (n % 1021 * 31 % 251) as u8).collect();
    profile[..4].copy_from_slice(&(size as u32).to_be_bytes());
    profile[16..20].copy_from_slice(b"RGB ");
    profile
}

fn everything() -> Extras {
    Extras { exif: Some(exif()), xmp: Some(XMP.into()), iptc: Some(iptc()), icc: Some(icc(3000)) }
}

fn resources(iptc: &[u8]) -> Vec<u8> {
    let mut resources = b"8BIM\x04\x25\0\0\0\0\0\x01x\x008BIM\x04\x04\0\0".to_vec();
    resources.extend((iptc.len() as u32).to_be_bytes());
    resources.extend(iptc);
    resources.resize(resources.len().next_multiple_of(2), 0);
    resources
}

/// A red, green and blue gradient.
fn pixels() -> Vec<u8> {
    let place = |n: u32| (n % WIDTH, n / WIDTH);
    (0..WIDTH * HEIGHT).map(place).flat_map(|(x, y)| [x as u8 * 10, y as u8 * 15, 90]).collect()
}

/// A file of a format, with extras as its tools write them.
fn file(format: Format, extras: &Extras) -> Vec<u8> {
    match format {
        Format::Jpeg => jpeg(extras),
        Format::Png => png(extras),
        Format::Webp => webp(extras),
        _ => gif(extras),
    }
}

fn jpeg(extras: &Extras) -> Vec<u8> {
    let config = tintype_jpeg::encode::EncoderConfig {
        exif: extras.exif.clone(),
        xmp: extras.xmp.clone(),
        resources: extras.iptc.as_deref().map(resources),
        icc: extras.icc.clone(),
        ..tintype_jpeg::encode::EncoderConfig::new(WIDTH, HEIGHT)
    };
    let mut encoder = tintype_jpeg::encode::Encoder::new(config).unwrap();
    encoder.write_rgb(&pixels()).unwrap();
    encoder.finish().unwrap();
    encoder.take_output()
}

fn png(extras: &Extras) -> Vec<u8> {
    let mut info = png::Info::with_size(WIDTH, HEIGHT);
    info.color_type = png::ColorType::Rgb;
    info.bit_depth = png::BitDepth::Eight;
    info.icc_profile = extras.icc.as_deref().map(Into::into);
    info.exif_metadata = extras.exif.as_deref().map(Into::into);
    let mut file = Vec::new();
    let mut writer = png::Encoder::with_info(&mut file, info).unwrap().write_header().unwrap();
    if let Some(xmp) = &extras.xmp {
        let mut chunk =
            png::text_metadata::ITXtChunk::new("XML:com.adobe.xmp", std::str::from_utf8(xmp).unwrap());
        chunk.compress_text().unwrap();
        chunk.compressed = true;
        writer.write_text_chunk(&chunk).unwrap();
    }
    if let Some(iptc) = &extras.iptc {
        let digits: String = resources(iptc).iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("\niptc\n    {}\n{digits}\n", digits.len() / 2);
        let chunk = png::text_metadata::ZTXtChunk::new("Raw profile type iptc", text);
        writer.write_text_chunk(&chunk).unwrap();
    }
    writer.write_image_data(&pixels()).unwrap();
    writer.finish().unwrap();
    file
}

fn riff_chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = [id, &(content.len() as u32).to_le_bytes(), content].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// A WebP with metadata where its tools put it: after the pixels.
fn webp(extras: &Extras) -> Vec<u8> {
    let plain = resize(png(&Extras::default()), &to(Format::Webp, |output| output.output.lossless = true));
    let flag = |part: &Option<Vec<u8>>, bit: u8| if part.is_some() { bit } else { 0 };
    let flags = flag(&extras.icc, 0x20) | flag(&extras.exif, 8) | flag(&extras.xmp, 4);
    let size = [WIDTH as u8 - 1, 0, 0, HEIGHT as u8 - 1, 0, 0];
    let mut chunks =
        [b"WEBP".to_vec(), riff_chunk(b"VP8X", &[&[flags, 0, 0, 0], &size[..]].concat())].concat();
    let part =
        |id, part: &Option<Vec<u8>>| part.iter().flat_map(|part| riff_chunk(id, part)).collect::<Vec<_>>();
    chunks.extend(part(b"ICCP", &extras.icc));
    chunks.extend(&plain.unwrap().image[12..]);
    chunks.extend(part(b"XMP ", &extras.xmp));
    chunks.extend(part(b"EXIF", &extras.exif));
    riff_chunk(b"RIFF", &chunks)
}

/// A GIF, which has a place for XMP and profiles.
fn gif(extras: &Extras) -> Vec<u8> {
    let palette: Vec<u8> = (0..=255).flat_map(|n| [n, n, n]).collect();
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, WIDTH as u16, HEIGHT as u16, &palette).unwrap();
    if let Some(icc) = &extras.icc {
        let parts = [&b"ICCRGBG1012"[..]].into_iter().chain(icc.chunks(255));
        let parts: Vec<&[u8]> = parts.collect();
        encoder.write_raw_extension(gif::AnyExtension(0xff), &parts).unwrap();
    }
    if let Some(xmp) = &extras.xmp {
        // A trailer leads from whatever byte is taken for a length to the end.
        let trailer: Vec<u8> = std::iter::once(1).chain((0..=255).rev()).collect();
        let packet = [&xmp[..], &trailer].concat();
        let (mut parts, mut rest): (Vec<&[u8]>, _) = (vec![b"XMP DataXMP"], &packet[..]);
        while let Some((&length @ 1.., after)) = rest.split_first() {
            let (part, after) = after.split_at(length.into());
            parts.push(part);
            rest = after;
        }
        encoder.write_raw_extension(gif::AnyExtension(0xff), &parts).unwrap();
    }
    let indices = vec![7; (WIDTH * HEIGHT) as usize];
    encoder
        .write_frame(&gif::Frame::from_indexed_pixels(WIDTH as u16, HEIGHT as u16, indices, None))
        .unwrap();
    drop(encoder);
    file
}

/// What a rendition carries, read by others where there are others.
fn extras(file: &[u8]) -> Extras {
    match file {
        [0xff, 0xd8, ..] => {
            let mut decoder = tintype_jpeg::decode::Decoder::new(Default::default());
            decoder.feed(file);
            let header = decoder.header().unwrap().unwrap();
            let bytes = |part: Option<&[u8]>| part.map(<[u8]>::to_vec);
            let iptc = header.resources().map(|resources| resources[12..].to_vec());
            Extras { exif: bytes(header.exif()), xmp: bytes(header.xmp()), iptc, icc: bytes(header.icc()) }
        }
        [0x89, ..] => {
            let mut reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
            let text = reader.info().utf8_text.iter().map(|text| text.get_text().unwrap().into_bytes());
            let extras = Extras {
                xmp: text.clone().next(),
                exif: reader.info().exif_metadata.as_deref().map(<[u8]>::to_vec),
                icc: reader.info().icc_profile.as_deref().map(<[u8]>::to_vec),
                iptc: None,
            };
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            extras
        }
        _ => {
            let info = tintype_webp::decode::info(file).unwrap();
            assert_eq!(file.len() as u32 - 8, u32::from_le_bytes(file[4..8].try_into().unwrap()));
            let bytes = |part: Option<&[u8]>| part.map(<[u8]>::to_vec);
            Extras { exif: bytes(info.exif), xmp: bytes(info.xmp), icc: bytes(info.icc), iptc: None }
        }
    }
}

fn to(format: Format, change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    options.output.format = format;
    change(&mut options);
    options
}

fn keep(format: Format) -> Options {
    to(format, |options| {
        options.output.metadata = Metadata::Keep;
        options.output.profile = Profile::Keep;
    })
}

fn rendition(source: &[u8], options: &Options) -> Vec<u8> {
    resize(source, options).unwrap().image
}

fn contains(file: &[u8], text: &str) -> bool {
    file.windows(text.len()).any(|window| window == text.as_bytes())
}

fn fields(exif: &[u8]) -> exif::Exif {
    exif::Reader::new().read_raw(exif.to_vec()).unwrap()
}

fn sources() -> impl Iterator<Item = (Format, Format)> {
    FORMATS.into_iter().flat_map(|from| FORMATS.map(|to| (from, to)))
}

#[test]
fn strip_leaves_nothing_but_pixels() {
    for (from, format) in sources() {
        let stripped = rendition(&file(from, &everything()), &to(format, |_| ()));
        assert_eq!(extras(&stripped), Extras::default(), "{from:?} to {format:?}");
        // The same pixels without metadata make the same file, bit by bit: here turned upright by the orientation.
        let bare = to(format, |options| options.geometry.rotate = tintype::Rotation::Quarter);
        assert!(stripped == rendition(&file(from, &Extras::default()), &bare), "{from:?} to {format:?}");
    }
}

#[test]
fn copyright_keeps_author_and_rights() {
    for (from, format) in sources() {
        let options = to(format, |options| options.output.metadata = Metadata::Copyright);
        let file = rendition(&file(from, &everything()), &options);
        let extras = extras(&file);
        let exif = fields(&extras.exif.unwrap());
        let tags: Vec<Tag> = exif.fields().map(|field| field.tag).collect();
        assert_eq!(tags, [Tag::Artist, Tag::Copyright], "{from:?} to {format:?}");
        let xmp = extras.xmp.unwrap();
        assert!(contains(&xmp, "(c) Ann Author") && !contains(&xmp, "A title") && !contains(&xmp, "GPS"));
        assert_eq!(extras.icc, None);
        if (from, format) == (Format::Jpeg, Format::Jpeg) || (from, format) == (Format::Png, Format::Jpeg) {
            let iptc = extras.iptc.unwrap();
            assert!(
                contains(&iptc, "Ann Author") && !contains(&iptc, "caption") && !contains(&iptc, "Berlin")
            );
        }
        assert_eq!(inspect(&file).unwrap().exif.unwrap().copyright.as_deref(), Some("(c) Ann Author"));
    }
}

#[test]
fn keep_keeps_everything_but_location_orientation_and_thumbnails() {
    for (from, format) in sources() {
        let mut options = keep(format);
        options.geometry.width = Some(Length::Pixels(8));
        let file = rendition(&file(from, &everything()), &options);
        let Extras { exif, xmp, iptc, icc } = extras(&file);
        let exif = fields(&exif.unwrap());
        let uint = |tag| exif.get_field(tag, In::PRIMARY).and_then(|field| field.value.get_uint(0));
        assert_eq!(uint(Tag::Orientation), Some(1), "{from:?} to {format:?}");
        assert_eq!((uint(Tag::PixelXDimension), uint(Tag::PixelYDimension)), (Some(8), Some(12)));
        assert!(exif.get_field(Tag::DateTimeOriginal, In::PRIMARY).is_some());
        assert!(exif.get_field(Tag::MakerNote, In::PRIMARY).is_none());
        assert!(
            exif.fields().all(|field| field.ifd_num == In::PRIMARY && field.tag.context() != Context::Gps)
        );
        let xmp = xmp.unwrap();
        assert!(contains(&xmp, "A title") && !contains(&xmp, "Orientation"));
        for gone in ["52,30", "13,30", "GPS", "Berlin", "thumbnail", "maker's own"] {
            assert!(!contains(&file, gone), "{gone}: {from:?} to {format:?}");
        }
        assert!(icc == Some(self::icc(3000)), "{from:?} to {format:?}");
        assert_eq!(iptc.is_some(), format == Format::Jpeg && from != Format::Webp);
        assert!(iptc.is_none_or(|iptc| contains(&iptc, "A caption")));
        let outline = inspect(&file).unwrap();
        assert_eq!((outline.source.width, outline.source.height, outline.source.orientation), (8, 12, 1));
        assert!(!outline.exif.unwrap().has_location);
    }
}

#[test]
fn the_location_stays_where_it_is_asked_for() {
    for (from, format) in sources() {
        let mut options = keep(format);
        options.output.location = true;
        let file = rendition(&file(from, &everything()), &options);
        assert!(inspect(&file).unwrap().exif.unwrap().has_location, "{from:?} to {format:?}");
        let extras = extras(&file);
        assert!(contains(&extras.xmp.unwrap(), "52,30.2N"));
        assert!(extras.iptc.is_none_or(|iptc| contains(&iptc, "Berlin")));
        // Not together with less.
        options.output.metadata = Metadata::Copyright;
        let error = tintype::resize(self::file(from, &everything()), &options).unwrap_err();
        assert!(matches!(error, tintype::Error::InvalidOption { name, .. } if name == "location"));
    }
}

#[test]
fn a_rendition_of_a_rendition_says_the_same() {
    for format in FORMATS {
        for options in [keep(format), to(format, |options| options.output.metadata = Metadata::Copyright)] {
            let once = rendition(&file(Format::Jpeg, &everything()), &options);
            let twice = rendition(&once, &options);
            assert_eq!(extras(&twice), extras(&once), "{format:?}");
        }
    }
}

#[test]
fn profiles_of_any_number_of_segments_are_kept() {
    for size in [128, 65_519, 65_520, 400_000] {
        let source = Extras { icc: Some(icc(size)), ..Extras::default() };
        for format in FORMATS {
            let kept = rendition(&jpeg(&source), &keep(format));
            assert!(extras(&kept) == source, "{size} bytes to {format:?}");
        }
    }
}

#[test]
fn profiles_are_kept_only_for_their_kind_of_pixels() {
    let mut profile = icc(500);
    profile[16..20].copy_from_slice(b"CMYK");
    let source = Extras { icc: Some(profile), ..Extras::default() };
    for format in FORMATS {
        assert_eq!(extras(&rendition(&png(&source), &keep(format))).icc, None);
        let strip = to(format, |options| options.output.profile = Profile::Strip);
        assert_eq!(extras(&rendition(&png(&everything()), &strip)), Extras::default());
    }
}

#[test]
fn what_a_gif_carries_is_kept() {
    let source = Extras { xmp: Some(XMP.into()), icc: Some(icc(1000)), ..Extras::default() };
    for format in FORMATS {
        let kept = extras(&rendition(&gif(&source), &keep(format)));
        assert!(contains(&kept.xmp.unwrap(), "A title"));
        assert!(kept.icc == source.icc);
    }
}

#[test]
fn a_gif_that_is_written_carries_xmp_and_a_profile() {
    for from in FORMATS {
        let written = rendition(&file(from, &everything()), &keep(Format::Gif));
        // Read by the engine, and by a decoder that skips what it does not know.
        let kept = extras(&rendition(&written, &keep(Format::Webp)));
        assert!(contains(&kept.xmp.unwrap(), "A title"), "{from:?}");
        assert!(kept.icc == everything().icc && kept.exif.is_none(), "{from:?}");
        let mut decoder = gif::DecodeOptions::new().read_info(&written[..]).unwrap();
        assert!(decoder.read_next_frame().unwrap().is_some() && decoder.read_next_frame().unwrap().is_none());
        assert!(decoder.xmp_metadata().is_some_and(|xmp| contains(xmp, "A title")));
        let stripped = rendition(&file(from, &everything()), &to(Format::Gif, |_| ()));
        assert!(!contains(&stripped, "XMP Data") && !contains(&stripped, "ICCRGBG1"));
    }
}

#[test]
fn how_a_png_codes_colour_stays_with_its_pixels() {
    let mut info = png::Info::with_size(WIDTH, HEIGHT);
    info.color_type = png::ColorType::Rgb;
    info.bit_depth = png::BitDepth::Eight;
    info.source_gamma = Some(png::ScaledFloat::new(1.0));
    let mut source = Vec::new();
    let mut writer = png::Encoder::with_info(&mut source, info).unwrap().write_header().unwrap();
    writer.write_chunk(png::chunk::ChunkType(*b"cICP"), &[12, 13, 0, 1]).unwrap();
    writer.write_image_data(&pixels()).unwrap();
    writer.finish().unwrap();
    for chunk in ["gAMA", "cICP"] {
        assert!(contains(&rendition(&source, &keep(Format::Png)), chunk));
        assert!(!contains(&rendition(&source, &to(Format::Png, |_| ())), chunk));
    }
}

#[test]
fn a_transparent_webp_says_so_in_its_header() {
    let mut source = Vec::new();
    let mut info = png::Info::with_size(WIDTH, HEIGHT);
    (info.color_type, info.bit_depth) = (png::ColorType::Rgba, png::BitDepth::Eight);
    info.exif_metadata = Some(exif().into());
    let mut writer = png::Encoder::with_info(&mut source, info).unwrap().write_header().unwrap();
    let pixels: Vec<u8> = (0..WIDTH * HEIGHT * 4).map(|n| (n % 200) as u8).collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    for lossless in [false, true] {
        let mut options = keep(Format::Webp);
        options.output.lossless = lossless;
        let kept = rendition(&source, &options);
        assert_eq!(&kept[12..16], b"VP8X");
        assert_eq!(kept[20], 0x18, "alpha and EXIF");
        options.output.metadata = Metadata::Strip;
        let to_png = to(Format::Png, |_| ());
        let pixels = |file: &[u8]| rendition(file, &to_png);
        assert!(pixels(&kept) == pixels(&rendition(&source, &options)), "lossless: {lossless}");
    }
}

#[test]
fn however_a_source_is_cut_the_rendition_is_the_same() {
    for from in [Format::Jpeg, Format::Png, Format::Webp, Format::Gif] {
        let source = file(from, &everything());
        for format in FORMATS {
            let whole = rendition(&source, &keep(format));
            for piece in [1, 100, 4096] {
                let mut session = Session::new(keep(format));
                source.chunks(piece).for_each(|piece| session.write(piece).unwrap());
                session.finish().unwrap();
                assert!(session.read(usize::MAX).unwrap() == whole, "{from:?} to {format:?} by {piece}");
            }
        }
    }
}

#[test]
fn damaged_metadata_is_dropped_and_never_costs_the_image() {
    let mut seed = 1u32;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    let damage = |part: &mut Option<Vec<u8>>, random: &mut dyn FnMut(usize) -> usize| {
        let Some(part) = part else { return };
        for _ in 0..1 + random(4) {
            let at = random(part.len());
            match random(4) {
                0 => part.truncate(at.max(1)),
                1 => part[at] = 0xff,
                _ => part[at] = random(256) as u8,
            }
        }
    };
    for round in 0..150 {
        let mut extras = everything();
        damage(&mut extras.exif, &mut random);
        damage(&mut extras.iptc, &mut random);
        damage(&mut extras.icc, &mut random);
        let mut xmp = extras.xmp.clone().unwrap();
        xmp.truncate(1 + random(xmp.len()));
        let at = random(xmp.len());
        xmp[at] = b"<>&'/ "[random(6)];
        extras.xmp = Some(xmp);
        let source = file([Format::Jpeg, Format::Png, Format::Webp][round % 3], &extras);
        let kept = rendition(&source, &keep(FORMATS[round / 3 % 3]));
        let info = inspect(&kept).unwrap();
        assert_eq!(info.source.orientation, 1);
        assert!(info.exif.is_none_or(|exif| !exif.has_location));
    }
}

#[test]
fn metadata_beyond_its_bounds_is_dropped() {
    let long = |size: usize| XMP.replace("A title", &"long ".repeat(size / 5));
    let source = |size| Extras { xmp: Some(long(size).into()), ..Extras::default() };
    let kept = |size, format, memory: u64| {
        let mut options = keep(format);
        options.limits.memory = memory << 20;
        extras(&rendition(&png(&source(size)), &options)).xmp.is_some()
    };
    assert!(kept(200_000, Format::Png, 128) && kept(200_000, Format::Webp, 128));
    assert!(!kept(200_000, Format::Jpeg, 128), "a segment has no room for it");
    assert!(!kept(1_100_000, Format::Png, 128));
    assert!(!kept(200_000, Format::Png, 6), "with less memory there is less room");
    let exif = [exif(), vec![0; 70_000]].concat();
    let source = Extras { exif: Some(exif), ..Extras::default() };
    assert_eq!(extras(&rendition(&webp(&source), &keep(Format::Webp))).exif, None);
}
