//! The way of a request from its arrival to the last byte of its response, on a host made of vectors.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A test fails by panicking.

mod caching;
mod codings;
mod descriptions;
mod engine;
mod examples;
mod front;
mod images;
mod messages;
mod origins;
mod requests;
mod streaming;
mod substitutes;
mod support;
mod telemetry;
mod uploads;
mod validators;
mod waiting;
mod watermarks;
