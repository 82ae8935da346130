//! `tintype photo.jpg --width 800 -o photo.webp`: renditions of image files, and facts about them.
//!
//! Options are those of the query grammar, by the same names. Files are worked on side by side, natively; as a component,
//! one after the other. A file is written only when it is complete.

mod arguments;
mod batch;
mod facts;
mod job;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use arguments::{Arguments, Task};

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("tintype: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the arguments ask for. Returns whether it succeeded for every file.
fn run(arguments: &Arguments) -> Result<bool> {
    match &arguments.task {
        Task::Describe => describe(arguments),
        Task::Render { request, to } => {
            batch::render(&job::jobs(&arguments.files, request, to)?, arguments.quiet)
        }
    }
}

/// Prints the facts about each file, a line of JSON each.
fn describe(arguments: &Arguments) -> Result<bool> {
    let mut succeeded = true;
    for file in &arguments.files {
        match facts::of(file) {
            Ok(facts) => writeln!(std::io::stdout(), "{facts}")?,
            Err(error) => {
                eprintln!("tintype: {}: {error:#}", file.display());
                succeeded = false;
            }
        }
    }
    Ok(succeeded)
}
