// SPDX-License-Identifier: Apache-2.0
#include "src/capture/netfilter_device.h"

#include <errno.h>
#include <stdlib.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace tcpgauge {
namespace {

constexpr char kLog[] = "nflog";
constexpr char kQueue[] = "nfqueue";

// libpcap takes decimal, octal and hexadecimal numbers, as strtol() does.
std::optional<uint16_t> ParseGroup(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const long group = strtol(text.c_str(), &end, 0);
  if (errno != 0 || end == text.c_str() || *end != '\0' || group < 0 || group > UINT16_MAX) return std::nullopt;
  return static_cast<uint16_t>(group);
}

}  // namespace

bool IsNetfilterName(const std::string& name) {
  const std::string kind = name.substr(0, name.find(':'));
  return kind == kLog || kind == kQueue;
}

std::optional<NetfilterDevice> ParseNetfilterDevice(const std::string& name) {
  if (!IsNetfilterName(name)) return std::nullopt;
  absl::string_view rest = name;
  NetfilterDevice device;
  device.is_queue = absl::ConsumePrefix(&rest, kQueue);
  if (!device.is_queue) absl::ConsumePrefix(&rest, kLog);
  absl::ConsumePrefix(&rest, ":");
  const std::vector<std::string> groups = absl::StrSplit(rest, ',', absl::SkipEmpty());
  if (groups.size() > kMaxNetfilterGroups) return std::nullopt;
  for (const std::string& text : groups) {
    const std::optional<uint16_t> group = ParseGroup(text);
    if (!group.has_value()) return std::nullopt;
    device.groups.insert(*group);
  }
  if (device.groups.empty()) device.groups.insert(0);
  return device;
}

absl::Status CheckNetfilterName(const std::string& name) {
  if (!IsNetfilterName(name)) return absl::OkStatus();
  const std::optional<NetfilterDevice> device = ParseNetfilterDevice(name);
  if (!device.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", name, "' is no device of netfilter; use nflog:GROUP, with one group or at most ",
                     kMaxNetfilterGroups, " groups such as nflog:5,6, each a number from 0 to 65535"));
  }
  if (!device->is_queue) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", name,
                   "' holds each packet back until the reader answers, and answering needs a privilege that tcpgauge "
                   "drops; use nflog:GROUP with a rule that logs to this group"));
}

bool FoundNoPackets(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR || error_number == ENOBUFS;
}

}  // namespace tcpgauge
