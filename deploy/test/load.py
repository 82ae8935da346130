"""A bounded load on the real server: a mix of sources, grammars and errors, and an origin that misbehaves.

Every answer is compared with the first one to the same request, by a hash of its bytes; requests that mean the same in
different grammars have to get the same bytes. Memory must not grow. Prints throughput, latencies and memory, and draws
them; and, if asked to, what ipx, which is sharp behind a server, takes for the same renditions.
"""

import argparse
import concurrent.futures
import hashlib
import http.client
import random
import statistics
import threading
import time
from pathlib import Path

import stack
from origin import Origin


class Job:
    """A request, the status that it has to get, and how often it comes."""

    def __init__(self, target, status=200, weight=10, group=None, body=None):
        self.target, self.status, self.weight, self.body = target, status, weight, body
        # Requests of one group mean the same.
        self.group = group or target


def jobs(origin, images):
    url = origin.url
    plain = []
    for name in images:
        for width in (64, 320):
            group = f"{name} {width}"
            options = f"w_{width},f_webp,q_80"
            plain += [
                Job(f"/?url={url}/{name}&width={width}", group=group),
                Job(f"/unsafe/rs:fit:{width}:0/f:webp/q:80/plain/{url}/{name}", group=group),
                Job(f"/cdn-cgi/image/width={width},fit=scale-down,format=webp,quality=80/{url}/{name}", group=group),
                Job(f"/_ipx/{options}/{url}/{name}", group=group),
            ]
    others = [
        Job(f"/?url={url}/a.jpg&width=200&height=200&fit=cover&gravity=attention&format=jpeg"),
        Job(f"/?url={url}/a.png&width=200&height=200&fit=pad&background=ffffff&format=png", weight=4),
        Job(f"/wsrv/?url={url}/a.jpg&w=128&output=png", weight=4),
        Job(f"/_next/image?url={url}/a.jpg&w=128&q=75"),
        Job("/?width=100", weight=6, body=images["a.jpg"], group="upload"),
        Job("/?width=100", 415, weight=3, body=b"no image at all", group="bad upload"),
        Job("/?width=100", 422, weight=3, body=images["a.jpg"][:200], group="cut upload"),
        Job("/healthz", weight=3),
        Job(f"/explain/?url={url}/a.jpg&width=5", weight=3),
        Job(f"/?url={url}/slow&width=64", weight=4),
    ]
    errors = [
        ("/nowhere", 404),
        (f"/?url={url}/a.jpg&width=0", 400),
        ("/?url=https://elsewhere.example.com/a.jpg", 403),
        (f"/?url={url}/none.jpg", 404),
        (f"/?url={url}/page", 415),
        (f"/?url={url}/loop", 502),
        (f"/?url={url}/error", 502),
        (f"/?url={url}/reset", 502),
        (f"/?url={url}/cut", 422),
        (f"/?url={url}/silent", 504),
        (f"/?url={url}/drip", 502),
        (f"/?url={url}/broken", 502),
        (f"/?url={url}/a.jpg&width=9000&height=9000&enlarge=1&fit=fill", 400),
    ]
    return plain + others + [Job(target, status, weight=2) for target, status in errors]


class Tally:
    """What came of the requests."""

    def __init__(self, most):
        self.lock = threading.Lock()
        self.left = most
        self.seen, self.latencies, self.faults, self.statuses = {}, [], [], {}
        # Requests that were sent again, and the second at which the server began that is there at the end.
        self.repeated, self.began = 0, 0

    def take(self):
        """Whether one more request is to be sent."""
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def add(self, job, status, body, start, end):
        # An error has an identifier of its own.
        content = body if status == 200 else b""
        digest = hashlib.sha256(content).hexdigest()
        with self.lock:
            self.latencies.append((end, end - start, status))
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status != job.status:
                self.faults.append(f"{job.target}: {status} instead of {job.status}: {body[:200]!r}")
            elif self.seen.setdefault(job.group, digest) != digest:
                self.faults.append(f"{job.target}: other bytes than the same request got before")


class Server:
    """The service, which may be killed and started again on its port."""

    def __init__(self, start):
        self.start, self.process = start, start(stack.free_port())
        self.port, self.deaths = self.process.port, 0

    def restart(self):
        self.deaths += 1
        self.process.kill()
        self.process = self.start(self.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stop()


def work(server, tally, table, until, seed):
    """One client: sends requests at random until there are enough, or the time is over."""
    chance = random.Random(seed)
    weights = [job.weight for job in table]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    while time.monotonic() < until and tally.take():
        (job,) = chance.choices(table, weights)
        ask(connection, job, server, tally)


def ask(connection, job, server, tally):
    """Sends a request, and again if the server was killed meanwhile, as a proxy in front of it would."""
    start = time.monotonic()
    while True:
        deaths = server.deaths
        try:
            connection.request("POST" if job.body else "GET", job.target, job.body)
            response = connection.getresponse()
            body = response.read()
            return tally.add(job, response.status, body, start, time.monotonic())
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            with tally.lock:
                if server.deaths == deaths and deaths == 0 or time.monotonic() - start > 60:
                    return tally.faults.append(f"{job.target}: {error!r}")
                tally.repeated += 1
            time.sleep(0.1)


def percentile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def picture(seconds, rates, p99s, memory):
    """Three curves over time as SVG."""
    width, height, left = 640, 120, 70
    parts = []
    for row, (title, values, color) in enumerate(
        [("requests per second", rates, "#2b6cb0"), ("p99, ms", p99s, "#c05621"), ("memory, MiB", memory, "#2f855a")]
    ):
        top = 30 + row * (height + 40)
        most = max([*values, 1e-9])
        step = (width - left - 20) / max(1, len(values) - 1)
        points = " ".join(
            f"{left + index * step:.1f},{top + height - value / most * height:.1f}" for index, value in enumerate(values)
        )
        parts += [
            f'<text x="{left}" y="{top - 8}">{title}</text>',
            f'<text x="{left - 8}" y="{top + 10}" text-anchor="end">{most:.0f}</text>',
            f'<text x="{left - 8}" y="{top + height}" text-anchor="end">0</text>',
            f'<path d="M{left} {top}V{top + height}H{width - 20}" fill="none" stroke="#999"/>',
            f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>',
        ]
    total = 30 + 3 * (height + 40)
    parts.append(f'<text x="{width - 20}" y="{total - 14}" text-anchor="end">{seconds} s</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{total}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
    )


def sources(server):
    """The contact sheet in every format, and smaller."""
    made = {}
    for name, options in [
        ("a.jpg", "width=800&format=jpeg"),
        ("a.png", "width=400&format=png"),
        ("a.webp", "width=600&format=webp"),
    ]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("POST", f"/?{options}", stack.photo())
        made[name] = connection.getresponse().read()
    return made


def run(server, flags, table, requests, seconds, kills=False):
    """Puts the load on a server. What came of it, the server's memory at each second in MiB, the start, and how long it took."""
    tally, memory, killed = Tally(requests), [], not kills
    begin = time.monotonic()
    until = begin + seconds
    with concurrent.futures.ThreadPoolExecutor(flags.clients) as clients:
        running = [clients.submit(work, server, tally, table, until, seed) for seed in range(flags.clients)]
        while not all(client.done() for client in running):
            if not killed and (tally.left < requests / 2 or time.monotonic() - begin > seconds / 2):
                server.restart()
                killed, tally.began = True, len(memory)
            memory.append(server.process.memory() / (1 << 20))
            time.sleep(1)
        for client in running:
            client.result()
    return tally, memory, begin, time.monotonic() - begin


def growth(memory):
    """Memory at the end, for each byte after the first tenth of the time, when every kind of request has been there."""
    tenth = len(memory) // 10
    if tenth < 3:
        return 1.0
    return statistics.median(memory[-tenth:]) / statistics.median(memory[tenth : 2 * tenth])


# How much more memory at the end is no growth: what requests at one moment have in common varies.
STEADY = 1.3


def main():
    flags = argparse.ArgumentParser(prog="./x load", description=__doc__)
    flags.add_argument("--seconds", type=int, default=60, help="how long at most (60)")
    flags.add_argument("--requests", type=int, default=1 << 30, help="how many at most")
    flags.add_argument("--clients", type=int, default=8, help="how many at once (8)")
    flags.add_argument("--restart", action="store_true", help="kill the server in the middle, and start it again")
    flags.add_argument("--ipx", action="store_true", help="compare with ipx, from npm")
    flags.add_argument("--component", default="tintype.wasm", help="the file in dist/ (tintype.wasm)")
    flags.add_argument("--svg", default="target/load.svg", help="where to draw (target/load.svg)")
    flags = flags.parse_args()
    with stack.service({"TINTYPE_LOG": "0"}, flags.component) as server:
        images = sources(server)
    origin = Origin(images)
    variables = {
        "TINTYPE_SOURCES": origin.url,
        "TINTYPE_TIMEOUT_FIRST_BYTE": "2s",
        "TINTYPE_TIMEOUT_TOTAL": "20s",
        # The drip comes faster than this, and never to an end.
        "TINTYPE_TIMEOUT_BETWEEN_BYTES": "1500ms",
        "TINTYPE_LOG": "0",
    }
    table = jobs(origin, images)
    with Server(lambda port: stack.service(variables, flags.component, port)) as server:
        tally, memory, begin, took = run(server, flags, table, flags.requests, flags.seconds, flags.restart)
    report(flags, tally, memory, begin, took)
    grown = growth(memory[tally.began :])
    print(f"\nMemory at the end is {grown:.2f} of what it was at first.")
    if grown > STEADY:
        tally.faults.append(f"memory grew to {grown:.2f} of what it was")
    if flags.ipx:
        compare(flags, variables, origin)
    if tally.faults:
        raise SystemExit("\n".join([f"{len(tally.faults)} answers are wrong:", *tally.faults[:20]]))


def compare(flags, variables, origin):
    """The renditions that ipx makes, too, from both in turn."""
    jobs_of = lambda prefix: [
        Job(f"{prefix}/{options}/{origin.url}/{name}")
        for name in origin.images
        for options in ("w_64,f_webp,q_80", "w_320,f_webp,q_80", "w_320,f_jpeg,q_80")
    ]
    servers = [
        ("tintype", "/_ipx", lambda port: stack.service(variables, flags.component, port)),
        ("ipx", "", lambda port: stack.ipx(port)),
    ]
    print("\n| the same renditions | per second | p50, ms | p99, ms | memory, MiB | CPU, ms each | wrong |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    for name, prefix, start in servers:
        with Server(start) as server:
            run(server, flags, jobs_of(prefix), 100, 20)
            before = server.process.cpu()
            tally, memory, _, took = run(server, flags, jobs_of(prefix), flags.requests, min(flags.seconds, 30))
            cpu = (server.process.cpu() - before) / max(1, len(tally.latencies)) * 1000
        times = sorted(latency for _, latency, _ in tally.latencies)
        figures = [len(times) / took, percentile(times, 0.5) * 1000, percentile(times, 0.99) * 1000, max(memory), cpu]
        print(f"| {name} |", " | ".join(f"{figure:.0f}" for figure in figures), f"| {len(tally.faults)} |")


def report(flags, tally, memory, begin, took):
    good = sorted(latency for _, latency, status in tally.latencies if status == 200)
    every = sorted(latency for _, latency, _ in tally.latencies)
    slices, rates, p99s = max(1, len(memory)), [], []
    for index in range(slices):
        here = sorted(latency for end, latency, _ in tally.latencies if index <= end - begin < index + 1)
        rates.append(len(here))
        p99s.append(percentile(here, 0.99) * 1000)
    print(f"{flags.component}, {flags.clients} clients, {took:.0f} s, {len(tally.seen)} different requests\n")
    print("| | images | all |\n| --- | --: | --: |")
    print(f"| answers | {len(good)} | {len(every)} |")
    print(f"| per second | {len(good) / took:.1f} | {len(every) / took:.1f} |")
    for share in (0.5, 0.99):
        print(f"| p{share * 100:.0f}, ms | {percentile(good, share) * 1000:.0f} | {percentile(every, share) * 1000:.0f} |")
    print(f"| wrong or lost | | {len(tally.faults)} |")
    print(f"| sent again, because the server was killed | | {tally.repeated} |\n")
    print("| status |", " | ".join(str(status) for status in sorted(tally.statuses)), "|")
    print("| --- |", " | ".join("--:" for _ in tally.statuses), "|")
    print("| answers |", " | ".join(str(tally.statuses[status]) for status in sorted(tally.statuses)), "|\n")
    print("| after | requests per second | p99, ms | memory of the server, MiB |\n| --: | --: | --: | --: |")
    for index in range(0, len(memory), max(1, len(memory) // 10)):
        print(f"| {index} s | {rates[index]} | {p99s[index]:.0f} | {memory[index]:.0f} |")
    path = Path(flags.svg) if Path(flags.svg).is_absolute() else stack.ROOT / flags.svg
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(picture(int(took), rates, p99s, memory))
    print(f"\n{path}")


if __name__ == "__main__":
    main()
