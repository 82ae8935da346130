//! The options of imgproxy that say how large an image is to be.

use tintype_types::{Factor, Length, Zoom};

use super::arguments::{PIXELS, SWITCH, arguments, parse_strict_bool, read_fit, read_pixels, write_fit};
use super::draft::Draft;
use super::place::read_extension;
use crate::grammar::parameter::{Parameter, Rejected};
use crate::grammar::value::Value;

pub(super) const RESIZE: Parameter<Draft> = Parameter {
    names: &["resize", "rs"],
    accepts: "type:width:height:enlarge:extend:gravity",
    read: |draft, text| {
        let args = arguments(text);
        let kind = args.first().copied().unwrap_or_default();
        if !kind.is_empty() {
            let accepts = "fit, fill, fill-down, force or auto";
            draft.request.geometry.fit =
                read_fit(kind).ok_or(Rejected::Argument { name: "type", accepts })?;
        }
        read_size(draft, args.get(1..).unwrap_or_default())
    },
    write: |draft| {
        let geometry = &draft.request.geometry;
        // A share has no word here, and shows as a difference.
        let side = |side: Option<Length>| match side {
            Some(Length::Pixels(pixels)) => pixels,
            Some(Length::Share(_)) | None => 0,
        };
        let (width, height) = (side(geometry.width), side(geometry.height));
        let enlarge = u8::from(geometry.enlarge);
        Some(format!("{}:{width}:{height}:{enlarge}", write_fit(geometry.fit)))
    },
};

pub(super) const SIZE: Parameter<Draft> = Parameter {
    names: &["size", "s"],
    accepts: "width:height:enlarge:extend:gravity",
    read: |draft, text| read_size(draft, &arguments(text)),
    write: |_| None,
};

pub(super) const ZOOM: Parameter<Draft> = Parameter {
    names: &["zoom", "z"],
    accepts: "a factor, or one for each side, 0.01 to 100",
    read: |draft, text| {
        let factor = |text| <Factor as Value>::read(text).ok_or(Rejected::Malformed);
        let Zoom { x, y } = draft.request.geometry.zoom;
        draft.request.geometry.zoom = match *arguments(text).as_slice() {
            [both] => Zoom { x: factor(both)?, y: factor(both)? },
            [x, ""] => Zoom { x: factor(x)?, y },
            ["", y] => Zoom { x, y: factor(y)? },
            [x, y] => Zoom { x: factor(x)?, y: factor(y)? },
            _ => return Err(Rejected::Malformed),
        };
        Ok(())
    },
    write: |draft| {
        let Zoom { x, y } = draft.request.geometry.zoom;
        Some(if x == y { x.to_string() } else { format!("{x}:{y}") })
    },
};

/// Width, height, enlarging, and extending with its gravity.
fn read_size(draft: &mut Draft, args: &[&str]) -> Result<(), Rejected> {
    let arg = |index: usize| args.get(index).copied().filter(|text| !text.is_empty());
    let geometry = &mut draft.request.geometry;
    if let Some(text) = arg(0) {
        geometry.width = read_pixels(text).ok_or(Rejected::Argument { name: "width", accepts: PIXELS })?;
    }
    if let Some(text) = arg(1) {
        geometry.height = read_pixels(text).ok_or(Rejected::Argument { name: "height", accepts: PIXELS })?;
    }
    if let Some(text) = arg(2) {
        geometry.enlarge =
            parse_strict_bool(text).ok_or(Rejected::Argument { name: "enlarge", accepts: SWITCH })?;
    }
    match args.get(3..) {
        None | Some([]) => Ok(()),
        Some(args) => read_extension(&mut draft.extend, args),
    }
}
