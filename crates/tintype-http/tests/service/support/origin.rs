//! What origins reply.

use http::{HeaderName, HeaderValue, Response};
use tintype_http::host::HostError;

use super::{Event, pieces};

/// A response of an origin, and what happens before its head arrives.
pub(crate) struct Reply {
    pub(crate) before: Vec<Event>,
    pub(crate) response: Response<Vec<Event>>,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        let response = Response::builder().status(status).body(Vec::new()).unwrap();
        Self { before: Vec::new(), response }
    }

    /// 200 with a body in pieces of 100 bytes.
    pub(crate) fn image(bytes: &[u8]) -> Self {
        Self::status(200).body(pieces(bytes, 100))
    }

    pub(crate) fn redirect(location: &str) -> Self {
        Self::status(302).header("location", location)
    }

    pub(crate) fn fail(error: HostError) -> Self {
        Self::status(200).after(Event::Fail(error))
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        self.response.headers_mut().append(HeaderName::from_static(name), value);
        self
    }

    pub(crate) fn body(mut self, events: Vec<Event>) -> Self {
        *self.response.body_mut() = events;
        self
    }

    /// The same reply after an event.
    pub(crate) fn after(mut self, event: Event) -> Self {
        self.before.push(event);
        self
    }
}
