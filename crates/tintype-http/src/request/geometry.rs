//! Geometries without the differences that make no difference.

use tintype_types::{
    Color, Crop, Factor, Fill, Fit, Geometry, Gravity, Length, Mask, MaskShape, Offset, Position, Sides, Zoom,
};

/// The same geometry with the values that do not matter at their defaults, and a density of one where the target can be
/// written down at its final size.
#[must_use]
pub fn normalized(geometry: &Geometry) -> Geometry {
    let mut normal = *geometry;
    normal.crop = normal.crop.map(plain_crop);
    normal.crop_resized = normal.crop_resized.map(plain_crop);
    normal.position = plain_position(normal.position);
    if let Some(extend) = &mut normal.extend {
        extend.position = plain_position(extend.position);
    }
    if let Some(tilt) = &mut normal.tilt {
        tilt.background = tilt.background.filter(|color| color.alpha != 0);
    }
    normal.tilt = normal.tilt.filter(|tilt| tilt.angle.millidegrees() != 0);
    normal.fill = normal.fill.filter(|fill| !matches!(fill, Fill::Color(Color { alpha: 0, .. })));
    normal.mask = normal.mask.map(|mask| plain_mask(mask, normal.background));
    fold_zoom(&mut normal);
    fold_density(&mut normal);
    // A density that is left may be lowered by one fit and not by another.
    if normal.density == Factor::ONE {
        normal.fit = effective_fit(&normal);
    }
    if !uses_position(&normal) {
        normal.position = Position::default();
    }
    if !adds_surroundings(&normal) {
        normal.fill = None;
    }
    normal
}

/// The fit without the choices that make no difference: with one side given, most are alike, and an image that may be
/// enlarged is never too small.
pub fn effective_fit(geometry: &Geometry) -> Fit {
    match (geometry.fit, geometry.width, geometry.height) {
        (_, None, None) => Fit::Contain,
        (Fit::Fill | Fit::Stretch, _, _) if geometry.enlarge => Fit::Fill,
        (Fit::Fill | Fit::Stretch, _, _) => geometry.fit,
        (_, None, _) | (_, _, None) => Fit::Contain,
        (Fit::Crop, _, _) if geometry.enlarge => Fit::Cover,
        (fit, _, _) => fit,
    }
}

/// Multiplies the target by the zoom where that makes whole pixels, and distorts nothing that would not be distorted.
fn fold_zoom(geometry: &mut Geometry) {
    let Zoom { x, y } = geometry.zoom;
    let whole = |length: Option<Length>, zoom: Factor| match length {
        None => Some(None),
        Some(Length::Pixels(pixels)) => {
            let product = u64::from(pixels) * u64::from(zoom.millionths());
            let one = u64::from(Factor::ONE.millionths());
            let pixels = u32::try_from(product / one).ok().filter(|_| product.is_multiple_of(one))?;
            (1..=Length::MAX).contains(&pixels).then_some(Some(Length::Pixels(pixels)))
        }
        Some(Length::Share(_)) => None,
    };
    let sides = (geometry.width, geometry.height);
    let is_free = matches!(effective_fit(geometry), Fit::Fill | Fit::Stretch);
    let has_both = sides.0.is_some() && sides.1.is_some();
    let keeps_shape = if is_free { has_both } else { x == y };
    if sides == (None, None) {
        geometry.zoom = Zoom::ONE;
    } else if keeps_shape && let (Some(width), Some(height)) = (whole(sides.0, x), whole(sides.1, y)) {
        (geometry.width, geometry.height, geometry.zoom) = (width, height, Zoom::ONE);
    }
}

/// Multiplies the target by the density, unless the source may lower that, or something else depends on it.
fn fold_density(geometry: &mut Geometry) {
    let fit = effective_fit(geometry);
    let is_lowered = matches!(fit, Fit::Crop | Fit::Stretch | Fit::Auto);
    // A side that is not given is the source's.
    let is_open = fit == Fit::Fill && (geometry.width.is_none() || geometry.height.is_none());
    if is_lowered || is_open || density_counts_elsewhere(geometry) {
        return;
    }
    geometry.scale(geometry.density, geometry.density);
    geometry.density = Factor::ONE;
}

/// Whether the density multiplies anything but the target.
fn density_counts_elsewhere(geometry: &Geometry) -> bool {
    let in_pixels = |offset: Offset| !offset.is_zero() && matches!(offset, Offset::Pixels(_));
    let is_moved = |position: Position| match position {
        Position::Gravity { x, y, .. } => in_pixels(x) || in_pixels(y),
        Position::At { .. } => true,
        Position::FocalPoint { .. } | Position::Smart(_) => false,
    };
    geometry.padding != Sides::ZERO
        || matches!(geometry.mask, Some(Mask { shape: MaskShape::Rounded(_), .. }))
        || geometry.min_width.is_some()
        || geometry.min_height.is_some()
        || geometry.crop_resized.is_some()
        || is_moved(geometry.position)
        || geometry.extend.is_some_and(|extend| is_moved(extend.position))
}

fn uses_position(geometry: &Geometry) -> bool {
    let by_fit = matches!(effective_fit(geometry), Fit::Cover | Fit::Crop | Fit::Auto | Fit::Pad);
    by_fit || geometry.min_width.is_some() || geometry.min_height.is_some()
}

/// Whether anything is added around the image.
pub fn adds_surroundings(geometry: &Geometry) -> bool {
    effective_fit(geometry) == Fit::Pad || geometry.extend.is_some() || geometry.padding != Sides::ZERO
}

fn plain_crop(crop: Crop) -> Crop {
    Crop { position: plain_position(crop.position), ..crop }
}

/// The mask, trimmed only where that may take something away, and with one way to say what lies outside.
fn plain_mask(mask: Mask, background: Option<Color>) -> Mask {
    let is_whole = matches!(mask.shape, MaskShape::Rounded(_) | MaskShape::Ellipse);
    let outside = match (mask.outside, background) {
        // What is transparent shows a background, and one that is opaque has the same look wherever it lies.
        (Some(Color { alpha: 0, .. }), None) => None,
        (Some(Color { alpha: 0, .. }), Some(_)) => Some(Color::TRANSPARENT),
        (outside, background) if outside == background && outside.is_some_and(|color| color.alpha == 255) => {
            None
        }
        (outside, _) => outside,
    };
    Mask { trim: mask.trim && !is_whole, outside, ..mask }
}

/// The position with one way to say that it is a corner's, or a side's.
pub(super) fn plain_position(position: Position) -> Position {
    let plain = |offset: Offset| if offset.is_zero() { Offset::ZERO } else { offset };
    match position {
        Position::At { x, y } if Offset::from(x).is_zero() && Offset::from(y).is_zero() => {
            Position::gravity(Gravity::NorthWest)
        }
        Position::Gravity { gravity, x, y } => Position::Gravity { gravity, x: plain(x), y: plain(y) },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use tintype_types::Smart;

    use super::*;

    fn sized(fit: Fit, width: u32, height: u32) -> Geometry {
        let (width, height) = (Some(Length::Pixels(width)), Some(Length::Pixels(height)));
        Geometry { fit, width, height, ..Geometry::default() }
    }

    fn dense(geometry: Geometry) -> Geometry {
        Geometry { density: Factor::from_millionths(2_000_000), ..geometry }
    }

    #[test]
    fn a_density_becomes_part_of_the_target_where_the_source_cannot_lower_it() {
        for fit in [Fit::Contain, Fit::Cover, Fit::Fill, Fit::Outside, Fit::Pad] {
            assert_eq!(normalized(&dense(sized(fit, 30, 20))), sized(fit, 60, 40), "{fit}");
        }
        for fit in [Fit::Crop, Fit::Stretch, Fit::Auto] {
            assert_eq!(normalized(&dense(sized(fit, 30, 20))), dense(sized(fit, 30, 20)), "{fit}");
            let narrow = Geometry { height: None, ..sized(fit, 30, 20) };
            assert_eq!(normalized(&dense(narrow)).density == Factor::ONE, fit != Fit::Stretch, "{fit}");
        }
        let open = Geometry { height: None, ..sized(Fit::Fill, 30, 20) };
        assert_eq!(normalized(&dense(open)), dense(open));
        assert_eq!(normalized(&dense(Geometry::default())), Geometry::default());
    }

    #[test]
    fn a_density_stays_where_more_than_the_target_depends_on_it() {
        let plain = sized(Fit::Cover, 30, 20);
        let offset = Position::Gravity { gravity: Gravity::North, x: Offset::ZERO, y: Offset::Pixels(5) };
        for geometry in [
            Geometry { padding: Sides::all(1), ..plain },
            Geometry { mask: Some(Mask::new(MaskShape::Rounded(3))), ..plain },
            Geometry { position: offset, ..plain },
            Geometry { min_width: Some(3), ..plain },
        ] {
            assert_eq!(normalized(&dense(geometry)), dense(geometry));
        }
    }

    #[test]
    fn a_zoom_becomes_part_of_the_target_where_that_stays_whole() {
        let zoomed = |x, y, geometry| {
            let [x, y] = [x, y].map(Factor::from_millionths);
            Geometry { zoom: Zoom { x, y }, ..geometry }
        };
        let (even, odd) = (sized(Fit::Contain, 30, 20), sized(Fit::Contain, 30, 21));
        assert_eq!(normalized(&zoomed(1_500_000, 1_500_000, even)), sized(Fit::Contain, 45, 30));
        let open = Geometry { height: None, ..even };
        assert_eq!(normalized(&zoomed(500_000, 500_000, open)).width, Some(Length::Pixels(15)));
        for stays in [zoomed(500_000, 500_000, odd), zoomed(2_000_000, 1_000_000, even)] {
            assert_eq!(normalized(&stays), stays);
        }
        let stretched = zoomed(2_000_000, 1_000_000, sized(Fit::Stretch, 30, 20));
        assert_eq!(normalized(&stretched), sized(Fit::Stretch, 60, 20));
        assert_eq!(normalized(&zoomed(2_000_000, 1_000_000, Geometry::default())), Geometry::default());
    }

    #[test]
    fn what_does_not_matter_is_at_its_default() {
        let plain = sized(Fit::Contain, 30, 20);
        let smart = Position::Smart(Smart::Entropy);
        assert_eq!(normalized(&Geometry { position: smart, fill: Some(Fill::Blur), ..plain }), plain);
        let cover = Geometry { position: smart, ..sized(Fit::Cover, 30, 20) };
        assert_eq!(normalized(&cover), cover);
        let pad = Geometry { fill: Some(Fill::Blur), ..sized(Fit::Pad, 30, 20) };
        assert_eq!(normalized(&pad), pad);
        assert_eq!(
            normalized(&Geometry { fill: Some(Fill::Color(Color::TRANSPARENT)), ..pad }),
            Geometry { fill: None, ..pad }
        );
        let masked = |shape, trim, outside, background| Geometry {
            mask: Some(Mask { shape, trim, outside }),
            background,
            ..plain
        };
        let (star, clear, red) = (
            MaskShape::Star,
            Some(Color::TRANSPARENT),
            Some(Color { red: 255, green: 0, blue: 0, alpha: 255 }),
        );
        for (given, same) in [
            (masked(MaskShape::Ellipse, true, None, None), masked(MaskShape::Ellipse, false, None, None)),
            (masked(star, true, clear, None), masked(star, true, None, None)),
            (masked(star, true, red, red), masked(star, true, None, red)),
        ] {
            assert_eq!(normalized(&given), same);
        }
        for distinct in [masked(star, true, clear, red), masked(star, false, red, None)] {
            assert_eq!(normalized(&distinct), distinct);
        }
        assert_eq!(normalized(&Geometry { fit: Fit::Stretch, enlarge: true, ..plain }).fit, Fit::Fill);
    }
}
