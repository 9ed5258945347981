#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints a software bill of materials of a binary of tcpgauge, in SPDX 2.3 (JSON).

usage: deploy/sbom.py BINARY

Run it where the binary was built. It lists the Debian packages, with the versions that are installed:
- of the shared libraries that the binary loads, those that other libraries bring included;
- of deploy/packages.txt, with which the binary was built. Headers and archives among them are part of the binary.
The time in it is SOURCE_DATE_EPOCH, if that is set, and otherwise that of the commit.
"""
import datetime
import json
import os
import re
import subprocess
import sys
import uuid

_PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What the binary contains, of packages that have no shared library in it.
_PARTS_OF_BINARY = re.compile(r"libabsl-dev|libboost-dev|nlohmann-json3-dev|node-d3-.*")
# What the binary reads while it runs.
_NEEDED_TO_RUN = {"netbase"}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=_PROJECT).stdout


def package_of(path):
    """The package of a file. dpkg knows some files by the paths from before /lib became a link to /usr/lib."""
    path = os.path.realpath(path)
    for known in (path, path.removeprefix("/usr")):
        done = subprocess.run(["dpkg-query", "--search", known], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    sys.exit(f"sbom.py: no package has the file {path}; run it where the binary was built")


def libraries(binary):
    """The files that the loader takes for `binary`."""
    return re.findall(r"=> (/\S+)", run("ldd", binary))


def build_packages():
    with open(os.path.join(_PROJECT, "deploy/packages.txt")) as file:
        return [line.split()[0] for line in file if line.strip() and not line.startswith("#")]


def versions(names):
    """{package: (version, architecture, name of the source package)}."""
    shown = run("dpkg-query", "-W", "-f", "${Package} ${Version} ${Architecture} ${source:Package}\n", *names)
    found = {}
    for line in shown.splitlines():
        name, version, architecture, source = line.split()
        found.setdefault(name, (version, architecture, source))
    return found


def created():
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct")
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def identifier(name):
    return "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name.replace("+", "-plus"))


def debian_package(name, version, architecture, source):
    return {
        "SPDXID": identifier(name), "name": name, "versionInfo": version, "supplier": "Organization: Debian",
        "sourceInfo": f"built from the Debian source package {source}", "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False, "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": f"pkg:deb/debian/{name.replace('+', '%2B')}@"
                                              f"{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}"}]}


def main(binary):
    version, commit = re.match(r"tcpgauge (\S+) \(commit (\S+)\)", run(binary, "--version")).groups()
    loaded = sorted({package_of(path) for path in libraries(binary)})
    built_with = sorted(set(build_packages()) - set(loaded))
    known = versions(loaded + built_with)
    own = identifier("tcpgauge")
    packages = [{
        "SPDXID": own, "name": "tcpgauge", "versionInfo": version, "sourceInfo": f"commit {commit}",
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0", "copyrightText": "Copyright 2026 tcpgauge authors",
        "primaryPackagePurpose": "APPLICATION"}]
    packages += [debian_package(name, *known[name]) for name in loaded + built_with]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", own)]
    relations += [(own, "DYNAMIC_LINK", identifier(name)) for name in loaded]
    for name in built_with:
        if _PARTS_OF_BINARY.fullmatch(name):
            relations.append((own, "STATIC_LINK", identifier(name)))
        else:
            kind = "RUNTIME_DEPENDENCY_OF" if name in _NEEDED_TO_RUN else "BUILD_DEPENDENCY_OF"
            relations.append((identifier(name), kind, own))
    content = json.dumps([packages, relations], sort_keys=True)
    json.dump({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"tcpgauge-{version}",
        # Other content has another name, as SPDX wants.
        "documentNamespace": f"https://example.com/tcpgauge/spdx/{version}/{uuid.uuid5(uuid.NAMESPACE_OID, content)}",
        "creationInfo": {"created": created(), "creators": [f"Tool: tcpgauge-sbom-{version}"]},
        "packages": packages,
        "relationships": [{"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
                          for one, kind, other in relations],
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: deploy/sbom.py BINARY")
    main(os.path.abspath(sys.argv[1]))
