//! Chooses among several files of an image: by a quality at which one is small enough, or loses no more than is hardly seen.
//!
//! The rows are held, and encoded again and again. The file comes out once it has been chosen.

use super::compare::{self, Comparison};
use super::held::{Held, Trial};
use super::search::{CLOSE, Search, log2};
use super::{Encoder, Image, Memory, Work, single, single_memory, single_work, target};
use crate::metadata::Attached;
use crate::queue::Queue;
use crate::{Format, Output, Result};

/// The qualities that are tried, unless less or more is asked for: for the sake of bytes, and of what is seen.
const MIN_QUALITY: u8 = 10;
const SEEN_QUALITIES: (u8, u8) = (40, 95);

/// What each step of quality usually adds to the bytes of a file: see [`log2`].
const GROWTH_OF_BYTES: i64 = 9;

/// Whether there is anything to choose.
pub(super) fn applies(output: &Output, image: Image) -> bool {
    let is_still = output.format == Format::Jpeg || image.loops.is_none();
    output.is_lossy() && is_still && (output.max_bytes.is_some() || output.auto_quality)
}

/// Rows, the file in the making, the one that is compared, and the best one so far.
pub(super) fn memory(output: &Output, image: Image) -> Memory {
    let Memory { coder, pieces } = single_memory(output, image);
    // A file is compared once its encoder is gone.
    let compared = if output.auto_quality { image.samples() + compare::memory(image) } else { 0 };
    let best = image.samples().min(most_bytes(output));
    Memory { coder: Held::bytes(image) + (coder + pieces).max(compared) + best, pieces: 0 }
}

/// At least one file is made. What the others take is counted as they are.
pub(super) fn work(output: &Output, image: Image) -> Work {
    Work { fixed: Held::bytes(image) + single_work(output, image).fixed, per_byte: 0 }
}

fn most_bytes(output: &Output) -> u64 {
    output.max_bytes.map_or(u64::MAX, u64::from)
}

pub(super) struct ChoiceEncoder {
    output: Output,
    image: Image,
    attached: Attached,
    held: Held,
    search: Search,
    state: State,
    /// The best file so far, and in the end.
    best: Queue,
    /// The work of files that are complete, but for what is predicted.
    work: u64,
}

enum State {
    /// The next file is to be chosen.
    Between,
    Encoding(Trial),
    Comparing(Queue, Box<Comparison>),
    Done,
}

impl ChoiceEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached) -> Self {
        Self {
            output: *output,
            image,
            attached,
            held: Held::new(image),
            search: search(output),
            state: State::Between,
            best: Queue::default(),
            work: 0,
        }
    }

    /// Begins to make a file, if another one is worth it.
    fn begin(&mut self) -> Result<State> {
        let Some(quality) = self.search.next() else {
            self.held.clear();
            return Ok(State::Done);
        };
        if self.search.trials() > 0 {
            self.work += single_work(&self.output, self.image).fixed;
        }
        let output = Output { quality: Some(quality.into()), ..self.output };
        // No frames are held: a still has none.
        Ok(State::Encoding(Trial::new(single(&output, self.image, self.attached.clone(), 0)?)))
    }

    /// Goes on after a file has been made.
    fn made(&mut self, trial: Trial) -> Result<State> {
        self.work += self.work_of(&trial);
        // One that is too large need not be looked at.
        if self.output.auto_quality && trial.file.len() as u64 <= most_bytes(&self.output) {
            let comparison = Comparison::new(self.output.format, self.image)?;
            return Ok(State::Comparing(trial.file, Box::new(comparison)));
        }
        self.learn(trial.file, None);
        Ok(State::Between)
    }

    /// Learns what a file is like. Where it has been compared, `loss` is what was lost.
    fn learn(&mut self, file: Queue, loss: Option<i64>) {
        let (bytes, most) = (file.len() as u64, most_bytes(&self.output));
        let too_large = log2(bytes) - log2(most);
        let too_large = if bytes > most { too_large.max(1) } else { too_large };
        // In the middle of what is close.
        let too_good = loss.map(|loss| target::loss(&self.output) - loss - CLOSE / 2);
        let excess = match too_good {
            Some(too_good) => too_good.max(too_large),
            // There was nothing to compare: the quality asked for is as good as any.
            None if self.output.auto_quality && bytes <= most => 0,
            None => too_large,
        };
        if self.search.learn(excess) {
            self.best = file;
        }
    }

    /// The work of a file that is not predicted.
    fn work_of(&self, trial: &Trial) -> u64 {
        trial.work() + trial.file.len() as u64 * single_work(&self.output, self.image).per_byte
    }
}

/// The search for a quality that the options ask for.
fn search(output: &Output) -> Search {
    let quality = output.lossy_quality();
    if output.auto_quality {
        let (least, most) = SEEN_QUALITIES;
        let least = if output.max_bytes.is_some() { MIN_QUALITY } else { least };
        return Search::new(quality, (least, most), target::GROWTH);
    }
    Search::new(quality, (MIN_QUALITY, quality), GROWTH_OF_BYTES)
}

impl Encoder for ChoiceEncoder {
    fn row(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        self.held.push(lane, row);
        Ok(())
    }

    fn finish(&mut self) -> Result<bool> {
        self.state = match std::mem::replace(&mut self.state, State::Done) {
            State::Between => self.begin()?,
            State::Encoding(mut trial) => {
                if trial.step(&self.held, self.image)? {
                    State::Encoding(trial)
                } else {
                    self.made(trial)?
                }
            }
            State::Comparing(file, mut comparison) => {
                if comparison.step(&file, &self.held, self.image)? {
                    State::Comparing(file, comparison)
                } else {
                    self.work += comparison.work(self.image);
                    self.learn(file, comparison.loss());
                    State::Between
                }
            }
            State::Done => State::Done,
        };
        Ok(!matches!(self.state, State::Done))
    }

    fn work(&self) -> u64 {
        self.work
            + match &self.state {
                State::Encoding(trial) => self.work_of(trial),
                State::Comparing(_, comparison) => comparison.work(self.image),
                State::Between | State::Done => 0,
            }
    }

    fn drain(&mut self, sink: &mut Queue) {
        if matches!(self.state, State::Done) {
            sink.append(&mut self.best);
        }
    }
}
