"""Caches in front of the service: hits, revalidation, stale images, variants, and many requests for one image."""

import concurrent.futures
import http.server
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import stack

CROWD = 200


class Origin(http.server.ThreadingHTTPServer):
    """A web server whose image may be cached for as long as `max_age` says, and which can be made to fail."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.max_age, self.delay, self.is_down = 3600, 0, False
        self.conditional = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        time.sleep(server.delay)
        if server.is_down:
            return self.reply(500, b"")
        if self.headers.get("If-None-Match") == '"v1"':
            server.conditional += 1
            return self.reply(304, b"")
        self.reply(200, stack.photo())

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("ETag", '"v1"')
        self.send_header("Cache-Control", f"max-age={self.server.max_age}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Nginx(unittest.TestCase):
    cache = staticmethod(stack.nginx)

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.origin = Origin()
        cls.server = stack.service(
            {"TINTYPE_SOURCES": cls.origin.url, "TINTYPE_TRUST_ORIGIN_ETAG": "1", "TINTYPE_TTL_MIN": "0"}
        )
        cls.front = cls.cache(cls.server, cls.folder.name)
        stack.wait_for(lambda: cls.front.get("/healthz").status == 200, "healthy service behind the cache")

    @classmethod
    def tearDownClass(cls):
        for part in [cls.front, cls.server]:
            part.stop()
        cls.origin.shutdown()
        cls.origin.server_close()
        cls.folder.cleanup()

    def setUp(self):
        self.origin.max_age, self.origin.delay, self.origin.is_down = 3600, 0, False

    def target(self, options="width=64"):
        """A target that no other test has."""
        return f"/?url={self.origin.url}/{self.id()}.png&{options}"

    def renditions(self, path="", status=200):
        """How many times the service has made an image since the last call."""
        time.sleep(0.2)
        seen = [record for record in self.server.records() if record.get("grammar") == "query"]
        new, type(self).seen = seen[getattr(type(self), "seen", 0) :], len(seen)
        return [record["status"] for record in new]

    def test_an_image_is_made_once(self):
        self.renditions()
        first, second = self.front.get(self.target()), self.front.get(self.target())
        self.assertEqual((first.status, second.status, second.headers["X-Cache"]), (200, 200, "HIT"))
        self.assertEqual(first.body, second.body)
        self.assertEqual(self.renditions(), [200])

    def test_a_crowd_that_asks_for_a_cold_image_makes_one_rendition(self):
        self.renditions()
        self.origin.delay = 0.5
        with concurrent.futures.ThreadPoolExecutor(CROWD) as crowd:
            answers = list(crowd.map(lambda _: self.front.get(self.target()), range(CROWD)))
        self.assertEqual({answer.status for answer in answers}, {200})
        self.assertEqual(len({answer.body for answer in answers}), 1)
        self.assertEqual(self.renditions(), [200])

    def test_what_browsers_accept_makes_two_variants(self):
        self.renditions()
        target = self.target("width=64&format=auto")
        accepts = [
            ("image/avif,image/webp,image/apng,image/*,*/*;q=0.8", "image/webp"),
            ("image/webp,*/*", "image/webp"),
            ("image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", "image/jpeg"),
            ("image/jpeg, image/*", "image/jpeg"),
        ]
        for accept, expected in accepts:
            answer = self.front.get(target, {"Accept": accept})
            self.assertEqual((accept, answer.headers["Content-Type"]), (accept, expected))
        self.assertEqual(self.renditions(), [200, 200])

    def test_a_client_that_has_the_image_gets_304_from_the_cache(self):
        first = self.front.get(self.target())
        self.renditions()
        again = self.front.get(self.target(), {"If-None-Match": first.headers["ETag"]})
        self.assertEqual((again.status, self.renditions()), (304, []))

    def test_an_image_that_has_expired_is_shown_and_asked_for_with_its_tag(self):
        self.origin.max_age = 1
        first = self.front.get(self.target())
        self.renditions()
        time.sleep(2.1)
        conditional = self.origin.conditional
        stale = self.front.get(self.target())
        self.assertEqual((stale.status, stale.body), (200, first.body))
        stack.wait_for(lambda: self.origin.conditional > conditional, "conditional request to the origin", 5)
        self.assertEqual(self.renditions(), [304])

    def test_while_the_origin_is_down_an_image_that_has_expired_is_shown(self):
        self.origin.max_age = 1
        first = self.front.get(self.target())
        time.sleep(2.1)
        self.origin.is_down = True
        for _ in range(3):
            stale = self.front.get(self.target())
            self.assertEqual((stale.status, stale.body), (200, first.body))
            time.sleep(0.3)

    def test_errors_are_not_kept(self):
        self.origin.is_down = True
        self.assertEqual(self.front.get(self.target()).status, 502)
        self.origin.is_down = False
        self.assertEqual(self.front.get(self.target()).status, 200)

    def test_what_is_for_operators_is_hidden(self):
        for target in ["/config", "/explain/?url=a"]:
            self.assertEqual(self.front.get(target).status, 404)


class Varnish(Nginx):
    cache = staticmethod(stack.varnish)


class Configurations(unittest.TestCase):
    def test_nginx_finds_no_fault(self):
        text = (stack.DEPLOY / "nginx.conf").read_text()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "nginx.conf"
            path.write_text(text.replace("/var/cache/nginx", folder).replace("/run/", f"{folder}/"))
            tested = subprocess.run(["nginx", "-t", "-p", folder, "-c", path], capture_output=True, text=True)
            self.assertEqual(tested.returncode, 0, tested.stderr)
            self.assertNotIn("[warn]", tested.stderr)


if __name__ == "__main__":
    unittest.main()
