//! Enums with names: one list serves parsing, printing and documentation.

use std::fmt;

/// The error for a text that names no value of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownName;

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a known name")
    }
}

impl std::error::Error for UnknownName {}

/// Names the values of an enum: defines `ALL`, `NAMES` and `name()`, and implements
/// [`FromStr`](std::str::FromStr), which also accepts aliases, and [`Display`](fmt::Display).
///
/// ```
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum Side { Left, Right }
/// tintype_types::names! { Side { Left = "left" | "l", Right = "right" | "r" } }
///
/// assert_eq!("r".parse(), Ok(Side::Right));
/// assert_eq!(Side::Left.to_string(), "left");
/// assert_eq!(Side::NAMES, ["left", "right"]);
/// assert!("middle".parse::<Side>().is_err());
/// ```
#[macro_export]
macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal $(| $alias:literal)*),+ $(,)? }) => {
        impl $type {
            /// Every value, in documentation order.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// The names of [`Self::ALL`] in the same order, without aliases.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name of the value.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::UnknownName> {
                match text {
                    $($name $(| $alias)* => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownName),
                }
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
}
