//! The options of imgproxy that the engine does not implement.

use tintype_types::Factor;

use super::arguments::{first, parse_bool};
use crate::grammar::parameter::Missing;

/// Every such option, and which arguments switch it off.
pub(crate) const MISSING: &[Missing] = &[
    Missing { names: &["progressive_blur", "pbl"], is_neutral: is_empty },
    Missing { names: &["blur_detections", "bd"], is_neutral: is_empty },
    Missing { names: &["draw_detections", "dd"], is_neutral: is_false },
    Missing { names: &["crop_objects", "crop_obj"], is_neutral: is_empty },
    Missing { names: &["colorize", "col"], is_neutral: is_zero },
    Missing { names: &["gradient", "gr"], is_neutral: is_zero },
    Missing { names: &["watermark_text", "wmt"], is_neutral: is_empty },
    Missing { names: &["watermark_rotate", "wmr"], is_neutral: is_zero },
    Missing { names: &["watermark_shadow", "wmsh"], is_neutral: is_zero },
    Missing { names: &["dpi"], is_neutral: is_zero },
    Missing { names: &["avif_options", "avifo"], is_neutral: is_empty },
    Missing { names: &["fallback_image_url", "fiu"], is_neutral: is_empty },
    Missing { names: &["hashsum", "hs"], is_neutral: |text| is_empty(text) || text.starts_with("none") },
    Missing { names: &["bypass_cache", "bc"], is_neutral: is_false },
    Missing { names: &["cache_tags", "ct"], is_neutral: is_empty },
];

fn is_empty(text: &str) -> bool {
    text.is_empty()
}

fn is_zero(text: &str) -> bool {
    is_empty(text) || first(text).parse() == Ok(Factor::ZERO)
}

fn is_false(text: &str) -> bool {
    !parse_bool(first(text))
}
