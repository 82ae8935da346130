//! What the choice of a macroblock's modes depends on, besides its pixels.

use super::budget::Budget;
use super::config::Effort;
use super::costs::Costs;
use super::quantizer::Quantizer;
use super::tokens::Context;
use crate::vp8::modes::SubMode;
use crate::vp8::predict::Around;

/// What is around a macroblock, but for the pixels.
pub(super) struct Neighbours<'a> {
    pub(super) around: Around,
    pub(super) above: &'a Context,
    pub(super) left: &'a Context,
    pub(super) above_modes: &'a [SubMode; 4],
    pub(super) left_modes: &'a [SubMode; 4],
}

/// How to choose.
pub(super) struct Means<'a> {
    pub(super) budget: &'a Budget,
    pub(super) quantizer: &'a Quantizer,
    pub(super) costs: &'a Costs,
    pub(super) effort: Effort,
}
