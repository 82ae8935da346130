"""Sources in a store of objects that verifies signatures."""

import hashlib
import tempfile
import unittest
from pathlib import Path
from urllib.parse import quote

import stack

KEYS = ["cat.png", "my photo+1.png", "ünï/日本.png", "a..b.png", "50%.png", "x=1&y=2;z.png", "tilde~('!*).png"]


class Objects(unittest.TestCase):
    component = "tintype.wasm"

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        bucket = Path(cls.folder.name) / "photos"
        for key in [*KEYS, "2026/cat.png"]:
            (bucket / key).parent.mkdir(parents=True, exist_ok=True)
            (bucket / key).write_bytes(stack.photo())
        cls.store = stack.store(cls.folder.name)
        cls.server = stack.service(
            {
                **stack.of_store(cls.store),
                "TINTYPE_SOURCES": "s3://photos",
                "TINTYPE_TRUST_ORIGIN_ETAG": "1",
                "TINTYPE_DEBUG": "1",
                "TINTYPE_ALIAS_year": "s3://photos/2026/",
            },
            cls.component,
        )

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.store.stop()
        cls.folder.cleanup()

    def source(self, source, headers=None):
        return self.server.get(f"/?url={quote(source, safe='')}&width=64", headers)

    def test_every_key_is_found_and_signed_for(self):
        seen = set()
        for key in KEYS:
            answer = self.source("s3://photos/" + quote(key))
            self.assertEqual((key, answer.status), (key, 200))
            seen.add(hashlib.sha256(answer.body).hexdigest())
        self.assertEqual(len(seen), 1)

    def test_every_grammar_finds_it(self):
        base64 = "czM6Ly9waG90b3MvY2F0LnBuZw"
        for target in [
            "/unsafe/rs:fit:64:64/plain/s3://photos/my%2520photo+1.png",
            f"/unsafe/rs:fit:64:64/{base64}",
            "/cdn-cgi/image/width=64/s3://photos/cat.png",
            "/wsrv/?url=s3://photos/cat.png&w=64",
            "/_next/image?url=s3%3A%2F%2Fphotos%2Fcat.png&w=64&q=75",
            "/_ipx/w_64/s3://photos/cat.png",
            "/?url=year:cat.png&width=64",
            "/cdn-cgi/image/width=64/year:cat.png",
        ]:
            self.assertEqual((target, self.server.get(target).status), (target, 200))

    def test_what_is_missing_or_not_listed_is_refused(self):
        self.assertEqual(self.source("s3://photos/none.png").error(), (404, "source-not-found"))
        self.assertEqual(self.source("s3://secrets/cat.png").error(), (403, "source-not-allowed"))
        self.assertEqual(self.source("s3://photos/../secrets/cat.png").error(), (404, "source-not-found"))
        self.assertEqual(self.source("s3://photos/..%2fsecrets/cat.png").error(), (400, "invalid-source"))
        self.assertEqual(self.source("s3://photos/").error(), (400, "invalid-source"))
        self.assertEqual(self.source("s3://photos/cat.png?acl").error(), (400, "invalid-source"))
        self.assertEqual(self.source(f"{self.store.url}/photos/cat.png").error(), (403, "source-not-allowed"))

    def test_an_image_that_the_client_has_is_not_sent_again(self):
        first = self.source("s3://photos/cat.png")
        again = self.source("s3://photos/cat.png", {"If-None-Match": first.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))

    def test_a_wrong_secret_is_refused_by_the_store(self):
        variables = {**stack.of_store(self.store, "guess"), "TINTYPE_SOURCES": "s3://photos"}
        with stack.service(variables, self.component) as server:
            answer = server.get("/?url=s3://photos/cat.png&width=64")
            self.assertEqual(answer.error(), (502, "origin-status"))
            self.assertIn(b"the origin returned 403", answer.body)
            self.assertIn(b"TINTYPE_S3_", answer.body)

    def test_secrets_are_shown_nowhere(self):
        shown = [self.server.get(target).body for target in ["/config", "/explain/?url=s3://photos/cat.png"]]
        shown += [self.source("s3://photos/none.png").body, self.server.output().encode()]
        for text in shown:
            self.assertNotIn(stack.SECRET_KEY.encode(), text)


class ObjectsP3(Objects):
    component = "tintype-p3.wasm"


if __name__ == "__main__":
    unittest.main()
