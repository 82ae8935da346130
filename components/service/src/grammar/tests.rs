//! The grammars against each other: what one writes, it reads back as the same request.

use super::*;
use crate::format;
use crate::request::{
    Color, Crop, Filter, Fit, Geometry, Gravity, Length, OnError, OutputFormat, Passthrough, Place, Quality,
    Rotation, Source,
};

/// A small generator of numbers (xorshift64*): the same requests in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.below(items.len() as u64)).unwrap()].clone()
    }

    fn number(&mut self, most: u32) -> u32 {
        1 + u32::try_from(self.below(u64::from(most))).unwrap()
    }

    fn length(&mut self) -> Length {
        if self.chance(80) { Length::Pixels(self.number(9000)) } else { Length::Share(self.number(999_999)) }
    }

    fn maybe<T>(&mut self, percent: u64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }

    fn request(&mut self) -> Request {
        let urls = [
            "https://a.example/b.jpg",
            "http://a.example:8080/b%20c.jpg?x=1&y=%262",
            "https://a.example/@weird:name/b.png?s=80",
            "/relative/path.webp",
            "https://xn--bcher-kva.example/ü +&=#?.gif",
            "https://a.example/a:b/c,d;e",
        ];
        let mut request = Request::new(Source::Url(self.pick(&urls).to_owned()));
        let gravities = &Gravity::ALL;
        request.geometry = Geometry {
            auto_orient: self.chance(90),
            crop: self.maybe(25, |random| Crop {
                width: random.length(),
                height: random.length(),
                place: if random.chance(50) {
                    Place::At(random.length(), random.length())
                } else {
                    Place::Towards(random.pick(gravities))
                },
            }),
            rotate: if self.chance(70) {
                Rotation::None
            } else {
                self.pick(&[Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters])
            },
            flip_horizontal: self.chance(20),
            flip_vertical: self.chance(20),
            width: self.maybe(80, |random| Length::Pixels(random.number(9000))),
            height: self.maybe(60, |random| {
                if random.chance(95) { Length::Pixels(random.number(9000)) } else { random.length() }
            }),
            fit: self.pick(&Fit::ALL),
            enlarge: self.chance(50),
            gravity: self.pick(gravities),
            filter: if self.chance(80) { Filter::Lanczos3 } else { self.pick(&Filter::ALL) },
            background: self.maybe(30, |random| Color {
                red: random.number(255) as u8,
                green: 7,
                blue: 0,
                alpha: if random.chance(50) { 255 } else { 80 },
            }),
        };
        request.output.format = self.pick(&[
            OutputFormat::Auto,
            OutputFormat::Source,
            OutputFormat::Fixed(format::Format::Jpeg),
            OutputFormat::Fixed(format::Format::Png),
            OutputFormat::Fixed(format::Format::Webp),
        ]);
        request.output.quality =
            Quality { any: self.maybe(60, |random| random.number(100) as u8), ..Quality::default() };
        if self.chance(20) {
            request.output.quality.set(format::Format::Webp, 33);
        }
        request.output.lossless =
            self.chance(10) && request.output.format != OutputFormat::Fixed(format::Format::Jpeg);
        if self.chance(40) {
            self.delivery(&mut request);
        }
        request
    }

    fn delivery(&mut self, request: &mut Request) {
        let delivery = &mut request.delivery;
        delivery.filename = self.maybe(30, |random| random.pick(&["holiday", "a b", "über:all"]).to_owned());
        delivery.download = self.chance(30);
        delivery.expires = self.maybe(30, |random| random.below(1 << 33));
        delivery.ttl = self.maybe(30, |random| 86_400 * u64::from(random.number(365)));
        delivery.version = self.maybe(30, |random| random.pick(&["7", "a:b/c", "%"]).to_owned());
        delivery.passthrough = self.pick(&[
            Passthrough::NONE,
            Passthrough::NONE,
            Passthrough::ALL,
            Passthrough::NONE.and(format::Format::Gif).and(format::Format::Svg),
        ]);
        delivery.on_error = self.pick(&[
            OnError::Error,
            OnError::Error,
            OnError::Source,
            OnError::Redirect("https://a.example/oops.png".into()),
        ]);
    }
}

/// A request with everything that makes no difference taken out.
fn normal(request: &Request) -> Request {
    let mut request = request.clone();
    let geometry = &mut request.geometry;
    if geometry.width.is_none() || geometry.height.is_none() {
        geometry.fit = Fit::Contain;
    }
    if (geometry.fit, geometry.enlarge) == (Fit::Crop, true) {
        geometry.fit = Fit::Cover;
    }
    if let Some(crop) = &mut geometry.crop
        && crop.place == Place::At(Length::Pixels(0), Length::Pixels(0))
    {
        crop.place = Place::Towards(Gravity::NorthWest);
    }
    let quality = |format| request.output.quality.of(format).unwrap_or(format::default_quality(format));
    let mut normal = Quality::default();
    for format in [format::Format::Jpeg, format::Format::Webp] {
        let used = match request.output.format {
            OutputFormat::Fixed(fixed) => fixed == format,
            _ => true,
        };
        if used {
            normal.set(format, quality(format));
        }
    }
    request.output.quality = normal;
    if request.output.lossless && request.output.format == OutputFormat::Fixed(format::Format::Webp) {
        request.output.quality = Quality::default();
    }
    request
}

#[test]
fn every_grammar_reads_back_what_it_writes() {
    let config = Config::read(&[]).unwrap();
    let mut random = Random(0x0074_696E_7479_7065);
    let mut written = [0; ALL.len()];
    for _ in 0..20_000 {
        let request = random.request();
        for (index, grammar) in ALL.into_iter().enumerate() {
            let Ok(target) = grammar.write(&request) else { continue };
            written[index] += 1;
            assert_eq!(Grammar::of(target.split('?').next().unwrap()), Some(grammar), "{target}");
            let parsed = read(grammar, &target, false, &config)
                .unwrap_or_else(|failure| panic!("{target}: {failure:?}\n{request:?}"));
            assert_eq!(normal(&parsed.request), normal(&request), "{target}");
        }
    }
    assert_eq!(written[0], 20_000, "the query grammar says everything");
    // The others say less, but often enough for the comparison above to mean something.
    assert!(written.iter().all(|count| *count > 300), "{written:?}");
}

#[test]
fn a_request_in_one_grammar_can_be_written_in_the_others() {
    let config = Config::read(&[]).unwrap();
    let target = "/unsafe/rs:fit:512:512/f:jpg/q:80/plain/http://a.example/b.jpg";
    let request = read(Grammar::Imgproxy, target, false, &config).unwrap().request;
    let written = ALL.map(|grammar| grammar.write(&request));
    assert_eq!(
        written,
        [
            Ok("/?url=http:%2F%2Fa.example%2Fb.jpg&width=512&height=512&format=jpeg&quality=80".to_owned()),
            Ok("/unsafe/rs:fit:512:512:0/fq:jpeg:80:webp:80/plain/http:%2F%2Fa.example%2Fb.jpg@jpg"
                .replace("%2F", "/")),
            Ok("/cdn-cgi/image/width=512,height=512,quality=80,format=jpeg/http://a.example/b.jpg"
                .to_owned()),
            Ok("/wsrv/?url=http:%2F%2Fa.example%2Fb.jpg&w=512&h=512&we&output=jpg".to_owned()),
        ]
    );
}

/// What a target makes of a parameter, in the words of the query grammar.
fn option(target: &str, name: &str) -> String {
    let grammar = Grammar::of(target.split('?').next().unwrap()).unwrap();
    let request = read(grammar, target, false, &Config::read(&[]).unwrap()).unwrap().request;
    query::options(&request).into_iter().find(|(known, _)| *known == name).unwrap().1
}

#[test]
fn every_name_of_a_value_means_what_it_says_in_the_query_grammar() {
    let request = |parameter: &str, name: &str| {
        query::read(&format!("url=http://a.example/&{parameter}={name}"), false).unwrap()
    };
    let fits = ["contain", "cover", "crop", "fill", "outside", "auto"];
    let meant = [Fit::Contain, Fit::Cover, Fit::Crop, Fit::Fill, Fit::Outside, Fit::Auto];
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
        assert_eq!(names.map(|name| request("gravity", name).geometry.gravity), [gravity; 2]);
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
    let formats = ["jpg", "png", "webp", "auto", "source"].map(|name| request("format", name).output.format);
    let [jpeg, png, webp] = format::ENCODED.map(OutputFormat::Fixed);
    assert_eq!(formats, [jpeg, png, webp, OutputFormat::Auto, OutputFormat::Source]);
    assert_eq!(["1", "true", "0", "false"].map(|name| request("enlarge", name).geometry.enlarge), {
        [true, true, false, false]
    });
}

#[test]
fn every_name_of_a_value_in_the_other_grammars_means_the_same_as_there() {
    for (template, name, meanings) in [
        (
            "/unsafe/rs:{}:9:9/plain/http://a.example/",
            "fit",
            "fit=contain fill=crop fill-down=cover force=fill auto=auto",
        ),
        (
            "/unsafe/g:{}/plain/http://a.example/",
            "gravity",
            "ce=center no=north noea=north-east ea=east soea=south-east so=south sowe=south-west we=west nowe=north-west",
        ),
        (
            "/unsafe/ra:{}/plain/http://a.example/",
            "filter",
            "linear=bilinear cubic=catmull-rom lanczos3=lanczos3",
        ),
        ("/unsafe/fl:{}/plain/http://a.example/", "flip", "0=none 1=h 0:1=v 1:1=hv 1:0=h"),
        (
            "/unsafe/el:{}/plain/http://a.example/",
            "enlarge",
            "1=true t=true true=true 0=false f=false false=false",
        ),
        ("/unsafe/f:{}/plain/http://a.example/", "format", "jpg=jpeg jpeg=jpeg png=png webp=webp"),
        ("/unsafe/webpo:{}/plain/http://a.example/", "lossless", "lossy=false lossless=true"),
        (
            "/cdn-cgi/image/w=9,h=9,fit={}/http://a.example/",
            "fit",
            "scale-down=contain contain=contain cover=cover crop=crop aspect-crop=cover squeeze=fill",
        ),
        (
            "/cdn-cgi/image/fit={}/http://a.example/",
            "enlarge",
            "scale-down=false contain=true cover=true crop=false aspect-crop=false squeeze=true",
        ),
        (
            "/cdn-cgi/image/gravity={}/http://a.example/",
            "gravity",
            "0.5x0.5=center top=north 1x0=north-east right=east 1x1=south-east bottom=south 0x1=south-west left=west 0x0=north-west",
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
            "inside=contain outside=outside cover=cover fill=fill fit=contain fitup=contain square=cover \
             squaredown=crop absolute=fill",
        ),
        (
            "/wsrv/?url=a.example&a={}",
            "gravity",
            "center=center top=north t=north top-right=north-east right=east r=east bottom-right=south-east \
             bottom=south b=south bottom-left=south-west left=west l=west top-left=north-west",
        ),
        ("/wsrv/?url=a.example&output={}", "format", "jpg=jpeg jpeg=jpeg png=png webp=webp"),
        ("/wsrv/?url=a.example&default={}", "onerror", "0=error false=error 1=source true=source"),
        ("/wsrv/?url=a.example&maxage={}", "maxage", "2d=172800 1w=604800 1M=2592000 1y=31536000"),
    ] {
        for meaning in meanings.split_whitespace() {
            let (word, meant) = meaning.split_once('=').unwrap();
            let target = template.replace("{}", word);
            assert_eq!(option(&target, name), meant, "{target}");
        }
    }
}

#[test]
fn no_target_makes_a_grammar_panic() {
    let config = Config::read(&[]).unwrap();
    let mut random = Random(99);
    let pieces = [
        "/",
        "?",
        "&",
        "=",
        "%",
        "%2F",
        ":",
        "@",
        ",",
        ";",
        ".",
        "plain",
        "unsafe",
        "cdn-cgi",
        "image",
        "wsrv",
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
        "maxage",
        "3M",
        "1é",
        "precrop",
        "cw",
        "50%",
    ];
    for _ in 0..30_000 {
        let mut target = String::from("/");
        for _ in 0..random.below(14) {
            target.push_str(random.pick(&pieces));
        }
        for grammar in ALL {
            let _ = read(grammar, &target, false, &config);
            let _ = signature::check(grammar, &target, &config);
        }
    }
}

#[test]
fn percent_decoding_takes_whole_escapes_of_utf8_and_nothing_else() {
    for (text, decoded) in
        [("", ""), ("a%20b", "a b"), ("%C3%bc+", "ü+"), ("ü%25%2541", "ü%%41"), ("%00", "\0")]
    {
        assert_eq!(percent_decode(text).as_deref(), Some(decoded), "{text}");
    }
    for bad in ["%", "a%4", "%g0", "%0g", "%+1", "%%20", "%ü", "%ff", "%C3", "%C3a"] {
        assert_eq!(percent_decode(bad), None, "{bad}");
    }
}
