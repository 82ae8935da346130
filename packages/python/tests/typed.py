"""Read by mypy, and never run: calls that must be accepted, and calls that must not."""

from pathlib import Path

import tintype


def calls(photo: bytes) -> tuple[bytes, int, str]:
    rendition = tintype.resize(photo, width=800, format="webp")
    tintype.resize(Path("photo.jpg"), width="50%", fit="cover", position={"x": 0.5, "y": 0.2}, background=(1, 2, 3))
    with open("photo.jpg", "rb") as file:
        for piece in tintype.stream(file, rotate=90, fill="blur", mask={"rounded": 9}, quality=60):
            piece.decode("latin-1")
    logo: tintype.Overlay = {"image": photo, "width": "25%", "place": {"gravity": "south-east", "x": 9}, "blend": "screen"}
    tintype.resize(photo, blur=2.5, tone={"dark": "#004", "light": "#fed"}, overlay=[logo, {"image": memoryview(photo)}])
    tintype.resize(photo, obscure={"width": 9, "height": "5%", "by": {"pixelate": 4}})
    if seen := tintype.inspect(photo, pixels={"palette": 3}, location=True, max_memory=10_000_000).pixels:
        tintype.resize(photo, background=seen.average, position={"x": seen.attention[0], "y": seen.attention[1]})
        print(seen.thumbhash + photo, seen.blurhash + "", seen.difference_hash + 1)
    tintype.resize(photo, overlay={"opacity": 0.5})  # type: ignore[arg-type]
    tintype.resize(photo, overlay={"image": "logo.png"})  # type: ignore[arg-type]
    tintype.resize(photo, obscure={"width": 9, "height": 9})  # type: ignore[arg-type]
    tintype.inspect(photo, width=9)  # type: ignore[call-arg]
    artist = exif.artist if (exif := tintype.inspect([photo, photo]).exif) else None
    tintype.resize(photo, widht=800)  # type: ignore[call-arg]
    tintype.resize(photo, format="avif")  # type: ignore[arg-type]
    tintype.resize(photo, rotate=45)  # type: ignore[arg-type]
    tintype.resize(1)  # type: ignore[arg-type]
    return rendition.image, rendition.width, artist or rendition.media_type
