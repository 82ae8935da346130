//! IPTC-IIM (version 4.2): data sets, and the image resources of Photoshop that they stand in.

use super::Policy;
use tintype_jpeg::encode::MAX_RESOURCES;

/// The number of the image resource that holds IPTC.
const RESOURCE: [u8; 2] = [0x04, 0x04];
/// What each image resource begins with.
const SIGNATURE: &[u8] = b"8BIM";

/// The data sets in Photoshop's image resources.
pub(super) fn find(mut resources: &[u8]) -> Option<&[u8]> {
    loop {
        let rest = resources.strip_prefix(SIGNATURE)?;
        let (&number, rest) = rest.split_first_chunk::<2>()?;
        // A name that is counted by its first byte, and padded to an even length with it.
        let name = usize::from(*rest.first()?) + 1;
        let (&size, rest) = rest.get(name.next_multiple_of(2)..)?.split_first_chunk()?;
        let size = usize::try_from(u32::from_be_bytes(size)).ok()?;
        let data = rest.get(..size)?;
        if number == RESOURCE {
            return Some(data);
        }
        resources = rest.get(size.checked_next_multiple_of(2)?..)?;
    }
}

/// Image resources with those data sets that stay; none if nothing of them does.
pub(super) fn rewrite(iptc: &[u8], policy: &Policy) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    let mut says_something = false;
    for set in data_sets(iptc).filter(|set| keeps(set, policy)) {
        says_something |= !SERVICE.contains(&(set.record, set.number));
        kept.extend_from_slice(set.bytes);
    }
    if !says_something {
        return None;
    }
    let size = (kept.len() as u32).to_be_bytes();
    let mut resources = [SIGNATURE, &RESOURCE, &[0, 0], &size, &kept].concat();
    resources.resize(resources.len().next_multiple_of(2), 0);
    Some(resources).filter(|resources| resources.len() <= MAX_RESOURCES)
}

/// One data set (IIM, 1.6).
struct DataSet<'a> {
    record: u8,
    number: u8,
    /// All of it.
    bytes: &'a [u8],
}

/// The data sets up to the first that is malformed or longer than 32767 bytes.
fn data_sets(mut rest: &[u8]) -> impl Iterator<Item = DataSet<'_>> {
    const HEADER: usize = 5;
    std::iter::from_fn(move || {
        let &[0x1c, record, number, high, low] = rest.first_chunk()? else { return None };
        let size = usize::from(u16::from_be_bytes([high, low]));
        let bytes = rest.get(..HEADER + size).filter(|_| high < 0x80)?;
        rest = rest.get(bytes.len()..)?;
        Some(DataSet { record, number, bytes })
    })
}

/// Versions of the records, and the character set: what others need to be read.
const SERVICE: [(u8, u8); 3] = [(1, 0), (1, 90), (2, 0)];
/// By-line, credit and copyright notice.
const COPYRIGHT: [u8; 3] = [80, 110, 116];
/// Locations of the content by code and name, city, sublocation, province, and country by code and name.
const LOCATION: [u8; 7] = [26, 27, 90, 92, 95, 100, 101];
/// The image in small: its format, version and data.
const PREVIEW: [u8; 3] = [200, 201, 202];

fn keeps(set: &DataSet<'_>, policy: &Policy) -> bool {
    match (set.record, set.number) {
        service if SERVICE.contains(&service) => true,
        (2, number) if policy.copyright_only => COPYRIGHT.contains(&number),
        (2, number) if LOCATION.contains(&number) => policy.location,
        (2, number) => !PREVIEW.contains(&number),
        (1, _) => !policy.copyright_only,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Policy = Policy { copyright_only: false, location: false, srgb: true, size: (1, 1) };

    fn set(record: u8, number: u8, text: &str) -> Vec<u8> {
        [&[0x1c, record, number], &(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat()
    }

    fn kept(iptc: &[u8], policy: &Policy) -> Vec<(u8, u8)> {
        let resources = rewrite(iptc, policy).unwrap();
        data_sets(find(&resources).unwrap()).map(|set| (set.record, set.number)).collect()
    }

    fn all() -> Vec<u8> {
        let numbers = [(1, 90, "\x1b%G"), (1, 5, "to"), (2, 0, "\0\x04"), (2, 80, "Ann"), (2, 90, "Ulm")];
        let more = [
            (2, 110, "Credit"),
            (2, 116, "(c) Ann"),
            (2, 120, "Caption"),
            (2, 202, "pixels"),
            (8, 10, "pixels"),
        ];
        numbers.into_iter().chain(more).flat_map(|(record, number, text)| set(record, number, text)).collect()
    }

    #[test]
    fn data_sets_stay_by_their_meaning() {
        let everything = [(1, 90), (1, 5), (2, 0), (2, 80), (2, 110), (2, 116), (2, 120)];
        assert_eq!(kept(&all(), &KEEP), everything);
        let rights = [(1, 90), (2, 0), (2, 80), (2, 110), (2, 116)];
        assert_eq!(kept(&all(), &Policy { copyright_only: true, ..KEEP }), rights);
        assert!(kept(&all(), &Policy { location: true, ..KEEP }).contains(&(2, 90)));
        assert_eq!(rewrite(&set(2, 0, "\0\x04"), &KEEP), None, "a version of nothing");
    }

    #[test]
    fn the_resource_is_found_among_others_and_nothing_is_read_past_the_end() {
        let resources = [&b"8BIM\x04\x25\x03abc\0\0\0\x01x\0"[..], &rewrite(&all(), &KEEP).unwrap()].concat();
        assert!(find(&resources).unwrap().starts_with(&set(1, 90, "\x1b%G")));
        for length in 0..resources.len() - 1 {
            let cut = &resources[..length];
            if let Some(iptc) = find(cut) {
                assert!(iptc.len() < length);
            }
        }
        for length in 0..all().len() {
            rewrite(&all()[..length], &KEEP);
        }
    }
}
