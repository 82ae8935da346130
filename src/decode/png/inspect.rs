//! Describes a PNG by what comes before its pixels, and an animated one by the descriptions of its frames.

use super::chunks::{Chunks, Event, Playback};
use super::head::Head;
use super::inlet::Inlet;
use super::model;
use super::reading::{header, open};
use crate::color::{LARGEST_PROFILE, describe};
use crate::decode::{Header, Inspector, Step, still};
use crate::metadata::Wanted;
use crate::{Animation, Error, Info, Result, exif};

/// Describes a PNG. Frames of an animation are counted to the last, and not decoded.
pub(in crate::decode) struct PngInspector {
    head: Head,
    /// What comes before the pixels says, and the frames that are still to be counted.
    first: Option<Info>,
    frames: Option<Frames>,
    first_pixels: Vec<u8>,
    complete: bool,
    location: bool,
}

/// The frames of an animation.
struct Frames {
    chunks: Chunks,
    /// Frames that there should be, and that have been found, with the milliseconds that they are shown.
    announced: u32,
    found: u32,
    duration: u64,
}

impl PngInspector {
    pub(in crate::decode) fn new(location: bool) -> Self {
        Self {
            head: Head::new(LARGEST_PROFILE as u64, Wanted::default()),
            first: None,
            frames: None,
            first_pixels: Vec::new(),
            complete: false,
            location,
        }
    }

    /// Reads what comes before the pixels.
    fn read_head(&mut self) -> Result<Info> {
        let head = self.head.take();
        let inlet = Inlet::default();
        inlet.push_first(head.clone());
        let reader = open(inlet)?;
        let Header { source, layout, .. } = header(&reader)?;
        let info = reader.info();
        let profile = self.head.take_colors().profile();
        let exif = info.exif_metadata.as_deref().and_then(exif::parse);
        let size = (source.width, source.height);
        let playback = Playback::of(&head, size);
        if let Some(playback) = playback.filter(|playback| playback.frames > 1) {
            let mut chunks = Chunks::new(&head, &playback, size);
            chunks.input.feed(&std::mem::take(&mut self.first_pixels));
            let first = playback.first;
            self.frames = Some(Frames {
                chunks,
                announced: playback.frames,
                found: first.is_some().into(),
                duration: first.map_or(0, |first| first.delay.into()),
            });
        }
        Ok(Info {
            animation: playback.map(|playback| Animation { loops: playback.loops, duration: 0 }),
            icc_profile: profile.map(|profile| describe(&profile, model(layout.channels()))),
            exif: exif.map(|exif| exif.basics(self.location)),
            progressive: info.interlaced,
            ..still(source)
        })
    }
}

impl Frames {
    /// Counts frames as far as they have come, and are sound: no decoder shows those after a damaged one.
    fn count(&mut self) -> Step<()> {
        while self.found < self.announced {
            match self.chunks.next() {
                Ok(Step::NeedInput) => return Step::NeedInput,
                Ok(Step::Ready(Event::Control(control))) => {
                    self.found += 1;
                    self.duration += u64::from(control.delay);
                }
                Ok(Step::Ready(Event::End)) | Err(_) => break,
                Ok(Step::Ready(_)) => (),
            }
        }
        Step::Ready(())
    }
}

impl Inspector for PngInspector {
    fn feed(&mut self, chunk: &[u8]) -> Result<()> {
        if let Some(frames) = &mut self.frames {
            frames.chunks.input.feed(chunk);
            return Ok(());
        }
        let pixels = self.head.feed(chunk)?;
        // They are those of a frame, if they are looked at.
        if self.first.is_none() {
            self.first_pixels.extend_from_slice(pixels);
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.complete = true;
    }

    fn info(&mut self) -> Result<Step<Info>> {
        if self.first.is_none() {
            if !self.complete && !self.head.reaches_pixels() {
                return Ok(Step::NeedInput);
            }
            self.first = Some(self.read_head()?);
        }
        let Self { first, frames, complete, .. } = self;
        if let Some(frames) = frames {
            if *complete {
                frames.chunks.input.finish();
            }
            if frames.count() == Step::NeedInput {
                return Ok(Step::NeedInput);
            }
        }
        let info = first.take().ok_or(Error::Ended)?;
        let (count, duration) =
            frames.as_ref().map_or((1, 0), |frames| (frames.found.max(1), frames.duration));
        let animation = info.animation.filter(|_| count > 1);
        let animation = animation.map(|animation| Animation { duration, ..animation });
        Ok(Step::Ready(Info { frames: count, animation, ..info }))
    }
}
