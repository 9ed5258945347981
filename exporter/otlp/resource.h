// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_RESOURCE_H_
#define TCPGAUGE_EXPORTER_OTLP_RESOURCE_H_

#include <string>

#include "exporter/otlp/baggage.h"

namespace tcpgauge {

// Returns a random UUID, version 4 (RFC 9562 section 5.4), such as "3f2b8c1e-9d4a-4c07-8e15-6a7b0c9d2e3f".
std::string RandomUuid();

// Returns the attributes that describe the agent as the source of metrics: service.name, service.version, host.name,
// os.type, and service.instance.id, which is new with each call.
//
// An attribute in `given` replaces the attribute above that has the same name. If no attribute has that name, the given
// one is added, for example a k8s.* attribute of a pod. If `given` has a name several times, the last one counts. Bytes
// of `given` that are not valid UTF-8 are replaced (ToValidUtf8()).
// REQUIRES: `version` and `host_name` are valid UTF-8.
KeyValues AgentResource(const std::string& version, const std::string& host_name, const KeyValues& given);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_RESOURCE_H_
