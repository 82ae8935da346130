"""What the tests share: the vectors, and photographs among their sources."""

from __future__ import annotations

import json
import os
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[3]
VECTORS = Path(os.environ.get("TINTYPE_VECTORS", ROOT / "target" / "vectors"))


def recorded() -> dict[str, object]:
    return json.loads((ROOT / "conformance" / "vectors.json").read_text())


def source(name: str) -> bytes:
    path = VECTORS / "sources" / name
    if not path.exists():
        raise unittest.SkipTest(f"{path} is missing: cargo run --package conformance --bin sources -- {path.parent}")
    return path.read_bytes()
