//! Makes renditions of any bytes, with any options, whole and in chunks and steps: all must agree, and none may hold more
//! memory than its limit, nor do more work than a file of its size may.
//!
//! The last eight bytes of the input choose options and chunk size, so that an image file is an input as it is.
#![no_main]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use libfuzzer_sys::fuzz_target;
use tintype::{
    Color, Error, Filter, Fit, Format, Limit, Metadata, Options, Profile, Rotation, Session, resize,
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
const READ_AHEAD: u64 = (64 << 10) * 150;
const MAX_MEMORY: u64 = 24 << 20;

fuzz_target!(|input: &[u8]| {
    let Some((file, choices)) = input.split_last_chunk::<8>() else { return };
    let options = options(choices);
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    let stepped = stepped(file, &options, usize::from(choices[7]) * usize::from(choices[7]) + 1);
    let held = (MOST.load(Relaxed) - before) as u64;
    // The rendition is held here, too.
    let ours = stepped.as_ref().map_or(0, |(image, _, _)| 2 * image.len() as u64);
    assert!(held <= MAX_MEMORY + ours, "{held} bytes held");

    match (resize(file, &options), &stepped) {
        (Ok(whole), Ok((image, damaged, work))) => {
            assert!(whole.image == *image, "another image");
            assert_eq!(whole.damaged, *damaged);
            // What is read ahead counts, too.
            assert!(whole.work.abs_diff(*work) <= READ_AHEAD, "{} and {work} units of work", whole.work);
            assert!(whole.work <= MAX_WORK + MAX_WORK / 10, "{} units of work", whole.work);
        }
        // What is held whole takes more memory.
        (Err(Error::LimitExceeded { limit: Limit::Memory, .. }), _) => {}
        (Err(whole), Err(stepped)) => assert_eq!(whole, *stepped),
        (whole, stepped) => panic!("{:?} {:?}", whole.map(|_| ()), stepped.as_ref().map(|_| ())),
    }
});

fn options(&[sizes, width, height, turns, filter, format, limits, _]: &[u8; 8]) -> Options {
    let mut options = Options::default();
    let side = |bit: u8, side: u8| (sizes & bit != 0).then_some(u32::from(side) + 1);
    let geometry = &mut options.geometry;
    (geometry.width, geometry.height) = (side(1, width), side(2, height));
    geometry.fit = [Fit::Contain, Fit::Cover, Fit::Fill, Fit::Contain][usize::from(sizes >> 2 & 3)];
    geometry.enlarge = sizes & 16 != 0;
    geometry.auto_orient = sizes & 32 == 0;
    geometry.background = (sizes & 64 != 0).then_some(Color { red: 10, green: 200, blue: 30, alpha: width });
    geometry.rotate = Rotation::from_quarters(turns.into());
    (geometry.flip_horizontal, geometry.flip_vertical) = (turns & 4 != 0, turns & 8 != 0);
    let filters = [Filter::Box, Filter::Bilinear, Filter::CatmullRom, Filter::Mitchell, Filter::Lanczos3];
    geometry.filter = filters[usize::from(filter) % 5];
    options.output.format = [Format::Jpeg, Format::Png, Format::Png, Format::Webp][usize::from(format & 3)];
    options.output.lossless = options.output.format == Format::Webp && format & 4 != 0;
    let metadata = [Metadata::Strip, Metadata::Copyright, Metadata::Keep, Metadata::Keep];
    options.output.metadata = metadata[usize::from(format >> 3 & 3)];
    options.output.profile = if format & 32 == 0 { Profile::Srgb } else { Profile::Keep };
    options.output.location = format & 64 != 0;
    options.output.bit_depth = [8, 8, 16, 8][usize::from(format & 3)];
    options.input.allow_damaged = limits & 1 == 0;
    options.input.frames = u32::from(limits & 2 == 0);
    options.input.page = u32::from(limits & 12 == 12);
    (options.limits.memory, options.limits.work) = (MAX_MEMORY, MAX_WORK);
    options
}

type Made = (Vec<u8>, bool, u64);

fn stepped(file: &[u8], options: &Options, chunk: usize) -> Result<Made, Error> {
    let mut session = Session::stepped(*options);
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
