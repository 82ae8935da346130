//! One request from its arrival to the last byte of its answer.

use wasip2::cli::environment::get_environment;
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{IncomingRequest, Method, ResponseOutparam};

use super::body::{Answer, Incoming, Sender};
use super::clock::Instant;
use super::fetch;
use super::resizer::Resizer;
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::pipeline;
use crate::request::{Request, Source};
use crate::respond::{self, Reply, error, negotiate};
use crate::route::{self, Route, route};

/// Bytes of rendition that are collected, so that its length can stand in the head of the answer.
const COLLECTED: usize = 4 << 20;

/// The component.
pub struct Service;

impl Guest for Service {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let start = Instant::now();
        let method = method(&request.method());
        let answer = Answer::new(out, method == route::Method::Head);
        match prepare(&request, method) {
            Ok((config, Route::Image(asked))) => image(&request, &asked, &config, start, answer),
            Ok((_, Route::Health)) => answer.send(&respond::health()),
            Err(failure) => answer.send(&error::reply(&failure)),
        }
    }
}

fn method(method: &Method) -> route::Method {
    match method {
        Method::Get => route::Method::Get,
        Method::Head => route::Method::Head,
        Method::Post => route::Method::Post,
        _ => route::Method::Other,
    }
}

fn prepare(request: &IncomingRequest, method: route::Method) -> Result<(Config, Route), Failure> {
    let config = Config::read(&get_environment())?;
    let target = request.path_with_query().unwrap_or_else(|| String::from("/"));
    Ok((config, route(method, &target)?))
}

/// Makes an image and answers with it.
fn image(incoming: &IncomingRequest, asked: &Request, config: &Config, start: Instant, answer: Answer) {
    let mut source = match open(incoming, asked, config, start.after(config.total_timeout)) {
        Ok(source) => source,
        Err(failure) => return answer.send(&error::reply(&failure)),
    };
    let opened = match pipeline::open(&mut source, config.source_bytes.0) {
        Ok(opened) => opened,
        Err(failure) => return answer.send(&error::reply(&failure)),
    };
    let accept = header(incoming, "accept");
    let format = negotiate::format(asked.output.format, accept.as_deref(), opened.format);
    let mut session = Resizer::new(asked, format, config);
    let mut rendering = opened.render(&mut session);
    match rendering.collect(COLLECTED) {
        Ok((body, complete)) => {
            let reply = respond::rendition(format, body, complete);
            if complete { answer.send(&reply) } else { stream(answer, &reply, &mut rendering) }
        }
        Err(failure) => answer.send(&error::reply(&failure)),
    }
}

/// Sends what has been collected, and then the rest at the client's pace.
fn stream(answer: Answer, reply: &Reply, rendering: &mut pipeline::Rendering) {
    let Some(mut body) = answer.begin(reply) else { return };
    let mut open = body.write(&reply.body);
    while open {
        match rendering.piece() {
            Ok(Some(piece)) => open = body.write(&piece),
            Ok(None) => return body.finish(),
            // The status has gone out: all that can be told now is that the body is incomplete.
            Err(_) => return,
        }
    }
}

fn open(
    incoming: &IncomingRequest,
    asked: &Request,
    config: &Config,
    deadline: Instant,
) -> Result<Incoming, Failure> {
    match &asked.source {
        Source::Url(url) => fetch::open(url, config, deadline),
        Source::Body => {
            if let Some(length) = header(incoming, "content-length").and_then(|length| length.parse().ok()) {
                pipeline::check_size(length, config.source_bytes.0)?;
            }
            let body = incoming
                .consume()
                .map_err(|()| Failure::new(Kind::Internal, "the body of the request cannot be read"))?;
            Incoming::new(body, Sender::Client, config.between_bytes_timeout, deadline)
        }
    }
}

fn header(incoming: &IncomingRequest, name: &str) -> Option<String> {
    let values: Vec<String> =
        incoming.headers().get(name).into_iter().filter_map(|value| String::from_utf8(value).ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}
