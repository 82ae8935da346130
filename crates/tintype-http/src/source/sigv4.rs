//! AWS Signature Version 4, as far as reading needs it: requests without a body.
//!
//! A crate would bring clients, asynchronous traits and parsers of XML; this needs the two functions that
//! [`signature`](crate::signature) is made of.

use std::fmt::Write as _;
use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};

/// SHA-256 of no bytes: the body of every request.
pub(super) const NO_BODY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whose signature it is, and what it holds for.
pub(super) struct Signer<'a> {
    pub(super) key_id: &'a str,
    pub(super) secret: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

impl Signer<'_> {
    /// The value of `Authorization` for a `GET` of a canonical path and query. `headers` are all that are signed: names in
    /// lower case and sorted, among them `host` and `x-amz-date`, whose value is `timestamp`.
    pub(super) fn authorization(
        &self,
        path: &str,
        query: &str,
        headers: &[(&str, &str)],
        timestamp: &str,
    ) -> String {
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let mut canonical = format!("GET\n{path}\n{query}\n");
        for (name, value) in headers {
            // Writing to a string does not fail.
            let _ = writeln!(canonical, "{name}:{value}");
        }
        let _ = write!(canonical, "\n{names}\n{NO_BODY}");
        let day = timestamp.split('T').next().unwrap_or_default();
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let text = format!("{ALGORITHM}\n{timestamp}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
        let signature = hex::encode(hmac(&self.key(day), &text));
        format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            self.key_id
        )
    }

    /// The key of one day.
    fn key(&self, day: &str) -> Vec<u8> {
        let first = format!("AWS4{}", self.secret).into_bytes();
        [day, self.region, self.service, "aws4_request"].iter().fold(first, |key, text| hmac(&key, text))
    }
}

/// HMAC takes keys of any length, so that there is always a code.
fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(text).finalize().into_bytes());
    mac.map(|code| code.to_vec()).unwrap_or_default()
}

/// A time as `x-amz-date` has it: `20150830T123600Z`.
pub(super) fn timestamp(date: SystemTime) -> String {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    // `Sun, 30 Aug 2015 12:36:00 GMT`
    let text = httpdate::fmt_http_date(date);
    let word = |index| text.split(' ').nth(index).unwrap_or_default();
    let month = MONTHS.find(word(2)).unwrap_or_default() / 3 + 1;
    format!("{}{month:02}{}T{}Z", word(3), word(1), word(4).replace(':', ""))
}

/// A path in the one spelling that is signed: decoded, and encoded again but for its slashes.
pub(super) fn canonical_path(path: &str) -> String {
    let segments: Vec<String> = path.split('/').map(encode).collect();
    segments.join("/")
}

/// A query in the one spelling that is signed: sorted by the bytes of its encoded names.
pub(super) fn canonical_query(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut sorted: Vec<(String, String)> = Vec::new();
    for (name, value) in pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))) {
        let pair = (encode(name), encode(value));
        sorted.insert(sorted.partition_point(|other| *other < pair), pair);
    }
    let pairs: Vec<String> = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    let decoded: Vec<u8> = percent_decode_str(text).collect();
    percent_encode(&decoded, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    const DATE: &str = "20150830T123600Z";
    const SUITE: Signer<'_> = Signer {
        key_id: "AKIDEXAMPLE",
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        region: "us-east-1",
        service: "service",
    };
    const UNRESERVED: &str = "-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    fn signature(authorization: &str) -> &str {
        authorization.rsplit_once("Signature=").unwrap().1
    }

    /// The signature of a request of the suite.
    fn of_suite(target: &str) -> String {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = [("host", "example.amazonaws.com"), ("x-amz-date", DATE)];
        let value = SUITE.authorization(&canonical_path(path), &canonical_query(query), &headers, DATE);
        signature(&value).to_owned()
    }

    #[test]
    fn signatures_are_those_of_the_published_suite() {
        let unreserved_query = format!("/?{UNRESERVED}={UNRESERVED}");
        for (target, expected) in [
            // get-vanilla, get-vanilla-empty-query-key, get-vanilla-query-order-…
            ("/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ("/?Param1=value1", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
            (
                "/?Param2=value2&Param1=value1",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "/?Param1=value2&Param1=Value1",
                "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
            ),
            (
                "/?Param1=value2&Param1=value1",
                "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
            ),
            // get-utf8, get-vanilla-utf8-query, get-space, get-vanilla-query-unreserved
            ("/ሴ", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
            ("/?ሴ=bar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
            ("/example space/", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
            (&unreserved_query, "5e9a26440f9ebea7b729379b8c7a380499c745c8fa484eb0e6b9feec485543cf"),
        ] {
            assert_eq!(of_suite(target), expected, "{target}");
        }
    }

    /// The example of "Authenticating Requests" in the reference of Amazon S3.
    #[test]
    fn signatures_are_those_of_the_reference_of_s3() {
        let signer = Signer {
            key_id: "AKIAIOSFODNN7EXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            service: "s3",
        };
        let date = "20130524T000000Z";
        let headers = [
            ("host", "examplebucket.s3.amazonaws.com"),
            ("range", "bytes=0-9"),
            ("x-amz-content-sha256", NO_BODY),
            ("x-amz-date", date),
        ];
        assert_eq!(
            signer.authorization("/test.txt", "", &headers, date),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
    }

    /// get-vanilla-with-session-token
    #[test]
    fn a_session_token_is_signed_as_well() {
        let token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
        let headers =
            [("host", "example.amazonaws.com"), ("x-amz-date", DATE), ("x-amz-security-token", token)];
        let value = SUITE.authorization("/", "", &headers, DATE);
        assert_eq!(signature(&value), "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");
    }

    #[test]
    fn a_path_has_one_spelling() {
        for (path, canonical) in [
            ("/a b+c.jpg", "/a%20b%2Bc.jpg"),
            ("/a%20b%2bc.jpg", "/a%20b%2Bc.jpg"),
            ("/é/%25", "/%C3%A9/%25"),
            ("/a:b@c=d,(e)!*'", "/a%3Ab%40c%3Dd%2C%28e%29%21%2A%27"),
        ] {
            assert_eq!(canonical_path(path), canonical);
        }
    }

    #[test]
    fn timestamps_have_the_basic_format_of_iso_8601() {
        assert_eq!(timestamp(UNIX_EPOCH + Duration::from_secs(1_440_938_160)), DATE);
        assert_eq!(timestamp(UNIX_EPOCH), "19700101T000000Z");
        assert_eq!(timestamp(UNIX_EPOCH + Duration::from_secs(1_798_761_599)), "20261231T235959Z");
    }
}
