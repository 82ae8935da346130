//! Progress: which step of how many runs now.

/// The steps of one command.
pub(crate) struct Steps {
    done: usize,
    total: usize,
}

impl Steps {
    /// A command that takes `total` steps.
    pub(crate) fn of(total: usize) -> Self {
        Self { done: 0, total }
    }

    /// Announces the next step on standard error: `[2/4] building the server`.
    pub(crate) fn next(&mut self, what: &str) {
        self.done += 1;
        eprintln!("[{}/{}] {what}", self.done, self.total);
    }
}
