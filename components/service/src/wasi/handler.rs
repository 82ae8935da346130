//! One request from its arrival to the last byte of its answer.

use wasip2::cli::environment::get_environment;
use wasip2::cli::stderr::get_stderr;
use wasip2::exports::http::incoming_handler::Guest;
use wasip2::http::types::{IncomingRequest, Method, ResponseOutparam};

use super::body::{self, Answer, Incoming, Sender};
use super::clock::{Instant, Stopwatches, unix_time};
use super::fetch::{Conditions, Fetched, Fetcher, Head};
use super::resizer::Resizer;
use crate::client::{self, Client};
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::grammar::{self, Grammar, signature};
use crate::pipeline::{self, Opened, Rendering, Verbatim};
use crate::prelude::*;
use crate::request::{OnError, Request, Source};
use crate::respond::image::{self, Facts};
use crate::respond::log::{Phases, Record};
use crate::respond::{self, Reply, cache, error, etag, explain, negotiate};
use crate::route::{self, Route, route};
use crate::source::resolve::{Resolved, resolve};
use crate::text;

/// Bytes of rendition that are collected, so that its length and tag can stand in the head of the answer.
const COLLECTED: usize = 4 << 20;

/// The component.
pub struct Service;

impl Guest for Service {
    fn handle(incoming: IncomingRequest, out: ResponseOutparam) {
        let start = Instant::now();
        let method = method(&incoming.method());
        let target = incoming.path_with_query().unwrap_or_else(|| String::from("/"));
        let now = unix_time();
        let fresh_id = || client::fresh_id(now.as_nanos(), start.nanoseconds());
        let client = Client::new(method, target, &|name| header(&incoming, name), fresh_id);
        let record = Record {
            time: u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
            id: client.id.clone(),
            method: respond::method_name(method),
            ..Record::default()
        };
        let answer = Answer::new(out, method == route::Method::Head);
        match Config::read(&get_environment()) {
            Ok(config) => {
                let watches = Stopwatches::default();
                Exchange { client, config, start, record, watches }.run(method, &incoming, answer);
            }
            Err(failure) => answer.send(&error::reply(&failure, &client).common(&client, "")),
        }
    }
}

/// Everything that one request needs.
struct Exchange {
    client: Client,
    config: Config,
    start: Instant,
    record: Record,
    watches: Stopwatches,
}

/// An answer, and what is still to be sent behind it.
struct Outcome {
    reply: Reply,
    rest: Option<Rendering>,
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Outcome { reply, rest: None }
    }
}

impl Exchange {
    fn run(mut self, method: route::Method, incoming: &IncomingRequest, answer: Answer) {
        let outcome = self.respond(method, incoming).unwrap_or_else(|failure| {
            self.record.error = Some(failure.kind.slug());
            error::reply(&failure, &self.client).into()
        });
        let Outcome { reply, rest } = outcome;
        let mut reply = reply.common(&self.client, &self.config.cors.0);
        if reply.status == 200 && self.record.source.is_some() && rest.is_none() {
            reply = reply.header("server-timing", self.phases().server_timing());
        }
        self.record.status = reply.status;
        self.record.bytes_out = reply.body.len() as u64;
        match rest {
            None => answer.send(&reply),
            Some(rest) => self.stream(answer, &reply, rest),
        }
        self.log();
    }

    fn phases(&self) -> Phases {
        Phases {
            origin: self.watches.origin.total(),
            decode: self.watches.decode.total(),
            encode: self.watches.encode.total(),
            total: self.start.elapsed(),
        }
    }

    fn log(mut self) {
        if self.config.log {
            self.record.phases = self.phases();
            let mut line = self.record.line();
            line.push('\n');
            let stream = get_stderr();
            // A log that cannot be written is no reason to fail a request.
            let _ = body::write(&stream, line.as_bytes()).and_then(|()| body::flush(&stream));
        }
    }

    fn respond(&mut self, method: route::Method, incoming: &IncomingRequest) -> Result<Outcome, Failure> {
        let target = self.client.target.clone();
        match route(method, &target)? {
            Route::Health => Ok(respond::health().into()),
            Route::Config if self.config.debug => Ok(respond::configuration(&self.config).into()),
            Route::Config => Err(Failure::new(Kind::NotFound, "the configuration is not shown here")
                .detail("TINTYPE_DEBUG=1 shows it")),
            Route::Options(allow) => Ok(respond::options(allow, &self.config.cors.0).into()),
            Route::Explain(grammar, skip) => {
                let target = target.get(skip..).unwrap_or_default();
                explain::reply(grammar, target, &self.config).map(Outcome::from)
            }
            Route::Image { grammar, body } => self.image(grammar, &target, body.then_some(incoming)),
        }
    }

    /// Makes an image, or answers with what stands in for it.
    fn image(
        &mut self,
        grammar: Grammar,
        target: &str,
        body: Option<&IncomingRequest>,
    ) -> Result<Outcome, Failure> {
        self.record.grammar = Some(grammar.name());
        if self.client.looped {
            return Err(Failure::new(Kind::Loop, "the request came from this service itself")
                .detail("the source URL must not lead back here"));
        }
        signature::check(grammar, target, &self.config)?;
        let request = grammar::read(grammar, target, body.is_some(), &self.config)?.request;
        if request.delivery.expires.is_some_and(|end| end <= self.record.time / 1000) {
            return Err(Failure::new(Kind::Expired, "the URL has expired").detail("ask for a new one"));
        }
        let source = match &request.source {
            Source::Url(text) => Some(resolve(text, &self.config)?),
            Source::Body => None,
        };
        if let Some(source) = &source {
            self.record.source_host = Some(source.url.host.text.clone());
        }
        self.render(&request, source.as_ref(), body)
            .or_else(|failure| self.instead(failure, &request, source.as_ref()))
    }

    /// What is answered in place of an error: a redirect that the request asks for, or the configured image.
    fn instead(
        &mut self,
        failure: Failure,
        request: &Request,
        source: Option<&Resolved>,
    ) -> Result<Outcome, Failure> {
        let Some(source) = source.filter(|_| failure.kind.concerns_source()) else { return Err(failure) };
        self.record.error = Some(failure.kind.slug());
        match &request.delivery.on_error {
            OnError::Source if source.public => return Ok(image::redirect(&source.url).into()),
            OnError::Redirect(text) => {
                let other = resolve(text, &self.config)?;
                return if other.public { Ok(image::redirect(&other.url).into()) } else { Err(failure) };
            }
            _ => {}
        }
        let Some(url) = self.config.fallback_url.clone() else { return Err(failure) };
        let fallback = Resolved { url, public: false };
        let mut outcome = self.render(request, Some(&fallback), None).map_err(|_| failure.clone())?;
        outcome.reply.status = failure.kind.status();
        outcome.reply = outcome
            .reply
            .without(&["etag", "last-modified", "cache-control"])
            .header("cache-control", "no-store")
            .header("tintype-error", failure.kind.slug());
        Ok(outcome)
    }

    fn render(
        &mut self,
        request: &Request,
        source: Option<&Resolved>,
        body: Option<&IncomingRequest>,
    ) -> Result<Outcome, Failure> {
        let variant = etag::variant(request, self.client.accept.as_deref());
        let (body, head) = match (source, body) {
            (Some(source), _) => {
                let fetched = self.fetch(source, &variant)?;
                (fetched.body, fetched.head)
            }
            (None, Some(incoming)) => (Some(self.receive(incoming)?), Head::default()),
            (None, None) => return Err(Failure::new(Kind::Internal, "there is no source")),
        };
        let mut facts = self.facts(request, source, &head);
        if self.config.trust_origin_etag && source.is_some() {
            facts.etag = head.etag.as_deref().and_then(|tag| etag::from_origin(&variant, tag));
        }
        let Some(body) = body else { return Ok(image::not_modified(request, &facts).into()) };
        if self.has_already(&facts, source) {
            return Ok(image::not_modified(request, &facts).into());
        }
        let opened = pipeline::open(Box::new(body), self.config.source_bytes.0)?;
        let (mut rendering, format) = self.start(request, opened)?;
        let collected = rendering.collect(COLLECTED);
        self.note(&rendering);
        let (body, complete) = collected?;
        if rendering.damaged() {
            // The origin's tag and date stand for the whole source, and must not renew what shows a part of it.
            (facts.etag, facts.last_modified) = (None, None);
            facts.cache_control = self.cache_control(request, source, &head, true);
        }
        if !complete {
            let reply = image::begun(request, format, body, &facts);
            return Ok(Outcome { reply, rest: Some(rendering) });
        }
        if source.is_some() {
            facts.etag.get_or_insert_with(|| etag::from_bytes(&variant, rendering.source_hash()));
            if self.has_already(&facts, None) {
                return Ok(image::not_modified(request, &facts).into());
            }
        }
        Ok(image::whole(request, format, body, &facts).into())
    }

    fn fetch(&self, source: &Resolved, variant: &str) -> Result<Fetched, Failure> {
        let mut conditions = Conditions::default();
        if self.config.trust_origin_etag {
            match &self.client.if_none_match {
                Some(tags) => conditions.if_none_match = etag::origin_tags(tags, variant),
                None => conditions.if_modified_since = self.client.if_modified_since.clone(),
            }
        }
        let fetcher = Fetcher {
            config: &self.config,
            client: &self.client,
            deadline: self.deadline(),
            watch: self.watches.origin.clone(),
        };
        fetcher.open(&source.url, &conditions)
    }

    /// The body of a `POST` as a source.
    fn receive(&self, incoming: &IncomingRequest) -> Result<Incoming, Failure> {
        if let Some(length) = self.client.content_length {
            pipeline::check_size(length, self.config.source_bytes.0)?;
        }
        let body = incoming
            .consume()
            .map_err(|()| Failure::new(Kind::Internal, "the body of the request cannot be read"))?;
        let pause = self.config.between_bytes_timeout;
        Incoming::new(body, Sender::Client, pause, self.deadline(), self.watches.origin.clone())
    }

    fn deadline(&self) -> Instant {
        self.start.after(self.config.total_timeout)
    }

    fn facts(&self, request: &Request, source: Option<&Resolved>, head: &Head) -> Facts {
        let mut facts = Facts {
            last_modified: head.last_modified.clone(),
            cache_control: self.cache_control(request, source, head, false),
            canonical: source.filter(|source| source.public).map(|source| source.url.clone()),
            ..Facts::default()
        };
        facts.name_after(request, source.map(|source| &source.url));
        facts
    }

    fn cache_control(
        &self,
        request: &Request,
        source: Option<&Resolved>,
        head: &Head,
        damaged: bool,
    ) -> String {
        // What was sent in a body is nobody else's.
        if source.is_none() {
            return String::from("no-store");
        }
        let now = self.record.time / 1000;
        cache::control(&request.delivery, head.cache_control.as_deref(), &self.config, now, damaged)
    }

    /// Whether the client's conditions hold: its tag, or, where it has none and the origin is trusted, its date.
    fn has_already(&self, facts: &Facts, source: Option<&Resolved>) -> bool {
        match (&self.client.if_none_match, &facts.etag) {
            (Some(tags), Some(tag)) => etag::matches(tags, tag),
            (Some(_), None) => false,
            (None, _) => {
                let dated = self.config.trust_origin_etag && source.is_some();
                dated
                    && self.client.if_modified_since.is_some()
                    && self.client.if_modified_since == facts.last_modified
            }
        }
    }

    /// Starts to make the rendition, once the source's format is known, and its size where that matters.
    fn start(&self, request: &Request, mut opened: Opened) -> Result<(Rendering, Format), Failure> {
        if request.delivery.passthrough.covers(opened.format) {
            let format = opened.format;
            return Ok((opened.render(Box::new(Verbatim::default())), format));
        }
        opened.check_decoded()?;
        let accept = self.client.accept.as_deref();
        let format = negotiate::format(request.output.format, accept, opened.format);
        let mut size = (1, 1);
        if request.geometry.needs_source() {
            let mut probe = Resizer::probe(&self.config, self.watches.clone());
            size = opened.measure(&mut probe)?.oriented(request.geometry.auto_orient);
        }
        let session = Resizer::new(request, size, format, &self.config, self.watches.clone());
        Ok((opened.render(Box::new(session)), format))
    }

    fn note(&mut self, rendering: &Rendering) {
        self.record.bytes_in = rendering.source_bytes();
        if let Some(outline) = rendering.outline() {
            self.record.source = Some(outline.source);
            self.record.output = Some(outline.output);
        }
    }

    /// Sends what has been collected, and then the rest at the client's pace.
    fn stream(&mut self, answer: Answer, reply: &Reply, mut rest: Rendering) {
        let Some(body) = answer.begin(reply) else { return };
        let mut open = body.write(&reply.body);
        while open {
            match rest.piece() {
                Ok(Some(piece)) => {
                    self.record.bytes_out = self.record.bytes_out.saturating_add(piece.len() as u64);
                    open = body.write(&piece);
                }
                Ok(None) => {
                    body.finish();
                    break;
                }
                // The status has gone out: all that can be told now is that the body is incomplete.
                Err(failure) => {
                    self.record.error = Some(failure.kind.slug());
                    break;
                }
            }
        }
        self.note(&rest);
    }
}

fn method(method: &Method) -> route::Method {
    match method {
        Method::Get => route::Method::Get,
        Method::Head => route::Method::Head,
        Method::Post => route::Method::Post,
        Method::Options => route::Method::Options,
        _ => route::Method::Other,
    }
}

fn header(incoming: &IncomingRequest, name: &str) -> Option<String> {
    let values = incoming.headers().get(name);
    let present = !values.is_empty();
    let mut texts = Vec::new();
    for value in values {
        if let Ok(text) = String::from_utf8(value) {
            texts.push(text);
        }
    }
    present.then(|| text::join(&texts, ","))
}
