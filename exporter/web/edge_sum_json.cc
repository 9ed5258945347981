// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/edge_sum_json.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "src/base/exponential_buckets.h"
#include "src/base/exponential_quantile.h"
#include "src/snapshot/connection_json.h"
#include "src/snapshot/edge_groups.h"

namespace tcpgauge {
namespace {

// In the functions below, `member` is a member's name with quotes, a comma in front and a colon behind.

// Rounds to a nanosecond: further digits are noise.
void WriteSeconds(std::string_view member, std::optional<double> seconds, JsonWriter* writer) {
  writer->Raw(member);
  if (seconds.has_value()) {
    writer->Value(std::round(*seconds * 1e9) / 1e9);
  } else {
    writer->Raw("null");
  }
}

void WriteQuantiles(std::string_view member, const ExponentialBuckets& buckets, JsonWriter* writer) {
  writer->Raw(member);
  if (buckets.Count() == 0) {
    writer->Raw("null");
    return;
  }
  writer->Raw("{");
  WriteSeconds("\"p50\":", QuantileOf(buckets, 0.5), writer);
  WriteSeconds(",\"p95\":", QuantileOf(buckets, 0.95), writer);
  WriteSeconds(",\"p99\":", QuantileOf(buckets, 0.99), writer);
  writer->Raw("}");
}

void WriteBuckets(std::string_view member, const ExponentialBuckets& buckets, JsonWriter* writer) {
  writer->Raw(member).Raw("{\"scale\":").Value(buckets.scale());
  writer->Raw(",\"zeros\":").Value(buckets.zero_count());
  writer->Raw(",\"first\":").Value(buckets.first()).Raw(",\"counts\":[");
  for (size_t i = 0; i < buckets.counts().size(); ++i) {
    writer->Raw(i > 0 ? "," : "").Value(buckets.counts()[i]);
  }
  writer->Raw("]}");
}

size_t BucketsJsonBytes(const ExponentialBuckets& buckets) {
  constexpr size_t kFrameBytes = 128;
  constexpr size_t kCountBytes = 21;  // the longest number and a comma
  return kFrameBytes + buckets.counts().size() * kCountBytes;
}

void WriteRecent(const EdgeCounters& change, double seconds, JsonWriter* writer) {
  if (seconds <= 0) {
    writer->Raw(",\"recent\":null");
    return;
  }
  const auto write_rate = [&](std::string_view member, uint64_t count) {
    writer->Raw(member);
    // A thousandth: connections may fail seldom.
    writer->Value(std::round(static_cast<double>(count) / seconds * 1000) / 1000);
  };
  write_rate(",\"recent\":{\"client_payload_bytes_per_second\":", change.client_payload_bytes);
  write_rate(",\"server_payload_bytes_per_second\":", change.server_payload_bytes);
  write_rate(",\"segments_per_second\":", change.segments);
  write_rate(",\"retransmitted_segments_per_second\":", change.retransmitted_segments);
  write_rate(",\"connections_opened_per_second\":", change.connections_opened);
  write_rate(",\"connections_failed_per_second\":", FailedConnections(change));
  write_rate(",\"responses_per_second\":", change.response_count);
  WriteSeconds(",\"response_seconds\":", MeanResponseSeconds(change), writer);
  WriteSeconds(",\"handshake_rtt_seconds\":", MeanHandshakeRttSeconds(change), writer);
  writer->Raw("}");
}

void WriteAddress(const IpAddress& address, std::optional<int> prefix_bits, JsonWriter* writer) {
  writer->Raw("{\"address\":\"").Raw(address.ToString()).Raw("\"");
  if (prefix_bits.has_value()) writer->Raw(",\"prefix_length\":").Value(*prefix_bits);
}

}  // namespace

void WriteEdgeSum(const EdgeSumView& sum, bool has_buckets, JsonWriter* writer) {
  const EdgeCounters& counters = sum.counters;
  writer->Raw("\"connections\":").Value(std::max<int64_t>(counters.connections, 0));
  writer->Raw(",\"connections_stalled\":").Value(std::max<int64_t>(counters.stalled, 0));
  writer->Raw(",\"connections_opened\":").Value(counters.connections_opened);
  writer->Raw(",\"connections_refused\":").Value(counters.connections_refused);
  writer->Raw(",\"connections_timed_out\":").Value(counters.connections_timed_out);
  writer->Raw(",\"client_payload_bytes\":").Value(counters.client_payload_bytes);
  writer->Raw(",\"server_payload_bytes\":").Value(counters.server_payload_bytes);
  writer->Raw(",\"segments\":").Value(counters.segments);
  writer->Raw(",\"retransmitted_segments\":").Value(counters.retransmitted_segments);
  writer->Raw(",\"out_of_order_segments\":").Value(counters.out_of_order_segments);
  writer->Raw(",\"syn_retransmissions\":").Value(counters.syn_retransmissions);
  writer->Raw(",\"responses\":").Value(counters.response_count);
  WriteSeconds(",\"response_seconds\":", MeanResponseSeconds(counters), writer);
  WriteQuantiles(",\"response_quantiles_seconds\":", sum.distributions.response_seconds, writer);
  writer->Raw(",\"handshake_rtts\":").Value(counters.handshake_rtt_count);
  WriteSeconds(",\"handshake_rtt_seconds\":", MeanHandshakeRttSeconds(counters), writer);
  WriteQuantiles(",\"handshake_rtt_quantiles_seconds\":", sum.distributions.handshake_rtt_seconds, writer);
  WriteRecent(sum.change, sum.change_seconds, writer);
  if (!has_buckets) return;
  WriteBuckets(",\"response_buckets\":", sum.distributions.response_seconds, writer);
  WriteBuckets(",\"handshake_rtt_buckets\":", sum.distributions.handshake_rtt_seconds, writer);
}

size_t EdgeSumJsonBytes(const EdgeSumView& sum, bool has_buckets) {
  constexpr size_t kSumBytes = 1900;  // with the longest numbers
  if (!has_buckets) return kSumBytes;
  return kSumBytes + BucketsJsonBytes(sum.distributions.response_seconds) +
         BucketsJsonBytes(sum.distributions.handshake_rtt_seconds);
}

void WriteEdgeClient(const IpAddress& address, std::optional<int> prefix_bits, const IdentityRef& identity,
                     JsonWriter* writer) {
  WriteAddress(address, prefix_bits, writer);
  WriteIdentity(identity, writer);
  writer->Raw("}");
}

void WriteEdgeServer(const Endpoint& server, std::optional<int> prefix_bits, const IdentityRef& identity,
                     JsonWriter* writer) {
  WriteAddress(server.address, prefix_bits, writer);
  writer->Raw(",\"port\":").Value(server.port);
  WriteIdentity(identity, writer);
  writer->Raw("}");
}

void WriteAddressedAs(absl::Span<const Endpoint> services, JsonWriter* writer) {
  for (size_t i = 0; i < services.size(); ++i) {
    writer->Raw(i > 0 ? "," : ",\"addressed_as\":[");
    WriteEndpoint(services[i], writer);
  }
  if (!services.empty()) writer->Raw("]");
}

void WriteRecentSeconds(double change_seconds, JsonWriter* writer) {
  WriteSeconds(",\"recent_seconds\":", change_seconds > 0 ? std::optional<double>(change_seconds) : std::nullopt,
               writer);
}

}  // namespace tcpgauge
