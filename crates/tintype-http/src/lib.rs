#![doc = include_str!("../README.md")]

pub mod config;
pub mod context;
pub mod failure;
pub mod grammar;
pub mod host;
pub mod request;
pub mod response;
pub mod secret;
pub mod source;
