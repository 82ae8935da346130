//! The way of a request: route, check the signature, read the grammar, resolve the source, fetch, render, respond.

mod front;
mod render;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::HeaderName;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};

use crate::answer::{AnswerBody, LogLine, PATIENCE};
use crate::config::Config;
use crate::context::RequestContext;
use crate::failure::{Failure, Kind, Result};
use crate::grammar::{Grammar, wsrv};
use crate::host::Host;
use crate::pipeline::Rendering;
use crate::request::{ImageRequest, Lowered, OnError, Passthrough, Source};
use crate::response::cors::CorsOrigins;
use crate::response::log::Record;
use crate::response::{self, explain, image, problem};
use crate::router::{Route, route, strip_prefix};
use crate::signature::Signed;
use crate::source::{ResolvedSource, SourceUrl};
use crate::telemetry::Report;

pub use front::answer_in_front;

/// Bytes of rendition that are collected, so that its length and tag can be in the head of the response.
pub const COLLECTED: usize = 4 << 20;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// One request, from its arrival to its response. `config` is what [`Config::read`] made of the environment.
pub async fn answer<'h, H: Host>(
    host: &'h H,
    config: &Result<Config>,
    request: Request<H::Body>,
) -> Response<AnswerBody<'h, H>> {
    let (parts, body) = request.into_parts();
    let mut arrival = Arrival::new(host, config, &parts);
    let outcome = match arrival.exchange() {
        Ok(mut exchange) => exchange.respond(&parts, body).await,
        Err(failure) => Err(failure),
    };
    arrival.answer(outcome)
}

/// A request that has arrived.
struct Arrival<'h, 'a, H: Host> {
    host: &'h H,
    config: &'a Result<Config>,
    context: RequestContext,
    start: Instant,
    date: SystemTime,
    log: LogLine<'h, H>,
}

impl<'h, 'a, H: Host> Arrival<'h, 'a, H> {
    fn new(host: &'h H, config: &'a Result<Config>, parts: &Parts) -> Self {
        let (start, date) = (host.now(), host.date());
        let mut context = RequestContext::new(parts, date, start);
        let is_logged = config.as_ref().map_or(true, |config| config.log);
        let record = Record {
            time: u64::try_from(since_epoch(date).as_millis()).unwrap_or(u64::MAX),
            id: context.id.clone(),
            method: context.method.clone(),
            ..Record::default()
        };
        let mut log = LogLine::new(host, is_logged, start, record);
        let telemetry = config.as_ref().ok().map(|config| &config.telemetry);
        log.report = telemetry.and_then(|telemetry| Report::start(telemetry, &mut context, date, start));
        Self { host, config, context, start, date, log }
    }

    /// Everything that the request needs, unless the configuration cannot be read.
    fn exchange(&mut self) -> Result<Exchange<'h, '_, H>> {
        let config = self.config.as_ref().map_err(Failure::clone)?;
        let Self { host, context, start, date, log, .. } = self;
        Ok(Exchange { host, config, context, start: *start, date: *date, log })
    }

    /// The response, complete or begun.
    fn answer(mut self, outcome: Result<Outcome<'h, H>>) -> Response<AnswerBody<'h, H>> {
        let Self { config, context, log, .. } = &mut self;
        let Outcome { mut response, rest } = outcome.unwrap_or_else(|failure| {
            log.record.error = Some(failure.kind().slug());
            problem::respond(&failure, context).into()
        });
        let no_cors = CorsOrigins::default();
        let cors = config.as_ref().map_or(&no_cors, |config| &config.cors);
        response::add_common(response.headers_mut(), context, cors);
        if response.status() == StatusCode::OK && log.record.source.is_some() && rest.is_none() {
            log.update_total();
            response.headers_mut().insert(SERVER_TIMING, log.record.phases.server_timing());
        }
        log.record.status = response.status();
        let is_head = context.method == Method::HEAD;
        let time = config.as_ref().map_or(PATIENCE, |config| config.timeouts.answer);
        response.map(|body| AnswerBody::new(body, rest.map(|rest| *rest), self.log, is_head, time))
    }
}

/// A response, and the rendition whose beginning is its body, if it is not complete yet.
struct Outcome<'h, H: Host> {
    response: Response<Bytes>,
    rest: Option<Box<Rendering<'h, H>>>,
}

impl<H: Host> From<Response<Bytes>> for Outcome<'_, H> {
    fn from(response: Response<Bytes>) -> Self {
        Outcome { response, rest: None }
    }
}

/// Everything that one request needs.
struct Exchange<'h, 'a, H: Host> {
    host: &'h H,
    config: &'a Config,
    context: &'a RequestContext,
    start: Instant,
    date: SystemTime,
    log: &'a mut LogLine<'h, H>,
}

impl<'h, H: Host> Exchange<'h, '_, H> {
    async fn respond(&mut self, parts: &Parts, body: H::Body) -> Result<Outcome<'h, H>> {
        let (config, context) = (self.config, self.context);
        let target = strip_prefix(&context.target, &config.prefix);
        match route(&parts.method, &target)? {
            Route::Health => {
                self.log.report = None;
                Ok(response::health().into())
            }
            Route::Config if config.debug => Ok(response::json(StatusCode::OK, &config.show()).into()),
            Route::Config => Err(Failure::new(Kind::NotFound, "the configuration is not shown here")
                .with_detail("TINTYPE_DEBUG=1 shows it")),
            Route::Options(allow) => Ok(response::options(allow, &config.cors).into()),
            Route::Explain(grammar, target) => {
                explain::respond(grammar, target, &config.keys, &config.presets).map(Outcome::from)
            }
            Route::Image(grammar, target) => {
                self.log.record.grammar = Some(grammar.name());
                self.respond_with_image(grammar, target, parts, body).await
            }
        }
    }

    /// Makes an image, or responds with a substitute for it.
    async fn respond_with_image(
        &mut self,
        grammar: Grammar,
        target: &str,
        parts: &Parts,
        body: H::Body,
    ) -> Result<Outcome<'h, H>> {
        if self.context.looped {
            return Err(Failure::new(Kind::Loop, "the request came from this service itself")
                .with_detail("the source URL must not lead back here"));
        }
        let signed = Signed::of(grammar, target, &self.config.keys);
        signed.check(&self.config.keys)?;
        let (request, source) = match self.read(grammar, signed.target, parts.method == Method::POST) {
            Ok(read) => read,
            Err(failure) => return self.redirect_unread(failure, grammar, signed.target),
        };
        let Some(source) = source else { return self.render_upload(&request, &parts.headers, body).await };
        self.log.record.source_host = Some(source.url.host_str().to_owned());
        match self.render_source(&request, &source).await {
            Ok(outcome) => Ok(outcome),
            Err(failure) => self.substitute(failure, &request, &source).await,
        }
    }

    /// Reads a target, and finds the URL of its source unless that is the body of the request.
    fn read(
        &self,
        grammar: Grammar,
        target: &str,
        source_in_body: bool,
    ) -> Result<(ImageRequest, Option<ResolvedSource>)> {
        let request = self.as_configured(grammar.read(target, source_in_body, &self.config.presets)?);
        self.check_expiry(&request)?;
        let source = match &request.source {
            Source::Url(text) => Some(self.config.sources.resolve(text)?),
            Source::Body => None,
        };
        Ok((request, source))
    }

    /// The request with the width that the client's hints choose, and the watermark that every rendition gets. With that, no
    /// source is sent as it is.
    fn as_configured(&self, request: ImageRequest) -> ImageRequest {
        let mut request = request.settled(&self.context.hints);
        if let Some(watermark) = &self.config.watermark_always {
            request.watermark = watermark.clone();
            request.delivery.passthrough = Passthrough::default();
        }
        request
    }

    fn check_expiry(&self, request: &ImageRequest) -> Result<()> {
        if request.delivery.expires.is_some_and(|end| end <= since_epoch(self.date).as_secs()) {
            return Err(Failure::new(Kind::Expired, "the URL has expired").with_detail("ask for a new one"));
        }
        Ok(())
    }

    /// The redirect that wsrv's grammar has for every error, even where the rest of the target cannot be used.
    fn redirect_unread(
        &mut self,
        failure: Failure,
        grammar: Grammar,
        target: &str,
    ) -> Result<Outcome<'h, H>> {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let fallback = (grammar == Grammar::Wsrv).then(|| wsrv::fallback_of(query)).flatten();
        let Some(OnError::Redirect(url)) = fallback else { return Err(failure) };
        let Ok(other) = self.config.sources.resolve(&url) else { return Err(failure) };
        self.redirect(failure, &other)
    }

    /// Whether clients may be redirected to a source: it has to be one that they named themselves.
    fn may_redirect(&self, to: &ResolvedSource) -> bool {
        to.named_by_client && self.config.sources.policy.check_redirect(&to.url).is_ok()
    }

    /// A redirect in place of an error.
    fn redirect(&mut self, failure: Failure, other: &ResolvedSource) -> Result<Outcome<'h, H>> {
        if !self.may_redirect(other) {
            return Err(failure);
        }
        self.log.record.error = Some(failure.kind().slug());
        Ok(image::redirect(&other.url.to_string())?.into())
    }

    /// The response in place of a failure of the source: a redirect that the request asks for, or the configured image.
    async fn substitute(
        &mut self,
        failure: Failure,
        request: &ImageRequest,
        source: &ResolvedSource,
    ) -> Result<Outcome<'h, H>> {
        if !failure.kind().concerns_source() {
            return Err(failure);
        }
        match &request.delivery.on_error {
            OnError::Source if self.may_redirect(source) => return self.redirect(failure, source),
            OnError::Redirect(url) => {
                let other = self.config.sources.resolve(url)?;
                self.config.sources.policy.check_redirect(&other.url)?;
                return self.redirect(failure, &other);
            }
            OnError::Source | OnError::Error => {}
        }
        let Some(url) = &self.config.fallback_url else { return Err(failure) };
        let Ok(mut outcome) = self.render_fallback(request, url).await else { return Err(failure) };
        self.log.record.error = Some(failure.kind().slug());
        image::stand_in(&mut outcome.response, failure.kind());
        Ok(outcome)
    }

    /// Makes the rendition of the configured image. The client's conditions and limits are about another one.
    async fn render_fallback(&mut self, request: &ImageRequest, url: &SourceUrl) -> Result<Outcome<'h, H>> {
        let fallback = ResolvedSource { url: url.clone(), alias: None, named_by_client: false };
        let context = RequestContext { if_none_match: None, if_modified_since: None, ..self.context.clone() };
        let mut exchange = Exchange { context: &context, log: &mut *self.log, ..*self };
        let request = ImageRequest { limits: Lowered::default(), ..request.clone() };
        exchange.render_source(&request, &fallback).await
    }
}

fn since_epoch(date: SystemTime) -> Duration {
    date.duration_since(UNIX_EPOCH).unwrap_or_default()
}
