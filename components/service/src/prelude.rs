//! What the prelude of the standard library has and that of `core` has not.

pub use alloc::borrow::ToOwned;
pub use alloc::boxed::Box;
pub use alloc::string::String;
pub use alloc::vec::Vec;

#[cfg(test)]
pub use alloc::string::ToString;
