"""Starts the parts of a deployment as processes on free ports of this machine, and stops them."""

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
WASMTIME = os.environ.get("WASMTIME", "wasmtime")
S3S_FS = os.environ.get("S3S_FS", "s3s-fs")
# The version of ipx to compare with.
IPX = "3.1.1"
ACCESS_KEY, SECRET_KEY = "AKTINTYPE", "swordfish/+="


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def photo(name="docs/contact-sheet.webp"):
    return (ROOT / name).read_bytes()


class Answer:
    """The answer to a request."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def error(self):
        return self.status, json.loads(self.body).get("error")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def get(url, headers=None):
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with OPENER.open(request, timeout=60) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def wait_for(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"no {what} after {seconds} seconds")


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """A process that listens on a port. It ends with its `with` block."""

    def __init__(self, command, port, environment=None, name=None):
        self.port, self.name = port, name or Path(command[0]).name
        self.url = f"http://127.0.0.1:{port}"
        self.lines = []
        self.child = subprocess.Popen(
            [str(word) for word in command],
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        try:
            wait_for(lambda: listens(port) or self.child.poll() is not None, f"{self.name} on its port", 120)
        except AssertionError:
            self.stop()
            raise
        if self.child.poll() is not None:
            raise AssertionError(f"{self.name} ended: {self.output()}")

    def _read(self):
        for line in self.child.stdout:
            self.lines.append(line)

    def output(self):
        return "".join(self.lines)

    def records(self):
        """The lines of the service's log."""
        found = []
        for line in list(self.lines):
            start = line.find('{"time"')
            if start >= 0:
                found.append(json.loads(line[start:]))
        return found

    def memory(self):
        """Resident bytes."""
        text = Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) << 10

    def get(self, target, headers=None):
        return get(self.url + target, headers)

    def cpu(self):
        """Processor time so far, in seconds."""
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.child.kill()
        self.child.wait()
        self.reader.join()
        self.child.stdout.close()

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.reader.join()
        self.child.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def service(environment, component="tintype.wasm", port=None, flags=()):
    """The service under `wasmtime serve`, compiled once for all tests."""
    port = port or free_port()
    command = [WASMTIME, "serve", "-Scli,inherit-env", "-Wtimeout=140s", f"--addr=127.0.0.1:{port}", "--allow-precompiled", *flags]
    return Process([*command, compiled(component)], port, environment, component)


def compiled(component):
    source = ROOT / "dist" / component
    target = Path(tempfile.gettempdir()) / f"tintype-{os.getuid()}-{component}.cwasm"
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        # `-Wtimeout` needs code that looks at the time.
        subprocess.run([WASMTIME, "compile", "-Wepoch-interruption", source, "-o", target], check=True)
    return target


def ipx(port):
    """ipx, which has sharp behind a server, from npm."""
    folder = ROOT / "target/deploy/ipx"
    if not (folder / "node_modules/ipx").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", f"ipx@{IPX}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    script = folder / "node_modules/ipx/bin/ipx.mjs"
    command = ["node", script, "serve", "--dir", folder, "--domains", "127.0.0.1", "--host", "127.0.0.1", "--port", port]
    return Process(command, port, name="ipx")


def store(folder, port=None):
    """A store of objects that verifies signatures. Each folder in `folder` is a bucket."""
    port = port or free_port()
    command = [S3S_FS, "--host", "127.0.0.1", "--port", port]
    return Process([*command, "--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY, folder], port)


def of_store(server, secret=SECRET_KEY):
    """The variables of a service that reads this store."""
    return {
        "TINTYPE_S3_ENDPOINT": server.url,
        "TINTYPE_S3_ACCESS_KEY_ID": ACCESS_KEY,
        "TINTYPE_S3_SECRET_ACCESS_KEY": secret,
    }


def collector(*flags):
    """A collector of telemetry, which takes OTLP over HTTP."""
    agent = Path(importlib.util.find_spec("rotel").origin).with_name("rotel-agent")
    port, other = free_port(), free_port()
    command = [agent, "start", "--otlp-http-endpoint", f"127.0.0.1:{port}", "--otlp-grpc-endpoint", f"127.0.0.1:{other}"]
    return Process([*command, "--batch-timeout", "100ms", *flags], port)


def nginx(upstream, folder, port=None, validity=None):
    """nginx with deploy/nginx.conf, its paths and addresses changed."""
    port = port or free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    changed = (
        ("/run/tintype-nginx.pid", f"{folder}/pid"),
        ("/var/cache/nginx", str(folder)),
        ("127.0.0.1:3000", f"127.0.0.1:{upstream.port}"),
        ("127.0.0.1:8080", f"127.0.0.1:{port}"),
        ("worker_processes auto;", "worker_processes 2;\ndaemon off;\nuser root;" if os.getuid() == 0 else "daemon off;"),
    )
    for old, new in changed:
        assert old in text, old
        text = text.replace(old, new)
    path = Path(folder) / "nginx.conf"
    path.write_text(text)
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return Process([program, "-p", folder, "-c", path], port)


def varnish(upstream, folder, port=None):
    """Varnish with deploy/default.vcl, its backend changed."""
    port = port or free_port()
    text = (DEPLOY / "default.vcl").read_text()
    assert '"3000"' in text
    path = Path(folder) / "default.vcl"
    path.write_text(text.replace('"3000"', f'"{upstream.port}"'))
    program = shutil.which("varnishd") or "/usr/sbin/varnishd"
    flags = ["-F", "-j", "none", "-n", Path(folder) / "varnish", "-s", "malloc,64m", "-f", path]
    return Process([program, *flags, "-a", f"127.0.0.1:{port}", "-T", f"127.0.0.1:{free_port()}"], port)
