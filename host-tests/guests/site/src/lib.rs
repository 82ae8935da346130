//! A site whose answers are what the headers of requests say.
//!
//! * `answer-status: 404` sets the status, which is 200 otherwise.
//! * `answer-header: name: value` adds a header.
//! * `answer-body: 68690a` is the body in hexadecimal; without it, the body is that of the request.
//! * `answer-times: 3` repeats it.
//! * `answer-end: early` breaks it off, and `answer-end: never` leaves it open.
//! * `answer-error: 1` is an error in place of an answer.
//!
//! Every answer has the request's method and target in `asked`, and its headers in `asked-…`.
#![cfg(target_family = "wasm")]

use wasip3::exports::http::handler::Guest;
use wasip3::http::types::{ErrorCode, Fields, Method, Request, Response, Trailers};
use wasip3::wit_bindgen::{FutureReader, FutureWriter, StreamReader, StreamWriter};
use wasip3::{clocks::monotonic_clock, spawn_local, wit_future, wit_stream};

/// The export of `wasi:http/handler`.
#[allow(unsafe_code, missing_docs)] // generated
mod export {
    use super::Site;
    wasip3::http::service::export!(Site);
}

type Body = (StreamReader<u8>, FutureReader<Result<Option<Trailers>, ErrorCode>>);

struct Site;

impl Guest for Site {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let headers: Vec<(String, String)> = request
            .get_headers()
            .copy_all()
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), String::from_utf8_lossy(&value).into_owned()))
            .collect();
        let said =
            |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        if said("answer-error").is_some() {
            return Err(ErrorCode::InternalError(Some("the site has failed".to_owned())));
        }
        let fields = fields(&asked(&request), &headers);
        let (body, end) = match said("answer-body") {
            Some(hex) => {
                let times = said("answer-times").and_then(|times| times.parse().ok()).unwrap_or(1);
                made(bytes(hex), times, said("answer-end").map(str::to_owned))
            }
            None => {
                let (_, done) = wit_future::new(|| Ok(()));
                Request::consume_body(request, done)
            }
        };
        let (response, _sent) = Response::new(fields, Some(body), end);
        let status = said("answer-status").and_then(|status| status.parse().ok()).unwrap_or(200);
        response.set_status_code(status).map_err(|()| ErrorCode::HttpProtocolError)?;
        Ok(response)
    }
}

/// Method and target.
fn asked(request: &Request) -> String {
    let method = match request.get_method() {
        Method::Get => "GET".to_owned(),
        Method::Head => "HEAD".to_owned(),
        Method::Post => "POST".to_owned(),
        Method::Put => "PUT".to_owned(),
        Method::Other(name) => name,
        _ => "another".to_owned(),
    };
    let authority = request.get_authority().unwrap_or_default();
    format!("{method} {authority}{}", request.get_path_with_query().unwrap_or_default())
}

/// The headers of the answer.
fn fields(asked: &str, headers: &[(String, String)]) -> Fields {
    let fields = Fields::new();
    let add = |name: &str, value: &str| {
        // A header that the host forbids is left out.
        let _ = fields.append(name, value.as_bytes());
    };
    add("asked", asked);
    for (name, value) in headers {
        match value.split_once(": ").filter(|_| name == "answer-header") {
            Some((name, value)) => add(name, value),
            None if name.starts_with("answer-") => {}
            None => add(&format!("asked-{name}"), value),
        }
    }
    fields
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or_default() as u8;
    let byte = |pair: &[u8]| pair.iter().fold(0, |byte, next| byte << 4 | digit(next));
    hex.as_bytes().chunks(2).map(byte).collect()
}

/// A body that is written as it is read.
fn made(body: Vec<u8>, times: usize, end: Option<String>) -> Body {
    let (stream, contents) = wit_stream::new();
    let (finish, trailers) = wit_future::new(|| Err(ErrorCode::HttpResponseIncomplete));
    spawn_local(write(body, times, end, stream, finish));
    (contents, trailers)
}

async fn write(
    body: Vec<u8>,
    times: usize,
    end: Option<String>,
    mut stream: StreamWriter<u8>,
    finish: FutureWriter<Result<Option<Trailers>, ErrorCode>>,
) {
    for _ in 0..times {
        if !stream.write_all(body.clone()).await.is_empty() {
            return;
        }
    }
    match end.as_deref() {
        Some("early") => {}
        Some(_) => monotonic_clock::wait_for(60_000_000_000).await,
        None => {
            drop(stream);
            let _ = finish.write(Ok(None)).await;
        }
    }
}
