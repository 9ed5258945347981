// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/metrics_markdown.h"

#include <string_view>

#include "exporter/metrics/metric_catalog.h"

namespace tcpgauge {
namespace {

constexpr std::string_view kHead =
    "# Metrics\n"
    "\n"
    "`bazel run //exporter/metrics:write_metrics_md` makes this file from `exporter/metrics/metric_catalog.cc`.\n"
    "A test fails while the file is stale.\n"
    "\n"
    "A name with \"client\" counts what the client sent, and a name with \"server\" what the server sent. All values\n"
    "come from one snapshot, so `/metrics`, the JSON API, the top view and OTLP agree. In OTLP a counter is a\n"
    "monotonic sum. A gauge whose values may be added up is an UpDownCounter: a sum that is not monotonic, and always\n"
    "cumulative. A summary is an exponential histogram. Points of edges and connections also carry\n"
    "`network.transport` and `network.type`; the edge `other` carries `otel.metric.overflow` instead of addresses.\n"
    "The metrics `tcpgauge_otlp_...` exist while metrics are pushed.\n"
    "\n"
    "A label that names an end (namespace, workload, pod, service, zone) is absent while the name is unknown. On a "
    "host,\n"
    "the systemd unit or the container is the workload. With `--identity off`, no metric has these labels, and the\n"
    "metrics `tcpgauge_identity_...`, `tcpgauge_workload_edge_...`, `tcpgauge_zone_...`, `tcpgauge_endpoint_info`,\n"
    "`tcpgauge_listener_...` and `tcpgauge_edges_renamed_total` do not exist.\n"
    "\n"
    "The labels of a series never change. When an address gets another owner, the series of its edges end, and edges\n"
    "with the new name begin. The same happens once when an end without a name gets its first one, and\n"
    "`tcpgauge_edges_renamed_total` counts that. When a name is lost, nothing changes. So a name that comes and goes\n"
    "splits no counter. Where several workloads share an address, each client workload has an edge of its own.\n"
    "\n"
    "A workload edge is all connections of one workload to one port of another. The label `reporter` says where an\n"
    "agent stands: `client` if the client is on the agent's node, `server` if the server is, and `transit` if neither\n"
    "is. A connection with both ends on the node counts under `client` and under `server`. So a sum over one of these\n"
    "two counts each connection of a cluster once. An end that is no workload shows the prefix of the client, or\n"
    "`external`. The first `--metrics.workload-edges` on which a server answers have series, until they were silent "
    "for\n"
    "`--idle-timeout`. `tcpgauge_workload_edge_other_...` counts all others, for each reporter, and what a workload "
    "edge\n"
    "carried before it had series. A connection is credited to its workload edge whether or not its edge has series.\n"
    "\n"
    "An agent counts each connection once, however many interfaces, address translations and tunnels it crosses on\n"
    "the node. Two agents that see a connection both count it: docs/promql.md says how to add them up.\n"
    "\n"
    "The label `interface` is the name of the interface on which a packet was captured, or on which a connection\n"
    "began. With `-i any`, packets count under the names of their own interfaces. The name `any` then stands for\n"
    "the capture as a whole: only it has `tcpgauge_capture_up`, and it has the packets that the kernel dropped,\n"
    "because nobody knows where they were. `other` is no interface: it stands for all interfaces that are too many\n"
    "for series of their own. At most 32 values of the label have series at a time, or fewer with a low\n"
    "`--metrics.series-limit`. An interface that has begun under `other` stays there until it is gone, and what it\n"
    "counted stays there too. So a sum over `interface`, with the metrics `tcpgauge_capture_retired_...`, counts\n"
    "every packet once. The value `other` of the label `protocol` is another one: packets that are neither TCP nor\n"
    "UDP nor ICMP, such as ARP.\n"
    "\n"
    "Edges have series by what happens on them. A fifth of the places is kept for edges on which attempts fail again\n"
    "and again, and the other places are for the edges with the most payload. Edges with only a few attempts get\n"
    "series while more than a quarter of the places is free. After the first window, at most `--metrics.new-edges`\n"
    "edges get series within any minute; a file (`-T`) has no such limit. An edge keeps its series until it was\n"
    "silent for `--idle-timeout`, or until another edge takes its place. What belongs to no edge with series is in\n"
    "the edge `other`.\n"
    "\n"
    "The increases of all edges, `other` included, add up to those of the totals, for a reader that reads at least\n"
    "once in a window. Exception: in the first window an edge can lose its series at once. Of what it counted, only\n"
    "the payload is exported, as `tcpgauge_edges_retired_...`. An attempt that nobody has answered may be in no\n"
    "edge yet, because the server's address after translation is not known. Then the edges also lack its repeated\n"
    "SYNs, and `tcpgauge_edge_attempts_pending` counts the attempt. It reaches its edge when it is answered, soon\n"
    "after its SYN is repeated, or when it ends. The gauges `tcpgauge_edge_connections` and\n"
    "`tcpgauge_edge_attempts_pending` add up to the connections in the states other than `closed` and `reset`. A\n"
    "repeated SYN that is taken for the copy of another one is a duplicate, and no count of repeated SYNs has it.\n"
    "\n"
    "A response time is that of an exchange: a request of the client and the answer of the server. It goes from the\n"
    "last segment of what the client sent before the direction turns, to the first segment of the server that has new\n"
    "payload and acknowledges all of the request, as they pass the agent. The direction tells requests and answers\n"
    "apart, so the protocol does not matter. Response times are right where a client waits for each answer, as with\n"
    "HTTP/1.1, PostgreSQL or Redis.\n"
    "\n"
    "- A request that is sent again counts from its first copy. A half-closed one counts from the client's FIN.\n"
    "- A long poll takes as long as the poll. An interim answer (`100 Continue`) ends an exchange.\n"
    "- If a client asks again before it was answered (pipelining, HTTP/2), its requests count as one exchange, and "
    "the\n"
    "  response time is an under-estimate.\n"
    "- What a server sends unasked is no answer. So a server that only pushes has no response times. One that streams\n"
    "  all the time seems to answer at once.\n"
    "- A TLS handshake is no exchange. Nor is the first request of TLS 1.3 and of a resumed session of TLS 1.2: "
    "tickets\n"
    "  of the server may come after it, and look like its answer. So a client that opens such a connection for each\n"
    "  request has no response times. The first bytes of the client's payload tell. If they were not captured\n"
    "  (`--snaplen`), the requests of a connection count from the third one on.\n"
    "\n"
    "`tcpgauge_connection_rtt_seconds` is the least round-trip time of the last 30 to 60 seconds, as a kernel's\n"
    "`min_rtt` is. It is the sum of two halves: from the agent to the server and back, and from the agent to the "
    "client\n"
    "and back. While a half has no new sample, its last value stays. docs/limits.md says when a half is unknown.\n"
    "\n"
    "A metric `..._distribution_seconds` is a native histogram. It has the values of the summary without\n"
    "`_distribution`, so a sum over families must not add both. It exists only in the protobuf format, which "
    "Prometheus\n"
    "asks for when native histograms are enabled there. It has at most 80 buckets. Its schema is 3, so a bucket's "
    "upper\n"
    "bound is 9 % above its lower one, while the longest time of the edge is at most 1,000 times the shortest. When "
    "they\n"
    "differ more, the schema falls by one for good, which merges buckets in pairs: they are 19 % wide up to a factor "
    "of a\n"
    "million, and then 41 %. With `--metrics.edge-buckets`, the summaries are classic histograms in every format of\n"
    "`/metrics`. Their bounds are the powers of two from 2^-15 s (31 µs) to 16 s. OTLP has exponential histograms in\n"
    "either case.\n"
    "\n"
    "A segment counts where it has payload. Of a fragmented datagram, the first fragment counts. A window probe\n"
    "counts once its byte is accepted, and a keep-alive never.\n"
    "\n"
    "Prometheus keeps each series for hours, so few connections get series, whatever the traffic. A connection\n"
    "qualifies when it is open and has lived for `--metrics.window`, or when it is among the heaviest of that\n"
    "window and carried payload or completed its handshake. Of those that qualify, the open ones come first, and\n"
    "among them the heaviest. In the first window, which begins with the first connection, `--metrics.connections`\n"
    "get series. After it, at most `--metrics.new-connections` get them within any minute, and half of these are\n"
    "for open connections that have lived for a window. A connection that ended gives its place at once to an open\n"
    "one that qualifies. Otherwise it keeps its series for at most a window after its last packet. A connection\n"
    "under the labels of one that ended goes on with its series. How often metrics are read changes none of this.\n"
    "In a file, the heaviest connections have series, and no rate bounds them. Every connection, with or without\n"
    "series, is counted in the totals, the histograms and its edge, and is in the connection log. docs/limits.md\n"
    "has the sums.\n"
    "\n"
    "| metric | type | labels | what | OTLP name | OTLP type | OTLP unit | OTLP attributes |\n"
    "|---|---|---|---|---|---|---|---|\n";

std::string Code(std::string_view text) { return text.empty() ? "" : "`" + std::string(text) + "`"; }

std::string Join(absl::Span<const MetricLabel> labels, std::string_view MetricLabel::*word) {
  std::string joined;
  for (const MetricLabel& label : labels) joined.append(joined.empty() ? "" : ", ").append(label.*word);
  return joined;
}

// Returns an empty string if OTLP has no such metric.
std::string_view OtlpType(const MetricInfo& info) {
  if (info.is_additive) return "UpDownCounter";
  if (info.type == MetricType::kNativeHistogram) return "";
  return info.type == MetricType::kSummary ? "exponential histogram" : MetricTypeName(info.type);
}

}  // namespace

std::string MetricsMarkdown() {
  std::string page(kHead);
  for (const MetricInfo& info : MetricCatalog()) {
    const std::string cells[] = {Code(info.name),
                                 std::string(MetricTypeName(info.type)),
                                 Code(Join(info.labels, &MetricLabel::name)),
                                 std::string(info.help),
                                 Code(info.otlp_name),
                                 std::string(OtlpType(info)),
                                 Code(info.otlp_unit),
                                 Code(Join(info.labels, &MetricLabel::attribute))};
    for (const std::string& cell : cells) page.append("| ").append(cell).append(cell.empty() ? "" : " ");
    page.append("|\n");
  }
  return page;
}

}  // namespace tcpgauge
