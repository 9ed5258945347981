# SPDX-License-Identifier: Apache-2.0
"""Runs deploy/container/build.sh with builders that only write down what they are told.

tests/install builds the image itself.
"""
import os
import shutil
import subprocess
import tempfile
import unittest

from support import shipped

# What build.sh and git need: nothing else of this machine is found, so none of its own builders is.
_PROGRAMS = ("bash", "dirname", "env", "git", "grep", "id", "sed", "sh", "stat", "tail", "timeout")
_WORKS = '#!/bin/sh\n[ "$1" = info ] || printf "%s\\n" "${0##*/}" "$@" >"${0%/*}/told"\n'
_FAILS = '#!/bin/sh\necho "starting" >&2\necho "Cannot connect to the daemon" >&2\nexit 1\n'


class BuildScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bin = os.path.join(folder.name, "bin")
        self.checkout = os.path.join(folder.name, "checkout")
        os.mkdir(self.bin)
        for name in _PROGRAMS:
            os.symlink(shutil.which(name), os.path.join(self.bin, name))
        for name in ("deploy/container/build.sh", "deploy/setup.sh", "deploy/workspace_status.sh", "src/base/version.h"):
            os.makedirs(os.path.dirname(os.path.join(self.checkout, name)), exist_ok=True)
            shutil.copy(shipped.path(name), os.path.join(self.checkout, name))
        for words in (["init", "--quiet"], ["add", "."],
                      ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=a"]):
            self.git(*words)

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.checkout, capture_output=True, text=True, check=True).stdout.strip()

    def put(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def build(self, *words):
        # setup.sh appends the folders of administration to the path; no builder is there.
        return subprocess.run([os.path.join(self.checkout, "deploy/container/build.sh"), *words], capture_output=True,
                              text=True, env={"PATH": self.bin, "HOME": self.checkout})

    def told(self, *words):
        """What the builder was told."""
        done = self.build(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.bin, "told")) as file:
            return file.read().splitlines()

    def test_the_first_builder_that_works_is_taken(self):
        self.put("buildah", _WORKS)
        self.assertEqual(self.told()[:4], ["buildah", "bud", "--format", "docker"])
        self.put("podman", _WORKS)
        self.assertEqual(self.told()[:4], ["podman", "build", "--format", "docker"])
        self.put("docker", _FAILS)
        self.assertEqual(self.told()[0], "podman", "a docker without a daemon does not work")
        self.put("docker", _WORKS)
        self.assertEqual(self.told()[:2], ["docker", "build"])

    def test_where_none_works_it_says_why(self):
        self.put("docker", _FAILS)
        done = self.build()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "build.sh: one of docker, podman and buildah is needed: docker does not work: Cannot "
                                      "connect to the daemon; podman is not installed; buildah is not installed\n")

    def test_the_command_that_is_told_is_taken_as_it_is(self):
        self.put("docker", _FAILS)
        self.put("elsewhere", _WORKS)
        self.assertEqual(self.told("--tool", "elsewhere --root /a build")[:4], ["elsewhere", "--root", "/a", "build"])

    def test_labels_say_version_commit_and_source(self):
        self.put("docker", _WORKS)
        commit = self.git("rev-parse", "--short=12", "HEAD")
        said = self.told("registry.example.com/tcpgauge:1")
        self.assertEqual(said[-1], self.checkout)
        self.assertEqual(said[said.index("--tag") + 1], "registry.example.com/tcpgauge:1")
        self.assertIn(f"REVISION={commit}", said)
        self.assertIn(f"org.opencontainers.image.revision={commit}", said)
        self.assertTrue(any(word.startswith("org.opencontainers.image.version=0.") for word in said))
        self.assertFalse(any(".source=" in word for word in said), "there is no remote")
        label = "org.opencontainers.image.source=https://git.example.com/team/tcpgauge"
        for remote, is_told in (("https://me:secret@git.example.com/team/tcpgauge.git", True),
                                ("git@git.example.com:team/tcpgauge.git", True), ("/srv/git/tcpgauge.git", False)):
            self.git("config", "remote.origin.url", remote)
            self.assertEqual(label in self.told(), is_told, remote)
            self.assertNotIn("secret", "".join(self.told()))
            self.assertFalse(any("/srv/git" in word for word in self.told()))
        with open(os.path.join(self.checkout, "src/base/version.h"), "a") as file:
            file.write("\n")
        self.assertIn(f"REVISION={commit}-dirty", self.told())

    def test_the_base_is_an_argument(self):
        self.put("docker", _WORKS)
        base = "docker.io/library/debian@sha256:" + "0" * 64
        self.assertIn(f"BASE={base}", self.told("--base", base))
        self.assertFalse(any(word.startswith("BASE=") for word in self.told()))
        stages = [line for line in shipped.read("deploy/container/Dockerfile").splitlines() if line.startswith("FROM ")]
        self.assertEqual(stages, ["FROM ${BASE} AS build", "FROM ${BASE}"])

    def test_wrong_words_are_named(self):
        self.put("docker", _WORKS)
        for words, said in ((["--tol", "x"], "unknown option --tol"), (["a", "b"], "unexpected 'b'"),
                            (["--base"], "--base needs an image")):
            done = self.build(*words)
            self.assertEqual(done.returncode, 1)
            self.assertIn(said, done.stderr)
