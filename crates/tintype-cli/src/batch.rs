//! Many files: side by side where there are threads, and reported as they are done.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::Result;

use crate::job::{Done, Job};

/// Makes all renditions. Returns whether none failed.
pub(crate) fn render(jobs: &[Job<'_>], quiet: bool) -> Result<bool> {
    let report = Report { total: jobs.len(), quiet, state: Mutex::default() };
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let start = Instant::now();
            let done = job.run(|read| report.progress(job, read));
            report.finished(job, &done, start);
        }
    };
    if cfg!(target_family = "wasm") {
        work();
    } else {
        let threads = thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
        thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    }
    Ok(report.failed() == 0)
}

/// What is told on standard error.
struct Report {
    total: usize,
    quiet: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: usize,
    failed: usize,
}

/// Bytes after which a single file is large enough for its progress to be shown.
const LARGE: u64 = 4 << 20;

impl Report {
    /// Shows on a terminal how much of a large file has been read, if it is the only one.
    fn progress(&self, job: &Job<'_>, read: u64) {
        if self.total == 1 && !self.quiet && read >= LARGE && io::stderr().is_terminal() {
            eprint!("\r{}: {} MiB read", job.source.display(), read >> 20);
        }
    }

    fn finished(&self, job: &Job<'_>, done: &Result<Done>, start: Instant) {
        let mut state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        state.done += 1;
        let count = if self.total > 1 { format!("[{}/{}] ", state.done, self.total) } else { String::new() };
        let source = job.source.display();
        match done {
            Err(error) => {
                state.failed += 1;
                eprintln!("{count}tintype: {source}: {error:#}");
            }
            Ok(done) if !self.quiet => {
                let to = done.path.as_ref().map_or("-".into(), |path| path.display().to_string());
                let (width, height) = (done.outline.width, done.outline.height);
                let seconds = start.elapsed().as_secs_f64();
                let damage = if done.damaged { ", of a damaged source" } else { "" };
                eprintln!(
                    "{count}{source} → {to}: {width} × {height}, {} bytes, {seconds:.2} s{damage}",
                    done.bytes
                );
            }
            Ok(_) => (),
        }
    }

    fn failed(&self) -> usize {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).failed
    }
}
