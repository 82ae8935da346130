//! Why a request got no image: one list of kinds, each with its status and its stable name.

use std::fmt;

use http::{HeaderName, HeaderValue, StatusCode, header};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:ident $slug:literal;)+) => {
        /// The kind of a failure. Clients distinguish kinds by [`Kind::slug`], which never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($(#[doc = $doc])+ $name,)+ }

        impl Kind {
            /// Every kind, in the order of the documentation.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)+];

            /// The HTTP status of the response.
            pub const fn status(self) -> StatusCode {
                match self { $(Kind::$name => StatusCode::$status,)+ }
            }

            /// What it means, as the documentation has it.
            pub const fn meaning(self) -> &'static str {
                match self { $(Kind::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// The stable name, as in the `error` member of a response and in the log.
            pub const fn slug(self) -> &'static str {
                match self { $(Kind::$name => $slug,)+ }
            }
        }
    };
}

kinds! {
    /// A parameter or option that the grammar does not know.
    UnknownParameter = BAD_REQUEST "unknown-parameter";
    /// A parameter that is missing, given twice, unreadable or out of range.
    InvalidParameter = BAD_REQUEST "invalid-parameter";
    /// An option that the grammar knows and the engine does not implement.
    Unsupported = BAD_REQUEST "unsupported-option";
    /// A source URL that is not an `http`, `https` or `s3` URL of the accepted form.
    InvalidSource = BAD_REQUEST "invalid-source";
    /// The rendition would exceed `TINTYPE_MAX_OUTPUT_SIDE` or `TINTYPE_MAX_OUTPUT_PIXELS`.
    OutputTooLarge = BAD_REQUEST "output-too-large";
    /// The client broke off its upload.
    IncompleteUpload = BAD_REQUEST "incomplete-upload";
    /// A source that `TINTYPE_SOURCES` does not list.
    SourceNotAllowed = FORBIDDEN "source-not-allowed";
    /// A URL without a signature where one is required.
    SignatureMissing = FORBIDDEN "signature-missing";
    /// A signature that does not match.
    SignatureInvalid = FORBIDDEN "signature-invalid";
    /// The host that runs the component refused the outgoing request.
    DeniedByHost = FORBIDDEN "denied-by-host";
    /// No such path.
    NotFound = NOT_FOUND "not-found";
    /// A URL that has expired.
    Expired = NOT_FOUND "expired";
    /// The origin has no such source (it returned 404 or 410).
    SourceNotFound = NOT_FOUND "source-not-found";
    /// A method that the path does not support.
    MethodNotAllowed = METHOD_NOT_ALLOWED "method-not-allowed";
    /// The client paused too long while sending its image.
    RequestTimeout = REQUEST_TIMEOUT "request-timeout";
    /// The source has more bytes than `TINTYPE_MAX_SOURCE_BYTES`.
    SourceTooLarge = PAYLOAD_TOO_LARGE "source-too-large";
    /// The source has more pixels than `TINTYPE_MAX_SOURCE_PIXELS`, or each frame more than `TINTYPE_MAX_FRAME_PIXELS`.
    TooManyPixels = PAYLOAD_TOO_LARGE "too-many-pixels";
    /// The source has more frames than `TINTYPE_MAX_FRAMES`.
    TooManyFrames = PAYLOAD_TOO_LARGE "too-many-frames";
    /// The work would need more memory than `TINTYPE_MAX_MEMORY`.
    TooMuchMemory = PAYLOAD_TOO_LARGE "too-much-memory";
    /// The image would take more work than `TINTYPE_MAX_WORK`.
    TooMuchWork = PAYLOAD_TOO_LARGE "too-much-work";
    /// A source URL of more bytes than `TINTYPE_MAX_URL_BYTES`.
    UrlTooLong = URI_TOO_LONG "url-too-long";
    /// The source is not an image in a format that is decoded.
    UnsupportedMedia = UNSUPPORTED_MEDIA_TYPE "unsupported-media";
    /// The source is a damaged image, or ends too early.
    DamagedSource = UNPROCESSABLE_ENTITY "damaged-source";
    /// A bug in the service.
    Internal = INTERNAL_SERVER_ERROR "internal";
    /// A `TINTYPE_…` variable has an unreadable value.
    Configuration = INTERNAL_SERVER_ERROR "configuration";
    /// The origin returned an unexpected status.
    OriginStatus = BAD_GATEWAY "origin-status";
    /// The origin cannot be reached, or broke off.
    OriginUnreachable = BAD_GATEWAY "origin-unreachable";
    /// The origin redirects to an unusable URL, or more often than `TINTYPE_MAX_REDIRECTS`.
    OriginRedirect = BAD_GATEWAY "origin-redirect";
    /// The server is too busy to serve the request in time.
    Overloaded = SERVICE_UNAVAILABLE "overloaded";
    /// The origin exceeded a timeout.
    OriginTimeout = GATEWAY_TIMEOUT "origin-timeout";
    /// The request exceeded `TINTYPE_TIMEOUT_TOTAL`, or its answer `TINTYPE_TIMEOUT_ANSWER`.
    Timeout = GATEWAY_TIMEOUT "timeout";
    /// The service has been asked to fetch from itself.
    Loop = LOOP_DETECTED "loop";
}

impl Kind {
    /// Whether the source is at fault, so that another image may take its place.
    pub const fn concerns_source(self) -> bool {
        matches!(
            self,
            Kind::SourceNotFound
                | Kind::SourceTooLarge
                | Kind::TooManyPixels
                | Kind::TooManyFrames
                | Kind::TooMuchMemory
                | Kind::TooMuchWork
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
/// Boxed, so that results that may hold one stay small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(Box<Reason>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Reason {
    kind: Kind,
    message: String,
    detail: Option<String>,
    header: Option<(HeaderName, HeaderValue)>,
}

/// The result of everything that can fail on the way of a request.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A failure without detail.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Failure(Box::new(Reason { kind, message: message.into(), detail: None, header: None }))
    }

    /// The same failure with a detail: what is accepted, or what to change.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The same failure with a header of the response, such as `Retry-After`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.header = Some((name, value));
        self
    }

    /// A method that the path does not support, with those that it does.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        Failure::new(Kind::MethodNotAllowed, "the path does not support this method")
            .with_detail(format!("use one of {allow}"))
            .with_header(header::ALLOW, HeaderValue::from_static(allow))
    }

    /// A parameter with a value that is not accepted.
    pub fn parameter(name: &str, value: &str, accepted: &str) -> Self {
        let message = format!("{name} is \"{}\", which is not accepted", clip(value));
        Failure::new(Kind::InvalidParameter, message).with_detail(format!("{name} accepts {accepted}"))
    }

    /// An option that the grammar has and the engine does not implement.
    pub fn unsupported(name: &str, value: &str) -> Self {
        Failure::new(Kind::Unsupported, format!("{name}={} is not supported", clip(value)))
            .with_detail("the grammar has this option, but tintype does not implement it: leave it out")
    }

    /// A use of an option that the grammar has and the engine does not implement, such as one together with another, and
    /// what to do instead.
    pub fn unsupported_use(what: &str, advice: &str) -> Self {
        Failure::new(Kind::Unsupported, format!("{what} is not supported")).with_detail(advice)
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The reason in one sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What is accepted, or what to change.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// A header of the response.
    pub fn header(&self) -> Option<&(HeaderName, HeaderValue)> {
        self.0.header.as_ref()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())?;
        self.detail().map_or(Ok(()), |detail| write!(f, " ({detail})"))
    }
}

impl std::error::Error for Failure {}

/// At most 200 bytes of a client's text, so that a client cannot make a response long.
pub fn clip(text: &str) -> &str {
    text.get(..text.floor_char_boundary(200)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_an_error_status() {
        let mut slugs: Vec<&str> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Kind::ALL.len());
        assert!(
            Kind::ALL.iter().all(|kind| kind.status().is_client_error() || kind.status().is_server_error())
        );
    }

    #[test]
    fn a_client_cannot_make_a_message_long() {
        let failure = Failure::parameter("width", &"é".repeat(1000), "a number");
        assert_eq!(failure.message().matches('é').count(), 100);
        assert_eq!(clip(&format!("{}é", "x".repeat(199))), "x".repeat(199));
        assert_eq!(clip(&"x".repeat(200)), "x".repeat(200));
    }
}
