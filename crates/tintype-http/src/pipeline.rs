//! The work itself: bytes of a source in as they arrive, bytes of a rendition out as they are ready.

use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use tintype_types::{Error, Format, Limit, Outline, SNIFF_BYTES, sniff};

use crate::failure::{Failure, Kind, Result};
use crate::host::{Host, Session};
use crate::input::{self, Input};
use crate::request::Details;
use crate::response::describe::Description;
use crate::waiting::Deadline;

/// Bytes of a rendition that are asked for in one call.
const READ_SIZE: u32 = 256 << 10;

/// Bytes of a source that are written in one call, so that deadlines are checked in between.
const WRITE_SIZE: usize = 64 << 10;

/// The beginning of a source, enough to know its format.
pub(crate) struct Opened<'h, H: Host> {
    input: Input<'h, H>,
    head: BytesMut,
    /// The format that the magic bytes announce.
    pub(crate) format: Format,
}

impl<'h, H: Host> Opened<'h, H> {
    /// Reads as much of a source as its format takes to recognise, and refuses what is not an image before reading on.
    ///
    /// # Errors
    ///
    /// [`Kind::UnsupportedMedia`], or why the source does not arrive.
    pub(crate) async fn open(mut input: Input<'h, H>) -> Result<Self> {
        let mut head = BytesMut::new();
        while head.len() < SNIFF_BYTES
            && let Some(piece) = input.next().await?
        {
            head.extend_from_slice(&piece);
        }
        match sniff(&head) {
            Some(format) => Ok(Self { input, head, format }),
            None if head.is_empty() => Err(unsupported("the source is empty")),
            None => Err(unsupported("the source is not an image of a known format")),
        }
    }

    /// The beginning of the source.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Refuses a format that is not decoded.
    ///
    /// # Errors
    ///
    /// [`Kind::UnsupportedMedia`].
    pub(crate) fn check_decoded(&self) -> Result<()> {
        if self.format.is_decoded() {
            return Ok(());
        }
        Err(unsupported(&format!("the source is of type {}, which is not decoded", self.format.media_type())))
    }

    /// Starts to make a rendition in a session; without one, to deliver the source as it is.
    pub(crate) fn render(self, session: Option<H::Session>) -> Rendering<'h, H> {
        Rendering {
            input: self.input,
            session,
            pending: self.head.freeze(),
            busy: false,
            finished: false,
            decode: Duration::ZERO,
            encode: Duration::ZERO,
        }
    }
}

/// A rendition in the making.
pub(crate) struct Rendering<'h, H: Host> {
    input: Input<'h, H>,
    /// `None` delivers the source as it is.
    session: Option<H::Session>,
    /// Bytes of source that have arrived and were not written yet.
    pending: Bytes,
    /// Whether the last step left work that needs no more of the source.
    busy: bool,
    finished: bool,
    decode: Duration,
    encode: Duration,
}

impl<H: Host> Rendering<'_, H> {
    /// The next bytes of the rendition; `None` at its end.
    ///
    /// # Errors
    ///
    /// Why there are no more bytes.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.session.is_none() {
            let pending = std::mem::take(&mut self.pending);
            return if pending.is_empty() { self.input.next().await } else { Ok(Some(pending)) };
        }
        // What is made already, the client may take at its own pace.
        if self.busy || !self.finished {
            self.input.check_deadline()?;
        }
        loop {
            let ready = self.read()?;
            if !ready.is_empty() {
                return Ok(Some(ready.into()));
            }
            if self.busy {
                self.input.host().pause().await;
            } else if self.finished {
                return Ok(None);
            } else {
                self.feed().await?;
            }
            self.step()?;
            self.input.check_deadline()?;
        }
    }

    /// Gives the session the next piece of the source, or signals its end.
    async fn feed(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            match self.input.next().await? {
                Some(piece) => self.pending = piece,
                None => self.finished = true,
            }
        }
        let Some(session) = &mut self.session else { return Ok(()) };
        let piece = self.pending.split_to(WRITE_SIZE.min(self.pending.remaining()));
        if self.finished { session.finish() } else { session.write(&piece) }.map_err(failure)
    }

    /// Finds out the facts about the source that the session is asked for, and reads no more of it than that takes; all of it
    /// if that is what `details` need.
    ///
    /// # Errors
    ///
    /// Why there are no facts.
    pub(crate) async fn describe(&mut self, details: &Details) -> Result<Description> {
        let info = loop {
            self.input.check_deadline()?;
            if let Some(info) = self.session.as_ref().and_then(Session::info) {
                break info;
            }
            if self.busy {
                self.input.host().pause().await;
            } else if self.finished {
                return Err(Failure::new(Kind::Internal, "the resizer found out nothing"));
            } else {
                self.feed().await?;
            }
            self.step()?;
        };
        let needs_all = details.digest || details.needs_size() && self.input.size().is_none();
        while needs_all && self.input.next().await?.is_some() {}
        let (bytes, sha256) = (self.input.size(), self.input.digest());
        Ok(Description { info, outline: self.outline(), bytes, sha256 })
    }

    /// Collects the rendition up to this many bytes, and whether it is complete.
    ///
    /// # Errors
    ///
    /// Why the rendition cannot be made.
    pub(crate) async fn collect(&mut self, most: usize) -> Result<(Bytes, bool)> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
            if all.len() > most {
                return Ok((all.freeze(), false));
            }
        }
        Ok((all.freeze(), true))
    }

    fn read(&mut self) -> Result<Vec<u8>> {
        let (host, start) = (self.input.host(), self.input.host().now());
        let Some(session) = &mut self.session else { return Ok(Vec::new()) };
        let read = session.read(READ_SIZE).map_err(failure);
        self.encode += host.now().duration_since(start);
        read
    }

    fn step(&mut self) -> Result<()> {
        let (host, start) = (self.input.host(), self.input.host().now());
        let Some(session) = &mut self.session else { return Ok(()) };
        let step = session.step().map_err(failure);
        self.decode += host.now().duration_since(start);
        self.busy = step?;
        Ok(())
    }

    /// Format and size, as soon as they are known; a source that is delivered as it is has none.
    pub(crate) fn outline(&self) -> Option<Outline> {
        self.session.as_ref()?.outline()
    }

    /// The resizer's work so far.
    pub(crate) fn work(&self) -> u64 {
        self.session.as_ref().map_or(0, Session::work)
    }

    /// Whether the rendition shows less than the whole source, as far as is known by now.
    pub(crate) fn damaged(&self) -> bool {
        self.session.as_ref().is_some_and(Session::damaged)
    }

    /// Sets the deadline of the answer, which begins with what has been made.
    pub(crate) fn extend(&mut self, deadline: Deadline) {
        self.input.extend(deadline);
    }

    /// The source as far as it has been read.
    pub(crate) fn input(&self) -> &Input<'_, H> {
        &self.input
    }

    /// Time spent in the resizer: taking in the source, and taking out the rendition.
    pub(crate) fn times(&self) -> (Duration, Duration) {
        (self.decode, self.encode)
    }
}

fn unsupported(message: &str) -> Failure {
    Failure::new(Kind::UnsupportedMedia, message).with_detail("accepted are JPEG, PNG, WebP and GIF images")
}

/// The resizer's error as the failure of a request.
fn failure(error: Error) -> Failure {
    match error {
        Error::Unrecognized => unsupported("the source is not an image of a known format"),
        Error::Unsupported { format, feature } => {
            Failure::new(Kind::UnsupportedMedia, format!("{} {feature} is not supported", format.title()))
                .with_detail("use another source, or ask for another format")
        }
        Error::Malformed { format, detail } => {
            Failure::new(Kind::DamagedSource, format!("the {} source is damaged", format.title()))
                .with_detail(detail)
        }
        Error::InvalidOption { name, detail } => {
            Failure::new(Kind::InvalidParameter, format!("{} is not accepted", parameter(&name)))
                .with_detail(detail)
        }
        Error::LimitExceeded { limit, allowed, needed } => limit_exceeded(limit, allowed, needed),
        Error::Ended => Failure::new(Kind::Internal, "the session of the resizer had ended already"),
        Error::Internal(reason) => Failure::new(Kind::Internal, "the resizer failed").with_detail(reason),
    }
}

/// The query grammar's name of an option of the contract.
fn parameter(option: &str) -> &str {
    match option {
        "position" => "gravity",
        "density" => "dpr",
        "width-share" => "width",
        "height-share" => "height",
        "overlay" => "watermark",
        "flip-horizontal" | "flip-vertical" => "flip",
        other => other,
    }
}

fn limit_exceeded(limit: Limit, allowed: u64, needed: u64) -> Failure {
    let (kind, message, advice) = match limit {
        Limit::SourceBytes => return input::too_large(allowed),
        Limit::SourcePixels => (
            Kind::TooManyPixels,
            format!("the source has {needed} pixels, and {allowed} are allowed"),
            "use a smaller source, or raise TINTYPE_MAX_SOURCE_PIXELS, or the limit in the URL",
        ),
        Limit::Frames => (
            Kind::TooManyFrames,
            format!("the source has {needed} frames or more, and {allowed} are allowed"),
            "ask for fewer frames, or raise TINTYPE_MAX_FRAMES",
        ),
        Limit::FramePixels => (
            Kind::TooManyPixels,
            format!("each frame of the source has {needed} pixels, and {allowed} are allowed"),
            "use a smaller source, or raise TINTYPE_MAX_FRAME_PIXELS, or the limit in the URL",
        ),
        Limit::OutputSide => (
            Kind::OutputTooLarge,
            format!("the longest side of the image would have {needed} pixels, and {allowed} are allowed"),
            "ask for less, or raise TINTYPE_MAX_OUTPUT_SIDE",
        ),
        Limit::OutputPixels => (
            Kind::OutputTooLarge,
            format!("the image would have {needed} pixels, and {allowed} are allowed"),
            "ask for less, or raise TINTYPE_MAX_OUTPUT_PIXELS",
        ),
        Limit::Memory => (
            Kind::TooMuchMemory,
            format!("making the image would need {needed} bytes of memory, and {allowed} are allowed"),
            "ask for less or use a smaller source, or raise TINTYPE_MAX_MEMORY",
        ),
        Limit::Work => (
            Kind::TooMuchWork,
            format!("making the image would take {needed} units of work, and {allowed} are allowed"),
            "ask for less or use a smaller source, or raise TINTYPE_MAX_WORK",
        ),
    };
    Failure::new(kind, message).with_detail(advice)
}
