//! Traces and metrics as JSON of OTLP 1: 64-bit numbers are texts, identifiers are hexadecimal, enums are numbers.

use std::time::Duration;

use serde_json::{Value, json};

use super::trace::{DECODE, ENCODE, FETCH};
use super::{Report, since_epoch};
use crate::response::log::Record;

/// `SPAN_KIND_…`
const INTERNAL: u8 = 1;
const SERVER: u8 = 2;
const CLIENT: u8 = 3;

/// `STATUS_CODE_ERROR`
const ERROR: u8 = 2;

/// `AGGREGATION_TEMPORALITY_DELTA`
const DELTA: u8 = 1;

/// Upper bounds of the buckets of durations in seconds, as the semantic conventions of HTTP advise.
const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The spans of a request.
pub(super) fn traces(report: &Report, record: &Record) -> Value {
    let phases = &record.phases;
    let trace = &report.trace;
    let mut root = span(report, 0, &name(record), SERVER, Duration::ZERO, phases.total);
    let mut attributes = attributes(report, record);
    attributes.extend([
        attribute("tintype.request_id", &record.id),
        number("tintype.bytes_in", record.bytes_in),
        number("tintype.bytes_out", record.bytes_out),
        number("tintype.work", report.work),
    ]);
    if let Some((width, height)) = record.source {
        let sides =
            [number("tintype.source.width", width.into()), number("tintype.source.height", height.into())];
        attributes.extend(sides);
    }
    root["attributes"] = attributes.into();
    if let Some(parent) = &trace.parent {
        root["parentSpanId"] = json!(parent);
    }
    if record.status.is_server_error() {
        root["status"] = json!({ "code": ERROR });
    }
    let mut spans = vec![root];
    let mut child = |part, name, kind, start, time, attributes: Vec<Value>| {
        let mut span = span(report, part, name, kind, start, time);
        span["parentSpanId"] = json!(trace.span(0));
        span["attributes"] = attributes.into();
        spans.push(span);
    };
    let fetched = report.fetch.map_or(Duration::ZERO, |(start, time)| start + time);
    if let Some((start, time)) = report.fetch {
        let host = record.source_host.iter().map(|host| attribute("server.address", host)).collect();
        child(FETCH, "fetch", CLIENT, start, time, host);
    }
    if record.source.is_some() {
        // Rows are decoded and encoded in turn, so each span stands for a sum: encoding is put at the end.
        let decoded = report.made.saturating_sub(phases.encode).max(fetched);
        let busy = |time: Duration| {
            vec![json!({ "key": "tintype.busy", "value": { "doubleValue": time.as_secs_f64() } })]
        };
        child(DECODE, "decode", INTERNAL, fetched, decoded - fetched, busy(phases.decode));
        child(ENCODE, "encode", INTERNAL, decoded, phases.encode, busy(phases.encode));
    }
    let scope = json!({ "scope": scope(), "spans": spans });
    json!({ "resourceSpans": [{ "resource": resource(report), "scopeSpans": [scope] }] })
}

/// The metrics of a request.
pub(super) fn metrics(report: &Report, record: &Record, memory: u64) -> Value {
    let phases = &record.phases;
    let attributes = attributes(report, record);
    let end = since_epoch(report.date) + phases.total;
    let point = |mut values: Value| {
        values["attributes"] = attributes.clone().into();
        values["startTimeUnixNano"] = nanoseconds(since_epoch(report.date));
        values["timeUnixNano"] = nanoseconds(end);
        values
    };
    let duration = |name: &str, time: Duration| {
        let place = BOUNDS.iter().filter(|bound| **bound < time.as_secs_f64()).count();
        let counts: Vec<&str> =
            (0..=BOUNDS.len()).map(|bucket| if bucket == place { "1" } else { "0" }).collect();
        let seconds = time.as_secs_f64();
        let values = json!({
            "count": "1", "sum": seconds, "min": seconds, "max": seconds,
            "bucketCounts": counts, "explicitBounds": BOUNDS,
        });
        let points = json!({ "aggregationTemporality": DELTA, "dataPoints": [point(values)] });
        json!({ "name": name, "unit": "s", "histogram": points })
    };
    let sum = |name: &str, unit: &str, amount: u64| {
        let points = [point(json!({ "asInt": amount.to_string() }))];
        let sum = json!({ "aggregationTemporality": DELTA, "isMonotonic": true, "dataPoints": points });
        json!({ "name": name, "unit": unit, "sum": sum })
    };
    let mut metrics = vec![
        duration("http.server.request.duration", phases.total),
        sum("tintype.requests", "{request}", 1),
        sum("tintype.bytes_in", "By", record.bytes_in),
        sum("tintype.bytes_out", "By", record.bytes_out),
    ];
    if report.fetch.is_some() {
        metrics.push(duration("tintype.origin.duration", phases.origin));
    }
    if record.source.is_some() {
        metrics.push(duration("tintype.decode.duration", phases.decode));
        metrics.push(duration("tintype.encode.duration", phases.encode));
        metrics.push(sum("tintype.work", "{instruction}", report.work));
    }
    if memory > 0 {
        let points = [point(json!({ "asInt": memory.to_string() }))];
        metrics.push(
            json!({ "name": "tintype.service.memory", "unit": "By", "gauge": { "dataPoints": points } }),
        );
    }
    let scope = json!({ "scope": scope(), "metrics": metrics });
    json!({ "resourceMetrics": [{ "resource": resource(report), "scopeMetrics": [scope] }] })
}

/// The method and the grammar: few names, none of them a client's.
fn name(record: &Record) -> String {
    format!("{} {}", record.method_name(), record.grammar.unwrap_or("other"))
}

/// What distinguishes requests in traces and metrics: few values each.
fn attributes(report: &Report, record: &Record) -> Vec<Value> {
    let mut attributes = vec![
        attribute("http.request.method", record.method_name()),
        number("http.response.status_code", record.status.as_u16().into()),
    ];
    attributes.extend(record.grammar.map(|grammar| attribute("tintype.grammar", grammar)));
    attributes.extend(report.format.map(|format| attribute("tintype.format", format.name())));
    attributes.extend(record.error.map(|error| attribute("error.type", error)));
    attributes
}

fn span(report: &Report, part: u8, name: &str, kind: u8, start: Duration, time: Duration) -> Value {
    let start = since_epoch(report.date) + start;
    let mut span = json!({
        "traceId": report.trace.id,
        "spanId": report.trace.span(part),
        "name": name,
        "kind": kind,
        "startTimeUnixNano": nanoseconds(start),
        "endTimeUnixNano": nanoseconds(start + time),
    });
    if let Some(state) = &report.trace.state {
        span["traceState"] = json!(state);
    }
    span
}

fn resource(report: &Report) -> Value {
    let own = report.telemetry.attributes.iter().filter(|(name, _)| name != "service.name");
    let mut attributes: Vec<Value> = own.map(|(name, value)| attribute(name, value)).collect();
    attributes.push(attribute("service.name", &report.telemetry.service_name));
    json!({ "attributes": attributes })
}

fn scope() -> Value {
    json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") })
}

fn attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn number(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

fn nanoseconds(time: Duration) -> Value {
    json!(time.as_nanos().to_string())
}
