//! A gate: whoever has the token has photographs turned into thumbnails, by the resizer in the same process.

use tintype_guest::resize::{Session, media_type, message};
use tintype_guest::types::{Failure, Fit, Format, Setting};
use wstd::http::{Body, BodyExt as _, Error, Request, Response, StatusCode};

#[wstd::http_server]
async fn main(request: Request<Body>) -> Result<Response<Body>, Error> {
    if !is_allowed(&request) {
        return answer(StatusCode::UNAUTHORIZED, "text/plain", "a token is needed\n");
    }
    match thumbnail(request.into_body()).await? {
        Ok(image) => answer(StatusCode::OK, &media_type(Format::Webp), image),
        Err(failure) => {
            answer(StatusCode::UNPROCESSABLE_ENTITY, "text/plain", format!("{}\n", message(&failure)))
        }
    }
}

/// A square of 320 pixels. The photograph is decoded as it arrives, and never held as a whole.
async fn thumbnail(photo: Body) -> Result<Result<Vec<u8>, Failure>, Error> {
    let session = Session::new(&[
        Setting::Width(320),
        Setting::Height(320),
        Setting::Fit(Fit::Cover),
        Setting::Format(Format::Webp),
    ]);
    let mut photo = photo.into_boxed_body();
    while let Some(frame) = photo.frame().await {
        if let Some(chunk) = frame?.data_ref()
            && let Err(failure) = session.write(chunk)
        {
            return Ok(Err(failure));
        }
    }
    Ok(session.finish().and_then(|()| session.read(u32::MAX)))
}

/// Whether a request has the token of the environment. Without one there, nobody is let in.
fn is_allowed(request: &Request<Body>) -> bool {
    let token = std::env::var("GATE_TOKEN").unwrap_or_default();
    let given = request.headers().get("authorization").map_or(&b""[..], |value| value.as_bytes());
    !token.is_empty() && same(given, format!("Bearer {token}").as_bytes())
}

/// Compares in a time that says nothing about where texts of the same length differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

fn answer(status: StatusCode, media_type: &str, body: impl Into<Body>) -> Result<Response<Body>, Error> {
    Ok(Response::builder().status(status).header("content-type", media_type).body(body.into())?)
}
