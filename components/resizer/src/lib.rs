//! The engine as a component: the contract's calls, handed to the engine.

/// The contract's types and traits.
#[allow(missing_docs, unsafe_code)] // generated: documented in wit/, unsafe where memory is exchanged with the host
mod bindings {
    wit_bindgen::generate!({ path: "../../wit", world: "resizer" });
    use super::Resizer;
    export!(Resizer);
}

tintype_types::contract!(crate::bindings::exports::tintype::image::types);

use bindings::exports::tintype::image::types::{Error, Info, Options, Outline, Rendition};
use bindings::exports::tintype::image::{inspect, resize};
use std::cell::RefCell;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

struct Resizer;

impl resize::Guest for Resizer {
    type Session = Session;

    fn defaults() -> Options {
        tintype::Options::default().into()
    }

    fn resize(image: Vec<u8>, options: Options) -> Result<Rendition, Error> {
        let rendition = tintype::resize(image, &options.into())?;
        let tintype::Rendition { outline, damaged, work, image } = rendition;
        Ok(Rendition { outline: outline.into(), damaged, work, image })
    }
}

impl inspect::Guest for Resizer {
    fn describe(image: Vec<u8>) -> Result<Info, Error> {
        Ok(tintype::inspect(&image)?.into())
    }
}

/// The contract shares resources by reference; calls into one component never overlap.
struct Session(RefCell<tintype::Session>);

impl resize::GuestSession for Session {
    fn new(options: Options) -> Self {
        Self(RefCell::new(tintype::Session::new(options.into())))
    }

    fn stepped(options: Options) -> resize::Session {
        resize::Session::new(Self(RefCell::new(tintype::Session::stepped(options.into()))))
    }

    fn write(&self, chunk: Vec<u8>) -> Result<(), Error> {
        Ok(self.0.borrow_mut().write(chunk)?)
    }

    fn finish(&self) -> Result<(), Error> {
        Ok(self.0.borrow_mut().finish()?)
    }

    fn step(&self) -> Result<bool, Error> {
        Ok(self.0.borrow_mut().step()?)
    }

    fn read(&self, max: u32) -> Result<Vec<u8>, Error> {
        Ok(self.0.borrow_mut().read(max as usize)?)
    }

    fn outline(&self) -> Option<Outline> {
        self.0.borrow().outline().map(Into::into)
    }

    fn damaged(&self) -> bool {
        self.0.borrow().damaged()
    }

    fn work(&self) -> u64 {
        self.0.borrow().work()
    }
}
