//! Pixels as literals, cached colours and copies (RFC 9649, 3.6.2).

use crate::vp8l::cache::ColorCache;
use crate::vp8l::distance::distance_code;

/// Pixels, or a copy of earlier ones.
#[derive(Clone, Copy)]
pub(super) enum Token {
    Literal(u32),
    /// The colour at a place of the colour cache.
    Cached(u32),
    /// The number of pixels, and the code for how far back they begin.
    Copy {
        length: u32,
        distance: u32,
    },
}

/// The best copy for a pixel, in 32 bits: the length, less one, above 20 bits of distance; or 0.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Match(pub(super) u32);

impl Match {
    /// A copy of 1 to 4096 pixels from at most [`MAX_DISTANCE`](crate::vp8l::distance::MAX_DISTANCE) before.
    #[inline(always)]
    pub(super) fn new(length: usize, distance: usize) -> Self {
        Self((length as u32 - 1) << 20 | distance as u32)
    }

    /// How far back it begins; 0 for none.
    #[inline(always)]
    pub(super) fn distance(self) -> usize {
        (self.0 & 0xF_FFFF) as usize
    }

    /// The number of pixels, 1 for none.
    #[inline(always)]
    pub(super) fn length(self) -> usize {
        (self.0 >> 20) as usize + 1
    }
}

/// What to do at a pixel, in 16 bits: how many pixels to go on by, and from where to copy them if it is more than one.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Choice(u16);

/// From where a copy comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// The best match of its first pixel.
    Match = 0,
    /// The pixel to the left.
    Left = 1,
    /// The pixel above.
    Above = 2,
}

/// What stands in place of [`From`] at a pixel whose colour is in the colour cache.
const CACHED: u16 = 3;

impl Choice {
    pub(super) const LITERAL: Self = Self(1);
    pub(super) const CACHED: Self = Self(CACHED << 13 | 1);

    #[inline(always)]
    pub(super) fn copy(length: usize, from: From) -> Self {
        Self((from as u16) << 13 | length as u16)
    }

    #[inline(always)]
    pub(super) fn pixels(self) -> usize {
        usize::from(self.0 & 0x1FFF).max(1)
    }

    /// The distance of the copy, in an image of this width.
    #[inline(always)]
    pub(super) fn distance(self, best: Match, width: usize) -> usize {
        match self.0 >> 13 {
            0 => best.distance(),
            1 => 1,
            _ => width,
        }
    }
}

/// An image, with the choices made for its pixels.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) pixels: &'a [u32],
    pub(super) matches: &'a [Match],
    /// At pixels where a token begins, what it is.
    pub(super) choices: &'a [Choice],
    pub(super) width: usize,
}

/// A walk over the tokens of an image. Choices say what is in the colour cache, so that it needs none.
pub(super) struct Walk {
    at: usize,
    cache_bits: u32,
}

impl Walk {
    /// Begins at the first pixel, with a colour cache of this logarithm of a size, or none for 0.
    pub(super) fn new(cache_bits: u32) -> Self {
        Self { at: 0, cache_bits }
    }

    /// The pixel at which the next token begins.
    #[inline(always)]
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The next token; none at the end.
    #[inline(always)]
    pub(super) fn next(&mut self, source: &Source<'_>) -> Option<Token> {
        let &color = source.pixels.get(self.at)?;
        let choice = source.choices.get(self.at).copied().unwrap_or_default();
        let length = choice.pixels();
        let token = if length > 1 {
            let best = source.matches.get(self.at).copied().unwrap_or_default();
            let distance = distance_code(choice.distance(best, source.width), source.width);
            Token::Copy { length: length as u32, distance }
        } else if choice == Choice::CACHED {
            Token::Cached(ColorCache::place(color, self.cache_bits))
        } else {
            Token::Literal(color)
        };
        self.at += length;
        Some(token)
    }
}
