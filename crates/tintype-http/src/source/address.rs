//! Which IP addresses belong to the public internet.
//!
//! A service that fetches what a stranger names must not be talked into fetching from its own network. A literal
//! address is judged here, whatever notation it came in. An address that a name resolves to is known to the host alone,
//! and only the host can judge it (`docs/security.md`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// The IPv6 network whose first four groups are given and whose last four are zeros.
const fn v6(a: u16, b: u16, c: u16, d: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}

/// IPv4 networks that the public internet does not route (IANA IPv4 Special-Purpose Address Registry).
const PRIVATE_V4: &[Ipv4Net] = &[
    // "This network", private use, loopback
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(172, 16, 0, 0, 12),
    v4(192, 168, 0, 0, 16),
    v4(127, 0, 0, 0, 8),
    // Carrier-grade NAT, and link-local with the metadata service of most clouds
    v4(100, 64, 0, 0, 10),
    v4(169, 254, 0, 0, 16),
    // IETF protocol assignments, documentation, 6to4 relays, benchmarks
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(198, 18, 0, 0, 15),
    // Multicast, reserved, broadcast
    v4(224, 0, 0, 0, 3),
    // Azure's wire server, a metadata service in public address space
    v4(168, 63, 129, 0, 24),
];

/// Global unicast. Every other IPv6 address is local, multicast or not assigned.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 0, 3);

/// Networks in [`GLOBAL_V6`] that the public internet does not route (IANA IPv6 Special-Purpose Address Registry).
const PRIVATE_V6: &[Ipv6Net] = &[
    // IETF protocol assignments
    v6(0x2001, 0, 0, 0, 23),
    // Documentation
    v6(0x2001, 0xdb8, 0, 0, 32),
    v6(0x3fff, 0, 0, 0, 20),
];

/// Networks whose addresses end in the IPv4 address that they stand for.
const ENDS_IN_V4: &[Ipv6Net] = &[
    // IPv4-compatible, with the unspecified and the loopback address in it
    v6(0, 0, 0, 0, 96),
    // IPv4-mapped
    Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96),
    // IPv4-translated
    Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96),
    // NAT64
    v6(0x64, 0xff9b, 0, 0, 96),
];

/// Tunnels of IPv6 through IPv4: the addresses of Teredo and 6to4.
const TEREDO: Ipv6Net = v6(0x2001, 0, 0, 0, 32);
const SIX_TO_FOUR: Ipv6Net = v6(0x2002, 0, 0, 0, 16);

/// Whether the public internet routes an address and, if it carries an IPv4 address, that one too.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !PRIVATE_V4.iter().any(|net| net.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [_, group1, group2, group3, group4, group5, group6, group7] = address.segments();
    let last = join(group6, group7);
    if ENDS_IN_V4.iter().any(|net| net.contains(&address)) {
        return is_public_v4(last);
    }
    // The identifier of an interface that ISATAP reaches through IPv4 (RFC 5214, section 6.1).
    if matches!((group4, group5), (0 | 0x200, 0x5efe)) && !is_public_v4(last) {
        return false;
    }
    if TEREDO.contains(&address) {
        // The server, and the client with its bits inverted (RFC 4380, section 4).
        return is_public_v4(join(group2, group3)) && is_public_v4(join(!group6, !group7));
    }
    if SIX_TO_FOUR.contains(&address) {
        return is_public_v4(join(group1, group2));
    }
    GLOBAL_V6.contains(&address) && !PRIVATE_V6.iter().any(|net| net.contains(&address))
}

/// Two groups of an IPv6 address as an IPv4 address.
fn join(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn private_ipv4_ends_at_its_boundaries() {
        for (first, last) in [
            ("0.0.0.0", "0.255.255.255"),
            ("10.0.0.0", "10.255.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("168.63.129.0", "168.63.129.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"),
            ("192.0.2.0", "192.0.2.255"),
            ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"),
            ("224.0.0.0", "255.255.255.255"),
        ] {
            assert!(!public(first) && !public(last), "{first} to {last}");
            let [first, last] = [first, last].map(|text| text.parse::<Ipv4Addr>().unwrap().to_bits());
            let outside = [first.checked_sub(1), last.checked_add(1)];
            for address in outside.into_iter().flatten().map(Ipv4Addr::from_bits) {
                assert!(is_public_v4(address), "{address}");
            }
        }
    }

    #[test]
    fn addresses_of_every_kind_that_is_not_public_are_known() {
        for text in [
            "10.1.2.3",
            "127.0.0.1",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "224.0.0.1",
            "240.0.0.1",
            "::",
            "::1",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fd00:ec2::254",
            "fe80::1",
            "fe80::5efe:8.8.8.8",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(text), "{text}");
        }
        for text in ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "2001:4860:4860::8888"] {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn private_ipv6_ends_at_its_boundaries() {
        // The last address before a boundary, the first one after it, and which of the two is public.
        for (before, after, public_before) in [
            // Global unicast
            ("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::", false),
            ("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::", true),
            // IETF protocol assignments
            ("2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::", true),
            ("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::", false),
            // Documentation
            ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::", true),
            ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", false),
            ("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff::", true),
            ("3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", false),
            // 6to4, whose first and last addresses carry private ones
            ("2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2002::", true),
            ("2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::", false),
        ] {
            let [first, last] = [before, after].map(|text| text.parse::<Ipv6Addr>().unwrap());
            assert_eq!(first.to_bits() + 1, last.to_bits(), "{before} and {after} are not neighbours");
            assert_eq!(public(before), public_before, "{before}");
            assert_eq!(public(after), !public_before, "{after}");
        }
        assert!(!public("2001:100::1") && !public("2001:1ff::1") && public("2001:200::1"));
    }

    #[test]
    fn ipv6_is_judged_by_the_ipv4_that_it_carries() {
        for (public_form, private_form) in [
            ("::ffff:8.8.8.8", "::ffff:127.0.0.1"),
            ("::8.8.8.8", "::127.0.0.1"),
            ("::ffff:0:8.8.8.8", "::ffff:0:10.0.0.1"),
            ("64:ff9b::8.8.8.8", "64:ff9b::a9fe:a9fe"),
            ("2002:808:808::", "2002:7f00:1::"),
            ("2002:808:a00:1::", "2002:a00:808:808::"),
            ("2002:808:808::5efe:8.8.8.8", "2002:808:808::5efe:10.0.0.1"),
            ("2606:4700::5efe:8.8.8.8", "2606:4700::5efe:10.0.0.1"),
            ("2606:4700::200:5efe:8.8.8.8", "2606:4700::200:5efe:127.0.0.1"),
            // Addresses in the upper half
            ("::200.1.1.1", "::192.168.1.1"),
            ("::ffff:200.1.1.1", "::ffff:192.168.1.1"),
            ("::ffff:0:200.1.1.1", "::ffff:0:192.168.1.1"),
            ("64:ff9b::200.1.1.1", "64:ff9b::192.168.1.1"),
            ("2001:0:c801:101::f7f7:f7f7", "2001:0:c0a8:101::f7f7:f7f7"),
            // Teredo: a private client, a private server
            ("2001:0:808:808::f7f7:f7f7", "2001:0:808:808::80ff:fffe"),
            ("2001:0:808:808::f7f7:f7f7", "2001:0:7f00:1::f7f7:f7f7"),
        ] {
            assert!(public(public_form), "{public_form}");
            assert!(!public(private_form), "{private_form}");
        }
    }

    #[test]
    fn only_the_networks_that_carry_ipv4_do() {
        // One past each network, so the public address at the end does not help.
        for text in [
            "::1:8.8.8.8",
            "::fffe:8.8.8.8",
            "::1:ffff:8.8.8.8",
            "::fffe:0:8.8.8.8",
            "::ffff:1:8.8.8.8",
            "64:ff9a::8.8.8.8",
            "64:ff9c::8.8.8.8",
            "64:ff9b::1:8.8.8.8",
            "2001:1:808:808::f7f7:f7f7",
        ] {
            assert!(!public(text), "{text}");
        }
        // Close to the identifiers of ISATAP, so the private address at the end does no harm.
        for text in ["2606:4700::5efd:10.0.0.1", "2606:4700::5eff:10.0.0.1", "2606:4700::201:5efe:10.0.0.1"] {
            assert!(public(text), "{text}");
        }
    }
}
