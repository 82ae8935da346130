//! Conversions between these types and the generated bindings of `tintype:image/types`, which mirror each other.

mod adjust;

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
///
/// Values of the contract that may be out of range, and settings made of them, are converted by `TryFrom`.
#[macro_export]
macro_rules! contract {
    ($bindings:path) => {
        const _: () = {
            use $bindings as wit;

            $crate::same_cases! { wit::Format, $crate::Format: Jpeg, Png, Webp, Gif, Avif, Jxl, Tiff, Bmp, Svg, Heic, Ico, Qoi, Pnm }
            $crate::same_cases! { wit::Fit, $crate::Fit: Contain, Cover, Crop, Fill, Stretch, Outside, Pad, Auto }
            $crate::same_cases! {
                wit::Gravity, $crate::Gravity:
                Center, North, NorthEast, East, SouthEast, South, SouthWest, West, NorthWest
            }
            $crate::same_cases! { wit::Smart, $crate::Smart: Attention, Entropy }
            $crate::same_cases! { wit::Rotation, $crate::Rotation: None, Quarter, Half, ThreeQuarters }
            $crate::same_cases! { wit::Filter, $crate::Filter: Box, Bilinear, CatmullRom, Mitchell, Lanczos3 }
            $crate::same_cases! { wit::Extent, $crate::Extent: Size, Ratio }
            $crate::same_cases! { wit::Effort, $crate::Effort: Fast, Default, Best }
            $crate::same_cases! { wit::Subsampling, $crate::Subsampling: Auto, Half, Full }
            $crate::same_cases! { wit::Profile, $crate::Profile: Srgb, Keep, Strip }
            $crate::same_cases! {
                wit::Blend, $crate::Blend: Over, Multiply, Screen, Overlay, SoftLight, Difference
            }
            $crate::same_cases! { wit::Metadata, $crate::Metadata: Strip, Copyright, Keep }
            $crate::same_cases! { wit::ColorModel, $crate::ColorModel: Gray, Rgb, Palette, Cmyk }
            $crate::same_cases! {
                wit::Limit, $crate::Limit: SourceBytes, SourcePixels, Frames, FramePixels, OutputSide, OutputPixels, Memory, Work
            }

            $crate::same_fields! { wit::Sides, $crate::Sides: top, right, bottom, left }
            $crate::same_fields! {
                wit::Source, $crate::Source: format, width, height, orientation, color, bit_depth, alpha
            }
            $crate::same_fields! { wit::Outline, $crate::Outline: format, width, height, source }
            $crate::same_fields! { wit::Alternative, $crate::Alternative: format, quality }
            $crate::same_fields! { wit::Animation, $crate::Animation: loops, duration }
            $crate::same_fields! { wit::IccProfile, $crate::IccProfile: size, name, usable }
            $crate::same_fields! { wit::Looks, $crate::Looks: palette, blurhash_x, blurhash_y }
            $crate::contract!(@info);
            $crate::contract!(@options);

            impl From<$crate::Error> for wit::Failure {
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

            impl From<wit::Failure> for $crate::Error {
                fn from(error: wit::Failure) -> Self {
                    use wit::Failure as Theirs;
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

    // Facts about an image, whose parts may be missing.
    (@info) => {
        impl From<wit::Facts> for $crate::Facts {
            fn from(facts: wit::Facts) -> Self {
                Self { pixels: facts.pixels.map(Into::into), location: facts.location }
            }
        }

        impl From<$crate::Facts> for wit::Facts {
            fn from(facts: $crate::Facts) -> Self {
                Self { pixels: facts.pixels.map(Into::into), location: facts.location }
            }
        }

        impl From<$crate::Location> for wit::Location {
            fn from(location: $crate::Location) -> Self {
                let degrees = |millionths: i32| f64::from(millionths) / 1e6;
                Self { latitude: degrees(location.latitude), longitude: degrees(location.longitude) }
            }
        }

        impl From<wit::Location> for $crate::Location {
            fn from(location: wit::Location) -> Self {
                let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
                Self { latitude: millionths(location.latitude), longitude: millionths(location.longitude) }
            }
        }

        $crate::contract!(@exif wit::Exif, $crate::Exif);
        $crate::contract!(@exif $crate::Exif, wit::Exif);

        impl From<$crate::Pixels> for wit::Pixels {
            fn from(pixels: $crate::Pixels) -> Self {
                let $crate::Pixels { average, palette, thumbhash, blurhash, difference_hash, attention } = pixels;
                Self {
                    average: average.into(),
                    palette: palette.into_iter().map(Into::into).collect(),
                    thumbhash,
                    blurhash,
                    difference_hash,
                    attention: wit::FocalPoint { x: attention.x.into(), y: attention.y.into() },
                }
            }
        }

        impl From<wit::Pixels> for $crate::Pixels {
            fn from(pixels: wit::Pixels) -> Self {
                let wit::Pixels { average, palette, thumbhash, blurhash, difference_hash, attention } = pixels;
                // What the engine says is in range.
                let color = |color: wit::Color| color.try_into().unwrap_or($crate::Color::TRANSPARENT);
                let share = |share: f64| share.try_into().unwrap_or($crate::Factor::ZERO);
                Self {
                    average: color(average),
                    palette: palette.into_iter().map(color).collect(),
                    thumbhash,
                    blurhash,
                    difference_hash,
                    attention: $crate::Point { x: share(attention.x), y: share(attention.y) },
                }
            }
        }

        $crate::contract!(@whole wit::Info, $crate::Info);
        $crate::contract!(@whole $crate::Info, wit::Info);
    };

    (@exif $from:ty, $to:ty) => {
        impl From<$from> for $to {
            fn from(exif: $from) -> Self {
                Self {
                    make: exif.make,
                    model: exif.model,
                    taken: exif.taken,
                    artist: exif.artist,
                    copyright: exif.copyright,
                    lens: exif.lens,
                    software: exif.software,
                    exposure_time: exif.exposure_time,
                    f_number: exif.f_number,
                    iso: exif.iso,
                    focal_length: exif.focal_length,
                    has_location: exif.has_location,
                    location: exif.location.map(Into::into),
                }
            }
        }
    };

    (@whole $from:ty, $to:ty) => {
        impl From<$from> for $to {
            fn from(info: $from) -> Self {
                Self {
                    source: info.source.into(),
                    frames: info.frames,
                    animation: info.animation.map(Into::into),
                    icc_profile: info.icc_profile.map(Into::into),
                    exif: info.exif.map(Into::into),
                    progressive: info.progressive,
                    chroma_subsampling: info.chroma_subsampling,
                    quality: info.quality,
                    pixels: info.pixels.map(Into::into),
                }
            }
        }
    };

    // Values that may be out of range, and settings made of them.
    (@options) => {
        type Checked<T> = ::std::result::Result<T, $crate::OutOfRange>;

        impl TryFrom<wit::Length> for $crate::Length {
            type Error = $crate::OutOfRange;

            fn try_from(length: wit::Length) -> Checked<Self> {
                Ok(match length {
                    wit::Length::Pixels(pixels) => Self::Pixels(pixels),
                    wit::Length::Share(share) => Self::Share(share.try_into().map_err(|_| $crate::OutOfRange::LENGTH)?),
                })
            }
        }

        impl From<$crate::Length> for wit::Length {
            fn from(length: $crate::Length) -> Self {
                match length {
                    $crate::Length::Pixels(pixels) => Self::Pixels(pixels),
                    $crate::Length::Share(share) => Self::Share(share.into()),
                }
            }
        }

        impl TryFrom<wit::Offset> for $crate::Offset {
            type Error = $crate::OutOfRange;

            fn try_from(offset: wit::Offset) -> Checked<Self> {
                match offset {
                    wit::Offset::Pixels(pixels) => Ok(Self::Pixels(pixels)),
                    wit::Offset::Share(share) => Self::share(share),
                }
            }
        }

        impl From<$crate::Offset> for wit::Offset {
            fn from(offset: $crate::Offset) -> Self {
                match offset {
                    $crate::Offset::Pixels(pixels) => Self::Pixels(pixels),
                    $crate::Offset::Millionths(millionths) => Self::Share(f64::from(millionths) / 1e6),
                }
            }
        }

        impl TryFrom<wit::Color> for $crate::Color {
            type Error = $crate::OutOfRange;

            fn try_from(color: wit::Color) -> Checked<Self> {
                let channel = |value: u32| u8::try_from(value).map_err(|_| $crate::OutOfRange::CHANNEL);
                let [red, green, blue] = [channel(color.red)?, channel(color.green)?, channel(color.blue)?];
                Ok(Self { red, green, blue, alpha: channel(color.alpha.unwrap_or(255))? })
            }
        }

        impl From<$crate::Color> for wit::Color {
            fn from(color: $crate::Color) -> Self {
                let $crate::Color { red, green, blue, alpha } = color;
                let [red, green, blue, alpha] = [red, green, blue, alpha].map(u32::from);
                Self { red, green, blue, alpha: Some(alpha) }
            }
        }

        impl TryFrom<wit::Position> for $crate::Position {
            type Error = $crate::OutOfRange;

            fn try_from(position: wit::Position) -> Checked<Self> {
                Ok(match position {
                    wit::Position::Gravity(gravity) => Self::gravity(gravity.into()),
                    wit::Position::Offset(wit::GravityOffset { gravity, x, y }) => {
                        Self::Gravity { gravity: gravity.into(), x: x.try_into()?, y: y.try_into()? }
                    }
                    wit::Position::At(wit::Corner { x, y }) => Self::At { x: x.try_into()?, y: y.try_into()? },
                    wit::Position::FocalPoint(wit::FocalPoint { x, y }) => {
                        let share = |share: f64| share.try_into().map_err(|_| $crate::OutOfRange::FOCAL_POINT);
                        Self::FocalPoint { x: share(x)?, y: share(y)? }
                    }
                    wit::Position::Smart(smart) => Self::Smart(smart.into()),
                })
            }
        }

        impl From<$crate::Position> for wit::Position {
            fn from(position: $crate::Position) -> Self {
                use $crate::Position as Ours;
                match position {
                    Ours::Gravity { gravity, x, y } if x.is_zero() && y.is_zero() => Self::Gravity(gravity.into()),
                    Ours::Gravity { gravity, x, y } => {
                        Self::Offset(wit::GravityOffset { gravity: gravity.into(), x: x.into(), y: y.into() })
                    }
                    Ours::At { x, y } => Self::At(wit::Corner { x: x.into(), y: y.into() }),
                    Ours::FocalPoint { x, y } => Self::FocalPoint(wit::FocalPoint { x: x.into(), y: y.into() }),
                    Ours::Smart(smart) => Self::Smart(smart.into()),
                }
            }
        }

        impl TryFrom<wit::Crop> for $crate::Crop {
            type Error = $crate::OutOfRange;

            fn try_from(crop: wit::Crop) -> Checked<Self> {
                let wit::Crop { width, height, position } = crop;
                Ok(Self { width: width.try_into()?, height: height.try_into()?, position: position.try_into()? })
            }
        }

        impl From<$crate::Crop> for wit::Crop {
            fn from(crop: $crate::Crop) -> Self {
                let $crate::Crop { width, height, position } = crop;
                Self { width: width.into(), height: height.into(), position: position.into() }
            }
        }

        impl TryFrom<wit::CropRatio> for $crate::CropRatio {
            type Error = $crate::OutOfRange;

            fn try_from(crop: wit::CropRatio) -> Checked<Self> {
                let ratio = crop.ratio.try_into().map_err(|_| $crate::OutOfRange::RATIO)?;
                Ok(Self { ratio, enlarge: crop.enlarge })
            }
        }

        impl From<$crate::CropRatio> for wit::CropRatio {
            fn from(crop: $crate::CropRatio) -> Self {
                Self { ratio: crop.ratio.into(), enlarge: crop.enlarge }
            }
        }

        impl TryFrom<wit::Trim> for $crate::Trim {
            type Error = $crate::OutOfRange;

            fn try_from(trim: wit::Trim) -> Checked<Self> {
                let wit::Trim { threshold, color, equal_horizontal, equal_vertical } = trim;
                let color = color.map(TryInto::try_into).transpose()?;
                Ok(Self { threshold, color, equal_horizontal, equal_vertical })
            }
        }

        impl From<$crate::Trim> for wit::Trim {
            fn from(trim: $crate::Trim) -> Self {
                let $crate::Trim { threshold, color, equal_horizontal, equal_vertical } = trim;
                Self { threshold, color: color.map(Into::into), equal_horizontal, equal_vertical }
            }
        }

        impl TryFrom<wit::Extend> for $crate::Extend {
            type Error = $crate::OutOfRange;

            fn try_from(extend: wit::Extend) -> Checked<Self> {
                Ok(Self { to: extend.to.into(), position: extend.position.try_into()? })
            }
        }

        impl From<$crate::Extend> for wit::Extend {
            fn from(extend: $crate::Extend) -> Self {
                Self { to: extend.to.into(), position: extend.position.into() }
            }
        }

        impl TryFrom<wit::Zoom> for $crate::Zoom {
            type Error = $crate::OutOfRange;

            fn try_from(zoom: wit::Zoom) -> Checked<Self> {
                Ok(Self { x: zoom.x.try_into()?, y: zoom.y.try_into()? })
            }
        }

        impl From<$crate::Zoom> for wit::Zoom {
            fn from(zoom: $crate::Zoom) -> Self {
                Self { x: zoom.x.into(), y: zoom.y.into() }
            }
        }

        impl TryFrom<wit::Tilt> for $crate::Tilt {
            type Error = $crate::OutOfRange;

            fn try_from(tilt: wit::Tilt) -> Checked<Self> {
                let background = tilt.background.map(TryInto::try_into).transpose()?;
                Ok(Self { angle: tilt.degrees.try_into()?, background })
            }
        }

        impl From<$crate::Tilt> for wit::Tilt {
            fn from(tilt: $crate::Tilt) -> Self {
                Self { degrees: tilt.angle.into(), background: tilt.background.map(Into::into) }
            }
        }

        $crate::mask_shapes! {
            Circle Ellipse Triangle TriangleDown Pentagon PentagonDown Hexagon Diamond Star Heart
        }

        impl TryFrom<wit::Mask> for $crate::Mask {
            type Error = $crate::OutOfRange;

            fn try_from(mask: wit::Mask) -> Checked<Self> {
                let outside = mask.outside.map(TryInto::try_into).transpose()?;
                Ok(Self { shape: mask.shape.into(), trim: mask.trim, outside })
            }
        }

        impl From<$crate::Mask> for wit::Mask {
            fn from(mask: $crate::Mask) -> Self {
                Self { shape: mask.shape.into(), trim: mask.trim, outside: mask.outside.map(Into::into) }
            }
        }

        impl TryFrom<wit::Fill> for $crate::Fill {
            type Error = $crate::OutOfRange;

            fn try_from(fill: wit::Fill) -> Checked<Self> {
                Ok(match fill {
                    wit::Fill::Color(color) => Self::Color(color.try_into()?),
                    wit::Fill::Blur => Self::Blur,
                    wit::Fill::Edge => Self::Edge,
                    wit::Fill::Mirror => Self::Mirror,
                })
            }
        }

        impl From<$crate::Fill> for wit::Fill {
            fn from(fill: $crate::Fill) -> Self {
                match fill {
                    $crate::Fill::Color(color) => Self::Color(color.into()),
                    $crate::Fill::Blur => Self::Blur,
                    $crate::Fill::Edge => Self::Edge,
                    $crate::Fill::Mirror => Self::Mirror,
                }
            }
        }

        $crate::adjustments! {}

        $crate::settings! {
            AllowDamaged Page Frames AutoOrient Trim Inset Crop CropRatio Rotate FlipHorizontal FlipVertical
            [Width WidthShare] [Height HeightShare] MinWidth MinHeight MaxSide Density Zoom Fit Enlarge Position Filter Linear
            CropResized Blur Sharpen Unsharp Pixelate Obscure Exposure Gamma Brightness Lightness Contrast Vibrance
            Saturation Hue Tone Tint Negate Posterize Extend Tilt Padding Mask Fill Background Overlay
            Format Alternative Quality AutoQuality MaxBytes Lossless NearLossless Effort Progressive Subsampling SharpChroma BitDepth Colors Profile
            Metadata Location Loop Delay Describe
            MaxSourceBytes MaxSourcePixels MaxFrames MaxFramePixels MaxOutputSide MaxOutputPixels MaxMemory MaxWork
        }
    };
}

/// Implements the conversions between the two enums of shapes.
#[doc(hidden)]
#[macro_export]
macro_rules! mask_shapes {
    ($($case:ident)*) => {
        impl From<wit::MaskShape> for $crate::MaskShape {
            fn from(shape: wit::MaskShape) -> Self {
                match shape {
                    wit::MaskShape::Rounded(radius) => Self::Rounded(radius),
                    $(wit::MaskShape::$case => Self::$case,)*
                }
            }
        }

        impl From<$crate::MaskShape> for wit::MaskShape {
            fn from(shape: $crate::MaskShape) -> Self {
                match shape {
                    $crate::MaskShape::Rounded(radius) => Self::Rounded(radius),
                    $($crate::MaskShape::$case => Self::$case,)*
                }
            }
        }
    };
}

/// Implements the conversions between the two enums of settings. A pair in brackets is two cases of the contract, for
/// pixels and for a share, and one of ours.
#[doc(hidden)]
#[macro_export]
macro_rules! settings {
    ($($case:ident)* $([$sided:ident $share:ident] $($more:ident)*)*) => {
        impl TryFrom<wit::Setting> for $crate::Setting {
            type Error = $crate::Error;

            fn try_from(setting: wit::Setting) -> ::std::result::Result<Self, $crate::Error> {
                match setting {
                    $(wit::Setting::$case(value) => $crate::checked(stringify!($case), value, Self::$case),)*
                    $(
                        wit::Setting::$sided(pixels) => Ok(Self::$sided($crate::Length::Pixels(pixels))),
                        wit::Setting::$share(share) => {
                            $crate::checked(stringify!($share), share, |share| Self::$sided($crate::Length::Share(share)))
                        }
                        $(wit::Setting::$more(value) => $crate::checked(stringify!($more), value, Self::$more),)*
                    )*
                }
            }
        }

        impl From<$crate::Setting> for wit::Setting {
            fn from(setting: $crate::Setting) -> Self {
                use $crate::{Length, Setting as Ours};
                match setting {
                    $(Ours::$case(value) => Self::$case(value.into()),)*
                    $(
                        Ours::$sided(Length::Pixels(pixels)) => Self::$sided(pixels),
                        Ours::$sided(Length::Share(share)) => Self::$share(share.into()),
                        $(Ours::$more(value) => Self::$more(value.into()),)*
                    )*
                }
            }
        }
    };
}

/// Makes a setting of a value of the contract. `case` is the name of the setting's case.
///
/// # Errors
///
/// [`Error::InvalidOption`](crate::Error::InvalidOption) if the value is out of range.
#[doc(hidden)]
pub fn checked<T, U: TryFrom<T, Error: std::fmt::Display>>(
    case: &str,
    value: T,
    setting: impl FnOnce(U) -> crate::Setting,
) -> crate::Result<crate::Setting> {
    value.try_into().map(setting).map_err(|why: U::Error| {
        let name = kebab(case);
        // The others say what they accept themselves: they are more than a number.
        let detail = match name.as_str() {
            "density" | "zoom" => crate::OutOfRange::DENSITY.to_string(),
            "width-share" | "height-share" => crate::OutOfRange::SHARE.to_string(),
            name => {
                crate::adjust::accepted(name).map_or_else(|| why.to_string(), |accepted| accepted.to_string())
            }
        };
        crate::Error::InvalidOption { name: name.into(), detail }
    })
}

/// The name in the contract of a case that is called `case` here: `CropRatio` is `crop-ratio`.
fn kebab(case: &str) -> String {
    let mut name = String::new();
    for letter in case.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// Implements `From` in both directions between enums whose cases have the same names.
#[doc(hidden)]
#[macro_export]
macro_rules! same_cases {
    ($wit:ty, $ours:ty: $($case:ident),*) => {
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

/// Implements `From` in both directions between records whose fields have the same names.
#[doc(hidden)]
#[macro_export]
macro_rules! same_fields {
    ($wit:ty, $ours:ty: $($field:ident),*) => {
        impl From<$wit> for $ours {
            fn from(value: $wit) -> Self {
                Self { $($field: value.$field.into(),)* }
            }
        }
        impl From<$ours> for $wit {
            fn from(value: $ours) -> Self {
                Self { $($field: value.$field.into(),)* }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Factor, Setting};

    #[test]
    fn a_value_out_of_range_names_its_setting_and_what_it_accepts() {
        let error = checked("Density", f64::NAN, |factor: Factor| Setting::Density(factor)).unwrap_err();
        assert_eq!(error.to_string(), "the option density is out of range; accepted is 0.01 to 100");
        assert_eq!(kebab("MaxSourceBytes"), "max-source-bytes");
    }
}
