//! Options as callers write them: an object of the npm package's, where names are those of the contract in camel case.

use serde_json::{Map, Value, json};
use tintype_types::{
    Alternative, Amount, Color, Crop, Extend, Factor, Fill, Length, Mask, MaskShape, Offset, Options,
    Overlay, Place, Position, Rotation, Setting, Sides, Subsampling, Tone, Veil, Zoom,
};

use crate::sources::drawn;

/// The options that differ from the defaults.
pub(crate) fn written(options: &Options) -> Value {
    let mut all = Map::new();
    for setting in options.settings() {
        let (name, value) = (camel(setting.name()), value(setting));
        match (all.get_mut(&name), value) {
            // What may be given several times is a list.
            (Some(Value::Array(list)), Value::Array(more)) => list.extend(more),
            (_, value) => _ = all.insert(name, value),
        }
    }
    Value::Object(all)
}

/// A name of the contract in camel case.
fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| text + &word[..1].to_uppercase() + &word[1..])
}

/// A setting's value. A new setting gets its line here.
fn value(setting: Setting) -> Value {
    use Setting as S;
    match setting {
        S::AllowDamaged(on)
        | S::AutoOrient(on)
        | S::FlipHorizontal(on)
        | S::FlipVertical(on)
        | S::Enlarge(on)
        | S::Linear(on)
        | S::Lossless(on)
        | S::AutoQuality(on)
        | S::Progressive(on)
        | S::SharpChroma(on)
        | S::Location(on) => json!(on),
        S::Page(number)
        | S::Frames(number)
        | S::MinWidth(number)
        | S::MinHeight(number)
        | S::MaxSide(number)
        | S::Quality(number)
        | S::MaxBytes(number)
        | S::NearLossless(number)
        | S::BitDepth(number)
        | S::Colors(number)
        | S::Loop(number)
        | S::Delay(number)
        | S::MaxFrames(number)
        | S::MaxOutputSide(number) => json!(number),
        S::MaxSourceBytes(number)
        | S::MaxSourcePixels(number)
        | S::MaxFramePixels(number)
        | S::MaxOutputPixels(number)
        | S::MaxMemory(number)
        | S::MaxWork(number) => json!(number),
        S::Width(length) | S::Height(length) => self::length(length),
        S::Density(factor) => self::factor(factor),
        S::Zoom(Zoom { x, y }) => json!({ "x": factor(x), "y": factor(y) }),
        S::Inset(sides) | S::Padding(sides) => self::sides(sides),
        S::Crop(part) | S::CropResized(part) => self::part(part),
        S::Trim(trim) => without_nulls(json!({
            "threshold": trim.threshold,
            "color": trim.color.map(color),
            "equalHorizontal": trim.equal_horizontal,
            "equalVertical": trim.equal_vertical,
        })),
        S::CropRatio(ratio) => json!({ "ratio": factor(ratio.ratio), "enlarge": ratio.enlarge }),
        S::Rotate(rotation) => json!(match rotation {
            Rotation::None => 0,
            Rotation::Quarter => 90,
            Rotation::Half => 180,
            Rotation::ThreeQuarters => 270,
        }),
        S::Fit(fit) => json!(fit.to_string()),
        S::Position(position) => self::position(position),
        S::Filter(filter) => json!(filter.to_string()),
        S::Extend(Extend { to, position }) => {
            json!({ "to": to.to_string(), "position": self::position(position) })
        }
        S::Tilt(tilt) => without_nulls(json!({
            "degrees": f64::from(tilt.angle),
            "background": tilt.background.map(color),
        })),
        S::Mask(Mask { shape, trim: false, outside: None }) => match shape {
            MaskShape::Rounded(radius) => json!({ "rounded": radius }),
            shape => json!(shape.name()),
        },
        S::Mask(Mask { shape, trim, outside }) => without_nulls(json!({
            "shape": shape.name(),
            "rounded": if let MaskShape::Rounded(radius) = shape { Some(radius) } else { None },
            "trim": trim,
            "outside": outside.map(color),
        })),
        S::Fill(fill) => match fill {
            Fill::Color(color) => self::color(color),
            Fill::Blur => json!("blur"),
            Fill::Edge => json!("edge"),
            Fill::Mirror => json!("mirror"),
        },
        S::Background(color) => self::color(color),
        S::Format(format) => json!(format.to_string()),
        S::Alternative(Alternative { format, quality }) => {
            json!([without_nulls(json!({ "format": format.to_string(), "quality": quality }))])
        }
        S::Effort(effort) => json!(effort.to_string()),
        S::Subsampling(subsampling) => json!(match subsampling {
            Subsampling::Auto => "auto",
            Subsampling::Half => "half",
            Subsampling::Full => "full",
        }),
        S::Profile(profile) => json!(profile.to_string()),
        S::Metadata(metadata) => json!(metadata.to_string()),
        S::Blur(number)
        | S::Gamma(number)
        | S::Brightness(number)
        | S::Contrast(number)
        | S::Saturation(number) => factor(number),
        S::Exposure(amount) | S::Lightness(amount) | S::Vibrance(amount) => self::amount(amount),
        S::Hue(angle) => json!(f64::from(angle)),
        S::Negate(on) => json!(on),
        S::Pixelate(number) | S::Posterize(number) => json!(number),
        S::Tint(color) => self::color(color),
        S::Sharpen(mask) => json!({
            "sigma": factor(mask.sigma),
            "flat": factor(mask.flat),
            "jagged": factor(mask.jagged),
        }),
        S::Unsharp(mask) => json!({
            "sigma": factor(mask.sigma),
            "amount": factor(mask.amount),
            "threshold": mask.threshold,
        }),
        S::Tone(tone) => self::tone(tone),
        S::Obscure(part) => json!([{
            "left": length(part.x),
            "top": length(part.y),
            "width": length(part.width),
            "height": length(part.height),
            "by": match part.by {
                Veil::Blur(sigma) => json!({ "blur": factor(sigma) }),
                Veil::Pixelate(side) => json!({ "pixelate": side }),
            },
        }]),
        S::Overlay(overlay) => json!([self::overlay(&overlay)]),
        // Facts in place of a rendition.
        S::Describe(_) => Value::Null,
    }
}

fn amount(amount: Amount) -> Value {
    json!(f64::from(amount.millionths()) / 1e6)
}

fn tone(tone: Tone) -> Value {
    match tone {
        Tone::Grayscale => json!("grayscale"),
        Tone::Sepia => json!("sepia"),
        Tone::Monochrome { color, intensity } => {
            json!({ "color": self::color(color), "intensity": factor(intensity) })
        }
        Tone::Duotone { dark, light, intensity } => json!({
            "dark": color(dark),
            "light": color(light),
            "intensity": factor(intensity),
        }),
    }
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    value
}

fn factor(factor: Factor) -> Value {
    json!(f64::from(factor))
}

/// A share in millionths as a percentage.
fn percent(millionths: impl Into<f64>) -> Value {
    json!(format!("{}%", millionths.into() / 1e4))
}

fn length(length: Length) -> Value {
    match length {
        Length::Pixels(pixels) => json!(pixels),
        Length::Share(share) => percent(share.millionths()),
    }
}

fn sides(Sides { top, right, bottom, left }: Sides) -> Value {
    json!({ "top": top, "right": right, "bottom": bottom, "left": left })
}

fn color(Color { red, green, blue, alpha }: Color) -> Value {
    json!({ "red": red, "green": green, "blue": blue, "alpha": alpha })
}

fn part(Crop { width, height, position }: Crop) -> Value {
    json!({ "width": length(width), "height": length(height), "position": self::position(position) })
}

fn position(position: Position) -> Value {
    match position {
        Position::Gravity { gravity, x, y } if (x, y) == (Offset::ZERO, Offset::ZERO) => {
            json!(gravity.to_string())
        }
        Position::Gravity { gravity, x, y } => {
            json!({ "gravity": gravity.to_string(), "x": offset(x), "y": offset(y) })
        }
        Position::At { x, y } => json!({ "left": length(x), "top": length(y) }),
        Position::FocalPoint { x, y } => json!({ "x": factor(x), "y": factor(y) }),
        Position::Smart(smart) => json!(smart.to_string()),
    }
}

fn offset(offset: Offset) -> Value {
    match offset {
        Offset::Pixels(pixels) => json!(pixels),
        Offset::Millionths(millionths) => percent(millionths),
    }
}

/// An overlay as callers write it, but that its image is the name of a source.
fn overlay(Overlay { image, opacity, place, width, height, blend }: &Overlay) -> Value {
    let name = drawn().iter().find(|(_, bytes)| bytes.as_slice() == &**image).map(|(name, _)| *name);
    without_nulls(json!({
        "image": name.expect("the image is a source"),
        "opacity": factor(*opacity),
        "place": match *place {
            Place::At(at) => position(at),
            Place::Tiled(x, y) => json!({ "tile": { "x": x, "y": y } }),
        },
        "width": width.map(length),
        "height": height.map(length),
        "blend": blend.to_string(),
    }))
}
