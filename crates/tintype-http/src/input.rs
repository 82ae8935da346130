//! The bytes of a source as they arrive: waited for within deadlines, counted, bounded and hashed.

use std::hash::Hasher as _;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, header};
use sha2::{Digest as _, Sha256};
use twox_hash::XxHash64;

use crate::failure::{Failure, Kind, Result, clip};
use crate::host::{Body, Host, HostError};
use crate::waiting::{Deadline, OVERLOAD, origin_failure, overloaded};

/// The sender of a body, who is at fault if it does not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// The client that sent the request.
    Client,
    /// The origin of the source.
    Origin,
}

/// How long to look once more for bytes that the host may have received while it was too busy to pass them on.
const GRACE: Duration = Duration::from_millis(250);

/// How many times to look once more while the host is overloaded.
const LOOKS: u32 = 4;

/// Bounds on a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Bytes.
    pub(crate) bytes: u64,
    /// The longest pause.
    pub(crate) pause: Duration,
    /// When the request arrived.
    pub(crate) start: Instant,
    /// When the last byte has to be there.
    pub(crate) deadline: Deadline,
}

/// A body on its way in.
pub(crate) struct Input<'h, H: Host> {
    host: &'h H,
    body: H::Body,
    sender: Sender,
    bounds: Bounds,
    is_complete: bool,
    is_too_large: bool,
    is_overloaded: bool,
    count: u64,
    hash: XxHash64,
    /// SHA-256, if it is wanted.
    digest: Option<Sha256>,
    /// Bytes that the sender announces.
    announced: Option<u64>,
    waited: Duration,
}

impl<'h, H: Host> Input<'h, H> {
    /// A body with these headers.
    ///
    /// # Errors
    ///
    /// [`Kind::SourceTooLarge`] if the headers announce too many bytes, [`Kind::UnsupportedMedia`] for a content
    /// coding, and for a form from a client.
    pub(crate) fn new(
        host: &'h H,
        body: H::Body,
        headers: &HeaderMap,
        sender: Sender,
        bounds: Bounds,
    ) -> Result<Self> {
        if sender == Sender::Client {
            refuse_forms(headers)?;
        }
        let length: Option<u64> =
            headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length| length > bounds.bytes) {
            return Err(too_large(bounds.bytes));
        }
        refuse_compressed(headers)?;
        Ok(Self {
            host,
            body,
            sender,
            bounds,
            is_complete: false,
            is_too_large: false,
            is_overloaded: false,
            count: 0,
            hash: XxHash64::with_seed(0),
            digest: None,
            announced: length,
            waited: Duration::ZERO,
        })
    }

    /// The next bytes of the source; `None` at its end. Of a source that is too large, as many as are allowed come first:
    /// what is wrong with it must not depend on the pieces that it arrives in.
    ///
    /// # Errors
    ///
    /// Why there are no more bytes.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        let mut piece = if self.is_too_large { None } else { self.receive().await? };
        if let Some(piece) = &mut piece {
            let room = usize::try_from(self.bounds.bytes.saturating_sub(self.count)).unwrap_or(usize::MAX);
            self.is_too_large = piece.len() > room;
            piece.truncate(room);
            self.count += piece.len() as u64;
            self.hash.write(piece);
            if let Some(digest) = &mut self.digest {
                digest.update(&piece);
            }
        }
        match piece {
            Some(piece) if !piece.is_empty() => Ok(Some(piece)),
            _ if self.is_too_large => Err(too_large(self.bounds.bytes)),
            _ => Ok(None),
        }
    }

    /// Waits for the next bytes of the body. After its end, there are none.
    async fn receive(&mut self) -> Result<Option<Bytes>> {
        if self.is_complete {
            return Ok(None);
        }
        self.check_deadline()?;
        let start = self.host.now();
        let received = self.receive_until((start + self.bounds.pause).min(self.bounds.deadline.at)).await;
        self.waited += self.host.now().duration_since(start);
        self.is_complete = matches!(received, Ok(None));
        received
    }

    /// Waits until a deadline, and looks once more before it gives up.
    async fn receive_until(&mut self, deadline: Instant) -> Result<Option<Bytes>> {
        let mut until = deadline;
        for look in 0..LOOKS {
            match self.body.next(until).await {
                Ok(piece) => return Ok(piece),
                Err(HostError::TimedOut) => {}
                Err(error) => return Err(self.broken_off(error)),
            }
            let now = self.host.now();
            let is_late = now.saturating_duration_since(until) > OVERLOAD;
            // Once more in any case; again only as long as the host cannot keep up.
            if look > 0 && !is_late {
                break;
            }
            self.is_overloaded |= is_late;
            until = now + GRACE;
        }
        Err(self.too_late())
    }

    fn broken_off(&self, error: HostError) -> Failure {
        match self.sender {
            Sender::Client => Failure::new(Kind::IncompleteUpload, "the upload was broken off")
                .with_detail("send the whole body that Content-Length announces"),
            Sender::Origin => origin_failure(error),
        }
    }

    /// The failure of a wait that took too long. A host that cannot keep up is itself to blame.
    fn too_late(&self) -> Failure {
        let variable = self.bounds.deadline.variable;
        match self.sender {
            _ if self.is_overloaded => overloaded(),
            Sender::Client => Failure::new(Kind::RequestTimeout, "the image did not arrive in time")
                .with_detail(format!("send it faster, or raise TINTYPE_TIMEOUT_BETWEEN_BYTES or {variable}")),
            Sender::Origin => Failure::new(Kind::OriginTimeout, "the origin stopped sending the source")
                .with_detail(format!("TINTYPE_TIMEOUT_BETWEEN_BYTES and {variable} bound the wait")),
        }
    }

    /// The same body, after waiting this long for its head.
    #[must_use]
    pub(crate) fn having_waited(self, time: Duration) -> Self {
        Self { waited: time, ..self }
    }

    /// Time spent waiting for the body.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// Bytes of source so far.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// A hash of the bytes of source so far.
    pub(crate) fn hash(&self) -> u64 {
        self.hash.finish()
    }

    /// The same body, whose bytes are hashed with SHA-256 if that is `wanted`.
    #[must_use]
    pub(crate) fn with_digest(self, wanted: bool) -> Self {
        Self { digest: wanted.then(Sha256::new), ..self }
    }

    /// SHA-256 of the bytes of source so far, in hexadecimal, if it is wanted.
    pub(crate) fn digest(&self) -> Option<String> {
        self.digest.as_ref().map(|digest| hex::encode(digest.clone().finalize()))
    }

    /// Bytes of the source: as many as have come, once that is all, or those that the sender announces.
    pub(crate) fn size(&self) -> Option<u64> {
        if self.is_complete { Some(self.count) } else { self.announced }
    }

    /// Sets another deadline: that of the answer, once it begins.
    pub(crate) fn extend(&mut self, deadline: Deadline) {
        self.bounds.deadline = deadline;
    }

    /// Checks that the deadline has not passed.
    ///
    /// # Errors
    ///
    /// [`Kind::Timeout`]; if most of the time was spent waiting for the body, the failure of its sender.
    pub(crate) fn check_deadline(&self) -> Result<()> {
        let now = self.host.now();
        if now <= self.bounds.deadline.at {
            return Ok(());
        }
        if self.is_overloaded || self.waited > now.duration_since(self.bounds.start) / 2 {
            return Err(self.too_late());
        }
        Err(self.bounds.deadline.exceeded())
    }

    /// The host that the body arrives on.
    pub(crate) fn host(&self) -> &'h H {
        self.host
    }
}

/// The failure of a source with more bytes than these.
pub(crate) fn too_large(most: u64) -> Failure {
    Failure::new(Kind::SourceTooLarge, format!("the source has more than {most} bytes"))
        .with_detail("use a smaller source, or raise TINTYPE_MAX_SOURCE_BYTES")
}

/// Refuses a body with a content coding (RFC 9110, section 8.4): images are compressed already.
fn refuse_compressed(headers: &HeaderMap) -> Result<()> {
    let lines = headers.get_all(header::CONTENT_ENCODING).iter();
    let codings: Vec<String> = lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(|coding| String::from_utf8_lossy(coding).trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    if codings.is_empty() {
        return Ok(());
    }
    let message =
        format!("the source is compressed with {}, which is not decoded", clip(&codings.join(", ")));
    Err(Failure::new(Kind::UnsupportedMedia, message)
        .with_detail("store and serve images without Content-Encoding: they are compressed already"))
}

/// An image is the whole body of a request: a form holds it among other parts.
fn refuse_forms(headers: &HeaderMap) -> Result<()> {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media_type.trim_start().to_ascii_lowercase().starts_with("multipart/") {
        return Ok(());
    }
    Err(Failure::new(Kind::UnsupportedMedia, "the body is a form (multipart/form-data), and not an image")
        .with_detail("send the image itself as the body, as curl --data-binary @photo.jpg does"))
}
