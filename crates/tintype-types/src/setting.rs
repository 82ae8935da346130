//! Options one by one: a request lists only what differs from the defaults.

use std::collections::HashSet;
use std::mem::discriminant;

use crate::{
    Alternative, Amount, Angle, Color, Crop, CropRatio, Effort, Error, Extend, Factor, Facts, Fill, Filter,
    Fit, Format, Length, Mask, Metadata, Obscure, Options, Overlay, Position, Profile, Result, Rotation,
    Sharpen, Sides, Subsampling, Tilt, Tone, Trim, Unsharp, Zoom,
};

/// Defines [`Setting`], a case for each field of [`Options`], and the way from the one to the other. `some` marks fields
/// that are `None` by default, and `many` those that are lists, of which a setting is one item.
macro_rules! settings {
    (@set $field:expr, $value:expr) => { $field = $value };
    (@set $field:expr, $value:expr, some) => { $field = Some($value) };
    (@set $field:expr, $value:expr, many) => { $field.push($value) };
    (@changed $field:expr, $default:expr) => { ($field != $default).then(|| $field.clone()) };
    (@changed $field:expr, $default:expr, some) => { $field };
    (@changed $field:expr, $default:expr, many) => { None };
    (@items $settings:ident, $field:expr, $case:expr) => {};
    (@items $settings:ident, $field:expr, $case:expr, some) => {};
    (@items $settings:ident, $field:expr, $case:expr, many) => {
        $settings.extend($field.iter().cloned().map($case));
    };
    (@repeats) => { false };
    (@repeats some) => { false };
    (@repeats many) => { true };
    ($($case:ident($type:ty) = $name:literal => $group:ident$(.$field:ident)? $(($kind:ident))?,)*) => {
        /// An option of [`Options`] with its value. Mirrors `variant setting` of `wit/types.wit`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Setting {
            $(#[doc = concat!("[`Options::", stringify!($group), "`]" $(, ", `", stringify!($field), "`")?)] $case($type),)*
        }

        impl Setting {
            /// The names of all options in the contract.
            pub const NAMES: &[&'static str] = &[$($name),*];

            /// The name of the option in the contract.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$case(_) => $name,)* }
            }

            /// Whether an option may be given several times: each setting adds one to a list.
            pub const fn repeats(&self) -> bool {
                match self { $(Self::$case(_) => settings!(@repeats $($kind)?),)* }
            }
        }

        impl Options {
            /// Changes one option, or adds to a list.
            pub fn set(&mut self, setting: Setting) {
                match setting {
                    $(Setting::$case(value) => {
                        settings!(@set self.$group$(.$field)?, value $(, $kind)?);
                    })*
                }
            }

            /// Lists the options that differ from the defaults, and the items of lists after all others.
            pub fn settings(&self) -> Vec<Setting> {
                let default = Self::default();
                let single = [$(
                    settings!(@changed self.$group$(.$field)?, default.$group$(.$field)? $(, $kind)?)
                        .map(Setting::$case),
                )*];
                let mut settings: Vec<Setting> = single.into_iter().flatten().collect();
                $(settings!(@items settings, self.$group$(.$field)?, Setting::$case $(, $kind)?);)*
                settings
            }
        }
    };
}

settings! {
    AllowDamaged(bool) = "allow-damaged" => input.allow_damaged,
    Page(u32) = "page" => input.page,
    Frames(u32) = "frames" => input.frames,
    AutoOrient(bool) = "auto-orient" => geometry.auto_orient,
    Trim(Trim) = "trim" => geometry.trim (some),
    Inset(Sides) = "inset" => geometry.inset,
    Crop(Crop) = "crop" => geometry.crop (some),
    CropRatio(CropRatio) = "crop-ratio" => geometry.crop_ratio (some),
    Rotate(Rotation) = "rotate" => geometry.rotate,
    FlipHorizontal(bool) = "flip-horizontal" => geometry.flip_horizontal,
    FlipVertical(bool) = "flip-vertical" => geometry.flip_vertical,
    Width(Length) = "width" => geometry.width (some),
    Height(Length) = "height" => geometry.height (some),
    MinWidth(u32) = "min-width" => geometry.min_width (some),
    MinHeight(u32) = "min-height" => geometry.min_height (some),
    MaxSide(u32) = "max-side" => geometry.max_side (some),
    Density(Factor) = "density" => geometry.density,
    Zoom(Zoom) = "zoom" => geometry.zoom,
    Fit(Fit) = "fit" => geometry.fit,
    Enlarge(bool) = "enlarge" => geometry.enlarge,
    Position(Position) = "position" => geometry.position,
    Filter(Filter) = "filter" => geometry.filter,
    Linear(bool) = "linear" => geometry.linear,
    CropResized(Crop) = "crop-resized" => geometry.crop_resized (some),
    Blur(Factor) = "blur" => adjust.blur,
    Sharpen(Sharpen) = "sharpen" => adjust.sharpen (some),
    Unsharp(Unsharp) = "unsharp" => adjust.unsharp (some),
    Pixelate(u32) = "pixelate" => adjust.pixelate,
    Obscure(Obscure) = "obscure" => adjust.obscure (many),
    Exposure(Amount) = "exposure" => adjust.exposure,
    Gamma(Factor) = "gamma" => adjust.gamma,
    Brightness(Factor) = "brightness" => adjust.brightness,
    Lightness(Amount) = "lightness" => adjust.lightness,
    Contrast(Factor) = "contrast" => adjust.contrast,
    Vibrance(Amount) = "vibrance" => adjust.vibrance,
    Saturation(Factor) = "saturation" => adjust.saturation,
    Hue(Angle) = "hue" => adjust.hue,
    Tone(Tone) = "tone" => adjust.tone (some),
    Tint(Color) = "tint" => adjust.tint (some),
    Negate(bool) = "negate" => adjust.negate,
    Posterize(u32) = "posterize" => adjust.posterize,
    Extend(Extend) = "extend" => geometry.extend (some),
    Tilt(Tilt) = "tilt" => geometry.tilt (some),
    Padding(Sides) = "padding" => geometry.padding,
    Mask(Mask) = "mask" => geometry.mask (some),
    Fill(Fill) = "fill" => geometry.fill (some),
    Background(Color) = "background" => geometry.background (some),
    Overlay(Overlay) = "overlay" => overlays (many),
    Format(Format) = "format" => output.format,
    Alternative(Alternative) = "alternative" => alternatives (many),
    Quality(u32) = "quality" => output.quality (some),
    AutoQuality(bool) = "auto-quality" => output.auto_quality,
    MaxBytes(u32) = "max-bytes" => output.max_bytes (some),
    Lossless(bool) = "lossless" => output.lossless,
    NearLossless(u32) = "near-lossless" => output.near_lossless,
    Effort(Effort) = "effort" => output.effort,
    Progressive(bool) = "progressive" => output.progressive (some),
    Subsampling(Subsampling) = "subsampling" => output.subsampling,
    SharpChroma(bool) = "sharp-chroma" => output.sharp_chroma,
    BitDepth(u32) = "bit-depth" => output.bit_depth,
    Colors(u32) = "colors" => output.colors (some),
    Profile(Profile) = "profile" => output.profile,
    Metadata(Metadata) = "metadata" => output.metadata,
    Location(bool) = "location" => output.location,
    Loop(u32) = "loop" => output.loops (some),
    Delay(u32) = "delay" => output.delay (some),
    Describe(Facts) = "describe" => output.describe (some),
    MaxSourceBytes(u64) = "max-source-bytes" => limits.source_bytes,
    MaxSourcePixels(u64) = "max-source-pixels" => limits.source_pixels,
    MaxFrames(u32) = "max-frames" => limits.frames,
    MaxFramePixels(u64) = "max-frame-pixels" => limits.frame_pixels,
    MaxOutputSide(u32) = "max-output-side" => limits.output_side,
    MaxOutputPixels(u64) = "max-output-pixels" => limits.output_pixels,
    MaxMemory(u64) = "max-memory" => limits.memory,
    MaxWork(u64) = "max-work" => limits.work,
}

/// What is wrong with an option that was given before.
const fn twice(setting: &Setting) -> &'static str {
    match setting {
        Setting::Width(_) => "is given twice, or together with width-share",
        Setting::Height(_) => "is given twice, or together with height-share",
        _ => "is given twice",
    }
}

impl Options {
    /// The defaults with these changes.
    ///
    /// ```
    /// use tintype_types::{Format, Length, Options, Setting};
    ///
    /// let options = Options::with([Setting::Width(Length::Pixels(800)), Setting::Format(Format::Jpeg)])?;
    /// assert_eq!(options.settings().len(), 2);
    /// # Ok::<(), tintype_types::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`] if an option is given twice.
    pub fn with(settings: impl IntoIterator<Item = Setting>) -> Result<Self> {
        let mut options = Self::default();
        let mut given = HashSet::new();
        for setting in settings {
            if !given.insert(discriminant(&setting)) && !setting.repeats() {
                return Err(Error::invalid(setting.name(), twice(&setting)));
            }
            options.set(setting);
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Gravity, Smart};

    #[test]
    fn the_defaults_need_no_setting() {
        assert_eq!(Options::default().settings(), []);
        assert_eq!(Options::with([]), Ok(Options::default()));
    }

    #[test]
    fn settings_come_back_as_they_were_given_and_only_these() {
        let given = [
            Setting::AllowDamaged(false),
            Setting::Crop(Crop {
                width: Length::Pixels(3),
                height: Length::WHOLE,
                position: Position::gravity(Gravity::East),
            }),
            Setting::Width(Length::Pixels(800)),
            Setting::Position(Position::Smart(Smart::Entropy)),
            Setting::Quality(3),
            Setting::MaxWork(1),
        ];
        assert_eq!(Options::with(given.clone()).unwrap().settings(), given);
    }

    #[test]
    fn an_option_that_is_given_twice_is_an_error() {
        let twice = [Setting::Quality(3), Setting::Lossless(true), Setting::Quality(3)];
        assert_eq!(Options::with(twice), Err(Error::invalid("quality", "is given twice")));
        let both = [Setting::Width(Length::Pixels(3)), Setting::Width(Length::WHOLE)];
        let detail = "is given twice, or together with width-share";
        assert_eq!(Options::with(both), Err(Error::invalid("width", detail)));
    }
}
