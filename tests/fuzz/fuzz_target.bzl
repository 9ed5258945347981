# SPDX-License-Identifier: Apache-2.0
"""The targets that each fuzz target consists of."""

def fuzz_target(name, deps, seed_deps = [], data = []):
    """Declares the fuzz target in NAME_fuzz.cc, and what belongs to it.

    Args:
      name: the word that tests/fuzz/fuzz.sh takes.
      deps: of NAME_fuzz.cc.
      seed_deps: of NAME_seeds.cc, which makes the inputs to begin with.
      data: files that NAME_fuzz_test.cc replays.
    """
    native.cc_library(
        name = name + "_fuzz_entry",
        testonly = True,
        srcs = [name + "_fuzz.cc"],
        deps = deps,
        alwayslink = True,
    )

    # Links with --config=checked only.
    native.cc_binary(
        name = name + "_fuzz",
        testonly = True,
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["fuzz", "manual"],
        deps = [name + "_fuzz_entry"],
    )
    native.cc_library(
        name = name + "_seeds",
        testonly = True,
        srcs = [name + "_seeds.cc"],
        hdrs = [name + "_seeds.h"],
        deps = seed_deps,
    )
    native.cc_binary(
        name = "write_%s_seeds" % name,
        testonly = True,
        srcs = ["write_%s_seeds.cc" % name],
        deps = [name + "_seeds", "write_seeds"],
    )
    native.cc_test(
        name = name + "_fuzz_test",
        srcs = [name + "_fuzz_test.cc"],
        data = data,
        deps = [name + "_fuzz_entry", name + "_seeds", "replay", "@gtest"],
    )
