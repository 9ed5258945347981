// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/resource.h"

#include <algorithm>

#include "src/base/utf8.h"

namespace tcpgauge {

KeyValues AgentResource(const std::string& version, const std::string& instance_id, const std::string& host_name,
                        const KeyValues& given) {
  KeyValues resource = {{"service.name", "tcpgauge"},
                        {"service.version", version},
                        {"service.instance.id", instance_id},
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
