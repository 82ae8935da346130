//! Traces and metrics: what a collector receives, and when.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::Value;
use tintype_http::host::HostError;

use crate::support::*;

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn host() -> TestHost {
    let host = TestHost::new().collector(Ok(StatusCode::OK));
    host.resizer(|options| tintype::Session::stepped(options.clone()))
        .origin(|_| Reply::image(&crate::engine::png(64, 48)))
}

fn document(request: &Request<Bytes>) -> Value {
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.headers()["content-length"], request.body().len().to_string());
    serde_json::from_slice(request.body()).unwrap()
}

/// The documents that a collector received, traces first.
fn documents(host: &TestHost) -> (Value, Value) {
    let exports = host.exports.take();
    let paths: Vec<String> = exports.iter().map(|(request, _)| request.uri().to_string()).collect();
    assert_eq!(paths, ["http://collector:4318/v1/traces", "http://collector:4318/v1/metrics"]);
    (document(&exports[0].0), document(&exports[1].0))
}

fn spans(traces: &Value) -> Vec<Value> {
    traces["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone()
}

/// An attribute of a span, a point or a resource, as text.
fn attribute(of: &Value, name: &str) -> Option<String> {
    let attribute = of["attributes"].as_array()?.iter().find(|attribute| attribute["key"] == name)?;
    let value = attribute["value"].as_object()?.values().next()?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn time(span: &Value, name: &str) -> u128 {
    span[name].as_str().unwrap().parse().unwrap()
}

#[test]
fn without_a_collector_nothing_is_sent() {
    for (name, value) in [("OTEL_SERVICE_NAME", "x"), ("OTEL_SDK_DISABLED", "true")] {
        let mut host = TestHost::new().with(name, value);
        if name == "OTEL_SDK_DISABLED" {
            host = host.collector(Ok(StatusCode::OK));
        }
        host.get_with(PHOTO, &[("traceparent", TRACE)]);
        assert!(host.exports.borrow().is_empty(), "{name}");
        assert_eq!(host.asked_header("traceparent").unwrap(), TRACE, "{name}");
    }
    let host = TestHost::new().collector(Ok(StatusCode::OK));
    host.get("/healthz");
    assert!(host.exports.borrow().is_empty());
}

#[test]
fn telemetry_is_sent_after_the_answer_and_its_line() {
    let host = host();
    let answer = host.begin(request("GET", PHOTO, &[]));
    assert!(host.exports.borrow().is_empty());
    block_on(Answer::read(answer));
    assert!(host.exports.borrow().iter().all(|(_, lines)| *lines == 1));
    assert_eq!(host.exports.borrow().len(), 2);
}

#[test]
fn a_request_is_a_span_with_its_parts_in_the_client_s_trace() {
    let host = host().with("OTEL_SERVICE_NAME", "photos").with("OTEL_RESOURCE_ATTRIBUTES", "a=b%20c");
    let headers = [("traceparent", TRACE), ("tracestate", "x=y"), ("x-request-id", "r1")];
    assert_eq!(host.get_with(PHOTO, &headers).status, 200);
    let (traces, _) = documents(&host);
    let resource = &traces["resourceSpans"][0]["resource"];
    assert_eq!(attribute(resource, "service.name").unwrap(), "photos");
    assert_eq!(attribute(resource, "a").unwrap(), "b c");
    let spans = spans(&traces);
    let names: Vec<&str> = spans.iter().map(|span| span["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["GET query", "fetch", "decode", "encode"]);
    let root = &spans[0];
    assert_eq!(root["parentSpanId"], "00f067aa0ba902b7");
    assert_eq!((&root["kind"], &root["traceState"]), (&2.into(), &"x=y".into()));
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.response.status_code", "200"),
        ("tintype.grammar", "query"),
        ("tintype.format", "webp"),
        ("tintype.request_id", "r1"),
        ("tintype.source.width", "64"),
    ] {
        assert_eq!(attribute(root, name).as_deref(), Some(value), "{name}");
    }
    assert_ne!(attribute(root, "tintype.bytes_out").unwrap(), "0");
    for span in &spans {
        assert_eq!(span["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(time(span, "startTimeUnixNano") <= time(span, "endTimeUnixNano"));
        assert!(time(span, "startTimeUnixNano") >= u128::from(NOW) * 1_000_000_000);
        assert!(time(span, "endTimeUnixNano") <= time(root, "endTimeUnixNano"));
    }
    for child in &spans[1..] {
        assert_eq!(child["parentSpanId"], root["spanId"]);
    }
    let fetch = &spans[1];
    assert_eq!(attribute(fetch, "server.address").unwrap(), "photos.example.com");
    let given = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{}-01", fetch["spanId"].as_str().unwrap());
    assert_eq!(host.asked_header("traceparent").unwrap(), given);
    assert_eq!(host.asked_header("tracestate").unwrap(), "x=y");
}

#[test]
fn metrics_are_differences() {
    let host = host();
    host.get(PHOTO);
    let (_, metrics) = documents(&host);
    let metrics = metrics["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap().clone();
    let names: Vec<&str> = metrics.iter().map(|metric| metric["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "http.server.request.duration",
            "tintype.requests",
            "tintype.bytes_in",
            "tintype.bytes_out",
            "tintype.origin.duration",
            "tintype.decode.duration",
            "tintype.encode.duration",
            "tintype.work",
            "tintype.service.memory",
        ]
    );
    for metric in &metrics {
        let kind = ["histogram", "sum", "gauge"].into_iter().find(|kind| metric.get(kind).is_some()).unwrap();
        let (data, point) = (&metric[kind], &metric[kind]["dataPoints"][0]);
        assert!(kind == "gauge" || data["aggregationTemporality"] == 1, "{metric}");
        assert_eq!(attribute(point, "http.response.status_code").unwrap(), "200");
        assert_eq!(attribute(point, "tintype.format").unwrap(), "webp");
        if kind == "histogram" {
            let counts: Vec<&str> = point["bucketCounts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|count| count.as_str().unwrap())
                .collect();
            assert_eq!(counts.len(), point["explicitBounds"].as_array().unwrap().len() + 1);
            assert_eq!(counts.iter().filter(|count| **count == "1").count(), 1);
        } else {
            assert!(point["asInt"].as_str().unwrap().parse::<u64>().is_ok());
        }
    }
}

#[test]
fn a_failure_is_told_by_its_name() {
    let host = host().origin(|_| Reply::status(500));
    host.get(PHOTO);
    let (traces, _) = documents(&host);
    let root = &spans(&traces)[0];
    assert_eq!(attribute(root, "error.type").unwrap(), "origin-status");
    assert_eq!(root["status"]["code"], 2);
    assert_eq!(spans(&traces).len(), 2);
}

#[test]
fn samplers_and_exporters_choose_what_is_sent() {
    for (name, value, traceparent, paths) in [
        ("OTEL_TRACES_SAMPLER", "always_off", "", "metrics"),
        ("OTEL_TRACES_EXPORTER", "none", "", "metrics"),
        ("OTEL_METRICS_EXPORTER", "none", "", "traces"),
        ("OTEL_TRACES_SAMPLER", "parentbased_always_on", &TRACE.replace("-01", "-00"), "metrics"),
        ("OTEL_TRACES_SAMPLER", "jaeger_remote", "", "traces metrics"),
    ] {
        let host = host().with(name, value);
        host.get_with(PHOTO, &[("traceparent", traceparent)]);
        let sent: Vec<String> = host
            .exports
            .take()
            .iter()
            .map(|(request, _)| request.uri().path().trim_start_matches("/v1/").to_owned())
            .collect();
        assert_eq!(sent.join(" "), paths, "{name}={value}");
    }
}

#[test]
fn a_collector_that_fails_costs_one_line() {
    for (reply, detail) in [
        (Err(HostError::Refused), "the collector cannot be reached"),
        (Err(HostError::TimedOut), "the collector took too long"),
        (Ok(StatusCode::UNAUTHORIZED), "the collector returned 401"),
    ] {
        let host =
            TestHost::new().collector(reply).with("OTEL_EXPORTER_OTLP_HEADERS", "authorization=swordfish");
        assert_eq!(host.get(PHOTO).status, 200);
        assert_eq!(host.exports.borrow()[0].0.headers()["authorization"], "swordfish");
        let log = host.log.take();
        let line: Value = serde_json::from_str(&log[1]).unwrap();
        assert_eq!((log.len(), line["detail"].as_str()), (2, Some(detail)));
        assert!(!log[1].contains("swordfish"));
    }
    let silent = TestHost::new().collector(Err(HostError::Refused)).with("TINTYPE_LOG", "0");
    silent.get(PHOTO);
    assert!(silent.log.borrow().is_empty());
}
