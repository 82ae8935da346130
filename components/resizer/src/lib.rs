//! The engine as a component: the contract's calls, handed to the engine.

/// The contract's types and traits.
#[allow(missing_docs, unsafe_code)] // generated: documented in wit/, unsafe where memory is exchanged with the host
mod bindings {
    wit_bindgen::generate!({ path: "../../wit", world: "resizer" });
    use super::Resizer;
    export!(Resizer);
}

tintype_types::contract!(crate::bindings::exports::tintype::image::types);

use bindings::exports::tintype::image::types::{Failure, Format, Info, Outline, Rendition, Setting};
use bindings::exports::tintype::image::{inspect, resize};
use std::cell::RefCell;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

struct Resizer;

impl resize::Guest for Resizer {
    type Session = Session;

    fn resize(image: Vec<u8>, settings: Vec<Setting>) -> Result<Rendition, Failure> {
        let rendition = tintype::resize(image, &options(settings)?)?;
        let tintype::Rendition { outline, damaged, work, image } = rendition;
        Ok(Rendition { outline: outline.into(), damaged, work, image })
    }

    fn message(failure: Failure) -> String {
        tintype_types::Error::from(failure).to_string()
    }

    fn media_type(format: Format) -> String {
        tintype_types::Format::from(format).media_type().to_owned()
    }
}

fn options(settings: Vec<Setting>) -> tintype::Result<tintype::Options> {
    let settings: tintype::Result<Vec<tintype::Setting>> =
        settings.into_iter().map(TryInto::try_into).collect();
    tintype::Options::with(settings?)
}

impl inspect::Guest for Resizer {
    fn describe(image: Vec<u8>) -> Result<Info, Failure> {
        Ok(tintype::inspect(&image)?.into())
    }
}

/// A session, or why there is none: a constructor cannot fail. The contract shares resources by reference; calls into one
/// component never overlap.
struct Session(RefCell<tintype::Result<tintype::Session>>);

impl Session {
    /// A session with these settings, made by `start`.
    fn start(settings: Vec<Setting>, start: fn(tintype::Options) -> tintype::Session) -> Self {
        Self(RefCell::new(options(settings).map(start)))
    }

    /// Calls a session. What was wrong with its settings is reported once.
    fn call<T>(&self, call: impl FnOnce(&mut tintype::Session) -> tintype::Result<T>) -> Result<T, Failure> {
        match &mut *self.0.borrow_mut() {
            Ok(session) => Ok(call(session)?),
            Err(error) => Err(std::mem::replace(error, tintype::Error::Ended).into()),
        }
    }
}

impl resize::GuestSession for Session {
    fn new(settings: Vec<Setting>) -> Self {
        Self::start(settings, tintype::Session::new)
    }

    fn stepped(settings: Vec<Setting>) -> resize::Session {
        resize::Session::new(Self::start(settings, tintype::Session::stepped))
    }

    fn write(&self, chunk: Vec<u8>) -> Result<(), Failure> {
        self.call(|session| session.write(chunk))
    }

    fn finish(&self) -> Result<(), Failure> {
        self.call(tintype::Session::finish)
    }

    fn step(&self) -> Result<bool, Failure> {
        self.call(tintype::Session::step)
    }

    fn read(&self, max: u32) -> Result<Vec<u8>, Failure> {
        self.call(|session| session.read(max as usize))
    }

    fn outline(&self) -> Option<Outline> {
        self.0.borrow().as_ref().ok()?.outline().map(Into::into)
    }

    fn info(&self) -> Option<Info> {
        self.0.borrow().as_ref().ok()?.info().map(Into::into)
    }

    fn damaged(&self) -> bool {
        self.0.borrow().as_ref().is_ok_and(tintype::Session::damaged)
    }

    fn work(&self) -> u64 {
        self.0.borrow().as_ref().map_or(0, tintype::Session::work)
    }
}
