// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/resource.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "src/base/check.h"
#include "src/base/utf8.h"

namespace tcpgauge {

std::string RandomUuid() {
  std::array<char, 16> bytes;
  TCPGAUGE_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string text = absl::BytesToHexString({bytes.data(), bytes.size()});
  for (const size_t dash : {8, 13, 18, 23}) text.insert(dash, "-");
  return text;
}

KeyValues AgentResource(const std::string& version, const std::string& host_name, const KeyValues& given) {
  KeyValues resource = {{"service.name", "tcpgauge"},
                        {"service.version", version},
                        {"service.instance.id", RandomUuid()},
                        {"host.name", host_name},
                        {"os.type", "linux"}};
  for (const auto& [raw_name, raw_value] : given) {
    const std::string name = ToValidUtf8(raw_name);
    const auto known =
        std::find_if(resource.begin(), resource.end(), [&name](const auto& item) { return item.first == name; });
    if (known == resource.end()) {
      resource.emplace_back(name, ToValidUtf8(raw_value));
    } else {
      known->second = ToValidUtf8(raw_value);
    }
  }
  return resource;
}

}  // namespace tcpgauge
