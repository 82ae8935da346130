//! Calls the resizer component in this process.

use wasmtime::component::{Component, Linker, ResourceAny};
use wasmtime::{Engine, Store};

use crate::engine::{ENGINE, FAST_ENGINE, FAST_RESIZER, FUEL, MemoryMeter, RESIZER};

#[allow(missing_docs, reason = "documented in wit/")]
mod bindings {
    wasmtime::component::bindgen!({ path: "../../wit", world: "resizer", additional_derives: [PartialEq] });
}

use bindings::exports::tintype::image::types as wit;

tintype_types::contract!(crate::resizer::wit);

/// The contract's types, as they are called in Rust.
pub mod types {
    pub use tintype_types::*;
}
use types::{Error, Info, Options, Outline};

/// A finished image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Format, size and source.
    pub outline: Outline,
    /// Whether any of the source was missing or corrupt.
    pub damaged: bool,
    /// The work done.
    pub work: u64,
    /// The encoded bytes.
    pub image: Vec<u8>,
}

impl From<wit::Rendition> for Rendition {
    fn from(rendition: wit::Rendition) -> Self {
        let wit::Rendition { outline, damaged, work, image } = rendition;
        Self { outline: outline.into(), damaged, work, image }
    }
}

/// The settings that make these options of the defaults.
fn settings(options: &Options) -> Vec<wit::Setting> {
    options.settings().into_iter().map(Into::into).collect()
}

/// An instance of `dist/resizer.wasm`, given nothing but memory and time.
pub struct Resizer {
    store: Store<MemoryMeter>,
    world: bindings::Resizer,
}

impl Default for Resizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Resizer {
    /// An instance with ample memory.
    pub fn new() -> Self {
        Self::with(&ENGINE, &RESIZER, MemoryMeter::default())
    }

    /// An instance that counts no fuel, for measuring time.
    pub fn fast() -> Self {
        Self::with(&FAST_ENGINE, &FAST_RESIZER, MemoryMeter::default())
    }

    /// An instance that cannot grow beyond `limit` bytes of linear memory.
    pub fn limited(limit: usize) -> Self {
        Self::with(&ENGINE, &RESIZER, MemoryMeter::limited(limit))
    }

    fn with(engine: &Engine, component: &Component, meter: MemoryMeter) -> Self {
        let mut store = Store::new(engine, meter);
        store.limiter(|meter| meter);
        refuel(&mut store);
        let linker = Linker::new(engine);
        let world =
            bindings::Resizer::instantiate(&mut store, component, &linker).expect("a resizer needs nothing");
        Self { store, world }
    }

    /// `resize.resize`.
    ///
    /// # Panics
    ///
    /// If the component traps or runs out of fuel; [`try_resize`](Self::try_resize) returns an error instead.
    pub fn resize(&mut self, image: &[u8], options: &Options) -> Result<Rendition, Error> {
        self.try_resize(image, options).expect("no trap")
    }

    /// `resize.resize`, where the outer error is a trap or the end of the fuel. The instance is of no use after one.
    pub fn try_resize(
        &mut self,
        image: &[u8],
        options: &Options,
    ) -> wasmtime::Result<Result<Rendition, Error>> {
        refuel(&mut self.store);
        let resize = self.world.tintype_image_resize();
        let rendition = resize.call_resize(&mut self.store, image, &settings(options))?;
        Ok(rendition.map(Into::into).map_err(Into::into))
    }

    /// `resize.message`.
    pub fn message(&mut self, error: Error) -> String {
        let resize = self.world.tintype_image_resize();
        resize.call_message(&mut self.store, &error.into()).expect("no trap")
    }

    /// `resize.media-type`.
    pub fn media_type(&mut self, format: types::Format) -> String {
        let resize = self.world.tintype_image_resize();
        resize.call_media_type(&mut self.store, format.into()).expect("no trap")
    }

    /// `inspect.describe`.
    pub fn describe(&mut self, image: &[u8]) -> Result<Info, Error> {
        self.try_describe(image).expect("no trap")
    }

    /// `inspect.describe`, where the outer error is a trap or the end of the fuel.
    pub fn try_describe(&mut self, image: &[u8]) -> wasmtime::Result<Result<Info, Error>> {
        refuel(&mut self.store);
        let info = self.world.tintype_image_inspect().call_describe(&mut self.store, image)?;
        Ok(info.map(Into::into).map_err(Into::into))
    }

    /// Starts a `resize.session`.
    pub fn session(&mut self, options: &Options) -> Session<'_> {
        refuel(&mut self.store);
        let guest = self.world.tintype_image_resize().session();
        let handle = guest.call_constructor(&mut self.store, &settings(options)).expect("no trap");
        Session { resizer: self, handle }
    }

    /// Bytes of linear memory in use, which is also the most that were in use at any time.
    pub fn memory(&self) -> usize {
        self.store.data().used()
    }

    /// Fuel that the last call used: about the number of instructions.
    pub fn fuel(&self) -> u64 {
        FUEL - self.store.get_fuel().unwrap()
    }
}

/// Fills the tank, where fuel is counted.
fn refuel(store: &mut Store<MemoryMeter>) {
    let _ = store.set_fuel(FUEL);
}

/// A `resize.session`.
pub struct Session<'a> {
    resizer: &'a mut Resizer,
    handle: ResourceAny,
}

impl Session<'_> {
    /// `session.write`.
    pub fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let guest = self.resizer.world.tintype_image_resize().session();
        guest.call_write(&mut self.resizer.store, self.handle, chunk).expect("no trap").map_err(Into::into)
    }

    /// `session.finish`.
    pub fn finish(&mut self) -> Result<(), Error> {
        let guest = self.resizer.world.tintype_image_resize().session();
        guest.call_finish(&mut self.resizer.store, self.handle).expect("no trap").map_err(Into::into)
    }

    /// `session.read`.
    pub fn read(&mut self, max: u32) -> Result<Vec<u8>, Error> {
        let guest = self.resizer.world.tintype_image_resize().session();
        guest.call_read(&mut self.resizer.store, self.handle, max).expect("no trap").map_err(Into::into)
    }

    /// `session.outline`.
    pub fn outline(&mut self) -> Option<Outline> {
        let guest = self.resizer.world.tintype_image_resize().session();
        guest.call_outline(&mut self.resizer.store, self.handle).expect("no trap").map(Into::into)
    }

    /// Writes an image in chunks of `write` bytes and reads the rendition in chunks of at most `read`, as a service does.
    pub fn pump(mut self, image: &[u8], write: usize, read: u32) -> Result<Vec<u8>, Error> {
        let mut rendition = Vec::new();
        for chunk in image.chunks(write) {
            self.write(chunk)?;
            self.drain(read, &mut rendition)?;
        }
        self.finish()?;
        self.drain(read, &mut rendition)?;
        Ok(rendition)
    }

    /// Writes the source in chunks of `write` bytes and reads the rendition as it is ready. The outer error is a trap or the
    /// end of the fuel.
    pub fn try_pump(self, image: &[u8], write: usize) -> wasmtime::Result<Result<(), Error>> {
        let guest = self.resizer.world.tintype_image_resize().session();
        let store = &mut self.resizer.store;
        for chunk in image.chunks(write) {
            if let Err(error) = guest.call_write(&mut *store, self.handle, chunk)? {
                return Ok(Err(error.into()));
            }
            while guest.call_read(&mut *store, self.handle, 64 << 10)?.is_ok_and(|bytes| !bytes.is_empty()) {}
        }
        let finished = guest.call_finish(&mut *store, self.handle)?;
        while guest.call_read(&mut *store, self.handle, 64 << 10)?.is_ok_and(|bytes| !bytes.is_empty()) {}
        Ok(finished.map_err(Into::into))
    }

    fn drain(&mut self, max: u32, into: &mut Vec<u8>) -> Result<(), Error> {
        loop {
            let bytes = self.read(max)?;
            assert!(bytes.len() <= max as usize, "read answers at most what was asked for");
            if bytes.is_empty() {
                return Ok(());
            }
            into.extend(bytes);
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // After a trap the instance cannot be entered again, and the test has failed already.
        let _ = self.handle.resource_drop(&mut self.resizer.store);
    }
}
