//! IPX's grammar, the one of Nuxt Image: `/_ipx/{modifiers}/{id}`, in sharp's words.
//!
//! A modifier is `name_argument_…`; commas or ampersands stand between modifiers, and `_` alone stands for none. The id is
//! the source: a URL, or a path below `TINTYPE_BASE_URL`. The order of modifiers does not matter; of two that set the same,
//! the later one holds. The source's format is kept and the image is not enlarged, unless a modifier says otherwise.
//! Modifiers that the engine does not implement are refused by name, unless their arguments switch them off.

mod draft;
mod modifiers;

use super::dialect::no_source;
use super::parameter::{check_missing, differences, find, unknown};
use super::text::{decode, encode_path, mend_slashes};
use crate::failure::{Failure, Result};
use crate::request::{ImageRequest, Source};
use draft::Draft;
pub(crate) use modifiers::MISSING;
use modifiers::SEPARATORS;

pub use modifiers::MODIFIERS;

/// The beginning of the path.
pub const PREFIX: &str = "/_ipx/";

/// Reads a target: the query belongs to the id.
///
/// # Errors
///
/// As [`super::Grammar::read`].
pub fn read(target: &str) -> Result<ImageRequest> {
    let rest = target.strip_prefix(PREFIX).unwrap_or(target);
    let (modifiers, id) = rest.split_once('/').unwrap_or((rest, ""));
    let mut draft = Draft::default();
    for modifier in modifiers.split([',', '&']).filter(|modifier| !matches!(*modifier, "" | "_")) {
        read_modifier(&mut draft, modifier)?;
    }
    draft.request.source = Source::Url(read_id(id)?);
    draft.finish()
}

fn read_modifier(draft: &mut Draft, modifier: &str) -> Result<()> {
    let (name, text) = modifier.split_once(SEPARATORS).unwrap_or((modifier, ""));
    let text = decode(text).ok_or_else(|| Failure::parameter(name, text, "percent-encoded text"))?;
    if let Some(checked) = check_missing(MISSING, name, &text) {
        return checked;
    }
    find(MODIFIERS, name).ok_or_else(|| unknown(MODIFIERS, name))?.set(draft, name, &text)
}

fn read_id(id: &str) -> Result<String> {
    let id = decode(id).ok_or_else(|| no_source(": it is not percent-encoded", "write % as %25"))?;
    if matches!(id.as_str(), "" | "/") {
        let advice = "write /_ipx/{modifiers}/{id}, with _ for no modifiers";
        return Err(no_source(": it ends after the modifiers", advice));
    }
    Ok(mend_slashes(&id))
}

/// Writes a request, as far as the grammar has words for it.
pub fn write(request: &ImageRequest) -> String {
    let said = differences(MODIFIERS, &Draft::of(request), &Draft::default());
    let said = said.iter().map(|(row, text)| {
        let name = row.names.last().copied().unwrap_or_default();
        if text.is_empty() { name.into() } else { format!("{name}_{}", encode_path(text)) }
    });
    let modifiers = said.collect::<Vec<String>>().join(",");
    let modifiers = if modifiers.is_empty() { "_" } else { &modifiers };
    let id = match &request.source {
        Source::Url(url) => encode_path(url),
        Source::Body => String::new(),
    };
    format!("{PREFIX}{modifiers}/{id}")
}

#[cfg(test)]
mod tests {
    use tintype_types::{
        Color, Fill, Filter, Fit, Format, Geometry, Gravity, Length, Position, Rotation, Sides, Smart,
    };

    use super::super::value::Value;
    use super::super::{Grammar, query};
    use super::*;
    use crate::failure::Kind;
    use crate::request::{OutputFormat, Quality};

    fn get(modifiers: &str) -> Result<ImageRequest> {
        read(&format!("/_ipx/{modifiers}/photo.jpg"))
    }

    fn geometry(modifiers: &str) -> Geometry {
        get(modifiers).unwrap_or_else(|failure| panic!("{modifiers}: {failure}")).geometry
    }

    fn sides(modifiers: &str) -> (Option<Length>, Option<Length>) {
        let geometry = geometry(modifiers);
        (geometry.width, geometry.height)
    }

    fn pixels(side: u32) -> Option<Length> {
        Some(Length::Pixels(side))
    }

    fn source(target: &str) -> Source {
        read(target).unwrap().source
    }

    /// A request of tintype's own grammar, written in this one; or the option that cannot be said.
    fn said(parameters: &str) -> String {
        let request = query::read(&format!("url=photo.jpg&{parameters}"), false).unwrap();
        Grammar::Ipx.write(&request).unwrap_or_else(|unsayable| unsayable.0)
    }

    #[test]
    fn without_modifiers_format_and_size_stay_as_they_are() {
        let request = get("_").unwrap();
        assert_eq!(request.output.format, OutputFormat::Source);
        assert_eq!(request.output.quality, Quality::all(80));
        assert_eq!(request.geometry, Geometry::default());
    }

    #[test]
    fn every_modifier_reaches_the_request() {
        let request =
            get("s_300x200&fit_outside&pos_right-top&enlarge&kernel_cubic&flop&flip&autoorient_false\
            &flatten&b_ff8800&f_webp&q_70&embed")
            .unwrap();
        let expected = Geometry {
            auto_orient: false,
            flip_horizontal: true,
            flip_vertical: true,
            width: pixels(300),
            height: pixels(200),
            fit: Fit::Outside,
            enlarge: true,
            position: Position::gravity(Gravity::NorthEast),
            filter: Filter::CatmullRom,
            background: Some(Color { red: 255, green: 136, blue: 0, alpha: 255 }),
            ..Geometry::default()
        };
        assert_eq!(request.geometry, expected);
        assert_eq!(request.output.format, OutputFormat::Fixed(Format::Webp));
        assert_eq!(request.output.quality, Quality::all(70));
        let cropped = geometry("extract_1_2_30_40");
        assert_eq!(cropped.crop, Value::read("1,2,30,40"));
        assert_eq!(geometry("rotate_-90").rotate, Rotation::ThreeQuarters);
    }

    #[test]
    fn all_of_ipxs_separators_are_read_and_a_later_modifier_wins() {
        let expected = geometry("width_100,extract_1_2_30_40");
        for same in [
            "w_100&crop_1_2_30_40",
            "w:100,crop:1:2:30:40",
            "w=100&crop=1_2:30=40",
            "w_5,w_%3100,crop_1_2_30_40,",
        ] {
            assert_eq!(geometry(same), expected, "{same}");
        }
    }

    #[test]
    fn the_width_goes_before_both_sides_and_they_go_before_the_height() {
        assert_eq!(sides("h_100,w_200"), (pixels(200), None));
        assert_eq!(sides("w_200,s_50x40"), (pixels(200), None));
        assert_eq!(sides("s_50x40,h_100"), (pixels(50), pixels(40)));
        assert_eq!(sides("h_100"), (None, pixels(100)));
        assert_eq!(sides("s_50"), (pixels(50), pixels(50)));
    }

    #[test]
    fn a_fit_counts_where_both_sides_are_given() {
        let fit = |modifiers| geometry(modifiers).fit;
        assert_eq!(fit("s_50x40"), Fit::Cover);
        assert_eq!(fit("s_50x40,fit_inside"), Fit::Contain);
        assert_eq!(fit("s_50x40,fit_fill"), Fit::Stretch);
        assert_eq!(fit("w_50,fit_contain"), Fit::Contain);
        assert_eq!(fit("s_50x40,fit_contain"), Fit::Pad);
    }

    #[test]
    fn the_background_shows_in_a_flattened_image_and_in_a_jpeg() {
        let background = |modifiers| geometry(modifiers).background;
        let red = Some(Color { red: 255, green: 0, blue: 0, alpha: 255 });
        assert_eq!(background("b_f00"), None);
        assert_eq!(background("b_f00,f_webp"), None);
        assert_eq!(background("b_%23f00,f_jpg"), red);
        assert_eq!(background("flatten,background_red"), red);
        assert_eq!(background("flatten"), Some(Color { red: 0, green: 0, blue: 0, alpha: 255 }));
    }

    #[test]
    fn an_image_is_mirrored_before_it_is_rotated() {
        let flips = |modifiers| {
            let geometry = geometry(modifiers);
            (geometry.flip_horizontal, geometry.flip_vertical)
        };
        assert_eq!(flips("flop"), (true, false));
        assert_eq!(flips("flop,rotate_180"), (true, false));
        assert_eq!(flips("flop,rotate_90"), (false, true));
        assert_eq!(flips("flip,rotate_270"), (true, false));
        assert_eq!(said("rotate=90&flip=v&format=source&quality=80"), "/_ipx/rotate_90,flop/photo.jpg");
    }

    #[test]
    fn a_crop_is_one_of_the_rotated_image_where_sharp_rotates_first() {
        let crop = |modifiers| geometry(modifiers).crop.unwrap().write().unwrap();
        assert_eq!(crop("crop_1_2_9_8,rotate_90"), "1,2,9,8");
        assert_eq!(crop("crop_1_2_9_8,rotate_90,h_5"), "1,2,9,8");
        assert_eq!(crop("crop_1_2_9_8,rotate_90,w_5"), "8,9,south-west,2,1");
        assert_eq!(crop("crop_1_2_9_8,rotate_180,s_5x5"), "9,8,south-east,1,2");
        assert_eq!(crop("crop_0_0_9_9,flip,w_5"), "0,0,9,9");
    }

    #[test]
    fn any_angle_rotates_what_has_been_resized_on_the_background() {
        let tilt = |modifiers| geometry(modifiers).tilt.unwrap().write().unwrap();
        assert_eq!(tilt("rotate_45"), "45,000000");
        assert_eq!(tilt("rotate_-0.5,b_f00,h_9"), "359.5,ff0000");
        assert_eq!(geometry("rotate_450").rotate, Rotation::Quarter);
        assert_eq!(get("rotate_45,w_9").unwrap_err().kind(), Kind::Unsupported);
    }

    #[test]
    fn what_is_added_has_the_background_or_copies_the_image() {
        let fill = |modifiers| geometry(modifiers).fill;
        let color = |red| Some(Fill::Color(Color { red, green: 0, blue: 0, alpha: 255 }));
        assert_eq!(fill("s_9x9,fit_contain"), color(0));
        assert_eq!(fill("s_9x9,fit_contain,b_f00"), color(255));
        assert_eq!(fill("extend_1_2_3_4,b_f00"), color(255));
        assert_eq!(geometry("extend_1_2_3_4").padding, Sides { top: 1, right: 2, bottom: 3, left: 4 });
        assert_eq!(fill("extend_1___4_copy"), Some(Fill::Edge));
        assert_eq!(fill("extend_0_0_0_5_mirror"), Some(Fill::Mirror));
        assert_eq!(get("extend_1____mirror,s_9x9,fit_contain").unwrap_err().kind(), Kind::Unsupported);
        assert_eq!(geometry("s_9x9,pos_entropy").position, Position::Smart(Smart::Entropy));
        assert_eq!(geometry("trim").trim.unwrap().threshold, 10);
    }

    #[test]
    fn the_id_is_a_decoded_url_or_path_with_its_query() {
        let url = |url: &str| Source::Url(url.into());
        assert_eq!(source("/_ipx/_/a/b%20c.jpg"), url("a/b c.jpg"));
        assert_eq!(source("/_ipx/w_1/https://a.example/b.jpg"), url("https://a.example/b.jpg"));
        assert_eq!(source("/_ipx/w_1/https:/a.example/b.jpg%3Fc=1"), url("https://a.example/b.jpg?c=1"));
        assert_eq!(
            source("/_ipx/w_1/https%3A%2F%2Fa.example/b.jpg?c=/1"),
            url("https://a.example/b.jpg?c=/1")
        );
        for missing in ["/_ipx/", "/_ipx/w_1", "/_ipx/w_1/", "/_ipx/w_1//", "/_ipx/w_1/%zz"] {
            assert_eq!(read(missing).unwrap_err().kind(), Kind::InvalidSource, "{missing}");
        }
    }

    #[test]
    fn malformed_arguments_name_the_modifier_and_the_accepted_ones() {
        for bad in [
            "w",
            "w_0",
            "width_auto",
            "h_65536",
            "s_0x5",
            "s_5x",
            "s_5x5x5",
            "fit_snug",
            "pos_middle",
            "enlarge_2",
            "kernel_sinc",
            "crop_1_2_3",
            "crop_1_2_0_4",
            "extract_1_2_3_4_5",
            "crop_10%25_2_3_4",
            "rotate_x",
            "trim_256",
            "extend_x",
            "extend_1_2_3_4_5",
            "b_redish",
            "f_jxl2",
            "f",
            "q_0",
            "q_101",
            "flip_x",
            "w_%zz",
        ] {
            let failure = get(bad).unwrap_err();
            assert_eq!(failure.kind(), Kind::InvalidParameter, "{bad}");
            assert!(failure.message().starts_with(bad.split('_').next().unwrap()), "{bad}: {failure}");
            assert!(failure.detail().unwrap().contains("accepts"), "{bad}");
        }
        assert_eq!(get("widht_5").unwrap_err().kind(), Kind::UnknownParameter);
    }

    #[test]
    fn colours_and_detail_are_those_of_the_query_grammar() {
        for (modifiers, meant) in [
            ("blur", "blur=0.816497"),
            ("blur_5", "blur=5"),
            ("sharpen", "unsharp=0.816497,0.375"),
            ("sharpen_2", "sharpen=2"),
            ("sharpen_2_0_3", "sharpen=2,0,3"),
            ("gamma", "linear=true"),
            ("gamma_1.5,gamma_1", ""),
            ("negate_false", "negate=true"),
            ("linear_1.5_-51", "brightness=1.5&lightness=-0.2"),
            ("modulate_1_2", "saturation=2"),
            ("modulate_2_1_-30_10", "brightness=2&lightness=0.1&hue=330"),
            (
                "brightness_2,saturation_0.5,hue_90,lightness_-5",
                "brightness=2&lightness=-0.05&saturation=0.5&hue=90",
            ),
            ("tint_f00", "tint=ff0000"),
            ("grayscale", "tone=grayscale"),
        ] {
            let said = query::write(&get(modifiers).unwrap());
            let plain = ["url=photo.jpg&", "url=photo.jpg", "&format=source", "format=source", "&quality=80"];
            let said = plain.iter().fold(said, |said, plain| said.replace(plain, ""));
            assert_eq!(said, meant, "{modifiers}");
        }
        for bad in [
            "blur_0.1",
            "sharpen_11",
            "sharpen__1",
            "gamma_4",
            "linear_-1",
            "modulate_x",
            "hue_x",
            "tint_redish",
        ] {
            let failure = get(bad).unwrap_err();
            assert_eq!(failure.kind(), Kind::InvalidParameter, "{bad}");
        }
    }

    #[test]
    fn what_is_not_implemented_is_refused_by_name_unless_it_is_switched_off() {
        for modifier in [
            "extend_0_0_0_5_repeat",
            "median_3",
            "gamma_2_1.5",
            "normalize",
            "threshold_100",
            "opacity_0.5",
            "f_avif",
            "f_heif",
            "kernel_nearest",
        ] {
            let failure = get(modifier).unwrap_err();
            assert_eq!(failure.kind(), Kind::Unsupported, "{modifier}");
            assert!(
                failure.message().starts_with(modifier.split('_').next().unwrap()),
                "{modifier}: {failure}"
            );
        }
        let plain = get("_");
        for neutral in [
            "animated_false",
            "blur_0",
            "extend",
            "extend_0_0_0_0",
            "median_1",
            "gamma_1",
            "modulate_1_1.0_0",
            "grayscale_false",
            "opacity_1",
            "linear__0",
            "embed",
            "enlarge_false",
            "rotate_360",
            "rotate",
            "fit_cover",
        ] {
            assert_eq!(get(neutral), plain, "{neutral}");
        }
    }

    #[test]
    fn what_is_written_says_what_differs_from_the_defaults() {
        for (parameters, target) in [
            ("format=source&quality=80", "/_ipx/_/photo.jpg"),
            ("width=100&dpr=2&format=auto&quality=80", "/_ipx/w_200,f_auto/photo.jpg"),
            (
                "width=30&height=20&fit=cover&gravity=north&quality=70",
                "/_ipx/s_30x20,pos_north,f_webp,q_70/photo.jpg",
            ),
            ("width=30&height=20&format=jpeg", "/_ipx/s_30x20,fit_inside,f_jpeg,q_85/photo.jpg"),
            ("width=3&height=2&fit=fill&enlarge=1", "/_ipx/s_3x2,fit_fill,enlarge,f_webp/photo.jpg"),
            ("crop=0,0,30,20&auto-orient=0", "/_ipx/extract_0_0_30_20,autoorient_false,f_webp/photo.jpg"),
            ("background=ff0000&format=png", "/_ipx/flatten,b_ff0000,f_png/photo.jpg"),
        ] {
            assert_eq!(said(parameters), target, "{parameters}");
        }
        let request =
            query::read("url=https://a.example/b%20c.jpg%3Fd%3D1&quality=80&format=source", false).unwrap();
        assert_eq!(Grammar::Ipx.write(&request).unwrap(), "/_ipx/_/https://a.example/b%20c.jpg%3Fd%3D1");
    }

    #[test]
    fn what_the_grammar_has_no_words_for_is_reported() {
        for (parameters, option) in [
            ("width=30&height=20&fit=fill", "fit=fill"),
            ("width=30&height=20&fit=crop", "fit=crop"),
            ("filter=box", "filter=box"),
            ("format=auto", "quality=jpeg:85,webp:80"),
            ("version=2", "version=2"),
            ("crop=5,5,center", "crop=5,5,center"),
        ] {
            assert_eq!(said(parameters), option, "{parameters}");
        }
    }
}
