//! Between the contract's types and the engine's, which mirror each other.

use crate::bindings::exports::tintype::image::types as wit;

/// Converts between enums whose cases have the same names.
macro_rules! same_cases {
    ($from:ty => $to:ty { $($case:ident),* $(,)? }) => {
        impl From<$from> for $to {
            fn from(value: $from) -> Self {
                match value { $(<$from>::$case => Self::$case),* }
            }
        }
    };
}

/// Converts between records whose fields have the same names.
macro_rules! same_fields {
    ($from:ty => $to:ty { $($field:ident),* $(,)? } $({ $($converted:ident),* $(,)? })?) => {
        impl From<$from> for $to {
            fn from(value: $from) -> Self {
                Self { $($field: value.$field,)* $($($converted: value.$converted.into(),)*)? }
            }
        }
    };
}

same_cases!(wit::Format => tintype::Format { Jpeg, Png, Webp, Gif, Avif, Jxl, Tiff, Bmp, Svg, Heic });
same_cases!(tintype::Format => wit::Format { Jpeg, Png, Webp, Gif, Avif, Jxl, Tiff, Bmp, Svg, Heic });
same_cases!(wit::Fit => tintype::Fit { Contain, Cover, Fill });
same_cases!(tintype::Fit => wit::Fit { Contain, Cover, Fill });
same_cases!(wit::Gravity => tintype::Gravity {
    Center, North, NorthEast, East, SouthEast, South, SouthWest, West, NorthWest
});
same_cases!(tintype::Gravity => wit::Gravity {
    Center, North, NorthEast, East, SouthEast, South, SouthWest, West, NorthWest
});
same_cases!(wit::Rotation => tintype::Rotation { None, Quarter, Half, ThreeQuarters });
same_cases!(tintype::Rotation => wit::Rotation { None, Quarter, Half, ThreeQuarters });
same_cases!(wit::Filter => tintype::Filter { Box, Bilinear, CatmullRom, Mitchell, Lanczos3 });
same_cases!(tintype::Filter => wit::Filter { Box, Bilinear, CatmullRom, Mitchell, Lanczos3 });
same_cases!(tintype::ColorModel => wit::ColorModel { Gray, Rgb, Palette, Cmyk });
same_cases!(tintype::Limit => wit::Limit { SourceBytes, SourcePixels, OutputSide, OutputPixels, Memory });

same_fields!(wit::Region => tintype::Region { x, y, width, height });
same_fields!(tintype::Region => wit::Region { x, y, width, height });
same_fields!(wit::Color => tintype::Color { red, green, blue, alpha });
same_fields!(tintype::Color => wit::Color { red, green, blue, alpha });
same_fields!(wit::Limits => tintype::Limits { source_bytes, source_pixels, output_side, output_pixels, memory });
same_fields!(tintype::Limits => wit::Limits { source_bytes, source_pixels, output_side, output_pixels, memory });
same_fields!(wit::Input => tintype::Input { accept_damage });
same_fields!(tintype::Input => wit::Input { accept_damage });
same_fields!(wit::Output => tintype::Output { quality, lossless } { format });
same_fields!(tintype::Output => wit::Output { quality, lossless } { format });
same_fields!(wit::Options => tintype::Options {} { input, geometry, output, limits });
same_fields!(tintype::Options => wit::Options {} { input, geometry, output, limits });
same_fields!(tintype::Source => wit::Source { width, height, orientation, bit_depth, alpha } { format, color });
same_fields!(tintype::Outline => wit::Outline { width, height } { format, source });
same_fields!(tintype::Exif => wit::Exif { make, model, taken, artist, copyright, has_location });

/// Converts geometry, whose optional fields are converted inside.
macro_rules! geometry {
    ($from:ty => $to:ty) => {
        impl From<$from> for $to {
            fn from(value: $from) -> Self {
                Self {
                    auto_orient: value.auto_orient,
                    crop: value.crop.map(Into::into),
                    rotate: value.rotate.into(),
                    flip_horizontal: value.flip_horizontal,
                    flip_vertical: value.flip_vertical,
                    width: value.width,
                    height: value.height,
                    fit: value.fit.into(),
                    enlarge: value.enlarge,
                    gravity: value.gravity.into(),
                    filter: value.filter.into(),
                    background: value.background.map(Into::into),
                }
            }
        }
    };
}

geometry!(wit::Geometry => tintype::Geometry);
geometry!(tintype::Geometry => wit::Geometry);

impl From<tintype::Info> for wit::Info {
    fn from(info: tintype::Info) -> Self {
        Self {
            source: info.source.into(),
            frames: info.frames,
            icc_profile: info.icc_profile,
            exif: info.exif.map(Into::into),
        }
    }
}

impl From<tintype::Error> for wit::Error {
    fn from(error: tintype::Error) -> Self {
        use tintype::Error;
        match error {
            Error::Unrecognized => Self::Unrecognized,
            Error::Unsupported { format, feature } => {
                Self::Unsupported(wit::Unsupported { format: format.into(), feature })
            }
            Error::Malformed { format, detail } => {
                Self::Malformed(wit::Malformed { format: format.into(), detail })
            }
            Error::InvalidOption { name, detail } => {
                Self::InvalidOption(wit::InvalidOption { name: name.into(), detail })
            }
            Error::LimitExceeded { limit, allowed, needed } => {
                Self::LimitExceeded(wit::LimitExceeded { limit: limit.into(), allowed, needed })
            }
            Error::Ended => Self::Ended,
            Error::Internal(detail) => Self::Internal(detail),
        }
    }
}
