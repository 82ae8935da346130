//! Counts the memory that a thread holds, for tests of how much there may be.
//!
//! A test program names it once, with `use peak_memory as _;` or by calling it: it brings its allocator along.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, which counts what each thread holds, and the most that it held.
struct Counting;

thread_local! {
    // Signed, as a thread may free what another allocated.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get() + layout.size() as isize);
        MOST.set(MOST.get().max(HELD.get()));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.set(HELD.get() - layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The bytes that this thread has allocated and not freed.
pub fn held() -> isize {
    HELD.get()
}

/// What `work` returns, and the most bytes that this thread held meanwhile beyond what it held before.
///
/// Calls do not nest: an inner one starts the count of the outer one anew.
pub fn most_held<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = HELD.get();
    MOST.set(before);
    let result = work();
    (result, (MOST.get() - before) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_freed_again_counts_at_its_most() {
        let (kept, most) = most_held(|| {
            drop(vec![0u8; 3000]);
            vec![0u8; 1000]
        });
        assert_eq!((kept.len(), most), (1000, 3000));
    }

    #[test]
    fn what_was_held_before_does_not_count() {
        let before = vec![0u8; 5000];
        let ((), most) = most_held(|| drop(before));
        assert_eq!(most, 0);
    }
}
