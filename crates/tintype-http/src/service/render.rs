//! Renditions: of an origin's source, or of an upload.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::join;
use http::HeaderValue;
use http::header::{self, HeaderMap};
use tintype_types::Format;
use twox_hash::XxHash64;

use super::{COLLECTED, Exchange, Outcome};
use crate::failure::{Failure, Kind, Result};
use crate::fetch::{Conditions, Fetched, Fetcher};
use crate::grammar::query;
use crate::host::Host;
use crate::input::{Bounds, Input, Sender};
use crate::pipeline::{Opened, Rendering};
use crate::request::{ImageRequest, Lowered, OutputFormat};
use crate::response::cache::Freshness;
use crate::response::etag::{self, Variant};
use crate::response::image::Facts;
use crate::response::negotiate;
use crate::source::ResolvedSource;
use crate::waiting::Deadline;
use crate::watermark::{self, Mark};

impl<'h, H: Host> Exchange<'h, '_, H> {
    /// Makes the rendition of an origin's source.
    pub(super) async fn render_source(
        &mut self,
        request: &ImageRequest,
        source: &ResolvedSource,
    ) -> Result<Outcome<'h, H>> {
        let variant = self.variant(request);
        let asked = self.host.now();
        let (fetcher, conditions) = (self.fetcher(), self.conditions(request, &variant));
        let (fetched, watermark) = join(
            fetcher.fetch(source, &conditions),
            watermark::fetch(&fetcher, &request.watermark, self.bounds(Lowered::default())),
        )
        .await;
        let waited = self.log.record_fetch(asked);
        let fetched = fetched?;
        let origin = Origin {
            freshness: Freshness::from_headers(&fetched.headers, self.date),
            waited,
            canonical: source.named_by_client.then(|| source.url.to_string()),
            stem: source.url.file_stem(),
        };
        self.render_fetched(request, &variant, fetched, origin, watermark?).await
    }

    /// Makes the rendition of a source that has begun to arrive, unless the client has it.
    pub(super) async fn render_fetched(
        &mut self,
        request: &ImageRequest,
        variant: &Variant,
        fetched: Fetched<H::Body>,
        origin: Origin,
        watermark: Option<Mark>,
    ) -> Result<Outcome<'h, H>> {
        let Fetched { headers, body } = fetched;
        let Origin { freshness, waited, canonical, stem } = origin;
        let cache_control =
            |damaged| self.config.cache.cache_control(&request.delivery, &freshness, self.date, damaged);
        let (fresh, damaged) = (cache_control(false), cache_control(true));
        let facts = Facts { canonical, stem, ..Facts::new(request, fresh) };
        let mut facts =
            if request.has_watermark() { facts } else { self.with_validators(facts, &headers, variant) };
        let Some(body) = body.filter(|_| !self.client_has(&facts)) else {
            return Ok(facts.not_modified().into());
        };
        let input = Input::new(self.host, body, &headers, Sender::Origin, self.bounds(request.limits))?
            .having_waited(waited);
        let made = self.make(request, input, watermark).await?;
        if made.is_damaged {
            facts.record_damage(damaged);
        }
        if made.rest.is_none() {
            facts.etag.get_or_insert_with(|| etag::from_bytes(variant, made.source_hash));
            if self.client_has(&facts) {
                return Ok(facts.not_modified().into());
            }
        }
        Ok(made.outcome(&facts))
    }

    pub(super) fn variant(&self, request: &ImageRequest) -> Variant {
        let options = query::write(&etag::rendition(request));
        etag::variant(request, self.context.accept.as_deref(), &options)
    }

    /// Makes the rendition of an uploaded image, which belongs to its client alone.
    pub(super) async fn render_upload(
        &mut self,
        request: &ImageRequest,
        headers: &HeaderMap,
        body: H::Body,
    ) -> Result<Outcome<'h, H>> {
        let no_store = HeaderValue::from_static("no-store");
        let mut facts = Facts::new(request, no_store.clone());
        let input = Input::new(self.host, body, headers, Sender::Client, self.bounds(request.limits))?;
        let watermark =
            watermark::fetch(&self.fetcher(), &request.watermark, self.bounds(Lowered::default())).await?;
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
        let details = &request.output.details;
        let (mut rendering, format) =
            self.start(request, Opened::open(input.with_digest(details.digest)).await?, watermark)?;
        if request.output.format == OutputFormat::Json {
            let described = rendering.describe(details).await;
            self.log.record_progress(&rendering);
            return Ok(Made::text(format, "application/json", described?.json(details)));
        }
        let collected = rendering.collect(COLLECTED).await;
        self.log.record_progress(&rendering);
        let (body, is_complete) = collected?;
        // A choice between several is made before the first byte.
        let format = rendering.outline().map_or(format, |outline| outline.format);
        if request.output.base64 {
            if !is_complete {
                let message = format!("the image has more than {COLLECTED} bytes, too many for a data URL");
                return Err(Failure::new(Kind::OutputTooLarge, message).with_detail("ask for less"));
            }
            let url = format!("data:{};base64,{}", format.media_type(), STANDARD.encode(&body));
            let made = Made::text(format, "text/plain", url);
            return Ok(Made { is_damaged: rendering.damaged(), ..made });
        }
        let (is_damaged, source_hash) = (rendering.damaged(), rendering.input().hash() ^ marked_by);
        let rest = (!is_complete).then(|| Box::new(rendering));
        Ok(Made { format, body, media_type: None, is_damaged, source_hash, rest })
    }

    fn bounds(&self, limits: Lowered) -> Bounds {
        Bounds {
            bytes: limits.within(self.config.limits).source_bytes,
            pause: self.config.timeouts.between_bytes,
            start: self.start,
            deadline: self.deadline(),
        }
    }

    pub(super) fn deadline(&self) -> Deadline {
        Deadline::of_request(self.start, &self.config.timeouts)
    }

    fn fetcher(&self) -> Fetcher<'_, H> {
        let deadline = self.deadline().at;
        Fetcher { host: self.host, config: self.config, context: self.context, deadline }
    }

    /// What the client has already, for an origin whose tags and dates are trusted.
    pub(super) fn conditions(&self, request: &ImageRequest, variant: &Variant) -> Conditions {
        let mut conditions = Conditions::default();
        if self.config.trust_origin_etag && !request.has_watermark() {
            match &self.context.if_none_match {
                Some(tags) => conditions.if_none_match = etag::origin_tags(tags, variant),
                None => conditions.if_modified_since = self.context.if_modified_since.clone(),
            }
        }
        conditions
    }

    /// The same facts with the validators that the origin's headers bring along.
    fn with_validators<'f>(&self, facts: Facts<'f>, headers: &HeaderMap, variant: &Variant) -> Facts<'f> {
        let tag = headers.get(header::ETAG).filter(|_| self.config.trust_origin_etag);
        let etag = tag.and_then(|tag| etag::from_origin(variant, tag.to_str().ok()?));
        Facts { etag, last_modified: headers.get(header::LAST_MODIFIED).cloned(), ..facts }
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

    /// Starts to make the rendition, once the source's format is known.
    fn start(
        &self,
        request: &ImageRequest,
        opened: Opened<'h, H>,
        watermark: Option<Mark>,
    ) -> Result<(Rendering<'h, H>, Format)> {
        let source = opened.format;
        let (wanted, frames) = (request.output.format, request.output.frames != 1);
        let accept = self.context.accept.as_deref();
        let format = negotiate::format(wanted, accept, source, opened.head(), frames);
        // A source that keeps its format has the one that was asked for, even if it cannot be encoded.
        let wanted = if request.output.format == OutputFormat::Source { source } else { format };
        let is_image = request.output.format != OutputFormat::Json;
        if is_image && request.delivery.passthrough.covers(source, wanted) {
            return Ok((opened.render(None), source));
        }
        opened.check_decoded()?;
        let mut options = request.options(format, self.config.limits);
        options.overlays =
            watermark.map(|watermark| request.watermark.overlay(watermark.image)).into_iter().collect();
        Ok((opened.render(Some(self.host.session(&options))), format))
    }
}

/// What is known of a source as it begins to arrive.
pub(super) struct Origin {
    pub(super) freshness: Freshness,
    /// How long it was waited for.
    pub(super) waited: Duration,
    /// Its URL, if clients may know it.
    pub(super) canonical: Option<String>,
    /// A name for the file, without extension.
    pub(super) stem: Option<String>,
}

/// A rendition, or the beginning of a large one and what is still to be made of it.
struct Made<'h, H: Host> {
    format: Format,
    body: Bytes,
    /// The type of a body that is no image.
    media_type: Option<&'static str>,
    is_damaged: bool,
    /// A hash of the source as far as it has been read, and of the watermark.
    source_hash: u64,
    rest: Option<Box<Rendering<'h, H>>>,
}

impl<'h, H: Host> Made<'h, H> {
    /// A text of this type. The tag is made of its bytes: of the source, there may have been more to read.
    fn text(format: Format, media_type: &'static str, text: String) -> Self {
        let source_hash = XxHash64::oneshot(0, text.as_bytes());
        Self {
            format,
            body: text.into(),
            media_type: Some(media_type),
            is_damaged: false,
            source_hash,
            rest: None,
        }
    }

    fn outcome(self, facts: &Facts<'_>) -> Outcome<'h, H> {
        let response = match (&self.rest, self.media_type) {
            (None, Some(media_type)) => facts.text(media_type, self.body),
            (None, None) => facts.complete(self.format, self.body),
            (Some(_), _) => facts.partial(self.format, self.body),
        };
        Outcome { response, rest: self.rest }
    }
}
