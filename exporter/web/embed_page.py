# SPDX-License-Identifier: Apache-2.0
"""Writes web_page.cc: the page with its styles and scripts inside, and the Content-Security-Policy that allows only these.

usage: embed_page.py FILE...

FILEs are index.html and what it names, found by their names without folders. In index.html,
<link rel="stylesheet" href="NAME"> is replaced by the style, <script src="NAME"></script> by the script, and
<script type="module" src="NAME"></script> by the module and all modules that it imports.

A module becomes a function that is called once and returns what the module exports. So that a few lines can do this, modules
have `import {NAME, ...} from "./FILE";` and `export` before const, function and class at the beginning of a line, and no
other form of either.
"""
import base64
import hashlib
import os
import re
import sys

_DELIMITER = "web_page"
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:const|function|class) (\w+))", re.MULTILINE)
_NEITHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def fail(message):
    sys.exit(f"embed_page.py: {message}")


class _Bundle:
    """Modules in an order in which each follows those that it imports."""

    def __init__(self, files):
        self._files = files
        self._exports = {}  # from the name of a file to the names that it exports; None while it is being added
        self._parts = []

    def add(self, name):
        if name in self._exports:
            if self._exports[name] is None:
                fail(f"{name} imports itself, by way of others")
            return
        self._exports[name] = None
        source = self._files[name]
        for names, imported in _IMPORT.findall(source):
            self.add(imported)
            for unknown in set(re.findall(r"\w+", names)) - set(self._exports[imported]):
                fail(f"{name} imports {unknown}, which {imported} does not export")
        exports = _EXPORT.findall(source)
        body = _IMPORT.sub(lambda match: f"const {match[1]} = {self._variable(match[2])};", source)
        body = _EXPORT.sub("", body)
        if _NEITHER.search(body):
            fail(f"{name}: this form of import or export is not known: {_NEITHER.search(body)[0]}")
        self._exports[name] = exports
        self._parts.append(f"const {self._variable(name)} = (() => {{\n{body}return {{{', '.join(exports)}}};\n}})();\n")

    def script(self):
        return "\n" + "".join(self._parts)

    @staticmethod
    def _variable(file):
        return "module_" + re.sub(r"\W", "_", file)


def _embed(files):
    """The page, and the policy's sources of styles and of scripts."""
    sources = {"style": [], "script": []}

    def inline(element, attributes, content):
        if re.search(rf"</{element}", content, re.IGNORECASE):
            fail(f"a {element} contains </{element}")
        sources[element].append(f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'")
        return f"<{element}{attributes}>{content}</{element}>"

    def module(match):
        bundle = _Bundle(files)
        bundle.add(match[1])
        return inline("script", ' type="module"', bundle.script())

    page = files["index.html"]
    if re.search(r"<style|<script>", page):
        fail("index.html has a style or a script of its own")
    page = re.sub(r'<link rel="stylesheet" href="([^"]+)">', lambda match: inline("style", "", files[match[1]]), page)
    page = re.sub(r'<script src="([^"]+)"></script>', lambda match: inline("script", "", files[match[1]]), page)
    page = re.sub(r'<script type="module" src="([^"]+)"></script>', module, page)
    return page, sources


def main():
    files = {}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            files[os.path.basename(path)] = file.read()
    page, sources = _embed(files)
    if f"){_DELIMITER}\"" in page:
        fail("the page contains the delimiter of the string literal")
    policy = "; ".join((
        "default-src 'none'", f"script-src {' '.join(sources['script'])}", f"style-src {' '.join(sources['style'])}",
        "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"))
    print(f'''#include "exporter/web/web_page.h"

namespace tcpgauge {{

const std::string_view kWebPage = R"{_DELIMITER}({page}){_DELIMITER}";
const std::string_view kWebPagePolicy = "{policy}";

}}  // namespace tcpgauge''')


if __name__ == "__main__":
    main()
