//! The component behind.

use std::pin::pin;
use std::time::Instant;

use http::{HeaderMap, StatusCode, header};
use tintype_host_p3::{Body, before, host_error, outgoing};
use tintype_http::host::{Behind, HostError};
use wasip3::http::types::{ErrorCode, Request, Response, Scheme};

use crate::bindings::wasi::http::handler;

/// The site that a client asks for an image.
pub(crate) struct Site {
    scheme: Option<Scheme>,
    authority: Option<String>,
}

impl Site {
    /// The site that a request is addressed to. `Host` is a header that no component may set: where it is all that names the
    /// site, it becomes the authority.
    pub(crate) fn of(request: &Request, headers: &HeaderMap) -> Self {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let authority = request.get_authority().or_else(|| host.map(str::to_owned));
        Site { scheme: request.get_scheme(), authority }
    }
}

impl Behind for Site {
    type Body = Body;
    type Answer = Result<Response, ErrorCode>;

    async fn ask(&self, request: http::Request<()>, deadline: Instant) -> Result<Self::Answer, HostError> {
        let request = outgoing(&request, None, None)?;
        let address = request
            .set_scheme(self.scheme.as_ref())
            .and_then(|()| request.set_authority(self.authority.as_deref()));
        address.map_err(|()| HostError::UnusableUrl)?;
        before(deadline, pin!(handler::handle(request))).await.ok_or(HostError::TimedOut)
    }

    fn status(answer: &Self::Answer) -> Option<StatusCode> {
        StatusCode::from_u16(answer.as_ref().ok()?.get_status_code()).ok()
    }

    fn open(answer: Self::Answer) -> Result<http::Response<Body>, HostError> {
        tintype_host_p3::response(answer.map_err(|code| host_error(&code))?)
    }
}
