#![doc = include_str!("../README.md")]

pub mod config;
pub mod failure;
pub mod host;
pub mod request;
pub mod secret;
pub mod source;
