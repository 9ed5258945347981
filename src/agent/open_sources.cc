// SPDX-License-Identifier: Apache-2.0
#include "src/agent/open_sources.h"

#include <algorithm>
#include <string>
#include <utility>

#include "src/capture/distinct_interfaces.h"
#include "src/capture/file_source.h"
#include "src/capture/interface_list.h"
#include "src/capture/interface_lookup.h"
#include "src/capture/live_filter.h"
#include "src/capture/live_source.h"
#include "src/capture/netfilter_device.h"
#include "src/capture/owner_function.h"

namespace tcpgauge {
namespace {

LiveOptions LiveOptionsOf(const Options& options) {
  LiveOptions live;
  live.filter = std::make_shared<LiveFilter>(options.filter);
  live.promiscuous = options.promiscuous;
  live.snaplen_bytes = options.snaplen_bytes;
  live.buffer_size_kib = options.buffer_size_kib;
  live.wait = options.wait;
  return live;
}

// Adds a source of the interface to each worker's sources.
absl::Status AddInterface(const std::string& name, const LiveOptions& live, const OwnerFunction& owners,
                          std::vector<std::vector<std::unique_ptr<PacketSource>>>* sources) {
  if (sources->size() == 1) {
    auto source = OpenInterface(name, live);
    if (!source.ok()) return source.status();
    sources->front().push_back(*std::move(source));
    return absl::OkStatus();
  }
  auto shared = OpenSharedInterface(name, live, owners);
  if (!shared.ok()) return shared.status();
  for (size_t i = 0; i < shared->size(); ++i) (*sources)[i].push_back(std::move((*shared)[i]));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::vector<std::unique_ptr<PacketSource>>>> OpenSources(const Options& options,
                                                                                    uint64_t hash_seed) {
  std::vector<std::vector<std::unique_ptr<PacketSource>>> sources(static_cast<size_t>(options.workers));
  if (!options.read_file.empty()) {
    auto file = OpenFile(options.read_file, options.filter);
    if (!file.ok()) return file.status();
    sources[0].push_back(*std::move(file));
    return sources;
  }
  std::vector<std::string> names = options.interfaces;
  if (names.empty()) {
    const auto name = DefaultInterface();
    if (!name.ok()) return name.status();
    names.push_back(*name);
  }
  const InterfaceLookup lookup;
  const auto distinct = DistinctInterfaces(names, options.wait, [&lookup](const std::string& name) {
    const auto interface = lookup.ByName(name);
    return interface.has_value() ? interface->index : 0;
  });
  if (!distinct.ok()) return distinct.status();
  const LiveOptions live = LiveOptionsOf(options);
  const OwnerFunction owners(hash_seed, sources.size());
  for (const std::string& name : *distinct) {
    const absl::Status status = AddInterface(name, live, owners, &sources);
    if (!status.ok()) return status;
  }
  return sources;
}

// The kernel gives packets of netfilter only to a process with CAP_NET_ADMIN. Packet sockets do not need it.
bool NeedsNetAdmin(const Options& options) {
  return std::any_of(options.interfaces.begin(), options.interfaces.end(),
                     [](const std::string& name) { return ParseNetfilterDevice(name).has_value(); });
}

}  // namespace tcpgauge
