//! The failures of waiting: for an origin, for a client, and for a host that cannot keep up.

use std::time::{Duration, Instant};

use http::{HeaderValue, header};

use crate::failure::{Failure, Kind};
use crate::host::{HostError, Timeouts};

/// A timer that fires this much too late shows that the host is overloaded.
pub(crate) const OVERLOAD: Duration = Duration::from_millis(500);

/// When the work on a request has to have come so far, and what says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    /// The moment.
    pub(crate) at: Instant,
    /// The variable that sets it.
    pub(crate) variable: &'static str,
    work: &'static str,
}

impl Deadline {
    /// When the answer has to begin, to a request that arrived at `start`.
    pub(crate) fn of_request(start: Instant, timeouts: &Timeouts) -> Self {
        let at = start + timeouts.total;
        Self { at, variable: "TINTYPE_TIMEOUT_TOTAL", work: "making the image" }
    }

    /// When an answer has to end that begins at `start` and may take this long.
    pub(crate) fn of_answer(start: Instant, time: Duration) -> Self {
        Self { at: start + time, variable: "TINTYPE_TIMEOUT_ANSWER", work: "sending the image" }
    }

    /// The failure of work that is not done in time, where waiting is not to blame.
    pub(crate) fn exceeded(&self) -> Failure {
        Failure::new(Kind::Timeout, format!("{} took too long", self.work))
            .with_detail(format!("ask for less, or raise {}", self.variable))
    }
}

/// The failure of a server that is too busy, which is neither the client's fault nor the origin's.
pub(crate) fn overloaded() -> Failure {
    Failure::new(Kind::Overloaded, "the server is too busy to serve the request in time")
        .with_detail("try again later; the operator may allow fewer requests at once")
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
}

/// The failure of an origin that did not respond, or stopped in the middle.
pub(crate) fn origin_failure(error: HostError) -> Failure {
    let unreachable = "check that the source can be fetched from here";
    let allow = "allow it in the host too, for example in allowed_outbound_hosts of spin.toml";
    let prohibited = "the host blocks this range of addresses, for example by block_networks in Spin's runtime \
                      configuration: it may be private";
    let (kind, message, detail) = match error {
        HostError::TimedOut => (
            Kind::OriginTimeout,
            "the origin did not respond in time",
            "the TINTYPE_TIMEOUT_… variables bound the wait",
        ),
        HostError::Denied => {
            (Kind::DeniedByHost, "the host does not allow this component to reach the origin", allow)
        }
        HostError::AddressProhibited => {
            (Kind::DeniedByHost, "the host does not allow requests to the origin's address", prohibited)
        }
        HostError::UnknownName => (Kind::OriginUnreachable, "the origin's name is not known", unreachable),
        HostError::Refused => (Kind::OriginUnreachable, "the origin refuses connections", unreachable),
        HostError::Tls => {
            (Kind::OriginUnreachable, "the origin's TLS certificate or protocol is not accepted", unreachable)
        }
        HostError::BrokenOff => {
            (Kind::OriginUnreachable, "the origin's response broke off or is not proper HTTP", unreachable)
        }
        HostError::UnusableUrl => (
            Kind::InvalidSource,
            "the source URL is one that this host cannot send requests to",
            "use another URL",
        ),
        HostError::Other => (Kind::OriginUnreachable, "the origin cannot be reached", unreachable),
    };
    Failure::new(kind, message).with_detail(detail)
}
