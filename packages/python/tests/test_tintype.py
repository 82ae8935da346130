"""What the package promises, by its public functions."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Iterator
from pathlib import Path

import tintype
from support import source
from tintype import InvalidOption, LimitExceeded, Malformed, Session, TintypeError, Unrecognized, Unsupported, inspect, resize, stream

HERE = Path(__file__).parent


class Renditions(unittest.TestCase):
    def setUp(self) -> None:
        self.photo = source("jpeg-420")

    def test_a_rendition_has_the_size_and_the_format_that_were_asked_for(self) -> None:
        made = resize(self.photo, width=100, format="jpeg")
        self.assertEqual((made.format, made.media_type, made.width, made.height), ("jpeg", "image/jpeg", 100, 75))
        self.assertEqual((made.source.width, made.source.height, made.damaged), (241, 181, False))
        self.assertGreater(made.work, 0)
        self.assertEqual(inspect(made.image).source.width, 100)
        self.assertEqual(repr(made), f"<Rendition jpeg 100x75, {len(made.image)} bytes>")

    def test_every_kind_of_source_makes_the_same_bytes(self) -> None:
        expected = resize(self.photo, width=100).image
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "photo.jpg"
            path.write_bytes(self.photo)
            with path.open("rb") as file:
                for kind in (path, str(path), file):
                    self.assertEqual(resize(kind, width=100).image, expected)
        pieces = [self.photo[at : at + 1000] for at in range(0, len(self.photo), 1000)]
        for kind in (bytearray(self.photo), memoryview(self.photo), io.BytesIO(self.photo), pieces, iter(pieces)):
            self.assertEqual(resize(kind, width=100).image, expected, type(kind))
        backwards = memoryview(self.photo[::-1])[::-1]
        self.assertEqual(resize(backwards, width=100).image, expected)

    def test_a_stream_and_a_session_make_the_same_bytes(self) -> None:
        photo = source("jpeg-large")
        expected = resize(photo, format="png").image
        pieces = list(stream(io.BytesIO(photo), format="png"))
        self.assertEqual(b"".join(pieces), expected)
        made = b""
        with Session(format="png") as session:
            self.assertIsNone(session.outline)
            for at in range(0, len(photo), 30_000):
                session.write(photo[at : at + 30_000])
                made += session.read(5_000)
            session.finish()
            while piece := session.read(5_000):
                self.assertLessEqual(len(piece), 5_000)
                made += piece
            self.assertEqual((session.outline.width, session.damaged), (1100, False))
        self.assertEqual(made, expected)

    def test_threads_work_side_by_side(self) -> None:
        expected = resize(self.photo, width=90).image
        made: list[bytes] = []
        threads = [threading.Thread(target=lambda: made.append(resize(self.photo, width=90).image)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(made, [expected] * 8)

    def test_bytes_are_copied_at_once(self) -> None:
        large = source("png-rgb") + bytes(20_000_000)
        began = time.process_time()
        inspect(large)
        self.assertLess(time.process_time() - began, 5)

    def test_an_image_is_described(self) -> None:
        info = inspect(source("jpeg-exif"))
        self.assertEqual((info.exif.artist, info.exif.copyright, info.exif.has_location), ("Someone", "Somebody else", False))
        self.assertEqual((info.source.bit_depth, info.media_type, info.frames, info.animation), (8, "image/jpeg", 1, None))
        self.assertEqual((info.progressive, info.chroma_subsampling, info.exif.lens), (False, "4:2:0", None))
        self.assertEqual(inspect(source("jpeg-turned-6")).source.orientation, 6)
        self.assertEqual(inspect(source("gif-animated")).frames, 5)
        self.assertIsNone(info.pixels)

    def test_a_description_reads_no_more_of_a_source_than_it_needs(self) -> None:
        photo, read = source("jpeg-large"), 0

        def pieces() -> Iterator[bytes]:
            nonlocal read
            for at in range(0, len(photo) + 900_000, 300_000):
                read += 1
                yield photo[at : at + 300_000].ljust(300_000, b" ")

        self.assertEqual(inspect(pieces()), inspect(photo))
        self.assertEqual(read, 1)

    def test_what_pixels_show_is_found_on_request(self) -> None:
        photo = source("jpeg-420")
        seen = inspect(photo, pixels={"palette": 3, "blurhash_x": 5}).pixels
        self.assertEqual((len(seen.palette), len(seen.blurhash), seen.dominant), (3, 4 + 2 * 5 * 3, seen.palette[0]))
        for color in (seen.average, *seen.palette):
            self.assertTrue(len(color) == 4 and all(0 <= channel <= 255 for channel in color), color)
        self.assertTrue(5 <= len(seen.thumbhash) <= 30 and isinstance(seen.thumbhash, bytes))
        self.assertTrue(all(0 <= share <= 1 for share in seen.attention), seen.attention)
        small = inspect(resize(photo, width=100, quality=60).image, pixels=True).pixels
        other = inspect(source("png-rgba"), pixels=True).pixels
        self.assertLess((seen.difference_hash ^ small.difference_hash).bit_count(), 8)
        self.assertGreater((seen.difference_hash ^ other.difference_hash).bit_count(), 8)
        for options, message in (
            ({"pixels": {"colours": 3}}, r"the option pixels\['colours'\] is unknown"),
            ({"pixels": 3}, "the option pixels is 3; accepted is a mapping"),
            ({"location": 1}, "the option location is 1; accepted is True or False"),
            ({"width": 9}, "the option width is unknown; known are pixels, location, max_source_bytes"),
        ):
            with self.assertRaisesRegex(InvalidOption, message):
                inspect(photo, **options)
        with self.assertRaises(LimitExceeded):
            inspect(photo, pixels=True, max_memory=1000)

    def test_changes_of_detail_and_colours_and_overlays_are_options(self) -> None:
        icon = source("png-rgba")
        changes = [
            {}, {"blur": 3}, {"sharpen": 1}, {"sharpen": {"sigma": 1, "flat": 0}}, {"unsharp": {"sigma": 1, "amount": 2}},
            {"pixelate": 4}, {"obscure": {"width": "50%", "height": 20, "by": {"blur": 5}}},
            {"obscure": [{"width": 9, "height": 9, "by": {"pixelate": 3}}, {"top": 30, "width": 9, "height": 9, "by": {"blur": 3}}]},
            {"exposure": 1}, {"gamma": 2}, {"brightness": 1.2}, {"lightness": -0.1}, {"contrast": 1.3}, {"vibrance": 0.5},
            {"saturation": 0.4}, {"hue": 90}, {"tone": "sepia"}, {"tone": {"color": "#088"}}, {"tint": (255, 136, 0)},
            {"tone": {"dark": "#004", "light": "#fed", "intensity": 0.5}}, {"negate": True}, {"posterize": 4},
            {"overlay": {"image": icon}}, {"overlay": {"image": icon, "place": {"tile": {"x": 3}}, "opacity": 0.5}},
            {"overlay": ({"image": memoryview(icon), "width": "20%", "place": {"gravity": "south-east", "x": 4}}, {"image": icon})},
            {"overlay": {"image": icon, "width": 30, "height": 30, "place": {"left": 3}, "blend": "multiply"}},
        ]
        made = {resize(self.photo, width=100, format="png", **options).image for options in changes}
        self.assertEqual(len(made), len(changes))
        self.assertIn(resize(self.photo, width=100, format="png", blur=0, overlay=[]).image, made)

    def test_an_animation_stays_one(self) -> None:
        for format in ("gif", "webp"):
            made = inspect(resize(source("gif-animated"), frames=0, width=50, format=format).image)
            self.assertEqual((made.source.format, made.frames), (format, 5))


class Failures(unittest.TestCase):
    def test_each_has_its_class_and_its_facts(self) -> None:
        photo = source("jpeg-420")
        for error, kind, data in (
            (lambda: resize(b""), Unrecognized, {}),
            (lambda: inspect(source("hostile-text")), Unrecognized, {}),
            (lambda: resize(source("hostile-avif")), Unsupported, {"format": "avif"}),
            (lambda: resize(source("png-cut"), allow_damaged=False), Malformed, {"format": "png"}),
            (lambda: resize(photo, quality=300), InvalidOption, {"name": "quality"}),
            (lambda: resize(photo, max_source_pixels=9), LimitExceeded, {"limit": "max_source_pixels", "allowed": 9, "needed": 43621}),
        ):
            with self.assertRaises(kind) as raised:
                error()
            self.assertEqual(raised.exception.data | data, raised.exception.data)
            self.assertIsInstance(raised.exception, TintypeError)
        self.assertIsInstance(InvalidOption("", name="", detail=""), ValueError)

    def test_messages_have_the_names_of_options_here(self) -> None:
        with self.assertRaisesRegex(LimitExceeded, "43621 pixels of source, and max_source_pixels allows 9"):
            resize(source("jpeg-420"), max_source_pixels=9)

    def test_options_are_checked(self) -> None:
        for options, message in (
            ({"widht": 9}, "the option widht is unknown; known are allow_damaged, page"),
            ({"width": "9"}, "the option width is '9'; accepted is pixels, such as 100, or a percentage"),
            ({"width": True}, "the option width is True; accepted is a whole number of 0 or more"),
            ({"width": 1.5}, "the option width is 1.5; accepted is a whole number"),
            ({"fit": "squeeze"}, "the option fit is 'squeeze'; accepted is contain, cover"),
            ({"rotate": 45}, "the option rotate is 45; accepted is 0, 90, 180 or 270"),
            ({"background": "#12"}, "the option background is '#12'; accepted is a colour"),
            ({"crop": {"width": 9}}, "the option crop has no height"),
            ({"crop": {"width": 9, "height": 9, "deep": 9}}, r"the option crop\['deep'\] is unknown"),
            ({"blur": "3"}, "the option blur is '3'; accepted is a number"),
            ({"blur": 2000}, "the option blur is out of range"),
            ({"sharpen": {"flat": 1}}, "the option sharpen has no sigma"),
            ({"tone": "gray"}, "the option tone is 'gray'; accepted is grayscale, sepia"),
            ({"overlay": "logo.png"}, "the option overlay is 'logo.png'; accepted is a mapping with image"),
            ({"overlay": {"image": "logo.png"}}, r"the option overlay\['image'\] is 'logo.png'; accepted is the bytes"),
            ({"overlay": [{"image": b""}, {"image": b"", "blend": "add"}]}, r"the option overlay\[1\]\['blend'\] is 'add'"),
            ({"overlay": {"image": b"no image"}}, "the option overlay is not an image of a known format"),
            ({"position": {"gravity": "up"}}, r"the option position\['gravity'\] is 'up'"),
        ):
            with self.assertRaisesRegex(InvalidOption, message):
                resize(source("jpeg-420"), **options)
        with self.assertRaisesRegex(InvalidOption, "source gives text; open the file in binary mode"):
            resize(io.StringIO("text"))
        with self.assertRaisesRegex(InvalidOption, "source is not readable"):
            resize(7)

    def test_a_session_that_failed_stays_ended(self) -> None:
        with Session(width=9) as session:
            with self.assertRaises(Unrecognized):
                session.write(b"no image, " * 9)
                session.finish()
            with self.assertRaises(TintypeError):
                session.read()


class Documentation(unittest.TestCase):
    def test_the_examples_run(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "photo.jpg").write_bytes(source("jpeg-large"))
            examples = re.findall(r"```python\n(.*?)```", (HERE.parent / "README.md").read_text(), re.DOTALL)
            for example in examples:
                subprocess.run([sys.executable, "-c", example], cwd=folder, check=True, stdout=subprocess.PIPE)
            self.assertEqual(len(examples), 4)
            self.assertEqual(inspect(Path(folder) / "photo.webp").source.width, 800)
            self.assertEqual(inspect(Path(folder) / "thumbnail.webp").source.height, 240)

    def test_what_stands_beside_pillow_makes_the_same_size(self) -> None:
        try:
            from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps, ImageStat
        except ImportError:
            self.skipTest("there is no Pillow")
        rows = re.findall(r"^\| `(.*?)` \| `(.*?)` \|$", (HERE.parent / "README.md").read_text(), re.MULTILINE)
        self.assertEqual(len(rows), 22)
        files = {"photo": source("jpeg-420"), "logo": source("png-rgba"), "other": source("jpeg-444")}
        files["other"] = resize(files["other"], width=241, height=181, fit="fill", enlarge=True, format="png").image
        for pillow, options in rows:
            images = {name: Image.open(io.BytesIO(image)) for name, image in files.items()}
            image, file = images.pop("photo"), io.BytesIO()
            modules = [Image, ImageChops, ImageEnhance, ImageFilter, ImageOps]
            names = {module.__name__.split(".")[-1]: module for module in modules}
            made = eval(pillow, {"image": image, "file": file, **images, **names})
            if file.getvalue():
                made = Image.open(file)
            made = image if made is None else made
            keywords = options if "format" in options else options + ', format="png"'
            ours = eval(f"resize(photo, {keywords})", {"resize": resize, **files})
            self.assertEqual((ours.width, ours.height), made.size, pillow)
            ours = Image.open(io.BytesIO(ours.image))
            difference = ImageStat.Stat(ImageChops.difference(made.convert("RGB"), ours.convert("RGB"))).mean
            self.assertLess(max(difference), 20 if "posterize" in pillow else 6, pillow)

    def test_the_types_accept_what_is_right_and_nothing_else(self) -> None:
        try:
            import mypy  # noqa: F401
        except ImportError:
            self.skipTest("there is no mypy")
        checked = subprocess.run(
            [sys.executable, "-m", "mypy", "--cache-dir", os.devnull], cwd=HERE.parent, capture_output=True, text=True
        )
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_every_option_has_its_type(self) -> None:
        from tintype._options import NAMES

        self.assertEqual(set(tintype.Options.__annotations__), NAMES)


if __name__ == "__main__":
    unittest.main()
