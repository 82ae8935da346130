"""Resizes, converts and describes images: JPEG, PNG, WebP and GIF, in and out.

    from tintype import resize

    rendition = resize("photo.jpg", width=800, format="webp")
    Path("photo.webp").write_bytes(rendition.image)

The same source and options make the same bytes on every machine. What fails is a `TintypeError`.
"""

from ._engine import load
from ._errors import (
    Internal,
    InvalidOption,
    LimitExceeded,
    Malformed,
    TintypeError,
    Unrecognized,
    Unsupported,
)
from ._facts import Animation, Exif, Header, IccProfile, Info, Location, Outline, Pixels, Rendition
from ._options import Alternative, Limits, Obscure, Options, Overlay
from ._resize import Session, Source, inspect, resize, stream

__all__ = [
    "Alternative",
    "Animation",
    "Exif",
    "Header",
    "IccProfile",
    "Info",
    "Internal",
    "InvalidOption",
    "LimitExceeded",
    "Limits",
    "Location",
    "Malformed",
    "Obscure",
    "Options",
    "Outline",
    "Overlay",
    "Pixels",
    "Rendition",
    "Session",
    "Source",
    "TintypeError",
    "Unrecognized",
    "Unsupported",
    "inspect",
    "load",
    "resize",
    "stream",
]
