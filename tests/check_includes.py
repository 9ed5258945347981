#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that each file includes only headers of its own target and of the target's direct dependencies.

usage: bazel query --output=xml 'kind("cc_.* rule", //...)' | check_includes.py PROJECT_FOLDER

Bazel's visibility limits which targets a target may depend on. Together with this check it makes includes point one
way. The compiler alone would also accept a header of an indirect dependency, and clang 14's layering check looks
only at what .cc files include.

Also checks that each third-party library is included only in the files that are its home.

Prints a line for each wrong include. The exit status is 1 when there is one.
"""
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

INCLUDE = re.compile(r'^#include [<"]([^">]+)[">]', re.MULTILINE)
# Besides tests, only this file, or the files of this folder, may include what begins so. Several parts of the agent count
# something, so prometheus-cpp has several homes.
HOMES = {
    "pcap": "src/capture/",
    "ncurses": "tui/curses_screen.cc",
    "curses": "tui/curses_screen.cc",
    "curl/": "src/http_client/http_client.cc",
    "boost/": (
        "exporter/http/byte_stream.cc",
        "exporter/http/byte_stream.h",
        "exporter/http/http_connection.cc",
        "exporter/http/http_connection.h",
        "exporter/http/http_server.cc",
        "exporter/http/request_head.cc",
    ),
    "yaml-cpp/": (
        "src/base/yaml_document.cc",
        "src/base/yaml_document.h",
        "exporter/http/web_config.cc",
        "tui/view_config.cc",
    ),
    "libdeflate": "src/base/gzip.cc",
    "sys/capability.h": "src/privilege/drop_privileges.cc",
    "systemd/": "src/base/service_manager.cc",
    "seccomp.h": "src/privilege/system_call_filter.cc",
    "crypt.h": "exporter/http/basic_auth.cc",
    "openssl/": (
        "exporter/http/keyed_digest.cc",
        "exporter/http/tls_context.cc",
        "exporter/http/tls_context.h",
        "src/base/uuid.cc",
    ),
    "google/protobuf/": "exporter/otlp/",
    "prometheus/": (
        "exporter/log/",
        "exporter/metrics/",
        "exporter/otlp/",
        "exporter/web/",
        "src/agent/",
        "src/snapshot/ended_queue.cc",
        "src/snapshot/ended_queue.h",
    ),
}


def read_rules(stream):
    """From a rule's label to its files (paths in the project) and its dependencies (labels)."""
    stream.readline()  # Bazel announces XML 1.1, which Python does not read; what follows is 1.0 as well
    rules = {}
    for rule in ElementTree.parse(stream).iter("rule"):
        lists = {each.get("name"): [label.get("value") for label in each.findall("label")] for each in rule.findall("list")}
        files = [label[2:].replace(":", "/").lstrip("/") for label in lists.get("srcs", []) + lists.get("hdrs", [])]
        rules[rule.get("name")] = (files, lists.get("deps", []))
    return rules


def _homes(home):
    return home if isinstance(home, tuple) else (home,)


def _is_home(path, home):
    return any(path == each or each.endswith("/") and path.startswith(each) for each in _homes(home))


def wrong_includes(project, rules):
    owner = {path: label for label, (files, _) in rules.items() for path in files if path.endswith(".h")}
    for label, (files, dependencies) in sorted(rules.items()):
        for path in sorted(files):
            if not os.path.exists(os.path.join(project, path)):
                continue  # generated
            with open(os.path.join(project, path), encoding="utf-8") as file:
                includes = INCLUDE.findall(file.read())
            for header in includes:
                needed = "@absl//:absl" if header.startswith("absl/") else owner.get(header)
                if needed not in (None, label) and needed not in dependencies:
                    yield f"{path}: {header} needs {needed} among the dependencies of {label}"
                for start, home in HOMES.items():
                    if header.startswith(start) and not _is_home(path, home) and not path.startswith("tests/"):
                        yield f"{path}: {header} belongs into {' or '.join(_homes(home))} alone"


if __name__ == "__main__":
    wrong = list(wrong_includes(sys.argv[1], read_rules(sys.stdin)))
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
