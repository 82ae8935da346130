"""The demonstration, as `./x demo` runs it."""

import re
import subprocess
import sys
import unittest

import stack


class Demo(unittest.TestCase):
    def test_an_image_of_a_private_bucket_comes_through_the_cache_and_is_reported(self):
        command = [sys.executable, stack.ROOT / "deploy/test/demo.py", "--once"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
        answers = re.findall(r"^GET \S+  (\d+) (\w+) (\d+) bytes", printed, re.MULTILINE)
        (first, missed, size), (second, hit, same) = answers
        self.assertEqual((first, missed, second, hit), ("200", "MISS", "200", "HIT"))
        self.assertEqual(size, same)
        self.assertRegex(printed, r"collector received 4 spans and \d+ metrics")
