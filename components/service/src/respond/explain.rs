//! `GET /explain/…`: a request taken apart, and put together again in the other grammars. Nothing is fetched.

use super::Reply;
use crate::config::Config;
use crate::failure::Failure;
use crate::grammar::{self, Grammar, query, signature};
use crate::json::Object;

/// Explains a target of this grammar.
pub fn reply(grammar: Grammar, target: &str, config: &Config) -> Result<Reply, Failure> {
    let request = grammar::read(grammar, target, false, config)?.request;
    let mut body = Object::new();
    body.text("grammar", grammar.name()).text("signature", signature_state(grammar, target, config));
    // Every option with the value that holds, as a query would say it.
    body.open("options");
    for (name, text) in &query::options(&request) {
        body.text(name, text);
    }
    body.close();
    // The request in every grammar, unsigned: this is no way to have something signed.
    body.open("urls");
    for grammar in &grammar::ALL {
        let name = grammar.name();
        match grammar.write(&request) {
            Ok(target) => {
                body.text(name, &target);
            }
            Err(what) => {
                body.open(name);
                body.text("cannot_say", what);
                body.close();
            }
        }
    }
    body.close();
    Ok(Reply::json(200, body.finish()))
}

fn signature_state(grammar: Grammar, target: &str, config: &Config) -> &'static str {
    if !config.signed() {
        return "not required";
    }
    signature::check(grammar, target, config).map_or_else(|failure| failure.kind.slug(), |()| "valid")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    #[test]
    fn a_request_is_told_with_defaults_and_in_every_grammar() {
        let config = Config::read(&[]).unwrap();
        let reply = reply(Grammar::Wsrv, "/wsrv/?url=a.example/b.jpg&w=100&output=webp", &config).unwrap();
        let body = String::from_utf8(reply.body).unwrap();
        for part in [
            r#""grammar":"wsrv","signature":"not required""#,
            r#""url":"http://a.example/b.jpg","width":"100","fit":"contain","enlarge":"true""#,
            r#""query":"/?url=http:%2F%2Fa.example%2Fb.jpg&width=100&enlarge=true&quality=80""#,
            r#""cloudflare":"/cdn-cgi/image/width=100,fit=contain,quality=80,format=webp/http://a.example/b.jpg""#,
        ] {
            assert!(body.contains(part), "{part}\n{body}");
        }
    }

    #[test]
    fn what_a_grammar_cannot_say_is_told() {
        let config = Config::read(&[]).unwrap();
        let reply = reply(Grammar::Query, "/?url=http://a.example/&format=auto", &config).unwrap();
        let body = String::from_utf8(reply.body).unwrap();
        assert!(
            body.contains(r#""wsrv":{"cannot_say":"a format that the client's Accept header decides"}"#),
            "{body}"
        );
    }
}
