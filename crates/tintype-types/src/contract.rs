//! Conversions between these types and the generated bindings of `tintype:image/types`, which mirror each other.

/// Implements `From` in both directions between these types and the bindings that `wit_bindgen` generates for
/// `interface types`.
///
/// Every component has bindings of its own, but the conversions are the same: each component that exports or imports
/// the contract invokes this macro once, with the path of its bindings.
///
/// ```ignore
/// mod bindings { wit_bindgen::generate!({ path: "wit", world: "resizer" }); }
/// tintype_types::contract!(crate::bindings::exports::tintype::image::types);
/// ```
#[macro_export]
macro_rules! contract {
    ($bindings:path) => {
        const _: () = {
            use $bindings as wit;

            $crate::same_cases!(
                wit::Format,
                $crate::Format { Jpeg, Png, Webp, Gif, Avif, Jxl, Tiff, Bmp, Svg, Heic }
            );
            $crate::same_cases!(wit::Fit, $crate::Fit { Contain, Cover, Fill });
            $crate::same_cases!(
                wit::Gravity,
                $crate::Gravity {
                    Center,
                    North,
                    NorthEast,
                    East,
                    SouthEast,
                    South,
                    SouthWest,
                    West,
                    NorthWest
                }
            );
            $crate::same_cases!(wit::Rotation, $crate::Rotation { None, Quarter, Half, ThreeQuarters });
            $crate::same_cases!(
                wit::Filter,
                $crate::Filter { Box, Bilinear, CatmullRom, Mitchell, Lanczos3 }
            );
            $crate::same_cases!(wit::ColorModel, $crate::ColorModel { Gray, Rgb, Palette, Cmyk });
            $crate::same_cases!(
                wit::Limit,
                $crate::Limit { SourceBytes, SourcePixels, OutputSide, OutputPixels, Memory, Work }
            );

            $crate::same_fields!(wit::Region, $crate::Region { x, y, width, height });
            $crate::same_fields!(wit::Color, $crate::Color { red, green, blue, alpha });
            $crate::same_fields!(
                wit::Limits,
                $crate::Limits { source_bytes, source_pixels, output_side, output_pixels, memory, work }
            );
            $crate::same_fields!(wit::Input, $crate::Input { accept_damage });
            $crate::same_fields!(wit::Geometry, $crate::Geometry {
                auto_orient, flip_horizontal, flip_vertical, width, height, enlarge;
                into rotate, fit, gravity, filter;
                optional crop, background
            });
    $crate::same_fields!(wit::Output, $crate::Output { quality, lossless; into format });
    $crate::same_fields!(wit::Options, $crate::Options {; into input, geometry, output, limits });
            $crate::same_fields!(wit::Source, $crate::Source {
                width, height, orientation, bit_depth, alpha; into format, color
            });
    $crate::same_fields!(wit::Outline, $crate::Outline { width, height; into format, source });
            $crate::same_fields!(
                wit::Exif,
                $crate::Exif { make, model, taken, artist, copyright, has_location }
            );
    $crate::same_fields!(wit::Info, $crate::Info { frames, icc_profile; into source; optional exif });

            impl From<$crate::Error> for wit::Error {
                fn from(error: $crate::Error) -> Self {
                    use $crate::Error as Ours;
                    match error {
                        Ours::Unrecognized => Self::Unrecognized,
                        Ours::Unsupported { format, feature } => {
                            Self::Unsupported(wit::Unsupported { format: format.into(), feature })
                        }
                        Ours::Malformed { format, detail } => {
                            Self::Malformed(wit::Malformed { format: format.into(), detail })
                        }
                        Ours::InvalidOption { name, detail } => {
                            Self::InvalidOption(wit::InvalidOption { name: name.into(), detail })
                        }
                        Ours::LimitExceeded { limit, allowed, needed } => {
                            Self::LimitExceeded(wit::LimitExceeded { limit: limit.into(), allowed, needed })
                        }
                        Ours::Ended => Self::Ended,
                        Ours::Internal(detail) => Self::Internal(detail),
                    }
                }
            }

            impl From<wit::Error> for $crate::Error {
                fn from(error: wit::Error) -> Self {
                    use wit::Error as Theirs;
                    match error {
                        Theirs::Unrecognized => Self::Unrecognized,
                        Theirs::Unsupported(wit::Unsupported { format, feature }) => {
                            Self::Unsupported { format: format.into(), feature }
                        }
                        Theirs::Malformed(wit::Malformed { format, detail }) => {
                            Self::Malformed { format: format.into(), detail }
                        }
                        Theirs::InvalidOption(wit::InvalidOption { name, detail }) => {
                            Self::InvalidOption { name: name.into(), detail }
                        }
                        Theirs::LimitExceeded(wit::LimitExceeded { limit, allowed, needed }) => {
                            Self::LimitExceeded { limit: limit.into(), allowed, needed }
                        }
                        Theirs::Ended => Self::Ended,
                        Theirs::Internal(detail) => Self::Internal(detail),
                    }
                }
            }
        };
    };
}

/// Implements `From` in both directions between enums whose cases have the same names.
#[doc(hidden)]
#[macro_export]
macro_rules! same_cases {
    ($wit:ty, $ours:ty { $($case:ident),* $(,)? }) => {
        impl From<$wit> for $ours {
            fn from(value: $wit) -> Self {
                match value { $(<$wit>::$case => Self::$case),* }
            }
        }
        impl From<$ours> for $wit {
            fn from(value: $ours) -> Self {
                match value { $(<$ours>::$case => Self::$case),* }
            }
        }
    };
}

/// Implements `From` in both directions between records whose fields have the same names. Lists fields of the same type
/// first, then fields to convert, then optional fields to convert.
#[doc(hidden)]
#[macro_export]
macro_rules! same_fields {
    ($wit:ty, $ours:ty {
        $($same:ident),*
        $(; into $($converted:ident),+)?
        $(; optional $($optional:ident),+)? $(,)?
    }) => {
        $crate::same_fields!(@one $wit => $ours { $($same)*; $($($converted)+)?; $($($optional)+)? });
        $crate::same_fields!(@one $ours => $wit { $($same)*; $($($converted)+)?; $($($optional)+)? });
    };
    (@one $from:ty => $to:ty { $($same:ident)*; $($converted:ident)*; $($optional:ident)* }) => {
        impl From<$from> for $to {
            fn from(value: $from) -> Self {
                Self {
                    $($same: value.$same,)*
                    $($converted: value.$converted.into(),)*
                    $($optional: value.$optional.map(Into::into),)*
                }
            }
        }
    };
}
