//! Rotates an image by any angle.

use crate::Angle;

/// The size of the smallest upright rectangle around an image that is rotated by an angle, rounded to nearest.
pub(crate) fn size((width, height): (u32, u32), angle: Angle) -> (u32, u32) {
    let (sin, cos) = sine_and_cosine(angle);
    let (sin, cos) = (sin.abs(), cos.abs());
    let (width, height) = (f64::from(width), f64::from(height));
    let side = |length: f64| ((length + 0.5).floor() as u32).max(1);
    (side(width * cos + height * sin), side(width * sin + height * cos))
}

/// Exact at quarter turns, and the same on every machine.
fn sine_and_cosine(angle: Angle) -> (f64, f64) {
    match angle.millidegrees() {
        0 => (0.0, 1.0),
        90_000 => (1.0, 0.0),
        180_000 => (0.0, -1.0),
        270_000 => (-1.0, 0.0),
        millidegrees => {
            let radians = f64::from(millidegrees) / 1000.0 * core::f64::consts::PI / 180.0;
            (libm::sin(radians), libm::cos(radians))
        }
    }
}
