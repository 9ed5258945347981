// SPDX-License-Identifier: Apache-2.0
#include "tui/pcap_filter.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxInterfaceNameBytes = 40;  // the name of a file that is read may be longer

std::string HostTerm(const IpAddress& address, std::optional<int> prefix_bits = std::nullopt) {
  return prefix_bits.has_value() ? absl::StrCat("net ", address.ToString(), "/", *prefix_bits)
                                 : absl::StrCat("host ", address.ToString());
}

std::string EndpointTerm(const Endpoint& endpoint, std::optional<int> prefix_bits = std::nullopt) {
  return absl::StrCat(HostTerm(endpoint.address, prefix_bits), " and port ", endpoint.port);
}

// Terms of which one must hold, without repetitions.
class Alternatives {
 public:
  void Add(std::string term) {
    if (std::find(terms_.begin(), terms_.end(), term) != terms_.end()) return;
    if (terms_.size() == kMaxPcapAddresses) {
      is_cut_ = true;
      return;
    }
    terms_.push_back(std::move(term));
  }
  // Returns "tcp and TERM" or "tcp and ((TERM) or (TERM))"; an empty text without terms.
  std::string Filter() const {
    if (terms_.empty()) return "";
    if (terms_.size() == 1) return absl::StrCat("tcp and ", terms_.front());
    return absl::StrCat("tcp and ((", absl::StrJoin(terms_, ") or ("), "))");
  }
  std::string Note() const {
    return is_cut_ ? absl::StrCat("It has the first ", kMaxPcapAddresses, " addresses alone.") : "";
  }

 private:
  std::vector<std::string> terms_;
  bool is_cut_ = false;
};

std::string InterfaceName(const Snapshot& snapshot, uint32_t index) {
  return index < snapshot.interfaces.size() ? Printable(snapshot.interfaces[index].name, kMaxInterfaceNameBytes) : "";
}

void AddService(const EdgeGroup& group, const Snapshot& snapshot, Alternatives* terms) {
  terms->Add(
      EndpointTerm(group.server, ServerPrefixBits(snapshot.edges, group.server.address, group.is_server_prefix)));
  for (const Endpoint& service : group.services.endpoints()) terms->Add(EndpointTerm(service));
}

void AddWorkload(const EdgeGroup& group, const Snapshot& snapshot, Alternatives* terms) {
  for (const EdgeView& edge : snapshot.edges.exported) {
    const IdentityRef& end = group.is_client_workload ? edge.client : edge.server;
    if (end == nullptr || end->workload_number != group.workload_number) continue;
    if (group.is_client_workload) {
      terms->Add(HostTerm(edge.key.client, ClientPrefixBits(snapshot.edges, edge.key.client)));
    } else {
      terms->Add(EndpointTerm(edge.key.server,
                              ServerPrefixBits(snapshot.edges, edge.key.server.address, edge.key.is_server_prefix)));
    }
  }
}

}  // namespace

PcapFilter PcapFilterOf(const ConnectionSummary& connection, const Snapshot& snapshot) {
  Alternatives terms;
  const auto add = [&terms](const Endpoint& client, const Endpoint& server) {
    terms.Add(absl::StrCat(EndpointTerm(client), " and ", EndpointTerm(server)));
  };
  add(connection.client, connection.server);
  if (connection.service != connection.server) add(connection.client, connection.service);
  for (const ConnectionView& view : snapshot.views_of(connection)) add(view.client, view.server);
  PcapFilter result;
  result.filter = terms.Filter();
  result.interface = InterfaceName(snapshot, connection.interface);
  if (connection.encapsulation >= snapshot.encapsulations.size()) return result;
  const Encapsulation& encapsulation = snapshot.encapsulations[connection.encapsulation];
  // Each "vlan" moves what follows it behind a tag.
  for (size_t i = encapsulation.vlan_count; i > 0; --i) {
    result.filter = absl::StrCat("vlan ", encapsulation.vlans[i - 1], " and ", result.filter);
  }
  if (encapsulation.tunnel_count > 0) {
    const auto type = TunnelTypeName(encapsulation.tunnels[encapsulation.tunnel_count - 1].type);
    result.note = absl::StrCat("It cannot look into the tunnel (", std::string(type),
                               "): capture where the packets have left it.");
  }
  return result;
}

PcapFilter PcapFilterOf(const GroupRow& row, Grouping grouping, const Snapshot& snapshot) {
  PcapFilter result;
  if (row.group == nullptr) return result;
  const EdgeGroup& group = *row.group;
  const std::string client = HostTerm(group.client, ClientPrefixBits(snapshot.edges, group.client));
  Alternatives terms;
  switch (grouping) {
    case Grouping::kServices:
      AddService(group, snapshot, &terms);
      break;
    case Grouping::kClients:
      terms.Add(client);
      break;
    case Grouping::kPairs:
      terms.Add(absl::StrCat(client, " and ",
                             HostTerm(group.server.address,
                                      ServerPrefixBits(snapshot.edges, group.server.address, group.is_server_prefix))));
      break;
    case Grouping::kWorkloads:
      if (group.workload_number != 0) AddWorkload(group, snapshot, &terms);
      break;
    case Grouping::kInterfaces:
      result.filter = "tcp";
      result.interface = InterfaceName(snapshot, group.interface);
      return result;
    case Grouping::kConnections:
    case Grouping::kCount:
      break;
  }
  result.filter = terms.Filter();
  result.note = terms.Note();
  return result;
}

}  // namespace tcpgauge
