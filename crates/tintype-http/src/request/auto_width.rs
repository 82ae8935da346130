//! A width that the client's hints decide.

use std::fmt;
use std::str::FromStr;

use tintype_types::{Factor, UnknownName, number};

use crate::hints::{Hints, OF_DEVICE, OF_VIEWPORT, OF_WIDTH};

/// The widths that an image may have, one of which the client's hints choose: so there are few images to make and to cache,
/// whatever the hints are. All are in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoWidth {
    /// The widths for clients that say what they need, from the smallest.
    pub breakpoints: Vec<u32>,
    /// The width for other clients, on phones.
    pub mobile: u32,
    /// The width for all others.
    pub desktop: u32,
}

impl Default for AutoWidth {
    fn default() -> Self {
        Self { breakpoints: vec![320, 768, 960, 1200], mobile: 768, desktop: 1200 }
    }
}

impl AutoWidth {
    /// The most breakpoints that there may be.
    const MOST: usize = 32;

    /// Reads breakpoints in pixels, with semicolons between them.
    pub fn read_breakpoints(text: &str) -> Option<Vec<u32>> {
        let mut breakpoints: Vec<u32> =
            text.split(';').map(|text| number(text, 1, 65_535)).collect::<Option<_>>()?;
        breakpoints.sort_unstable();
        breakpoints.dedup();
        (breakpoints.len() <= Self::MOST).then_some(breakpoints)
    }

    /// The breakpoints as they are read.
    pub fn write_breakpoints(&self) -> String {
        self.breakpoints.iter().map(u32::to_string).collect::<Vec<_>>().join(";")
    }

    /// The width for a client, and the names of the headers that have decided, in lower case.
    ///
    /// The width that an image has in the layout is in device pixels; that of the page is in CSS pixels, and an image is taken
    /// to be as wide. Both are rounded up to a breakpoint; wider than all is the last.
    pub fn choose(&self, hints: &Hints) -> (u32, Vec<&'static str>) {
        if let Some(width) = hints.width {
            return (self.round_up(width), OF_WIDTH.to_vec());
        }
        if let Some(viewport) = hints.viewport {
            let width = hints.dpr.unwrap_or(Factor::ONE).of(viewport);
            return (self.round_up(width), [OF_WIDTH, OF_VIEWPORT].concat());
        }
        let width = if hints.is_mobile { self.mobile } else { self.desktop };
        (width, [OF_WIDTH, OF_VIEWPORT, OF_DEVICE].concat())
    }

    fn round_up(&self, width: u32) -> u32 {
        let enough = self.breakpoints.iter().find(|breakpoint| **breakpoint >= width);
        enough.or(self.breakpoints.last()).copied().unwrap_or(width)
    }
}

/// `320;768,768,1200`: breakpoints, and the widths for phones and others.
impl FromStr for AutoWidth {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let read = |text: &str| {
            let mut parts = text.split(',');
            let breakpoints = Self::read_breakpoints(parts.next()?)?;
            let mobile = number(parts.next()?, 1, 65_535)?;
            let desktop = number(parts.next()?, 1, 65_535)?;
            parts.next().is_none().then_some(Self { breakpoints, mobile, desktop })
        };
        read(text).ok_or(UnknownName)
    }
}

impl fmt::Display for AutoWidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.write_breakpoints(), self.mobile, self.desktop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_rounded_up_to_a_breakpoint() {
        let auto = AutoWidth::default();
        let of_width = |width| auto.choose(&Hints { width: Some(width), ..Hints::default() });
        for (width, expected) in [(1, 320), (320, 320), (321, 768), (1200, 1200), (9000, 1200)] {
            assert_eq!(of_width(width), (expected, vec!["sec-ch-width", "width"]), "{width}");
        }
        let of_page = |viewport, dpr: &str| {
            let hints = Hints { viewport: Some(viewport), dpr: dpr.parse().ok(), ..Hints::default() };
            auto.choose(&hints).0
        };
        assert_eq!([of_page(390, "2"), of_page(390, "3"), of_page(390, "")], [960, 1200, 768]);
    }

    #[test]
    fn without_a_hint_the_kind_of_device_decides() {
        let auto: AutoWidth = "100;50,60,70".parse().unwrap();
        let on = |is_mobile| auto.choose(&Hints { is_mobile, ..Hints::default() });
        assert_eq!((on(true).0, on(false).0), (60, 70));
        assert!(on(true).1.ends_with(&["sec-ch-ua-mobile", "user-agent"]));
        assert_eq!(auto.to_string(), "50;100,60,70");
        for bad in ["", "1,2", "1,2,3,4", "0,1,1", "1;,1,1", "1,1,70000", &"1;".repeat(40)] {
            assert!(bad.parse::<AutoWidth>().is_err(), "{bad}");
        }
    }
}
