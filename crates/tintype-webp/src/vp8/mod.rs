//! What decoder and encoder share of VP8 (RFC 6386): tables, quantisation, prediction and inverse transforms.

pub(crate) mod modes;
pub(crate) mod predict;
pub(crate) mod probabilities;
pub(crate) mod quantize;
pub(crate) mod tokens;
pub(crate) mod transform;
