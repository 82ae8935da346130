//! The way of a request: route, check the signature, read the grammar, resolve the source, fetch, render, respond.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};

use crate::answer::{AnswerBody, LogLine};
use crate::config::Config;
use crate::context::RequestContext;
use crate::failure::{Failure, Kind, Result};
use crate::fetch::{Conditions, Fetcher};
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
    response.map(|body| AnswerBody::new(body, rest.map(|rest| *rest), log, is_head))
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
        let target = strip_prefix(&self.context.target, &self.config.prefix).to_owned();
        match route(&parts.method, &target)? {
            Route::Health => Ok(response::health().into()),
            Route::Config if self.config.debug => Ok(response::configuration(&self.config.show()).into()),
            Route::Config => Err(Failure::new(Kind::NotFound, "the configuration is not shown here")
                .with_detail("TINTYPE_DEBUG=1 shows it")),
            Route::Options(allow) => Ok(response::options(allow, &self.config.cors).into()),
            Route::Explain(grammar, target) => {
                explain::respond(grammar, target, self.config).map(Outcome::from)
            }
            Route::Image(grammar, target) => {
                self.log.record.grammar = Some(grammar.name());
                let upload = (parts.method == Method::POST).then_some((&parts.headers, body));
                self.respond_with_image(grammar, target, upload).await
            }
        }
    }

    /// Makes an image, or responds with a substitute for it.
    async fn respond_with_image(
        &mut self,
        grammar: Grammar,
        target: &str,
        upload: Option<(&HeaderMap, H::Body)>,
    ) -> Result<Outcome<'h, H>> {
        if self.context.looped {
            return Err(Failure::new(Kind::Loop, "the request came from this service itself")
                .with_detail("the source URL must not lead back here"));
        }
        let signed = Signed::of(grammar, target, &self.config.keys);
        signed.check(&self.config.keys)?;
        let (request, source) = match self.read(grammar, signed.target, upload.is_some()) {
            Ok(read) => read,
            Err(failure) => return self.redirect_unread(failure, grammar, signed.target),
        };
        if let Some(source) = &source {
            self.log.record.source_host = Some(source.url.host_str().to_owned());
        }
        match self.render(&request, source.as_ref(), upload).await {
            Ok(outcome) => Ok(outcome),
            Err(failure) => self.substitute(failure, &request, source.as_ref()).await,
        }
    }

    /// Reads a target, and finds the URL of its source.
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

    /// A redirect in place of an error, to a source that the client named itself.
    fn redirect(&mut self, failure: Failure, other: &ResolvedSource) -> Result<Outcome<'h, H>> {
        if !other.named_by_client {
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
        source: Option<&ResolvedSource>,
    ) -> Result<Outcome<'h, H>> {
        let Some(source) = source.filter(|_| failure.kind().concerns_source()) else { return Err(failure) };
        match &request.delivery.on_error {
            OnError::Source if source.named_by_client => return self.redirect(failure, source),
            OnError::Redirect(url) => return self.redirect(failure, &self.config.sources.resolve(url)?),
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
        exchange.render(request, Some(&fallback), None).await
    }

    /// Makes the rendition of a source: of the origin's, or of the one that the client uploads.
    async fn render(
        &mut self,
        request: &ImageRequest,
        source: Option<&ResolvedSource>,
        upload: Option<(&HeaderMap, H::Body)>,
    ) -> Result<Outcome<'h, H>> {
        let options = query::write(&etag::rendition(request));
        let variant = etag::variant(request, self.context.accept.as_deref(), &options);
        let Arrival { headers, input } = self.arrive(source, upload, &variant).await?;
        let origin = Freshness::from_headers(&headers, self.date);
        let mut facts = self.facts(request, source, &headers, &origin, &variant);
        let Some(input) = input else { return Ok(facts.not_modified().into()) };
        if self.client_has(&facts) {
            return Ok(facts.not_modified().into());
        }
        let (mut rendering, format) = self.start(request, Opened::open(input).await?).await?;
        let collected = rendering.collect(COLLECTED).await;
        self.log.record_progress(&rendering);
        let (body, is_complete) = collected?;
        if rendering.damaged() {
            facts.record_damage(self.cache_control(request, source, &origin, true));
        }
        if !is_complete {
            return Ok(Outcome { response: facts.partial(format, body), rest: Some(Box::new(rendering)) });
        }
        if source.is_some() {
            facts.etag.get_or_insert_with(|| etag::from_bytes(&variant, rendering.input().hash()));
            if self.client_has(&facts) {
                return Ok(facts.not_modified().into());
            }
        }
        Ok(facts.complete(format, body).into())
    }

    /// Waits for the head of the source.
    async fn arrive(
        &mut self,
        source: Option<&ResolvedSource>,
        upload: Option<(&HeaderMap, H::Body)>,
        variant: &Variant,
    ) -> Result<Arrival<'h, H>> {
        let bounds = Bounds {
            bytes: self.config.limits.source_bytes,
            pause: self.config.timeouts.between_bytes,
            start: self.start,
            total: self.config.timeouts.total,
        };
        match (source, upload) {
            (Some(source), _) => {
                let asked = self.host.now();
                let fetched = self.fetcher().fetch(&source.url, &self.conditions(variant)).await?;
                let waited = self.host.now().duration_since(asked);
                let input = match fetched.body {
                    Some(body) => {
                        Some(Input::new(self.host, body, &fetched.headers, Sender::Origin, bounds)?)
                    }
                    None => None,
                };
                let input = input.map(|input| input.having_waited(waited));
                Ok(Arrival { headers: fetched.headers, input })
            }
            (None, Some((headers, body))) => {
                refuse_forms(headers)?;
                let input = Input::new(self.host, body, headers, Sender::Client, bounds)?;
                Ok(Arrival { headers: HeaderMap::new(), input: Some(input) })
            }
            (None, None) => Err(Failure::new(Kind::Internal, "the request has no source")),
        }
    }

    fn fetcher(&self) -> Fetcher<'_, H> {
        Fetcher { host: self.host, config: self.config, context: self.context, deadline: self.deadline() }
    }

    fn deadline(&self) -> Instant {
        self.start + self.config.timeouts.total
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
        source: Option<&'f ResolvedSource>,
        headers: &HeaderMap,
        origin: &Freshness,
        variant: &Variant,
    ) -> Facts<'f> {
        let mut facts = Facts::new(request, self.cache_control(request, source, origin, false));
        facts.last_modified = headers.get(header::LAST_MODIFIED).cloned();
        if let Some(source) = source {
            facts.canonical = source.named_by_client.then(|| source.url.to_string());
            facts.stem = source.url.file_stem();
            if self.config.trust_origin_etag {
                let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
                facts.etag = tag.and_then(|tag| etag::from_origin(variant, tag));
            }
        }
        facts
    }

    fn cache_control(
        &self,
        request: &ImageRequest,
        source: Option<&ResolvedSource>,
        origin: &Freshness,
        damaged: bool,
    ) -> HeaderValue {
        // An upload belongs to its client alone.
        if source.is_none() {
            return HeaderValue::from_static("no-store");
        }
        self.config.cache.cache_control(&request.delivery, origin, self.date, damaged)
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

    /// Starts to make the rendition, once the source's format is known, and its size where that matters.
    async fn start(
        &self,
        request: &ImageRequest,
        mut opened: Opened<'h, H>,
    ) -> Result<(Rendering<'h, H>, tintype_types::Format)> {
        let source = opened.format;
        let format = negotiate::format(request.output.format, self.context.accept.as_deref(), source);
        // A source that keeps its format has the one that was asked for, even if it cannot be encoded.
        let wanted = if request.output.format == OutputFormat::Source { source } else { format };
        if request.delivery.passthrough.covers(source, wanted) {
            return Ok((opened.render(None), source));
        }
        opened.check_decoded()?;
        let limits = self.config.limits;
        let mut size = (1, 1);
        if request.geometry.needs_source() {
            let probe = self.host.session(&request.probe(limits));
            size = request.geometry.source_size(&opened.measure(probe).await?.source);
        }
        Ok((opened.render(Some(self.host.session(&request.options(size, format, limits)))), format))
    }
}

/// The head of a source; without a body if the client has the image already.
struct Arrival<'h, H: Host> {
    headers: HeaderMap,
    input: Option<Input<'h, H>>,
}

/// An image is the whole body of a request: a form holds it among other parts.
fn refuse_forms(headers: &HeaderMap) -> Result<()> {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media_type.trim_start().to_ascii_lowercase().starts_with("multipart/") {
        return Ok(());
    }
    Err(Failure::new(Kind::UnsupportedMedia, "the body is a form (multipart/form-data), and not an image")
        .with_detail("send the image itself as the body, as curl --data-binary @photo.jpg does"))
}

fn since_epoch(date: SystemTime) -> std::time::Duration {
    date.duration_since(UNIX_EPOCH).unwrap_or_default()
}
