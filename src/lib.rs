//! The tintype engine: bytes of an image in, bytes of a rendition out, by rows.
