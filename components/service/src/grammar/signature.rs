//! Signed URLs: who may ask for what.
//!
//! The signature of every grammar is `base64url(HMAC-SHA256(key, salt ‖ what is signed))`, cut to
//! `TINTYPE_SIGNATURE_SIZE` bytes, as imgproxy makes it. What is signed is, in imgproxy's grammar, the path after the
//! signature, and in the others the whole target before `s=`, which has to be the last parameter.
//!
//! A link of wsrv may instead be signed as nginx's module `secure_link` does it for those who host that themselves:
//! `/wsrv/s/base64url(MD5(query ‖ " " ‖ secret))/?query`. MD5 is too weak for anything new, so it has secrets of its own.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use super::{Grammar, base64, wsrv};
use crate::config::Config;
use crate::failure::{Failure, Kind};
use crate::prelude::*;
use crate::table;
use crate::text;

/// A key and its salt.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Splits a target into what is signed and its signature, if it has one as its last parameter.
///
/// In imgproxy's grammar, and in links as wsrv signs them, the signature is a segment of the path: the target stays whole.
pub fn strip(grammar: Grammar, target: &str) -> (&str, Option<&str>) {
    let last = match (text::rsplit_once(target, b'&'), text::rsplit_once(target, b'?')) {
        (Some((signed, _)), Some(question)) if question.0.len() > signed.len() => Some(question),
        (ampersand, question) => ampersand.or(question),
    };
    if grammar != Grammar::Imgproxy
        && let Some((signed, last)) = last
        && let Some(signature) = last.strip_prefix("s=")
    {
        return (signed, Some(signature));
    }
    (target, None)
}

/// The signature of a link that is signed as wsrv signs them, and its query.
pub fn link(target: &str) -> Option<(&str, &str)> {
    let (path, query) = text::cut(target, "?");
    let signature = path.strip_prefix(wsrv::LINK)?.strip_suffix("/")?;
    (!text::contains(signature, "/")).then_some((signature, query))
}

/// Refuses a target that is not signed with one of the configured keys. Without keys, all pass.
pub fn check(grammar: Grammar, target: &str, config: &Config) -> Result<(), Failure> {
    if !config.signed() {
        return Ok(());
    }
    let link = link(target).filter(|_| grammar == Grammar::Wsrv);
    let (signed, signature) = match (grammar, link) {
        (_, Some((signature, query))) => (query, Some(signature)),
        (Grammar::Imgproxy, _) => {
            let (path, _) = text::cut(target.get(1..).unwrap_or_default(), "?");
            let (signature, _) = text::cut(path, "/");
            let signed = path.get(signature.len()..).unwrap_or_default();
            // `unsafe` and the like stand where a signature has to stand.
            let missing = signature.is_empty() || table::has("unsafe insecure _", signature);
            (signed, (!missing).then_some(signature))
        }
        _ => strip(grammar, target),
    };
    let Some(signature) = signature else {
        return Err(Failure::new(Kind::SignatureMissing, "the URL is not signed")
            .detail("URLs have to be signed here; docs/http-api.md says how"));
    };
    if valid(signature, signed, link.is_some(), config) {
        return Ok(());
    }
    Err(Failure::new(Kind::SignatureInvalid, "the signature of the URL does not match")
        .detail("sign the URL exactly as it is sent, with the current key and salt"))
}

/// Compares with what every key or secret gives, whatever the first ones say, in constant time.
fn valid(signature: &str, signed: &str, link: bool, config: &Config) -> bool {
    let mut found = Choice::from(0);
    let mut codes = Vec::new();
    if link {
        for secret in &config.link_secrets.0 {
            let code = Md5::new().chain_update(signed).chain_update(" ").chain_update(secret).finalize();
            codes.push(code.to_vec());
        }
    } else {
        for pair in &config.pairs {
            codes.extend(sign(pair, signed, config.signature_size));
        }
        for trusted in &config.trusted_signatures.0 {
            found |= trusted.as_bytes().ct_eq(signature.as_bytes());
        }
    }
    let bytes = base64::decode(signature).unwrap_or_default();
    for code in &codes {
        found |= code.ct_eq(&bytes);
    }
    found.into()
}

/// The signature of a text, cut to `size` bytes. HMAC takes keys of any length, so that there is always one.
pub fn sign((key, salt): &Pair, text: &str, size: u32) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(salt);
    mac.update(text.as_bytes());
    let mut code = mac.finalize().into_bytes().to_vec();
    code.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    Some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &[(&str, &str)]) -> Config {
        let environment: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::read(&environment).unwrap()
    }

    const PATH: &str = "/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png";
    const SIGNATURE: &str = "oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8";

    /// `secret` and `hello` in hexadecimal.
    const PAIR: [(&str, &str); 2] = [("TINTYPE_KEY", "736563726574"), ("TINTYPE_SALT", "68656C6C6F")];

    fn kind(result: Result<(), Failure>) -> Option<Kind> {
        result.err().map(|failure| failure.kind)
    }

    #[test]
    fn the_vector_of_imgproxy_is_accepted_and_nothing_near_it() {
        let config = config(&PAIR);
        let check = |target: &str| kind(check(Grammar::Imgproxy, target, &config));
        assert_eq!(check(&format!("/{SIGNATURE}{PATH}")), None);
        assert_eq!(check(&format!("/{SIGNATURE}{PATH}?any=query")), None);
        assert_eq!(check(&format!("/{SIGNATURE}{PATH}x")), Some(Kind::SignatureInvalid));
        assert_eq!(check(&format!("/{}{PATH}", &SIGNATURE[..42])), Some(Kind::SignatureInvalid));
        assert_eq!(check(&format!("/x{PATH}")), Some(Kind::SignatureInvalid));
        for unsigned in ["unsafe", "insecure", "_", ""] {
            assert_eq!(check(&format!("/{unsigned}{PATH}")), Some(Kind::SignatureMissing));
        }
    }

    #[test]
    fn keys_can_be_rotated_cut_and_bypassed() {
        let signed = format!("/{SIGNATURE}{PATH}");
        let rotated = config(&[("TINTYPE_KEY", "00,736563726574"), ("TINTYPE_SALT", "11,68656C6C6F")]);
        assert_eq!(kind(check(Grammar::Imgproxy, &signed, &rotated)), None);
        let cut = config(&[PAIR[0], PAIR[1], ("TINTYPE_SIGNATURE_SIZE", "9")]);
        assert_eq!(kind(check(Grammar::Imgproxy, &format!("/{}{PATH}", &SIGNATURE[..12]), &cut)), None);
        assert_eq!(kind(check(Grammar::Imgproxy, &signed, &cut)), Some(Kind::SignatureInvalid));
        let trusted = config(&[PAIR[0], PAIR[1], ("TINTYPE_TRUSTED_SIGNATURES", "a,let-me-in")]);
        assert_eq!(kind(check(Grammar::Imgproxy, &format!("/let-me-in{PATH}"), &trusted)), None);
        let open = config(&[PAIR[0], PAIR[1], ("TINTYPE_ALLOW_UNSIGNED", "1")]);
        assert_eq!(kind(check(Grammar::Imgproxy, &format!("/unsafe{PATH}"), &open)), None);
        assert_eq!(kind(check(Grammar::Imgproxy, &format!("/unsafe{PATH}"), &config(&[]))), None);
    }

    #[test]
    fn the_vector_of_wsrv_is_accepted_and_nothing_near_it() {
        const LINK: &str = "/wsrv/s/T_Ey01pgkWgBoGcCjN2XWw/?url=https://wsrv.nl/lichtenstein.jpg&w=100";
        // `<SECRET>`, between the angles too.
        let secret = ("TINTYPE_WSRV_SECRET", "00,3c5345435245543e");
        let check = |target: &str, pairs: &[_]| kind(check(Grammar::Wsrv, target, &config(pairs)));
        assert_eq!(Grammar::of(LINK.split('?').next().unwrap()), Some(Grammar::Wsrv));
        assert_eq!(check(LINK, &[secret]), None);
        assert_eq!(check(LINK, &[secret, PAIR[0], PAIR[1]]), None);
        assert_eq!(check(&LINK.replace("T_Ey", "T_Ez"), &[secret]), Some(Kind::SignatureInvalid));
        assert_eq!(check(&format!("{LINK}0"), &[secret]), Some(Kind::SignatureInvalid));
        assert_eq!(
            check(&LINK.replace("T_Ey01pgkWgBoGcCjN2XWw", ""), &[secret]),
            Some(Kind::SignatureInvalid)
        );
        // Keys and secrets do not stand in for each other, and a secret closes the other doors.
        assert_eq!(check(LINK, &PAIR), Some(Kind::SignatureInvalid));
        let signed = "/wsrv/?url=a.example/b.jpg&w=8";
        let signature = base64::encode(&sign(&config(&PAIR).pairs[0], signed, 32).unwrap());
        assert_eq!(check(&format!("{signed}&s={signature}"), &[secret]), Some(Kind::SignatureInvalid));
        assert_eq!(check(signed, &[secret]), Some(Kind::SignatureMissing));
        assert_eq!(check(LINK, &[]), None);
    }

    #[test]
    fn the_other_grammars_are_signed_by_their_last_parameter() {
        let config = config(&PAIR);
        let pair = &config.pairs[0];
        for (grammar, target) in [
            (Grammar::Query, "/?url=http://a.example/&width=8"),
            (Grammar::Wsrv, "/wsrv/?url=a.example/b.jpg&w=8"),
            (Grammar::Cloudflare, "/cdn-cgi/image/width=8/http://a.example/b.jpg"),
        ] {
            let signature = base64::encode(&sign(pair, target, 32).unwrap());
            let separator = if target.contains('?') { '&' } else { '?' };
            let signed = format!("{target}{separator}s={signature}");
            assert_eq!(strip(grammar, &signed), (target, Some(signature.as_str())));
            assert_eq!(kind(check(grammar, &signed, &config)), None);
            assert_eq!(kind(check(grammar, target, &config)), Some(Kind::SignatureMissing));
            assert_eq!(kind(check(grammar, &format!("{signed}&w=9"), &config)), Some(Kind::SignatureMissing));
            assert_eq!(
                kind(check(grammar, &signed.replace("=8", "=9"), &config)),
                Some(Kind::SignatureInvalid)
            );
        }
    }
}
