//! Conversions of adjustments and overlays.

/// Implements the conversions of adjustments and overlays.
#[doc(hidden)]
#[macro_export]
macro_rules! adjustments {
    () => {
        impl TryFrom<wit::Sharpen> for $crate::Sharpen {
            type Error = $crate::OutOfRange;

            fn try_from(wit::Sharpen { sigma, flat, jagged }: wit::Sharpen) -> Checked<Self> {
                Ok(Self { sigma: sigma.try_into()?, flat: flat.try_into()?, jagged: jagged.try_into()? })
            }
        }

        impl From<$crate::Sharpen> for wit::Sharpen {
            fn from($crate::Sharpen { sigma, flat, jagged }: $crate::Sharpen) -> Self {
                Self { sigma: sigma.into(), flat: flat.into(), jagged: jagged.into() }
            }
        }

        impl TryFrom<wit::Unsharp> for $crate::Unsharp {
            type Error = $crate::OutOfRange;

            fn try_from(wit::Unsharp { sigma, amount, threshold }: wit::Unsharp) -> Checked<Self> {
                Ok(Self { sigma: sigma.try_into()?, amount: amount.try_into()?, threshold })
            }
        }

        impl From<$crate::Unsharp> for wit::Unsharp {
            fn from($crate::Unsharp { sigma, amount, threshold }: $crate::Unsharp) -> Self {
                Self { sigma: sigma.into(), amount: amount.into(), threshold }
            }
        }

        impl TryFrom<wit::Obscure> for $crate::Obscure {
            type Error = $crate::OutOfRange;

            fn try_from(wit::Obscure { x, y, width, height, by }: wit::Obscure) -> Checked<Self> {
                let by = match by {
                    wit::Veil::Blur(sigma) => $crate::Veil::Blur(sigma.try_into()?),
                    wit::Veil::Pixelate(size) => $crate::Veil::Pixelate(size),
                };
                let (x, y) = (x.try_into()?, y.try_into()?);
                Ok(Self { x, y, width: width.try_into()?, height: height.try_into()?, by })
            }
        }

        impl From<$crate::Obscure> for wit::Obscure {
            fn from($crate::Obscure { x, y, width, height, by }: $crate::Obscure) -> Self {
                let by = match by {
                    $crate::Veil::Blur(sigma) => wit::Veil::Blur(sigma.into()),
                    $crate::Veil::Pixelate(size) => wit::Veil::Pixelate(size),
                };
                Self { x: x.into(), y: y.into(), width: width.into(), height: height.into(), by }
            }
        }

        impl TryFrom<wit::Tone> for $crate::Tone {
            type Error = $crate::OutOfRange;

            fn try_from(tone: wit::Tone) -> Checked<Self> {
                Ok(match tone {
                    wit::Tone::Grayscale => Self::Grayscale,
                    wit::Tone::Sepia => Self::Sepia,
                    wit::Tone::Monochrome(wit::Monochrome { color, intensity }) => {
                        Self::Monochrome { color: color.try_into()?, intensity: intensity.try_into()? }
                    }
                    wit::Tone::Duotone(wit::Duotone { dark, light, intensity }) => {
                        let (dark, light) = (dark.try_into()?, light.try_into()?);
                        Self::Duotone { dark, light, intensity: intensity.try_into()? }
                    }
                })
            }
        }

        impl From<$crate::Tone> for wit::Tone {
            fn from(tone: $crate::Tone) -> Self {
                use $crate::Tone as Ours;
                match tone {
                    Ours::Grayscale => Self::Grayscale,
                    Ours::Sepia => Self::Sepia,
                    Ours::Monochrome { color, intensity } => {
                        Self::Monochrome(wit::Monochrome { color: color.into(), intensity: intensity.into() })
                    }
                    Ours::Duotone { dark, light, intensity } => {
                        let (dark, light) = (dark.into(), light.into());
                        Self::Duotone(wit::Duotone { dark, light, intensity: intensity.into() })
                    }
                }
            }
        }

        impl TryFrom<wit::Overlay> for $crate::Overlay {
            type Error = $crate::OutOfRange;

            fn try_from(
                wit::Overlay { image, opacity, place, width, height, blend }: wit::Overlay,
            ) -> Checked<Self> {
                let place = match place {
                    wit::Place::At(position) => $crate::Place::At(position.try_into()?),
                    wit::Place::Tiled(wit::Gaps { x, y }) => $crate::Place::Tiled(x, y),
                };
                Ok(Self {
                    image: image.into(),
                    opacity: opacity.try_into()?,
                    place,
                    width: width.map(TryInto::try_into).transpose()?,
                    height: height.map(TryInto::try_into).transpose()?,
                    blend: blend.into(),
                })
            }
        }

        impl From<$crate::Overlay> for wit::Overlay {
            fn from(
                $crate::Overlay { image, opacity, place, width, height, blend }: $crate::Overlay,
            ) -> Self {
                let place = match place {
                    $crate::Place::At(position) => wit::Place::At(position.into()),
                    $crate::Place::Tiled(x, y) => wit::Place::Tiled(wit::Gaps { x, y }),
                };
                Self {
                    image: image.to_vec(),
                    opacity: opacity.into(),
                    place,
                    width: width.map(Into::into),
                    height: height.map(Into::into),
                    blend: blend.into(),
                }
            }
        }
    };
}
