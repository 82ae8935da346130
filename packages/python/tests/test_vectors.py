"""Every rendition that is recorded is the same here, compiled and interpreted."""

from __future__ import annotations

import hashlib
import re
import unittest

from support import VECTORS, recorded, source
from tintype import TintypeError, load, resize
from wasmtime import Config


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def made(vector: dict) -> str:
    options = {snake(name): value for name, value in vector["options"].items()}
    if "overlay" in options:
        options["overlay"] = [overlay | {"image": source(overlay["image"])} for overlay in options["overlay"]]
    try:
        return hashlib.sha256(resize(source(vector["source"]), **options).image).hexdigest()
    except TintypeError as error:
        return error.code


class Vectors(unittest.TestCase):
    def check(self, engine: str) -> None:
        vectors = recorded()["vectors"]
        outcomes = [made(vector) for vector in vectors]
        results = VECTORS / "results"
        results.mkdir(parents=True, exist_ok=True)
        (results / f"{engine}.txt").write_text("\n".join(outcomes) + "\n")
        differences = [
            (vector, outcome)
            for vector, outcome in zip(vectors, outcomes)
            if outcome != vector.get("sha256", vector.get("error"))
        ]
        self.assertEqual(differences[:5], [], f"{len(differences)} differ")

    def test_the_sources_are_those_that_are_recorded(self) -> None:
        for name, digest in recorded()["sources"].items():
            self.assertEqual(hashlib.sha256(source(name)).hexdigest(), digest, name)

    def test_renditions_are_those_that_are_recorded(self) -> None:
        load()
        self.check("Python, wasmtime, Cranelift")

    def test_renditions_of_the_interpreter_are_those_that_are_recorded(self) -> None:
        config = Config()
        config.target = "pulley64"
        load(config)
        self.addCleanup(load)
        self.check("Python, wasmtime, Pulley")


if __name__ == "__main__":
    unittest.main()
