# SPDX-License-Identifier: Apache-2.0
"""The repository @d3: the modules of d3, the JavaScript library for charts, as Debian packages them.

Its one target, d3.js, is a script that makes the global object `d3`. It is the modules' own minified files, one after the
other: each of them adds its functions to that object (UMD), so no bundler is needed.
"""

# The modules that the page uses (axis, force, scale, shape, zoom), and before each of them those that it needs.
_MODULES = [
    "array",
    "collection",
    "color",
    "dispatch",
    "ease",
    "format",
    "interpolate",
    "path",
    "quadtree",
    "selection",
    "time",
    "time-format",
    "timer",
    "drag",
    "transition",
    "axis",
    "force",
    "scale",
    "shape",
    "zoom",
]

def _d3_impl(ctx):
    for module in _MODULES:
        file = ctx.path("/usr/share/nodejs/d3-%s/dist/d3-%s.min.js" % (module, module))
        if not file.exists:
            fail("d3-%s is missing: apt-get install node-d3-%s" % (module, module))
        ctx.symlink(file, module + ".min.js")
    ctx.file("BUILD", """genrule(
    name = "d3",
    srcs = %s,
    outs = ["d3.js"],
    cmd = "cat $(SRCS) > $@",
    visibility = ["//visibility:public"],
)
""" % [module + ".min.js" for module in _MODULES])

_d3 = repository_rule(implementation = _d3_impl, configure = True, local = True)

def d3():
    """Declares @d3."""
    _d3(name = "d3")
