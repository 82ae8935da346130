//! One engine for all tests of a process, and each component compiled once for it.

use std::sync::LazyLock;

use wasmtime::component::Component;
use wasmtime::{Config, Engine, ResourceLimiter, Result};

use crate::dist;

/// Fuel for one call or request: an instruction costs about one unit, so this is some ten seconds' worth. Whoever needs
/// more hangs, and its test fails.
pub const FUEL: u64 = 60_000_000_000;

/// The engine. It counts fuel, so that endless loops end and the cost of a call is the same number on every machine.
pub static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut config = Config::new();
    config.consume_fuel(true);
    Engine::new(&config).expect("the configuration is valid")
});

/// An engine that counts nothing, for measuring time.
pub static FAST_ENGINE: LazyLock<Engine> = LazyLock::new(Engine::default);

/// `dist/resizer.wasm`, compiled for [`FAST_ENGINE`].
pub static FAST_RESIZER: LazyLock<Component> = LazyLock::new(|| {
    Component::from_file(&FAST_ENGINE, dist::path("resizer.wasm")).expect("the resizer compiles")
});

/// `dist/resizer.wasm`, compiled.
pub static RESIZER: LazyLock<Component> = LazyLock::new(|| compile("resizer.wasm"));

/// `dist/tintype.wasm`, compiled.
pub static TINTYPE: LazyLock<Component> = LazyLock::new(|| compile("tintype.wasm"));

fn compile(name: &str) -> Component {
    Component::from_file(&ENGINE, dist::path(name))
        .unwrap_or_else(|error| panic!("could not compile dist/{name}: {error:?}"))
}

/// The linear memory of a store, all parts of a composition together. Memories never shrink, so what is used in the end
/// is the peak.
#[derive(Clone, Copy, Debug)]
pub struct MemoryMeter {
    used: usize,
    limit: usize,
}

impl MemoryMeter {
    /// Refuses to grow beyond `limit` bytes.
    pub fn limited(limit: usize) -> Self {
        Self { used: 0, limit }
    }

    /// Bytes in use.
    pub fn used(&self) -> usize {
        self.used
    }
}

impl Default for MemoryMeter {
    /// Four times what the default limits promise.
    fn default() -> Self {
        Self::limited(512 << 20)
    }
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let used = self.used + desired - current;
        if used > self.limit {
            return Ok(false);
        }
        self.used = used;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        Ok(desired <= 100_000)
    }
}
