// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_OPEN_SOURCES_H_
#define TCPGAUGE_SRC_AGENT_OPEN_SOURCES_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "src/capture/packet_source.h"
#include "src/options/options.h"

namespace tcpgauge {

// Opens the packet sources that `options` name. Element i of the result has the sources of worker i. Usually each
// worker has a source for each interface. Only the first worker has a source for a file, and for an interface that is
// missing or down at the start (--wait). An interface that is given twice, or under two names, counts once. `hash_seed`
// is that of the workers' tables: with it the kernel computes which worker owns a packet's connection. Starts no thread
// and reads no packet.
//
// Errors: those of OpenFile(), OpenInterface(), OpenSharedInterface(), DefaultInterface() and DistinctInterfaces().
absl::StatusOr<std::vector<std::vector<std::unique_ptr<PacketSource>>>> OpenSources(const Options& options,
                                                                                    uint64_t hash_seed);

// Whether OpenSources() needs CAP_NET_ADMIN. Only netfilter's devices (`nflog`, `nfqueue`) need it.
bool NeedsNetAdmin(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_OPEN_SOURCES_H_
