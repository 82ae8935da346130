"""What is known about images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Format = Literal["jpeg", "png", "webp", "gif"]
SourceFormat = Literal["jpeg", "png", "webp", "gif", "avif", "jxl", "tiff", "bmp", "svg", "heic", "ico", "qoi", "pnm"]


@dataclass(frozen=True)
class Header:
    """The facts in an image's header."""

    format: SourceFormat
    width: int
    """Width as stored, before orientation."""
    height: int
    """Height as stored, before orientation."""
    orientation: int
    """EXIF orientation, 1 to 8; 1 if there is none."""
    color: Literal["gray", "rgb", "palette", "cmyk"]
    bit_depth: int
    """Bits per channel, or per index of a palette."""
    alpha: bool
    """Whether pixels can be transparent."""


@dataclass(frozen=True)
class Animation:
    """The facts about all frames of an animation."""

    loops: int
    """How often it plays; 0 is forever."""
    duration: int
    """Milliseconds that it takes once."""


@dataclass(frozen=True)
class IccProfile:
    """A colour profile in an image."""

    size: int
    """Bytes."""
    name: str | None
    usable: bool
    """Whether colours can be converted with it."""


@dataclass(frozen=True)
class Location:
    """A place on Earth (WGS 84)."""

    latitude: float
    """Degrees north of the equator."""
    longitude: float
    """Degrees east of Greenwich."""


@dataclass(frozen=True)
class Exif:
    """Camera, time and authorship."""

    make: str | None
    model: str | None
    taken: str | None
    """As written by the camera: `YYYY:MM:DD HH:MM:SS`, without a time zone."""
    artist: str | None
    copyright: str | None
    lens: str | None
    software: str | None
    exposure_time: str | None
    """Seconds: `1/250`, or `2.5`."""
    f_number: str | None
    """Such as `2.8`."""
    iso: int | None
    focal_length: str | None
    """Millimetres, such as `50`."""
    has_location: bool
    """Whether the file says where the photograph was taken."""
    location: Location | None
    """That place, if `location=True` asked for it."""


RGBA = tuple[int, int, int, int]
"""Red, green, blue and alpha, 0 to 255."""


@dataclass(frozen=True)
class Pixels:
    """What the pixels of an image show at a small size, upright and in sRGB."""

    average: RGBA
    """The mean of all colours, each as opaque as it is."""
    palette: list[RGBA]
    """Typical colours, the most frequent first. None of an image that is transparent."""
    thumbhash: bytes
    """ThumbHash: the image at a size of a few pixels, in 20 to 30 bytes."""
    blurhash: str
    """BlurHash: the same as text, without alpha."""
    difference_hash: int
    """Difference hash (dHash), 64 bits: `(one ^ other).bit_count()` is small for similar images."""
    attention: tuple[float, float]
    """The point that draws attention, as shares of width and height."""

    @property
    def dominant(self) -> RGBA | None:
        """The most frequent colour of the palette."""
        return self.palette[0] if self.palette else None


@dataclass(frozen=True)
class Info:
    """The facts about an image."""

    source: Header
    media_type: str
    """MIME type, such as `image/jpeg`."""
    frames: int
    """Number of frames, at least 1."""
    animation: Animation | None
    icc_profile: IccProfile | None
    exif: Exif | None
    progressive: bool
    """Whether the image comes in several passes: a progressive JPEG, or an interlaced PNG or GIF."""
    chroma_subsampling: str | None
    """Resolution of chroma, such as `4:2:0`, where it is stored apart from luminance."""
    quality: int | None
    """The quality of a JPEG, 1 to 100, estimated from its quantisation table."""
    pixels: Pixels | None
    """What the pixels show, if `pixels=True` asked for it."""


@dataclass(frozen=True)
class Outline:
    """What is known of a rendition before it is complete."""

    format: Format
    media_type: str
    """MIME type, such as `image/webp`."""
    width: int
    height: int
    source: Header
    """What it is made from."""


@dataclass(frozen=True)
class Rendition(Outline):
    """A finished image."""

    image: bytes
    """The encoded bytes."""
    damaged: bool
    """Whether any of the source was missing or corrupt."""
    work: int
    """The work done, in units of `max_work`."""

    def __repr__(self) -> str:
        return f"<Rendition {self.format} {self.width}x{self.height}, {len(self.image)} bytes>"
