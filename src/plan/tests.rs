use super::*;
use crate::{
    Angle, ColorModel, Crop, CropRatio, Extend, Format, Gravity, Length, Offset, Rotation, Smart, Tilt, Zoom,
};

const SCALES: [DecodeScale; 3] = [
    DecodeScale { scale: Scale::eighths(1), min_ratio: 1.5 },
    DecodeScale { scale: Scale::eighths(2), min_ratio: 1.5 },
    DecodeScale { scale: Scale::eighths(4), min_ratio: 2.0 },
];

fn source(width: u32, height: u32, orientation: u8) -> Source {
    let (color, format) = (ColorModel::Rgb, Format::Jpeg);
    Source { format, width, height, orientation, color, bit_depth: 8, alpha: false }
}

/// Sources and options of all kinds, the same at every run.
fn cases() -> impl Iterator<Item = (Source, Options)> {
    let mut state = 1u64;
    let mut random = move |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as u32) % below
    };
    (0..20_000).map(move |_| {
        let sizes = [1, 2, 9, 100, 3000, 20_000];
        let mut side = || {
            let below = sizes[random(6) as usize];
            1 + random(below)
        };
        let (width, height, crop_width, crop_height) = (side(), side(), side(), side());
        let (target_width, target_height) = (side(), side());
        let mut options = Options::default();
        options.limits.source_pixels = u64::MAX;
        options.limits.output_side = u32::MAX;
        options.limits.output_pixels = u64::MAX;
        options.output.format = Format::Png;
        let geometry = &mut options.geometry;
        geometry.auto_orient = random(2) == 0;
        geometry.crop = (random(2) == 0).then(|| Crop {
            width: Length::Pixels(crop_width),
            height: Length::Pixels(crop_height),
            position: Position::At {
                x: Length::Pixels(random(width.min(height))),
                y: Length::Pixels(random(width.min(height))),
            },
        });
        geometry.rotate =
            [Rotation::None, Rotation::Quarter, Rotation::Half, Rotation::ThreeQuarters][random(4) as usize];
        geometry.flip_horizontal = random(2) == 0;
        geometry.flip_vertical = random(2) == 0;
        geometry.width = (random(3) > 0).then_some(Length::Pixels(target_width));
        geometry.height = (random(3) > 0).then_some(Length::Pixels(target_height));
        geometry.fit = [Fit::Contain, Fit::Cover, Fit::Crop, Fit::Fill, Fit::Stretch][random(5) as usize];
        geometry.enlarge = random(2) == 0;
        let mut zoom = || Factor::from_millionths([1_000_000, 500_000, 1_250_000][random(3) as usize]);
        geometry.zoom = Zoom { x: zoom(), y: zoom() };
        geometry.position = [
            Position::gravity(Gravity::Center),
            Position::gravity(Gravity::NorthWest),
            Position::gravity(Gravity::SouthEast),
            Position::Smart(Smart::Attention),
        ][random(4) as usize];
        (source(width, height, 1 + random(8) as u8), options)
    })
}

#[test]
fn every_plan_stays_within_the_decoded_image() {
    for (source, options) in cases() {
        let plan = plan(&source, &options, &SCALES, None).unwrap();
        let lane = Lane::whole(&source, plan.scale);
        let (x, y) = plan.axes(&lane, false);
        for (axis, decoded) in [(x, lane.width), (y, lane.height)] {
            let case = (source, &options, plan);
            assert!(axis.size >= 1 && axis.low < axis.high && axis.high <= decoded, "{case:?}");
            assert!(axis.span.start >= f64::from(axis.low) - 1e-6, "{case:?}");
            assert!(axis.span.end() <= f64::from(axis.high) + 1e-6, "{case:?}");
        }
    }
}

#[test]
fn no_side_exceeds_what_was_asked_for_and_nothing_is_enlarged_unasked() {
    for (source, options) in cases() {
        let plan = plan(&source, &options, &SCALES, None).unwrap();
        let geometry = options.geometry;
        let asked = |target: Option<Length>, side: u32| target.is_none_or(|target| side <= target.of(1));
        let both = geometry.width.is_some() && geometry.height.is_some();
        // Of a side that a very long target cuts to nothing, everything is kept.
        let kept = geometry.fit == Fit::Cover && !geometry.enlarge;
        if both && !kept && geometry.zoom == Zoom::ONE {
            assert!(asked(geometry.width, plan.width) && asked(geometry.height, plan.height));
        }
        if !geometry.enlarge {
            let turned = geometry.rotate == Rotation::Quarter || geometry.rotate == Rotation::ThreeQuarters;
            let upright = geometry.auto_orient && source.orientation > 4;
            let (width, height) =
                if turned != upright { (source.height, source.width) } else { (source.width, source.height) };
            assert!(plan.width <= width && plan.height <= height, "{source:?} {options:?} {plan:?}");
        }
    }
}

#[test]
fn a_zoom_multiplies_what_fits_the_target_and_not_its_whole_pixels() {
    // The sizes that imgproxy has for these.
    for ((width, height), target, fit, enlarge, zoom, density, expected) in [
        ((200, 100), (640, 1), Fit::Contain, true, (0.5, 0.5), 3.0, (3, 2)),
        ((100, 200), (320, 300), Fit::Contain, true, (2.0, 1.25), 1.0, (300, 375)),
        ((2, 3), (2, 100), Fit::Contain, true, (2.0, 0.5), 1.0, (4, 2)),
        ((333, 500), (50, 640), Fit::Crop, false, (2.0, 1.25), 1.0, (100, 313)),
        ((200, 100), (100, 100), Fit::Stretch, true, (2.0, 0.5), 1.0, (200, 50)),
    ] {
        let factor = |factor: f64| Factor::try_from(factor).unwrap();
        let mut options = Options::default();
        let geometry = &mut options.geometry;
        geometry.width = Some(Length::Pixels(target.0));
        geometry.height = Some(Length::Pixels(target.1));
        (geometry.fit, geometry.enlarge) = (fit, enlarge);
        (geometry.zoom, geometry.density) = (Zoom { x: factor(zoom.0), y: factor(zoom.1) }, factor(density));
        let plan = plan(&source(width, height, 1), &options, &[], None).unwrap();
        assert_eq!((plan.width, plan.height), expected, "{width}x{height} to {target:?} by {fit}");
    }
}

#[test]
fn a_target_between_two_pixels_is_rounded_last() {
    for ((width, height), density, expected) in [((320, 1), 1_500_000, (2, 2)), ((7, 50), 500_000, (4, 2))] {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(width));
        options.geometry.height = Some(Length::Pixels(height));
        options.geometry.density = Factor::from_millionths(density);
        let plan = plan(&source(1366, 911, 1), &options, &[], None).unwrap();
        assert_eq!((plan.width, plan.height), expected);
    }
}

#[test]
fn a_source_that_is_too_small_keeps_a_side_that_would_be_cut_to_nothing() {
    let mut options = Options::default();
    options.geometry.width = Some(Length::Pixels(640));
    options.geometry.height = Some(Length::Pixels(7));
    options.geometry.fit = Fit::Cover;
    let plan = plan(&source(3, 1000, 1), &options, &[], None).unwrap();
    assert_eq!((plan.width, plan.height), (3, 1000));
}

#[test]
fn covering_keeps_the_aspect_ratio() {
    for (source, mut options) in cases() {
        options.geometry.fit = Fit::Cover;
        options.geometry.zoom = Zoom::ONE;
        options.geometry.enlarge = true;
        options.geometry.width.get_or_insert(Length::Pixels(10));
        options.geometry.height.get_or_insert(Length::Pixels(10));
        let plan = plan(&source, &options, &[], None).unwrap();
        let (x, y) = plan.axes(&Lane::whole(&source, plan.scale), false);
        assert!((x.ratio() / y.ratio() - 1.0).abs() < 1e-9, "{source:?} {options:?} {plan:?}");
    }
}

#[test]
fn halved_chroma_lies_where_its_pixels_lie_also_when_mirrored() {
    for flip in [false, true] {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(5));
        options.geometry.flip_horizontal = flip;
        let source = source(50, 50, 1);
        let plan = plan(&source, &options, &[], None).unwrap();
        let (x, y) = plan.axes(&Lane::whole(&source, plan.scale), true);
        assert_eq!((x.size, x.span.len, y.span.start), (3, 60.0, 0.0));
        assert_eq!(x.span.start, if flip { -10.0 } else { 0.0 });
    }
}

#[test]
fn shrinking_at_decoding_leaves_the_filter_its_share() {
    let scale = |width| {
        let mut options = Options::default();
        options.geometry.width = Some(Length::Pixels(width));
        plan(&source(4000, 3000, 1), &options, &SCALES, None).unwrap().scale
    };
    assert_eq!(scale(4000), Scale::FULL);
    assert_eq!(scale(1002), Scale::FULL);
    assert_eq!(scale(1000), Scale::eighths(4));
    assert_eq!(scale(670), Scale::eighths(4));
    assert_eq!(scale(660), Scale::eighths(2));
    assert_eq!(scale(333), Scale::eighths(1));
    assert_eq!(scale(10), Scale::eighths(1));
}

#[test]
fn a_format_that_cannot_be_so_long_refuses() {
    let mut options = Options::default();
    options.limits.output_side = u32::MAX;
    let error = plan(&source(16_384, 1, 1), &options, &SCALES, None).unwrap_err();
    assert!(matches!(error, Error::Unsupported { format: Format::Webp, .. }), "{error:?}");
}

/// The size of a rendition of an upright source.
fn size(source_size: (u32, u32), change: impl FnOnce(&mut Geometry)) -> (u32, u32) {
    let mut options = Options::default();
    options.output.format = Format::Png;
    change(&mut options.geometry);
    let plan = plan(&source(source_size.0, source_size.1, 1), &options, &[], None).unwrap();
    (plan.width, plan.height)
}

fn to_size(geometry: &mut Geometry, width: u32, height: u32) {
    (geometry.width, geometry.height) = (Some(Length::Pixels(width)), Some(Length::Pixels(height)));
}

fn factor(millionths: u32) -> Factor {
    Factor::from_millionths(millionths)
}

#[test]
fn crop_does_not_go_beyond_a_small_source() {
    let crop = |source, enlarge| {
        size(source, |geometry| {
            to_size(geometry, 500, 200);
            (geometry.fit, geometry.enlarge) = (Fit::Crop, enlarge);
        })
    };
    assert_eq!(crop((1000, 1000), false), (500, 200));
    assert_eq!(crop((400, 300), false), (400, 200));
    assert_eq!(crop((40, 30), false), (40, 30));
    assert_eq!(crop((40, 30), true), (500, 200));
}

#[test]
fn a_density_that_the_source_cannot_fill_is_lowered_and_the_shape_stays() {
    let dense = |source, fit, (width, height), density, enlarge| {
        size(source, |geometry| {
            to_size(geometry, width, height);
            (geometry.fit, geometry.enlarge, geometry.density) = (fit, enlarge, factor(density));
        })
    };
    assert_eq!(dense((200, 100), Fit::Crop, (26, 100), 2_000_000, false), (26, 100));
    assert_eq!(dense((640, 427), Fit::Crop, (300, 300), 2_000_000, false), (427, 427));
    assert_eq!(dense((640, 427), Fit::Crop, (100, 100), 2_000_000, false), (200, 200));
    assert_eq!(dense((640, 427), Fit::Crop, (300, 300), 2_000_000, true), (600, 600));
    assert_eq!(dense((200, 100), Fit::Stretch, (150, 75), 2_000_000, false), (200, 100));
    assert_eq!(dense((640, 427), Fit::Contain, (300, 300), 2_000_000, false), (600, 400));
    assert_eq!(dense((640, 427), Fit::Crop, (100, 100), 500_000, false), (50, 50));
    assert_eq!(dense((640, 427), Fit::Crop, (123, 501), 500_000, false), (72, 250));
    assert_eq!(dense((100, 100), Fit::Crop, (300, 99), 500_000, false), (100, 99));
}

#[test]
fn stretch_keeps_the_shape_of_the_target_and_fill_does_not() {
    let with = |fit| {
        size((200, 100), |geometry| {
            to_size(geometry, 300, 300);
            geometry.fit = fit;
        })
    };
    assert_eq!((with(Fit::Stretch), with(Fit::Fill)), ((100, 100), (200, 100)));
    let one_side = size((200, 100), |geometry| {
        (geometry.width, geometry.fit) = (Some(Length::Pixels(50)), Fit::Fill);
    });
    assert_eq!(one_side, (50, 100));
}

#[test]
fn outside_covers_the_target_without_cropping() {
    let outside = |source| {
        size(source, |geometry| {
            to_size(geometry, 100, 100);
            geometry.fit = Fit::Outside;
        })
    };
    assert_eq!((outside((400, 200)), outside((200, 400))), ((200, 100), (100, 200)));
}

#[test]
fn auto_crops_only_where_the_orientation_is_the_same() {
    let auto = |(width, height), source| {
        size(source, |geometry| {
            to_size(geometry, width, height);
            geometry.fit = Fit::Auto;
        })
    };
    assert_eq!(auto((200, 100), (4000, 3000)), (200, 100));
    assert_eq!(auto((200, 100), (3000, 4000)), (75, 100));
    // Squares count as landscape.
    assert_eq!(auto((100, 100), (4000, 3000)), (100, 100));
    assert_eq!(auto((100, 100), (3000, 4000)), (75, 100));
}

#[test]
fn shares_are_of_the_image_that_is_there_at_that_step() {
    let half = Some(Length::Share(factor(500_000)));
    let share = size((400, 200), |geometry| {
        geometry.crop = Some(Crop {
            width: Length::Share(factor(500_000)),
            height: Length::WHOLE,
            position: Position::gravity(Gravity::East),
        });
        (geometry.width, geometry.rotate) = (half, Rotation::Quarter);
    });
    assert_eq!(share, (100, 100));
}

#[test]
fn a_least_size_enlarges_and_what_exceeds_the_target_is_cropped() {
    let least = |width: Option<u32>, height: Option<u32>, target: Option<(u32, u32)>| {
        size((400, 200), |geometry| {
            if let Some((width, height)) = target {
                to_size(geometry, width, height);
            }
            (geometry.min_width, geometry.min_height) = (width, height);
        })
    };
    assert_eq!(least(Some(800), None, None), (800, 400));
    assert_eq!(least(None, Some(100), Some((100, 100))), (100, 100));
    assert_eq!(least(Some(50), None, Some((100, 100))), (100, 50));
}

#[test]
fn a_crop_to_a_ratio_shrinks_the_part_or_enlarges_it_where_there_is_room() {
    let ratio = |enlarge| {
        size((400, 300), |geometry| {
            geometry.crop = Some(Crop {
                width: Length::Pixels(100),
                height: Length::Pixels(100),
                position: Position::default(),
            });
            geometry.crop_ratio = Some(CropRatio { ratio: factor(2_000_000), enlarge });
        })
    };
    assert_eq!((ratio(false), ratio(true)), ((100, 50), (200, 100)));
}

#[test]
fn a_box_is_cut_at_the_edges_and_an_offset_stays_inside() {
    let crop = |position| {
        let mut options = Options::default();
        let (width, height) = (Length::Pixels(50), Length::Pixels(20));
        options.geometry.crop = Some(Crop { width, height, position });
        plan(&source(100, 40, 1), &options, &[], None)
            .map(|plan| (plan.window.x.start, plan.width, plan.height))
    };
    let at = |x, y| Position::At { x: Length::Pixels(x), y: Length::Pixels(y) };
    assert_eq!(crop(at(80, 30)), Ok((80.0, 20, 10)));
    assert!(matches!(crop(at(100, 0)), Err(Error::InvalidOption { name, .. }) if name == "crop"));
    let offset = |gravity, x| Position::Gravity { gravity, x: Offset::Pixels(x), y: Offset::ZERO };
    assert_eq!(crop(offset(Gravity::NorthWest, 80)), Ok((50.0, 50, 20)));
    assert_eq!(crop(offset(Gravity::East, 10)), Ok((40.0, 50, 20)));
    assert_eq!(crop(offset(Gravity::Center, -10)), Ok((15.0, 50, 20)));
    let focus = |x| Position::FocalPoint { x: factor(x), y: Factor::ZERO };
    assert_eq!(crop(focus(400_000)), Ok((15.0, 50, 20)));
    assert_eq!(crop(focus(0)), Ok((0.0, 50, 20)));
}

#[test]
fn an_inset_leaves_a_pixel() {
    let inset = |sides| size((40, 30), |geometry| geometry.inset = sides);
    assert_eq!(inset(Sides { top: 1, right: 2, bottom: 3, left: 4 }), (34, 26));
    assert_eq!(inset(Sides::all(40)), (1, 1));
}

#[test]
fn a_part_of_the_resized_image_is_a_part_of_the_source() {
    let mut options = Options::default();
    to_size(&mut options.geometry, 50, 50);
    options.geometry.crop_resized = Some(Crop {
        width: Length::Pixels(10),
        height: Length::Pixels(20),
        position: Position::gravity(Gravity::SouthEast),
    });
    let plan = plan(&source(100, 100, 1), &options, &[], None).unwrap();
    assert_eq!((plan.width, plan.height), (10, 20));
    assert_eq!((plan.window.x.start, plan.window.x.len), (80.0, 20.0));
    assert_eq!((plan.window.y.start, plan.window.y.len), (60.0, 40.0));
}

#[test]
fn surroundings_reach_to_the_target_and_padding_follows_the_density() {
    let padded = |change: fn(&mut Geometry)| {
        size((200, 100), |geometry| {
            to_size(geometry, 100, 100);
            change(geometry);
        })
    };
    assert_eq!(padded(|geometry| geometry.fit = Fit::Pad), (100, 100));
    let extend = |to| Some(Extend { to, position: Position::default() });
    assert_eq!(
        padded(|geometry| geometry.extend = Some(Extend { to: Extent::Size, position: Position::default() })),
        (100, 100)
    );
    let wide = size((200, 100), |geometry| {
        to_size(geometry, 800, 200);
        geometry.extend = extend(Extent::Ratio);
    });
    assert_eq!(wide, (400, 100));
    let thick = padded(|geometry| {
        geometry.padding = Sides { top: 1, right: 2, bottom: 3, left: 4 };
        geometry.density = factor(2_000_000);
    });
    assert_eq!(thick, (212, 108));
}

#[test]
fn surroundings_are_no_denser_than_the_image() {
    let extended = |fit, (width, height), density, to| {
        size((200, 100), |geometry| {
            to_size(geometry, width, height);
            (geometry.fit, geometry.density) = (fit, factor(density));
            geometry.extend = Some(Extend { to, position: Position::default() });
        })
    };
    assert_eq!(extended(Fit::Contain, (500, 500), 2_000_000, Extent::Size), (500, 500));
    assert_eq!(extended(Fit::Contain, (150, 150), 2_000_000, Extent::Size), (200, 200));
    assert_eq!(extended(Fit::Crop, (300, 300), 1_000_000, Extent::Size), (300, 300));
    assert_eq!(extended(Fit::Crop, (300, 50), 1_000_000, Extent::Size), (300, 50));
    assert_eq!(extended(Fit::Crop, (300, 50), 1_000_000, Extent::Ratio), (300, 50));
}

#[test]
fn a_tilted_image_grows_to_hold_its_corners() {
    let tilted = |degrees: i64| {
        size((320, 261), |geometry| {
            geometry.tilt = Some(Tilt { angle: Angle::from_millidegrees(degrees * 1000), background: None });
        })
    };
    assert_eq!(tilted(30), (408, 386));
    assert_eq!(tilted(90), (261, 320));
    assert_eq!(tilted(-180), (320, 261));
}

#[test]
fn a_smart_crop_takes_the_size_of_the_target_out_of_all_that_there_is() {
    let mut options = Options::default();
    to_size(&mut options.geometry, 100, 100);
    (options.geometry.fit, options.geometry.position) = (Fit::Cover, Position::Smart(Smart::Entropy));
    let plan = plan(&source(400, 200, 6), &options, &[], None).unwrap();
    let smart = plan.smart.unwrap();
    assert_eq!((smart.size, plan.size), ((100, 100), (200, 100)));
    assert_eq!((plan.window.x.len, plan.window.y.len), (400.0, 200.0));
}

#[test]
fn what_is_too_long_becomes_smaller_as_a_whole() {
    let within = |most: u32, (width, height): (u32, u32), change: fn(&mut Geometry)| {
        size((200, 100), |geometry| {
            to_size(geometry, width, height);
            geometry.max_side = Some(most);
            change(geometry);
        })
    };
    assert_eq!(within(100, (1000, 50), |geometry| geometry.fit = Fit::Stretch), (100, 5));
    assert_eq!(within(50, (1000, 50), |geometry| geometry.fit = Fit::Crop), (50, 13));
    assert_eq!(within(300, (150, 90), |_| ()), (150, 75));
    // With padding and surroundings.
    let padded = |geometry: &mut Geometry| {
        geometry.padding = Sides { top: 100, right: 200, bottom: 300, left: 400 };
    };
    assert_eq!(within(200, (100, 100), padded), (200, 129));
    let extended = |geometry: &mut Geometry| {
        geometry.extend = Some(Extend { to: Extent::Size, position: Position::default() });
    };
    assert_eq!(within(100, (1000, 2000), extended), (50, 100));
    // With a part of the resized image.
    let cropped = |geometry: &mut Geometry| {
        let position = Position::At { x: Length::Pixels(1), y: Length::Pixels(49) };
        geometry.crop_resized = Some(Crop { width: Length::Pixels(9), height: Length::Pixels(1), position });
    };
    assert_eq!(within(3, (100, 50), cropped), (3, 1));
}

#[test]
fn no_side_is_longer_than_allowed_however_the_parts_around_are_rounded() {
    for most in 1..300 {
        let (width, height) = size((321, 57), |geometry| {
            geometry.max_side = Some(most);
            geometry.padding = Sides { top: 3, right: 5, bottom: 7, left: 9 };
            geometry.extend = Some(Extend {
                to: Extent::Ratio,
                position: Position::Gravity {
                    gravity: Gravity::North,
                    x: Offset::Pixels(3),
                    y: Offset::Pixels(3),
                },
            });
            to_size(geometry, 301, 299);
        });
        assert!(width.max(height) <= most, "{most}: {width}x{height}");
        assert!(width.max(height) + 3 > most, "{most}: {width}x{height}");
    }
    // What has the target's shape is that shape made smaller, however few pixels of the image are left.
    for (source, target, most) in
        [((100, 3), (8000, 80), 50), ((1, 1), (1000, 10), 50), ((7, 5), (449, 22), 15)]
    {
        let (width, height) = size(source, |geometry| {
            to_size(geometry, target.0, target.1);
            geometry.max_side = Some(most);
            geometry.extend = Some(Extend { to: Extent::Ratio, position: Position::default() });
        });
        assert_eq!((width, height), (most, 1), "{source:?}");
    }
}
