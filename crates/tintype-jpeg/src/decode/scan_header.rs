//! Scan headers (ITU-T T.81, B.2.3).

use super::header::Header;
use alloc::vec::Vec;

/// A scan header (T.81, B.2.3).
#[derive(Debug, Clone)]
pub(crate) struct ScanHeader {
    pub(crate) components: Vec<ScanComponent>,
    /// First and last coefficient, in zigzag order.
    pub(crate) first: u8,
    pub(crate) last: u8,
    /// The bit that the scans before went down to, or 0 if there are none; and the one that this goes down to.
    pub(crate) high: u8,
    pub(crate) low: u8,
}

/// A component that takes part in a scan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScanComponent {
    /// Its place in the frame.
    pub(crate) index: usize,
    pub(crate) dc: u8,
    pub(crate) ac: u8,
}

impl ScanHeader {
    /// Reads a scan header's body; `None` if it breaks the rules for `header`'s kind of frame.
    pub(crate) fn parse(body: &[u8], header: &Header) -> Option<Self> {
        let (&count, rest) = body.split_first()?;
        let (listed, rest) = rest.split_at_checked(2 * usize::from(count))?;
        let &[first, last, approximation] = rest.first_chunk()?;
        let mut components: Vec<ScanComponent> = Vec::with_capacity(4);
        for &[id, tables] in listed.as_chunks().0 {
            let is_new = |index| components.iter().all(|other| other.index != index);
            let mut named = header.components.iter().enumerate().filter(|(_, component)| component.id == id);
            let (index, _) = named.find(|&(index, _)| is_new(index))?;
            components.push(ScanComponent { index, dc: tables >> 4, ac: tables & 15 });
        }
        let scan = match header.progressive {
            true => Self { components, first, last, high: approximation >> 4, low: approximation & 15 },
            // Some writers leave these fields unset, and a sequential scan has no use for them.
            false => Self { components, first: 0, last: 63, high: 0, low: 0 },
        };
        let band = match (header.progressive, scan.first) {
            (false, _) => true,
            (true, 0) => scan.last == 0,
            (true, first) => first <= scan.last && scan.last < 64 && scan.components.len() == 1,
        };
        let tables = scan.components.iter().all(|component| component.dc < 4 && component.ac < 4);
        (band && tables && scan.low < 14 && scan.high < 14 && !scan.components.is_empty()).then_some(scan)
    }

    /// Whether DC and AC tables are used.
    pub(crate) fn needs_tables(&self) -> (bool, bool) {
        (self.first == 0 && self.high == 0, self.last > 0)
    }
}
