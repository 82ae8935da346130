//! Why a request got no image: one list of kinds, each with its status and its stable name.

use core::ops::Deref;

use crate::prelude::*;
use crate::table;
use crate::text;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:literal $slug:literal;)+) => {
        /// What went wrong. Clients tell kinds apart by [`Kind::slug`], which never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($(#[doc = $doc])+ $name,)+ }

        impl Kind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)+];

            /// The HTTP status that the kind is answered with.
            pub const fn status(self) -> u16 { match self { $(Kind::$name => $status,)+ } }

            /// The stable name of the kind, as it stands in the `error` member of an answer and in the log.
            pub fn slug(self) -> &'static str {
                table::name(concat!($($slug, " "),+), self as usize).unwrap_or_default()
            }
        }
    };
}

kinds! {
    /// A parameter or option that the grammar does not know.
    UnknownParameter = 400 "unknown-parameter";
    /// A parameter whose value cannot be read or is out of range, or that is missing or given twice.
    InvalidParameter = 400 "invalid-parameter";
    /// An option that a grammar knows and the engine does not.
    Unsupported = 400 "unsupported-option";
    /// A source URL that is not an `http` or `https` URL of the accepted form.
    InvalidSource = 400 "invalid-source";
    /// The rendition would be larger than `TINTYPE_MAX_OUTPUT_SIDE` or `TINTYPE_MAX_OUTPUT_PIXELS`.
    OutputTooLarge = 400 "output-too-large";
    /// A source that `TINTYPE_SOURCES` does not list.
    SourceNotAllowed = 403 "source-not-allowed";
    /// A URL without a signature where one is required.
    SignatureMissing = 403 "signature-missing";
    /// A signature that does not match.
    SignatureInvalid = 403 "signature-invalid";
    /// The host that runs the component refused the outgoing request.
    DeniedByHost = 403 "denied-by-host";
    /// No such path.
    NotFound = 404 "not-found";
    /// A URL whose time has passed.
    Expired = 404 "expired";
    /// The origin has no such source (it answered 404 or 410).
    SourceNotFound = 404 "source-not-found";
    /// A method that the path does not have.
    MethodNotAllowed = 405 "method-not-allowed";
    /// The client stopped sending its image.
    RequestTimeout = 408 "request-timeout";
    /// The source has more bytes than `TINTYPE_MAX_SOURCE_BYTES`.
    SourceTooLarge = 413 "source-too-large";
    /// The source has more pixels than `TINTYPE_MAX_SOURCE_PIXELS`.
    TooManyPixels = 413 "too-many-pixels";
    /// The work would need more memory than `TINTYPE_MAX_MEMORY`.
    TooMuchMemory = 413 "too-much-memory";
    /// A source URL of more bytes than `TINTYPE_MAX_URL_BYTES`.
    UrlTooLong = 414 "url-too-long";
    /// The source is not an image of a format that is decoded.
    UnsupportedMedia = 415 "unsupported-media";
    /// The source is a damaged image, or ends too early.
    DamagedSource = 422 "damaged-source";
    /// A fault of the service.
    Internal = 500 "internal";
    /// A `TINTYPE_…` variable has a value that cannot be read.
    Configuration = 500 "configuration";
    /// The origin answered with an unexpected status.
    OriginStatus = 502 "origin-status";
    /// The origin cannot be reached, or broke off.
    OriginUnreachable = 502 "origin-unreachable";
    /// The origin redirects more often than `TINTYPE_MAX_REDIRECTS`, or to nowhere.
    OriginRedirect = 502 "origin-redirect";
    /// The origin took longer than a timeout allows.
    OriginTimeout = 504 "origin-timeout";
    /// The service has been asked to fetch from itself.
    Loop = 508 "loop";
}

impl Kind {
    /// Whether it is the source that is at fault, so that something else may be shown in its place.
    pub fn concerns_source(self) -> bool {
        matches!(
            self,
            Kind::SourceNotFound
                | Kind::SourceTooLarge
                | Kind::TooManyPixels
                | Kind::TooMuchMemory
                | Kind::UnsupportedMedia
                | Kind::DamagedSource
                | Kind::OriginStatus
                | Kind::OriginUnreachable
                | Kind::OriginRedirect
                | Kind::OriginTimeout
        )
    }
}

/// A failed request: its kind, and a text for a human that says what was expected.
///
/// Boxed, so that results which may hold one stay small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(Box<Reason>);

/// What a [`Failure`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What went wrong.
    pub kind: Kind,
    /// The reason in one sentence.
    pub message: String,
    /// More about it: what is accepted, or what to change.
    pub detail: Option<String>,
    /// The methods that the path has, where another one was used.
    pub allow: Option<&'static str>,
}

impl Deref for Failure {
    type Target = Reason;

    fn deref(&self) -> &Reason {
        &self.0
    }
}

impl Failure {
    /// A failure without detail.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Failure(Box::new(Reason { kind, message: message.into(), detail: None, allow: None }))
    }

    /// The same failure with a detail.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The same failure as one of another kind.
    #[must_use]
    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    /// A method that the path does not have, beside those it has.
    pub fn method(allow: &'static str) -> Self {
        let mut failure = Failure::new(Kind::MethodNotAllowed, "the path does not have this method")
            .detail(text::concat(&["use one of ", allow]));
        failure.0.allow = Some(allow);
        failure
    }

    /// A parameter whose value is not what is accepted.
    pub fn parameter(name: &str, value: &str, accepted: &str) -> Self {
        let message = text::concat(&[name, " is \"", clip(value), "\", which is not accepted"]);
        Failure::new(Kind::InvalidParameter, message).detail(text::concat(&[name, " accepts ", accepted]))
    }
}

/// At most 200 bytes of a client's text, so that an answer cannot be made long from outside.
pub fn clip(text: &str) -> &str {
    text.get(..text.floor_char_boundary(200)).unwrap_or(text)
}
