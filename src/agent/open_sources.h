// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_OPEN_SOURCES_H_
#define TCPGAUGE_SRC_AGENT_OPEN_SOURCES_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "src/capture/packet_source.h"
#include "src/options/options.h"

namespace tcpgauge {

// Opens the packet sources that the options name, for each worker. With several workers and a file, the first worker
// has the file. Starts no thread and reads no packet. Errors: those of OpenFile(), OpenInterface() and
// DefaultInterface().
absl::StatusOr<std::vector<std::vector<std::unique_ptr<PacketSource>>>> OpenSources(const Options& options);

// Whether OpenSources() needs CAP_NET_ADMIN.
bool NeedsNetAdmin(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_OPEN_SOURCES_H_
