//! What the sheet shows.

use pictures::{JpegStyle, PngStyle, fine_lines, framed, postcard, transparent_disc};

/// A picture that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A picture postcard, 640 by 480 pixels.
    Postcard,
    /// The same, 120 by 90 pixels.
    Small,
    /// The postcard with borders of different widths in khaki.
    Framed,
    /// The postcard as a camera on its side stores it.
    Turned,
    /// The postcard with samples that stand for the wider colours of Display P3.
    DisplayP3,
    /// A disc in the middle of transparent pixels, 160 by 120 pixels.
    Disc,
    /// White lines on black, and black lines on white.
    Lines,
}

impl Source {
    /// Its file.
    pub(crate) fn file(self) -> Vec<u8> {
        let card = || postcard(640, 480);
        match self {
            Self::Postcard => card().png(),
            Self::Small => card().shrunk(120, 90).png(),
            Self::Framed => framed(&card(), [240, 230, 140, 255], [40, 120, 80, 60]).png(),
            Self::Turned => {
                card().stored_as(6).jpeg_as(&JpegStyle { orientation: Some(6), ..JpegStyle::default() })
            }
            Self::DisplayP3 => card().png_as(&PngStyle { display_p3: true, ..PngStyle::default() }),
            Self::Disc => transparent_disc(160, 120).png(),
            Self::Lines => fine_lines(640, 480).png(),
        }
    }
}

/// Headings, and requests of the query grammar without URL. A PNG is made where no format is named.
pub(crate) const SECTIONS: &[(&str, Source, &[&str])] = &[
    (
        "Size and fit, of a source of 640 by 480 pixels",
        Source::Postcard,
        &[
            "width=160",
            "height=80",
            "width=12.5%25",
            "width=80&dpr=1.5",
            "width=110&height=120&fit=contain",
            "width=110&height=120&fit=cover",
            "width=110&height=120&fit=crop",
            "width=110&height=120&fit=fill",
            "width=110&height=120&fit=outside",
            "width=110&height=120&fit=pad&fill=navy",
            "width=110&height=120&fit=auto",
            "width=120&height=110&fit=auto",
        ],
    ),
    (
        "Size and fit, of a source of 120 by 90 pixels",
        Source::Small,
        &[
            "width=160",
            "width=160&enlarge=1",
            "min-width=150",
            "width=90&min-height=110",
            "width=160&padding=10&fill=navy&max-side=90",
            "width=160&height=70&fit=cover",
            "width=160&height=70&fit=crop",
            "width=160&height=70&fit=fill",
            "width=160&height=70&fit=stretch",
            "width=160&height=70&fit=pad&fill=navy",
            "width=160&height=120&extend=size&fill=navy",
            "width=160&height=90&extend=ratio,west&fill=navy",
            "width=160&height=70&fit=cover&enlarge=1",
        ],
    ),
    (
        "Gravity",
        Source::Postcard,
        &[
            "width=70&height=120&fit=cover",
            "width=70&height=120&fit=cover&gravity=west",
            "width=70&height=120&fit=cover&gravity=east",
            "width=70&height=120&fit=cover&gravity=west,10,0",
            "width=70&height=120&fit=cover&gravity=0.75,0.2",
            "width=70&height=120&fit=cover&gravity=attention",
            "width=70&height=120&fit=cover&gravity=entropy",
            "width=160&height=60&fit=cover&gravity=north",
            "width=160&height=60&fit=cover&gravity=south",
            "width=160&height=60&fit=cover&gravity=attention",
            "width=160&height=60&fit=cover&gravity=entropy",
            "width=160&height=100&fit=pad&gravity=east&fill=navy",
        ],
    ),
    (
        "Orientation, of a source whose EXIF turns it",
        Source::Turned,
        &["width=160", "width=90&auto-orient=0"],
    ),
    (
        "Trim, of a source with borders",
        Source::Framed,
        &[
            "width=160",
            "width=160&trim=10",
            "width=160&trim=10,khaki,equal",
            "width=160&trim=10,khaki,equal-x",
            "width=160&trim=10,white",
        ],
    ),
    (
        "Crop, rotate, flip",
        Source::Postcard,
        &[
            "width=160&inset=0,0,100,90",
            "width=160&crop=60,160,200,150",
            "width=160&crop=60%25,50%25,east",
            "width=160&crop=300,200,attention",
            "width=160&crop-ratio=2:1",
            "width=160&crop=160,240,0.25,0.6&crop-ratio=1",
            "width=160&crop=160,240,0.25,0.6&crop-ratio=1,enlarge",
            "width=90&rotate=90",
            "width=160&rotate=180",
            "width=90&rotate=270",
            "width=160&flip=h",
            "width=160&flip=v",
            "width=160&flip=hv",
            "width=90&rotate=90&flip=h",
        ],
    ),
    (
        "Filter",
        Source::Postcard,
        &[
            "crop=110,205,40,30&enlarge=1&width=160&filter=box",
            "crop=110,205,40,30&enlarge=1&width=160&filter=bilinear",
            "crop=110,205,40,30&enlarge=1&width=160&filter=catmull-rom",
            "crop=110,205,40,30&enlarge=1&width=160&filter=mitchell",
            "crop=110,205,40,30&enlarge=1&width=160&filter=lanczos3",
        ],
    ),
    (
        "Light, of white lines on black and black lines on white, a quarter of the width each",
        Source::Lines,
        &["width=160", "width=160&linear=1"],
    ),
    (
        "After resizing",
        Source::Postcard,
        &[
            "width=160&crop-resized=80,80,west",
            "width=160&crop-resized=10,40,50,50",
            "width=120&tilt=15",
            "width=120&tilt=-5,orange",
            "width=120&padding=10,20",
            "width=120&padding=10,20,20,10&fill=olive",
            "width=110&padding=15,25&fill=blur",
            "width=110&padding=15,25&fill=edge",
            "width=110&padding=15,25&fill=mirror",
            "width=120&height=120&fit=pad&fill=blur",
            "width=160&mask=round,20",
            "width=160&mask=circle",
            "width=160&mask=ellipse",
            "width=160&mask=ellipse&background=navy",
            "width=160&mask=triangle,trim",
            "width=160&mask=pentagon-down,gold",
            "width=160&mask=hexagon",
            "width=160&mask=diamond",
            "width=160&mask=star,trim,navy",
            "width=160&mask=heart,trim,white",
            "width=80&padding=5&mask=round,10&dpr=2&fill=olive",
        ],
    ),
    (
        "Transparency, of a disc",
        Source::Disc,
        &[
            "width=160",
            "width=160&background=orange",
            "width=160&background=ff000080",
            "width=160&format=jpeg",
            "width=160&padding=0,20&fill=orange",
        ],
    ),
    (
        "Detail",
        Source::Postcard,
        &[
            "width=160",
            "width=160&blur=0.8",
            "width=160&blur=4",
            "width=160&blur=30",
            "width=160&sharpen=1",
            "width=160&sharpen=2,1,5",
            "width=160&unsharp=1,1",
            "width=160&unsharp=5,0.6",
            "width=160&pixelate=8",
            "width=160&obscure=30%25,30%25,30%25,40%25,blur,6",
            "width=160&obscure=10,10,60,50,pixelate,10;50%25,50%25,50%25,50%25,blur,3",
        ],
    ),
    (
        "Colours",
        Source::Postcard,
        &[
            "width=160&exposure=1",
            "width=160&exposure=-1",
            "width=160&gamma=2.2",
            "width=160&brightness=1.4",
            "width=160&lightness=-0.2",
            "width=160&contrast=1.6",
            "width=160&contrast=0.5",
            "width=160&vibrance=0.8",
            "width=160&vibrance=-0.8",
            "width=160&saturation=2",
            "width=160&saturation=0.4",
            "width=160&hue=90",
            "width=160&hue=180",
            "width=160&tone=grayscale",
            "width=160&tone=sepia",
            "width=160&tone=monochrome,teal",
            "width=160&tone=duotone,navy,gold",
            "width=160&tone=duotone,navy,gold,0.5",
            "width=160&tint=orange",
            "width=160&negate=1",
            "width=160&posterize=4",
        ],
    ),
    (
        "Detail of transparent pixels",
        Source::Disc,
        &["width=160&blur=6", "width=160&unsharp=2,1", "width=160&pixelate=12", "width=160&tint=teal"],
    ),
    (
        "Watermarks",
        Source::Postcard,
        &[
            "width=160&watermark=default&watermark-size=30%25",
            "width=160&watermark=default&watermark-size=30%25&watermark-place=south-east,4,4&watermark-opacity=0.6",
            "width=160&watermark=default&watermark-size=30&watermark-place=tile,8,8&watermark-opacity=0.5",
            "width=160&watermark=default",
            "width=160&watermark=default&watermark-blend=multiply",
            "width=160&watermark=default&watermark-blend=screen",
            "width=160&watermark=default&watermark-blend=overlay",
            "width=160&watermark=default&watermark-blend=soft-light",
            "width=160&watermark=default&watermark-blend=difference",
            "width=160&padding=10&mask=circle&watermark=default&watermark-size=40%25&watermark-place=north-west",
        ],
    ),
    (
        "Colour profile, of a source in Display P3",
        Source::DisplayP3,
        &["width=160&profile=srgb", "width=160&profile=strip"],
    ),
    (
        "Format and quality",
        Source::Postcard,
        &[
            "width=160&format=jpeg",
            "width=160&format=jpeg&quality=10",
            "width=160&format=webp",
            "width=160&format=webp&quality=5",
            "width=160&format=webp&lossless=1",
            "width=160&format=png&colors=16",
            "width=160&format=gif&colors=16",
        ],
    ),
];
