//! Chooses among several files of an image: by the quality at which one is small enough.
//!
//! The rows are held, and encoded again and again. The file comes out once it has been chosen.

use super::held::{Held, Trial};
use super::search::{Search, log2};
use super::{Encoder, Image, Memory, Work, single, single_memory, single_work};
use crate::metadata::Attached;
use crate::queue::Queue;
use crate::{Format, Output, Result};

/// The least quality that is tried, unless less is asked for.
const MIN_QUALITY: u8 = 10;

/// How much larger files usually become with each step of quality: see [`log2`].
const GROWTH_OF_BYTES: i64 = 9;

/// Whether there is anything to choose.
pub(super) fn applies(output: &Output, image: Image) -> bool {
    let is_lossy = match output.format {
        Format::Jpeg => true,
        Format::Webp => !output.lossless && image.loops.is_none(),
        _ => false,
    };
    is_lossy && output.max_bytes.is_some()
}

/// Rows, the file in the making, and the best one so far.
pub(super) fn memory(output: &Output, image: Image) -> Memory {
    let Memory { coder, pieces } = single_memory(output, image);
    let best = image.samples().min(most_bytes(output));
    Memory { coder: Held::bytes(image) + coder + pieces + best, pieces: 0 }
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
    trial: Option<Trial>,
    /// The best file so far, and in the end.
    best: Queue,
    done: bool,
    /// The work of files that are complete, but for what is predicted.
    work: u64,
}

impl ChoiceEncoder {
    pub(super) fn new(output: &Output, image: Image, attached: Attached) -> Self {
        let quality = output.lossy_quality();
        Self {
            output: *output,
            image,
            attached,
            held: Held::new(image),
            search: Search::new(quality, (MIN_QUALITY, quality), GROWTH_OF_BYTES),
            trial: None,
            best: Queue::default(),
            done: false,
            work: 0,
        }
    }

    /// Begins to make a file, if another one is worth it.
    fn begin(&mut self) -> Result<Option<Trial>> {
        let Some(quality) = self.search.next() else { return Ok(None) };
        if self.search.trials() > 0 {
            self.work += single_work(&self.output, self.image).fixed;
        }
        let output = Output { quality: Some(quality.into()), ..self.output };
        // No frames are held: a still has none.
        Ok(Some(Trial::new(single(&output, self.image, self.attached.clone(), 0)?)))
    }

    /// By how much a file is too large.
    fn excess(&self, file: &Queue) -> i64 {
        let (bytes, most) = (file.len() as u64, most_bytes(&self.output));
        let excess = log2(bytes) - log2(most);
        if bytes > most { excess.max(1) } else { excess }
    }

    /// The work of a file that is not predicted.
    fn work_of(&self, trial: &Trial) -> u64 {
        trial.work() + trial.file.len() as u64 * single_work(&self.output, self.image).per_byte
    }
}

impl Encoder for ChoiceEncoder {
    fn row(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        self.held.push(lane, row);
        Ok(())
    }

    fn finish(&mut self) -> Result<bool> {
        if self.done {
            return Ok(false);
        }
        let trial = match self.trial.take() {
            Some(trial) => Some(trial),
            None => self.begin()?,
        };
        let Some(mut trial) = trial else {
            self.done = true;
            self.held.clear();
            return Ok(false);
        };
        if trial.step(&self.held, self.image)? {
            self.trial = Some(trial);
            return Ok(true);
        }
        self.work += self.work_of(&trial);
        if self.search.learn(self.excess(&trial.file)) {
            self.best = trial.file;
        }
        Ok(true)
    }

    fn work(&self) -> u64 {
        self.work + self.trial.as_ref().map_or(0, |trial| self.work_of(trial))
    }

    fn drain(&mut self, sink: &mut Queue) {
        if self.done {
            sink.append(&mut self.best);
        }
    }
}
