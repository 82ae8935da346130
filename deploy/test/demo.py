"""docs/deploy.md on one machine: a store of objects, the service, nginx as a cache in front of it, and a collector of telemetry."""

import argparse
import os
import re
import shutil
import signal
import tempfile
import time
from pathlib import Path

import stack


def received(collector):
    """What a collector says of a request's trace and metrics."""
    counted = re.findall(r'"(spans|metrics)":(\d+)', collector.output())
    return sorted(f"{count} {name}" for name, count in counted)


def main():
    flags = argparse.ArgumentParser(prog="./x demo", description=__doc__)
    flags.add_argument("--once", action="store_true", help="ask for an image twice, and end")
    flags = flags.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="tintype-demo-") as folder:
        if os.getuid() == 0:
            # Workers of nginx would not get into it.
            os.chmod(folder, 0o755)
        objects = Path(folder) / "objects"
        (objects / "photos").mkdir(parents=True)
        shutil.copy(stack.ROOT / "docs/contact-sheet.webp", objects / "photos/postcards.webp")
        listens = ["--exporter", "blackhole", "--debug-log", "traces", "--debug-log", "metrics", "--log-format", "json"]
        with stack.store(objects) as store, stack.collector(*listens) as collector:
            variables = {
                **stack.of_store(store),
                "TINTYPE_SOURCES": "s3://photos",
                "TINTYPE_TRUST_ORIGIN_ETAG": "1",
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            }
            with stack.service(variables) as server, stack.nginx(server, folder) as cache:
                target = "/?url=s3://photos/postcards.webp&width=800"
                print(f"store      {store.url}   bucket photos, in {objects}/photos")
                print(f"service    {server.url}")
                print(f"cache      {cache.url}")
                print(f"collector  {collector.url}")
                for _ in range(2):
                    start = time.monotonic()
                    answer = cache.get(target)
                    took = (time.monotonic() - start) * 1000
                    print(f"GET {target}  {answer.status} {answer.headers['X-Cache']} {len(answer.body)} bytes, {took:.1f} ms")
                stack.wait_for(lambda: len(received(collector)) == 2, "telemetry")
                print(f"collector received {' and '.join(received(collector))}")
                print(f'\n  curl "{cache.url}{target}" -o postcards.webp\n', flush=True)
                try:
                    while not flags.once:
                        time.sleep(1)
                except KeyboardInterrupt:
                    pass


if __name__ == "__main__":
    main()
