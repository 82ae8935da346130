//! Makes renditions of any bytes, with any options, whole and in chunks and steps: all must agree, and none may hold more
//! memory than its limit, nor do more work than a file of its size may.
//!
//! The last bytes of the input choose options and chunk size, so that an image file is an input as it is.
#![no_main]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use libfuzzer_sys::fuzz_target;
use tintype::{
    Adjust, Alternative, Amount, Angle, Blend, Color, Crop, CropRatio, Effort, Error, Extend, Extent, Factor, Fill, Filter, Fit, Format, Geometry,
    Gravity, Length, Limit, Mask, MaskShape, Metadata, Obscure, Offset, Options, Overlay, Place, Position, Profile, Rotation, Session, Sides,
    Smart, Tilt, Trim, Unsharp, Veil, resize, Zoom,
};

/// Counts what is held, and the most that was.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Enough to see every path; more would only be slow.
const MAX_WORK: u64 = 300_000_000;
const MAX_MEMORY: u64 = 24 << 20;

fuzz_target!(|input: &[u8]| {
    let Some((file, [chunk, choices @ ..])) = input.split_last_chunk::<CHOICES>() else { return };
    let options = options(choices, file);
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    let stepped = stepped(file, &options, usize::from(*chunk) * usize::from(*chunk) + 1);
    let held = (MOST.load(Relaxed) - before) as u64;
    // The rendition is held here, too.
    let ours = stepped.as_ref().map_or(0, |(image, _, _)| 2 * image.len() as u64);
    assert!(held <= MAX_MEMORY + ours, "{held} bytes held");

    match (resize(file, &options), &stepped) {
        (Ok(whole), Ok((image, damaged, work))) => {
            assert!(whole.image == *image, "another image");
            assert_eq!(whole.damaged, *damaged);
            // What comes after damage counts as far as it has come by then.
            assert!(*damaged || whole.work == *work, "other work: {} and {work}", whole.work);
            assert!(whole.work <= MAX_WORK + MAX_WORK / 10, "{} units of work", whole.work);
        }
        // What is held whole takes more memory.
        (Err(Error::LimitExceeded { limit: Limit::Memory, .. }), _) => {}
        (Err(whole), Err(stepped)) => assert_eq!(whole, *stepped),
        (whole, stepped) => panic!("{:?} {:?}", whole.map(|_| ()), stepped.as_ref().map(|_| ())),
    }
});

/// Bytes that choose.
const CHOICES: usize = 24;

/// What the next bytes choose.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        self.0.next().copied().unwrap_or(0)
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    /// Chosen once in four times.
    fn seldom<T>(&mut self, choose: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.byte() & 3 == 3).then(|| choose(self))
    }

    fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    fn factor(&mut self) -> Factor {
        Factor::ratio(u32::from(self.byte()) + 1, 64)
    }

    fn length(&mut self) -> Length {
        if self.flag() { Length::Share(self.factor()) } else { Length::Pixels(u32::from(self.byte()) + 1) }
    }

    fn color(&mut self) -> Color {
        Color { red: 10, green: 200, blue: 30, alpha: self.byte() }
    }

    fn position(&mut self) -> Position {
        let gravity = Gravity::from_halves(self.byte() % 3, self.byte() % 3);
        match self.byte() % 8 {
            0 => Position::Smart(Smart::Attention),
            1 => Position::Smart(Smart::Entropy),
            2 => Position::At { x: self.length(), y: self.length() },
            3 => Position::FocalPoint { x: Factor::ratio(1, 3), y: Factor::ratio(1, 1) },
            4 => Position::Gravity {
                gravity,
                x: Offset::Pixels(i32::from(self.byte()) - 100),
                y: Offset::share(f64::from(self.byte()) / 100.0 - 1.0).unwrap_or(Offset::Pixels(0)),
            },
            _ => Position::gravity(gravity),
        }
    }

    fn crop(&mut self) -> Crop {
        Crop { width: self.length(), height: self.length(), position: self.position() }
    }

    fn sides(&mut self) -> Sides {
        Sides {
            top: (self.byte() / 8).into(),
            right: (self.byte() / 8).into(),
            bottom: (self.byte() / 8).into(),
            left: (self.byte() / 8).into(),
        }
    }

    fn trim(&mut self) -> Trim {
        Trim {
            threshold: (self.byte() / 4).into(),
            color: self.seldom(Self::color),
            equal_horizontal: self.flag(),
            equal_vertical: self.flag(),
        }
    }

    fn mask(&mut self) -> Mask {
        let radius = u32::from(self.byte()) + 1;
        let shapes: Vec<_> = MaskShape::NAMED.iter().map(|(_, shape)| *shape).chain([MaskShape::Rounded(radius)]).collect();
        Mask { shape: self.one_of(&shapes), trim: self.flag(), outside: self.seldom(Self::color) }
    }

    fn fill(&mut self) -> Fill {
        let color = self.color();
        self.one_of(&[Fill::Color(color), Fill::Blur, Fill::Edge, Fill::Mirror])
    }

    fn tilt(&mut self) -> Tilt {
        let angle = Angle::from_millidegrees(i64::from(self.byte()) * 1500);
        Tilt { angle, background: self.seldom(Self::color) }
    }

    fn adjust(&mut self) -> Adjust {
        let mut adjust = Adjust::default();
        let sigma = |choices: &mut Self| Factor::from_millionths(u32::from(choices.byte()) * 150_000);
        adjust.blur = self.seldom(sigma).unwrap_or(adjust.blur);
        adjust.unsharp = self.seldom(|choices| Unsharp {
            sigma: sigma(choices),
            amount: choices.factor(),
            threshold: choices.byte().into(),
        });
        adjust.pixelate = self.seldom(|choices| u32::from(choices.byte())).unwrap_or(adjust.pixelate);
        if let Some(by) = self.seldom(|choices| if choices.flag() { Veil::Pixelate(5) } else { Veil::Blur(sigma(choices)) }) {
            let [x, y, width, height] = std::array::from_fn(|_| self.length());
            adjust.obscure.push(Obscure { x, y, width, height, by });
        }
        adjust.vibrance = Amount::from_millionths(self.seldom(|choices| i32::from(choices.byte()) * 3000).unwrap_or(0));
        adjust.saturation = self.seldom(Self::factor).unwrap_or(adjust.saturation);
        adjust.tint = self.seldom(Self::color);
        adjust
    }

    /// The file itself, laid over its rendition.
    fn overlay(&mut self, file: &[u8]) -> Overlay {
        let position = match self.position() {
            Position::Smart(_) => Position::default(),
            position => position,
        };
        Overlay {
            image: file.into(),
            opacity: Factor::ratio(self.byte().into(), 255),
            place: if self.flag() { Place::At(position) } else { Place::Tiled(self.byte().into(), 3) },
            width: self.flag().then(|| Length::Pixels(u32::from(self.byte()) + 1)),
            height: self.flag().then(|| Length::Pixels(u32::from(self.byte()) + 1)),
            blend: self.one_of(Blend::ALL),
        }
    }

    fn geometry(&mut self) -> Geometry {
        let mut geometry = Geometry {
            width: self.flag().then(|| self.length()),
            height: self.flag().then(|| self.length()),
            fit: self.one_of(&[
                Fit::Contain,
                Fit::Cover,
                Fit::Crop,
                Fit::Fill,
                Fit::Stretch,
                Fit::Outside,
                Fit::Pad,
                Fit::Auto,
            ]),
            enlarge: self.flag(),
            auto_orient: self.flag(),
            rotate: Rotation::from_quarters(self.byte().into()),
            flip_horizontal: self.flag(),
            flip_vertical: self.flag(),
            filter: self.one_of(&[
                Filter::Box,
                Filter::Bilinear,
                Filter::CatmullRom,
                Filter::Mitchell,
                Filter::Lanczos3,
            ]),
            ..Geometry::default()
        };
        // The rarer the later: the bytes may be used up.
        geometry.background = self.seldom(Self::color);
        geometry.trim = self.seldom(Self::trim);
        geometry.mask = self.seldom(Self::mask);
        geometry.fill = self.seldom(Self::fill);
        geometry.tilt = self.seldom(Self::tilt);
        geometry.padding = self.seldom(Self::sides).unwrap_or_default();
        geometry.position = self.position();
        geometry.extend = self.seldom(|choices| Extend {
            to: choices.one_of(&[Extent::Size, Extent::Ratio]),
            position: choices.position(),
        });
        geometry.linear = self.seldom(|_| ()).is_some();
        geometry.crop = self.seldom(Self::crop);
        geometry.crop_ratio =
            self.seldom(|choices| CropRatio { ratio: choices.factor(), enlarge: choices.flag() });
        geometry.crop_resized = self.seldom(Self::crop);
        geometry.inset = self.seldom(Self::sides).unwrap_or_default();
        geometry.min_width = self.seldom(|choices| u32::from(choices.byte()) + 1);
        geometry.max_side = self.seldom(|choices| u32::from(choices.byte()) + 1);
        geometry.density = self.seldom(Self::factor).unwrap_or(geometry.density);
        geometry.zoom = self.seldom(|choices| Zoom { x: choices.factor(), y: choices.factor() }).unwrap_or(geometry.zoom);
        geometry
    }
}

fn options([output, limits, rest @ ..]: &[u8; CHOICES - 1], file: &[u8]) -> Options {
    // From the other end: the bytes may be used up.
    let mut back: Vec<u8> = rest.to_vec();
    back.reverse();
    let mut back = Choices(back.iter());
    let mut options = Options { geometry: Choices(rest.iter()).geometry(), adjust: back.adjust(), ..Options::default() };
    options.overlays.extend(back.seldom(|choices| choices.overlay(file)));
    options.output.format = [Format::Jpeg, Format::Png, Format::Png, Format::Webp][usize::from(output & 3)];
    options.output.lossless = options.output.format == Format::Webp && output & 4 != 0;
    let metadata = [Metadata::Strip, Metadata::Copyright, Metadata::Keep, Metadata::Keep];
    options.output.metadata = metadata[usize::from(output >> 3 & 3)];
    options.output.profile = if output & 32 == 0 { Profile::Srgb } else { Profile::Keep };
    options.output.location = output & 64 != 0;
    options.output.bit_depth = [8, 8, 16, 8][usize::from(output & 3)];
    options.input.allow_damaged = limits & 1 == 0;
    options.input.frames = u32::from(limits & 2 == 0);
    options.input.page = u32::from(limits & 12 == 12);
    options.output.colors = (limits & 48 == 48).then(|| 2 + u32::from(back.byte()));
    let other = back.one_of(&[Format::Jpeg, Format::Png, Format::Webp]);
    options.alternatives.extend((limits & 192 == 192).then_some(Alternative { format: other, quality: None }));
    options.output.progressive = back.seldom(Choices::flag);
    options.output.effort = back.one_of(Effort::ALL);
    (options.limits.memory, options.limits.work) = (MAX_MEMORY, MAX_WORK);
    options
}

type Made = (Vec<u8>, bool, u64);

fn stepped(file: &[u8], options: &Options, chunk: usize) -> Result<Made, Error> {
    let mut session = Session::stepped(options.clone());
    let mut image = Vec::new();
    for chunk in file.chunks(chunk) {
        session.write(chunk)?;
        while session.step()? {}
        image.extend(session.read(usize::MAX)?);
    }
    session.finish()?;
    while session.step()? {}
    image.extend(session.read(usize::MAX)?);
    Ok((image, session.damaged(), session.work()))
}
