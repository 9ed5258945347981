// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_RESOURCE_H_
#define TCPGAUGE_EXPORTER_OTLP_RESOURCE_H_

#include <string>

#include "exporter/otlp/baggage.h"

namespace tcpgauge {

// A random UUID, version 4 (RFC 9562 section 5.4).
std::string RandomUuid();

// The agent as the source of metrics: service.name, service.version, service.instance.id (a new one for each run),
// host.name and os.type. `given` replaces these attributes and adds others, such as the k8s.* of a pod. `given` is
// made valid UTF-8. REQUIRES: `version` and `host_name` are valid UTF-8.
KeyValues AgentResource(const std::string& version, const std::string& host_name, const KeyValues& given);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_RESOURCE_H_
