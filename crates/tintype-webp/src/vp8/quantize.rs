//! Quantisation (RFC 6386, 9.6 and 14.1).

/// Quantiser indices (RFC 6386, 9.6).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantizer {
    pub(crate) y_ac: u8,
    pub(crate) y_dc_delta: i8,
    pub(crate) y2_dc_delta: i8,
    pub(crate) y2_ac_delta: i8,
    pub(crate) uv_dc_delta: i8,
    pub(crate) uv_ac_delta: i8,
}

/// The factors of a segment, each for the first coefficient of a block and for the others.
#[derive(Clone, Copy, Default)]
pub(crate) struct Factors {
    pub(crate) y: [i32; 2],
    pub(crate) y2: [i32; 2],
    pub(crate) uv: [i32; 2],
}

impl Factors {
    /// The factors of a segment whose quantiser index is `base` in the place of the frame's.
    pub(crate) fn new(quantizer: &Quantizer, base: i32) -> Self {
        let at = |table: &[i16; 128], delta: i8| {
            let index = (base + i32::from(delta)).clamp(0, 127);
            table.get(index as usize).copied().map_or(0, i32::from)
        };
        Self {
            y: [at(&DC, quantizer.y_dc_delta), at(&AC, 0)],
            y2: [at(&DC, quantizer.y2_dc_delta) * 2, (at(&AC, quantizer.y2_ac_delta) * 155 / 100).max(8)],
            uv: [at(&DC, quantizer.uv_dc_delta).min(132), at(&AC, quantizer.uv_ac_delta)],
        }
    }
}

#[rustfmt::skip]
const DC: [i16; 128] = [
    4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 17, 18, 19, 20, 20, 21, 21, 22, 22, 23, 23, 24, 25, 25, 26,
    27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 46, 47, 48, 49, 50, 51, 52, 53,
    54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 76, 77, 78, 79, 80, 81,
    82, 83, 84, 85, 86, 87, 88, 89, 91, 93, 95, 96, 98, 100, 101, 102, 104, 106, 108, 110, 112, 114, 116, 118, 122,
    124, 126, 128, 130, 132, 134, 136, 138, 140, 143, 145, 148, 151, 154, 157,
];

#[rustfmt::skip]
const AC: [i16; 128] = [
    4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
    34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 60, 62, 64, 66,
    68, 70, 72, 74, 76, 78, 80, 82, 84, 86, 88, 90, 92, 94, 96, 98, 100, 102, 104, 106, 108, 110, 112, 114, 116, 119,
    122, 125, 128, 131, 134, 137, 140, 143, 146, 149, 152, 155, 158, 161, 164, 167, 170, 173, 177, 181, 185, 189, 193,
    197, 201, 205, 209, 213, 217, 221, 225, 229, 234, 239, 245, 249, 254, 259, 264, 269, 274, 279, 284,
];
