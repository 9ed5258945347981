// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_RESOURCE_H_
#define TCPGAUGE_EXPORTER_OTLP_RESOURCE_H_

#include <string>

#include "exporter/otlp/baggage.h"

namespace tcpgauge {

// Returns the attributes that describe the agent as the source of metrics: service.name, service.version, host.name,
// os.type, and service.instance.id.
//
// An attribute in `given` replaces the attribute above that has the same name. Attributes in `given` with other names
// are added, for example the k8s.* attributes of a pod. If `given` has a name several times, its last value counts.
// Bytes of `given` that are not valid UTF-8 are replaced (ToValidUtf8()).
// REQUIRES: `version`, `instance_id` and `host_name` are valid UTF-8.
KeyValues AgentResource(const std::string& version, const std::string& instance_id, const std::string& host_name,
                        const KeyValues& given);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_RESOURCE_H_
