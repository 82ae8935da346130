//! Which addresses and names belong to the public internet.
//!
//! A service that fetches what a stranger names must not be talked into fetching from its own network. A literal
//! address is judged here, whatever notation it came in; a name that resolves to a private address can only be
//! judged by the host, which sees the resolved address (`docs/security.md`).

use std::fmt::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::text;

/// Whether an IPv4 address is one that the public internet routes (IANA IPv4 Special-Purpose Address Registry).
pub fn public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        // "This network", private, CGNAT, loopback and link-local (with the metadata service 169.254.169.254).
        (0 | 10 | 127, _, _) | (100, 64..=127, _) | (169, 254, _) | (172, 16..=31, _) | (192, 168, _)
            // IETF protocol assignments, documentation, 6to4 relays, benchmarking.
            | (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113)
            // Multicast, reserved and broadcast.
            | (224..=255, _, _)
            // The metadata address of Alibaba Cloud lies in CGNAT; that of Azure's wire server does not.
            | (168, 63, 129)
    )
}

/// Whether an IPv6 address is one that the public internet routes, and, where it carries an IPv4 address inside,
/// whether that one is too.
pub fn public_v6(address: Ipv6Addr) -> bool {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (s0, s1) {
        // Unspecified, loopback, IPv4-mapped, IPv4-translated and IPv4-compatible.
        (0, 0) => match (s2, s3, s4, s5) {
            (0, 0, 0, 0) => s6 != 0 && v4(s6, s7),
            (0, 0, 0, 0xffff) | (0, 0, 0xffff, 0) => v4(s6, s7),
            _ => false,
        },
        // NAT64: the well-known prefix carries IPv4; the local-use prefix (64:ff9b:1::/48) is local by definition.
        (0x64, 0xff9b) => (s2, s3, s4, s5) == (0, 0, 0, 0) && v4(s6, s7),
        // Teredo: the server in the clear, the client with its bits inverted.
        (0x2001, 0) => v4(s2, s3) && v4(!s6, !s7),
        // Documentation, ORCHID and other IETF assignments below 2001:200::.
        (0x2001, 1..=0x1ff | 0xdb8) | (0x3fff, _) => false,
        // 6to4.
        (0x2002, _) => v4(s1, s2),
        // Global unicast is 2000::/3; all else is local, multicast or not given out.
        (0x2000..=0x3fff, _) => {
            // ISATAP: an interface identifier 0:5efe or 200:5efe and an IPv4 address.
            !(matches!(s4, 0 | 0x200) && s5 == 0x5efe) || v4(s6, s7)
        }
        _ => false,
    }
}

/// Whether a name can be expected to be public: not a bare host name, and not under a suffix for local use.
pub fn public_name(name: &str) -> bool {
    const LOCAL: [&str; 8] =
        ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain"];
    match text::rsplit_once(name, b'.') {
        None => false,
        Some((rest, "arpa")) => !rest.ends_with("home"),
        Some((_, top)) => !LOCAL.contains(&top),
    }
}

/// Reads an IPv4 address as browsers do: one to four parts, each decimal, octal (`0…`) or hexadecimal (`0x…`), the
/// last filling all bytes that remain (WHATWG URL, "IPv4 parser").
///
/// `None` if the text is not a number of this kind; `Some(None)` if it ends in one but is out of range.
pub fn parse_v4(text: &str) -> Option<Option<Ipv4Addr>> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let last = text::rsplit_once(text, b'.').map_or(text, |(_, last)| last);
    let numeric = !last.is_empty() && text::all(last, |b| b.is_ascii_digit());
    if !numeric && number(last).is_none() {
        return None;
    }
    let mut parts = Vec::new();
    for part in text.split('.') {
        let Some(part) = number(part) else { return Some(None) };
        parts.push(part);
    }
    Some(assemble(&parts))
}

fn number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.get(..2) {
        Some("0x" | "0X") => (part.get(2..)?, 16),
        Some(two) if two.starts_with('0') => (part.get(1..)?, 8),
        _ => (part, 10),
    };
    if digits.is_empty() {
        // `0x` alone is zero; an empty part is not a number.
        return (radix == 16).then_some(0);
    }
    if !text::all(digits, |b| b.is_ascii_alphanumeric()) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

fn assemble(parts: &[u64]) -> Option<Ipv4Addr> {
    let (last, head) = parts.split_last()?;
    if head.len() > 3 || head.iter().any(|part| *part > 255) {
        return None;
    }
    let free = 8 * (4 - u32::try_from(head.len()).ok()?);
    if *last >= 1u64 << free {
        return None;
    }
    let high = head.iter().fold(0u64, |sum, part| sum << 8 | part) << free;
    u32::try_from(high | last).ok().map(Ipv4Addr::from)
}

/// Reads an IPv6 address (RFC 4291, section 2.2).
///
/// As `Ipv6Addr::from_str`, which with its counterpart for writing is six kilobytes of code.
pub fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    let Some((head, tail)) = text::split_once(text, "::") else {
        return <[u16; 8]>::try_from(groups(text, true)?).ok().map(Ipv6Addr::from);
    };
    let (mut all, tail) = (groups(head, false)?, groups(tail, true)?);
    // The colons stand for one group of zeros at least.
    let zeros = 8usize.checked_sub(all.len() + tail.len()).filter(|zeros| *zeros > 0)?;
    all.resize(all.len() + zeros, 0);
    all.extend_from_slice(&tail);
    <[u16; 8]>::try_from(all).ok().map(Ipv6Addr::from)
}

/// Groups of hexadecimal digits between colons. What ends an address may end in an IPv4 address, which is two groups.
fn groups(text: &str, end: bool) -> Option<Vec<u16>> {
    let mut groups = Vec::new();
    if text.is_empty() {
        return Some(groups);
    }
    let mut parts = text.split(':');
    while let Some(part) = parts.next() {
        if end && part.contains('.') {
            let [a, b, c, d] = dotted(part)?.octets();
            groups.push(u16::from_be_bytes([a, b]));
            groups.push(u16::from_be_bytes([c, d]));
            return parts.next().is_none().then_some(groups);
        }
        if part.len() > 4 || !text::all(part, |b| b.is_ascii_hexdigit()) {
            return None;
        }
        groups.push(u16::try_from(u64::from_str_radix(part, 16).ok()?).ok()?);
    }
    Some(groups)
}

/// An IPv4 address in its one canonical notation.
fn dotted(text: &str) -> Option<Ipv4Addr> {
    let decimal =
        |part: &str| part == "0" || (!part.starts_with('0') && text::all(part, |b| b.is_ascii_digit()));
    let parts = text::split(text, '.');
    let canonical = parts.len() == 4 && parts.into_iter().all(decimal);
    if canonical { parse_v4(text)? } else { None }
}

/// Writes an IPv4 address.
pub fn write_v4(address: Ipv4Addr, out: &mut dyn Write) -> fmt::Result {
    let [a, b, c, d] = address.octets().map(u32::from);
    write!(out, "{a}.{b}.{c}.{d}")
}

/// Writes an IPv6 address in its canonical form (RFC 5952).
pub fn write_v6(address: Ipv6Addr, out: &mut dyn Write) -> fmt::Result {
    if let Some(v4) = address.to_ipv4_mapped() {
        out.write_str("::ffff:")?;
        return write_v4(v4, out);
    }
    let segments = address.segments();
    let zeros = longest_zeros(&segments);
    for (index, segment) in segments.into_iter().enumerate() {
        if zeros.contains(&index) {
            if index == zeros.start {
                out.write_str("::")?;
            }
            continue;
        }
        let colon = if index == 0 || index == zeros.end { "" } else { ":" };
        write!(out, "{colon}{segment:x}")?;
    }
    Ok(())
}

/// The first of the longest runs of two zeros or more.
fn longest_zeros(segments: &[u16; 8]) -> Range<usize> {
    let (mut longest, mut run) = (0..0, 0..0);
    for (index, segment) in segments.iter().enumerate() {
        run = if *segment == 0 { run.start..index + 1 } else { index + 1..index + 1 };
        if run.len() > longest.len().max(1) {
            longest = run.clone();
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_of_loopback_is_seen_through() {
        for text in [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0177.0.0.01",
            "127.0.0.1.",
        ] {
            assert_eq!(parse_v4(text), Some(Some(Ipv4Addr::LOCALHOST)), "{text}");
        }
        assert_eq!(parse_v4("0"), Some(Some(Ipv4Addr::UNSPECIFIED)));
        assert_eq!(parse_v4("0x"), Some(Some(Ipv4Addr::UNSPECIFIED)));
    }

    #[test]
    fn a_host_that_ends_in_a_number_is_an_address_or_nothing() {
        for text in ["256.1.1.1", "1.2.3.4.5", "4294967296", "a.1", "1..2", "08.1", "1.2.3.0x100"] {
            assert_eq!(parse_v4(text), Some(None), "{text}");
        }
        for text in ["example.com", "1.2.3.example", "a1", "0xg"] {
            assert_eq!(parse_v4(text), None, "{text}");
        }
    }

    #[test]
    fn private_ipv4_is_told_from_public() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "100.100.100.200",
        ] {
            assert!(!public_v4(text.parse().unwrap()), "{text}");
        }
        for text in
            ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "193.0.0.1"]
        {
            assert!(public_v4(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn ipv6_is_judged_by_the_ipv4_that_it_carries() {
        for text in [
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::8.8.8.8",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2001:0:808:808::80ff:fffe",
            "2001:0:7f00:1::f7f7:f7f7",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2606:4700::5efe:10.0.0.1",
            "2606:4700::200:5efe:127.0.0.1",
            "fe80::5efe:8.8.8.8",
            "fd00:ec2::254",
            "100::1",
            "3fff::1",
            "4000::1",
        ] {
            assert!(!public_v6(text.parse().unwrap()), "{text}");
        }
        for text in [
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::",
            "2001:4860:4860::8888",
            "2001:0:808:808::f7f7:f7f7",
            "2606:4700::5efe:8.8.8.8",
        ] {
            assert!(public_v6(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn ipv6_is_read_as_the_standard_library_reads_it() {
        let pieces =
            ["::", ":", "1", "0", "ffff", "12345", "g", "+1", "1.2.3.4", "01.2.3.4", "1.2.3", "1.2.3.256"];
        let mut texts = vec![String::new()];
        for _ in 0..3 {
            let longer = |text: &String| pieces.map(|piece| format!("{text}{piece}"));
            texts = texts.iter().flat_map(longer).collect();
            for text in &texts {
                // As the end of a whole address, too, where the colons have one group or none to stand for.
                for text in [text.clone(), format!("1:2:3:4:5{text}"), format!("{text}:3:4:5:6:7:8")] {
                    assert_eq!(parse_v6(&text), text.parse().ok(), "{text}");
                }
            }
        }
    }

    #[test]
    fn addresses_are_written_as_the_standard_library_writes_them() {
        // Every pattern of zeros, with small and large groups between them.
        for bits in 0..=255u16 {
            for group in [1, 0xab, 0xffff] {
                let segments = std::array::from_fn(|index| group * (bits >> index & 1));
                let address = Ipv6Addr::from(segments);
                let mut text = String::new();
                write_v6(address, &mut text).unwrap();
                assert_eq!(text, address.to_string());
            }
        }
        for text in ["::ffff:10.0.200.3", "::ffff:0.0.0.0", "::1.2.3.4"] {
            let address: Ipv6Addr = text.parse().unwrap();
            let mut text = String::new();
            write_v6(address, &mut text).unwrap();
            assert_eq!(text, address.to_string());
        }
    }

    #[test]
    fn local_names_are_not_public() {
        for name in
            ["localhost", "redis", "a.localhost", "metadata.google.internal", "nas.local", "x.home.arpa"]
        {
            assert!(!public_name(name), "{name}");
        }
        for name in ["example.com", "internal.example.com", "localhost.example"] {
            assert!(public_name(name), "{name}");
        }
    }
}
