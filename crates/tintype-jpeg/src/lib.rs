#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod annex_k;
pub mod decode;
pub mod encode;
mod marker;
mod ycbcr;
mod zigzag;
