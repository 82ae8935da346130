//! Requests to origins.

use std::pin::pin;
use std::time::Instant;

use tintype_host::nanoseconds;
use tintype_http::host::{HostError, Timeouts};
use wasip3::http::client;
use wasip3::http::types::{Request, RequestOptions};
use wasip3::wit_bindgen::StreamReader;
use wasip3::wit_future;

use crate::body::{self, Body};
use crate::types::{fields, host_error, method, scheme};
use crate::wait::before;

/// Sends a request, and waits for the head of the response.
pub(crate) async fn send(
    request: &http::Request<()>,
    timeouts: &Timeouts,
    deadline: Instant,
) -> Result<http::Response<Body>, HostError> {
    let outgoing = outgoing(request, None, Some(options(timeouts)))?;
    let response = pin!(client::send(outgoing));
    match before(deadline, response).await {
        None => Err(HostError::TimedOut),
        Some(Ok(response)) => body::response(response),
        Some(Err(code)) => Err(host_error(&code)),
    }
}

/// Sends a request with a body, and waits for the status of the response.
#[cfg(feature = "export")]
pub(crate) async fn export(
    request: http::Request<bytes::Bytes>,
    deadline: Instant,
) -> Result<http::StatusCode, HostError> {
    let (mut writer, body) = wasip3::wit_stream::new();
    let outgoing = outgoing(&request, Some(body), None)?;
    let bytes = request.into_body();
    wasip3::spawn_local(async move {
        // Ends early if the collector does not want it.
        let _ = writer.write_all(bytes.into()).await;
    });
    let response = pin!(client::send(outgoing));
    match before(deadline, response).await {
        None => Err(HostError::TimedOut),
        Some(Ok(response)) => {
            http::StatusCode::from_u16(response.get_status_code()).map_err(|_| HostError::BrokenOff)
        }
        Some(Err(code)) => Err(host_error(&code)),
    }
}

/// A request, to be sent.
///
/// # Errors
///
/// [`HostError::UnusableUrl`] if the host does not accept the URL.
pub fn outgoing<B>(
    request: &http::Request<B>,
    body: Option<StreamReader<u8>>,
    options: Option<RequestOptions>,
) -> Result<Request, HostError> {
    let (_, trailers) = wit_future::new(|| Ok(None));
    let (outgoing, _sent) = Request::new(fields(request.headers()), body, trailers, options);
    let url = request.uri();
    let set = || {
        outgoing.set_method(&method(request.method()))?;
        outgoing.set_scheme(scheme(url).as_ref())?;
        outgoing.set_authority(url.authority().map(|authority| authority.as_str()))?;
        outgoing.set_path_with_query(url.path_and_query().map(|target| target.as_str()))
    };
    set().map_err(|()| HostError::UnusableUrl)?;
    Ok(outgoing)
}

/// Timeouts for the host. It may not know the one; then only our own clock bounds the wait, as it does after the
/// connection: the host's would run on while the instance is busy with another request.
fn options(timeouts: &Timeouts) -> RequestOptions {
    let options = RequestOptions::new();
    let _ = options.set_connect_timeout(Some(nanoseconds(timeouts.connect)));
    options
}
