//! Telemetry: a trace and metrics of each request, sent to a collector of OpenTelemetry once the answer has ended.
//!
//! An instance may live for one request only, so nothing is collected: each request reports itself, its metrics as
//! differences (delta temporality), and the collector adds up.

mod document;
mod trace;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use serde::Serialize;
use tintype_types::Format;

use crate::context::RequestContext;
use crate::host::{Host, HostError};
use crate::response::json;
use crate::response::log::Record;
use crate::secret::Secret;
use crate::source::SourceUrl;
use trace::Trace;

/// How long sending to a collector may take.
const TIME: Duration = Duration::from_secs(2);

/// Names and values.
pub type Pairs = Vec<(String, String)>;

/// Where telemetry goes, and how much of it.
#[derive(Clone, Debug, Default)]
pub struct Telemetry {
    /// Off, whatever else is set.
    pub is_disabled: bool,
    /// The collector; `None` for no telemetry.
    pub endpoint: Option<SourceUrl>,
    /// Headers of requests to the collector.
    pub headers: Secret<Pairs>,
    /// The name of the service.
    pub service_name: String,
    /// Attributes of the service.
    pub attributes: Pairs,
    /// Which requests are traced.
    pub sampler: Sampler,
    /// The share of requests that a sampler by ratio takes.
    pub ratio: Ratio,
    /// Whether traces are sent.
    pub traces: Exporter,
    /// Whether metrics are sent.
    pub metrics: Exporter,
}

/// Which requests are traced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampler {
    /// Every request.
    AlwaysOn,
    /// No request.
    AlwaysOff,
    /// A share of the traces.
    Ratio,
    /// As the client says, or else every request.
    #[default]
    ParentAlwaysOn,
    /// As the client says, or else no request.
    ParentAlwaysOff,
    /// As the client says, or else a share of the traces.
    ParentRatio,
}

tintype_types::names! { Sampler {
    AlwaysOn = "always_on", AlwaysOff = "always_off", Ratio = "traceidratio",
    ParentAlwaysOn = "parentbased_always_on", ParentAlwaysOff = "parentbased_always_off",
    ParentRatio = "parentbased_traceidratio",
} }

/// A share in millionths, at most all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio(pub u32);

/// Whether a kind of telemetry is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exporter {
    /// To the collector.
    #[default]
    Otlp,
    /// Nowhere.
    None,
}

tintype_types::names! { Exporter { Otlp = "otlp", None = "none" } }

/// What becomes known of one request.
pub(crate) struct Report {
    telemetry: Telemetry,
    trace: Trace,
    /// When the request arrived.
    date: SystemTime,
    /// The time from the request's arrival until the source was asked for, and from then until the origin answered.
    pub(crate) fetch: Option<(Duration, Duration)>,
    /// The time from the request's arrival until the rendition was made.
    pub(crate) made: Duration,
    /// The format of the rendition.
    pub(crate) format: Option<Format>,
    /// The resizer's work, in units of about one instruction.
    pub(crate) work: u64,
}

/// The line in the log for telemetry that was not taken.
#[derive(Serialize)]
struct Unsent<'a> {
    time: u64,
    id: &'a str,
    error: &'a str,
    detail: &'a str,
}

impl Report {
    /// Begins the report of a request, whose trace origins join from here on. `None` if there is no telemetry.
    pub(crate) fn start(
        telemetry: &Telemetry,
        context: &mut RequestContext,
        date: SystemTime,
        now: Instant,
    ) -> Option<Box<Self>> {
        if telemetry.is_disabled || telemetry.endpoint.is_none() {
            return None;
        }
        let trace = Trace::start(telemetry, context, date, now);
        context.traceparent = Some(trace.of_fetch());
        let (made, telemetry) = (Duration::ZERO, telemetry.clone());
        Some(Box::new(Report { telemetry, trace, date, fetch: None, made, format: None, work: 0 }))
    }

    /// Sends what there is to say about a request. A collector that does not take it costs a line in the log.
    pub(crate) async fn send<H: Host>(self, host: &H, record: &Record, is_logged: bool) {
        let deadline = host.now() + TIME;
        let traces = (self.trace.is_sampled && self.telemetry.traces == Exporter::Otlp)
            .then(|| ("v1/traces", document::traces(&self, record)));
        let metrics = (self.telemetry.metrics == Exporter::Otlp)
            .then(|| ("v1/metrics", document::metrics(&self, record, host.memory())));
        for (path, document) in traces.into_iter().chain(metrics) {
            let reason = match self.request(path, document) {
                Some(request) => match host.export(request, deadline).await {
                    Ok(status) if status.is_success() => continue,
                    Ok(status) => refusal(status),
                    Err(error) => failure(error),
                },
                None => "its URL cannot be used".into(),
            };
            if is_logged {
                let line = Unsent { time: record.time, id: &record.id, error: "telemetry", detail: &reason };
                host.log(&json::line(&line));
            }
            return;
        }
    }

    /// A request with a document for the collector.
    fn request(&self, path: &str, document: String) -> Option<Request<Bytes>> {
        let endpoint = self.telemetry.endpoint.as_ref()?.to_string();
        let length = HeaderValue::from(document.len());
        let mut request = Request::new(Bytes::from(document));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = format!("{}/{path}", endpoint.trim_end_matches('/')).try_into().ok()?;
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CONTENT_LENGTH, length);
        for (name, value) in self.telemetry.headers.expose() {
            if let (Ok(name), Ok(mut value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        Some(request)
    }
}

fn refusal(status: StatusCode) -> String {
    format!("the collector returned {}", status.as_u16())
}

fn failure(error: HostError) -> String {
    match error {
        HostError::TimedOut => "the collector took too long".into(),
        HostError::Denied | HostError::AddressProhibited => "the host does not allow requests to it".into(),
        _ => "the collector cannot be reached".into(),
    }
}

fn since_epoch(date: SystemTime) -> Duration {
    date.duration_since(UNIX_EPOCH).unwrap_or_default()
}
