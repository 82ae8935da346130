//! The world as the service sees it: three small traits, and a fourth for what it may stand in front of.
//!
//! `components/service` implements them for wasi:http 0.2, `components/service-p3` and `components/middleware` for 0.3, and the
//! tests with vectors.
#![allow(async_fn_in_trait)] // Instances of WebAssembly have one thread: no future has to be `Send`.

use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tintype_types::{Error, Info, Options, Outline};

/// The host that a request arrives on: it sends requests to origins, opens sessions of the resizer, knows the time and
/// writes the log.
pub trait Host {
    /// A body that arrives: a client's upload or an origin's response.
    type Body: Body;
    /// A session of the resizer.
    type Session: Session;

    /// Sends a request to an origin and waits for the head of its response, until `deadline` at the latest. Redirects
    /// are not followed.
    ///
    /// # Errors
    ///
    /// The reason why there is no response.
    async fn send(
        &self,
        request: Request<()>,
        timeouts: &Timeouts,
        deadline: Instant,
    ) -> Result<Response<Self::Body>, HostError>;

    /// Sends telemetry to a collector, and waits for the status of its response, until `deadline` at the latest. A host
    /// that has no way to send it need not implement this.
    ///
    /// # Errors
    ///
    /// The reason why there is no response.
    async fn export(&self, _request: Request<Bytes>, _deadline: Instant) -> Result<StatusCode, HostError> {
        Err(HostError::Denied)
    }

    /// Bytes of memory that the service has, without the resizer; 0 if that is not known.
    fn memory(&self) -> u64 {
        0
    }

    /// Lets the host do something else between two pieces of work, such as serving other requests or cancelling this one.
    async fn pause(&self);

    /// Opens a session of the resizer, one that works only in [`Session::step`].
    fn session(&self, options: &Options) -> Self::Session;

    /// The monotonic clock.
    fn now(&self) -> Instant;

    /// The wall clock.
    fn date(&self) -> SystemTime;

    /// Writes a line to the log.
    fn log(&self, line: &str);
}

/// The component that the service stands in front of.
pub trait Behind {
    /// The body of an answer.
    type Body: Body;
    /// An answer, untouched.
    type Answer;

    /// Asks for the original of an image and waits for the head of the answer, until `deadline` at the latest.
    ///
    /// # Errors
    ///
    /// The reason why there is no answer.
    async fn ask(&self, request: Request<()>, deadline: Instant) -> Result<Self::Answer, HostError>;

    /// The status of an answer; `None` if it has none.
    fn status(answer: &Self::Answer) -> Option<StatusCode>;

    /// Takes an answer apart.
    ///
    /// # Errors
    ///
    /// The reason why that cannot be done.
    fn open(answer: Self::Answer) -> Result<Response<Self::Body>, HostError>;
}

/// A body that arrives piece by piece.
pub trait Body {
    /// Waits for the next piece, until `deadline` at the latest. `None` is the end; a piece is never empty.
    ///
    /// # Errors
    ///
    /// [`HostError::TimedOut`] if nothing arrived in time, after which the call may be repeated; others are final.
    async fn next(&mut self, deadline: Instant) -> Result<Option<Bytes>, HostError>;
}

/// `tintype:image/resize.session`: bytes of a source in, bytes of a rendition out.
pub trait Session {
    /// Takes the next bytes of the source.
    ///
    /// # Errors
    ///
    /// The contract's, after which the session has ended.
    fn write(&mut self, chunk: &[u8]) -> Result<(), Error>;

    /// Signals the end of the source. After this, only [`Session::step`] and [`Session::read`] may be called.
    ///
    /// # Errors
    ///
    /// The contract's, after which the session has ended.
    fn finish(&mut self) -> Result<(), Error>;

    /// Works for a while on what has been written. Returns whether there is more to do without more of the source; after
    /// [`Session::finish`], false says that the rendition is complete.
    ///
    /// # Errors
    ///
    /// The contract's, after which the session has ended.
    fn step(&mut self) -> Result<bool, Error>;

    /// Takes at most `max` bytes of the rendition. Empty if none are ready; after the last step, at its end.
    ///
    /// # Errors
    ///
    /// The contract's, after which the session has ended.
    fn read(&mut self, max: u32) -> Result<Vec<u8>, Error>;

    /// Format and size, once the source's header has been read.
    fn outline(&self) -> Option<Outline>;

    /// The work done so far, in units of the limit `max-work`; 0 if that is not known.
    fn work(&self) -> u64 {
        0
    }

    /// The facts that [`tintype_types::Output::describe`] asks for, once they are known.
    fn info(&self) -> Option<Info>;

    /// Whether some of the source was found missing or corrupt so far.
    fn damaged(&self) -> bool;
}

/// Bounds on the time that origins and clients may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Connecting to an origin.
    pub connect: Duration,
    /// From the connection to an origin's first byte.
    pub first_byte: Duration,
    /// A pause of an origin, or of a client that uploads an image.
    pub between_bytes: Duration,
    /// A request, until its answer begins.
    pub total: Duration,
    /// The answer, from its beginning to its end.
    pub answer: Duration,
}

/// Why a host could not send a request or read a body: the error codes of `wasi:http`, as far as they make a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostError {
    /// The deadline, or a timeout of the host, passed.
    TimedOut,
    /// The host does not allow the request.
    Denied,
    /// The host does not allow requests to the address that the name resolves to.
    AddressProhibited,
    /// The name does not resolve.
    UnknownName,
    /// The connection was refused.
    Refused,
    /// The TLS certificate or protocol is not acceptable.
    Tls,
    /// The connection broke off, or the peer does not speak HTTP.
    BrokenOff,
    /// The host cannot send a request to such a URL.
    UnusableUrl,
    /// Anything else.
    Other,
}
