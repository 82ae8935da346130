//! `tintype:image/resize.session`, as the service knows it.

use tintype_types::{Error, Info, Options, Outline};

use bindings::tintype::image::resize;

/// The contract's types and functions.
#[allow(missing_docs, unsafe_code)] // generated: documented in wit/, unsafe where memory is exchanged with the host
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing
)]
mod bindings {
    wit_bindgen::generate!({ path: "../../wit", world: "service" });
}

tintype_types::contract!(crate::session::bindings::tintype::image::types);

/// A session of the imported resizer.
pub struct Session(resize::Session);

impl Session {
    /// Opens a session that works in steps.
    pub fn new(options: &Options) -> Self {
        let settings: Vec<_> = options.settings().into_iter().map(Into::into).collect();
        Session(resize::Session::stepped(&settings))
    }
}

impl tintype_http::host::Session for Session {
    fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        Ok(self.0.write(chunk)?)
    }

    fn finish(&mut self) -> Result<(), Error> {
        Ok(self.0.finish()?)
    }

    fn step(&mut self) -> Result<bool, Error> {
        Ok(self.0.step()?)
    }

    fn read(&mut self, max: u32) -> Result<Vec<u8>, Error> {
        Ok(self.0.read(max)?)
    }

    fn outline(&self) -> Option<Outline> {
        self.0.outline().map(Into::into)
    }

    fn work(&self) -> u64 {
        self.0.work()
    }

    fn info(&self) -> Option<Info> {
        self.0.info().map(Into::into)
    }

    fn damaged(&self) -> bool {
        self.0.damaged()
    }
}
