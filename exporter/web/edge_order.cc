// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/edge_order.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "exporter/web/query_parameters.h"
#include "src/base/strings.h"
#include "src/naming/identity_text.h"
#include "src/snapshot/edge_groups.h"

namespace tcpgauge {
namespace {

constexpr size_t kRowsBetweenStops = 1024;

// In the order of EdgeSort.
constexpr std::string_view kNames[] = {
    "rate",     "bytes", "up",      "down",   "connections", "failures", "loss",       "retransmissions",
    "response", "rtt",   "clients", "client", "client_name", "server",   "server_name"};
static_assert(std::size(kNames) == static_cast<size_t>(EdgeSort::kCount), "a name for each");

bool IsOf(EdgeSort sort, EdgeListKind kind) {
  const bool is_of_clients = sort == EdgeSort::kClient || sort == EdgeSort::kClientName;
  return kind == EdgeListKind::kEdges ? sort != EdgeSort::kClients : !is_of_clients;
}

std::optional<EdgeSort> ParseEdgeSort(std::string_view name, EdgeListKind kind) {
  const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
  if (found == std::end(kNames)) return std::nullopt;
  const auto sort = static_cast<EdgeSort>(found - std::begin(kNames));
  return IsOf(sort, kind) ? std::optional<EdgeSort>(sort) : std::nullopt;
}

std::string NamesOf(EdgeListKind kind) {
  std::string names;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (!IsOf(static_cast<EdgeSort>(i), kind)) continue;
    names.append(names.empty() ? "" : ", ").append(kNames[i]);
  }
  return names;
}

double Payload(const EdgeCounters& counters) {
  return static_cast<double>(counters.client_payload_bytes) + static_cast<double>(counters.server_payload_bytes);
}

// What comes first has the greatest key. By name and by address: 0, so that only Compare() tells.
double KeyOf(const EdgeRow& row, EdgeSort sort) {
  constexpr double kUnknown = -1;  // comes last
  switch (sort) {
    case EdgeSort::kRate:
      return Payload(*row.change);
    case EdgeSort::kBytes:
      return Payload(*row.counters);
    case EdgeSort::kUp:
      return static_cast<double>(row.change->client_payload_bytes);
    case EdgeSort::kDown:
      return static_cast<double>(row.change->server_payload_bytes);
    case EdgeSort::kConnections:
      return static_cast<double>(row.counters->connections);
    case EdgeSort::kFailures:
      return static_cast<double>(FailedConnections(*row.change));
    case EdgeSort::kLoss:
      return LossShare(*row.counters).value_or(kUnknown);
    case EdgeSort::kRetransmissions:
      return static_cast<double>(row.counters->retransmitted_segments);
    case EdgeSort::kResponse:
      return MeanResponseSeconds(*row.counters).value_or(kUnknown);
    case EdgeSort::kRtt:
      return MeanHandshakeRttSeconds(*row.counters).value_or(kUnknown);
    case EdgeSort::kClients:
      return static_cast<double>(row.clients);
    case EdgeSort::kClient:
    case EdgeSort::kClientName:
    case EdgeSort::kServer:
    case EdgeSort::kServerName:
    case EdgeSort::kCount:
      break;
  }
  return 0;
}

std::string NameOf(const IdentityRef* identity) {
  return identity == nullptr || *identity == nullptr ? "" : ToLower(ShownName((*identity)->identity));
}

struct Entry {
  double key = 0;
  std::string name;  // in lower case; empty unless the order is one of names
  uint32_t index = 0;
};

// Compares addresses, by their bytes: the order of IpAddress's own operators means nothing to a reader.
int Compare(const IpAddress& a, const IpAddress& b) { return a == b ? 0 : a.bytes() < b.bytes() ? -1 : 1; }

int Compare(const Endpoint& a, const Endpoint& b) {
  const int address = Compare(a.address, b.address);
  return address != 0 ? address : static_cast<int>(a.port) - static_cast<int>(b.port);
}

// Compares names, the unknown one last.
int Compare(const std::string& a, const std::string& b) {
  if (a.empty() != b.empty()) return a.empty() ? 1 : -1;
  return a.compare(b);
}

// Says which of two entries comes first.
class Before {
 public:
  Before(absl::Span<const EdgeRow> rows, const EdgeQuery& query) : rows_(rows), query_(query) {}

  bool operator()(const Entry& a, const Entry& b) const {
    const int order = Order(a, b);
    return query_.reverse ? order > 0 : order < 0;
  }

 private:
  // Never 0, except for the same entry.
  int Order(const Entry& a, const Entry& b) const {
    if (a.key != b.key) return a.key > b.key ? -1 : 1;
    if (const int names = Compare(a.name, b.name); names != 0) return names;
    const EdgeRow& left = rows_[a.index];
    const EdgeRow& right = rows_[b.index];
    const int by_client = Compare(left.client, right.client);
    const int by_server = Compare(left.server, right.server);
    if (query_.sort == EdgeSort::kClient && by_client != 0) return by_client;
    if (query_.sort == EdgeSort::kServer && by_server != 0) return by_server;
    if (query_.sort == EdgeSort::kFailures) {
      const uint64_t failed = FailedConnections(*left.counters), other_failed = FailedConnections(*right.counters);
      if (failed != other_failed) return failed > other_failed ? -1 : 1;
    }
    const double bytes = Payload(*left.counters), other_bytes = Payload(*right.counters);
    if (bytes != other_bytes) return bytes > other_bytes ? -1 : 1;
    if (by_server != 0) return by_server;
    if (by_client != 0) return by_client;
    return static_cast<int>(a.index) - static_cast<int>(b.index);
  }

  const absl::Span<const EdgeRow> rows_;
  const EdgeQuery& query_;
};

}  // namespace

absl::StatusOr<EdgeQuery> ParseEdgeQuery(const HttpRequest& request, EdgeListKind kind) {
  EdgeQuery query;
  const absl::StatusOr<SortParameter> sort = ParseSort(request);
  if (!sort.ok()) return sort.status();
  if (!sort->name.empty() || sort->reverse) {
    const std::optional<EdgeSort> parsed = ParseEdgeSort(sort->name, kind);
    if (!parsed.has_value()) return WrongSort(*sort, NamesOf(kind));
    query.sort = *parsed;
    query.reverse = sort->reverse;
  }
  if (absl::Status limit = ParseLimit(request, kMaxEdgesListed, &query.limit); !limit.ok()) return limit;
  return query;
}

std::optional<std::vector<uint32_t>> OrderEdges(absl::Span<const EdgeRow> rows, const EdgeQuery& query,
                                                absl::FunctionRef<bool()> must_stop) {
  std::vector<Entry> entries;
  entries.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i % kRowsBetweenStops == 0 && must_stop()) return std::nullopt;
    Entry& entry = entries.emplace_back();
    entry.key = KeyOf(rows[i], query.sort);
    if (query.sort == EdgeSort::kClientName) entry.name = NameOf(rows[i].client_identity);
    if (query.sort == EdgeSort::kServerName) entry.name = NameOf(rows[i].server_identity);
    entry.index = static_cast<uint32_t>(i);
  }
  const size_t listed = std::min(query.limit, entries.size());
  std::partial_sort(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(listed), entries.end(),
                    Before(rows, query));
  if (must_stop()) return std::nullopt;
  std::vector<uint32_t> indexes;
  indexes.reserve(listed);
  for (size_t i = 0; i < listed; ++i) indexes.push_back(entries[i].index);
  return indexes;
}

}  // namespace tcpgauge
