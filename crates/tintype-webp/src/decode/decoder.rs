//! The decoder: from chunks to an image, and from an image to rows.

use super::animation::Animation;
use super::budget::Budget;
use super::config::DecoderConfig;
use super::container::{Container, Found, Image};
use super::error::{DecodeError, Flaw, Unsupported};
use super::header::Header;
use super::input::Input;
use super::strip::{Output, Row, Step};
use super::work::{Advance, Work};

/// Bytes counted for input that waits for more: what a step may take, with what was fed last, and twice that as
/// buffers grow.
const INPUT_BYTES: u64 = 32 << 10;

/// A decoder that takes bytes, returns rows, and never waits.
///
/// Call [`header`](Self::header) until it is there, then [`start`](Self::start), then [`next_row`](Self::next_row) or
/// [`next_strip`](Self::next_strip) until there are no more; whenever one of them needs input, [`feed`](Self::feed)
/// it, or [`finish`](Self::finish) when there is no more. To hold little of the input, feed it when it is asked for,
/// rather than all at once: input is held until it is used.
pub struct Decoder {
    config: DecoderConfig,
    input: Input,
    budget: Budget,
    container: Container,
    header: Option<Header>,
    image: Option<Image>,
    work: Option<Work>,
    /// Why decoding cannot go on.
    failed: Option<DecodeError>,
}

impl Decoder {
    /// A decoder without input.
    pub fn new(config: DecoderConfig) -> Self {
        Self {
            input: Input::default(),
            budget: Budget::new(config.max_memory),
            container: Container::new(true),
            header: None,
            image: None,
            work: None,
            failed: None,
            config,
        }
    }

    /// Appends input. Chunks of any size give the same result.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.input.feed(chunk);
    }

    /// Signals the end of the input.
    pub fn finish(&mut self) {
        self.input.finish();
    }

    /// The header, or `None` if more input is needed: everything up to the image data.
    ///
    /// # Errors
    ///
    /// If the input is not a WebP, is of an unsupported kind, malformed, or finished too early; or if what stands
    /// before the image data takes more memory than the limit.
    pub fn header(&mut self) -> Result<Option<&Header>, DecodeError> {
        if self.header.is_none() {
            if self.budget.held() == 0 {
                self.budget.take(INPUT_BYTES)?;
            }
            let found = self.container.find_image(&mut self.input, &self.config, &mut self.budget)?;
            let Some(Found { header, image }) = found else { return Ok(None) };
            self.header = Some(header);
            self.image = Some(image);
        }
        Ok(self.header.as_ref())
    }

    /// Upper bound, in bytes, of the memory that decoding to `output` holds, as far as is known; `None` before the
    /// header is.
    ///
    /// It includes metadata and an allowance for what shows only in the data of a lossless image: prefix codes and
    /// transforms. Where they take more, it grows, but never beyond the limit.
    pub fn predicted_memory(&self, output: Output) -> Option<u64> {
        match (&self.image, &self.work) {
            (Some(image), _) => {
                let (fixed, allowance) = Work::memory(image, output);
                Some(self.budget.held_after(fixed.saturating_add(allowance)))
            }
            (_, Some(_)) => Some(self.budget.held()),
            _ => None,
        }
    }

    /// Upper bound, in bytes, of the memory that an [`Animation`] holds, as far as is known: with the first of its
    /// frames. `None` before the header is known.
    pub fn predicted_animation_memory(&self) -> Option<u64> {
        let image = self.image.as_ref()?;
        Some(self.budget.held_after(Animation::memory(image)))
    }

    /// Goes on with all frames of an animation, before anything is decoded.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Memory`], before it is allocated, if the canvas takes more than the limit; [`DecodeError::Order`] if
    /// the header is not known yet, decoding has begun, or the file is no animation.
    pub fn into_animation(mut self) -> Result<Animation, DecodeError> {
        let playback = self.header.as_ref().and_then(|header| header.animation);
        let (Some(image), Some(_)) = (self.image.take(), playback) else {
            return Err(DecodeError::Order(
                "frames are those of an animation that has a header and was not started",
            ));
        };
        Animation::new(self.config, self.input, self.budget, self.container, image)
    }

    /// Sets the most memory that decoding may hold, in bytes, in place of
    /// [`DecoderConfig::max_memory`](super::DecoderConfig::max_memory): for callers that learn from the header what
    /// they need themselves.
    pub fn set_max_memory(&mut self, bytes: u64) {
        self.budget.limit(bytes);
    }

    /// Begins to decode.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Memory`], before anything is allocated, if decoding would hold more than the limit;
    /// [`DecodeError::Unsupported`] if planes are asked for and the image has none; [`DecodeError::Order`] if the
    /// header is not known yet or decoding has begun before.
    pub fn start(&mut self, output: Output) -> Result<(), DecodeError> {
        if self.work.is_some() {
            return Err(DecodeError::Order("decoding has begun already: use a new decoder to begin again"));
        }
        let Some(image) = &self.image else {
            return Err(DecodeError::Order("the header is not known yet: call header until it is"));
        };
        if output == Output::Planar && !image.planar {
            return Err(DecodeError::Unsupported(Unsupported::Planes));
        }
        let (fixed, allowance) = Work::memory(image, output);
        self.budget.take(fixed.saturating_add(allowance))?;
        self.budget.give(allowance);
        self.work = self.image.take().map(|image| Work::new(image, output, self.config.damage));
        Ok(())
    }

    /// The next strip of planes, after a [`start`](Self::start) with planar output.
    ///
    /// # Errors
    ///
    /// As [`next_row`](Self::next_row).
    pub fn next_strip(&mut self) -> Result<Step<'_>, DecodeError> {
        let advance = self.advance(Output::Planar, "strips come after a start with planar output")?;
        Ok(match (advance, &self.work) {
            (Advance::Row, Some(work)) => Step::Strip(work.strip()),
            (Advance::NeedInput, _) => Step::NeedInput,
            _ => Step::Done,
        })
    }

    /// The next row of pixels, after a [`start`](Self::start) with interleaved output.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Damaged`] if the image is damaged and that is not accepted; [`DecodeError::Memory`] if the data
    /// demands more memory than the limit; [`DecodeError::Order`] without such a start.
    pub fn next_row(&mut self) -> Result<Row<'_>, DecodeError> {
        let advance = self.advance(Output::Interleaved, "rows come after a start with interleaved output")?;
        Ok(match (advance, &self.work) {
            (Advance::Row, Some(work)) => Row::Pixels(work.pixels()),
            (Advance::NeedInput, _) => Row::NeedInput,
            _ => Row::Done,
        })
    }

    /// Decodes up to the next row or strip. Errors are final.
    fn advance(&mut self, output: Output, remedy: &'static str) -> Result<Advance, DecodeError> {
        let Some(work) = self.work.as_mut().filter(|work| work.output() == output) else {
            return Err(DecodeError::Order(remedy));
        };
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let advance = match output {
            Output::Interleaved => work.next_row(&mut self.input, &mut self.budget),
            Output::Planar => work.next_strip(&mut self.input, &mut self.budget),
        };
        match &advance {
            // What follows the image is not looked at.
            Ok(Advance::Done) => self.input.close(),
            Err(error) => self.failed = Some(error.clone()),
            _ => {}
        }
        advance
    }

    /// The first flaw found so far in the image's data, if any.
    pub fn damage(&self) -> Option<Flaw> {
        self.work.as_ref().and_then(Work::flaw)
    }

    /// Rough number of instructions that decoding has taken so far. It depends only on the input, and not on how that
    /// was chunked.
    pub fn work(&self) -> u64 {
        self.work.as_ref().map_or(0, Work::work)
    }
}
