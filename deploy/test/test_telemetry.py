"""Traces and metrics, as the protocol's own schema reads them."""

import base64
import gzip
import http.server
import json
import threading
import time
import unittest
import urllib.request

import stack
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.received, self.delay = [], 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.delay)
        self.server.received.append((self.path, dict(self.headers), body))
        try:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
        except OSError:
            # The service waits for two seconds at most, and a test ends before that.
            pass

    def log_message(self, *_):
        pass


def identifiers(text):
    """JSON of OTLP has identifiers in hexadecimal, that of protobuf in base64."""
    def changed(value):
        if isinstance(value, dict):
            return {
                name: base64.b64encode(bytes.fromhex(item)).decode()
                if name in ("traceId", "spanId", "parentSpanId")
                else changed(item)
                for name, item in value.items()
            }
        return [changed(item) for item in value] if isinstance(value, list) else value

    return json.dumps(changed(json.loads(text)))


class Telemetry(unittest.TestCase):
    component = "tintype.wasm"

    def setUp(self):
        self.collector = Collector()

    def tearDown(self):
        self.collector.shutdown()
        self.collector.server_close()

    def serve(self, **variables):
        defaults = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "x-team=photos",
            "OTEL_SERVICE_NAME": "photos",
            "TINTYPE_SOURCES": self.collector.url,
        }
        return stack.service({**defaults, **variables}, self.component)

    def post(self, server, headers=None):
        request = urllib.request.Request(f"{server.url}/?width=64", stack.photo(), headers or {})
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()

    def test_the_protocol_s_schema_reads_what_arrives(self):
        with self.serve() as server:
            self.post(server, {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
            stack.wait_for(lambda: len(self.collector.received) == 2, "two documents")
        (path, headers, traces), (other, _, metrics) = self.collector.received
        self.assertEqual((path, other, headers.get("X-Team") or headers.get("x-team")), ("/v1/traces", "/v1/metrics", "photos"))
        read = json_format.Parse(identifiers(traces), ExportTraceServiceRequest())
        resource = read.resource_spans[0].resource.attributes[0]
        self.assertEqual((resource.key, resource.value.string_value), ("service.name", "photos"))
        spans = read.resource_spans[0].scope_spans[0].spans
        self.assertEqual([span.name for span in spans], ["POST query", "decode", "encode"])
        for span in spans:
            self.assertEqual(span.trace_id.hex(), TRACE)
            self.assertLessEqual(span.start_time_unix_nano, span.end_time_unix_nano)
        self.assertEqual(spans[0].parent_span_id.hex(), "00f067aa0ba902b7")
        self.assertEqual(spans[1].parent_span_id, spans[0].span_id)
        self.assertLess(abs(spans[0].start_time_unix_nano / 1e9 - time.time()), 60)
        read = json_format.Parse(metrics, ExportMetricsServiceRequest())
        metrics = {metric.name: metric for metric in read.resource_metrics[0].scope_metrics[0].metrics}
        duration = metrics["http.server.request.duration"].histogram
        self.assertEqual((duration.aggregation_temporality, duration.data_points[0].count), (1, 1))
        self.assertEqual(sum(duration.data_points[0].bucket_counts), 1)
        self.assertGreater(duration.data_points[0].sum, 0)
        self.assertGreater(metrics["tintype.work"].sum.data_points[0].as_int, 10_000)
        self.assertGreater(metrics["tintype.service.memory"].gauge.data_points[0].as_int, 60_000)
        self.assertEqual(metrics["tintype.bytes_in"].sum.data_points[0].as_int, len(stack.photo()))

    def test_a_real_collector_takes_and_passes_on_what_arrives(self):
        flags = ["--exporter", "otlp", "--otlp-exporter-protocol", "http", "--otlp-exporter-endpoint", self.collector.url]
        with stack.collector(*flags) as real, self.serve(OTEL_EXPORTER_OTLP_ENDPOINT=real.url) as server:
            self.post(server, {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
            stack.wait_for(lambda: len(self.collector.received) == 2, "two documents")
        documents = {path: gzip.decompress(body) for path, _, body in self.collector.received}
        traces = ExportTraceServiceRequest.FromString(documents["/v1/traces"])
        spans = traces.resource_spans[0].scope_spans[0].spans
        self.assertEqual([span.name for span in spans], ["POST query", "decode", "encode"])
        self.assertEqual({span.trace_id.hex() for span in spans}, {TRACE})
        metrics = ExportMetricsServiceRequest.FromString(documents["/v1/metrics"])
        names = {metric.name for metric in metrics.resource_metrics[0].scope_metrics[0].metrics}
        self.assertLessEqual({"http.server.request.duration", "tintype.requests", "tintype.work"}, names)

    def test_a_slow_collector_delays_no_answer(self):
        self.collector.delay = 1.5
        with self.serve() as server:
            self.post(server)
            start = time.monotonic()
            self.post(server)
            self.assertLess(time.monotonic() - start, 1.2)

    def test_a_collector_that_is_not_there_costs_a_line(self):
        nowhere = f"http://127.0.0.1:{stack.free_port()}"
        with self.serve(OTEL_EXPORTER_OTLP_ENDPOINT=nowhere) as server:
            self.post(server)
            stack.wait_for(lambda: len(server.records()) == 2, "two lines")
            lines = server.records()
        self.assertEqual((lines[0]["status"], lines[1]["error"]), (200, "telemetry"))
        self.assertEqual(lines[1]["detail"], "the collector cannot be reached")

    def test_health_is_not_reported(self):
        with self.serve() as server:
            self.assertEqual(server.get("/healthz").status, 200)
            self.post(server)
            stack.wait_for(lambda: len(self.collector.received) == 2, "two documents")
        self.assertNotIn(b"GET", self.collector.received[0][2])


class TelemetryP3(Telemetry):
    component = "tintype-p3.wasm"


if __name__ == "__main__":
    unittest.main()
