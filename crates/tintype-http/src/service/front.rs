//! The way of a request for a rendition of what another component serves.

use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};

use super::render::Origin;
use super::{Arrival, Exchange, Outcome};
use crate::answer::AnswerBody;
use crate::config::Config;
use crate::failure::{Failure, Kind, Result};
use crate::fetch::{self, Conditions, Fetched};
use crate::front::{self, Split};
use crate::grammar::Grammar;
use crate::host::{Behind, Host};
use crate::response::cache::Freshness;
use crate::signature::Signed;
use crate::waiting::origin_failure;

/// The name of the grammar in the log.
const GRAMMAR: &str = "front";

/// Makes a rendition of an image that another component serves, for a request that [`front::wants_rendition`] picked. What
/// that component answers in place of an image, such as a redirect or a page that says that there is none, is returned
/// untouched.
///
/// # Errors
///
/// The answer of the other component that is to be passed on. It is not in the log: it is none of this service's.
pub async fn answer_in_front<'h, H: Host, B: Behind<Body = H::Body>>(
    host: &'h H,
    behind: &B,
    config: &Result<Config>,
    parts: &Parts,
) -> Result<Response<AnswerBody<'h, H>>, B::Answer> {
    let mut arrival = Arrival::new(host, config, parts);
    let outcome = match arrival.exchange() {
        Ok(mut exchange) => exchange.respond_in_front(behind, parts).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(Answered::Untouched(answer)) => {
            arrival.log.discard();
            Err(answer)
        }
        Ok(Answered::Rendition(outcome)) => Ok(arrival.answer(Ok(outcome))),
        Err(failure) => Ok(arrival.answer(Err(failure))),
    }
}

/// What becomes of a request.
enum Answered<'h, H: Host, T> {
    Rendition(Outcome<'h, H>),
    /// The other component's answer.
    Untouched(T),
}

impl<'h, H: Host> Exchange<'h, '_, H> {
    async fn respond_in_front<B: Behind<Body = H::Body>>(
        &mut self,
        behind: &B,
        parts: &Parts,
    ) -> Result<Answered<'h, H, B::Answer>> {
        self.log.record.grammar = Some(GRAMMAR);
        let target = self.unsigned()?;
        let split = Split::of(target)
            .ok_or_else(|| Failure::new(Kind::NotFound, "the target is not one of a rendition"))?;
        let request = self.as_configured(split.read()?);
        if request.has_watermark() {
            return Err(Failure::unsupported_use(
                "a watermark",
                "in front of another component, nothing is fetched",
            ));
        }
        self.check_expiry(&request)?;
        let variant = self.variant(&request);
        let conditions = self.conditions(&request, &variant);
        let asked = self.host.now();
        let original = original(&split, &parts.headers, &conditions)?;
        let deadline = self.deadline().at;
        let answer = behind.ask(original, deadline).await;
        let waited = self.log.record_fetch(asked);
        let answer = answer.map_err(origin_failure)?;
        let is_source = B::status(&answer).is_some_and(|status| fetch::is_source(status, &conditions));
        if !is_source {
            return Ok(Answered::Untouched(answer));
        }
        let (head, body) = B::open(answer).map_err(origin_failure)?.into_parts();
        let freshness = Freshness::from_headers(&head.headers, self.date);
        let origin = Origin {
            freshness: if front::has_credentials(&parts.headers) {
                freshness.of_one_client()
            } else {
                freshness
            },
            waited,
            canonical: None,
            stem: split.stem(),
        };
        let body = (head.status != StatusCode::NOT_MODIFIED).then_some(body);
        let fetched = Fetched { headers: head.headers.clone(), body };
        let mut outcome = self.render_fetched(&request, &variant, fetched, origin, None).await?;
        front::inherit(outcome.response.headers_mut(), &head.headers);
        Ok(Answered::Rendition(outcome))
    }

    /// The target without its signature, if one is required. Otherwise `s` is a parameter of the other component.
    fn unsigned(&self) -> Result<&str> {
        let (keys, target) = (&self.config.keys, &self.context.target);
        if !keys.are_required() {
            return Ok(target);
        }
        let signed = Signed::of(Grammar::Query, target, keys);
        signed.check(keys)?;
        Ok(signed.target)
    }
}

/// The request for the original, with the client's headers but for those that are about its own response.
fn original(split: &Split, client: &HeaderMap, conditions: &Conditions) -> Result<Request<()>> {
    let mut request = Request::new(());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = Uri::try_from(&split.target)
        .map_err(|_| Failure::new(Kind::InvalidParameter, "the target of the original cannot be parsed"))?;
    *request.headers_mut() = front::headers_of_original(client);
    conditions.add_to(request.headers_mut());
    Ok(request)
}
