//! The failures of waiting: for an origin, for a client, and for a host that cannot keep up.

use std::time::Duration;

use http::{HeaderValue, header};

use crate::failure::{Failure, Kind};
use crate::host::HostError;

/// A timer that fires this much too late shows that the host is overloaded.
pub(crate) const OVERLOAD: Duration = Duration::from_millis(500);

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
