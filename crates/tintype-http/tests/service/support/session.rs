//! Sessions of the resizer: one that returns what it is given, and the engine's.

use std::rc::Rc;
use std::time::Duration;

use tintype_http::host::Session;
use tintype_types::{ColorModel, Error, Format, Info, Length, Options, Outline, Source};

use super::Clock;

pub(crate) enum TestSession {
    Echo(Echo),
    Engine(Box<tintype::Session>),
}

/// A session whose rendition is its source.
pub(crate) struct Echo {
    /// Width and height that it is asked for.
    pub(crate) output: (u32, u32),
    /// Format that it is asked for.
    pub(crate) format: Format,
    /// The number of times that the source comes out.
    pub(crate) copies: usize,
    /// Bytes of source that it needs to know the size.
    pub(crate) header: usize,
    /// Bytes of source after which some are found missing.
    pub(crate) damaged_after: usize,
    /// Bytes of source after which it fails, and how.
    pub(crate) failing_after: (usize, Error),
    /// Whether the rendition is ready at the end alone.
    pub(crate) at_end: bool,
    /// The time that the step after each `write` takes, and each of those after `finish`.
    pub(crate) slowness: Duration,
    /// Steps that it takes after `finish`.
    pub(crate) last_steps: usize,
    /// Steps that it still takes for what it was given.
    pub(crate) steps_left: usize,
    pub(crate) clock: Option<Rc<Clock>>,
    pub(crate) taken: usize,
    pub(crate) ready: Vec<u8>,
    pub(crate) is_finished: bool,
}

impl Echo {
    /// A source of 30 × 20 pixels as stored, and 20 × 30 upright.
    pub(crate) fn new(options: &Options) -> Self {
        let side = |side: Option<Length>| side.map_or(1, |side| side.of(20));
        Self {
            output: (side(options.geometry.width), side(options.geometry.height)),
            format: options.output.format,
            copies: 1,
            header: 1,
            damaged_after: usize::MAX,
            failing_after: (usize::MAX, Error::Ended),
            at_end: false,
            slowness: Duration::ZERO,
            last_steps: 0,
            steps_left: 0,
            clock: None,
            taken: 0,
            ready: Vec::new(),
            is_finished: false,
        }
    }
}

impl From<Echo> for TestSession {
    fn from(echo: Echo) -> Self {
        Self::Echo(echo)
    }
}

impl From<tintype::Session> for TestSession {
    fn from(session: tintype::Session) -> Self {
        Self::Engine(Box::new(session))
    }
}

impl TestSession {
    /// The same session with the clock that its work moves.
    pub(crate) fn on(mut self, clock: &Rc<Clock>) -> Self {
        if let Self::Echo(echo) = &mut self {
            echo.clock = Some(clock.clone());
        }
        self
    }
}

impl Session for TestSession {
    fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        match self {
            Self::Echo(echo) => echo.write(chunk),
            Self::Engine(session) => session.write(chunk),
        }
    }

    fn finish(&mut self) -> Result<(), Error> {
        match self {
            Self::Echo(echo) => {
                assert!(!std::mem::replace(&mut echo.is_finished, true));
                echo.steps_left = echo.last_steps;
                Ok(())
            }
            Self::Engine(session) => session.finish(),
        }
    }

    fn step(&mut self) -> Result<bool, Error> {
        match self {
            Self::Echo(echo) => echo.step(),
            Self::Engine(session) => session.step(),
        }
    }

    fn read(&mut self, max: u32) -> Result<Vec<u8>, Error> {
        match self {
            Self::Echo(echo) => {
                let is_ready = echo.is_finished && echo.steps_left == 0 || !echo.at_end;
                let size = if is_ready { echo.ready.len().min(max as usize) } else { 0 };
                Ok(echo.ready.drain(..size).collect())
            }
            Self::Engine(session) => session.read(max as usize),
        }
    }

    fn outline(&self) -> Option<Outline> {
        match self {
            Self::Echo(echo) => echo.outline(),
            Self::Engine(session) => session.outline(),
        }
    }

    fn info(&self) -> Option<Info> {
        match self {
            Self::Echo(_) => None,
            Self::Engine(session) => session.info(),
        }
    }

    fn damaged(&self) -> bool {
        match self {
            Self::Echo(echo) => echo.taken > echo.damaged_after,
            Self::Engine(session) => session.damaged(),
        }
    }
}

impl Echo {
    fn write(&mut self, chunk: &[u8]) -> Result<(), Error> {
        assert!(!self.is_finished && !chunk.is_empty());
        self.taken += chunk.len();
        if self.taken > self.failing_after.0 {
            return Err(self.failing_after.1.clone());
        }
        self.steps_left = 1;
        (0..self.copies).for_each(|_| self.ready.extend_from_slice(chunk));
        Ok(())
    }

    fn step(&mut self) -> Result<bool, Error> {
        if self.steps_left > 0 {
            self.steps_left -= 1;
            self.clock.iter().for_each(|clock| clock.pass(self.slowness));
        }
        Ok(self.steps_left > 0)
    }

    fn outline(&self) -> Option<Outline> {
        let source = Source {
            format: Format::Jpeg,
            width: 30,
            height: 20,
            orientation: 6,
            color: ColorModel::Rgb,
            bit_depth: 8,
            alpha: false,
        };
        let (width, height) = self.output;
        (self.taken >= self.header).then_some(Outline { format: self.format, width, height, source })
    }
}
