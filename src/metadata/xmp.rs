//! XMP for a rendition (ISO 16684-1): the packet without those properties that do not belong there.

use super::Policy;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;
use quick_xml::writer::Writer;
use std::borrow::Cow;

/// What surrounds a packet. It is read-only: no room is left to change it in place.
const BEGIN: &[u8] = b"<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>";
const END: &[u8] = b"<?xpacket end=\"r\"?>";

/// The most levels of elements, and of attributes of an element, that are read.
const MOST_LEVELS: usize = 64;
const MOST_ATTRIBUTES: usize = 500;

/// The packet with those properties that stay; none if there are none, or if it is not well-formed.
pub(super) fn rewrite(packet: &[u8], policy: &Policy) -> Option<Vec<u8>> {
    // What follows the root, such as room for changes, is not looked at, and need not be text.
    let end = packet.iter().rposition(|&byte| byte == b'>')? + 1;
    let text = std::str::from_utf8(packet.get(..end)?).ok()?;
    let mut filter = Filter::new(text, policy);
    while !filter.step()? {}
    (filter.properties > 0).then(|| [BEGIN, &filter.writer.into_inner(), END].concat())
}

/// Copies XML but for what the policy removes.
struct Filter<'a> {
    reader: NsReader<&'a [u8]>,
    writer: Writer<Vec<u8>>,
    policy: &'a Policy,
    /// Elements that have begun and not ended.
    level: usize,
    /// The level of the property that is being copied, if any.
    property: Option<usize>,
    /// Properties that stay.
    properties: usize,
}

impl<'a> Filter<'a> {
    fn new(text: &'a str, policy: &'a Policy) -> Self {
        let (reader, writer) = (NsReader::from_str(text), Writer::new(Vec::new()));
        Self { reader, writer, policy, level: 0, property: None, properties: 0 }
    }

    /// Copies one thing; true after the end of the root. None if there is no such end.
    fn step(&mut self) -> Option<bool> {
        match self.reader.read_event().ok()? {
            Event::Start(start) => {
                if !self.begin(&start) {
                    self.reader.read_to_end(start.name()).ok()?;
                    return Some(false);
                }
                let start = self.attributes(&start)?;
                self.write(Event::Start(start))?;
                self.level += 1;
                (self.level <= MOST_LEVELS).then_some(false)
            }
            Event::Empty(start) => {
                if self.begin(&start) {
                    let start = self.attributes(&start)?;
                    self.write(Event::Empty(start))?;
                    self.end();
                }
                Some(false)
            }
            Event::End(end) => {
                self.level = self.level.checked_sub(1)?;
                self.write(Event::End(end))?;
                self.end();
                Some(self.level == 0)
            }
            // Entities of a document type would be undefined without it.
            Event::GeneralRef(entity) if !entity.is_char_ref() && !PREDEFINED.contains(&&*entity) => None,
            event @ (Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)) if self.level > 0 => {
                self.write(event).map(|()| false)
            }
            Event::Eof => None,
            _ => Some(false),
        }
    }

    fn write(&mut self, event: Event<'_>) -> Option<()> {
        self.writer.write_event(event).ok()
    }

    /// Whether an element stays.
    fn begin(&mut self, start: &BytesStart<'_>) -> bool {
        let name = Name::of_element(&self.reader, start.name());
        if self.property.is_some() {
            return !name.is_removed(self.policy);
        }
        if name.is_structure() {
            return true;
        }
        let stays = name.stays(self.policy);
        if stays {
            self.properties += 1;
            self.property = Some(self.level);
        }
        stays
    }

    /// Ends the element at the current level.
    fn end(&mut self) {
        if self.property == Some(self.level) {
            self.property = None;
        }
    }

    /// The beginning of an element, with those attributes that stay.
    fn attributes(&mut self, start: &BytesStart<'_>) -> Option<BytesStart<'static>> {
        let mut kept = BytesStart::new(start.name().0.to_owned());
        for (index, attribute) in start.attributes().enumerate() {
            let mut attribute = attribute.ok().filter(|_| index < MOST_ATTRIBUTES)?;
            let name = Name::of_attribute(&self.reader, attribute.key);
            let is_syntax = attribute.key.as_namespace_binding().is_some() || name.is_syntax();
            let stays = match self.property {
                _ if is_syntax => true,
                Some(_) => !name.is_removed(self.policy),
                None => name.stays(self.policy),
            };
            if !stays {
                continue;
            }
            self.properties += usize::from(!is_syntax);
            // It is written in double quotes, and may have been in single ones.
            if attribute.value.contains('"') {
                attribute.value = Cow::Owned(attribute.value.replace('"', "&quot;"));
            }
            kept.push_attribute(attribute);
        }
        Some(kept)
    }
}

/// The entities that need no definition.
const PREDEFINED: [&str; 5] = ["lt", "gt", "amp", "apos", "quot"];

/// An expanded name.
struct Name<'a> {
    namespace: Option<&'a str>,
    local: &'a str,
}

const META: &str = "adobe:ns:meta/";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";
const EXIF: &str = "http://ns.adobe.com/exif/1.0/";
const NOTE: &str = "http://ns.adobe.com/xmp/note/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
const TIFF: &str = "http://ns.adobe.com/tiff/1.0/";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";

/// Namespaces about rights: XMP's own, PLUS, and Creative Commons.
const RIGHTS: [&str; 3] = [
    "http://ns.adobe.com/xap/1.0/rights/",
    "http://ns.useplus.org/ldf/xmp/1.0/",
    "http://creativecommons.org/ns#",
];

/// Single properties about rights and authors.
const AUTHORSHIP: [(&str, &str); 3] =
    [(DUBLIN_CORE, "rights"), (DUBLIN_CORE, "creator"), (PHOTOSHOP, "Credit")];

/// Namespaces about images and videos that the source's file holds in addition to its image.
const APPENDED: [&str; 3] = [
    "http://ns.google.com/photos/1.0/camera/",
    "http://ns.google.com/photos/1.0/container/",
    "http://ns.adobe.com/hdr-gain-map/1.0/",
];

/// Properties of the source's pixels and file.
const STORED: [(&str, &str); 9] = [
    (TIFF, "Orientation"),
    (TIFF, "ImageWidth"),
    (TIFF, "ImageLength"),
    (EXIF, "PixelXDimension"),
    (EXIF, "PixelYDimension"),
    (EXIF, "ColorSpace"),
    (PHOTOSHOP, "ICCProfile"),
    (NOTE, "HasExtendedXMP"),
    (XMP, "Thumbnails"),
];

/// Names of places, in the namespaces of Photoshop and IPTC.
const PLACES: [&str; 13] = [
    "City",
    "Country",
    "CountryCode",
    "CountryName",
    "Location",
    "LocationCreated",
    "LocationId",
    "LocationName",
    "LocationShown",
    "ProvinceState",
    "State",
    "Sublocation",
    "WorldRegion",
];

/// What names of coordinates have in them, in lower case: there are many namespaces of drones and programs.
const COORDINATES: [&str; 4] = ["gps", "latitude", "longitude", "altitude"];

impl<'a> Name<'a> {
    fn of_element(reader: &'a NsReader<&[u8]>, name: QName<'a>) -> Self {
        let (namespace, local) = reader.resolver().resolve_element(name);
        Self::new(namespace, local.into_inner())
    }

    fn of_attribute(reader: &'a NsReader<&[u8]>, name: QName<'a>) -> Self {
        let (namespace, local) = reader.resolver().resolve_attribute(name);
        Self::new(namespace, local.into_inner())
    }

    fn new(namespace: ResolveResult<'a>, local: &'a str) -> Self {
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => Some(namespace.0),
            _ => None,
        };
        Self { namespace, local }
    }

    fn is_one_of(&self, names: &[(&str, &str)]) -> bool {
        names.iter().any(|&(namespace, local)| self.namespace == Some(namespace) && self.local == local)
    }

    fn is_in(&self, namespaces: &[&str]) -> bool {
        self.namespace.is_some_and(|namespace| namespaces.contains(&namespace))
    }

    /// Whether it is an element around properties.
    fn is_structure(&self) -> bool {
        self.namespace == Some(META) || self.is_one_of(&[(RDF, "RDF"), (RDF, "Description")])
    }

    /// Whether it is an attribute of the syntax, and no property.
    fn is_syntax(&self) -> bool {
        self.is_in(&[META, RDF, XML])
    }

    /// Whether a property stays.
    fn stays(&self, policy: &Policy) -> bool {
        let belongs = self.is_in(&RIGHTS) || self.is_one_of(&AUTHORSHIP);
        (belongs || !policy.copyright_only) && !self.is_removed(policy)
    }

    /// Whether a property, or a part of one, goes.
    fn is_removed(&self, policy: &Policy) -> bool {
        // A name without a namespace is no property.
        self.namespace.is_none()
            || self.is_one_of(&STORED)
            || self.is_in(&APPENDED)
            || !policy.location && self.is_location()
    }

    fn is_location(&self) -> bool {
        let local = self.local.to_ascii_lowercase();
        PLACES.contains(&self.local) || COORDINATES.iter().any(|part| local.contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Policy = Policy { copyright_only: false, location: false, srgb: true, size: (1, 1) };
    const COPYRIGHT: Policy = Policy { copyright_only: true, ..KEEP };

    fn packet(attributes: &str, properties: &str) -> String {
        format!(
            "<?xpacket begin='\u{feff}' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk='x'>\
             <rdf:RDF xmlns:rdf='{RDF}'><rdf:Description rdf:about='' xmlns:dc='{DUBLIN_CORE}' xmlns:t='{TIFF}' \
             xmlns:e='{EXIF}' xmlns:ps='{PHOTOSHOP}' xmlns:xmp='{XMP}' xmlns:r='http://ns.adobe.com/xap/1.0/rights/' \
             xmlns:drone='http://example.com/drone' {attributes}>{properties}</rdf:Description></rdf:RDF></x:xmpmeta>\
             {:2000}<?xpacket end='w'?>",
            ""
        )
    }

    fn rewritten(attributes: &str, properties: &str, policy: &Policy) -> Option<String> {
        let kept = rewrite(packet(attributes, properties).as_bytes(), policy)?;
        Some(String::from_utf8(kept).unwrap())
    }

    const PROPERTIES: &str = "<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>&#169; Ann &amp; Bob</rdf:li></rdf:Alt></dc:rights>\
        <dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Title</rdf:li></rdf:Alt></dc:title>\
        <t:Orientation>6</t:Orientation><e:GPSLatitude>52,30N</e:GPSLatitude><ps:City>Ulm</ps:City>\
        <xmp:Thumbnails><rdf:Alt><rdf:li>pixels</rdf:li></rdf:Alt></xmp:Thumbnails><ps:Nested rdf:parseType='Resource'>\
        <e:GPSLongitude>13,20E</e:GPSLongitude><dc:note>inside</dc:note></ps:Nested>";
    const ATTRIBUTES: &str = "t:Orientation='6' e:GPSAltitude='34' drone:GpsLatitude='5' ps:Credit='a \"credit\"' r:Marked='True' \
        xmp:CreatorTool='tool'";

    #[test]
    fn everything_stays_but_location_thumbnails_and_what_describes_the_file() {
        let kept = rewritten(ATTRIBUTES, PROPERTIES, &KEEP).unwrap();
        for there in ["&#169; Ann &amp; Bob", "Title", "inside", "tool", "a &quot;credit&quot;", "r:Marked"] {
            assert!(kept.contains(there), "{there} in {kept}");
        }
        for gone in
            ["Orientation", "GPS", "Gps", "52,30", "13,20", "Ulm", "Thumbnails", "pixels", "'34'", "   "]
        {
            assert!(!kept.contains(gone), "{gone} in {kept}");
        }
        assert_eq!(
            rewrite(kept.as_bytes(), &KEEP).unwrap(),
            kept.as_bytes(),
            "written again, it is the same"
        );
    }

    #[test]
    fn the_location_stays_where_asked() {
        let kept = rewritten(ATTRIBUTES, PROPERTIES, &Policy { location: true, ..KEEP }).unwrap();
        for there in ["52,30N", "13,20E", "Ulm", "e:GPSAltitude", "drone:GpsLatitude"] {
            assert!(kept.contains(there), "{there} in {kept}");
        }
        assert!(!kept.contains("Orientation"));
    }

    #[test]
    fn copyright_keeps_rights_authors_and_credit() {
        let kept = rewritten(ATTRIBUTES, PROPERTIES, &COPYRIGHT).unwrap();
        for there in ["Ann", "a &quot;credit&quot;", "r:Marked"] {
            assert!(kept.contains(there), "{there} in {kept}");
        }
        for gone in ["Title", "inside", "tool", "GPS", "Ulm"] {
            assert!(!kept.contains(gone), "{gone} in {kept}");
        }
        assert_eq!(rewritten("xmp:CreatorTool='tool'", "<ps:City>Ulm</ps:City>", &COPYRIGHT), None);
    }

    #[test]
    fn names_count_by_their_namespace_and_not_by_their_prefix() {
        let gps = format!("<gps:GPSLatitude xmlns:gps='{EXIF}'>52,30N</gps:GPSLatitude>");
        let orientation = format!("<q:Orientation xmlns:q='{TIFF}'>6</q:Orientation>");
        let other = "<q:Orientation xmlns:q='http://example.com/'>up</q:Orientation>";
        let kept = rewritten("", &[&gps, &orientation, other].concat(), &KEEP).unwrap();
        assert!(!kept.contains("52,30N") && !kept.contains('6') && kept.contains("up"), "{kept}");
    }

    #[test]
    fn packets_that_are_not_well_formed_or_too_deep_are_none() {
        let good = packet(ATTRIBUTES, PROPERTIES);
        let end = good.find("</x:xmpmeta>").unwrap();
        for length in 0..end {
            if let Some(part) = good.as_bytes().get(..length) {
                assert_eq!(rewrite(part, &KEEP), None, "{length} bytes");
            }
        }
        assert!(
            rewritten("", &format!("<dc:a>{}{}</dc:a>", "<dc:b>".repeat(90), "</dc:b>".repeat(90)), &KEEP)
                .is_none()
        );
        let many: String = (0..600).map(|n| format!("dc:a{n}='' ")).collect();
        assert!(rewritten(&many, "", &KEEP).is_none());
        assert!(rewritten("", "<dc:a>&unknown;</dc:a>", &KEEP).is_none());
        assert!(rewritten("", "<dc:a></dc:b>", &KEEP).is_none());
        assert!(rewrite(b"\xff\xfe<\0x\0>\0", &KEEP).is_none());
    }
}
