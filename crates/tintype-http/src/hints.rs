//! What a client says about itself: the width of an image in its page, its screen, its connection, and what kind of device it
//! is.

use http::header::{self, HeaderMap};
use tintype_types::{Factor, number};

/// Client hints, each by its present name or by the one that it had before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `Sec-CH-Width`: the width of the image in the layout, in device pixels.
    pub width: Option<u32>,
    /// `Sec-CH-Viewport-Width`: the width of the page, in CSS pixels.
    pub viewport: Option<u32>,
    /// `Sec-CH-DPR`: device pixels per CSS pixel.
    pub dpr: Option<Factor>,
    /// `Sec-CH-UA-Mobile`, or what `User-Agent` says.
    pub is_mobile: bool,
    /// `Save-Data`, `RTT`, `Downlink` and `ECT`: whether the connection is slow, or its owner saves data.
    pub is_slow: bool,
}

/// The headers that decide, as [`AutoWidth::choose`](crate::request::AutoWidth::choose) reads them.
pub const OF_WIDTH: &[&str] = &["sec-ch-width", "width"];
/// Where these do not decide, with those before.
pub const OF_VIEWPORT: &[&str] = &["sec-ch-viewport-width", "viewport-width", "sec-ch-dpr", "dpr"];
/// Where these do not decide either, with those before.
pub const OF_DEVICE: &[&str] = &["sec-ch-ua-mobile", "user-agent"];
/// The headers that say how fast a connection is.
pub const OF_CONNECTION: [&str; 4] = ["save-data", "rtt", "downlink", "ect"];

/// Connections are slow whose round trips take longer than this, in milliseconds, and which are not as fast as that, in megabits
/// per second.
const LONGEST_TRIP: u32 = 150;
const LEAST_SPEED: Factor = Factor::from_millionths(5_000_000);

impl Hints {
    /// Reads the hints of a request.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let first = |names: [&str; 2]| names.into_iter().find_map(text);
        let pixels = |names| first(names).and_then(|text| number(text, 1, 65_535));
        let [save_data, rtt, downlink, ect] = OF_CONNECTION.map(text);
        let dpr = first(["sec-ch-dpr", "dpr"]).and_then(|text| text.parse().ok());
        Self {
            width: pixels(["sec-ch-width", "width"]),
            viewport: pixels(["sec-ch-viewport-width", "viewport-width"]),
            dpr: dpr.filter(|dpr: &Factor| dpr.is_scale()),
            is_mobile: match text("sec-ch-ua-mobile") {
                Some(mobile) => mobile == "?1",
                None => text(header::USER_AGENT.as_str()).is_some_and(|agent| agent.contains("Mobi")),
            },
            is_slow: save_data.is_some_and(|value| value.eq_ignore_ascii_case("on"))
                || rtt.and_then(|text| number(text, 0, u32::MAX)).is_some_and(|trip| trip > LONGEST_TRIP)
                || downlink
                    .and_then(|text| text.parse().ok())
                    .is_some_and(|speed: Factor| speed < LEAST_SPEED)
                || ect.is_some_and(|kind| matches!(kind, "slow-2g" | "2g" | "3g")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(lines: &[(&'static str, &str)]) -> Hints {
        let lines = lines.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()));
        Hints::from_headers(&lines.collect())
    }

    #[test]
    fn hints_have_two_names_and_the_present_one_comes_first() {
        let expected = Hints {
            width: Some(640),
            viewport: Some(390),
            dpr: "2.5".parse().ok(),
            is_mobile: true,
            is_slow: false,
        };
        let present = hints(&[
            ("sec-ch-width", "640"),
            ("width", "1"),
            ("sec-ch-viewport-width", "390"),
            ("sec-ch-dpr", "2.5"),
            ("sec-ch-ua-mobile", "?1"),
        ]);
        let former = hints(&[
            ("width", "640"),
            ("viewport-width", " 390"),
            ("dpr", "2.5"),
            ("user-agent", "Mozilla/5.0 (Linux; Android 10; K) Mobile"),
        ]);
        assert_eq!((present, former), (expected, expected));
    }

    #[test]
    fn what_is_no_hint_counts_as_none() {
        let lines = [("width", "0"), ("viewport-width", "70000"), ("dpr", "0"), ("sec-ch-ua-mobile", "1")];
        assert_eq!(hints(&lines), Hints::default());
        assert_eq!(hints(&[("width", "12.5"), ("dpr", "NaN")]), Hints::default());
        let desktop = [("sec-ch-ua-mobile", "?0"), ("user-agent", "Mobile")];
        assert!(!hints(&desktop).is_mobile);
    }

    #[test]
    fn any_hint_of_a_slow_connection_is_enough() {
        let slow =
            [("save-data", "on"), ("rtt", "151"), ("downlink", "4.9"), ("ect", "3g"), ("ect", "slow-2g")];
        for line in slow {
            assert!(hints(&[line]).is_slow, "{line:?}");
        }
        let fast = [("save-data", "off"), ("rtt", "150"), ("downlink", "5"), ("ect", "4g")];
        assert!(!hints(&fast).is_slow && !hints(&[("rtt", "much"), ("ect", "")]).is_slow);
    }
}
