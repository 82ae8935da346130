//! `wasi:http/types`: what versions 0.2 and 0.3 spell alike.

/// Defines what turns the service's types into those of `wasi:http/types`, and back. Takes the path of their bindings,
/// which are other types in each version, under the same names. The caller depends on `http` and `tintype_http`.
#[macro_export]
macro_rules! types {
    ($($bindings:ident)::+) => {
        use $($bindings)::+ as wasi;
        use http::{HeaderMap, Uri};
        use tintype_http::config::Timeouts;
        use tintype_http::host::HostError;

        /// The name of a method.
        pub(crate) fn method_name(method: &wasi::Method) -> &str {
            match method {
                wasi::Method::Get => "GET",
                wasi::Method::Head => "HEAD",
                wasi::Method::Post => "POST",
                wasi::Method::Put => "PUT",
                wasi::Method::Delete => "DELETE",
                wasi::Method::Connect => "CONNECT",
                wasi::Method::Options => "OPTIONS",
                wasi::Method::Trace => "TRACE",
                wasi::Method::Patch => "PATCH",
                wasi::Method::Other(name) => name,
            }
        }

        /// The method of a request to send.
        pub(crate) fn method(method: &http::Method) -> wasi::Method {
            match *method {
                http::Method::GET => wasi::Method::Get,
                http::Method::HEAD => wasi::Method::Head,
                ref other => wasi::Method::Other(other.as_str().to_owned()),
            }
        }

        /// The scheme of a URL.
        pub(crate) fn scheme(url: &Uri) -> Option<wasi::Scheme> {
            url.scheme_str().map(|scheme| match scheme {
                "http" => wasi::Scheme::Http,
                "https" => wasi::Scheme::Https,
                other => wasi::Scheme::Other(other.to_owned()),
            })
        }

        /// Headers to send. One that the host forbids is left out: a message without it beats none.
        pub(crate) fn fields(headers: &HeaderMap) -> wasi::Fields {
            let fields = wasi::Fields::new();
            for (name, value) in headers {
                let _ = fields.append(name.as_str(), value.as_bytes());
            }
            fields
        }

        /// Timeouts of an outgoing request. A host may not know one; then only our own clock bounds the wait.
        pub(crate) fn request_options(timeouts: &Timeouts) -> wasi::RequestOptions {
            let options = wasi::RequestOptions::new();
            let _ = options.set_connect_timeout(Some($crate::nanoseconds(timeouts.connect)));
            let _ = options.set_first_byte_timeout(Some($crate::nanoseconds(timeouts.first_byte)));
            // A host that stops a body in the middle may not say why, so our clock, which knows, goes first.
            let twice = timeouts.between_bytes.saturating_mul(2);
            let _ = options.set_between_bytes_timeout(Some($crate::nanoseconds(twice)));
            options
        }

        /// What an error code means to the service.
        pub(crate) fn host_error(code: &wasi::ErrorCode) -> HostError {
            match code {
                wasi::ErrorCode::DnsTimeout
                | wasi::ErrorCode::ConnectionTimeout
                | wasi::ErrorCode::ConnectionReadTimeout
                | wasi::ErrorCode::ConnectionWriteTimeout
                | wasi::ErrorCode::HttpResponseTimeout => HostError::TimedOut,
                wasi::ErrorCode::HttpRequestDenied => HostError::Denied,
                wasi::ErrorCode::DestinationIpProhibited | wasi::ErrorCode::DestinationIpUnroutable => {
                    HostError::AddressProhibited
                }
                wasi::ErrorCode::DnsError(_) | wasi::ErrorCode::DestinationNotFound => HostError::UnknownName,
                wasi::ErrorCode::ConnectionRefused | wasi::ErrorCode::DestinationUnavailable => {
                    HostError::Refused
                }
                wasi::ErrorCode::TlsProtocolError
                | wasi::ErrorCode::TlsCertificateError
                | wasi::ErrorCode::TlsAlertReceived(_) => HostError::Tls,
                wasi::ErrorCode::ConnectionTerminated
                | wasi::ErrorCode::HttpResponseIncomplete
                | wasi::ErrorCode::HttpResponseBodySize(_)
                | wasi::ErrorCode::HttpResponseTransferCoding(_)
                | wasi::ErrorCode::HttpProtocolError => HostError::BrokenOff,
                wasi::ErrorCode::HttpRequestUriInvalid | wasi::ErrorCode::HttpRequestUriTooLong => {
                    HostError::UnusableUrl
                }
                _ => HostError::Other,
            }
        }
    };
}
