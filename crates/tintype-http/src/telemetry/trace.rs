//! The identifiers of a trace, and whether it is recorded.

use std::hash::{Hash as _, Hasher as _};
use std::time::{Instant, SystemTime};

use twox_hash::XxHash64;

use super::{Sampler, Telemetry};
use crate::context::RequestContext;

/// The place of a request in a trace.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    /// The identifier of the trace, in hexadecimal: the client's, or a fresh one.
    pub(super) id: String,
    /// The client's span.
    pub(super) parent: Option<String>,
    /// The client's `tracestate`.
    pub(super) state: Option<String>,
    /// Whether it is recorded.
    pub(super) is_sampled: bool,
    /// The request's own span. The numbers after it are its parts.
    first_span: u64,
}

impl Trace {
    pub(super) fn start(
        telemetry: &Telemetry,
        context: &RequestContext,
        date: SystemTime,
        now: Instant,
    ) -> Self {
        let hash = |seed| {
            let mut hash = XxHash64::with_seed(seed);
            (date, now, &context.id, &context.target).hash(&mut hash);
            hash.finish()
        };
        // `00-{trace}-{span}-{flags}`, which has been checked.
        let given = context.traceparent.as_deref();
        let part = |range| given.and_then(|given| given.get(range)).map(str::to_owned);
        let is_sampled_by_client =
            part(53..55).map(|flags| u8::from_str_radix(&flags, 16).is_ok_and(|flags| flags & 1 == 1));
        let id = part(3..35).unwrap_or_else(|| format!("{:016x}{:016x}", hash(1) | 1, hash(2)));
        let is_sampled = is_sampled(telemetry, is_sampled_by_client, &id);
        // No sum with a small number is zero, which no identifier may be.
        let first_span = hash(3) & !0xff | 0x100;
        Trace { id, parent: part(36..52), state: context.tracestate.clone(), is_sampled, first_span }
    }

    /// The identifier of the request's span, 0, or of one of its parts.
    pub(super) fn span(&self, part: u8) -> String {
        format!("{:016x}", self.first_span | u64::from(part))
    }

    /// `traceparent` for the origin, whose spans belong to the fetch.
    pub(super) fn of_fetch(&self) -> String {
        format!("00-{}-{}-{:02x}", self.id, self.span(FETCH), u8::from(self.is_sampled))
    }
}

/// The part of a request that waits for the head of the origin's response.
pub(super) const FETCH: u8 = 1;
/// The part that decodes and resamples.
pub(super) const DECODE: u8 = 2;
/// The part that encodes.
pub(super) const ENCODE: u8 = 3;

fn is_sampled(telemetry: &Telemetry, by_client: Option<bool>, id: &str) -> bool {
    let in_ratio = || {
        let number: u64 =
            id.get(16..).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0) >> 1;
        number < u64::from(telemetry.ratio.0) * ((1 << 63) / 1_000_000)
    };
    match telemetry.sampler {
        Sampler::AlwaysOn => true,
        Sampler::AlwaysOff => false,
        Sampler::Ratio => in_ratio(),
        Sampler::ParentAlwaysOn => by_client.unwrap_or(true),
        Sampler::ParentAlwaysOff => by_client.unwrap_or(false),
        Sampler::ParentRatio => by_client.unwrap_or_else(in_ratio),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::super::Ratio;
    use super::*;

    fn trace(sampler: Sampler, share: f64, traceparent: Option<&str>, nanosecond: u64) -> Trace {
        let ratio = Ratio((share * 1e6) as u32);
        let telemetry = Telemetry { sampler, ratio, ..Telemetry::default() };
        let context =
            RequestContext { traceparent: traceparent.map(str::to_owned), ..RequestContext::default() };
        let date = UNIX_EPOCH + Duration::from_nanos(nanosecond);
        Trace::start(&telemetry, &context, date, Instant::now())
    }

    #[test]
    fn a_trace_of_the_client_goes_on() {
        let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let joined = trace(Sampler::ParentAlwaysOff, 0.0, Some(given), 0);
        assert_eq!(joined.id, "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(joined.parent.as_deref(), Some("00f067aa0ba902b7"));
        assert!(joined.is_sampled);
        assert_eq!(joined.of_fetch(), format!("00-{}-{}-01", joined.id, joined.span(FETCH)));
        assert!(!trace(Sampler::ParentAlwaysOn, 0.0, Some(&given.replace("-01", "-00")), 0).is_sampled);
        assert!(trace(Sampler::AlwaysOn, 0.0, Some(&given.replace("-01", "-00")), 0).is_sampled);
    }

    #[test]
    fn a_fresh_trace_has_identifiers_of_its_own() {
        let (one, other) = (trace(Sampler::AlwaysOn, 1.0, None, 1), trace(Sampler::AlwaysOn, 1.0, None, 2));
        assert_ne!((&one.id, one.span(0)), (&other.id, other.span(0)));
        assert_eq!((one.id.len(), one.span(0).len(), &one.parent), (32, 16, &None));
        assert_ne!(one.span(0), one.span(ENCODE));
    }

    #[test]
    fn a_ratio_takes_its_share() {
        let taken = (0..1000).filter(|n| trace(Sampler::Ratio, 0.25, None, *n).is_sampled).count();
        assert!((150..350).contains(&taken), "{taken}");
        assert!((0..50).all(|n| trace(Sampler::ParentRatio, 1.0, None, n).is_sampled));
        assert!(!(0..50).any(|n| trace(Sampler::ParentRatio, 0.0, None, n).is_sampled));
    }
}
