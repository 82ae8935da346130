"""One job in a process of its own, as `packages/npm/bench/job.js`, which prints the same: `job.py <source> <width> <format>`."""

import json
import re
import sys
import time
from pathlib import Path

path, width, format = sys.argv[1:]
source = Path(path).read_bytes()


def status(field: str) -> int:
    return int(re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024


before = status("VmRSS")
start = time.process_time()
import tintype  # noqa: E402


def busy() -> float:
    began = time.process_time()
    tintype.resize(source, width=int(width), format=format, quality=None if format == "png" else 80)
    return (time.process_time() - began) * 1000


busy()
first = (time.process_time() - start) * 1000
memory = status("VmHWM") - before
print(json.dumps({"first": first, "best": min(busy() for _ in range(10)), "memory": memory}))
