//! Requests at random.

use tintype_types::{
    Adjust, Amount, Angle, Blend, Color, Crop, CropRatio, Effort, Extend, Extent, Factor, Fill, Filter, Fit,
    Format, Geometry, Gravity, Length, Mask, MaskShape, Metadata, Obscure, Offset, Place, Position, Profile,
    Rotation, Sharpen, Sides, Smart, Subsampling, Tilt, Tone, Trim, Unsharp, Veil, Zoom,
};

use crate::request::{
    Delivery, Details, ImageRequest, Lowered, OnError, Output, OutputFormat, Passthrough, Quality, Source,
    Watermark, WatermarkImage,
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
        let geometry = self.geometry();
        ImageRequest {
            source: Source::Url(self.pick(&urls).into()),
            geometry,
            auto_width: match geometry.width {
                None => self.maybe(20, |random| random.pick(&["320;768,768,1200", "9,8,7"]).parse().unwrap()),
                Some(_) => None,
            },
            adjust: if self.chance(20) { self.adjust() } else { Adjust::default() },
            watermark: if self.chance(10) { self.watermark() } else { Watermark::default() },
            output: self.output(),
            limits: Lowered {
                source_bytes: self.maybe(5, |random| random.number(90_000).into()),
                source_pixels: self.maybe(5, |random| random.number(90_000).into()),
                frame_pixels: self.maybe(5, |random| random.number(90_000).into()),
            },
            delivery: if self.chance(40) { self.delivery() } else { Delivery::default() },
        }
    }

    fn geometry(&mut self) -> Geometry {
        let plain = Geometry {
            auto_orient: self.chance(90),
            crop: self.maybe(25, Self::crop),
            rotate: self.mostly(70, Rotation::None, Rotation::ALL),
            flip_horizontal: self.chance(20),
            flip_vertical: self.chance(20),
            width: self.maybe(80, |random| Length::Pixels(random.number(9000))),
            height: self.maybe(60, |random| {
                if random.chance(95) { Length::Pixels(random.number(9000)) } else { random.length() }
            }),
            density: self.mostly(
                80,
                Factor::ONE,
                &[500_000, 1_500_000, 3_000_000].map(Factor::from_millionths),
            ),
            zoom: self.maybe(10, Self::zoom).unwrap_or(Zoom::ONE),
            fit: self.pick(Fit::ALL),
            enlarge: self.chance(50),
            position: self.position(),
            filter: self.mostly(80, Filter::Lanczos3, Filter::ALL),
            background: self.maybe(30, Self::color),
            ..Geometry::default()
        };
        if self.chance(60) { plain } else { self.decorated(plain) }
    }

    /// A geometry with some of the options that few requests have.
    fn decorated(&mut self, plain: Geometry) -> Geometry {
        let fills = [Fill::Blur, Fill::Edge, Fill::Mirror, Fill::Color(Color::WHITE)];
        Geometry {
            trim: self.maybe(20, |random| Trim {
                threshold: random.number(255),
                color: random.maybe(30, Self::color),
                equal_horizontal: random.chance(30),
                equal_vertical: random.chance(30),
            }),
            inset: self.maybe(20, Self::sides).unwrap_or_default(),
            crop_ratio: self.maybe(10, |random| CropRatio {
                ratio: Factor::from_millionths(random.number(2_000_000) + 999),
                enlarge: random.chance(50),
            }),
            min_width: self.maybe(10, |random| random.number(900)),
            min_height: self.maybe(10, |random| random.number(900)),
            max_side: self.maybe(10, |random| random.number(900)),
            linear: self.chance(5),
            crop_resized: self.maybe(10, Self::crop),
            extend: self
                .maybe(20, |random| Extend { to: random.pick(Extent::ALL), position: random.position() }),
            tilt: self.maybe(10, |random| Tilt {
                angle: Angle::from_millidegrees(random.number(359_999).into()),
                background: random.maybe(50, Self::color),
            }),
            padding: self.maybe(20, Self::sides).unwrap_or_default(),
            mask: self.maybe(10, |random| {
                let radius = random.number(50);
                let named = MaskShape::NAMED.iter().map(|(_, shape)| *shape);
                let shapes: Vec<_> = named.chain([MaskShape::Rounded(radius)]).collect();
                Mask {
                    shape: random.pick(&shapes),
                    trim: random.chance(30),
                    outside: random.maybe(30, Self::color),
                }
            }),
            fill: self.maybe(30, |random| random.pick(&fills)),
            ..plain
        }
    }

    fn watermark(&mut self) -> Watermark {
        let url = WatermarkImage::Url("https://a.example/mark.png?a:b/c".into());
        let position = match self.position() {
            Position::Smart(_) => Position::default(),
            position => position,
        };
        Watermark {
            image: Some(self.pick(&[WatermarkImage::Configured, url])),
            opacity: self.factor(100),
            place: self.pick(&[Place::At(position), Place::Tiled(0, 0), Place::Tiled(9, 20)]),
            size: (self.maybe(50, Self::length), self.maybe(50, Self::length)),
            blend: self.mostly(80, Blend::Over, Blend::ALL),
        }
    }

    fn factor(&mut self, hundredths: u32) -> Factor {
        Factor::from_millionths(self.number(hundredths) * 10_000)
    }

    /// One or two adjustments.
    fn adjust(&mut self) -> Adjust {
        let mut adjust = Adjust::default();
        for _ in 0..1 + self.below(2) {
            match self.below(19) {
                0 | 1 => adjust.blur = self.factor(3000),
                2 => {
                    let sigma = self.factor(1000);
                    let strengths =
                        [(1, 2), (0, 3), (5, 7)].map(|(flat, jagged)| [flat, jagged].map(|n| n * 1_000_000));
                    let [flat, jagged] = self.pick(&strengths).map(Factor::from_millionths);
                    adjust.sharpen = Some(Sharpen { sigma, flat, jagged });
                }
                3 => {
                    let amount = self.factor(500);
                    let other = Unsharp { sigma: Factor::ONE, amount, threshold: self.pick(&[0, 0, 9]) };
                    adjust.unsharp = Some(self.pick(&[Unsharp::MILD, other]));
                }
                4 => adjust.pixelate = self.number(50),
                5 => {
                    let by = if self.chance(70) {
                        Veil::Blur(self.factor(900))
                    } else {
                        Veil::Pixelate(self.number(9))
                    };
                    let area = |random: &mut Self| {
                        let [x, y, width, height] = std::array::from_fn(|_| random.length());
                        Obscure { x, y, width, height, by }
                    };
                    adjust.obscure = (0..=self.below(2)).map(|_| area(self)).collect();
                }
                6 => {
                    adjust.exposure =
                        Amount::from_millionths(1_500_000 - self.number(3_000_000).cast_signed())
                }
                7 => adjust.gamma = self.factor(290),
                8 | 9 => adjust.brightness = self.factor(300),
                10 => adjust.lightness = Amount::from_millionths(self.pick(&[-10_000, 200_000, 3922, 1])),
                11 | 12 => adjust.contrast = self.factor(200),
                13 => {
                    adjust.vibrance = Amount::from_millionths(500_000 - self.number(1_000_000).cast_signed())
                }
                14 => adjust.saturation = self.factor(300),
                15 => adjust.hue = Angle::from_millidegrees(self.number(359_999).into()),
                16 => {
                    let (color, other, intensity) = (self.color(), self.color(), self.factor(100));
                    let tones = [
                        Tone::Grayscale,
                        Tone::Sepia,
                        Tone::Monochrome { color, intensity },
                        Tone::Duotone { dark: color, light: other, intensity },
                        Tone::Duotone { dark: color, light: other, intensity: Factor::ONE },
                    ];
                    adjust.tone = Some(self.pick(&tones));
                }
                17 => adjust.tint = Some(self.color()),
                _ if self.chance(50) => adjust.negate = true,
                _ => adjust.posterize = 1 + self.number(255),
            }
        }
        if adjust.gamma.millionths() < 100_000 {
            adjust.gamma = Factor::ONE;
        }
        adjust
    }

    fn zoom(&mut self) -> Zoom {
        let factors = [500_000, 1_000_000, 1_250_000, 2_000_000].map(Factor::from_millionths);
        Zoom { x: self.pick(&factors), y: self.pick(&factors) }
    }

    fn color(&mut self) -> Color {
        Color { red: self.byte(255), green: 7, blue: 0, alpha: if self.chance(50) { 255 } else { 80 } }
    }

    fn sides(&mut self) -> Sides {
        let [top, right, bottom, left] = [99, 9, 99, 9].map(|most| self.number(most));
        Sides { top, right, bottom, left }
    }

    fn offset(&mut self) -> Offset {
        let number = self.number(900).cast_signed() - 450;
        if self.chance(70) { Offset::Pixels(number) } else { Offset::Millionths(number * 1000) }
    }

    fn position(&mut self) -> Position {
        if self.chance(80) {
            return Position::gravity(self.pick(Gravity::ALL));
        }
        let gravity = self.pick(Gravity::ALL);
        let (x, y) = (self.offset(), self.offset());
        let share = |random: &mut Self| Factor::from_millionths(random.number(1_000_000));
        let point = Position::FocalPoint { x: share(self), y: share(self) };
        self.pick(&[
            Position::Gravity { gravity, x, y },
            point,
            Position::Smart(Smart::Attention),
            Position::Smart(Smart::Entropy),
        ])
    }

    fn crop(&mut self) -> Crop {
        let position = if self.chance(50) {
            Position::At { x: self.length(), y: self.length() }
        } else {
            self.position()
        };
        Crop { width: self.length(), height: self.length(), position }
    }

    fn output(&mut self) -> Output {
        let [jpeg, png, webp, gif] =
            [Format::Jpeg, Format::Png, Format::Webp, Format::Gif].map(OutputFormat::Fixed);
        let format = self.pick(&[
            OutputFormat::Auto,
            OutputFormat::Smallest,
            OutputFormat::Source,
            jpeg,
            png,
            webp,
            gif,
        ]);
        let format = if self.chance(3) { OutputFormat::Json } else { format };
        let details =
            ["pixels", "cloudflare", "wsrv", "imgproxy,size,palette,pixels,palette:9", "location,sha256"];
        let details = match format {
            OutputFormat::Json if self.chance(70) => self.pick(&details).parse().unwrap(),
            _ => Details::default(),
        };
        let mut quality = Quality::default();
        if self.chance(60) {
            quality.set_any(self.byte(100));
        }
        if self.chance(20) {
            quality.set(Format::Webp, 33);
        }
        let lossless = self.chance(10) && ![jpeg, gif].contains(&format);
        let is_deep = self.chance(10) && [OutputFormat::Auto, OutputFormat::Source, png].contains(&format);
        Output {
            format,
            quality,
            slow_quality: self.maybe(5, |random| Quality::all(random.byte(100))),
            auto_quality: self.chance(5),
            max_bytes: self.maybe(5, |random| random.number(99_999)),
            lossless,
            near_lossless: if lossless && self.chance(30) { self.byte(100).into() } else { 100 },
            effort: self.mostly(95, Effort::Default, Effort::ALL),
            progressive: self.maybe(5, |random| random.chance(50)),
            subsampling: self.mostly(95, Subsampling::Auto, Subsampling::ALL),
            sharp_chroma: self.chance(5),
            bit_depth: if is_deep { 16 } else { self.mostly(95, 8, &[0]) },
            colors: self.maybe(8, |random| random.pick(&[2, 64, 256])).filter(|_| !is_deep),
            profile: self.mostly(90, Profile::Srgb, Profile::ALL),
            metadata: self.mostly(80, Metadata::Strip, Metadata::ALL),
            location: self.chance(20),
            page: self.mostly(95, 0, &[1, 7, 65_535]),
            frames: self.mostly(80, 1, &[0, 0, 0, 300]),
            loops: self.maybe(5, |random| random.pick(&[0, 1, 65_535])),
            delay: self.maybe(5, |random| random.pick(&[0, 40, 16_777_215])),
            details,
            base64: self.chance(2),
        }
    }

    fn delivery(&mut self) -> Delivery {
        let passthrough = ["none", "none", "all", "gif,svg", "same:png"].map(|text| text.parse().unwrap());
        let redirect = OnError::Redirect("https://a.example/oops.png".into());
        Delivery {
            decided_by: Vec::new(),
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
