//! A streaming JPEG codec: rows in and bytes out, in bounded memory, with the same bytes on every machine.
#![no_std]

extern crate alloc;

pub mod encode;
