//! Values as the query grammar reads and writes them; the dialects share what they say in the same words.

use tintype_types::{
    Angle, Blend, Color, Crop, CropRatio, Effort, Extend, Factor, Fill, Filter, Fit, Length, Mask, MaskShape,
    Metadata, Profile, Rotation, Sides, Subsampling, Tilt, Trim, Zoom, number,
};

use super::parameter::meaning;
use super::text::split_list;
use crate::request::{
    AutoWidth, Details, OnError, OutputFormat, Passthrough, Quality, parse_color, write_color,
};

/// A value as the query grammar reads and writes it.
pub trait Value: Sized {
    /// Reads a value; `None` if it is not accepted.
    fn read(text: &str) -> Option<Self>;

    /// Writes the value; `None` if there is nothing to say.
    fn write(&self) -> Option<String>;
}

macro_rules! values {
    ($($type:ty),+ $(,)?) => {$(
        impl Value for $type {
            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn write(&self) -> Option<String> {
                Some(self.to_string()).filter(|text| !text.is_empty())
            }
        }
    )+};
}

values!(
    Fit,
    Rotation,
    Filter,
    Length,
    OutputFormat,
    Details,
    Quality,
    Passthrough,
    OnError,
    Profile,
    Metadata,
    Effort,
    Subsampling,
    Blend,
    AutoWidth,
    u64,
    i64
);

impl Value for bool {
    fn read(text: &str) -> Option<Self> {
        match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// A number of pixels, at least one.
impl Value for u32 {
    fn read(text: &str) -> Option<Self> {
        number(text, 1, Length::MAX)
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Value for Factor {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|factor: &Factor| factor.is_scale())
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Value for Color {
    fn read(text: &str) -> Option<Self> {
        parse_color(text)
    }

    fn write(&self) -> Option<String> {
        Some(write_color(*self))
    }
}

impl Value for String {
    fn read(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.into())
    }

    fn write(&self) -> Option<String> {
        Some(self.clone())
    }
}

/// A width and a height that an image fits within: one length for both, or the two with a comma between them.
impl Value for (Option<Length>, Option<Length>) {
    fn read(text: &str) -> Option<Self> {
        let side = |text: &str| match text {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        };
        match text.split_once(',') {
            Some((width, height)) => Some((side(width)?, side(height)?)).filter(|size| *size != (None, None)),
            None => Length::read(text).map(|side| (Some(side), Some(side))),
        }
    }

    fn write(&self) -> Option<String> {
        match self {
            (None, None) => None,
            (Some(width), Some(height)) if width == height => width.write(),
            (width, height) => {
                let side = |side: &Option<Length>| side.write().unwrap_or_default();
                Some(format!("{},{}", side(width), side(height)))
            }
        }
    }
}

impl<T: Value> Value for Option<T> {
    fn read(text: &str) -> Option<Self> {
        T::read(text).map(Some)
    }

    fn write(&self) -> Option<String> {
        self.as_ref().and_then(Value::write)
    }
}

/// `x,y,width,height`, or `width,height` and a position.
impl Value for Crop {
    fn read(text: &str) -> Option<Self> {
        let side = |text: &str| text.parse::<Length>().ok();
        if let &[x, y, width, height] = split_list(text, ',').as_slice()
            && let (Some(x), Some(y)) = (Length::offset(x), Length::offset(y))
            && let (Some(width), Some(height)) = (side(width), side(height))
        {
            return Some(Self { width, height, position: tintype_types::Position::At { x, y } });
        }
        let (width, rest) = text.split_once(',')?;
        let (height, position) = rest.split_once(',').unwrap_or((rest, "center"));
        Some(Self { width: side(width)?, height: side(height)?, position: Value::read(position)? })
    }

    fn write(&self) -> Option<String> {
        let Self { width, height, position } = self;
        Some(match position {
            tintype_types::Position::At { x, y } => format!("{x},{y},{width},{height}"),
            position => format!("{width},{height},{}", position.write()?),
        })
    }
}

/// `16:9` or `1.5`, and `enlarge`.
impl Value for CropRatio {
    fn read(text: &str) -> Option<Self> {
        let (ratio, enlarge) = match text.split_once(',') {
            Some((ratio, "enlarge")) => (ratio, true),
            Some(_) => return None,
            None => (text, false),
        };
        let ratio = match ratio.split_once(':') {
            None => ratio.parse().ok()?,
            Some((width, height)) => {
                Factor::ratio(number(width, 1, Length::MAX)?, number(height, 1, Length::MAX)?)
            }
        };
        is_ratio(ratio).then_some(Self { ratio, enlarge })
    }

    fn write(&self) -> Option<String> {
        let enlarge = if self.enlarge { ",enlarge" } else { "" };
        Some(format!("{}{enlarge}", self.ratio))
    }
}

/// Whether a factor lies in the range of aspect ratios, 0.001 to 1000.
pub fn is_ratio(ratio: Factor) -> bool {
    (1_000..=1_000_000_000).contains(&ratio.millionths())
}

/// A threshold, a colour, and on which opposite sides as much is removed.
impl Value for Trim {
    fn read(text: &str) -> Option<Self> {
        let mut parts = split_list(text, ',').into_iter();
        let mut trim = Self {
            threshold: number(parts.next()?, 0, 255)?,
            color: None,
            equal_horizontal: false,
            equal_vertical: false,
        };
        let mut parts = parts.peekable();
        if let Some(color) = parts.next_if(|part| !part.starts_with("equal")) {
            trim.color = Some(parse_color(color)?);
        }
        (trim.equal_horizontal, trim.equal_vertical) = match parts.next() {
            None => (false, false),
            Some("equal") => (true, true),
            Some("equal-x") => (true, false),
            Some("equal-y") => (false, true),
            Some(_) => return None,
        };
        parts.next().is_none().then_some(trim)
    }

    fn write(&self) -> Option<String> {
        let color = self.color.map(|color| format!(",{}", write_color(color))).unwrap_or_default();
        let equal = match (self.equal_horizontal, self.equal_vertical) {
            (false, false) => "",
            (true, true) => ",equal",
            (true, false) => ",equal-x",
            (false, true) => ",equal-y",
        };
        Some(format!("{}{color}{equal}", self.threshold))
    }
}

/// One to four numbers of pixels, as in CSS: all sides; top and bottom, right and left; and so on.
impl Value for Sides {
    fn read(text: &str) -> Option<Self> {
        let sides: Option<Vec<u32>> = text.split(',').map(|side| number(side, 0, Length::MAX)).collect();
        let (top, right, bottom, left) = match *sides?.as_slice() {
            [all] => (all, all, all, all),
            [top, right] => (top, right, top, right),
            [top, right, bottom] => (top, right, bottom, right),
            [top, right, bottom, left] => (top, right, bottom, left),
            _ => return None,
        };
        Some(Self { top, right, bottom, left })
    }

    fn write(&self) -> Option<String> {
        let Self { top, right, bottom, left } = self;
        Some(if left != right {
            format!("{top},{right},{bottom},{left}")
        } else if top != bottom {
            format!("{top},{right},{bottom}")
        } else if top != right {
            format!("{top},{right}")
        } else {
            top.to_string()
        })
    }
}

/// `size` or `ratio`, and a position.
impl Value for Extend {
    fn read(text: &str) -> Option<Self> {
        let (to, position) = text.split_once(',').unwrap_or((text, "center"));
        Some(Self { to: to.parse().ok()?, position: Value::read(position)? })
    }

    fn write(&self) -> Option<String> {
        let position = self.position.write()?;
        Some(if position == "center" { self.to.to_string() } else { format!("{},{position}", self.to) })
    }
}

/// Degrees, and a colour.
impl Value for Tilt {
    fn read(text: &str) -> Option<Self> {
        let (degrees, color) = match text.split_once(',') {
            Some((degrees, color)) => (degrees, Some(parse_color(color)?)),
            None => (text, None),
        };
        Some(Self { angle: read_angle(degrees)?, background: color })
    }

    fn write(&self) -> Option<String> {
        let degrees = write_angle(self.angle);
        Some(match self.background {
            Some(color) => format!("{degrees},{}", write_color(color)),
            None => degrees,
        })
    }
}

/// A number of degrees, rounded to thousandths; a minus means counterclockwise.
pub fn read_angle(text: &str) -> Option<Angle> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let degrees: Factor = digits.parse().ok()?;
    Some(Angle::from_millidegrees(sign * ((i64::from(degrees.millionths()) + 500) / 1000)))
}

/// Writes the shortest number of degrees, 0 to 360.
pub fn write_angle(angle: Angle) -> String {
    Factor::from_millionths(angle.millidegrees() * 1000).to_string()
}

/// `2`, or `2,1.5`.
impl Value for Zoom {
    fn read(text: &str) -> Option<Self> {
        let (x, y) = text.split_once(',').unwrap_or((text, text));
        Some(Self { x: Value::read(x)?, y: Value::read(y)? })
    }

    fn write(&self) -> Option<String> {
        Some(if self.x == self.y { self.x.to_string() } else { format!("{},{}", self.x, self.y) })
    }
}

/// `star`, or `round,20`; then `trim`, and the colour of what lies outside.
impl Value for Mask {
    fn read(text: &str) -> Option<Self> {
        let mut parts = split_list(text, ',').into_iter().peekable();
        let shape = match parts.next()? {
            "round" => MaskShape::Rounded(Value::read(parts.next()?)?),
            name => meaning(MaskShape::NAMED, name)?,
        };
        let trim = parts.next_if_eq(&"trim").is_some();
        let outside = match parts.next() {
            None => None,
            Some(color) => Some(parse_color(color)?),
        };
        parts.next().is_none().then_some(Self { shape, trim, outside })
    }

    fn write(&self) -> Option<String> {
        let shape = match self.shape {
            MaskShape::Rounded(radius) => format!("round,{radius}"),
            shape => shape.name()?.into(),
        };
        let trim = if self.trim { ",trim" } else { "" };
        let outside = self.outside.map(|color| format!(",{}", write_color(color))).unwrap_or_default();
        Some(format!("{shape}{trim}{outside}"))
    }
}

/// `blur`, `edge`, `mirror` or a colour.
impl Value for Fill {
    fn read(text: &str) -> Option<Self> {
        match text {
            "blur" => Some(Self::Blur),
            "edge" => Some(Self::Edge),
            "mirror" => Some(Self::Mirror),
            color => parse_color(color).map(Self::Color),
        }
    }

    fn write(&self) -> Option<String> {
        Some(match self {
            Self::Blur => "blur".into(),
            Self::Edge => "edge".into(),
            Self::Mirror => "mirror".into(),
            Self::Color(color) => write_color(*color),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written of a value that is read.
    fn again<T: Value>(text: &str) -> Option<String> {
        T::read(text)?.write()
    }

    fn check<T: Value>(good: &[&str], other_words: &[(&str, &str)], bad: &[&str]) {
        for text in good {
            assert_eq!(again::<T>(text).as_deref(), Some(*text));
        }
        for (text, written) in other_words {
            assert_eq!(again::<T>(text).as_deref(), Some(*written), "{text}");
        }
        for text in bad {
            assert_eq!(again::<T>(text), None, "{text}");
        }
    }

    #[test]
    fn parts_of_an_image_are_read_and_written_back() {
        check::<Crop>(
            &[
                "1,2,3,4",
                "0,50%,3,4",
                "50%,100%,north-east",
                "3,4,south,-1,2.5%",
                "3,4,0.3,1.0",
                "3,4,attention",
            ],
            &[("3,4", "3,4,center"), ("3,4,top,0,0", "3,4,north"), ("3,4,0.0,0.5", "3,4,0.0,0.5")],
            &["", "1", "1,2,0,4", "1,2,3,4,5", "10,10,middle", "-1,0,3,4", "3,4,1.5,0.1", "3,4,north,1"],
        );
        check::<Zoom>(&["1", "0.01", "100", "2,1.25"], &[("2,2", "2")], &["", "2,", "0", "101", "1,2,3"]);
        check::<CropRatio>(
            &["1.5", "0.001", "1000", "2,enlarge"],
            &[("16:9", "1.777777"), ("4:2,enlarge", "2,enlarge")],
            &["", "0", "1001", "16:", "0:1", "1.5,larger", "-1"],
        );
        check::<Trim>(
            &["0", "255", "10,ff0000", "10,equal", "10,ff000080,equal-x", "1,equal-y"],
            &[("10,rgb(255,0,0),equal", "10,ff0000,equal"), ("7,white", "7,ffffff")],
            &["", "256", "10,redish", "10,equal,white", "10,white,equals", "10,white,equal,", "x"],
        );
    }

    #[test]
    fn surroundings_are_read_and_written_back() {
        check::<Sides>(
            &["0", "10", "10,20", "1,2,3", "1,2,3,4"],
            &[("5,5,5,5", "5"), ("1,2,1,2", "1,2"), ("1,2,3,2", "1,2,3")],
            &["", "1,2,3,4,5", "-1", "1,", "65536", "1%"],
        );
        check::<Extend>(
            &["size", "ratio", "size,north,0,10"],
            &[("ratio,center", "ratio")],
            &["", "side", "size,"],
        );
        check::<Tilt>(
            &["15", "2.5", "359.999", "45,ff0000"],
            &[("-90", "270"), ("360.0004", "0"), ("0.0005", "0.001"), ("3,white", "3,ffffff")],
            &["", "-", "--1", "1e3", "15,", "15,redish"],
        );
        check::<Mask>(
            &["circle", "round,20", "round,20,trim,ff0000", "star,trim", "triangle-down,ff000080"],
            &[("heart,red", "heart,ff0000"), ("star,rgb(1,2,3)", "star,010203")],
            &[
                "",
                "round",
                "round,0",
                "round,trim",
                "square",
                "star,trim,trim",
                "star,red,trim",
                "star,reddish",
            ],
        );
        check::<Fill>(&["blur", "edge", "mirror", "ff0000"], &[("white", "ffffff")], &["", "repeat"]);
    }
}
