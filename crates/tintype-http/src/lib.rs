#![doc = include_str!("../README.md")]

mod answer;
pub mod config;
pub mod context;
pub mod failure;
mod fetch;
pub mod front;
pub mod grammar;
pub mod hints;
pub mod host;
mod input;
mod pipeline;
pub mod request;
pub mod response;
mod router;
pub mod secret;
mod service;
pub mod signature;
pub mod source;
pub mod telemetry;
mod waiting;
mod watermark;

pub use answer::AnswerBody;
pub use service::{COLLECTED, answer, answer_in_front};
