// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_INSTANCE_ID_H_
#define TCPGAUGE_SRC_AGENT_INSTANCE_ID_H_

#include <functional>
#include <string>
#include <vector>

namespace tcpgauge {

// Returns the value of an environment variable, or null if it is not set: getenv(), or a test's replacement.
using InstanceVariables = std::function<const char*(const char* name)>;

// Returns the attribute service.instance.id of this agent, a UUID. On a host it stays the same after a restart, so that
// a receiver does not take each start for another agent. The UUID is made of the machine's id (machine-id(5)), of the
// network namespace, and of the addresses on which the agent listens, because only one agent at a time can listen
// there. All of these are hashed (version 5 of UUIDs, with the name space that OpenTelemetry's semantic conventions
// give for this attribute). So nobody can find out the machine's id, as machine-id(5) demands.
//
// The UUID is random, and new at each start, in these cases:
// - The agent runs in a container. The machine's id there is that of the image or of the host, so other containers have
//   it too.
// - The machine has no id.
// - The agent listens nowhere, so several agents could be equal.
// After a reboot, a namespace other than the host's may count as another one.
//
// `urls` are those of HttpServer::urls(). Tests pass a `root`: a directory that is put before the paths of the
// machine's id and of the marks of containers. Thread: any.
std::string InstanceId(std::vector<std::string> urls, const InstanceVariables& variables, const std::string& root = "");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_INSTANCE_ID_H_
