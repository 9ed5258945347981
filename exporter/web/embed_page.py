# SPDX-License-Identifier: Apache-2.0
"""Writes web_page.cc: the page, and the Content-Security-Policy that allows only its own style and script.

usage: embed_page.py PAGE
"""
import base64
import hashlib
import re
import sys

_DELIMITER = "web_page"


def _source(page, element):
    inline = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    if len(inline) != 1 or len(re.findall(rf"<{element}\b", page)) != 1:
        sys.exit(f"embed_page.py: the page must have one inline <{element}>")
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()}'"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        page = file.read()
    if f"){_DELIMITER}\"" in page:
        sys.exit("embed_page.py: the page contains the delimiter of the string literal")
    policy = "; ".join((
        "default-src 'none'", f"script-src {_source(page, 'script')}", f"style-src {_source(page, 'style')}",
        "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"))
    print(f'''#include "exporter/web/web_page.h"

namespace tcpgauge {{

const std::string_view kWebPage = R"{_DELIMITER}({page}){_DELIMITER}";
const std::string_view kWebPagePolicy = "{policy}";

}}  // namespace tcpgauge''')


if __name__ == "__main__":
    main()
