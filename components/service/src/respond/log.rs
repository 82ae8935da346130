//! One line of JSON for each request.

use crate::json::Object;
use crate::prelude::*;
use crate::text;

/// What a line says. Fields that are not known are left out.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Milliseconds of Unix time at which the request arrived.
    pub time: u64,
    /// The request's identifier.
    pub id: String,
    /// The method.
    pub method: &'static str,
    /// The grammar that the URL is written in.
    pub grammar: Option<&'static str>,
    /// The host of the source. Nothing else of its URL, which may be a secret.
    pub source_host: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The name of the error.
    pub error: Option<&'static str>,
    /// Bytes of source.
    pub bytes_in: u64,
    /// Bytes of rendition.
    pub bytes_out: u64,
    /// Width and height of the source.
    pub source: Option<(u32, u32)>,
    /// Width and height of the rendition.
    pub output: Option<(u32, u32)>,
    /// Time per phase.
    pub phases: Phases,
}

/// Nanoseconds that went into each phase of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Waiting for the source.
    pub origin: u64,
    /// In the resizer, taking in the source: decoding and resampling, and encoding as far as it keeps pace.
    pub decode: u64,
    /// In the resizer, taking out the rendition.
    pub encode: u64,
    /// From the request's arrival.
    pub total: u64,
}

impl Phases {
    const NAMES: [&str; 4] = ["origin", "decode", "encode", "total"];

    /// The times in the order of their names.
    fn times(&self) -> [u64; 4] {
        [self.origin, self.decode, self.encode, self.total]
    }

    /// The value of `Server-Timing`.
    pub fn server_timing(&self) -> String {
        let mut list = String::new();
        for (name, time) in Self::NAMES.iter().zip(&self.times()) {
            text::add(&mut list, ", ", &text::concat(&[name, ";dur=", &milliseconds(*time)]));
        }
        list
    }
}

/// Milliseconds with one decimal place.
fn milliseconds(nanoseconds: u64) -> String {
    let tenths = nanoseconds / 100_000;
    text::concat(&[&text::decimal(tenths / 10), ".", &text::decimal(tenths % 10)])
}

impl Record {
    /// The line, without its end.
    pub fn line(&self) -> String {
        let mut line = Object::new();
        line.number("time", self.time)
            .text("id", &self.id)
            .text("method", self.method)
            .text_if("grammar", self.grammar)
            .text_if("source_host", self.source_host.as_deref())
            .number("status", self.status.into())
            .text_if("error", self.error)
            .number("bytes_in", self.bytes_in)
            .number("bytes_out", self.bytes_out);
        for (name, size) in &[("source", self.source), ("output", self.output)] {
            if let Some((width, height)) = size {
                let (width, height) = (text::decimal((*width).into()), text::decimal((*height).into()));
                line.raw(name, &text::concat(&["[", &width, ",", &height, "]"]));
            }
        }
        for (name, time) in Phases::NAMES.iter().zip(&self.phases.times()) {
            line.raw(&text::concat(&[name, "_ms"]), &milliseconds(*time));
        }
        line.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_what_is_known() {
        let phases = Phases { origin: 1_250_000, decode: 0, encode: 99_999, total: 12_345_678_900 };
        let record = Record {
            time: 5,
            id: "x".into(),
            method: "GET",
            grammar: Some("query"),
            status: 200,
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
}
