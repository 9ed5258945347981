# SPDX-License-Identifier: Apache-2.0
"""Repositories for the C++ libraries that Debian packages.

Each repository has one public `cc_library` of the same name, with the flags that pkg-config reports. A missing
library fails the build with the name of the Debian package to install.
"""

def _system_library_impl(ctx):
    copts = []
    linkopts = list(ctx.attr.linkopts)
    if ctx.attr.pkg_config:
        pkg_config = ctx.which("pkg-config")
        if not pkg_config:
            fail("pkg-config is missing: apt-get install pkg-config")
        query = [pkg_config, "--cflags", "--libs"] + ctx.attr.pkg_config
        result = ctx.execute(query)
        if result.return_code != 0:
            fail("%s is missing: apt-get install %s" % (ctx.name, ctx.attr.debian_package))
        for flag in result.stdout.replace("\n", " ").split(" "):
            if flag.startswith("-l") or flag.startswith("-L"):
                if flag not in linkopts:
                    linkopts.append(flag)
            elif flag.startswith("-D"):
                copts.append(flag[2:])
    if ctx.attr.static:
        prefix = "-l" + ctx.attr.static
        linkopts = ["-l:lib%s.a" % flag[2:] if flag.startswith(prefix) else flag for flag in linkopts]
        linkopts = ["-Wl,--start-group"] + linkopts + ["-Wl,--end-group"]
    for header in ctx.attr.headers:
        if not ctx.path("/usr/include/" + header).exists:
            fail("%s is missing: apt-get install %s" % (ctx.name, ctx.attr.debian_package))
    ctx.file("BUILD", """cc_library(
    name = "%s",
    defines = %s,
    linkopts = %s,
    visibility = ["//visibility:public"],
)
""" % (ctx.name, [d for d in copts if d not in ctx.attr.ignored_defines], linkopts))

system_library = repository_rule(
    implementation = _system_library_impl,
    attrs = {
        "debian_package": attr.string(mandatory = True),
        "headers": attr.string_list(doc = "Checked below /usr/include, for libraries without a pkg-config file."),
        "ignored_defines": attr.string_list(),
        "linkopts": attr.string_list(),
        "pkg_config": attr.string_list(),
        "static": attr.string(doc = "Libraries whose names begin with this are linked from their archives."),
    },
    configure = True,
    local = True,
)

def system_libraries():
    """Declares every system library that the project uses."""

    # abseil promises no stable binary interface, so it is linked from its archives, as its authors advise. Its 35 shared
    # libraries took a megabyte of memory, and time at each start.
    system_library(
        name = "absl",
        pkg_config = [
            "absl_base",
            "absl_flat_hash_map",
            "absl_flat_hash_set",
            "absl_hash",
            "absl_span",
            "absl_status",
            "absl_statusor",
            "absl_str_format",
            "absl_strings",
            "absl_synchronization",
            "absl_time",
        ],
        debian_package = "libabsl-dev",
        static = "absl_",
    )
    system_library(name = "pcap", pkg_config = ["libpcap"], debian_package = "libpcap-dev")
    system_library(name = "ncursesw", pkg_config = ["ncursesw"], debian_package = "libncurses-dev")
    system_library(name = "gtest", pkg_config = ["gmock_main"], debian_package = "libgmock-dev")
    system_library(name = "prometheus_cpp", pkg_config = ["prometheus-cpp-core"], debian_package = "prometheus-cpp-dev")
    system_library(name = "json", headers = ["nlohmann/json.hpp"], debian_package = "nlohmann-json3-dev")
    system_library(name = "boost", headers = ["boost/beast/version.hpp"], debian_package = "libboost-dev")
    system_library(name = "deflate", pkg_config = ["libdeflate"], debian_package = "libdeflate-dev")
    system_library(name = "benchmark", pkg_config = ["benchmark"], debian_package = "libbenchmark-dev")
    system_library(name = "openssl", pkg_config = ["openssl"], debian_package = "libssl-dev")
    system_library(name = "crypt", pkg_config = ["libcrypt"], debian_package = "libcrypt-dev")
    system_library(name = "protobuf", pkg_config = ["protobuf"], debian_package = "libprotobuf-dev protobuf-compiler")
    system_library(name = "curl", pkg_config = ["libcurl"], debian_package = "libcurl4-openssl-dev")
    system_library(name = "cap", pkg_config = ["libcap"], debian_package = "libcap-dev")
    system_library(name = "seccomp", pkg_config = ["libseccomp"], debian_package = "libseccomp-dev")
    system_library(name = "systemd", pkg_config = ["libsystemd"], debian_package = "libsystemd-dev")
    system_library(name = "yaml", pkg_config = ["yaml-cpp"], debian_package = "libyaml-cpp-dev")
