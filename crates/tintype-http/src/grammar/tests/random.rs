//! Requests at random.

use tintype_types::{Color, Filter, Format, Gravity, Rotation};

use crate::request::{
    Crop, Delivery, Factor, Fit, Geometry, ImageRequest, Length, OnError, Output, OutputFormat, Passthrough,
    Place, Quality, Source,
};

/// A small generator of numbers (xorshift64*): the same requests in every run.
pub(crate) struct Random(pub u64);

impl Random {
    /// A number from 0 to `bound`, without it.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the items.
    pub(crate) fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.below(items.len() as u64)).unwrap()].clone()
    }

    fn number(&mut self, most: u32) -> u32 {
        1 + u32::try_from(self.below(u64::from(most))).unwrap()
    }

    fn byte(&mut self, most: u32) -> u8 {
        u8::try_from(self.number(most)).unwrap()
    }

    fn length(&mut self) -> Length {
        if self.chance(80) {
            Length::Pixels(self.number(9000))
        } else {
            Length::Share(Factor::from_millionths(self.number(999_999)))
        }
    }

    fn maybe<T>(&mut self, percent: u64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }

    /// The plain value in most cases.
    fn mostly<T: Clone>(&mut self, percent: u64, plain: T, items: &[T]) -> T {
        if self.chance(percent) { plain } else { self.pick(items) }
    }

    /// Any request.
    pub(crate) fn request(&mut self) -> ImageRequest {
        let urls = [
            "https://a.example/b.jpg",
            "http://a.example:8080/b%20c.jpg?x=1&y=%262",
            "https://a.example/@weird:name/b.png?s=80",
            "/relative/path.webp",
            "https://xn--bcher-kva.example/ü +&=#?.gif",
            "https://a.example/a:b/c,d;e",
        ];
        ImageRequest {
            source: Source::Url(self.pick(&urls).into()),
            geometry: self.geometry(),
            output: self.output(),
            delivery: if self.chance(40) { self.delivery() } else { Delivery::default() },
        }
    }

    fn geometry(&mut self) -> Geometry {
        Geometry {
            auto_orient: self.chance(90),
            crop: self.maybe(25, Self::crop),
            rotate: self.mostly(70, Rotation::None, Rotation::ALL),
            flip_horizontal: self.chance(20),
            flip_vertical: self.chance(20),
            width: self.maybe(80, |random| Length::Pixels(random.number(9000))),
            height: self.maybe(60, |random| {
                if random.chance(95) { Length::Pixels(random.number(9000)) } else { random.length() }
            }),
            dpr: self.mostly(80, Factor::ONE, &[500_000, 1_500_000, 3_000_000].map(Factor::from_millionths)),
            fit: self.pick(Fit::ALL),
            enlarge: self.chance(50),
            gravity: self.pick(Gravity::ALL),
            filter: self.mostly(80, Filter::Lanczos3, Filter::ALL),
            background: self.maybe(30, |random| Color {
                red: random.byte(255),
                green: 7,
                blue: 0,
                alpha: if random.chance(50) { 255 } else { 80 },
            }),
        }
    }

    fn crop(&mut self) -> Crop {
        let place = if self.chance(50) {
            Place::At(self.length(), self.length())
        } else {
            Place::Towards(self.pick(Gravity::ALL))
        };
        Crop { width: self.length(), height: self.length(), place }
    }

    fn output(&mut self) -> Output {
        let [jpeg, png, webp] = [Format::Jpeg, Format::Png, Format::Webp].map(OutputFormat::Fixed);
        let format = self.pick(&[OutputFormat::Auto, OutputFormat::Source, jpeg, png, webp]);
        let mut quality = Quality::default();
        if self.chance(60) {
            quality.set_any(self.byte(100));
        }
        if self.chance(20) {
            quality.set(Format::Webp, 33);
        }
        Output { format, quality, lossless: self.chance(10) && format != jpeg }
    }

    fn delivery(&mut self) -> Delivery {
        let passthrough = ["none", "none", "all", "gif,svg", "same:png"].map(|text| text.parse().unwrap());
        let redirect = OnError::Redirect("https://a.example/oops.png".into());
        Delivery {
            filename: self.maybe(30, |random| random.pick(&["holiday", "a b", "über:all"]).into()),
            download: self.chance(30),
            expires: self.maybe(30, |random| 1 + random.below(1 << 33)),
            max_age: self.maybe(30, |random| 43_200 * u64::from(random.number(730))),
            version: self.maybe(30, |random| random.pick(&["7", "a:b/c", "%"]).into()),
            passthrough: self.pick::<Passthrough>(&passthrough),
            on_error: self.pick(&[OnError::Error, OnError::Error, OnError::Source, redirect]),
        }
    }
}
