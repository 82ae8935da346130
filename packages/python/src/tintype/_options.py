"""Options, by keyword, as the contract's list of settings.

Checked here is what a list of settings cannot say: unknown names, and values of another type. Ranges are checked by the
resizer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Union, get_args

from wasmtime.component import Record, Variant

from ._errors import InvalidOption, invalid
from ._facts import Format

if TYPE_CHECKING:
    from typing_extensions import Buffer

Length = Union[int, str]
"""Pixels, or a share of the side: `"50%"`."""
Color = Union[str, tuple[int, int, int], tuple[int, int, int, int], Mapping[str, int]]
"""`"#f80"`, `"#ff880080"`, or channels of 0 to 255: `(255, 136, 0)`, with alpha `(255, 136, 0, 128)`."""
Sides = Union[int, Mapping[str, int]]
"""Pixels at each side: `{"top": 10, "left": 5}`; one number is for all of them."""
Shape = Literal[
    "circle",
    "ellipse",
    "triangle",
    "triangle-down",
    "pentagon",
    "pentagon-down",
    "hexagon",
    "diamond",
    "star",
    "heart",
]
Gravity = Literal[
    "center", "north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"
]
Position = Union[Gravity, Literal["attention", "entropy"], Mapping[str, Any]]
"""A side or corner; `"attention"` or `"entropy"`, where the image is most interesting; `{"gravity": "north", "y": 10}`, at a
distance; `{"left": 10, "top": "20%"}`, with the top left corner there; `{"x": 0.5, "y": 0.2}`, around a point."""


class _Area(TypedDict):
    width: Length
    height: Length
    by: Mapping[str, float]
    """`{"blur": 9}`, a standard deviation, or `{"pixelate": 9}`, the side of squares, in pixels."""


class Obscure(_Area, total=False):
    """A part to make unrecognisable."""

    left: Length
    """Default: 0."""
    top: Length
    """Default: 0."""


class _Format(TypedDict):
    format: Literal["jpeg", "png", "webp"]
    """The format."""


class Alternative(_Format, total=False):
    """Another format that an image may have."""

    quality: int
    """Quality of lossy encoding in it, 1 to 100. Default: 85 for JPEG, 80 for WebP."""


class _Image(TypedDict):
    image: Buffer
    """The encoded image."""


class Overlay(_Image, total=False):
    """An image to lay over another."""

    opacity: float
    """0 to 1. Default: 1."""
    place: Gravity | Mapping[str, Any]
    """Where it lies, as `Position`, always inside and at no smart one; `{"tile": {"x": 9, "y": 9}}` repeats it, with these gaps.
    Default: center."""
    width: Length
    """The width that it fits within. Default: as the height demands; without either, its own size, reduced to fit."""
    height: Length
    """The height that it fits within."""
    blend: Literal["over", "multiply", "screen", "overlay", "soft-light", "difference"]
    """How its colours are mixed with those below. Default: over."""


class Limits(TypedDict, total=False):
    """What a call may take at the most."""

    max_source_bytes: int
    """Largest source, in bytes. Default: 52428800."""
    max_source_pixels: int
    """Largest source, in pixels. Default: 100000000."""
    max_frames: int
    """Most frames that are decoded. Default: 256."""
    max_frame_pixels: int
    """Largest frame of an animation, in pixels. Default: 100000000."""
    max_output_side: int
    """Longest side of the result, in pixels. Default: 8192."""
    max_output_pixels: int
    """Largest result, in pixels. Default: 40000000."""
    max_memory: int
    """Most memory, in bytes. Default: 134217728."""
    max_work: int
    """Most work, in units of about one WebAssembly instruction: the same on every machine. Default: 400000000000."""


class Options(Limits, total=False):
    """What to make. Whatever their order in a call, options apply in the order in which they are listed here."""

    allow_damaged: bool
    """Make an image of whatever can be decoded from a truncated or corrupt source. Default: True."""
    page: int
    """The frame of an animation to begin with, from 0. Default: 0."""
    frames: int
    """Frames of an animation to keep, 0 for all; more than one make an animated WebP, GIF or PNG. Default: 1."""
    auto_orient: bool
    """Turn the image upright, as EXIF says. Default: True."""
    trim: int | Mapping[str, Any]
    """Remove a border of one colour: the threshold, or `threshold`, `color`, `equal_horizontal`, `equal_vertical`."""
    inset: Sides
    """Remove pixels at the sides."""
    crop: Mapping[str, Any]
    """Keep a part: `width`, `height`, and where it lies, as `position` or as `left` and `top`."""
    crop_ratio: float | Mapping[str, Any]
    """Bring the image to an aspect ratio, width divided by height; or `ratio` and `enlarge`."""
    rotate: Literal[0, 90, 180, 270]
    """Rotate clockwise. Default: 0."""
    flip_horizontal: bool
    """Mirror left to right. Default: False."""
    flip_vertical: bool
    """Mirror top to bottom. Default: False."""
    width: Length
    """Default: from the height and the aspect ratio, or the image's."""
    height: Length
    """Default: from the width and the aspect ratio, or the image's."""
    min_width: int
    """Enlarge to at least this width in pixels, whatever `enlarge` says."""
    min_height: int
    """Enlarge to at least this height in pixels, whatever `enlarge` says."""
    max_side: int
    """The longest side that the result may have, in pixels: what would be longer is made smaller as a whole."""
    density: float
    """Device pixels per pixel, 0.01 to 100. Default: 1."""
    zoom: float | Mapping[str, float]
    """A factor for the width and height that the image fits; or `x` and `y`, which distort it. Default: 1."""
    fit: Literal["contain", "cover", "crop", "fill", "stretch", "outside", "pad", "auto"]
    """How the image fits when both sides are given. Default: contain."""
    enlarge: bool
    """Allow an image larger than the source. Default: False."""
    position: Position
    """The part to keep when cropping, and where `pad` puts the image. Default: center."""
    filter: Literal["box", "bilinear", "catmull-rom", "mitchell", "lanczos3"]
    """Resampling kernel. Default: lanczos3."""
    linear: bool
    """Resample in linear light, which keeps fine bright detail. Default: False."""
    crop_resized: Mapping[str, Any]
    """Keep a part of the resized image, as `crop`."""
    blur: float
    """Blur by a Gaussian of this standard deviation in pixels, 0 to 1000. Default: 0."""
    sharpen: float | Mapping[str, float]
    """Sharpen the edges of the lightness by this standard deviation in pixels, 0 to 10; or `sigma`, and strengths in `flat` areas
    (1) and at `jagged` edges (2)."""
    unsharp: Mapping[str, float]
    """Sharpen by an unsharp mask: `sigma`, `amount`, and the least difference as `threshold` (0)."""
    pixelate: int
    """Average squares with sides of this many pixels. Default: 1."""
    obscure: Obscure | list[Obscure]
    """Make parts of the resized image unrecognisable."""
    exposure: float
    """More light, in stops, -8 to 8. Default: 0."""
    gamma: float
    """Raise values to the power of 1 divided by this, 0.1 to 10. Default: 1."""
    brightness: float
    """Multiply values, 0 to 100. Default: 1."""
    lightness: float
    """Add a share of the range to values, -1 to 1. Default: 0."""
    contrast: float
    """Multiply the distance of values from middle gray, 0 to 100. Default: 1."""
    vibrance: float
    """Change the saturation of pale colours, -1 to 1. Default: 0."""
    saturation: float
    """Multiply the saturation, 0 to 100. Default: 1."""
    hue: float
    """Rotate the hue by degrees. Default: 0."""
    tone: Literal["grayscale", "sepia"] | Mapping[str, Any]
    """Give all pixels colours of one scale, by their lightness; `color`, or `dark` and `light`, and how much as `intensity` (1)."""
    tint: Color
    """A colour for the middle tones of the grayscale image."""
    negate: bool
    """Replace each colour by its complement. Default: False."""
    posterize: int
    """Levels of each channel, 2 to 256. Default: 256."""
    extend: Literal["size", "ratio"] | Mapping[str, Any]
    """Surround an image that is smaller than width and height, up to their size or ratio; or `to` and `position`."""
    tilt: float | Mapping[str, Any]
    """Rotate clockwise by any angle in degrees; or `degrees` and `background`."""
    padding: Sides
    """Add pixels at the sides."""
    mask: Shape | Mapping[str, Any]
    """Cut a shape out; or `shape`, or `rounded` with a radius, and `trim` and `outside`: `{"rounded": 9, "outside": "white"}`."""
    fill: Color | Literal["blur", "edge", "mirror"]
    """What `pad`, `extend` and `padding` add. Default: transparent."""
    background: Color
    """Colour to lay transparent pixels over. Default: none; white where the format has no transparency."""
    overlay: Overlay | list[Overlay]
    """Lay other images over this one, the lowest first."""
    format: Format
    """Default: webp."""
    alternative: Literal["jpeg", "png", "webp"] | Alternative | list[Literal["jpeg", "png", "webp"] | Alternative]
    """Other formats that a still may have: the smallest file is kept. What is transparent never becomes a JPEG."""
    quality: int
    """Quality of lossy encoding, 1 to 100. Default: 85 for JPEG, 80 for WebP."""
    auto_quality: bool
    """Choose the quality by what is seen of the loss: about as much as photographs usually lose at `quality`. Default: False."""
    max_bytes: int
    """Most bytes of a lossy still: its quality is lowered, to 10 at least, until it has no more. Default: none."""
    lossless: bool
    """Encode WebP without loss. Default: False."""
    near_lossless: int
    """How far a WebP with `lossless` may stray from the pixels, 0 to 100; 100 keeps them. Default: 100."""
    effort: Literal["fast", "default", "best"]
    """Work spent on fewer bytes. Default: default."""
    progressive: bool
    """Write a JPEG that appears as a whole before it is sharp. Default: where it is smaller, up to 2 megapixels."""
    subsampling: Literal["auto", "half", "full"]
    """Resolution of a JPEG's chroma. Default: auto, which is full where thin coloured lines would be lost."""
    sharp_chroma: bool
    """Average the chroma of a lossy WebP so that thin coloured lines stay. Default: False."""
    bit_depth: Literal[0, 8, 16]
    """Bits per channel of a PNG; 0 is 16 for a source with 16, where that can be. Default: 8."""
    colors: int
    """The most colours of a PNG or GIF, 2 to 256; a PNG with more becomes one with a palette. Default: all of a PNG, 256 of a GIF."""
    profile: Literal["srgb", "keep", "strip"]
    """Convert colours to sRGB, keep the colour profile, or drop it and leave colours as they are. Default: srgb."""
    metadata: Literal["strip", "copyright", "keep"]
    """What becomes of EXIF, XMP and IPTC. Default: strip."""
    location: bool
    """Keep the place where a photograph was taken, with `metadata="keep"`. Default: False."""
    loop: int
    """How often an animation plays; 0 is forever. Default: as the source."""
    delay: int
    """Milliseconds for which each frame is shown. Default: as the source."""


Read = Callable[[Any, str], Any]
_ABSENT = object()


def _made(**fields: Any) -> Record:
    """A record of the contract."""
    record = Record()
    for field, value in fields.items():
        setattr(record, field, value)
    return record


def _wrong(value: Any, name: str, accepted: str) -> InvalidOption:
    return invalid(name, f"is {value!r}; accepted is {accepted}")


def _whole(least: int, most: int) -> Read:
    def read(value: Any, name: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _wrong(value, name, "a whole number" + (" of 0 or more" if least == 0 else ""))
        return int(value)

    return read


_count, _amount, _signed = _whole(0, 2**32 - 1), _whole(0, 2**64 - 1), _whole(-(2**31), 2**31 - 1)


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _wrong(value, name, "a number")
    return float(value)


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(value, name, "True or False")
    return value


def _one_of(*words: str) -> Read:
    def read(value: Any, name: str) -> str:
        if value not in words:
            raise _wrong(value, name, ", ".join(words))
        return str(value)

    return read


def _record(**fields: tuple[Read, Any]) -> Read:
    """A mapping with these fields, each with what reads it and what it is if it is absent."""
    known = ", ".join(fields)

    def read(value: Any, name: str) -> Record:
        if not isinstance(value, Mapping):
            raise _wrong(value, name, f"a mapping with {known}")
        unknown = [field for field in value if _snake(field) not in fields]
        if unknown:
            raise invalid(f"{name}[{unknown[0]!r}]", f"is unknown; known are {known}")
        given = {_snake(field): content for field, content in value.items()}
        made = {}
        for field, (content, absent) in fields.items():
            if field not in given and absent is _ABSENT:
                raise invalid(name, f"has no {field}; it has {known}")
            made[field.replace("_", "-")] = content(given[field], f"{name}[{field!r}]") if field in given else absent
        return _made(**made)

    return read


def _snake(name: str) -> str:
    """A name that may be written as in JavaScript."""
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def _short(field: str, read: Read) -> Read:
    """A value that is no mapping stands for a mapping with this one field."""
    return lambda value, name: read(value if isinstance(value, Mapping) else {field: value}, name)


def _length(pixels: Read) -> Read:
    """A length: for wasmtime, pixels are an `int` and a share is a `float`."""

    def read(value: Any, name: str) -> int | float:
        share = _share(value)
        if share is not None:
            return share
        if isinstance(value, str):
            raise _wrong(value, name, "pixels, such as 100, or a percentage, such as '50%'")
        length: int = pixels(value, name)
        return length

    return read


def _share(value: Any) -> float | None:
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)%", value) if isinstance(value, str) else None
    return None if found is None else float(found[1]) / 100


_CENTER = Variant("gravity", "center")
_GRAVITIES = ("center", "north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_SMART = ("attention", "entropy")
_distance = (_length(_signed), 0)
_offset = _record(gravity=(_one_of(*_GRAVITIES), _ABSENT), x=_distance, y=_distance)
_corner = _record(left=(_length(_count), 0), top=(_length(_count), 0))
_point = _record(x=(_number, _ABSENT), y=(_number, _ABSENT))


def _position(value: Any, name: str) -> Variant:
    if value in _GRAVITIES:
        return Variant("gravity", value)
    if value in _SMART:
        return Variant("smart", value)
    if not isinstance(value, Mapping):
        raise _wrong(value, name, ", ".join(_GRAVITIES + _SMART) + ", or a mapping")
    if "gravity" in value:
        return Variant("offset", _offset(value, name))
    if "left" in value or "top" in value:
        corner = _corner(value, name)
        return Variant("at", _made(x=corner.left, y=corner.top))
    return Variant("focal-point", _point(value, name))


_sized = _record(width=(_length(_count), _ABSENT), height=(_length(_count), _ABSENT), position=(_position, _CENTER))


def _part(value: Any, name: str) -> Record:
    if isinstance(value, Mapping) and ("left" in value or "top" in value):
        rest = {key: content for key, content in value.items() if key not in ("left", "top")}
        corner = {key: value[key] for key in ("left", "top") if key in value}
        value = {**rest, "position": corner}
    part: Record = _sized(value, name)
    return part


_each = _record(top=(_count, 0), right=(_count, 0), bottom=(_count, 0), left=(_count, 0))


def _sides(value: Any, name: str) -> Record:
    every = value if isinstance(value, Mapping) else dict.fromkeys(("top", "right", "bottom", "left"), value)
    sides: Record = _each(every, name)
    return sides


_NAMED = {"black": (0, 0, 0), "white": (255, 255, 255), "transparent": (0, 0, 0, 0)}


def _color(value: Any, name: str) -> Record:
    channels = value
    if isinstance(value, str):
        digits = value.removeprefix("#")
        wide = "".join(digit * 2 for digit in digits) if len(digits) in (3, 4) else digits
        found = re.fullmatch("(?:[0-9a-fA-F]{2}){3,4}", wide)
        channels = _NAMED.get(value, tuple(bytes.fromhex(wide)) if found else ())
    elif isinstance(value, Mapping):
        channels = [value.get(channel) for channel in ("red", "green", "blue")] + [value.get("alpha", 255)]
    channels = list(channels) if isinstance(channels, (list, tuple)) else []
    if len(channels) not in (3, 4) or not all(type(channel) is int and 0 <= channel <= 255 for channel in channels):
        accepted = "a colour: '#rgb', '#rrggbb', '#rrggbbaa', or channels of 0 to 255, such as (255, 136, 0)"
        raise _wrong(value, name, accepted)
    red, green, blue, alpha = [*channels, 255][:4]
    return _made(red=red, green=green, blue=blue, alpha=alpha)


_ROTATIONS = {0: "none", 90: "quarter", 180: "half", 270: "three-quarters"}


def _rotate(value: Any, name: str) -> str:
    if type(value) is not int or value not in _ROTATIONS:
        raise _wrong(value, name, "0, 90, 180 or 270")
    return _ROTATIONS[value]


_factors = _record(x=(_number, _ABSENT), y=(_number, _ABSENT))


def _zoom(value: Any, name: str) -> Record:
    if isinstance(value, Mapping):
        part: Record = _factors(value, name)
        return part
    factor = _number(value, name)
    return _made(x=factor, y=factor)


_cut = _record(
    shape=(_one_of(*get_args(Shape)), None), rounded=(_count, None), trim=(_flag, False), outside=(_color, None)
)


def _mask(value: Any, name: str) -> Record:
    cut = _cut(value if isinstance(value, Mapping) else {"shape": value}, name)
    if (cut.shape is None) == (cut.rounded is None):
        raise invalid(name, "has either a shape or rounded corners")
    shape = Variant("rounded", cut.rounded) if cut.shape is None else Variant(cut.shape)
    return _made(shape=shape, trim=cut.trim, outside=cut.outside)


def _fill(value: Any, name: str) -> Variant:
    return Variant(value) if value in ("blur", "edge", "mirror") else Variant("color", _color(value, name))


def _veil(value: Any, name: str) -> int | float:
    """A veil: for wasmtime, squares are an `int` and a standard deviation is a `float`."""
    if isinstance(value, Mapping) and "pixelate" in value:
        side: int = _record(pixelate=(_count, _ABSENT))(value, name).pixelate
        return side
    sigma: float = _record(blur=(_number, _ABSENT))(value, name).blur
    return sigma


_obscured = _record(
    left=(_length(_count), 0), top=(_length(_count), 0), width=(_length(_count), _ABSENT),
    height=(_length(_count), _ABSENT), by=(_veil, _ABSENT),
)


def _obscure(value: Any, name: str) -> Record:
    part = _obscured(value, name)
    return _made(x=part.left, y=part.top, width=part.width, height=part.height, by=part.by)


def _tone(value: Any, name: str) -> Variant:
    if not isinstance(value, Mapping):
        return Variant(_one_of("grayscale", "sepia")(value, name))
    if "color" in value:
        return Variant("monochrome", _record(color=(_color, _ABSENT), intensity=(_number, 1.0))(value, name))
    both = _record(dark=(_color, _ABSENT), light=(_color, _ABSENT), intensity=(_number, 1.0))
    return Variant("duotone", both(value, name))


_gaps = _record(tile=(_record(x=(_count, 0), y=(_count, 0)), _ABSENT))


def _place(value: Any, name: str) -> Variant | Record:
    """A place: for wasmtime, gaps between tiles are a `Record`, and a position is a `Variant`."""
    if isinstance(value, Mapping) and "tile" in value:
        tile: Record = _gaps(value, name).tile
        return tile
    return _position(value, name)


def _image(value: Any, name: str) -> bytes:
    try:
        return bytes(memoryview(value))
    except TypeError:
        raise _wrong(value, name, "the bytes of an image") from None


_overlay = _record(
    image=(_image, _ABSENT), opacity=(_number, 1.0), place=(_place, _CENTER), width=(_length(_count), None),
    height=(_length(_count), None),    blend=(_one_of("over", "multiply", "screen", "overlay", "soft-light", "difference"), "over"),
)

_LISTS = frozenset(["alternative", "obscure", "overlay"])
"""Options that may be lists, of which a setting is one item."""

_OPTIONS: dict[str, Read] = {
    "allow_damaged": _flag,
    "page": _count,
    "frames": _count,
    "auto_orient": _flag,
    "trim": _short("threshold", _record(
        threshold=(_count, 10), color=(_color, None), equal_horizontal=(_flag, False), equal_vertical=(_flag, False)
    )),
    "inset": _sides,
    "crop": _part,
    "crop_ratio": _short("ratio", _record(ratio=(_number, _ABSENT), enlarge=(_flag, False))),
    "rotate": _rotate,
    "flip_horizontal": _flag,
    "flip_vertical": _flag,
    "width": _length(_count),
    "height": _length(_count),
    "min_width": _count,
    "min_height": _count,
    "max_side": _count,
    "density": _number,
    "zoom": _zoom,
    "fit": _one_of("contain", "cover", "crop", "fill", "stretch", "outside", "pad", "auto"),
    "enlarge": _flag,
    "position": _position,
    "filter": _one_of("box", "bilinear", "catmull-rom", "mitchell", "lanczos3"),
    "linear": _flag,
    "crop_resized": _part,
    "blur": _number,
    "sharpen": _short("sigma", _record(sigma=(_number, _ABSENT), flat=(_number, 1.0), jagged=(_number, 2.0))),
    "unsharp": _record(sigma=(_number, _ABSENT), amount=(_number, _ABSENT), threshold=(_count, 0)),
    "pixelate": _count,
    "obscure": _obscure,
    "exposure": _number,
    "gamma": _number,
    "brightness": _number,
    "lightness": _number,
    "contrast": _number,
    "vibrance": _number,
    "saturation": _number,
    "hue": _number,
    "tone": _tone,
    "tint": _color,
    "negate": _flag,
    "posterize": _count,
    "extend": _short("to", _record(to=(_one_of("size", "ratio"), _ABSENT), position=(_position, _CENTER))),
    "tilt": _short("degrees", _record(degrees=(_number, _ABSENT), background=(_color, None))),
    "padding": _sides,
    "mask": _mask,
    "fill": _fill,
    "background": _color,
    "overlay": _overlay,
    "format": _one_of("jpeg", "png", "webp", "gif"),
    "alternative": _short("format", _record(format=(_one_of("jpeg", "png", "webp"), _ABSENT), quality=(_count, None))),
    "quality": _count,
    "auto_quality": _flag,
    "max_bytes": _count,
    "lossless": _flag,
    "near_lossless": _count,
    "effort": _one_of("fast", "default", "best"),
    "progressive": _flag,
    "subsampling": _one_of("auto", "half", "full"),
    "sharp_chroma": _flag,
    "bit_depth": _count,
    "colors": _count,
    "profile": _one_of("srgb", "keep", "strip"),
    "metadata": _one_of("strip", "copyright", "keep"),
    "location": _flag,
    "loop": _count,
    "delay": _count,
    "max_source_bytes": _amount,
    "max_source_pixels": _amount,
    "max_frames": _count,
    "max_frame_pixels": _amount,
    "max_output_side": _count,
    "max_output_pixels": _amount,
    "max_memory": _amount,
    "max_work": _amount,
}
"""Every option, with what reads its value."""

NAMES = frozenset(_OPTIONS)


def settings(options: Mapping[str, Any]) -> list[Variant]:
    """The settings. An option that is None is one that is not given."""
    given = ((name, value) for name, value in options.items() if value is not None)
    return [setting for name, value in given for setting in _settings(name, value)]


def _settings(name: str, value: Any) -> list[Variant]:
    """An option as settings: an item each, of a list."""
    if name not in _OPTIONS:
        raise invalid(name, f"is unknown; known are {', '.join(_OPTIONS)}")
    if name in _LISTS and isinstance(value, (list, tuple)):
        return [_setting(name, item, f"{name}[{index}]") for index, item in enumerate(value)]
    return [_setting(name, value, name)]


def _setting(name: str, value: Any, label: str) -> Variant:
    read = _OPTIONS[name](value, label)
    contract = name.replace("_", "-")
    if name in ("width", "height"):
        return Variant(contract if isinstance(read, int) else f"{contract}-share", read)
    return Variant(contract, read)


_looks = _record(palette=(_count, 6), blurhash_x=(_count, 4), blurhash_y=(_count, 3))


def description(pixels: bool | Mapping[str, int], location: bool, limits: Mapping[str, Any]) -> list[Variant]:
    """The settings of a description."""
    unknown = [name for name in limits if not name.startswith("max_")]
    if unknown:
        raise invalid(unknown[0], f"is unknown; known are pixels, location, {', '.join(Limits.__annotations__)}")
    looks = None if pixels is False else _looks({} if pixels is True else pixels, "pixels")
    facts = _made(pixels=looks, location=_flag(location, "location"))
    return [Variant("describe", facts), *settings(limits)]
