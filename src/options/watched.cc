// SPDX-License-Identifier: Apache-2.0
#include "src/options/watched.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace tcpgauge {
namespace {

// Those of the view and of the process. --list-interfaces and --check come before anything is watched.
constexpr std::string_view kElsewhereToo[] = {"user",       "list-interfaces", "tui",  "tui.no-mouse", "log.level",
                                              "log.format", "check",           "help", "version"};

// Those of a live capture, and those of the names that this host knows.
constexpr std::string_view kInterfacesOnly[] = {
    "interface",   "wait",         "no-promiscuous",      "snaplen",          "buffer-size",
    "duration",    "identity.api", "identity.token-file", "identity.ca-file", "identity.node",
    "path.procfs", "path.cgroup",  "path.container-logs"};

constexpr std::string_view kElsewhereOnly[] = {"attach", "attach.ca-file", "attach.cert-file", "attach.key-file"};

template <size_t kSize>
bool Has(const std::string_view (&names)[kSize], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

bool CanHaveEffect(std::string_view long_name, Watched watched) {
  switch (watched) {
    case Watched::kInterfaces:
      return !Has(kElsewhereOnly, long_name);
    case Watched::kFile:
      return !Has(kElsewhereOnly, long_name) && !Has(kInterfacesOnly, long_name);
    case Watched::kElsewhere:
      return Has(kElsewhereOnly, long_name) || Has(kElsewhereToo, long_name);
  }
  return true;
}

}  // namespace tcpgauge
