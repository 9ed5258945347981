# SPDX-License-Identifier: Apache-2.0
"""The base class of tests that need network namespaces."""
import shutil
import unittest

from support import namespaces


class NamespaceCase(unittest.TestCase):
    """Skipped, with the reason, where namespaces cannot be made or one of `tools` is missing."""

    tools = ()

    @classmethod
    def setUpClass(cls):
        namespaces.require()
        for tool in cls.tools:
            if not shutil.which(tool):
                raise unittest.SkipTest(f"{tool} is missing")

    def own(self, thing):
        """Closes `thing` when the test ends; returns it."""
        self.addCleanup(thing.close)
        return thing

    def assert_near(self, got, want, share, what):
        """That `got` differs from `want` by no more than that share of it."""
        self.assertLessEqual(abs(got - want), share * want,
                             f"{what}: got {got:.0f}, want {want:.0f} within {100 * share:g} %")
