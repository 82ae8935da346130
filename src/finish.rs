//! What happens to resampled rows until they are encoded: lanes become pixels, their colours are converted, and the stages
//! follow that the plan asks for.

use crate::adjust;
use crate::decode::{Decoder, Header};
use crate::encode;
use crate::geometry::Transform;
use crate::join::Join;
use crate::overlay::{Overlaid, Picture};
use crate::pixels::{Channels, Depth, Layout, Samples};
use crate::plan::{Around, Axis, Plan};
use crate::stage::{
    Backdrop, Chain, Colors, Convert, ConvertPlanes, Cost, Flatten, Masked, Orient, Pad, Shape, SmartCrop,
    Stage, Surroundings, Tilted, over,
};
use crate::{Adjust, Angle, Color, Fill, Format, Options, Profile, Result, Sides};

/// What happens to resampled rows.
pub(crate) enum Finish {
    /// Rows of whole pixels, of lanes that are joined first if there are several, and then converted.
    Pixels(Option<Box<Join>>, Convert, Chain),
    /// Lanes go to the encoder as lanes, converted and turned.
    Lanes(Option<Box<ConvertPlanes>>, Vec<Orient>),
}

impl Finish {
    pub(crate) fn new(
        plan: &Plan,
        layout: Layout,
        options: &Options,
        axes: &[(Axis, Axis)],
        (as_lanes, colors, depth): (bool, Option<Colors>, Depth),
        pictures: Vec<Picture>,
    ) -> Self {
        let (width, height) = plan.size;
        let shape = |channels| Shape { width, height, channels, depth };
        if as_lanes {
            let lane = |(x, y): &(Axis, Axis)| {
                Orient::new(
                    plan.transform,
                    Shape { width: x.size, height: y.size, channels: Channels::Gray, depth },
                )
            };
            let convert = match colors {
                Some(Colors::Eight(conversion)) => {
                    Some(Box::new(ConvertPlanes::new(shape(Channels::Gray), plan.transform, conversion)))
                }
                // No encoder takes lanes with 16 bits.
                Some(Colors::Sixteen(_)) | None => None,
            };
            return Self::Lanes(convert, axes.iter().map(lane).collect());
        }
        let channels = match layout {
            Layout::YCbCr => Channels::Rgb,
            other => other.channels(),
        };
        let joined = if colors.is_some() { Depth::Sixteen } else { depth };
        let join = (layout == Layout::YCbCr).then(|| Box::new(Join::new(joined)));
        let shape = shape(channels);
        Self::Pixels(join, Convert::new(shape, colors), chain(plan, options, shape, pictures))
    }

    /// The layout of the rows that come out.
    pub(crate) fn layout(&self) -> Layout {
        match self {
            Self::Pixels(_, _, chain) => Layout::Interleaved(chain.shape().channels),
            Self::Lanes(..) => Layout::YCbCr,
        }
    }

    /// What it costs.
    pub(crate) fn cost(&self) -> Cost {
        match self {
            Self::Pixels(_, convert, chain) => convert.cost() + chain.cost(),
            Self::Lanes(convert, lanes) => {
                let convert = convert.iter().map(|convert| convert.cost());
                convert.chain(lanes.iter().map(Stage::cost)).fold(Cost::default(), |sum, cost| sum + cost)
            }
        }
    }

    /// Takes a row of a lane, and hands on those that it completes.
    pub(crate) fn push(
        &mut self,
        lane: usize,
        row: Samples<'_>,
        next: &mut dyn FnMut(usize, &[u8]) -> Result<()>,
    ) -> Result<()> {
        match self {
            Self::Pixels(join, convert, chain) => {
                let mut pixels =
                    |row: Samples<'_>| convert.push(row, &mut |row| chain.push(row, &mut |row| next(0, row)));
                match (join, row) {
                    (Some(join), Samples::Wide(row)) => join.push(lane, row, &mut pixels),
                    (_, row) => pixels(row),
                }
            }
            Self::Lanes(convert, orients) => {
                let mut turned = |lane: usize, row: &[u8]| match orients.get_mut(lane) {
                    Some(orient) => orient.push(row, &mut |row| next(lane, row)),
                    None => Ok(()),
                };
                match (row, convert) {
                    (Samples::Eight(row), _) => turned(lane, row),
                    (Samples::Sixteen(row), Some(convert)) => convert.push(lane, row, &mut turned),
                    (Samples::Sixteen(_), None) | (Samples::Wide(_), _) => Ok(()),
                }
            }
        }
    }
}

/// The stages between the resampled image and the encoder.
fn chain(plan: &Plan, options: &Options, resampled: Shape, pictures: Vec<Picture>) -> Chain {
    let mut chain = Chain::new(resampled);
    if plan.transform != Transform::default() {
        chain.add(|shape| Orient::new(plan.transform, shape));
    }
    if let Some(cut) = plan.smart {
        chain.add(|shape| SmartCrop::new(shape, cut));
    }
    adjust::add(&mut chain, &options.adjust);
    let opaque = options.output.format == Format::Jpeg;
    let mut background = options.geometry.background.or(opaque.then_some(Color::WHITE));
    add_surroundings(&mut chain, plan, options.geometry.fill, ground(background, opaque));
    if let Some(mask) = plan.around.mask {
        // A background lies under what has no colour of its own.
        if mask.outside.is_some() {
            flatten(&mut chain, background, opaque);
            background = opaque.then_some(Color::WHITE);
        }
        chain.add(|shape| Masked::new(shape, mask));
    }
    flatten(&mut chain, background, opaque);
    for (picture, overlay) in pictures.into_iter().zip(&options.overlays) {
        chain.add(|shape| Overlaid::new(shape, picture, overlay, plan));
    }
    chain
}

/// Draws a background under what is transparent.
fn flatten(chain: &mut Chain, background: Option<Color>, opaque: bool) {
    if let Some(background) = background.filter(|_| chain.shape().channels.has_alpha()) {
        chain.add(|shape| Flatten::new(shape, background, opaque));
    }
}

/// The opaque colour that shows in the end where an image is transparent, if one does. What is drawn on the way lies on it
/// at once, and needs no alpha.
fn ground(background: Option<Color>, opaque: bool) -> Option<Color> {
    let ground =
        background.map(|background| if opaque { over(background, Color::WHITE) } else { background });
    ground.filter(|ground| ground.alpha == 255)
}

/// Adds what lies around the image: surroundings, a tilt, and surroundings again.
fn add_surroundings(chain: &mut Chain, plan: &Plan, fill: Option<Fill>, ground: Option<Color>) {
    let on_ground = |color: Color| ground.map_or(color, |ground| over(color, ground));
    let around = &plan.around;
    let Some(tilt) = around.tilt.filter(|tilt| tilt.angle != Angle::default()) else {
        add_sides(chain, around.extend.plus(around.padding), fill, on_ground);
        return;
    };
    add_sides(chain, around.extend, fill, on_ground);
    match Tilted::quarters(tilt.angle) {
        Some(rotation) => chain.add(|shape| Orient::new(Transform::from_rotation(rotation), shape)),
        None => {
            let background = on_ground(tilt.background.unwrap_or(Color::TRANSPARENT));
            chain.add(|shape| Tilted::new(shape, tilt.angle, background));
        }
    }
    add_sides(chain, around.padding, fill, on_ground);
}

fn add_sides(chain: &mut Chain, sides: Sides, fill: Option<Fill>, on_ground: impl Fn(Color) -> Color) {
    if sides == Sides::ZERO {
        return;
    }
    let surroundings = match fill {
        None => Surroundings::Color(on_ground(Color::TRANSPARENT)),
        Some(Fill::Color(color)) => Surroundings::Color(on_ground(color)),
        Some(Fill::Edge) => Surroundings::Edge,
        Some(Fill::Mirror) => Surroundings::Mirror,
        Some(Fill::Blur) => return chain.add(|shape| Backdrop::new(shape, sides)),
    };
    chain.add(|shape| Pad::new(shape, sides, surroundings));
}

/// The conversion to sRGB, with samples of this size, that the source's colours need, unless they are to stay as they are.
/// Inks cannot. With it comes the work of making it, in units of [`crate::Limits::work`].
pub(crate) fn conversion(
    decoder: &mut dyn Decoder,
    header: &Header,
    options: &Options,
    depth: Depth,
) -> (Option<Colors>, u64) {
    let inks = header.layout == Layout::Inks;
    let converts = inks || options.output.profile == Profile::Srgb;
    match decoder.take_space().filter(|_| converts) {
        Some(space) => (Colors::new(&space, depth), space.work()),
        None => (None, 0),
    }
}

/// Whether a planar image goes to its encoder without becoming whole pixels.
pub(crate) fn stays_planar(plan: &Plan, layout: Layout, options: &Options) -> bool {
    layout == Layout::YCbCr
        && encode::takes_halved_chroma(&encode::Outputs::new(options))
        && plan.smart.is_none()
        && plan.around == Around::default()
        && options.adjust.normalized() == Adjust::default()
        && options.overlays.is_empty()
}
