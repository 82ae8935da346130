//! Profiles that are tables: curves, a grid of colours, and more curves (ICC.1:2022, 10.10 to 10.12).

use super::curve::{Curve, unit};
use super::matrix::{Matrix, Triple};
use moxcms::{DataColorSpace, LutDataType, LutMultidimensionalType, LutStore, LutWarehouse, ToneReprCurve};

/// The steps from samples to the profile connection space.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lut {
    /// A curve for each channel.
    inputs: Vec<Curve>,
    grid: Option<Grid>,
    /// Curves, a matrix and an offset, and curves, of three channels each.
    middle: Vec<Curve>,
    matrix: Matrix,
    bias: Triple,
    outputs: Vec<Curve>,
    connection: Connection,
}

#[derive(Debug, Clone, PartialEq)]
struct Grid {
    /// Nodes along each axis.
    sides: Vec<usize>,
    /// Three values for each node, those of the last axis next to each other.
    values: Vec<u16>,
}

/// How numbers from 0 to 1 stand for colours of the profile connection space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Connection {
    Xyz,
    /// As the second version of profiles has it, with 16 bits.
    OldLab,
    Lab,
}

/// The white of the profile connection space: CIE D50.
pub(super) const D50: Triple = [0.9642, 1.0, 0.8249];

impl Lut {
    /// The steps of a profile; `None` if there is something about them that the standard does not allow.
    pub(super) fn of_profile(
        lut: &LutWarehouse,
        channels: usize,
        connection: DataColorSpace,
    ) -> Option<Self> {
        let lab = connection == DataColorSpace::Lab;
        let lut = match lut {
            LutWarehouse::Lut(lut) => Self::of_tables(lut, lab)?,
            LutWarehouse::Multidimensional(lut) => Self::of_curves(lut, lab)?,
        };
        let three = |curves: &[Curve]| curves.is_empty() || curves.len() == 3;
        let sound = match &lut.grid {
            Some(grid) => grid.is_sound() && grid.sides.len() == channels,
            None => channels == 3,
        };
        let inputs = lut.inputs.is_empty() || lut.inputs.len() == channels;
        (sound && inputs && three(&lut.middle) && three(&lut.outputs)).then_some(lut)
    }

    fn of_tables(lut: &LutDataType, lab: bool) -> Option<Self> {
        if lut.num_output_channels != 3 {
            return None;
        }
        let old = matches!(lut.clut_table, LutStore::Store16(_));
        let curves = |store: &LutStore, entries: u16| -> Vec<Curve> {
            values(store).chunks(entries.max(1).into()).map(|values| Curve::Table(values.to_vec())).collect()
        };
        Some(Self {
            inputs: curves(&lut.input_table, lut.num_input_table_entries),
            grid: Some(Grid {
                sides: vec![lut.num_clut_grid_points.into(); lut.num_input_channels.into()],
                values: values(&lut.clut_table),
            }),
            middle: Vec::new(),
            matrix: Matrix::IDENTITY,
            bias: [0.0; 3],
            outputs: curves(&lut.output_table, lut.num_output_table_entries),
            connection: match (lab, old) {
                (false, _) => Connection::Xyz,
                (true, true) => Connection::OldLab,
                (true, false) => Connection::Lab,
            },
        })
    }

    fn of_curves(lut: &LutMultidimensionalType, lab: bool) -> Option<Self> {
        if lut.num_output_channels != 3 {
            return None;
        }
        let curves = |curves: &[ToneReprCurve]| -> Option<Vec<Curve>> {
            curves.iter().map(Curve::of_profile).collect()
        };
        let sides = lut.grid_points.iter().take(lut.num_input_channels.into());
        let grid = lut
            .clut
            .as_ref()
            .map(|clut| Grid { sides: sides.map(|&side| side.into()).collect(), values: values(clut) });
        Some(Self {
            inputs: curves(&lut.a_curves)?,
            grid,
            middle: curves(&lut.m_curves)?,
            matrix: Matrix(lut.matrix.v),
            bias: lut.bias.v,
            outputs: curves(&lut.b_curves)?,
            connection: if lab { Connection::Lab } else { Connection::Xyz },
        })
    }

    /// The colour of samples from 0 to 1, as XYZ relative to the white of the profile connection space.
    pub(super) fn xyz<const CHANNELS: usize>(&self, samples: [f64; CHANNELS]) -> Triple {
        let mut samples = samples;
        for (sample, curve) in samples.iter_mut().zip(&self.inputs) {
            *sample = curve.at(*sample);
        }
        let color = match (&self.grid, samples.first_chunk::<3>()) {
            (Some(grid), _) => grid.at(samples),
            (None, Some(&color)) => color,
            (None, None) => [0.0; 3],
        };
        let color = self.matrix.apply(through(&self.middle, color));
        let color = through(&self.outputs, add(color, self.bias));
        match self.connection {
            Connection::Xyz => color.map(|value| value * (65_535.0 / 32_768.0)),
            Connection::Lab => {
                let [l, a, b] = color;
                lab_to_xyz([l * 100.0, a * 255.0 - 128.0, b * 255.0 - 128.0])
            }
            Connection::OldLab => {
                let [l, a, b] = color.map(|value| value * 65_535.0 / 256.0);
                lab_to_xyz([l * (100.0 / 255.0), a - 128.0, b - 128.0])
            }
        }
    }
}

impl Grid {
    fn is_sound(&self) -> bool {
        let nodes = self.sides.iter().try_fold(1, |nodes: usize, &side| nodes.checked_mul(side));
        self.sides.iter().all(|&side| side >= 2)
            && nodes.and_then(|nodes| nodes.checked_mul(3)).is_some_and(|count| count <= self.values.len())
    }

    /// The value at a place within the grid, linear between the nodes around it.
    fn at<const CHANNELS: usize>(&self, place: [f64; CHANNELS]) -> Triple {
        // For each axis, the nearer node's index below, and how far it is from there to the next.
        let mut around = [(0, 0.0); CHANNELS];
        for ((around, place), &side) in around.iter_mut().zip(place).zip(&self.sides) {
            let place = unit(place) * side.saturating_sub(1) as f64;
            let node = (place as usize).min(side.saturating_sub(2));
            *around = (node, place - node as f64);
        }
        let mut sum = [0.0; 3];
        for corner in 0..1usize << CHANNELS {
            let (mut index, mut weight) = (0, 1.0);
            for (axis, (&(node, rest), &side)) in around.iter().zip(&self.sides).enumerate() {
                let next = corner >> axis & 1;
                index = index * side + node + next;
                weight *= if next == 1 { rest } else { 1.0 - rest };
            }
            if weight > 0.0 {
                let values = self.values.get(index * 3..).and_then(|rest| rest.first_chunk::<3>());
                let values = values.copied().unwrap_or_default();
                sum = add(sum, values.map(|value| f64::from(value) * weight));
            }
        }
        sum.map(|value| value / 65_535.0)
    }
}

fn values(store: &LutStore) -> Vec<u16> {
    match store {
        LutStore::Store8(values) => values.iter().map(|&value| u16::from(value) * 257).collect(),
        LutStore::Store16(values) => values.clone(),
    }
}

fn through(curves: &[Curve], mut color: Triple) -> Triple {
    for (value, curve) in color.iter_mut().zip(curves) {
        *value = curve.at(*value);
    }
    color
}

fn add([a, b, c]: Triple, [d, e, f]: Triple) -> Triple {
    [a + d, b + e, c + f]
}

/// CIE L*a*b* to XYZ, relative to D50.
pub(super) fn lab_to_xyz([l, a, b]: Triple) -> Triple {
    let y = (l + 16.0) / 116.0;
    let light = |f: f64| {
        const BEND: f64 = 6.0 / 29.0;
        if f > BEND { f * f * f } else { 3.0 * BEND * BEND * (f - 4.0 / 29.0) }
    };
    let [x, y, z] = [y + a / 500.0, y, y - b / 200.0].map(light);
    let [white_x, white_y, white_z] = D50;
    [x * white_x, y * white_y, z * white_z]
}
