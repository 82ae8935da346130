//! Encodes an image in several formats, and keeps the smallest file.
//!
//! The rows are held, and encoded in one format after the other. The file comes out once it has been chosen.

use super::held::{Held, Trial};
use super::{Encoder, Image, Memory, Work, chosen, chosen_memory, chosen_work};
use crate::metadata::Attached;
use crate::pixels::{Depth, Layout};
use crate::queue::Queue;
use crate::{Alternative, Format, Options, Output, Result};

/// The ways to encode a rendition: as it was asked for, and those that may take its place if their files are smaller.
#[derive(Debug, Clone)]
pub(crate) struct Outputs {
    pub first: Output,
    others: Vec<Output>,
}

impl Outputs {
    /// What the options ask for.
    pub(crate) fn new(options: &Options) -> Self {
        let first = options.output;
        let output = |&Alternative { format, quality }| Output { format, quality, ..first };
        Self { first, others: options.alternatives.iter().map(output).collect() }
    }

    fn iter(&self) -> impl Iterator<Item = &Output> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The lossy ones.
    pub(super) fn lossy(&self) -> impl Iterator<Item = &Output> {
        self.iter().filter(|output| output.is_lossy())
    }

    /// Whether there is anything to choose for an image like this.
    pub(super) fn leave_a_choice(&self, image: Image) -> bool {
        !self.others.is_empty() && image.loops.is_none() && image.depth == Depth::Eight
    }

    /// Those that can hold an image and have a chance to be the smallest, what was asked for first; WebP without loss, too.
    fn for_image(&self, image: Image) -> Vec<Output> {
        let others = self.others.iter().filter(|other| has_a_chance(other, image));
        let outputs = std::iter::once(&self.first).chain(others);
        outputs.flat_map(|output| [Some(*output), without_loss(output, image)]).flatten().collect()
    }
}

fn has_a_chance(output: &Output, image: Image) -> bool {
    let longest = image.width.max(image.height);
    let fits = output.format.longest_side().is_some_and(|side| longest <= side);
    let is_jpeg = output.format == Format::Jpeg;
    let can_hold = fits && !(is_jpeg && (output.lossless || image.channels().has_alpha()));
    // What a lossy source has lost is not worth being kept exactly.
    can_hold && (output.is_lossy() || image.layout != Layout::YCbCr)
}

fn without_loss(output: &Output, image: Image) -> Option<Output> {
    let exact = Output { lossless: true, near_lossless: 100, ..*output };
    let is_tried = output.format == Format::Webp && output.is_lossy() && has_a_chance(&exact, image);
    is_tried.then_some(exact)
}

/// The same image if all of its pixels are opaque.
fn opaque(image: Image) -> Image {
    match image.layout {
        Layout::Interleaved(channels) => {
            Image { layout: Layout::Interleaved(channels.without_alpha()), ..image }
        }
        Layout::YCbCr | Layout::Inks => image,
    }
}

/// Rows, the file in the making, and the smallest one so far.
pub(super) fn memory(outputs: &Outputs, image: Image) -> Memory {
    let of = |image: Image| {
        let files = outputs.for_image(image).into_iter().map(|output| {
            let Memory { coder, pieces } = chosen_memory(&output, image);
            coder + pieces
        });
        files.max().unwrap_or(0)
    };
    let file = of(image).max(of(opaque(image)));
    Memory { coder: Held::bytes(image) + file + image.samples(), pieces: 0 }
}

/// At least one file is made. What the others take is counted as they are.
pub(super) fn work(outputs: &Outputs, image: Image) -> Work {
    Work { fixed: Held::bytes(image) + chosen_work(&outputs.first, image).fixed, per_byte: 0 }
}

pub(super) struct SmallestEncoder {
    image: Image,
    attached: Attached,
    held: Held,
    is_opaque: bool,
    state: State,
    /// The smallest file so far, and in the end.
    best: Option<(Format, Queue)>,
    /// The work of files that are complete, but for what is predicted.
    work: u64,
}

enum State {
    /// Rows are coming.
    Rows(Outputs),
    /// One file after the other is made: those that are left, the last first.
    Files(Vec<Output>, Option<(Output, Trial)>),
    Done,
}

impl SmallestEncoder {
    pub(super) fn new(outputs: &Outputs, image: Image, attached: Attached) -> Self {
        let state = State::Rows(outputs.clone());
        Self { image, attached, held: Held::new(image), is_opaque: true, state, best: None, work: 0 }
    }

    /// Chooses what is tried, now that all rows have come.
    fn choose(&mut self, outputs: &Outputs) -> State {
        if self.is_opaque && self.image.channels().has_alpha() {
            self.held.drop_alpha(self.image.channels());
            self.image = opaque(self.image);
        }
        let mut left = outputs.for_image(self.image);
        left.reverse();
        State::Files(left, None)
    }

    /// Begins to make the next file, if there is one.
    fn begin(&mut self, mut left: Vec<Output>) -> Result<State> {
        let Some(output) = left.pop() else {
            self.held.clear();
            return Ok(State::Done);
        };
        if self.best.is_some() {
            self.work += chosen_work(&output, self.image).fixed;
        }
        // No frames are held: a still has none.
        let encoder = chosen(&output, self.image, self.attached.clone(), 0)?;
        Ok(State::Files(left, Some((output, Trial::new(encoder)))))
    }

    /// Keeps a file if it is the smallest so far.
    fn keep(&mut self, output: &Output, trial: Trial) {
        self.work += work_of(output, &trial, self.image);
        if self.best.as_ref().is_none_or(|(_, best)| trial.file.len() < best.len()) {
            self.best = Some((output.format, trial.file));
        }
    }
}

/// The work of a file that is not predicted.
fn work_of(output: &Output, trial: &Trial, image: Image) -> u64 {
    trial.work() + trial.file.len() as u64 * chosen_work(output, image).per_byte
}

impl Encoder for SmallestEncoder {
    fn row(&mut self, lane: usize, row: &[u8]) -> Result<()> {
        let channels = self.image.channels();
        if self.is_opaque && channels.has_alpha() {
            self.is_opaque =
                row.iter().skip(channels.count() - 1).step_by(channels.count()).all(|&alpha| alpha == 255);
        }
        self.held.push(lane, row);
        Ok(())
    }

    fn finish(&mut self) -> Result<bool> {
        self.state = match std::mem::replace(&mut self.state, State::Done) {
            State::Rows(outputs) => self.choose(&outputs),
            State::Files(left, None) => self.begin(left)?,
            State::Files(left, Some((output, mut trial))) => {
                if trial.step(&self.held, self.image)? {
                    State::Files(left, Some((output, trial)))
                } else {
                    self.keep(&output, trial);
                    State::Files(left, None)
                }
            }
            State::Done => State::Done,
        };
        Ok(!matches!(self.state, State::Done))
    }

    fn work(&self) -> u64 {
        let trial = match &self.state {
            State::Files(_, Some((output, trial))) => work_of(output, trial, self.image),
            State::Rows(_) | State::Files(_, None) | State::Done => 0,
        };
        self.work + trial
    }

    fn format(&self) -> Option<Format> {
        self.best.as_ref().map(|(format, _)| *format)
    }

    fn drain(&mut self, sink: &mut Queue) {
        if matches!(self.state, State::Done)
            && let Some((_, file)) = &mut self.best
        {
            sink.append(file);
        }
    }
}
