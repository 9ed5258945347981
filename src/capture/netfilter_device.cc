// SPDX-License-Identifier: Apache-2.0
#include "src/capture/netfilter_device.h"

#include <errno.h>
#include <stdlib.h>

#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace tcpgauge {
namespace {

// libpcap takes decimal, octal and hexadecimal numbers, as strtol() does.
std::optional<uint16_t> ParseGroup(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const long group = strtol(text.c_str(), &end, 0);
  if (errno != 0 || end == text.c_str() || *end != '\0' || group < 0 || group > UINT16_MAX) return std::nullopt;
  return static_cast<uint16_t>(group);
}

}  // namespace

std::optional<NetfilterDevice> ParseNetfilterDevice(const std::string& name) {
  absl::string_view rest = name;
  NetfilterDevice device;
  device.is_queue = absl::ConsumePrefix(&rest, "nfqueue");
  if (!device.is_queue && !absl::ConsumePrefix(&rest, "nflog")) return std::nullopt;
  if (!rest.empty() && !absl::ConsumePrefix(&rest, ":")) return std::nullopt;
  for (const std::string& text : std::vector<std::string>(absl::StrSplit(rest, ',', absl::SkipEmpty()))) {
    const std::optional<uint16_t> group = ParseGroup(text);
    if (!group.has_value()) return std::nullopt;
    device.groups.insert(*group);
  }
  if (device.groups.empty()) device.groups.insert(0);
  return device;
}

bool FoundNoPackets(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR || error_number == ENOBUFS;
}

}  // namespace tcpgauge
