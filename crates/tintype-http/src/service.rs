//! The way of a request: route, check the signature, read the grammar, resolve the source, fetch, render, respond.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use tintype_types::Format;

use crate::answer::{AnswerBody, LogLine, PATIENCE};
use crate::config::Config;
use crate::context::RequestContext;
use crate::failure::{Failure, Kind, Result};
use crate::fetch::{Conditions, Fetched, Fetcher};
use crate::grammar::{Grammar, query, wsrv};
use crate::host::Host;
use crate::input::{Bounds, Input, Sender};
use crate::pipeline::{Opened, Rendering};
use crate::request::{ImageRequest, OnError, OutputFormat, Source};
use crate::response::cache::Freshness;
use crate::response::cors::CorsOrigins;
use crate::response::etag::{self, Variant};
use crate::response::image::{self, Facts};
use crate::response::log::Record;
use crate::response::{self, explain, negotiate, problem};
use crate::router::{Route, route, strip_prefix};
use crate::signature::Signed;
use crate::source::{ResolvedSource, SourceUrl};
use crate::waiting::Deadline;
use crate::watermark::{self, Mark};

/// Bytes of rendition that are collected, so that its length and tag can be in the head of the response.
pub const COLLECTED: usize = 4 << 20;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// One request, from its arrival to its response. `config` is what [`Config::read`] made of the environment.
pub async fn answer<'h, H: Host>(
    host: &'h H,
    config: &Result<Config>,
    request: Request<H::Body>,
) -> Response<AnswerBody<'h, H>> {
    let (start, date) = (host.now(), host.date());
    let (parts, body) = request.into_parts();
    let context = RequestContext::new(&parts, date, start);
    let is_logged = config.as_ref().map_or(true, |config| config.log);
    let record = Record {
        time: u64::try_from(since_epoch(date).as_millis()).unwrap_or(u64::MAX),
        id: context.id.clone(),
        method: context.method.clone(),
        ..Record::default()
    };
    let mut log = LogLine::new(host, is_logged, start, record);
    let outcome = match config {
        Ok(config) => {
            let mut exchange = Exchange { host, config, context: &context, start, date, log: &mut log };
            exchange.respond(&parts, body).await
        }
        Err(failure) => Err(failure.clone()),
    };
    let Outcome { mut response, rest } = outcome.unwrap_or_else(|failure| {
        log.record.error = Some(failure.kind().slug());
        problem::respond(&failure, &context).into()
    });
    let no_cors = CorsOrigins::default();
    let cors = config.as_ref().map_or(&no_cors, |config| &config.cors);
    response::add_common(response.headers_mut(), &context, cors);
    if response.status() == StatusCode::OK && log.record.source.is_some() && rest.is_none() {
        log.update_total();
        response.headers_mut().insert(SERVER_TIMING, log.record.phases.server_timing());
    }
    log.record.status = response.status();
    let is_head = context.method == Method::HEAD;
    let time = config.as_ref().map_or(PATIENCE, |config| config.timeouts.answer);
    response.map(|body| AnswerBody::new(body, rest.map(|rest| *rest), log, is_head, time))
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
            Route::Health => Ok(response::health().into()),
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
        let request = grammar.read(target, source_in_body, &self.config.presets)?;
        if request.delivery.expires.is_some_and(|end| end <= since_epoch(self.date).as_secs()) {
            return Err(Failure::new(Kind::Expired, "the URL has expired").with_detail("ask for a new one"));
        }
        let source = match &request.source {
            Source::Url(text) => Some(self.config.sources.resolve(text)?),
            Source::Body => None,
        };
        Ok((request, source))
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

    /// Makes the rendition of the configured image. The client's conditions are about another one.
    async fn render_fallback(&mut self, request: &ImageRequest, url: &SourceUrl) -> Result<Outcome<'h, H>> {
        let fallback = ResolvedSource { url: url.clone(), named_by_client: false };
        let context = RequestContext { if_none_match: None, if_modified_since: None, ..self.context.clone() };
        let mut exchange = Exchange { context: &context, log: &mut *self.log, ..*self };
        exchange.render_source(request, &fallback).await
    }

    /// Makes the rendition of an origin's source.
    async fn render_source(
        &mut self,
        request: &ImageRequest,
        source: &ResolvedSource,
    ) -> Result<Outcome<'h, H>> {
        let options = query::write(&etag::rendition(request));
        let is_marked = request.watermark.normalized().image.is_some();
        let variant = etag::variant(request, self.context.accept.as_deref(), &options);
        let asked = self.host.now();
        let Fetched { headers, body } = {
            // The bytes of a watermark count, too: no tag of the origin stands for both.
            let conditions = if is_marked { Conditions::default() } else { self.conditions(&variant) };
            self.fetcher().fetch(&source.url, &conditions).await?
        };
        let waited = self.host.now().duration_since(asked);
        let origin = Freshness::from_headers(&headers, self.date);
        let cache_control =
            |damaged| self.config.cache.cache_control(&request.delivery, &origin, self.date, damaged);
        let (fresh, damaged) = (cache_control(false), cache_control(true));
        let mut facts = self.facts(request, source, &headers, &variant, fresh);
        if is_marked {
            (facts.etag, facts.last_modified) = (None, None);
        }
        let Some(body) = body.filter(|_| !self.client_has(&facts)) else {
            return Ok(facts.not_modified().into());
        };
        let input =
            Input::new(self.host, body, &headers, Sender::Origin, self.bounds())?.having_waited(waited);
        let watermark = self.watermark(request).await?;
        let made = self.make(request, input, watermark).await?;
        if made.is_damaged {
            facts.record_damage(damaged);
        }
        if made.rest.is_none() {
            facts.etag.get_or_insert_with(|| etag::from_bytes(&variant, made.source_hash));
            if self.client_has(&facts) {
                return Ok(facts.not_modified().into());
            }
        }
        Ok(made.outcome(&facts))
    }

    /// Makes the rendition of an uploaded image, which belongs to its client alone.
    async fn render_upload(
        &mut self,
        request: &ImageRequest,
        headers: &HeaderMap,
        body: H::Body,
    ) -> Result<Outcome<'h, H>> {
        let no_store = HeaderValue::from_static("no-store");
        let mut facts = Facts::new(request, no_store.clone());
        let input = Input::new(self.host, body, headers, Sender::Client, self.bounds())?;
        let watermark = self.watermark(request).await?;
        let made = self.make(request, input, watermark).await?;
        if made.is_damaged {
            facts.record_damage(no_store);
        }
        Ok(made.outcome(&facts))
    }

    /// Makes a rendition, or the beginning of a large one.
    async fn make(
        &mut self,
        request: &ImageRequest,
        input: Input<'h, H>,
        watermark: Option<Mark>,
    ) -> Result<Made<'h, H>> {
        let marked_by = watermark.as_ref().map_or(0, |watermark| watermark.hash);
        let (mut rendering, format) = self.start(request, Opened::open(input).await?, watermark)?;
        let collected = rendering.collect(COLLECTED).await;
        self.log.record_progress(&rendering);
        let (body, is_complete) = collected?;
        let (is_damaged, source_hash) = (rendering.damaged(), rendering.input().hash() ^ marked_by);
        let rest = (!is_complete).then(|| Box::new(rendering));
        Ok(Made { format, body, is_damaged, source_hash, rest })
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            bytes: self.config.limits.source_bytes,
            pause: self.config.timeouts.between_bytes,
            start: self.start,
            deadline: Deadline::of_request(self.start, &self.config.timeouts),
        }
    }

    fn fetcher(&self) -> Fetcher<'_, H> {
        let deadline = self.bounds().deadline.at;
        Fetcher { host: self.host, config: self.config, context: self.context, deadline }
    }

    /// What the client has already, for an origin whose tags and dates are trusted.
    fn conditions(&self, variant: &Variant) -> Conditions {
        let mut conditions = Conditions::default();
        if self.config.trust_origin_etag {
            match &self.context.if_none_match {
                Some(tags) => conditions.if_none_match = etag::origin_tags(tags, variant),
                None => conditions.if_modified_since = self.context.if_modified_since.clone(),
            }
        }
        conditions
    }

    fn facts<'f>(
        &self,
        request: &'f ImageRequest,
        source: &ResolvedSource,
        headers: &HeaderMap,
        variant: &Variant,
        cache_control: HeaderValue,
    ) -> Facts<'f> {
        let mut facts = Facts::new(request, cache_control);
        facts.last_modified = headers.get(header::LAST_MODIFIED).cloned();
        facts.canonical = source.named_by_client.then(|| source.url.to_string());
        facts.stem = source.url.file_stem();
        if self.config.trust_origin_etag {
            let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
            facts.etag = tag.and_then(|tag| etag::from_origin(variant, tag));
        }
        facts
    }

    /// Whether the client's conditions hold: its tag, or, where it has none and the origin is trusted, its date.
    fn client_has(&self, facts: &Facts<'_>) -> bool {
        let context = self.context;
        match (&context.if_none_match, &facts.etag) {
            (Some(tags), Some(tag)) => etag::matches(tags, tag),
            (Some(_), None) => false,
            (None, _) if !self.config.trust_origin_etag => false,
            (None, _) => {
                let modified = facts.last_modified.as_ref().and_then(|date| date.to_str().ok());
                context
                    .if_modified_since
                    .as_deref()
                    .zip(modified)
                    .is_some_and(|(since, modified)| etag::unmodified_since(since, modified))
            }
        }
    }

    /// The watermark that a request asks for.
    async fn watermark(&self, request: &ImageRequest) -> Result<Option<Mark>> {
        watermark::fetch(&self.fetcher(), &request.watermark, self.bounds()).await
    }

    /// Starts to make the rendition, once the source's format is known.
    fn start(
        &self,
        request: &ImageRequest,
        opened: Opened<'h, H>,
        watermark: Option<Mark>,
    ) -> Result<(Rendering<'h, H>, Format)> {
        let source = opened.format;
        let format = negotiate::format(request.output.format, self.context.accept.as_deref(), source);
        // A source that keeps its format has the one that was asked for, even if it cannot be encoded.
        let wanted = if request.output.format == OutputFormat::Source { source } else { format };
        if request.delivery.passthrough.covers(source, wanted) {
            return Ok((opened.render(None), source));
        }
        opened.check_decoded()?;
        let mut options = request.options(format, self.config.limits);
        options.overlays =
            watermark.map(|watermark| request.watermark.overlay(watermark.image)).into_iter().collect();
        Ok((opened.render(Some(self.host.session(&options))), format))
    }
}

/// A rendition, or the beginning of a large one and what is still to be made of it.
struct Made<'h, H: Host> {
    format: Format,
    body: Bytes,
    is_damaged: bool,
    /// A hash of the source as far as it has been read, and of the watermark.
    source_hash: u64,
    rest: Option<Box<Rendering<'h, H>>>,
}

impl<'h, H: Host> Made<'h, H> {
    fn outcome(self, facts: &Facts<'_>) -> Outcome<'h, H> {
        let response = match self.rest {
            None => facts.complete(self.format, self.body),
            Some(_) => facts.partial(self.format, self.body),
        };
        Outcome { response, rest: self.rest }
    }
}

fn since_epoch(date: SystemTime) -> Duration {
    date.duration_since(UNIX_EPOCH).unwrap_or_default()
}
