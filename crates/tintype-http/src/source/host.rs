//! The host of a URL: a name or an address, in one canonical form.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::address;
use super::invalid::InvalidUrl;

/// Last labels of names that the public DNS does not hold. Such a name means something in a private network, or inside
/// the host that runs the service, or nothing.
const PRIVATE_SUFFIXES: &[&str] = &[
    // Special-use names: RFC 6761, RFC 6762, RFC 7686, RFC 9476
    "alt",
    "example",
    "invalid",
    "local",
    "localhost",
    "onion",
    "test",
    // Infrastructure, with RFC 8375's home.arpa: it names no web servers
    "arpa",
    // Reserved by ICANN for private networks, or never to be delegated
    "corp",
    "home",
    "internal",
    "mail",
    // Customary in private networks (RFC 6762, appendix G)
    "intranet",
    "lan",
    "localdomain",
    "private",
    // Discovery of services: Consul, and Kubernetes, where cluster.local is a search domain
    "consul",
    "pod",
    "svc",
];

/// The host of a URL in its one canonical form: a name in lower-case ASCII without a final dot, or an IP address in
/// whichever notation browsers accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    text: String,
    /// `None` for a name.
    address: Option<IpAddr>,
}

impl Host {
    /// The host as it stands in a URL; an IPv6 address has brackets.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is a name, not an address.
    pub fn is_name(&self) -> bool {
        self.address.is_none()
    }

    /// Whether it belongs to the public internet, as far as its text shows: the address that a name resolves to is for
    /// the host to judge.
    pub fn is_public(&self) -> bool {
        match self.address {
            Some(address) => address::is_public(address),
            None => self.text.rsplit_once('.').is_some_and(|(_, last)| !PRIVATE_SUFFIXES.contains(&last)),
        }
    }
}

impl Host {
    /// The name of a bucket. Digits alone make no address of it.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl::Host`]
    pub fn bucket(text: &str) -> Result<Self, InvalidUrl> {
        if is_name(text) { Ok(Host { text: text.into(), address: None }) } else { Err(InvalidUrl::Host) }
    }
}

impl FromStr for Host {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        // Escapes and letters that are mapped to others would hide which host is meant.
        if !text.is_ascii() || text.contains('%') {
            return Err(InvalidUrl::Host);
        }
        match url::Host::parse(text).map_err(|_| InvalidUrl::Host)? {
            url::Host::Ipv4(address) => Ok(Host { text: address.to_string(), address: Some(address.into()) }),
            url::Host::Ipv6(address) => {
                Ok(Host { text: format!("[{address}]"), address: Some(address.into()) })
            }
            url::Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(&name);
                is_name(name).then(|| Host { text: name.into(), address: None }).ok_or(InvalidUrl::Host)
            }
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a name is one that DNS can hold (RFC 1035, section 2.3.4), with the underscores that are met in practice.
fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Result<String, InvalidUrl> {
        text.parse::<Host>().map(|host| host.to_string())
    }

    fn public(text: &str) -> bool {
        text.parse::<Host>().unwrap().is_public()
    }

    #[test]
    fn every_notation_of_loopback_is_the_same_host() {
        for text in [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0X7F.1",
            "017700000001",
            "0177.0.0.01",
            "127.0.0.1.",
        ] {
            assert_eq!(host(text).as_deref(), Ok("127.0.0.1"), "{text}");
        }
        assert_eq!(host("0").as_deref(), Ok("0.0.0.0"));
        assert_eq!(host("0x").as_deref(), Ok("0.0.0.0"));
        for text in ["[::1]", "[0:0::1]", "[0:0:0:0:0:0:0.0.0.1]"] {
            assert_eq!(host(text).as_deref(), Ok("[::1]"), "{text}");
        }
        for text in ["[::FFFF:10.0.200.3]", "[::ffff:a00:c803]"] {
            assert_eq!(host(text).as_deref(), Ok("[::ffff:10.0.200.3]"), "{text}");
        }
    }

    #[test]
    fn a_host_that_ends_in_a_number_is_an_address_or_nothing() {
        for text in
            ["256.1.1.1", "1.2.3.4.5", "4294967296", "a.1", "1..2", "08.1", "1.2.3.0x100", "1.2.3.4.."]
        {
            assert_eq!(host(text), Err(InvalidUrl::Host), "{text}");
        }
        for text in ["example.com", "1.2.3.example", "a1", "0xg"] {
            assert!(text.parse::<Host>().unwrap().is_name(), "{text}");
        }
    }

    #[test]
    fn names_have_one_form() {
        assert_eq!(host("Example.COM.").as_deref(), Ok("example.com"));
        assert_eq!(host("a_b.-c-.example").as_deref(), Ok("a_b.-c-.example"));
        assert_eq!(host("xn--bcher-kva.example").as_deref(), Ok("xn--bcher-kva.example"));
        let label = "x".repeat(63);
        let longest = [label.as_str(), &label, &label, &label[..61]].join(".");
        assert_eq!(host(&longest).as_deref(), Ok(&*longest));
        for text in
            [&format!("{longest}x"), &format!("x{label}.example"), "", ".", "..", "a..b", ".a", "a..", "a!b"]
        {
            assert_eq!(host(text), Err(InvalidUrl::Host), "{text}");
        }
        for text in
            ["exämple.com", "ｅxample.com", "ex%61mple.com", "[fe80::1%25eth0]", "[::1", "::1", "a b", "a:80"]
        {
            assert_eq!(host(text), Err(InvalidUrl::Host), "{text}");
        }
    }

    #[test]
    fn special_use_and_private_names_are_not_public() {
        for name in [
            "self.alt",
            "photos.example",
            "photos.invalid",
            "nas.local",
            "minio.photos.svc.cluster.local",
            "printer.local.",
            "a.localhost",
            "abcdef.onion",
            "photos.test",
            "x.home.arpa",
            "1.0.0.127.in-addr.arpa",
            "files.corp",
            "nas.home",
            "metadata.google.internal",
            "PHOTOS.INTERNAL",
            "files.mail",
            "files.intranet",
            "nas.lan",
            "a.localdomain",
            "nas.private",
            "minio.service.consul",
            "10-0-0-7.photos.pod",
            "minio.photos.svc",
        ] {
            assert!(!public(name), "{name}");
        }
        for suffix in PRIVATE_SUFFIXES {
            assert!(!public(suffix) && !public(&format!("a.{suffix}")), "{suffix}");
        }
    }

    #[test]
    fn a_name_of_one_label_is_not_public() {
        for name in ["redis", "com", "com."] {
            assert!(!public(name), "{name}");
        }
    }

    #[test]
    fn only_the_last_label_makes_a_name_private() {
        for name in [
            "example.com",
            "example.net",
            "www.example.org",
            "internal.example.com",
            "localhost.example.com",
            "svc.example.com",
            "mytest.com",
            "test.dev",
            "athome.com",
        ] {
            assert!(public(name), "{name}");
        }
    }
}
