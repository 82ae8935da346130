//! The log: one line of JSON for each request.

use std::fmt;
use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use serde::{Serialize, Serializer};

use super::json;

/// The content of a line. Fields that are not known are left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Record {
    /// Milliseconds of Unix time at which the request arrived.
    pub time: u64,
    /// The request's identifier.
    pub id: String,
    /// The method; `other` stands for those that the service does not know.
    #[serde(serialize_with = "method")]
    pub method: Method,
    /// The grammar that the URL is written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grammar: Option<&'static str>,
    /// The host of the source. Nothing else of its URL, which may be a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_host: Option<String>,
    /// The status of the response.
    #[serde(serialize_with = "status")]
    pub status: StatusCode,
    /// The stable name of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// Bytes of source.
    pub bytes_in: u64,
    /// Bytes of rendition.
    pub bytes_out: u64,
    /// Whether some of the source was missing or corrupt. Left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub damaged: bool,
    /// Width and height of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<(u32, u32)>,
    /// Width and height of the rendition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<(u32, u32)>,
    /// Time spent in each phase.
    #[serde(flatten)]
    pub phases: Phases,
}

impl Record {
    /// The name of the method; `other` stands for those that the service does not know.
    pub(crate) fn method_name(&self) -> &str {
        name_of(&self.method)
    }

    /// The line, without its end. Nothing in it ends a line or moves a terminal's cursor.
    pub fn line(&self) -> String {
        json::line(self)
    }
}

/// Time spent in each phase of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Phases {
    /// Waiting for the source.
    #[serde(rename = "origin_ms", serialize_with = "milliseconds")]
    pub origin: Duration,
    /// In the resizer, taking in the source: decoding and resampling, and encoding as far as it keeps pace.
    #[serde(rename = "decode_ms", serialize_with = "milliseconds")]
    pub decode: Duration,
    /// In the resizer, taking out the rendition.
    #[serde(rename = "encode_ms", serialize_with = "milliseconds")]
    pub encode: Duration,
    /// From the request's arrival.
    #[serde(rename = "total_ms", serialize_with = "milliseconds")]
    pub total: Duration,
}

impl Phases {
    /// The value of `Server-Timing`.
    pub fn server_timing(&self) -> HeaderValue {
        let [origin, decode, encode, total] =
            [self.origin, self.decode, self.encode, self.total].map(Milliseconds);
        let list =
            format!("origin;dur={origin}, decode;dur={decode}, encode;dur={encode}, total;dur={total}");
        HeaderValue::try_from(list).unwrap_or(HeaderValue::from_static(""))
    }
}

/// A time that is written in milliseconds, rounded down to one decimal place.
struct Milliseconds(Duration);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.0.as_micros() / 100;
        write!(f, "{}.{}", tenths / 10, tenths % 10)
    }
}

fn milliseconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((time.as_micros() / 100) as f64 / 10.0)
}

fn method<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name_of(method))
}

fn name_of(method: &Method) -> &str {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS].contains(method);
    if known { method.as_str() } else { "other" }
}

fn status<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_what_is_known() {
        let phases = Phases {
            origin: Duration::from_nanos(1_250_000),
            decode: Duration::ZERO,
            encode: Duration::from_nanos(99_999),
            total: Duration::from_nanos(12_345_678_900),
        };
        let record = Record {
            time: 5,
            id: "x".into(),
            grammar: Some("query"),
            output: Some((8, 6)),
            phases,
            ..Record::default()
        };
        assert_eq!(
            record.line(),
            r#"{"time":5,"id":"x","method":"GET","grammar":"query","status":200,"bytes_in":0,"bytes_out":0,"output":[8,6],"origin_ms":1.2,"decode_ms":0.0,"encode_ms":0.0,"total_ms":12345.6}"#
        );
        assert_eq!(
            phases.server_timing(),
            "origin;dur=1.2, decode;dur=0.0, encode;dur=0.0, total;dur=12345.6"
        );
    }

    #[test]
    fn every_field_has_its_place() {
        let record = Record {
            method: Method::PATCH,
            source_host: Some("a.example".into()),
            status: StatusCode::BAD_GATEWAY,
            error: Some("origin-status"),
            bytes_in: 1,
            bytes_out: 2,
            damaged: true,
            source: Some((3, 4)),
            ..Record::default()
        };
        assert_eq!(
            record.line(),
            r#"{"time":0,"id":"","method":"other","source_host":"a.example","status":502,"error":"origin-status","bytes_in":1,"bytes_out":2,"damaged":true,"source":[3,4],"origin_ms":0.0,"decode_ms":0.0,"encode_ms":0.0,"total_ms":0.0}"#
        );
    }

    #[test]
    fn a_line_is_one_line_for_every_reader() {
        let host = "a\nb\r\u{85}\u{2028}\u{2029}\u{7f}\u{1b}[2J\u{9b}31m\"}";
        let record = Record { source_host: Some(host.into()), ..Record::default() };
        let line = record.line();
        assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["source_host"], host);
    }

    #[test]
    fn the_longest_time_is_a_number() {
        let phases = Phases { total: Duration::MAX, ..Phases::default() };
        assert!(phases.server_timing().to_str().unwrap().contains("total;dur=1844674407370955"));
    }
}
