//! Three thumbnails of an uploaded photograph, as one JSON document.

use std::pin::pin;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use serde_json::{Map, Value, json};
use spin_sdk::http::{IntoResponse, Json, Request, StatusCode};
use spin_sdk::http_service;
use spin_sdk::wasip3::http::types::ErrorCode;
use tintype_guest::resize::{Session, media_type, message};
use tintype_guest::types::{Failure, Fit, Format, Setting};

/// Names, and sides of a square in pixels.
const SIZES: [(&str, u32); 3] = [("small", 64), ("medium", 256), ("large", 1024)];

#[http_service]
async fn thumbnails(request: Request) -> impl IntoResponse {
    match make(request).await? {
        Ok(images) => Ok::<_, ErrorCode>((StatusCode::OK, Json(Value::Object(images)))),
        Err(failure) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": message(&failure) }))))
        }
    }
}

/// The thumbnails as data URLs. The photograph goes to all sessions as it arrives and is held nowhere: an instance works on
/// many requests at once.
async fn make(request: Request) -> Result<Result<Map<String, Value>, Failure>, ErrorCode> {
    let sessions = SIZES.map(|(name, side)| (name, session(side)));
    let mut body = pin!(request.into_body());
    while let Some(frame) = body.frame().await {
        let frame = frame?;
        let Some(chunk) = frame.data_ref() else { continue };
        for (_, session) in &sessions {
            if let Err(failure) = session.write(chunk) {
                return Ok(Err(failure));
            }
        }
    }
    Ok(sessions.iter().map(|(name, session)| Ok(((*name).to_owned(), data_url(session)?))).collect())
}

fn session(side: u32) -> Session {
    Session::new(&[
        Setting::Width(side),
        Setting::Height(side),
        Setting::Fit(Fit::Cover),
        Setting::Format(Format::Webp),
    ])
}

fn data_url(session: &Session) -> Result<Value, Failure> {
    session.finish()?;
    let image = STANDARD.encode(session.read(u32::MAX)?);
    Ok(Value::String(format!("data:{};base64,{image}", media_type(Format::Webp))))
}
