//! What is made of the sources.

use tintype_types::Setting as S;
use tintype_types::{
    Alternative, Amount, Angle, Color, Crop, CropRatio, Effort, Extend, Extent, Factor, Fill, Filter, Fit,
    Format, Gravity, Length, Mask, MaskShape, Metadata, Obscure, Offset, Position, Profile, Rotation,
    Sharpen, Sides, Smart, Subsampling, Tilt, Tone, Trim, Unsharp, Veil, Zoom,
};

use crate::{Vector, overlays, sources, vector};

const ORANGE: Color = Color { red: 255, green: 136, blue: 0, alpha: 255 };
const VEIL: Color = Color { red: 30, green: 60, blue: 200, alpha: 120 };

/// Every vector, in the order of the file.
pub fn vectors() -> Vec<Vector> {
    let cases = [
        formats(),
        sizes(),
        kernels(),
        positions(),
        encodings(),
        steps(),
        adjustments(),
        animations(),
        refused(),
    ]
    .concat();
    [cases, by_chance(80), overlays::vectors()].concat()
}

fn pixels(width: u32, height: u32) -> [S; 2] {
    [S::Width(Length::Pixels(width)), S::Height(Length::Pixels(height))]
}

fn share(millionths: u32) -> Length {
    Length::Share(Factor::from_millionths(millionths))
}

fn factor(value: f64) -> Factor {
    Factor::try_from(value).expect("a factor")
}

/// Every source in every format: as it is without loss, and at half of its size with loss.
fn formats() -> Vec<Vector> {
    let half = S::Width(share(500_000));
    let kinds = [
        vec![S::Format(Format::Png)],
        vec![S::Format(Format::Webp), S::Lossless(true), half.clone()],
        vec![S::Format(Format::Webp), half.clone()],
        vec![S::Format(Format::Jpeg), half],
    ];
    let names = sources().into_iter().map(|(name, _)| name);
    names.flat_map(|name| kinds.clone().map(|settings| vector(name, settings))).collect()
}

/// Everything that changes detail and colours, of a photograph and of what has transparent pixels.
fn adjustments() -> Vec<Vector> {
    let amount = Amount::from_millionths;
    let part = |by| {
        S::Obscure(Obscure {
            x: share(250_000),
            y: Length::Pixels(9),
            width: share(500_000),
            height: share(300_000),
            by,
        })
    };
    let (intensity, dark, light) = (factor(0.8), VEIL, ORANGE);
    let settings = [
        S::Blur(factor(0.8)),
        S::Blur(factor(6.5)),
        S::Sharpen(Sharpen { sigma: factor(1.2), flat: factor(1.0), jagged: factor(2.0) }),
        S::Unsharp(Unsharp { sigma: factor(2.0), amount: factor(0.7), threshold: 3 }),
        S::Pixelate(7),
        part(Veil::Blur(factor(5.0))),
        part(Veil::Pixelate(6)),
        S::Exposure(amount(500_000)),
        S::Gamma(factor(1.8)),
        S::Brightness(factor(1.2)),
        S::Lightness(amount(-100_000)),
        S::Contrast(factor(1.4)),
        S::Vibrance(amount(400_000)),
        S::Saturation(factor(0.4)),
        S::Hue(Angle::from_millidegrees(70_000)),
        S::Tone(Tone::Grayscale),
        S::Tone(Tone::Sepia),
        S::Tone(Tone::Monochrome { color: ORANGE, intensity }),
        S::Tone(Tone::Duotone { dark, light, intensity }),
        S::Tint(ORANGE),
        S::Negate(true),
        S::Posterize(5),
    ];
    let sources = ["jpeg-420", "png-rgba"];
    let cases = sources.into_iter().flat_map(|source| settings.clone().map(|setting| (source, setting)));
    cases.map(|(source, setting)| vector(source, [S::Width(Length::Pixels(90)), setting])).collect()
}

/// Every fit of a box that crops, pads, enlarges.
fn sizes() -> Vec<Vector> {
    let fits =
        [Fit::Contain, Fit::Cover, Fit::Crop, Fit::Fill, Fit::Stretch, Fit::Outside, Fit::Pad, Fit::Auto];
    let mut cases = Vec::new();
    for fit in fits {
        for (source, width, height) in [("jpeg-420", 100, 101), ("png-rgba", 120, 50)] {
            for enlarge in [false, true] {
                let [width, height] = pixels(width, height);
                cases.push(vector(
                    source,
                    [width, height, S::Fit(fit), S::Enlarge(enlarge), S::Format(Format::Png)],
                ));
            }
        }
    }
    cases
}

/// Every kernel, smaller and larger, in both kinds of light.
fn kernels() -> Vec<Vector> {
    let kernels = [Filter::Box, Filter::Bilinear, Filter::CatmullRom, Filter::Mitchell, Filter::Lanczos3];
    let mut cases = Vec::new();
    for kernel in kernels {
        for (source, width) in [("png-lines", 50), ("png-rgba", 133), ("jpeg-large", 77), ("png-gray-16", 61)]
        {
            for linear in [false, true] {
                let size = S::Width(Length::Pixels(width));
                let settings =
                    [size, S::Enlarge(true), S::Filter(kernel), S::Linear(linear), S::Format(Format::Png)];
                cases.push(vector(source, settings));
            }
        }
    }
    cases
}

fn every_position() -> Vec<Position> {
    let sides = [
        Gravity::Center,
        Gravity::North,
        Gravity::NorthEast,
        Gravity::East,
        Gravity::SouthEast,
        Gravity::South,
        Gravity::SouthWest,
        Gravity::West,
        Gravity::NorthWest,
    ];
    let more = [
        Position::Gravity {
            gravity: Gravity::SouthEast,
            x: Offset::Pixels(7),
            y: Offset::Millionths(-50_000),
        },
        Position::At { x: Length::Pixels(13), y: share(250_000) },
        Position::FocalPoint { x: factor(0.7), y: factor(0.25) },
    ];
    sides.map(Position::gravity).into_iter().chain(more).collect()
}

/// Every kind of position, wherever one is taken.
fn positions() -> Vec<Vector> {
    let png = S::Format(Format::Png);
    let mut cases = Vec::new();
    for position in every_position() {
        let [width, height] = pixels(60, 90);
        cases.push(vector(
            "jpeg-420",
            [width.clone(), height.clone(), S::Fit(Fit::Cover), S::Position(position), png.clone()],
        ));
        cases.push(vector(
            "png-rgb",
            [
                width.clone(),
                height.clone(),
                S::Fit(Fit::Pad),
                S::Position(position),
                S::Fill(Fill::Color(VEIL)),
                png.clone(),
            ],
        ));
        let part = Crop { width: share(400_000), height: Length::Pixels(50), position };
        cases.push(vector("png-rgb", [S::Crop(part), png.clone()]));
        cases.push(vector("webp-lossy", [S::CropResized(part), S::Width(Length::Pixels(100)), png.clone()]));
    }
    for smart in [Smart::Attention, Smart::Entropy] {
        for source in ["jpeg-large", "jpeg-420", "png-rgba", "webp-lossy", "gif-animated"] {
            let [width, height] = pixels(50, 60);
            cases.push(vector(
                source,
                [width, height, S::Fit(Fit::Cover), S::Position(Position::Smart(smart)), png.clone()],
            ));
        }
    }
    cases
}

/// Every way to encode.
fn encodings() -> Vec<Vector> {
    let mut cases = Vec::new();
    for source in ["png-rgb", "png-rgba", "png-gray-8"] {
        let webp = S::Format(Format::Webp);
        for quality in [1, 30, 75, 95, 100] {
            let [quality, jpeg] = [S::Quality(quality), S::Format(Format::Jpeg)];
            cases.push(vector(source, [jpeg.clone(), quality.clone()]));
            cases.push(vector(source, [jpeg.clone(), quality.clone(), S::Subsampling(Subsampling::Full)]));
            cases.push(vector(source, [jpeg.clone(), quality.clone(), S::Subsampling(Subsampling::Half)]));
            cases.push(vector(source, [jpeg.clone(), quality.clone(), S::Progressive(true)]));
            cases.push(vector(source, [webp.clone(), quality.clone()]));
        }
        for effort in [Effort::Fast, Effort::Best] {
            for format in [Format::Jpeg, Format::Png, Format::Webp] {
                cases.push(vector(source, [S::Format(format), S::Effort(effort)]));
            }
            cases.push(vector(source, [webp.clone(), S::Effort(effort), S::Lossless(true)]));
        }
        for near in [80, 60, 40, 20, 0] {
            cases.push(vector(source, [webp.clone(), S::Lossless(true), S::NearLossless(near)]));
        }
        cases.push(vector(source, [webp.clone(), S::SharpChroma(true)]));
        for format in [Format::Jpeg, Format::Webp] {
            cases.push(vector(source, [S::Format(format), S::MaxBytes(1500)]));
            cases.push(vector(source, [S::Format(format), S::AutoQuality(true)]));
            let smaller = Alternative { format: Format::Jpeg, quality: Some(60) };
            cases.push(vector(source, [S::Format(format), S::Alternative(smaller)]));
        }
        cases.push(vector(source, [S::Format(Format::Png), S::BitDepth(16)]));
        for colors in [2, 16, 200] {
            cases.push(vector(source, [S::Format(Format::Png), S::Colors(colors)]));
        }
        cases.push(vector(source, [S::Format(Format::Gif), S::Colors(40)]));
    }
    for source in ["png-rgb-16", "png-rgba-16", "png-gray-16"] {
        cases.push(vector(source, [S::Format(Format::Png), S::BitDepth(16)]));
        cases.push(vector(source, [S::Format(Format::Png), S::BitDepth(16), S::Width(Length::Pixels(57))]));
    }
    for profile in [Profile::Srgb, Profile::Keep, Profile::Strip] {
        for format in [Format::Jpeg, Format::Png, Format::Webp] {
            cases.push(vector("png-p3", [S::Format(format), S::Profile(profile)]));
        }
    }
    for format in [Format::Jpeg, Format::Png, Format::Webp] {
        cases.push(vector("jpeg-exif", [S::Format(format), S::Metadata(Metadata::Copyright)]));
        cases.push(vector("jpeg-exif", [S::Format(format), S::Metadata(Metadata::Keep), S::Location(true)]));
    }
    cases
}

/// Every other step on the way.
fn steps() -> Vec<Vector> {
    let png = S::Format(Format::Png);
    let mut cases = Vec::new();
    let mut add =
        |source, settings: &[S]| cases.push(vector(source, settings.iter().cloned().chain([png.clone()])));
    for (threshold, color) in [(10, None), (0, None), (60, Some(Color::WHITE))] {
        for equal in [false, true] {
            let trim = Trim { threshold, color, equal_horizontal: equal, equal_vertical: equal };
            add("png-framed", &[S::Trim(trim)]);
            add("png-rgba", &[S::Trim(trim), S::Width(Length::Pixels(40))]);
        }
    }
    add("jpeg-420", &[S::Inset(Sides { top: 10, right: 3, bottom: 0, left: 51 })]);
    for ratio in [0.5, 1.0, 1.777] {
        for enlarge in [false, true] {
            let part = Crop { width: share(300_000), height: share(600_000), position: Position::default() };
            add("jpeg-420", &[S::CropRatio(CropRatio { ratio: factor(ratio), enlarge }), S::Crop(part)]);
        }
    }
    for rotation in [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters] {
        for (horizontal, vertical) in [(false, false), (true, false), (false, true), (true, true)] {
            let turn = [S::Rotate(rotation), S::FlipHorizontal(horizontal), S::FlipVertical(vertical)];
            add("jpeg-turned-6", &turn);
            add("png-rgba-interlaced", &[&turn[..], &[S::Width(Length::Pixels(31))]].concat());
        }
    }
    add("jpeg-turned-6", &[S::AutoOrient(false)]);
    add("png-turned-6", &[S::AutoOrient(false), S::Height(Length::Pixels(40))]);
    add("png-rgba", &[S::MinWidth(200)]);
    add("png-rgba", &[S::MinHeight(100), S::Width(Length::Pixels(90))]);
    add("png-rgba", &[S::MaxSide(60), S::Padding(Sides { top: 20, right: 5, bottom: 9, left: 40 })]);
    for density in [0.5, 2.0, 2.75] {
        add(
            "jpeg-420",
            &[S::Density(factor(density)), S::Width(Length::Pixels(50)), S::Padding(Sides::all(4))],
        );
    }
    for (x, y) in [(0.5, 0.5), (0.5, 1.25), (2.0, 1.0)] {
        let zoom = S::Zoom(Zoom { x: factor(x), y: factor(y) });
        let [width, height] = pixels(50, 33);
        for fit in [Fit::Contain, Fit::Cover, Fit::Crop, Fit::Stretch] {
            add("jpeg-420", &[zoom.clone(), width.clone(), height.clone(), S::Fit(fit)]);
        }
        add("png-rgba", &[zoom, width, S::Enlarge(true)]);
    }
    let backdrops = [Fill::Color(ORANGE), Fill::Color(VEIL), Fill::Blur, Fill::Edge, Fill::Mirror];
    for fill in backdrops {
        let [width, height] = pixels(150, 150);
        add("jpeg-444", &[width.clone(), height.clone(), S::Fit(Fit::Pad), S::Fill(fill)]);
        add("png-rgba", &[S::Padding(Sides { top: 12, right: 0, bottom: 40, left: 9 }), S::Fill(fill)]);
        for to in [Extent::Size, Extent::Ratio] {
            let extend = Extend { to, position: Position::gravity(Gravity::SouthWest) };
            add("png-rgba", &[width.clone(), height.clone(), S::Extend(extend), S::Fill(fill)]);
        }
    }
    for degrees in [1.5, 44.999, 100.0, 275.25] {
        for background in [None, Some(ORANGE)] {
            let angle = Angle::try_from(degrees).expect("an angle");
            add("jpeg-420", &[S::Width(Length::Pixels(90)), S::Tilt(Tilt { angle, background })]);
        }
    }
    let named = MaskShape::NAMED.iter().map(|(_, shape)| *shape);
    for shape in [MaskShape::Rounded(9), MaskShape::Rounded(1000)].into_iter().chain(named) {
        let mask = Mask::new(shape);
        add("jpeg-420", &[S::Width(Length::Pixels(90)), S::Mask(mask)]);
        add("png-rgba", &[S::Mask(mask), S::Background(VEIL)]);
        add("png-rgba", &[S::Mask(Mask { trim: true, outside: Some(VEIL), ..mask }), S::Background(ORANGE)]);
    }
    for background in [ORANGE, VEIL, Color::WHITE] {
        add("png-rgba", &[S::Background(background)]);
        add("png-gray-alpha", &[S::Background(background), S::Width(Length::Pixels(33))]);
        add("png-rgba-16", &[S::Background(background), S::BitDepth(16)]);
    }
    cases
}

/// Frames and their times.
fn animations() -> Vec<Vector> {
    let mut cases = Vec::new();
    for source in
        ["gif-animated", "webp-animated", "webp-animated-lossless", "png-animated", "png-animated-palette"]
    {
        let mut add = |settings: &[S]| cases.push(vector(source, settings.iter().cloned()));
        add(&[S::Frames(0)]);
        add(&[S::Frames(0), S::Lossless(true), S::Width(Length::Pixels(40))]);
        add(&[S::Frames(0), S::Loop(3), S::Delay(70), S::Effort(Effort::Fast)]);
        add(&[S::Frames(2), S::Page(1), S::Background(ORANGE)]);
        add(&[S::Page(3), S::Format(Format::Png)]);
        add(&[S::Frames(0), S::Rotate(Rotation::Quarter), S::Mask(Mask::new(MaskShape::Circle))]);
        add(&[S::Page(9)]);
        for colors in [5, 200] {
            add(&[S::Frames(0), S::Format(Format::Png), S::Colors(colors)]);
        }
        add(&[S::Frames(0), S::Format(Format::Png), S::Width(Length::Pixels(40))]);
    }
    cases
}

/// What fails, for one reason each, and does so everywhere.
fn refused() -> Vec<Vector> {
    let mut cases = Vec::new();
    let mut add = |source, setting| cases.push(vector(source, [setting]));
    add("jpeg-420", S::MaxSourceBytes(1000));
    add("jpeg-420", S::MaxSourcePixels(1000));
    add("jpeg-420", S::MaxOutputSide(100));
    add("jpeg-420", S::MaxOutputPixels(1000));
    add("jpeg-420", S::MaxMemory(1000));
    add("jpeg-420", S::MaxWork(1000));
    add("gif-animated", S::MaxFrames(0));
    add("jpeg-420", S::Width(Length::Pixels(0)));
    add("jpeg-420", S::Quality(101));
    add("png-rgb", S::MaxBytes(0));
    add("png-rgb", S::NearLossless(50));
    add("png-rgb", S::BitDepth(12));
    add("png-rgb", S::Colors(1));
    for source in ["jpeg-cut", "png-cut", "webp-cut", "gif-cut", "png-animated-cut"] {
        add(source, S::AllowDamaged(false));
    }
    cases.push(vector("gif-animated", [S::Page(1), S::MaxFramePixels(100)]));
    cases
}

/// Numbers that look random, the same ones in each run.
struct Chance(u32);

impl Chance {
    /// A number below `limit`.
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((u64::from(self.0) * u64::from(limit)) >> 32) as u32
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u32) as usize]
    }
}

/// Options in combinations that nobody chose.
fn by_chance(count: usize) -> Vec<Vector> {
    let names = sources().into_iter().map(|(name, _)| name).filter(|name| !name.starts_with("hostile"));
    let names: Vec<&str> = names.collect();
    let mut chance = Chance(20_261_127);
    (0..count).map(|_| vector(chance.one_of(&names), combination(&mut chance))).collect()
}

fn combination(chance: &mut Chance) -> Vec<S> {
    let fits = [Fit::Cover, Fit::Crop, Fit::Fill, Fit::Stretch, Fit::Outside, Fit::Pad, Fit::Auto];
    let kernels = [Filter::Box, Filter::Bilinear, Filter::CatmullRom, Filter::Mitchell];
    // Each with the number of vectors that do without it, for each that has it.
    let optional = [
        (1, S::Height(Length::Pixels(1 + chance.below(130)))),
        (1, S::Fit(chance.one_of(&fits))),
        (2, S::Enlarge(true)),
        (2, S::Filter(chance.one_of(&kernels))),
        (3, S::Linear(true)),
        (2, S::Position(chance.one_of(&every_position()))),
        (3, S::Rotate(Rotation::from_quarters(chance.below(4).into()))),
        (3, S::FlipHorizontal(true)),
        (4, S::Padding(Sides::all(chance.below(20)))),
        (4, S::Background(VEIL)),
        (5, S::Mask(Mask::new(MaskShape::Ellipse))),
        (5, S::Quality(1 + chance.below(100))),
        (5, S::Frames(0)),
    ];
    let format = S::Format(chance.one_of(&[Format::Jpeg, Format::Png, Format::Webp]));
    let width = S::Width(Length::Pixels(1 + chance.below(170)));
    let given = optional
        .into_iter()
        .filter(|(without, _)| chance.below(without + 1) == 0)
        .map(|(_, setting)| setting);
    [format, width].into_iter().chain(given).collect()
}
