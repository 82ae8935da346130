//! Signed URLs: who may ask for what.
//!
//! The signature of every grammar is `base64url(HMAC-SHA256(key, salt ‖ text))`, cut to `TINTYPE_SIGNATURE_SIZE` bytes, as
//! imgproxy makes it. The signed text is, in imgproxy's grammar, the path after the signature, and in the others the whole
//! target before `s=`, which has to be the last parameter.
//!
//! A signed URL has one spelling, so that it cannot be multiplied past a cache: base64url comes without padding, `s=` after
//! `&` wherever there is a query, and nothing after a signed path.
//!
//! A link of wsrv may instead be signed as nginx's module `secure_link` does it for those who host that themselves:
//! `/wsrv/s/base64url(MD5(query ‖ " " ‖ secret))/?query`. MD5 is too weak for anything new, so it has secrets of its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use crate::failure::{Failure, Kind, Result};
use crate::grammar::{Grammar, info, wsrv};
use crate::secret::Secret;

/// The keys that URLs are signed with.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// The keys: any one may match.
    pub keys: Vec<Secret<Vec<u8>>>,
    /// A salt for each key, or none at all.
    pub salts: Vec<Secret<Vec<u8>>>,
    /// Bytes of a signature, 1 to 32.
    pub signature_size: u32,
    /// Secrets of links that are signed as nginx signs them.
    pub link_secrets: Vec<Secret<Vec<u8>>>,
    /// Texts that are accepted in place of a signature.
    pub trusted: Vec<Secret<String>>,
    /// Accept unsigned URLs although there are keys.
    pub allow_unsigned: bool,
}

impl Keys {
    /// Whether URLs have to be signed.
    pub fn are_required(&self) -> bool {
        (!self.keys.is_empty() || !self.link_secrets.is_empty()) && !self.allow_unsigned
    }

    /// The signatures of a text by every key.
    pub fn sign(&self, text: &str) -> Vec<Vec<u8>> {
        let size = usize::try_from(self.signature_size).unwrap_or(usize::MAX);
        let sign = |(index, key): (usize, &Secret<Vec<u8>>)| {
            // HMAC takes keys of any length, so that there is always a signature.
            let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).ok()?;
            mac.update(self.salts.get(index).map_or(&[][..], |salt| salt.expose()));
            mac.update(text.as_bytes());
            let mut code = mac.finalize().into_bytes().to_vec();
            code.truncate(size);
            Some(code)
        };
        self.keys.iter().enumerate().filter_map(sign).collect()
    }

    /// The codes of a link's query by every secret, as nginx makes them.
    fn link_codes(&self, query: &str) -> Vec<Vec<u8>> {
        let code = |secret: &Secret<Vec<u8>>| {
            Md5::new().chain_update(query).chain_update(" ").chain_update(secret.expose()).finalize().to_vec()
        };
        self.link_secrets.iter().map(code).collect()
    }
}

/// A target and its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed<'t> {
    /// The target without a signature in its query, for the grammar to read.
    pub target: &'t str,
    /// The signed text.
    text: &'t str,
    signature: Option<&'t str>,
    is_link: bool,
}

impl<'t> Signed<'t> {
    /// Finds the signature of a target (path and query).
    pub fn of(grammar: Grammar, target: &'t str, keys: &Keys) -> Self {
        match grammar {
            Grammar::Imgproxy => return Self::of_path(target),
            // What is signed comes after the signature, as in any of imgproxy's paths.
            Grammar::Info => {
                let path = target.strip_prefix(info::PREFIX.trim_end_matches('/')).unwrap_or(target);
                return Self { target, ..Self::of_path(path) };
            }
            _ => {}
        }
        if let Some((signature, query)) = wsrv::signed_link(target).filter(|_| grammar == Grammar::Wsrv) {
            return Self { target, text: query, signature: Some(signature), is_link: true };
        }
        // A path grammar's query is the source's, and `s` may well be a parameter of that.
        let foreign = matches!(grammar, Grammar::Cloudflare | Grammar::Ipx) && !keys.are_required();
        match split_signature(target).filter(|_| !foreign) {
            Some((text, signature)) => {
                Self { target: text, text, signature: Some(signature), is_link: false }
            }
            None => Self { target, text: target, signature: None, is_link: false },
        }
    }

    /// The signature is the first segment of the path, after one slash: a signed URL has no second spelling. A query is
    /// not signed, and the grammar refuses it.
    fn of_path(target: &'t str) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        let path = path.strip_prefix('/').unwrap_or(path);
        let signature = path.split('/').next().unwrap_or_default();
        let text = path.get(signature.len()..).unwrap_or_default();
        // `unsafe` and the like take the place of a signature.
        let is_missing = matches!(signature, "" | "unsafe" | "insecure" | "_");
        Self { target, text, signature: (!is_missing).then_some(signature), is_link: false }
    }

    /// Checks the signature, if one is required.
    ///
    /// # Errors
    ///
    /// [`Kind::SignatureMissing`] or [`Kind::SignatureInvalid`].
    pub fn check(&self, keys: &Keys) -> Result<()> {
        if !keys.are_required() {
            return Ok(());
        }
        let Some(signature) = self.signature else {
            return Err(Failure::new(Kind::SignatureMissing, "the URL is not signed")
                .with_detail("URLs have to be signed here; docs/http-api.md says how"));
        };
        if self.matches(signature, keys) {
            return Ok(());
        }
        Err(Failure::new(Kind::SignatureInvalid, "the signature of the URL does not match")
            .with_detail("sign the URL exactly as it is sent, with the current key and salt"))
    }

    /// Compares with every key, whatever the first ones say, in constant time.
    fn matches(&self, signature: &str, keys: &Keys) -> bool {
        let bytes = URL_SAFE_NO_PAD.decode(signature.as_bytes()).unwrap_or_default();
        let mut found = Choice::from(0);
        if self.is_link {
            for code in keys.link_codes(self.text) {
                found |= code.ct_eq(&bytes);
            }
            return found.into();
        }
        for code in keys.sign(self.text) {
            found |= code.ct_eq(&bytes);
        }
        for trusted in &keys.trusted {
            found |= trusted.expose().as_bytes().ct_eq(signature.as_bytes());
        }
        found.into()
    }
}

/// Splits off `s=`, the last parameter of a query: after `?` if it is the only one, otherwise after `&`.
fn split_signature(target: &str) -> Option<(&str, &str)> {
    let (path, query) = target.split_once('?')?;
    if let Some((_, signature)) = query.rsplit_once("&s=")
        && !signature.contains('&')
    {
        return Some((target.get(..target.len() - signature.len() - "&s=".len())?, signature));
    }
    let signature = query.strip_prefix("s=").filter(|signature| !signature.contains('&'))?;
    Some((path, signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png";
    const SIGNATURE: &str = "oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8";
    const LINK: &str = "/wsrv/s/T_Ey01pgkWgBoGcCjN2XWw/?url=https://wsrv.nl/lichtenstein.jpg&w=100";

    fn secret(text: &str) -> Secret<Vec<u8>> {
        Secret::new(text.into())
    }

    fn keys() -> Keys {
        Keys {
            keys: vec![secret("secret")],
            salts: vec![secret("hello")],
            signature_size: 32,
            ..Keys::default()
        }
    }

    fn refused(grammar: Grammar, target: &str, keys: &Keys) -> Option<Kind> {
        Signed::of(grammar, target, keys).check(keys).err().map(|failure| failure.kind())
    }

    #[test]
    fn the_vector_of_imgproxy_is_accepted_and_nothing_near_it() {
        let check = |target: &str| refused(Grammar::Imgproxy, target, &keys());
        assert_eq!(check(&format!("/{SIGNATURE}{PATH}")), None);
        assert_eq!(check(&format!("/{SIGNATURE}{PATH}x")), Some(Kind::SignatureInvalid));
        assert_eq!(check(&format!("/{SIGNATURE}={PATH}")), Some(Kind::SignatureInvalid));
        assert_eq!(check(&format!("/{}{PATH}", &SIGNATURE[..42])), Some(Kind::SignatureInvalid));
        assert_eq!(check(&format!("/x{PATH}")), Some(Kind::SignatureInvalid));
        for slashes in ["//", "///"] {
            assert_eq!(check(&format!("{slashes}{SIGNATURE}{PATH}")), Some(Kind::SignatureMissing));
        }
        for unsigned in ["unsafe", "insecure", "_"] {
            assert_eq!(check(&format!("/{unsigned}{PATH}")), Some(Kind::SignatureMissing));
        }
    }

    #[test]
    fn keys_can_be_rotated_cut_and_bypassed() {
        let signed = format!("/{SIGNATURE}{PATH}");
        let check = |target: &str, keys: &Keys| refused(Grammar::Imgproxy, target, keys);
        let rotated = Keys {
            keys: vec![secret("other"), secret("secret")],
            salts: vec![secret("other"), secret("hello")],
            ..keys()
        };
        assert_eq!(check(&signed, &rotated), None);
        let cut = Keys { signature_size: 9, ..keys() };
        assert_eq!(check(&format!("/{}{PATH}", &SIGNATURE[..12]), &cut), None);
        assert_eq!(check(&signed, &cut), Some(Kind::SignatureInvalid));
        let trusted = ["a", "let-me-in"].map(|text| Secret::new(text.into())).to_vec();
        let trusting = Keys { trusted, ..keys() };
        assert_eq!(check(&format!("/let-me-in{PATH}"), &trusting), None);
        assert_eq!(check(&format!("/let-me-out{PATH}"), &trusting), Some(Kind::SignatureInvalid));
        let open = Keys { allow_unsigned: true, ..keys() };
        assert_eq!(check(&format!("/unsafe{PATH}"), &open), None);
        assert_eq!(check(&format!("/unsafe{PATH}"), &Keys::default()), None);
    }

    #[test]
    fn the_vector_of_wsrv_is_accepted_and_nothing_near_it() {
        let secrets = Keys { link_secrets: vec![secret("other"), secret("<SECRET>")], ..Keys::default() };
        let both = Keys { link_secrets: secrets.link_secrets.clone(), ..keys() };
        let check = |target: &str, keys: &Keys| refused(Grammar::Wsrv, target, keys);
        assert_eq!(Grammar::of_path(LINK.split('?').next().unwrap()), Some(Grammar::Wsrv));
        assert_eq!(check(LINK, &secrets), None);
        assert_eq!(check(LINK, &both), None);
        assert_eq!(check(&LINK.replace("T_Ey", "T_Ez"), &secrets), Some(Kind::SignatureInvalid));
        assert_eq!(check(&format!("{LINK}0"), &secrets), Some(Kind::SignatureInvalid));
        assert_eq!(
            check(&LINK.replace("T_Ey01pgkWgBoGcCjN2XWw", ""), &secrets),
            Some(Kind::SignatureInvalid)
        );
        // Keys and secrets do not stand in for each other, and a secret closes the other doors.
        assert_eq!(check(LINK, &keys()), Some(Kind::SignatureInvalid));
        let text = "/wsrv/?url=a.example/b.jpg&w=8";
        let signature = URL_SAFE_NO_PAD.encode(&keys().sign(text)[0]);
        assert_eq!(check(&format!("{text}&s={signature}"), &secrets), Some(Kind::SignatureInvalid));
        assert_eq!(check(text, &secrets), Some(Kind::SignatureMissing));
        assert_eq!(check(LINK, &Keys::default()), None);
    }

    #[test]
    fn the_other_grammars_are_signed_by_their_last_parameter() {
        let keys = keys();
        for (grammar, target) in [
            (Grammar::Query, "/?url=http://a.example/&width=8"),
            (Grammar::Wsrv, "/wsrv/?url=a.example/b.jpg&w=8"),
            (Grammar::Cloudflare, "/cdn-cgi/image/width=8/http://a.example/b.jpg"),
            (Grammar::Nextjs, "/_next/image?url=/b.jpg&w=8&q=75"),
            (Grammar::Ipx, "/_ipx/w=8/b.jpg"),
        ] {
            let signature = URL_SAFE_NO_PAD.encode(&keys.sign(target)[0]);
            let separator = if target.contains('?') { '&' } else { '?' };
            let signed = format!("{target}{separator}s={signature}");
            assert_eq!(Signed::of(grammar, &signed, &keys).target, target);
            assert_eq!(refused(grammar, &signed, &keys), None);
            assert_eq!(refused(grammar, &format!("{signed}="), &keys), Some(Kind::SignatureInvalid));
            for padding in ["==", "%3D", "=&", "&", " "] {
                assert_ne!(refused(grammar, &format!("{signed}{padding}"), &keys), None, "{padding}");
            }
            let other = if separator == '&' { "?s=" } else { "&s=" };
            for other in [other, "?&s=", "&&s=", "&S=", "&%73="] {
                assert_ne!(refused(grammar, &format!("{target}{other}{signature}"), &keys), None, "{other}");
            }
            assert_eq!(refused(grammar, target, &keys), Some(Kind::SignatureMissing));
            assert_eq!(refused(grammar, &format!("{signed}&w=9"), &keys), Some(Kind::SignatureMissing));
            assert_eq!(refused(grammar, &signed.replace("=8", "=9"), &keys), Some(Kind::SignatureInvalid));
        }
        let question = format!(
            "/?url=http://a.example/?s={}",
            URL_SAFE_NO_PAD.encode(&keys.sign("/?url=http://a.example/")[0])
        );
        assert_eq!(refused(Grammar::Query, &question, &keys), Some(Kind::SignatureMissing));
    }
}
