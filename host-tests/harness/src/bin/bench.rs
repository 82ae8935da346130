//! Measures jobs through the built resizer, and sharp for comparison, if it is installed.
//!
//! Each job is run as a service does it: a new instance, the source written in chunks of 64 KiB, the rendition read as it
//! is made. Times are medians of runs that alternate with the peer's. Fuel is wasmtime's count of instructions and, like
//! the memory, the same at every run.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use harness::resizer::types::{Format, Length, Options};
use harness::{Resizer, corpus, dist};
use pictures::lettering;

const RUNS: usize = 9;
const CHUNK: usize = 64 << 10;

struct Job {
    source: &'static str,
    width: u32,
    target: Target,
}

#[derive(Clone, Copy)]
enum Target {
    Jpeg,
    Png,
    Webp,
    LosslessWebp,
}

/// A page of text, which is drawn: the corpus has none.
const PAGE: &str = "page.png";

const JOBS: &[Job] = &[
    Job { source: "bench/2mp.jpg", width: 800, target: Target::Jpeg },
    Job { source: "bench/12mp.jpg", width: 800, target: Target::Jpeg },
    Job { source: "bench/12mp.jpg", width: 320, target: Target::Webp },
    Job { source: "bench/12mp.jpg", width: 800, target: Target::Webp },
    Job { source: "bench/12mp.jpg", width: 1600, target: Target::Webp },
    Job { source: "jpeg/zune_33MP_420_progressive.jpg", width: 800, target: Target::Jpeg },
    Job { source: "jpeg/zune_33MP_444.jpg", width: 800, target: Target::Jpeg },
    Job { source: "bench/2mp.png", width: 800, target: Target::Png },
    Job { source: "bench/2mp-alpha.png", width: 800, target: Target::Png },
    Job { source: "bench/12mp.webp", width: 800, target: Target::Webp },
    Job { source: "bench/2mp-alpha.webp", width: 400, target: Target::Webp },
    Job { source: "bench/2mp-alpha.webp", width: 800, target: Target::Webp },
    Job { source: PAGE, width: 1280, target: Target::LosslessWebp },
    Job { source: "bench/2mp.gif", width: 800, target: Target::Webp },
];

fn main() {
    let Some(mut files) = corpus::files("photos") else { return };
    let page = dist::root().join("target").join(PAGE);
    std::fs::write(&page, lettering(1280, 800).png()).expect("the target directory can be written");
    files.push(page);
    let filter = std::env::args().nth(1).unwrap_or_default();
    let mut sharp = Sharp::start();
    if sharp.is_none() {
        println!("sharp is not installed: `npm install --prefix target/peers sharp` adds the comparison");
    }
    println!("{:<64} {:>9} {:>9} {:>6} {:>9} {:>10}", "job", "ms", "sharp ms", "ratio", "memory", "fuel");
    for job in JOBS.iter().filter(|job| job.source.contains(&filter)) {
        let Some(path) = files.iter().find(|path| path.ends_with(job.source)) else {
            println!("{:<64} not in the corpus", job.source);
            continue;
        };
        measure(job, path, sharp.as_mut());
    }
}

fn measure(job: &Job, path: &Path, mut sharp: Option<&mut Sharp>) {
    let source = std::fs::read(path).expect("a file of the corpus can be read");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut resizer = Resizer::fast();
        let options = options(job);
        let start = Instant::now();
        resizer.session(&options).pump(&source, CHUNK, u32::MAX).expect("a rendition");
        ours.push(start.elapsed().as_secs_f64() * 1e3);
        if let Some(sharp) = &mut sharp {
            theirs.push(sharp.run(job, path));
        }
    }
    let mut counted = Resizer::new();
    let options = options(job);
    let rendition = counted.session(&options).pump(&source, CHUNK, u32::MAX).expect("a rendition");
    let (fuel, memory) = (counted.fuel() as f64 / 1e6, counted.memory() as f64 / f64::from(1 << 20));
    let (ours, theirs) = (median(ours), median(theirs));
    let (name, format) = (job.source, job.target.name());
    let job = format!("{name} to {} {format} ({} bytes)", job.width, rendition.len());
    println!("{job:<64} {ours:>9.1} {theirs:>9.1} {:>6.2} {memory:>6.1} MiB {fuel:>8.1} M", ours / theirs);
}

fn options(job: &Job) -> Options {
    let mut options = Options::default();
    options.geometry.width = Some(Length::Pixels(job.width));
    options.output.format = match job.target {
        Target::Jpeg => Format::Jpeg,
        Target::Png => Format::Png,
        Target::Webp | Target::LosslessWebp => Format::Webp,
    };
    options.output.lossless = matches!(job.target, Target::LosslessWebp);
    options.output.quality = Some(80);
    options
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::LosslessWebp => "lossless",
        }
    }
}

/// The middle one; not a number if there are none.
fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// sharp in a process of its own, which answers each line with a time.
struct Sharp {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Sharp {
    fn start() -> Option<Self> {
        let modules: PathBuf = dist::root().join("target/peers/node_modules");
        if !modules.join("sharp").is_dir() {
            return None;
        }
        let mut process = Command::new("node")
            .arg(dist::root().join("host-tests/peers/sharp.mjs"))
            .arg(&modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let (requests, answers) = (process.stdin.take()?, process.stdout.take()?);
        Some(Self { process, requests, answers: BufReader::new(answers) })
    }

    fn run(&mut self, job: &Job, path: &Path) -> f64 {
        let format = job.target.name();
        writeln!(self.requests, "{} {format} {}", job.width, path.display()).expect("sharp listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("sharp answers");
        answer.trim().parse().expect("sharp answers with a number")
    }
}

impl Drop for Sharp {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
