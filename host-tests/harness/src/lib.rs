//! What the host tests are written with.
//!
//! * [`dist`] finds the built components and refuses stale ones.
//! * [`Resizer`] calls `dist/resizer.wasm` in this process.
//! * [`Service`] sends requests to `dist/tintype.wasm` in this process, with a made-up origin or real sockets.
//! * [`ServeProcess`] is the real `wasmtime serve` in a process of its own, and [`client`] talks to it.
//! * [`Origin`] is a web server that does what a script says, also what a good one would not.
//! * [`corpus`] finds images that others have made; the package `pictures` draws some.
//!
//! ```no_run
//! use harness::Resizer;
//!
//! let mut resizer = Resizer::new();
//! let mut options = Options::default();
//! options.geometry.width = Some(Length::Pixels(800));
//! let photo = pictures::photograph(1600, 1200).jpeg();
//! let rendition = resizer.resize(&photo, &options).expect("a rendition");
//! assert_eq!(rendition.outline.width, 800);
//! ```

pub mod client;
pub mod corpus;
pub mod dist;
pub mod engine;
pub mod origin;
pub mod resizer;
pub mod serve;
pub mod service;

pub use origin::Origin;
pub use resizer::Resizer;
pub use serve::ServeProcess;
pub use service::Service;
