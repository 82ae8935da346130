//! A server of the files that its host gives it, on `wasi:http` 0.3. It knows nothing about images.

use std::fs;
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use http_body_util::Full;
use wasip3::exports::http::handler::Guest;
use wasip3::http::types::{ErrorCode, Method, Request, Response};
use wasip3::http_compat::http_into_wasi_response;

wasip3::http::service::export!(Site);

struct Site;

impl Guest for Site {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (status, media_type, body) = match (request.get_method(), read(&target)) {
            (Method::Get | Method::Head, Some((media_type, body))) => (200, media_type, body),
            (Method::Get | Method::Head, None) => (404, "text/plain", b"there is nothing here\n".to_vec()),
            _ => (405, "text/plain", b"files are only read\n".to_vec()),
        };
        let response = http::Response::builder()
            .status(status)
            .header("content-type", media_type)
            .header("cache-control", "max-age=300")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| ErrorCode::InternalError(Some(error.to_string())))?;
        http_into_wasi_response(response)
    }
}

/// The file that a target names, and its type. No path leads out of the site.
fn read(target: &str) -> Option<(&'static str, Vec<u8>)> {
    let path = target.split('?').next()?.trim_start_matches('/');
    let mut file: PathBuf = Path::new("/").join(path);
    if file.components().any(|part| matches!(part, Component::ParentDir)) {
        return None;
    }
    if path.is_empty() || path.ends_with('/') {
        file.push("index.html");
    }
    let media_type = match file.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    Some((media_type, fs::read(file).ok()?))
}
