//! imgproxy's options of watermarks.

use tintype_types::{Factor, Length, Place, Position, number};

use super::arguments::{PIXELS, Use, arguments, read_pixels, read_position, write_position};
use super::draft::Draft;
use crate::grammar::adjust::factor;
use crate::grammar::parameter::{Parameter, Rejected};
use crate::grammar::text::{decode_base64, encode_base64};
use crate::request::{Watermark, WatermarkImage};

const OPACITY: &str = "0 to 1";
const SCALE: &str = "a share of the image, 0 (the watermark's own size) to 10";

pub(super) const WATERMARK: Parameter<Draft> = Parameter {
    names: &["watermark", "wm"],
    accepts: "opacity:position:x:y:scale",
    read: |draft, text| {
        let given = arguments(text);
        if given.len() > 5 {
            return Err(Rejected::Malformed);
        }
        let argument = |index: usize| given.get(index).copied().filter(|text| !text.is_empty());
        let watermark = &mut draft.request.watermark;
        let opacity = argument(0).map_or(Some(Factor::ZERO), |text| factor(text, 0, 1));
        watermark.opacity = opacity.ok_or(Rejected::Argument { name: "opacity", accepts: OPACITY })?;
        if let Some(place) = argument(1) {
            watermark.place = match place {
                "re" => Place::Tiled(gap(argument(2))?, gap(argument(3))?),
                "ch" => return Err(Rejected::Unsupported),
                _ => {
                    let position = given.get(1..given.len().min(4)).unwrap_or_default();
                    Place::At(read_position(position, Position::default(), Use::Extend)?)
                }
            };
        }
        if let Some(text) = argument(4) {
            let scale = factor(text, 0, 10).ok_or(Rejected::Argument { name: "scale", accepts: SCALE })?;
            let share = (scale != Factor::ZERO).then_some(Length::Share(scale));
            watermark.size = (share, share);
        }
        Ok(())
    },
    write: |draft| {
        let Watermark { image, opacity, place, size, .. } = &draft.request.watermark;
        image.as_ref()?;
        let place = match place {
            Place::Tiled(x, y) => format!("re:{x}:{y}"),
            Place::At(position) => match write_position(*position) {
                word if word.contains(':') => word,
                word => format!("{word}:0:0"),
            },
        };
        let scale = match size {
            (Some(Length::Share(width)), Some(Length::Share(height))) if width == height => width.to_string(),
            _ => "0".into(),
        };
        Some(format!("{opacity}:{place}:{scale}"))
    },
};

pub(super) const WATERMARK_URL: Parameter<Draft> = Parameter {
    names: &["watermark_url", "wmu"],
    accepts: "a URL in base64url",
    read: |draft, text| {
        let url = decode_base64(text).ok_or(Rejected::Malformed)?;
        draft.watermark_url = Some(url).filter(|url| !url.is_empty());
        Ok(())
    },
    write: |draft| match draft.request.watermark.image.as_ref()? {
        WatermarkImage::Url(url) => Some(encode_base64(url)),
        WatermarkImage::Configured => None,
    },
};

/// In pixels, where [`WATERMARK`] has a share of the image.
pub(super) const WATERMARK_SIZE: Parameter<Draft> = Parameter {
    names: &["watermark_size", "wms"],
    accepts: "width:height in pixels, each at most 65535; one of them may be 0: it follows from the other",
    read: |draft, text| {
        let side = |text| read_pixels(text).ok_or(Rejected::Malformed);
        let size = match *arguments(text).as_slice() {
            [""] => (None, None),
            [width] => (side(width)?, None),
            [width, height] => (side(width)?, side(height)?),
            _ => return Err(Rejected::Malformed),
        };
        draft.watermark_size = size;
        Ok(())
    },
    write: |draft| {
        let side = |side: Option<Length>| match side {
            Some(Length::Pixels(pixels)) => pixels,
            _ => 0,
        };
        let (width, height) = draft.request.watermark.size;
        match (side(width), side(height)) {
            (0, 0) => None,
            (width, height) => Some(format!("{width}:{height}")),
        }
    },
};

fn gap(text: Option<&str>) -> Result<u32, Rejected> {
    let pixels = text.map_or(Some(0), |text| number(text, 0, Length::MAX));
    pixels.ok_or(Rejected::Argument { name: "gap", accepts: PIXELS })
}
