//! Extensions of a GIF: how the next frame is shown, and what applications have added to the file.

use crate::decode::canvas::Disposal;

/// What a graphic control extension says of a frame (GIF89a, section 23).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Control {
    /// The index that the frame leaves transparent.
    pub(super) transparent: Option<u8>,
    /// Hundredths of a second for which the frame is shown.
    pub(super) delay: u16,
    pub(super) disposal: Disposal,
}

/// What extensions have said so far.
#[derive(Debug)]
pub(super) struct Extensions {
    /// What the extension before the next frame says of it.
    pub(super) control: Control,
    /// How often the frames play; 0 is forever.
    pub(super) loops: u32,
    pub(super) profile_bytes: Option<u32>,
    /// The application extension that is being read.
    application: Application,
    xmp: Collected,
    profile: Collected,
}

/// Labels of extensions (GIF89a, sections 23 and 26).
const CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;

/// What an application extension holds (GIF89a, section 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Application {
    /// Its name has not been read.
    Unknown,
    /// An ICC profile (ICC.1, annex B.6).
    Profile,
    /// XMP (XMP specification, part 3, 1.1.2).
    Xmp,
    /// How often the frames play (Netscape's, which other writers call ANIMEXTS1.0).
    Loops,
    Other,
}

/// The content of an extension that is collected.
#[derive(Debug, Default)]
struct Collected {
    content: Vec<u8>,
    /// The most bytes of it that are of use.
    most: usize,
    too_long: bool,
}

impl Collected {
    fn restart(&mut self) {
        (self.content, self.too_long) = (Vec::new(), false);
    }

    fn extend(&mut self, part: &[u8]) {
        self.too_long |= self.content.len() + part.len() > self.most;
        if self.too_long {
            self.content = Vec::new();
        } else {
            self.content.extend_from_slice(part);
        }
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        Some(std::mem::take(&mut self.content)).filter(|content| !content.is_empty())
    }
}

impl Extensions {
    /// Collects at most `most_xmp` bytes of XMP and `most_profile` of an ICC profile.
    pub(super) fn new(most_xmp: usize, most_profile: usize) -> Self {
        let collected = |most| Collected { most, ..Collected::default() };
        Self {
            control: Control::default(),
            loops: 1,
            profile_bytes: None,
            application: Application::Unknown,
            xmp: collected(most_xmp),
            profile: collected(most_profile),
        }
    }

    /// XMP and the ICC profile, as far as they have come.
    pub(super) fn take(&mut self) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        let xmp = self.xmp.take().map(|mut xmp| {
            // Bytes that lead from whatever is taken for a length to the end.
            let trailer = xmp.windows(4).rposition(|window| window == [1, 255, 254, 253]);
            xmp.truncate(trailer.unwrap_or(xmp.len()));
            xmp
        });
        (xmp, self.profile.take())
    }

    /// Begins an extension.
    pub(super) fn begin(&mut self) {
        self.application = Application::Unknown;
    }

    /// Takes a part of the extension with this label.
    pub(super) fn take_part(&mut self, label: u8, part: &[u8]) {
        match (label, part) {
            (_, []) => (),
            (CONTROL, &[flags, low, high, index, ..]) => {
                self.control = Control {
                    transparent: (flags & 1 != 0).then_some(index),
                    delay: u16::from_le_bytes([low, high]),
                    disposal: match flags >> 2 & 7 {
                        2 => Disposal::Clear,
                        3 => Disposal::Restore,
                        _ => Disposal::Keep,
                    },
                }
            }
            (APPLICATION, part) => self.take_application_data(part),
            _ => (),
        }
    }

    /// Takes a part of an application extension, the first of which is its name.
    fn take_application_data(&mut self, part: &[u8]) {
        match self.application {
            Application::Unknown if part == b"ICCRGBG1012" => {
                (self.application, self.profile_bytes) = (Application::Profile, Some(0));
                self.profile.restart();
            }
            Application::Unknown if part == b"XMP DataXMP" => {
                self.application = Application::Xmp;
                self.xmp.restart();
            }
            Application::Unknown if matches!(part, b"NETSCAPE2.0" | b"ANIMEXTS1.0") => {
                self.application = Application::Loops;
            }
            Application::Unknown => self.application = Application::Other,
            Application::Profile => {
                self.profile_bytes = self.profile_bytes.map(|bytes| bytes.saturating_add(part.len() as u32));
                self.profile.extend(part);
            }
            // It is not divided into parts: what counts them are characters of it.
            Application::Xmp => {
                self.xmp.extend(&[part.len() as u8]);
                self.xmp.extend(part);
            }
            // It counts repetitions.
            Application::Loops => {
                if let &[1, low, high, ..] = part {
                    let repetitions = u16::from_le_bytes([low, high]);
                    self.loops = if repetitions == 0 { 0 } else { u32::from(repetitions) + 1 };
                }
            }
            Application::Other => (),
        }
    }
}
