//! Where sources come from: URLs, which of them are allowed, and which addresses never are.

pub mod address;
pub mod policy;
pub mod resolve;
pub mod url;
