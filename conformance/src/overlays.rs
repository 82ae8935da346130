//! Images that are laid over others.

use tintype_types::Setting as S;
use tintype_types::{
    Blend, Color, Factor, Fit, Format, Gravity, Length, Mask, MaskShape, Offset, Overlay, Place, Position,
    Rotation, Sides, Subsampling,
};

use crate::sources::drawn;
use crate::{Vector, vector};

/// Every kind of place, size and blend, in every format, on what is opaque and what is not.
pub(crate) fn vectors() -> Vec<Vector> {
    let png = S::Format(Format::Png);
    let at = |gravity, x, y| {
        Place::At(Position::Gravity { gravity, x: Offset::Pixels(x), y: Offset::Millionths(y) })
    };
    let corner = at(Gravity::SouthEast, 5, 30_000);
    let width = S::Width(Length::Pixels(120));
    let mut cases = vec![
        vector("jpeg-420", [laid("png-rgba"), png.clone()]),
        vector("jpeg-420", [width.clone(), laid("jpeg-turned-6"), S::Format(Format::Jpeg)]),
        vector(
            "jpeg-large",
            [
                width.clone(),
                S::Density(half(4)),
                overlay("webp-lossy-alpha", half(1), corner, Some(share(3))),
            ],
        ),
        vector("png-rgb", [width.clone(), overlay("gif-animated", half(2), corner, None), png.clone()]),
        vector("png-rgba", [overlay("png-palette", half(2), corner, Some(Length::Pixels(200))), png.clone()]),
        vector(
            "webp-lossy",
            [
                overlay("gif-transparent", half(1), Place::Tiled(7, 0), Some(share(2))),
                laid("png-gray-16"),
                overlay("webp-lossless-alpha", half(2), at(Gravity::North, -3, 0), Some(share(5))),
                png.clone(),
            ],
        ),
        vector(
            "png-rgba",
            [
                S::Rotate(Rotation::Quarter),
                S::Padding(Sides::all(9)),
                S::Mask(Mask::new(MaskShape::Circle)),
                S::Background(Color { red: 255, green: 136, blue: 0, alpha: 120 }),
                overlay("png-lines", half(1), Place::Tiled(3, 5), Some(Length::Pixels(31))),
            ],
        ),
        vector("gif-animated", [S::Frames(0), overlay("png-rgba", half(1), corner, Some(share(4)))]),
        vector("gif-animated", [S::Frames(0), laid("webp-animated"), S::Format(Format::Gif)]),
        vector("jpeg-420", [S::Width(Length::Pixels(40)), laid("jpeg-large-progressive"), png.clone()]),
        vector(
            "jpeg-420",
            [
                laid("jpeg-cmyk"),
                S::Fit(Fit::Cover),
                S::Format(Format::Jpeg),
                S::Subsampling(Subsampling::Full),
            ],
        ),
        vector("jpeg-420", [laid("hostile-text")]),
        vector("jpeg-420", [laid("hostile-png-bomb")]),
        vector("jpeg-420", [laid("png-cut"), png.clone()]),
    ];
    let blends = [Blend::Multiply, Blend::Screen, Blend::Overlay, Blend::SoftLight, Blend::Difference];
    for blend in blends {
        for source in ["jpeg-420", "png-rgba"] {
            let over = Overlay { blend, ..over("png-rgba-16", half(1), corner, Some(share(7))) };
            cases.push(vector(source, [width.clone(), S::Overlay(over), png.clone()]));
        }
    }
    cases
}

/// An overlay as it is by default.
fn laid(image: &str) -> S {
    overlay(image, half(2), Place::At(Position::default()), None)
}

fn overlay(image: &str, opacity: Factor, place: Place, size: Option<Length>) -> S {
    S::Overlay(over(image, opacity, place, size))
}

fn over(image: &str, opacity: Factor, place: Place, size: Option<Length>) -> Overlay {
    let found = drawn().iter().find(|(name, _)| *name == image);
    let image = found.unwrap_or_else(|| panic!("{image} is no source")).1.as_slice().into();
    Overlay { image, opacity, place, width: size, height: size, blend: Blend::Over }
}

/// This many halves.
fn half(count: u32) -> Factor {
    Factor::from_millionths(count * 500_000)
}

/// This many tenths of the image.
fn share(tenths: u32) -> Length {
    Length::Share(Factor::from_millionths(tenths * 100_000))
}
