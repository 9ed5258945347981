// SPDX-License-Identifier: Apache-2.0
#include "src/capture/distinct_interfaces.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/log.h"
#include "src/capture/netfilter_device.h"

namespace tcpgauge {
namespace {

constexpr char kAny[] = "any";

struct Device {
  std::string name;  // as the user gave it
  uint32_t index;    // of a network interface; 0 = it does not exist, or the device is no network interface
  std::optional<NetfilterDevice> netfilter;
};

bool AreSame(const Device& a, const Device& b) {
  return a.name == b.name || (a.index != 0 && a.index == b.index) ||
         (a.netfilter.has_value() && a.netfilter == b.netfilter);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> DistinctInterfaces(
    const std::vector<std::string>& names, bool wait, const std::function<uint32_t(const std::string&)>& index_of) {
  std::vector<Device> devices;
  std::vector<std::pair<std::string, std::string>> left_out;  // the name that stays, and the other one
  for (const std::string& name : names) {
    Device device{name, name == kAny ? 0 : index_of(name), ParseNetfilterDevice(name)};
    const auto same = std::find_if(devices.begin(), devices.end(),
                                   [&device](const Device& earlier) { return AreSame(earlier, device); });
    if (same == devices.end()) {
      devices.push_back(std::move(device));
    } else {
      left_out.emplace_back(same->name, name);
    }
  }
  const bool has_any =
      std::any_of(devices.begin(), devices.end(), [](const Device& device) { return device.name == kAny; });
  std::vector<std::string> distinct;
  for (const Device& device : devices) {
    const bool is_interface = device.index != 0 || (wait && !device.netfilter.has_value());
    if (has_any && device.name != kAny && is_interface) {
      return absl::InvalidArgumentError(
          absl::StrCat("-i any captures every interface, so '", device.name,
                       "' would be captured twice; use -i any alone, or -i NAME for each interface without any"));
    }
    distinct.push_back(device.name);
  }
  for (const auto& [name, other] : left_out) {
    if (name == other) {
      LogWarn("an interface is given twice; it is captured once", {{"interface", name}});
    } else {
      LogWarn("two names of one interface are given; it is captured once, under the first name",
              {{"interface", name}, {"left_out", other}});
    }
  }
  return distinct;
}

}  // namespace tcpgauge
