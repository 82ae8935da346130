"""Renditions, whole and as streams, and descriptions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Union

from wasmtime.component import Variant

from ._engine import RESIZE, Running
from ._errors import InvalidOption
from ._facts import RGBA, Animation, Exif, Header, IccProfile, Info, Location, Outline, Pixels, Rendition
from ._options import Limits, Options, description, settings

if TYPE_CHECKING:
    from typing_extensions import Buffer, Unpack

    Source = Union[Buffer, str, os.PathLike[str], BinaryIO, Iterable[bytes]]
    """The bytes of an image, a path, a file that is open in binary mode, or pieces as they arrive."""
else:
    Source = Any

_PIECE = 256 << 10


def resize(source: Source, **options: Unpack[Options]) -> Rendition:
    """Makes a rendition: `resize(photo, width=800, format="webp")`.

    Options name what differs from the defaults; `Options` lists them. The source is read as the work needs it.
    """
    with Session(**options) as session:
        image = b"".join(_pump(session, source))
        outline = session.outline
        assert outline is not None, "a rendition that is complete has an outline"
        return Rendition(**vars(outline), image=image, damaged=session.damaged, work=session.work)


def stream(source: Source, **options: Unpack[Options]) -> Iterator[bytes]:
    """Makes a rendition piece by piece, as the source is read: `for piece in stream(photo, width=800): file.write(piece)`."""
    with Session(**options) as session:
        yield from _pump(session, source)


def inspect(
    source: Source, *, pixels: bool | Mapping[str, int] = False, location: bool = False, **limits: Unpack[Limits]
) -> Info:
    """Describes an image, and reads no more of it than that needs: of a still, its header.

    With `pixels`, the image is decoded at a small size, and `Info.pixels` says what it shows: `True`, or a mapping with the
    number of colours of the `palette` (6), and of components of the BlurHash, `blurhash_x` (4) and `blurhash_y` (3). With
    `location`, `Info.exif.location` says where a photograph was taken.
    """
    session = _Described(description(pixels, location, limits))
    with session:
        for piece in _pieces(source):
            session.write(piece)
            if (info := session.info()) is not None:
                return info
        session.finish()
        info = session.info()
        assert info is not None, "a description that is complete has facts"
        return info


class Session:
    """A rendition as a stream: write the source, read what is ready, finish, read the rest.

        with Session(width=800) as session:
            for chunk in chunks:
                session.write(chunk)
                send(session.read())
            session.finish()
            send(session.read())

    One thread at a time may use it. It holds only as much of the source as the work needs.
    """

    def __init__(self, **options: Unpack[Options]) -> None:
        self._begin(settings(options))

    def _begin(self, listed: list[Variant]) -> None:
        self._running = Running()
        self._session = self._running.call(RESIZE, "[constructor]session", listed)

    def write(self, chunk: Buffer) -> None:
        """Accepts the next bytes of the source, and works on them."""
        self._call("write", chunk)

    def finish(self) -> None:
        """Signals the end of the source. After this, only `read` may be called."""
        self._call("finish")

    def read(self, most: int = 2**32 - 1) -> bytes:
        """Removes and returns bytes of the rendition; none if none are ready or, after `finish`, all were read."""
        read: bytes = self._call("read", most)
        return read

    @property
    def outline(self) -> Outline | None:
        """Format and size of the rendition; none until the source's header was read."""
        outline = self._call("outline")
        if outline is None:
            return None
        media_type = self._running.call(RESIZE, "media-type", outline.format)
        return Outline(outline.format, media_type, outline.width, outline.height, _header(outline.source))

    @property
    def damaged(self) -> bool:
        """Whether any of the source read so far was missing or corrupt."""
        return bool(self._call("damaged"))

    @property
    def work(self) -> int:
        """The work done so far, in units of `max_work`."""
        return int(self._call("work"))

    def close(self) -> None:
        """Frees the memory. The end of a `with` does it, too."""
        del self._session, self._running

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _call(self, name: str, *values: Any) -> Any:
        return self._running.call(RESIZE, f"[method]session.{name}", self._session, *values)


class _Described(Session):
    """A session that finds out facts in place of a rendition."""

    def __init__(self, listed: list[Variant]) -> None:
        self._begin(listed)

    def info(self) -> Info | None:
        """The facts, once they are known."""
        info = self._call("info")
        if info is None:
            return None
        profile, animation = getattr(info, "icc-profile"), info.animation
        return Info(
            source=_header(info.source),
            media_type=self._running.call(RESIZE, "media-type", info.source.format),
            frames=info.frames,
            animation=Animation(animation.loops, animation.duration) if animation else None,
            icc_profile=IccProfile(profile.size, profile.name, profile.usable) if profile else None,
            exif=_exif(info.exif) if info.exif else None,
            progressive=info.progressive,
            chroma_subsampling=getattr(info, "chroma-subsampling"),
            quality=info.quality,
            pixels=_seen(info.pixels) if info.pixels else None,
        )


def _exif(exif: Any) -> Exif:
    values = {field.name: getattr(exif, field.name.replace("_", "-")) for field in fields(Exif)}
    place = values["location"]
    return Exif(**values | {"location": Location(place.latitude, place.longitude) if place else None})


def _seen(pixels: Any) -> Pixels:
    return Pixels(
        average=_rgba(pixels.average),
        palette=[_rgba(color) for color in pixels.palette],
        thumbhash=bytes(pixels.thumbhash),
        blurhash=pixels.blurhash,
        difference_hash=getattr(pixels, "difference-hash"),
        attention=(pixels.attention.x, pixels.attention.y),
    )


def _rgba(color: Any) -> RGBA:
    return (color.red, color.green, color.blue, 255 if color.alpha is None else color.alpha)


def _pump(session: Session, source: Source) -> Iterator[bytes]:
    for piece in _pieces(source):
        session.write(piece)
        yield session.read()
    session.finish()
    yield session.read()


def _pieces(source: Source) -> Iterator[Buffer]:
    """The bytes of a source. Small pieces are collected, because every call costs."""
    if isinstance(source, (str, os.PathLike)):
        with Path(source).open("rb") as file:
            yield from _pieces(file)
        return
    try:
        view = memoryview(source)  # type: ignore[arg-type]
    except TypeError:
        yield from _collected(source)  # type: ignore[arg-type]
        return
    view = view.cast("B") if view.c_contiguous else memoryview(view.tobytes())
    for at in range(0, len(view), _PIECE):
        yield view[at : at + _PIECE]


def _collected(source: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    read = getattr(source, "read", None)
    if read is None and not isinstance(source, Iterable):
        detail = "is not readable; accepted are bytes, a path, a binary file, or pieces of bytes"
        raise InvalidOption(f"source {detail}", name="source", detail=detail)
    pieces: Iterable[bytes] = source if read is None else iter(lambda: read(_PIECE), b"")
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        if not isinstance(piece, (bytes, bytearray, memoryview)):
            detail = "gives text; open the file in binary mode"
            raise InvalidOption(f"source {detail}", name="source", detail=detail)
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _header(source: Any) -> Header:
    return Header(
        source.format, source.width, source.height, source.orientation, source.color, getattr(source, "bit-depth"), source.alpha
    )
