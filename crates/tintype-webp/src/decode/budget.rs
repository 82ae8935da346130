//! The memory that may still be allocated.

use super::error::DecodeError;

/// Counts memory against a limit.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    limit: u64,
    /// Bytes counted, those of the pool included.
    held: u64,
    /// Bytes that were counted in advance.
    pool: u64,
}

impl Budget {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, held: 0, pool: 0 }
    }

    /// Sets another limit.
    pub(crate) fn limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Counts `bytes` that are about to be allocated: from the pool first.
    ///
    /// # Errors
    ///
    /// If the limit does not allow them.
    pub(crate) fn take(&mut self, bytes: u64) -> Result<(), DecodeError> {
        let needed = self.held_after(bytes);
        if needed > self.limit {
            return Err(DecodeError::Memory { needed, limit: self.limit });
        }
        self.pool -= bytes.min(self.pool);
        self.held = needed;
        Ok(())
    }

    /// What [`Budget::held`] would be after another `bytes`.
    pub(crate) fn held_after(&self, bytes: u64) -> u64 {
        self.held.saturating_add(bytes - bytes.min(self.pool))
    }

    /// Counts `bytes` as free again: they return to the pool.
    pub(crate) fn give(&mut self, bytes: u64) {
        self.pool = self.pool.saturating_add(bytes).min(self.held);
    }

    /// Bytes counted so far that have not been given back.
    pub(crate) fn in_use(&self) -> u64 {
        self.held - self.pool
    }

    /// Bytes counted so far, those of the pool included: an upper bound of the memory that is or was held.
    pub(crate) fn held(&self) -> u64 {
        self.held
    }
}

/// Bytes that `count` elements of a type take.
pub(crate) fn bytes_of<T>(count: usize) -> u64 {
    (count as u64).saturating_mul(size_of::<T>() as u64)
}
