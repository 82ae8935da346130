//! The grammars against each other: what one writes, it reads back as the same request.

mod random;
mod table;

use tintype_types::{Filter, Fit, Format, Gravity, Position, Rotation};

use super::*;
use crate::request::OutputFormat;
use random::Random;

/// The grammars that say much of what a request can hold.
const RICH: [Grammar; 4] = [Grammar::Query, Grammar::Imgproxy, Grammar::Cloudflare, Grammar::Wsrv];

#[test]
fn every_grammar_reads_back_what_it_writes() {
    let mut random = Random(0x0074_696E_7479_7065);
    let mut written = [0; Grammar::ALL.len()];
    for round in 0..60_000 {
        let request = random.request();
        let index = round % Grammar::ALL.len();
        let grammar = Grammar::ALL[index];
        let target = match grammar.write(&request) {
            Ok(target) => target,
            Err(Unsayable(option)) => {
                assert!(!option.is_empty(), "{grammar}: {request:?}");
                assert_ne!(grammar, Grammar::Query, "the query grammar says everything, but not {option}");
                continue;
            }
        };
        written[index] += 1;
        assert_eq!(Grammar::of_path(target.split('?').next().unwrap()), Some(grammar), "{target}");
        let read = grammar.read(&target, false, &Presets::new()).unwrap();
        assert_eq!(read.normalized(), request.normalized(), "{target}");
    }
    // The others say less, but often enough for the comparison above to mean something.
    for (grammar, count) in Grammar::ALL.iter().zip(written) {
        assert!(count > 200 || !RICH.contains(grammar), "{grammar}: {count}");
    }
}

#[test]
fn a_request_in_one_grammar_can_be_written_in_the_others() {
    let target = "/unsafe/rs:fit:512:512/f:jpg/q:80/kcr:0/plain/http://a.example/b.jpg";
    let request = Grammar::Imgproxy.read(target, false, &Presets::new()).unwrap();
    assert_eq!(
        RICH.map(|grammar| grammar.write(&request).unwrap()),
        [
            "/?url=http:%2F%2Fa.example%2Fb.jpg&width=512&height=512&format=jpeg&quality=80",
            "/unsafe/rs:fit:512:512:0/kcr:false/fq:jpeg:80:webp:80/plain/http://a.example/b.jpg@jpg",
            "/cdn-cgi/image/width=512,height=512,quality=80,format=jpeg,metadata=none/http://a.example/b.jpg",
            "/wsrv/?url=http:%2F%2Fa.example%2Fb.jpg&w=512&h=512&we&output=jpg",
        ]
    );
}

#[test]
fn a_grammar_without_words_names_the_option() {
    for (grammar, query, option) in [
        (Grammar::Cloudflare, "fit=outside&width=9&height=9", "fit=outside"),
        (Grammar::Cloudflare, "auto-orient=0", "auto-orient=false"),
        (Grammar::Cloudflare, "filter=mitchell", "filter=mitchell"),
        (Grammar::Cloudflare, "format=source&quality=jpeg:80,webp:70", "quality=jpeg:80,webp:70"),
        (Grammar::Cloudflare, "fit=crop&width=9&height=9&dpr=2", "dpr=2"),
        (Grammar::Wsrv, "fit=cover&width=9&height=9", "fit=cover"),
        (Grammar::Wsrv, "fit=crop&width=9&height=9&dpr=2", "dpr=2"),
        (Grammar::Wsrv, "format=auto", "format=auto"),
        (Grammar::Wsrv, "crop=9,9,north", "crop=9,9,north"),
        (Grammar::Wsrv, "maxage=100", "maxage=100"),
        (Grammar::Wsrv, "filename=a+b", "filename=a b"),
        (Grammar::Imgproxy, "fit=outside&width=9&height=9", "fit=outside"),
        (Grammar::Imgproxy, "width=50%25", "width=50%"),
        (Grammar::Ipx, "format=webp&lossless=1", "lossless=true"),
    ] {
        let request = query::read(&format!("url=http://a.example/&{query}"), false).unwrap();
        assert_eq!(grammar.write(&request), Err(Unsayable(option.into())), "{grammar}: {query}");
    }
}

/// The meaning of a target.
fn read(target: &str) -> ImageRequest {
    let grammar = Grammar::of_path(target.split('?').next().unwrap()).unwrap();
    grammar.read(target, false, &Presets::new()).unwrap_or_else(|failure| panic!("{target}: {failure}"))
}

/// The value of an option of a target, in the words of the query grammar.
fn option(target: &str, name: &str) -> String {
    query::options(&read(target)).into_iter().find(|(known, _)| *known == name).unwrap().1
}

#[test]
fn every_name_of_a_value_means_what_it_says_in_the_query_grammar() {
    let request = |parameter: &str, name: &str| {
        query::read(&format!("url=http://a.example/&{parameter}={name}"), false).unwrap()
    };
    let fits = ["contain", "cover", "crop", "fill", "stretch", "outside", "pad", "auto"];
    let meant =
        [Fit::Contain, Fit::Cover, Fit::Crop, Fit::Fill, Fit::Stretch, Fit::Outside, Fit::Pad, Fit::Auto];
    assert_eq!(fits.map(|name| request("fit", name).geometry.fit), meant);
    for (names, gravity) in [
        (["center", "center"], Gravity::Center),
        (["north", "top"], Gravity::North),
        (["north-east", "top-right"], Gravity::NorthEast),
        (["east", "right"], Gravity::East),
        (["south-east", "bottom-right"], Gravity::SouthEast),
        (["south", "bottom"], Gravity::South),
        (["south-west", "bottom-left"], Gravity::SouthWest),
        (["west", "left"], Gravity::West),
        (["north-west", "top-left"], Gravity::NorthWest),
    ] {
        assert_eq!(
            names.map(|name| request("gravity", name).geometry.position),
            [Position::gravity(gravity); 2]
        );
    }
    let filters = ["box", "bilinear", "catmull-rom", "mitchell", "lanczos3"];
    let meant = [Filter::Box, Filter::Bilinear, Filter::CatmullRom, Filter::Mitchell, Filter::Lanczos3];
    assert_eq!(filters.map(|name| request("filter", name).geometry.filter), meant);
    let meant = [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters];
    assert_eq!(["0", "90", "180", "270"].map(|name| request("rotate", name).geometry.rotate), meant);
    let flips = ["none", "h", "v", "hv"].map(|name| {
        let geometry = request("flip", name).geometry;
        (geometry.flip_horizontal, geometry.flip_vertical)
    });
    assert_eq!(flips, [(false, false), (true, false), (false, true), (true, true)]);
    let formats = ["jpg", "png", "webp", "gif", "auto", "smallest", "source"]
        .map(|name| request("format", name).output.format);
    let [jpeg, png, webp, gif] =
        [Format::Jpeg, Format::Png, Format::Webp, Format::Gif].map(OutputFormat::Fixed);
    assert_eq!(
        formats,
        [jpeg, png, webp, gif, OutputFormat::Auto, OutputFormat::Smallest, OutputFormat::Source]
    );
    let switches = ["1", "true", "0", "false"].map(|name| request("enlarge", name).geometry.enlarge);
    assert_eq!(switches, [true, true, false, false]);
}

#[test]
fn every_name_of_a_value_in_the_other_grammars_means_the_same_as_there() {
    for (template, name, meanings) in [
        (
            "/unsafe/rs:{}:9:9/plain/http://a.example/",
            "fit",
            "fit=contain fill=crop fill-down=cover force=stretch auto=auto",
        ),
        (
            "/unsafe/g:{}/plain/http://a.example/",
            "gravity",
            "ce=center no=north noea=north-east ea=east soea=south-east so=south sowe=south-west we=west nowe=north-west \
             sm=attention fp:0.3:1=0.3,1.0 no:5=north,5,0 so::-0.5=south,0,-50% noea:1:0.25=north-east,1,25%",
        ),
        (
            "/unsafe/ra:{}/plain/http://a.example/",
            "filter",
            "linear=bilinear cubic=catmull-rom lanczos3=lanczos3",
        ),
        ("/unsafe/fl:{}/plain/http://a.example/", "flip", "0=none 1=h 0:1=v 1:1=hv 1:0=h :1=v"),
        (
            "/unsafe/el:{}/plain/http://a.example/",
            "enlarge",
            "1=true t=true true=true True=true 0=false f=false false=false no=false",
        ),
        ("/unsafe/f:{}/plain/http://a.example/", "format", "jpg=jpeg jpeg=jpeg png=png webp=webp gif=gif"),
        ("/unsafe/webpo:{}/plain/http://a.example/", "lossless", "lossy=false lossless=true"),
        (
            "/cdn-cgi/image/w=9,h=9,fit={}/http://a.example/",
            "fit",
            "scale-down=contain scale-up=contain contain=contain cover=cover crop=crop aspect-crop=cover pad=pad \
             squeeze=fill",
        ),
        (
            "/cdn-cgi/image/fit={}/http://a.example/",
            "enlarge",
            "scale-down=false scale-up=true contain=true cover=true crop=false aspect-crop=false pad=true squeeze=true",
        ),
        (
            "/cdn-cgi/image/gravity={}/http://a.example/",
            "gravity",
            "0.5x0.5=center top=north 1x0=north-east right=east 1x1=south-east bottom=south 0x1=south-west left=west \
             0x0=north-west 0.5x1.0=south auto=attention 0.3x0.25=0.3,0.25",
        ),
        ("/cdn-cgi/image/flip={}/http://a.example/", "flip", "h=h v=v hv=hv vh=hv"),
        (
            "/cdn-cgi/image/f={}/http://a.example/",
            "format",
            "jpeg=jpeg jpg=jpeg baseline-jpeg=jpeg png=png webp=webp auto=auto",
        ),
        (
            "/cdn-cgi/image/q={}/http://a.example/",
            "quality",
            "high=90 medium-high=80 medium-low=65 low=50 7=7",
        ),
        ("/cdn-cgi/image/onerror={}/http://a.example/", "onerror", "redirect=source"),
        (
            "/wsrv/?url=a.example&w=9&h=9&fit={}",
            "fit",
            "inside=contain outside=outside cover=cover fill=fill contain=pad letterbox=pad fit=contain fitup=contain square=cover \
             squaredown=crop absolute=fill crop=cover",
        ),
        (
            "/wsrv/?url=a.example&t={}",
            "enlarge",
            "inside=true outside=true fill=true fit=false fitup=true square=true squaredown=false absolute=true",
        ),
        (
            "/wsrv/?url=a.example&a={}",
            "gravity",
            "center=center top=north t=north top-right=north-east right=east r=east bottom-right=south-east \
             bottom=south b=south bottom-left=south-west left=west l=west top-left=north-west entropy=entropy attention=attention \
             focal-30-0=0.3,0.0",
        ),
        ("/wsrv/?url=a.example&output={}", "format", "jpg=jpeg jpeg=jpeg png=png webp=webp origin=source"),
        ("/wsrv/?url=a.example&default={}", "onerror", "0=error false=error 1=source true=source"),
        ("/wsrv/?url=a.example&maxage={}", "maxage", "2d=172800 1w=604800 1M=2592000 1y=31536000"),
        ("/wsrv/?url=a.example&ro={}", "rotate", "0=0 90=90 -90=270 450=90 +180=180 -3690=270"),
        ("/wsrv/?url=a.example&{}", "flip", "flip=v flop=h flip&flop=hv"),
    ] {
        for meaning in meanings.split_whitespace() {
            let (word, meant) = meaning.rsplit_once('=').unwrap();
            let target = template.replace("{}", word);
            assert_eq!(option(&target, name), meant, "{target}");
        }
    }
}

#[test]
fn lengths_keep_their_axes() {
    for (target, name, value) in [
        ("/wsrv/?url=a.example&precrop&cx=1&cy=2&cw=3&ch=4", "crop", "1,2,3,4"),
        ("/cdn-cgi/image/trim.left=1,trim.top=2,trim.width=3,trim.height=4/b.jpg", "crop", "1,2,3,4"),
        ("/cdn-cgi/image/trim=2;3;4;1/b.jpg", "inset", "2,3,4,1"),
        ("/unsafe/c:3:4:nowe:1:2/plain/b.jpg", "crop", "3,4,north-west,1,2"),
        ("/unsafe/mw:3/mh:4/plain/b.jpg", "min-width", "3"),
        ("/unsafe/mw:3/mh:4/plain/b.jpg", "min-height", "4"),
        ("/unsafe/msr:16.8/plain/b.jpg", "max-source-pixels", "16800000"),
        ("/unsafe/msfs:5000/plain/b.jpg", "max-source-bytes", "5000"),
        ("/unsafe/mafr:0.5/plain/b.jpg", "max-frame-pixels", "500000"),
        ("/unsafe/maf:3/plain/b.gif", "frames", "3"),
        ("/unsafe/maf:9/pgs:4/plain/b.gif", "frames", "4"),
        ("/unsafe/msr:5000/plain/b.jpg", "max-source-pixels", "5000000000"),
        ("/unsafe/mrd:300/mrd:/mrd:0/mrd:400/plain/b.jpg", "max-side", "300"),
        ("/unsafe/wm:1/wms:30:20/plain/b.jpg", "watermark-size", "30,20"),
        ("/unsafe/wms:0:20/wm:1:ce:0:0:0.5/plain/b.jpg", "watermark-size", ",20"),
        ("/unsafe/wm:1:ce:0:0:0.5/plain/b.jpg", "watermark-size", "50%"),
        ("/unsafe/mrd:300/plain/b.jpg", "max-side", "300"),
        ("/unsafe/pd:1:2:3:4/plain/b.jpg", "padding", "1,2,3,4"),
        ("/unsafe/t:5::1/plain/b.jpg", "trim", "5,equal-x"),
        ("/_ipx/extend_1_2_3_4/b.jpg", "padding", "1,2,3,4"),
        ("/wsrv/?url=a.example&w=9&cx=1&cy=2&cw=3&ch=4", "crop-resized", "1,2,3,4"),
        ("/unsafe/rs:force:10:20/z:2:3/plain/b.jpg", "zoom", "2,3"),
    ] {
        assert_eq!(option(target, name), value, "{target}");
    }
}

#[test]
fn no_target_makes_a_grammar_panic() {
    let mut random = Random(99);
    let pieces = [
        "/",
        "?",
        "&",
        "=",
        "%",
        "%2F",
        "%3D",
        ":",
        "@",
        ",",
        ";",
        ".",
        "(",
        ")",
        "plain",
        "unsafe",
        "cdn-cgi",
        "image",
        "wsrv",
        "_next",
        "_ipx",
        "url",
        "w",
        "rs",
        "fill",
        "crop",
        "0",
        "1",
        "65536",
        "-1",
        "0.5",
        "é",
        "\u{0}",
        "http://",
        "a.example",
        "trim",
        "aHR0cA",
        "s",
        "g",
        "fp",
        "bg",
        "#",
        "maxage",
        "3M",
        "1é",
        "precrop",
        "cw",
        "50%",
        "focal-",
        "default",
        "mod",
    ];
    for _ in 0..30_000 {
        let mut target = String::from("/");
        for _ in 0..random.below(14) {
            target.push_str(random.pick(&pieces));
        }
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let _ = (Grammar::of_path(path), wsrv::signed_link(&target), wsrv::fallback_of(query));
        for grammar in Grammar::ALL {
            let _ = grammar.read(&target, false, &Presets::new());
        }
    }
}

#[test]
fn every_path_belongs_to_one_grammar() {
    for (path, grammar) in [
        ("/", Some(Grammar::Query)),
        ("/unsafe/plain/a", Some(Grammar::Imgproxy)),
        ("//plain/a", Some(Grammar::Imgproxy)),
        ("/cdn-cgi/image/w=8/a", Some(Grammar::Cloudflare)),
        ("/cdn-cgi/imagery/a", Some(Grammar::Imgproxy)),
        ("/info/unsafe/plain/a", Some(Grammar::Info)),
        ("/wsrv", Some(Grammar::Wsrv)),
        ("/wsrv/", Some(Grammar::Wsrv)),
        ("/wsrv/s/abc/", Some(Grammar::Wsrv)),
        ("/wsrv/plain/a", Some(Grammar::Imgproxy)),
        ("/favicon.ico", None),
        ("", None),
    ] {
        assert_eq!(Grammar::of_path(path), grammar, "{path}");
    }
}
