//! Traces and metrics as JSON of OTLP 1: 64-bit numbers are texts, identifiers are hexadecimal, enums are numbers.
//!
//! The documents are put together as texts. Values of `serde_json` would add trees of maps to the component, and numbers in
//! them the tables that writing a floating-point number takes.

use std::time::Duration;

use super::trace::{DECODE, ENCODE, FETCH};
use super::{Report, since_epoch};
use crate::response::json;
use crate::response::log::Record;

/// `SPAN_KIND_…`
const INTERNAL: &str = "1";
const SERVER: &str = "2";
const CLIENT: &str = "3";

/// Upper bounds of the buckets of durations in milliseconds, as the semantic conventions of HTTP advise.
const BOUNDS: [u64; 14] = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

/// The spans of a request.
pub(super) fn traces(report: &Report, record: &Record) -> String {
    let phases = &record.phases;
    let mut root = attributes(report, record);
    root.push(attribute("tintype.request_id", &record.id));
    let mut numbers = vec![
        ("tintype.bytes_in", record.bytes_in),
        ("tintype.bytes_out", record.bytes_out),
        ("tintype.work", report.work),
    ];
    if let Some((width, height)) = record.source {
        numbers.extend([("tintype.source.width", width.into()), ("tintype.source.height", height.into())]);
    }
    root.extend(numbers.into_iter().map(|(name, amount)| number(name, amount)));
    let name = format!("{} {}", record.method_name(), record.grammar.unwrap_or("other"));
    let mut spans = vec![Span { part: 0, name: &name, kind: SERVER, attributes: root }.write(
        report,
        record,
        Duration::ZERO,
        phases.total,
    )];
    let mut add = |part, name, kind, start, time, attributes| {
        spans.push(Span { part, name, kind, attributes }.write(report, record, start, time));
    };
    let mut fetched = Duration::ZERO;
    if let Some((start, time)) = report.fetch {
        fetched = start + time;
        let host = record.source_host.iter().map(|host| attribute("server.address", host)).collect();
        add(FETCH, "fetch", CLIENT, start, time, host);
    }
    if record.source.is_some() {
        // Rows are decoded and encoded in turn, so each span stands for a sum: encoding is put at the end.
        let decoded = report.made.saturating_sub(phases.encode).max(fetched);
        add(DECODE, "decode", INTERNAL, fetched, decoded - fetched, vec![busy(phases.decode)]);
        add(ENCODE, "encode", INTERNAL, decoded, phases.encode, vec![busy(phases.encode)]);
    }
    document(report, "resourceSpans", "scopeSpans", "spans", &spans)
}

/// A span without its times.
struct Span<'a> {
    part: u8,
    name: &'a str,
    kind: &'a str,
    attributes: Vec<String>,
}

impl Span<'_> {
    fn write(self, report: &Report, record: &Record, start: Duration, time: Duration) -> String {
        let trace = &report.trace;
        let start = since_epoch(report.date) + start;
        let mut members = vec![
            ("traceId", text(&trace.id)),
            ("spanId", text(&trace.span(self.part))),
            ("name", text(self.name)),
            ("kind", self.kind.into()),
            ("startTimeUnixNano", nanoseconds(start)),
            ("endTimeUnixNano", nanoseconds(start + time)),
            ("attributes", list(&self.attributes)),
        ];
        let parent = if self.part == 0 { trace.parent.clone() } else { Some(trace.span(0)) };
        members.extend(parent.map(|parent| ("parentSpanId", text(&parent))));
        members.extend(trace.state.as_ref().map(|state| ("traceState", text(state))));
        if self.part == 0 && record.status.is_server_error() {
            // `STATUS_CODE_ERROR`
            members.push(("status", object(&[("code", "2".into())])));
        }
        object(&members)
    }
}

/// The metrics of a request.
pub(super) fn metrics(report: &Report, record: &Record, memory: u64) -> String {
    let phases = &record.phases;
    let points = Points { report, record, attributes: list(&attributes(report, record)) };
    let mut metrics = vec![
        points.duration("http.server.request.duration", phases.total),
        points.sum("tintype.requests", "{request}", 1),
        points.sum("tintype.bytes_in", "By", record.bytes_in),
        points.sum("tintype.bytes_out", "By", record.bytes_out),
    ];
    if report.fetch.is_some() {
        metrics.push(points.duration("tintype.origin.duration", phases.origin));
    }
    if record.source.is_some() {
        metrics.push(points.duration("tintype.decode.duration", phases.decode));
        metrics.push(points.duration("tintype.encode.duration", phases.encode));
        metrics.push(points.sum("tintype.work", "{instruction}", report.work));
    }
    if memory > 0 {
        let values = vec![("asInt", text(&memory.to_string()))];
        metrics.push(points.metric("tintype.service.memory", "By", "gauge", values));
    }
    document(report, "resourceMetrics", "scopeMetrics", "metrics", &metrics)
}

/// What the points of all metrics of a request have in common.
struct Points<'a> {
    report: &'a Report,
    record: &'a Record,
    attributes: String,
}

impl Points<'_> {
    fn duration(&self, name: &str, time: Duration) -> String {
        let place = BOUNDS.iter().filter(|bound| u128::from(**bound) < time.as_millis()).count();
        let count = |bucket| text(if bucket == place { "1" } else { "0" });
        let counts: Vec<String> = (0..=BOUNDS.len()).map(count).collect();
        let bounds = BOUNDS.map(|bound| seconds(Duration::from_millis(bound)));
        let time = seconds(time);
        let values = vec![
            ("count", text("1")),
            ("sum", time.clone()),
            ("min", time.clone()),
            ("max", time),
            ("bucketCounts", list(&counts)),
            ("explicitBounds", list(&bounds)),
        ];
        self.metric(name, "s", "histogram", values)
    }

    fn sum(&self, name: &str, unit: &str, amount: u64) -> String {
        self.metric(name, unit, "sum", vec![("asInt", text(&amount.to_string()))])
    }

    /// A metric with one point.
    fn metric(&self, name: &str, unit: &str, kind: &str, mut point: Vec<(&str, String)>) -> String {
        let start = since_epoch(self.report.date);
        point.extend([
            ("attributes", self.attributes.clone()),
            ("startTimeUnixNano", nanoseconds(start)),
            ("timeUnixNano", nanoseconds(start + self.record.phases.total)),
        ]);
        let mut data = vec![("dataPoints", list(&[object(&point)]))];
        if kind != "gauge" {
            // `AGGREGATION_TEMPORALITY_DELTA`
            data.push(("aggregationTemporality", "1".into()));
        }
        if kind == "sum" {
            data.push(("isMonotonic", "true".into()));
        }
        object(&[("name", text(name)), ("unit", text(unit)), (kind, object(&data))])
    }
}

/// What distinguishes requests in traces and metrics: few values each.
fn attributes(report: &Report, record: &Record) -> Vec<String> {
    let texts = [
        ("http.request.method", Some(record.method_name())),
        ("tintype.grammar", record.grammar),
        ("tintype.format", report.format.map(|format| format.name())),
        ("error.type", record.error),
    ];
    let known = texts.into_iter().filter_map(|(name, value)| Some(attribute(name, value?)));
    known.chain([number("http.response.status_code", record.status.as_u16().into())]).collect()
}

/// A document: the items of one scope of one resource.
fn document(report: &Report, resources: &str, scopes: &str, name: &str, items: &[String]) -> String {
    let own = report.telemetry.attributes.iter().filter(|(name, _)| name != "service.name");
    let mut attributes: Vec<String> = own.map(|(name, value)| attribute(name, value)).collect();
    attributes.push(attribute("service.name", &report.telemetry.service_name));
    let scope = [("name", text(env!("CARGO_PKG_NAME"))), ("version", text(env!("CARGO_PKG_VERSION")))];
    let scope = object(&[("scope", object(&scope)), (name, list(items))]);
    let resource = object(&[("attributes", list(&attributes))]);
    let resource = object(&[("resource", resource), (scopes, list(&[scope]))]);
    object(&[(resources, list(&[resource]))])
}

fn busy(time: Duration) -> String {
    let value = object(&[("doubleValue", seconds(time))]);
    object(&[("key", text("tintype.busy")), ("value", value)])
}

fn attribute(key: &str, value: &str) -> String {
    object(&[("key", text(key)), ("value", object(&[("stringValue", text(value))]))])
}

fn number(key: &str, value: u64) -> String {
    object(&[("key", text(key)), ("value", object(&[("intValue", text(&value.to_string()))]))])
}

fn nanoseconds(time: Duration) -> String {
    text(&time.as_nanos().to_string())
}

fn seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

fn text(text: &str) -> String {
    json::line(&text)
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

/// An object, from names that need no escapes and values that are JSON.
fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}
