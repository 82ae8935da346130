//! Which addresses and names belong to the public internet.
//!
//! A service that fetches what a stranger names must not be talked into fetching from its own network. A literal
//! address is judged here, whatever notation it came in; a name that resolves to a private address can only be
//! judged by the host, which sees the resolved address (`docs/security.md`).

use core::ops::Range;

use crate::prelude::*;
use crate::table;
use crate::text;

/// IPv4 networks that the public internet does not route (IANA IPv4 Special-Purpose Address Registry): an address, and
/// how many of its bits count.
const PRIVATE_V4: &[(u32, u32)] = &[
    // "This network", private, loopback.
    (v4(0, 0, 0, 0), 8),
    (v4(10, 0, 0, 0), 8),
    (v4(172, 16, 0, 0), 12),
    (v4(192, 168, 0, 0), 16),
    (v4(127, 0, 0, 0), 8),
    // CGNAT, link-local (with the metadata service 169.254.169.254).
    (v4(100, 64, 0, 0), 10),
    (v4(169, 254, 0, 0), 16),
    // IETF protocol assignments, documentation, 6to4 relays, benchmarking.
    (v4(192, 0, 0, 0), 24),
    (v4(192, 0, 2, 0), 24),
    (v4(198, 51, 100, 0), 24),
    (v4(203, 0, 113, 0), 24),
    (v4(192, 88, 99, 0), 24),
    (v4(198, 18, 0, 0), 15),
    // Multicast, reserved and broadcast.
    (v4(224, 0, 0, 0), 3),
    // The metadata address of Alibaba Cloud lies in CGNAT; that of Azure's wire server does not.
    (v4(168, 63, 129, 0), 24),
];

const fn v4(a: u8, b: u8, c: u8, d: u8) -> u32 {
    u32::from_be_bytes([a, b, c, d])
}

/// Whether an IPv4 address is one that the public internet routes.
pub fn public_v4(address: u32) -> bool {
    for (network, bits) in PRIVATE_V4 {
        if (address ^ network) >> (32 - bits) == 0 {
            return false;
        }
    }
    true
}

/// Whether an IPv6 address is one that the public internet routes, and, where it carries an IPv4 address inside,
/// whether that one is too.
pub fn public_v6([s0, s1, s2, s3, s4, s5, s6, s7]: [u16; 8]) -> bool {
    let inside = match (s0, s1) {
        // Unspecified, loopback, IPv4-mapped, IPv4-translated and IPv4-compatible.
        (0, 0) => match (s2, s3, s4, s5) {
            (0, 0, 0, 0) if s6 != 0 => (s6, s7),
            (0, 0, 0, 0xffff) | (0, 0, 0xffff, 0) => (s6, s7),
            _ => return false,
        },
        // NAT64: the well-known prefix carries IPv4; the local-use prefix (64:ff9b:1::/48) is local by definition.
        (0x64, 0xff9b) if (s2, s3, s4, s5) == (0, 0, 0, 0) => (s6, s7),
        // Teredo: the server in the clear, the client with its bits inverted.
        (0x2001, 0) if public_v4(pair(s2, s3)) => (!s6, !s7),
        // Documentation, ORCHID and other IETF assignments below 2001:200::.
        (0x2001, 0..=0x1ff | 0xdb8) | (0x3fff, _) => return false,
        // 6to4.
        (0x2002, _) => (s1, s2),
        // ISATAP: an interface identifier 0:5efe or 200:5efe and an IPv4 address.
        (0x2000..=0x3fff, _) if matches!((s4, s5), (0 | 0x200, 0x5efe)) => (s6, s7),
        // Global unicast is 2000::/3; all else is local, multicast or not given out.
        _ => return matches!(s0, 0x2000..=0x3fff),
    };
    public_v4(pair(inside.0, inside.1))
}

/// Two groups of an IPv6 address as an IPv4 address.
fn pair(high: u16, low: u16) -> u32 {
    u32::from(high) << 16 | u32::from(low)
}

/// Whether a name can be expected to be public: not a bare host name, and not under a suffix for local use.
pub fn public_name(name: &str) -> bool {
    const LOCAL: &str = "localhost local internal intranet lan home corp localdomain";
    match text::rsplit_once(name, b'.') {
        None => false,
        Some((rest, "arpa")) => !rest.ends_with("home"),
        Some((_, top)) => !table::has(LOCAL, top),
    }
}

/// Reads an IPv4 address as browsers do: one to four parts, each decimal, octal (`0…`) or hexadecimal (`0x…`), the
/// last filling all bytes that remain (WHATWG URL, "IPv4 parser").
///
/// `None` if the text is not a number of this kind; `Some(None)` if it ends in one but is out of range.
pub fn parse_v4(text: &str) -> Option<Option<u32>> {
    let parts = text::split(text.strip_suffix(".").unwrap_or(text), b'.');
    let last = parts.last()?;
    let digits = !last.is_empty() && text::all(last, |b| b.is_ascii_digit());
    (digits || number(last).is_some()).then(|| assemble(&parts))
}

fn number(part: &str) -> Option<u64> {
    if let Some(digits) = part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
        // `0x` alone is zero; an empty part is not a number.
        return if digits.is_empty() { Some(0) } else { text::number(digits, 16) };
    }
    text::number(part, if part.starts_with("0") { 8 } else { 10 })
}

fn assemble(parts: &[&str]) -> Option<u32> {
    let (last, head) = parts.split_last()?;
    let mut free = 32;
    let mut address = 0;
    for part in head {
        let byte = number(part)?;
        if byte > 255 || free == 8 {
            return None;
        }
        free -= 8;
        address |= byte << free;
    }
    let last = number(last)?;
    if last >> free == 0 { u32::try_from(address | last).ok() } else { None }
}

/// Reads an IPv6 address (RFC 4291, section 2.2).
///
/// As `Ipv6Addr::from_str`, which with its counterpart for writing is six kilobytes of code.
pub fn parse_v6(text: &str) -> Option<[u16; 8]> {
    let mut groups = [0; 8];
    let Some((head, tail)) = text::split_once(text, "::") else {
        return (read_groups(text, true, &mut groups)? == 8).then_some(groups);
    };
    let mut last = [0; 8];
    let (before, behind) = (read_groups(head, false, &mut groups)?, read_groups(tail, true, &mut last)?);
    // The colons stand for one group of zeros at least.
    if before + behind > 7 {
        return None;
    }
    for (at, group) in last.iter().take(behind).enumerate() {
        *groups.get_mut(8 - behind + at)? = *group;
    }
    Some(groups)
}

/// Reads groups of hexadecimal digits between colons, and says how many there are. What ends an address may end in an
/// IPv4 address, which is two groups.
fn read_groups(text: &str, end: bool, groups: &mut [u16; 8]) -> Option<usize> {
    let mut count = 0;
    let mut put = |group: u64| {
        *groups.get_mut(count)? = group as u16;
        count += 1;
        Some(())
    };
    if text.is_empty() {
        return Some(0);
    }
    let mut parts = text::split(text, b':');
    let dotted = if end && text::contains(text, ".") { parts.pop() } else { None };
    for part in &parts {
        if part.len() > 4 {
            return None;
        }
        put(text::number(part, 16)?)?;
    }
    if let Some(last) = dotted {
        let address = u64::from(read_dotted(last)?);
        put(address >> 16)?;
        put(address)?;
    }
    Some(count)
}

/// An IPv4 address in its one canonical notation.
fn read_dotted(text: &str) -> Option<u32> {
    let parts = text::split(text, b'.');
    for part in &parts {
        // Octal or hexadecimal.
        if part.len() > 1 && part.starts_with("0") {
            return None;
        }
    }
    if parts.len() == 4 { assemble(&parts) } else { None }
}

/// Writes an IPv4 address.
pub fn write_v4(address: u32) -> String {
    let mut out = String::new();
    for byte in address.to_be_bytes() {
        text::add(&mut out, ".", &text::decimal(byte.into()));
    }
    out
}

/// Writes an IPv6 address in its canonical form (RFC 5952).
pub fn write_v6(groups: [u16; 8]) -> String {
    if let [0, 0, 0, 0, 0, 0xffff, high, low] = groups {
        return text::concat(&["::ffff:", &write_v4(pair(high, low))]);
    }
    let zeros = longest_zeros(groups);
    let mut out = String::new();
    for (index, group) in groups.iter().enumerate() {
        if zeros.contains(&index) {
            if index == zeros.start {
                out.push_str("::");
            }
            continue;
        }
        if index != 0 && index != zeros.end {
            out.push(':');
        }
        out.push_str(&text::hexadecimal((*group).into(), 1));
    }
    out
}

/// The first of the longest runs of two zeros or more.
fn longest_zeros(groups: [u16; 8]) -> Range<usize> {
    let (mut longest, mut start) = (0..0, 0);
    for (index, group) in groups.iter().enumerate() {
        if *group != 0 {
            start = index + 1;
        } else if index > start && index - start >= longest.len() {
            longest = start..index + 1;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    fn std_v4(text: &str) -> u32 {
        text.parse::<Ipv4Addr>().unwrap().to_bits()
    }

    fn std_v6(text: &str) -> [u16; 8] {
        text.parse::<Ipv6Addr>().unwrap().segments()
    }

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
            assert_eq!(parse_v4(text), Some(Some(std_v4("127.0.0.1"))), "{text}");
        }
        assert_eq!(parse_v4("0"), Some(Some(0)));
        assert_eq!(parse_v4("0x"), Some(Some(0)));
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
            assert!(!public_v4(std_v4(text)), "{text}");
        }
        for text in
            ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "193.0.0.1"]
        {
            assert!(public_v4(std_v4(text)), "{text}");
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
            assert!(!public_v6(std_v6(text)), "{text}");
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
            assert!(public_v6(std_v6(text)), "{text}");
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
                    let expected = text.parse::<Ipv6Addr>().ok().map(|address| address.segments());
                    assert_eq!(parse_v6(&text), expected, "{text}");
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
                assert_eq!(write_v6(segments), Ipv6Addr::from(segments).to_string());
            }
        }
        for text in ["::ffff:10.0.200.3", "::ffff:0.0.0.0", "::1.2.3.4"] {
            assert_eq!(write_v6(std_v6(text)), Ipv6Addr::from(std_v6(text)).to_string());
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
