# SPDX-License-Identifier: Apache-2.0
"""Checks that exporter/web/embed_page.py puts modules in order, and refuses what it cannot embed."""
import os
import subprocess
import sys
import tempfile
import unittest

from support import shipped

_INDEX = """<!doctype html><link rel="stylesheet" href="page.css">
<script src="d3.js"></script><script type="module" src="main.js"></script>"""


class EmbedPageTest(unittest.TestCase):
    def embed(self, **modules):
        """What the script writes, and what it complains of; `modules` are texts by name without .js."""
        files = {"index.html": _INDEX, "page.css": "a {}", "d3.js": "var d3 = {};",
                 **{name + ".js": text for name, text in modules.items()}}
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in files]
            for path, text in zip(paths, files.values()):
                with open(path, "w") as file:
                    file.write(text)
            done = subprocess.run([sys.executable, shipped.path("exporter/web/embed_page.py"), *paths],
                                  capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode != 0, bool(done.stderr))
        return done.stdout, done.stderr

    def test_a_module_follows_those_that_it_imports(self):
        page, _ = self.embed(main='import {one} from "./a.js";\nimport {two} from "./b.js";\none(two);\n',
                             a='import {two} from "./b.js";\nexport function one() { return two; }\n',
                             b="export const two = 2;\n")
        places = [page.index(text) for text in ("const two = 2;", "return {two};", "function one()", "one(two);")]
        self.assertEqual(places, sorted(places))
        self.assertNotRegex(page, r"(?m)^(import|export)\b")
        self.assertEqual(page.count("const two = 2;"), 1)

    def test_the_policy_names_the_style_and_both_scripts(self):
        page, _ = self.embed(main="")
        self.assertRegex(page, r"script-src 'sha256-\S{44}' 'sha256-\S{44}'; style-src 'sha256-\S{44}'; ")

    def test_refuses_what_it_cannot_embed(self):
        for wanted, modules in (
                ("main.js imports two, which a.js does not export",
                 {"main": 'import {two} from "./a.js";\n', "a": "export const one = 1;\n"}),
                ("imports itself", {"main": 'import {a} from "./a.js";\nexport const m = 1;\n',
                                    "a": 'import {m} from "./main.js";\nexport const a = 1;\n'}),
                ("this form of import or export is not known: export default 1;", {"main": "export default 1;\n"}),
                ("this form of import or export is not known: import * as a", {"main": 'import * as a from "./a.js";\n'}),
                ("a script contains </script", {"main": 'const text = "</script>";\n'})):
            self.assertIn(wanted, self.embed(**modules)[1])
