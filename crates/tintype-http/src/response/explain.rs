//! `GET /explain/…`: a request taken apart, and written in the other grammars. Nothing is fetched.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::{Serialize, Serializer};

use crate::failure::Result;
use crate::grammar::imgproxy::Presets;
use crate::grammar::{Grammar, Unsayable, query};
use crate::request::ImageRequest;
use crate::signature::{Keys, Signed};

#[derive(Serialize)]
struct Explanation {
    grammar: &'static str,
    signature: &'static str,
    /// Every option with the value that holds, as the query grammar says it.
    #[serde(serialize_with = "map")]
    options: Vec<(&'static str, String)>,
    /// The request in every grammar, unsigned: this is no way to have something signed.
    #[serde(serialize_with = "map")]
    urls: Vec<(&'static str, Written)>,
}

/// A target, or what the grammar has no words for.
#[derive(Serialize)]
#[serde(untagged)]
enum Written {
    Target(String),
    CannotSay { cannot_say: String },
}

impl Written {
    fn of(grammar: Grammar, request: &ImageRequest) -> Self {
        match grammar.write(request) {
            Ok(target) => Self::Target(target),
            Err(Unsayable(option)) => Self::CannotSay { cannot_say: option },
        }
    }
}

fn map<S: Serializer, V: Serialize>(pairs: &[(&'static str, V)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

/// Explains a target of this grammar. It takes the signature of the target itself: who may not have the image does not
/// learn what presets are called or stand for.
///
/// # Errors
///
/// As [`Signed::check`] and [`Grammar::read`].
pub fn respond(grammar: Grammar, target: &str, keys: &Keys, presets: &Presets) -> Result<Response<Bytes>> {
    let signed = Signed::of(grammar, target, keys);
    signed.check(keys)?;
    let request = grammar.read(signed.target, false, presets)?;
    let signature = if keys.are_required() { "valid" } else { "not required" };
    let urls = Grammar::ALL.iter().map(|other| (other.name(), Written::of(*other, &request))).collect();
    let options = query::options(&request);
    Ok(super::json(StatusCode::OK, &Explanation { grammar: grammar.name(), signature, options, urls }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(grammar: Grammar, target: &str) -> String {
        let response = respond(grammar, target, &Keys::default(), &Presets::new()).unwrap();
        String::from_utf8(response.into_body().into()).unwrap()
    }

    #[test]
    fn a_request_is_shown_with_defaults_and_in_every_grammar() {
        let body = explained(Grammar::Wsrv, "/wsrv/?url=a.example/b.jpg&w=100&output=webp");
        for part in [
            r#""grammar":"wsrv","signature":"not required""#,
            r#""url":"http://a.example/b.jpg","width":"100""#,
            r#""enlarge":"true""#,
            r#""query":"/?url=http:%2F%2Fa.example%2Fb.jpg&width=100&enlarge=true&quality=80""#,
            r#""cloudflare":"/cdn-cgi/image/width=100,fit=contain,quality=80,format=webp,metadata=none,anim=false/http://a.example/b.jpg""#,
        ] {
            assert!(body.contains(part), "{part}\n{body}");
        }
    }

    #[test]
    fn an_option_that_a_grammar_has_no_words_for_is_named() {
        let body = explained(Grammar::Query, "/?url=http://a.example/&format=auto");
        assert!(body.contains(r#""wsrv":{"cannot_say":"format=auto"}"#), "{body}");
    }
}
