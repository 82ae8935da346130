#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

pub mod decode;
pub mod encode;
mod vp8;
mod vp8l;
