// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/metric_catalog.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace tcpgauge {
namespace {

constexpr MetricLabel kClientAddress = {"client_address", "client.address"};
constexpr MetricLabel kClientPort = {"client_port", "client.port"};
constexpr MetricLabel kServerAddress = {"server_address", "server.address"};
constexpr MetricLabel kServerPort = {"server_port", "server.port"};
constexpr MetricLabel kInterfaceName = {"interface", "network.interface.name"};
constexpr MetricLabel kConnectionState = {"state", "network.connection.state"};

constexpr MetricLabel kBuild[] = {{"version", "service.version"}, {"revision", "vcs.ref.head.revision"}};
constexpr MetricLabel kInterface[] = {kInterfaceName};
constexpr MetricLabel kProtocolName = {"protocol", "tcpgauge.packet.protocol"};
constexpr MetricLabel kProtocol[] = {kProtocolName};
constexpr MetricLabel kInterfaceAndProtocol[] = {kInterfaceName, kProtocolName};
constexpr MetricLabel kError[] = {{"reason", "error.type"}};
constexpr MetricLabel kCloseReason[] = {{"reason", "tcpgauge.close.reason"}};
constexpr MetricLabel kLostReason[] = {{"reason", "tcpgauge.lost.reason"}};
constexpr MetricLabel kKind[] = {{"kind", "tcpgauge.duplicate.kind"}};
constexpr MetricLabel kPart[] = {{"part", "tcpgauge.part"}};
constexpr MetricLabel kState[] = {kConnectionState};
constexpr MetricLabel kOrigin[] = {{"origin", "tcpgauge.open.origin"}};
constexpr MetricLabel kRouteAndCode[] = {{"route", "http.route"}, {"code", "http.response.status_code"}};

// Names of the ends. OtlpEncoder adds an attribute for the workload of a pod.
constexpr MetricLabel kClientNamespace = {"client_namespace", "client.k8s.namespace.name", true};
constexpr MetricLabel kClientWorkload = {"client_workload", "client.workload", true};
constexpr MetricLabel kClientPod = {"client_pod", "client.k8s.pod.name", true};
constexpr MetricLabel kServerNamespace = {"server_namespace", "server.k8s.namespace.name", true};
constexpr MetricLabel kServerWorkload = {"server_workload", "server.workload", true};
constexpr MetricLabel kServerPod = {"server_pod", "server.k8s.pod.name", true};
constexpr MetricLabel kServerService = {"server_service", "server.k8s.service.name", true};
constexpr MetricLabel kReporterName = {"reporter", "tcpgauge.reporter"};
constexpr MetricLabel kFailureReason = {"reason", "tcpgauge.failure.reason"};

// ExportedEdge::label_values() has the values of the first ten.
constexpr MetricLabel kEdge[] = {kClientAddress, kServerAddress,   kServerPort,     kClientNamespace, kClientWorkload,
                                 kClientPod,     kServerNamespace, kServerWorkload, kServerPod,       kServerService};
constexpr MetricLabel kEdgeAndReason[] = {kClientAddress,  kServerAddress, kServerPort,      kClientNamespace,
                                          kClientWorkload, kClientPod,     kServerNamespace, kServerWorkload,
                                          kServerPod,      kServerService, kFailureReason};
constexpr MetricLabel kEdgeAndService[] = {kClientAddress,
                                           kServerAddress,
                                           kServerPort,
                                           kClientNamespace,
                                           kClientWorkload,
                                           kClientPod,
                                           kServerNamespace,
                                           kServerWorkload,
                                           kServerPod,
                                           kServerService,
                                           {"service_address", "tcpgauge.service.address"},
                                           {"service_port", "tcpgauge.service.port"}};
// ExportedWorkloadEdge::label_values() has the values of the first six.
constexpr MetricLabel kWorkloadEdge[] = {kClientNamespace, kClientWorkload, kServerNamespace,
                                         kServerWorkload,  kServerPort,     kReporterName};
constexpr MetricLabel kWorkloadEdgeAndReason[] = {kClientNamespace, kClientWorkload, kServerNamespace, kServerWorkload,
                                                  kServerPort,      kReporterName,   kFailureReason};
constexpr MetricLabel kReporter[] = {kReporterName};
constexpr MetricLabel kReporterAndReason[] = {kReporterName, kFailureReason};
constexpr MetricLabel kZones[] = {{"client_zone", "client.cloud.availability_zone", true},
                                  {"server_zone", "server.cloud.availability_zone", true}};
constexpr MetricLabel kEndpoint[] = {{"address", "tcpgauge.endpoint.address"},
                                     {"namespace", "k8s.namespace.name", true},
                                     {"pod", "k8s.pod.name", true},
                                     {"workload", "tcpgauge.workload", true},
                                     {"workload_kind", "tcpgauge.workload.kind", true},
                                     {"node", "k8s.node.name", true},
                                     {"zone", "cloud.availability_zone", true}};
constexpr MetricLabel kListener[] = {
    {"address", "server.address"}, {"port", "server.port"}, {"workload", "server.workload", true}};
constexpr MetricLabel kSource[] = {{"source", "tcpgauge.identity.source"}};
constexpr MetricLabel kResult[] = {{"result", "tcpgauge.lookup.result"}};

constexpr MetricLabel kConnection[] = {kClientAddress, kClientPort, kServerAddress, kServerPort, kInterfaceName};
constexpr MetricLabel kConnectionAndState[] = {kClientAddress, kClientPort,    kServerAddress,
                                               kServerPort,    kInterfaceName, kConnectionState};

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricType kHistogram = MetricType::kHistogram;
constexpr MetricType kSummary = MetricType::kSummary;
constexpr MetricType kNativeHistogram = MetricType::kNativeHistogram;
constexpr bool kAdditive = true;

// clang-format off
const MetricInfo kCatalog[] = {
    {Metric::kBuildInfo, "tcpgauge_build_info", kGauge, "", kBuild,
     "Always 1; the labels say which build of tcpgauge this is.",
     "tcpgauge.build_info", ""},
    {Metric::kCaptureUp, "tcpgauge_capture_up", kGauge, "", kInterface,
     "1 while packets can be captured on the interface, 0 while it is down or gone. Only for interfaces that the agent was "
     "told to capture, or chose because it was told none. With any, it is the name any.",
     "tcpgauge.capture.up", ""},
    {Metric::kCapturePackets, "tcpgauge_capture_packets_total", kCounter, "", kInterfaceAndProtocol,
     "Packets captured, by the protocol of the innermost IP packet.",
     "tcpgauge.capture.packets", "{packet}"},
    {Metric::kCaptureWireBytes, "tcpgauge_capture_wire_bytes_total", kCounter, "bytes", kInterfaceAndProtocol,
     "Bytes that the captured packets took on the wire, link header included.",
     "tcpgauge.capture.wire", "By"},
    {Metric::kCaptureDroppedPackets, "tcpgauge_capture_dropped_packets_total", kCounter, "", kInterface,
     "Packets that the kernel dropped because the capture buffer was full. With several workers also captured packets for "
     "which the queue to another worker had no room.",
     "tcpgauge.capture.dropped_packets", "{packet}"},
    {Metric::kCaptureDuplicatePackets, "tcpgauge_capture_duplicate_packets_total", kCounter, "", kKind,
     "Captured packets that were ignored because another copy of the packet is counted, by how the copies differ. Kind "
     "interface: only in the interface or the direction. Kind translated: in an address or a port. Kind encapsulated: in "
     "VLAN tags or tunnels.",
     "tcpgauge.capture.duplicate_packets", "{packet}"},
    {Metric::kCaptureRetiredPackets, "tcpgauge_capture_retired_packets_total", kCounter, "", kProtocol,
     "Packets captured on interfaces whose series have ended, because the interface was gone for --metrics.window. With "
     "the packets of all interfaces, these are all packets captured.",
     "tcpgauge.capture.retired.packets", "{packet}"},
    {Metric::kCaptureRetiredWireBytes, "tcpgauge_capture_retired_wire_bytes_total", kCounter, "bytes", kProtocol,
     "Bytes on the wire captured on interfaces whose series have ended.",
     "tcpgauge.capture.retired.wire", "By"},
    {Metric::kCaptureRetiredDroppedPackets, "tcpgauge_capture_retired_dropped_packets_total", kCounter, "", {},
     "Dropped packets of interfaces whose series have ended.",
     "tcpgauge.capture.retired.dropped_packets", "{packet}"},
    {Metric::kCaptureRetiredDuplicatePackets, "tcpgauge_capture_retired_duplicate_packets_total", kCounter, "", kKind,
     "The part of tcpgauge_capture_duplicate_packets_total that was captured on interfaces whose series have ended.",
     "tcpgauge.capture.retired.duplicate_packets", "{packet}"},
    {Metric::kDecodeErrors, "tcpgauge_decode_errors_total", kCounter, "", kError,
     "Packets that could not be decoded, by reason.",
     "tcpgauge.decode.errors", "{packet}"},
    {Metric::kOverflows, "tcpgauge_overflows_total", kCounter, "", kPart,
     "Times that a bounded part of the connection table, or of the names of the ends, was full. Some connections are then "
     "known less exactly, or lack a name.",
     "tcpgauge.overflows", "{event}"},
    {Metric::kClientPayloadBytes, "tcpgauge_client_payload_bytes_total", kCounter, "bytes", {},
     "TCP payload sent by clients, retransmissions included.",
     "tcpgauge.client.payload", "By"},
    {Metric::kServerPayloadBytes, "tcpgauge_server_payload_bytes_total", kCounter, "bytes", {},
     "TCP payload sent by servers, retransmissions included.",
     "tcpgauge.server.payload", "By"},
    {Metric::kConnections, "tcpgauge_connections", kGauge, "", kState,
     "Tracked connections, by state.",
     "tcpgauge.connection.count", "{connection}", kAdditive},
    {Metric::kConnectionsOpened, "tcpgauge_connections_opened_total", kCounter, "", kOrigin,
     "Connections opened. Origin handshake: the beginning was captured. Origin midstream: it was not.",
     "tcpgauge.connection.opened", "{connection}"},
    {Metric::kConnectionsClosed, "tcpgauge_connections_closed_total", kCounter, "", kCloseReason,
     "Connections that are no longer tracked, by reason.",
     "tcpgauge.connection.closed", "{connection}"},
    {Metric::kSegments, "tcpgauge_segments_total", kCounter, "", {},
     "Segments with payload, retransmissions included.",
     "tcpgauge.segments", "{segment}"},
    {Metric::kClientRetransmittedSegments, "tcpgauge_client_retransmitted_segments_total", kCounter, "", {},
     "Segments sent by clients whose payload had been seen before, wholly or in part.",
     "tcpgauge.client.retransmitted_segments", "{segment}"},
    {Metric::kServerRetransmittedSegments, "tcpgauge_server_retransmitted_segments_total", kCounter, "", {},
     "Segments sent by servers whose payload had been seen before, wholly or in part.",
     "tcpgauge.server.retransmitted_segments", "{segment}"},
    {Metric::kOutOfOrderSegments, "tcpgauge_out_of_order_segments_total", kCounter, "", {},
     "Segments that arrived late: they filled a gap with payload that had not been seen before.",
     "tcpgauge.out_of_order_segments", "{segment}"},
    {Metric::kSynRetransmissions, "tcpgauge_syn_retransmissions_total", kCounter, "", {},
     "SYNs that clients sent again, because their attempt to connect was not answered or the answer was lost.",
     "tcpgauge.syn_retransmissions", "{segment}"},
    {Metric::kZeroWindows, "tcpgauge_zero_windows_total", kCounter, "", {},
     "Segments with a zero window: the end that sent them could receive no more data.",
     "tcpgauge.zero_windows", "{event}"},
    {Metric::kKeepAlives, "tcpgauge_keep_alives_total", kCounter, "", {},
     "Keep-alives: segments that only ask whether the other end is there. Their byte is neither payload nor a "
     "retransmission.",
     "tcpgauge.keep_alives", "{segment}"},
    {Metric::kWindowProbes, "tcpgauge_window_probes_total", kCounter, "", {},
     "Window probes: segments that ask whether a zero window has opened. Their byte is payload once it is accepted.",
     "tcpgauge.window_probes", "{segment}"},
    {Metric::kResetsIgnored, "tcpgauge_resets_ignored_total", kCounter, "", {},
     "RST segments that their receiver ignores: outside the window, or acknowledging no SYN. Some are forged.",
     "tcpgauge.reset.ignored", "{segment}"},
    {Metric::kLateSegments, "tcpgauge_late_segments_total", kCounter, "", {},
     "Segments without payload that came after their connection had ended. They begin no connection.",
     "tcpgauge.late_segments", "{segment}"},
    {Metric::kHandshakeRtt, "tcpgauge_handshake_rtt_seconds", kHistogram, "seconds", {},
     "Time from a SYN to the ACK that completes the handshake.",
     "tcpgauge.handshake.rtt", "s"},
    {Metric::kResponse, "tcpgauge_response_seconds", kHistogram, "seconds", {},
     "Response time: from the last segment of what a client sent to the first segment of the server's answer.",
     "tcpgauge.response", "s"},
    {Metric::kConnectionDuration, "tcpgauge_connection_duration_seconds", kHistogram, "seconds", {},
     "Duration of ended connections, from the first to the last packet.",
     "tcpgauge.connection.duration", "s"},
    {Metric::kConnectionPayloadBytes, "tcpgauge_connection_payload_bytes", kHistogram, "bytes", {},
     "TCP payload of ended connections, both directions together.",
     "tcpgauge.connection.payload", "By"},
    {Metric::kSeriesLimit, "tcpgauge_series_limit", kGauge, "", {},
     "The most samples that one exposition may hold, as set by --metrics.series-limit.",
     "tcpgauge.series.limit", "{sample}"},
    {Metric::kSeries, "tcpgauge_series", kGauge, "", {},
     "Samples in this exposition. A native histogram is one sample, and counts in the formats that lack it too.",
     "tcpgauge.series.count", "{sample}", kAdditive},
    {Metric::kSeriesNew, "tcpgauge_series_new_total", kCounter, "", {},
     "Series of edges and connections that began. An edge or a connection that gets series adds as many as it can have in one exposition.",
     "tcpgauge.series.new", "{sample}"},
    {Metric::kEdgesFolded, "tcpgauge_edges_folded_total", kCounter, "", {},
     "Connections opened on edges without series of their own. They are counted under other.",
     "tcpgauge.edge.folded", "{connection}"},
    {Metric::kEdgesRetired, "tcpgauge_edges_retired_total", kCounter, "", {},
     "Edges whose series ended because the edge was silent, because a heavier or failing edge took its place, or because "
     "an address got its first name or another owner.",
     "tcpgauge.edge.retired", "{edge}"},
    {Metric::kEdgesRetiredClientPayloadBytes, "tcpgauge_edges_retired_client_payload_bytes_total", kCounter, "bytes", {},
     "TCP payload sent by clients, as counted by edge series that have ended.",
     "tcpgauge.edge.retired.client.payload", "By"},
    {Metric::kEdgesRetiredServerPayloadBytes, "tcpgauge_edges_retired_server_payload_bytes_total", kCounter, "bytes", {},
     "TCP payload sent by servers, as counted by edge series that have ended.",
     "tcpgauge.edge.retired.server.payload", "By"},
    {Metric::kEdgesRenamed, "tcpgauge_edges_renamed_total", kCounter, "", {},
     "Edges whose series ended because an end got its first name. An edge with the name took the place at once.",
     "tcpgauge.edge.renamed", "{edge}"},
    {Metric::kEdgeAttemptsPending, "tcpgauge_edge_attempts_pending", kGauge, "", {},
     "Attempts that no edge counts yet: the server's address after translation is known once they are answered, repeat "
     "their SYN, or end.",
     "tcpgauge.edge.attempt.pending", "{connection}", kAdditive},
    {Metric::kConnectionsNotExported, "tcpgauge_connections_not_exported", kGauge, "", {},
     "Connections that have no series of their own in this exposition. Includes heavy ones that ended within --metrics.window.",
     "tcpgauge.connection.not_exported", "{connection}", kAdditive},
    {Metric::kScrapeDuration, "tcpgauge_scrape_duration_seconds", kGauge, "seconds", {},
     "Time that it took to make the previous exposition.",
     "tcpgauge.scrape.duration", "s"},
    {Metric::kRateWindow, "tcpgauge_rate_window_seconds", kGauge, "seconds", {},
     "Time over which rates are averaged.",
     "tcpgauge.rate_window", "s"},
    {Metric::kIdentityUp, "tcpgauge_identity_up", kGauge, "", kSource,
     "1 while this source of names works, 0 while it cannot be read or reached.",
     "tcpgauge.identity.up", ""},
    {Metric::kIdentityEndpoints, "tcpgauge_identity_endpoints", kGauge, "", {},
     "Addresses and sockets that have a name. At most --identity.max-endpoints.",
     "tcpgauge.identity.endpoint.count", "{endpoint}", kAdditive},
    {Metric::kIdentityLookups, "tcpgauge_identity_lookups_total", kCounter, "", kResult,
     "Ends of connections whose name was looked up. Result found: the end has a name. Result unknown: it has none yet.",
     "tcpgauge.identity.lookups", "{lookup}"},
    {Metric::kIdentityRelists, "tcpgauge_identity_relists_total", kCounter, "", {},
     "Lists that were requested from the Kubernetes API again, because a watch had ended.",
     "tcpgauge.identity.relists", "{list}"},
    {Metric::kIdentityEvents, "tcpgauge_identity_events_total", kCounter, "", {},
     "Events of the watches of the Kubernetes API.",
     "tcpgauge.identity.events", "{event}"},
    {Metric::kHttpRequests, "tcpgauge_http_requests_total", kCounter, "", kRouteAndCode,
     "HTTP requests answered, by route and status code. Unknown paths have route other. "
     "Requests for which no series is left have route and code other.",
     "tcpgauge.http.requests", "{request}"},
    {Metric::kHttpRequestDuration, "tcpgauge_http_request_duration_seconds", kHistogram, "seconds", {},
     "Time from receiving the end of an HTTP request until its answer is ready to be sent.",
     "tcpgauge.http.request.duration", "s"},
    {Metric::kWebConfigReloadSuccessful, "tcpgauge_web_config_last_reload_successful", kGauge, "", {},
     "Whether the last reading of the web configuration succeeded. At 0, the configuration before it stays in force.",
     "tcpgauge.web_config.last_reload.successful", ""},
    {Metric::kWebConfigReloadSuccessTime, "tcpgauge_web_config_last_reload_success_timestamp_seconds", kGauge,
     "seconds", {},
     "Time of the last successful reading of the web configuration since unix epoch in seconds.",
     "tcpgauge.web_config.last_reload.success_timestamp", "s"},
    {Metric::kConnectionLogLines, "tcpgauge_connection_log_lines_total", kCounter, "", {},
     "Lines written to the connection log.",
     "tcpgauge.connection_log.lines", "{line}"},
    {Metric::kConnectionLogLost, "tcpgauge_connection_log_lost_total", kCounter, "", kLostReason,
     "Connections that are missing from the connection log, by reason.",
     "tcpgauge.connection_log.lost", "{connection}"},
    {Metric::kLogLinesLost, "tcpgauge_log_lines_lost_total", kCounter, "", {},
     "Lines of the agent's log that standard error did not take, because nobody reads it or because it cannot be "
     "written.",
     "tcpgauge.log.line.lost", "{line}"},
    {Metric::kOtlpPushes, "tcpgauge_otlp_pushes_total", kCounter, "", {},
     "Push requests that the OTLP receiver accepted.",
     "tcpgauge.otlp.pushes", "{request}"},
    {Metric::kOtlpPushFailures, "tcpgauge_otlp_push_failures_total", kCounter, "", kError,
     "Failed attempts to push, by reason. All but rejected requests are tried again.",
     "tcpgauge.otlp.push.failures", "{attempt}"},
    {Metric::kOtlpDataPointsSent, "tcpgauge_otlp_data_points_sent_total", kCounter, "", {},
     "Data points in the push requests that the OTLP receiver accepted.",
     "tcpgauge.otlp.data_point.sent", "{data_point}"},
    {Metric::kOtlpDataPointsRejected, "tcpgauge_otlp_data_points_rejected_total", kCounter, "", {},
     "Data points that the OTLP receiver refused in push requests that it accepted otherwise.",
     "tcpgauge.otlp.data_point.rejected", "{data_point}"},
    {Metric::kOtlpDataPointsDropped, "tcpgauge_otlp_data_points_dropped_total", kCounter, "", {},
     "Data points that the OTLP receiver never accepted: their request was rejected, was removed from the full queue, "
     "or was left when the agent stopped.",
     "tcpgauge.otlp.data_point.dropped", "{data_point}"},
    {Metric::kOtlpQueueRequests, "tcpgauge_otlp_queue_requests", kGauge, "", {},
     "Push requests that wait for the OTLP receiver, including the request being sent.",
     "tcpgauge.otlp.queue.request.count", "{request}", kAdditive},
    {Metric::kOtlpQueueBytes, "tcpgauge_otlp_queue_bytes", kGauge, "bytes", {},
     "Memory taken by push requests that wait for the OTLP receiver.",
     "tcpgauge.otlp.queue", "By", kAdditive},
    {Metric::kEdgeClientPayloadBytes, "tcpgauge_edge_client_payload_bytes_total", kCounter, "bytes", kEdge,
     "TCP payload sent by the client to the server's port, over all connections.",
     "tcpgauge.edge.client.payload", "By"},
    {Metric::kEdgeServerPayloadBytes, "tcpgauge_edge_server_payload_bytes_total", kCounter, "bytes", kEdge,
     "TCP payload sent by the server's port to the client, over all connections.",
     "tcpgauge.edge.server.payload", "By"},
    {Metric::kEdgeConnectionsOpened, "tcpgauge_edge_connections_opened_total", kCounter, "", kEdge,
     "Connections opened by the client to the server's port.",
     "tcpgauge.edge.connection.opened", "{connection}"},
    {Metric::kEdgeConnectionsFailed, "tcpgauge_edge_connections_failed_total", kCounter, "", kEdgeAndReason,
     "Connections that failed, by reason. Reason refused: the server refused them. Reason timeout: the handshake timed "
     "out. With --metrics.edge-detail basic, one series without the label reason counts both.",
     "tcpgauge.edge.connection.failed", "{connection}"},
    {Metric::kEdgeSegments, "tcpgauge_edge_segments_total", kCounter, "", kEdge,
     "Segments with payload sent by either end, retransmissions included.",
     "tcpgauge.edge.segments", "{segment}"},
    {Metric::kEdgeRetransmittedSegments, "tcpgauge_edge_retransmitted_segments_total", kCounter, "", kEdge,
     "Segments sent by either end whose payload had been seen before, wholly or in part.",
     "tcpgauge.edge.retransmitted_segments", "{segment}"},
    {Metric::kEdgeOutOfOrderSegments, "tcpgauge_edge_out_of_order_segments_total", kCounter, "", kEdge,
     "Segments sent by either end that arrived late: they filled a gap with payload that had not been seen before.",
     "tcpgauge.edge.out_of_order_segments", "{segment}"},
    {Metric::kEdgeSynRetransmissions, "tcpgauge_edge_syn_retransmissions_total", kCounter, "", kEdge,
     "SYNs that the client sent again, because its attempt to connect was not answered or the answer was lost.",
     "tcpgauge.edge.syn_retransmissions", "{segment}"},
    {Metric::kEdgeConnections, "tcpgauge_edge_connections", kGauge, "", kEdge,
     "Open connections of this edge, neither closed nor reset. A connection is counted here after its first handshake or "
     "payload on an edge with series, and under other until then.",
     "tcpgauge.edge.connection.count", "{connection}", kAdditive},
    {Metric::kEdgeConnectionsStalled, "tcpgauge_edge_connections_stalled", kGauge, "", kEdge,
     "Established connections that make no progress: an end sent payload again, and nothing new of that end was "
     "acknowledged for --metrics.stall. A connection no longer counts when neither end sends any more.",
     "tcpgauge.edge.connection.stalled", "{connection}", kAdditive},
    {Metric::kEdgeHandshakeRtt, "tcpgauge_edge_handshake_rtt_seconds", kSummary, "seconds", kEdge,
     "Time from a SYN to the ACK that completes the handshake.",
     "tcpgauge.edge.handshake.rtt", "s"},
    {Metric::kEdgeResponse, "tcpgauge_edge_response_seconds", kSummary, "seconds", kEdge,
     "Response time: from the last segment of what the client sent to the first segment of the server's answer.",
     "tcpgauge.edge.response", "s"},
    {Metric::kEdgeHandshakeRttDistribution, "tcpgauge_edge_handshake_rtt_distribution_seconds", kNativeHistogram,
     "seconds", kEdge,
     "The values of tcpgauge_edge_handshake_rtt_seconds, with their distribution. Only in the protobuf format. Absent "
     "with --metrics.edge-detail basic.",
     "", ""},
    {Metric::kEdgeResponseDistribution, "tcpgauge_edge_response_distribution_seconds", kNativeHistogram, "seconds",
     kEdge,
     "The values of tcpgauge_edge_response_seconds, with their distribution. Only in the protobuf format. Absent with "
     "--metrics.edge-detail basic.",
     "", ""},
    {Metric::kEdgeService, "tcpgauge_edge_service_info", kGauge, "", kEdgeAndService,
     "Always 1; the labels say how clients addressed the server where an address translation led them to it. At most two "
     "services of an edge, and the edges with the most payload first.",
     "tcpgauge.edge.service_info", ""},
    {Metric::kWorkloadEdgeClientPayloadBytes, "tcpgauge_workload_edge_client_payload_bytes_total", kCounter, "bytes",
     kWorkloadEdge,
     "TCP payload sent by the client workload to the server workload's port, over all connections.",
     "tcpgauge.workload_edge.client.payload", "By"},
    {Metric::kWorkloadEdgeServerPayloadBytes, "tcpgauge_workload_edge_server_payload_bytes_total", kCounter, "bytes",
     kWorkloadEdge,
     "TCP payload sent by the server workload's port to the client workload, over all connections.",
     "tcpgauge.workload_edge.server.payload", "By"},
    {Metric::kWorkloadEdgeConnectionsOpened, "tcpgauge_workload_edge_connections_opened_total", kCounter, "",
     kWorkloadEdge,
     "Connections opened by the client workload to the server workload's port.",
     "tcpgauge.workload_edge.connection.opened", "{connection}"},
    {Metric::kWorkloadEdgeConnectionsFailed, "tcpgauge_workload_edge_connections_failed_total", kCounter, "",
     kWorkloadEdgeAndReason,
     "Connections that failed, by reason. Reason refused: the server refused them. Reason timeout: the handshake timed "
     "out. With --metrics.edge-detail basic, one series without the label reason counts both.",
     "tcpgauge.workload_edge.connection.failed", "{connection}"},
    {Metric::kWorkloadEdgeSegments, "tcpgauge_workload_edge_segments_total", kCounter, "", kWorkloadEdge,
     "Segments with payload sent by either end, retransmissions included.",
     "tcpgauge.workload_edge.segments", "{segment}"},
    {Metric::kWorkloadEdgeRetransmittedSegments, "tcpgauge_workload_edge_retransmitted_segments_total", kCounter, "",
     kWorkloadEdge,
     "Segments sent by either end whose payload had been seen before, wholly or in part.",
     "tcpgauge.workload_edge.retransmitted_segments", "{segment}"},
    {Metric::kWorkloadEdgeConnections, "tcpgauge_workload_edge_connections", kGauge, "", kWorkloadEdge,
     "Open connections between the two workloads, neither closed nor reset.",
     "tcpgauge.workload_edge.connection.count", "{connection}", kAdditive},
    {Metric::kWorkloadEdgeHandshakeRtt, "tcpgauge_workload_edge_handshake_rtt_seconds", kSummary, "seconds",
     kWorkloadEdge,
     "Time from a SYN to the ACK that completes the handshake.",
     "tcpgauge.workload_edge.handshake.rtt", "s"},
    {Metric::kWorkloadEdgeResponse, "tcpgauge_workload_edge_response_seconds", kSummary, "seconds", kWorkloadEdge,
     "Response time: from the last segment of what the client sent to the first segment of the server's answer.",
     "tcpgauge.workload_edge.response", "s"},
    {Metric::kWorkloadEdgeHandshakeRttDistribution, "tcpgauge_workload_edge_handshake_rtt_distribution_seconds",
     kNativeHistogram, "seconds", kWorkloadEdge,
     "The values of tcpgauge_workload_edge_handshake_rtt_seconds, with their distribution. Only in the protobuf format. "
     "Absent with --metrics.edge-detail basic.",
     "", ""},
    {Metric::kWorkloadEdgeResponseDistribution, "tcpgauge_workload_edge_response_distribution_seconds", kNativeHistogram,
     "seconds", kWorkloadEdge,
     "The values of tcpgauge_workload_edge_response_seconds, with their distribution. Only in the protobuf format. "
     "Absent with --metrics.edge-detail basic.",
     "", ""},
    {Metric::kWorkloadEdgeOtherClientPayloadBytes, "tcpgauge_workload_edge_other_client_payload_bytes_total", kCounter,
     "bytes", kReporter,
     "TCP payload sent by clients on workload edges without series of their own.",
     "tcpgauge.workload_edge.other.client.payload", "By"},
    {Metric::kWorkloadEdgeOtherServerPayloadBytes, "tcpgauge_workload_edge_other_server_payload_bytes_total", kCounter,
     "bytes", kReporter,
     "TCP payload sent by servers on workload edges without series of their own.",
     "tcpgauge.workload_edge.other.server.payload", "By"},
    {Metric::kWorkloadEdgeOtherConnectionsOpened, "tcpgauge_workload_edge_other_connections_opened_total", kCounter, "",
     kReporter,
     "Connections opened on workload edges without series of their own.",
     "tcpgauge.workload_edge.other.connection.opened", "{connection}"},
    {Metric::kWorkloadEdgeOtherConnectionsFailed, "tcpgauge_workload_edge_other_connections_failed_total", kCounter, "",
     kReporterAndReason,
     "Connections that failed on workload edges without series of their own, by reason. The reasons are those of "
     "tcpgauge_workload_edge_connections_failed_total.",
     "tcpgauge.workload_edge.other.connection.failed", "{connection}"},
    {Metric::kWorkloadEdgeOtherSegments, "tcpgauge_workload_edge_other_segments_total", kCounter, "", kReporter,
     "Segments with payload on workload edges without series of their own, retransmissions included.",
     "tcpgauge.workload_edge.other.segments", "{segment}"},
    {Metric::kWorkloadEdgeOtherRetransmittedSegments, "tcpgauge_workload_edge_other_retransmitted_segments_total",
     kCounter, "", kReporter,
     "Segments on workload edges without series of their own whose payload had been seen before, wholly or in part.",
     "tcpgauge.workload_edge.other.retransmitted_segments", "{segment}"},
    {Metric::kWorkloadEdgeOtherConnections, "tcpgauge_workload_edge_other_connections", kGauge, "", kReporter,
     "Open connections of workload edges without series of their own, neither closed nor reset.",
     "tcpgauge.workload_edge.other.connection.count", "{connection}", kAdditive},
    {Metric::kWorkloadEdgeOtherHandshakeRtt, "tcpgauge_workload_edge_other_handshake_rtt_seconds", kSummary, "seconds",
     kReporter,
     "Time from a SYN to the ACK that completes the handshake, on workload edges without series of their own.",
     "tcpgauge.workload_edge.other.handshake.rtt", "s"},
    {Metric::kWorkloadEdgeOtherResponse, "tcpgauge_workload_edge_other_response_seconds", kSummary, "seconds", kReporter,
     "Response time on workload edges without series of their own.",
     "tcpgauge.workload_edge.other.response", "s"},
    {Metric::kWorkloadEdgeOtherHandshakeRttDistribution,
     "tcpgauge_workload_edge_other_handshake_rtt_distribution_seconds", kNativeHistogram, "seconds", kReporter,
     "The values of tcpgauge_workload_edge_other_handshake_rtt_seconds, with their distribution. Only in the protobuf "
     "format. Absent with --metrics.edge-detail basic.",
     "", ""},
    {Metric::kWorkloadEdgeOtherResponseDistribution, "tcpgauge_workload_edge_other_response_distribution_seconds",
     kNativeHistogram, "seconds", kReporter,
     "The values of tcpgauge_workload_edge_other_response_seconds, with their distribution. Only in the protobuf format. "
     "Absent with --metrics.edge-detail basic.",
     "", ""},
    {Metric::kZonePayloadBytes, "tcpgauge_zone_payload_bytes_total", kCounter, "bytes", kZones,
     "TCP payload of both directions between two zones, of connections whose client is on this node. A zone that is not "
     "known is absent. What has no series left is in the zones other and other.",
     "tcpgauge.zone.payload", "By"},
    {Metric::kEndpointInfo, "tcpgauge_endpoint_info", kGauge, "", kEndpoint,
     "Always 1; the labels say who has an address of this node or of a pod on it. A workload_kind that ends in (guess) "
     "says that the name of the workload was cut from that of the pod. Addresses of pods first, as many as the series "
     "limit has room for.",
     "tcpgauge.endpoint_info", ""},
    {Metric::kListenerQueueConnections, "tcpgauge_listener_queue_connections", kGauge, "", kListener,
     "Connections in the accept queue of a listening socket: established, and not yet accepted by the program.",
     "tcpgauge.listener.queue.connection.count", "{connection}", kAdditive},
    {Metric::kListenerQueueLimit, "tcpgauge_listener_queue_limit", kGauge, "", kListener,
     "Size of the accept queue, as the program set it with listen. The queue is full when it holds one connection more.",
     "tcpgauge.listener.queue.limit", "{connection}"},
    {Metric::kListenerDropped, "tcpgauge_listener_dropped_total", kCounter, "", kListener,
     "Segments that the kernel dropped at a listening socket, for example because the accept queue was full.",
     "tcpgauge.listener.dropped", "{segment}"},
    {Metric::kConnectionClientBytesPerSecond, "tcpgauge_connection_client_bytes_per_second", kGauge,
     "bytes_per_second", kConnection,
     "TCP payload sent by the client, averaged over the rate window.",
     "tcpgauge.connection.client.bytes_per_second", "By/s"},
    {Metric::kConnectionServerBytesPerSecond, "tcpgauge_connection_server_bytes_per_second", kGauge,
     "bytes_per_second", kConnection,
     "TCP payload sent by the server, averaged over the rate window.",
     "tcpgauge.connection.server.bytes_per_second", "By/s"},
    {Metric::kConnectionState, "tcpgauge_connection_state", kGauge, "", kConnectionAndState,
     "Always 1; the label state says which state the connection is in.",
     "tcpgauge.connection.state", ""},
    {Metric::kConnectionRtt, "tcpgauge_connection_rtt_seconds", kGauge, "seconds", kConnection,
     "Least round-trip time of the last minute: the sum of two halves, from the agent to the server and to the client. "
     "While a half has no new sample, its last value stays. Absent unless both are known.",
     "tcpgauge.connection.rtt", "s"},
    {Metric::kConnectionIdle, "tcpgauge_connection_idle_seconds", kGauge, "seconds", kConnection,
     "Time since the last packet of the connection.",
     "tcpgauge.connection.idle", "s"},
    {Metric::kConnectionClientPayloadBytes, "tcpgauge_connection_client_payload_bytes_total", kCounter, "bytes",
     kConnection,
     "TCP payload sent by the client, retransmissions included.",
     "tcpgauge.connection.client.payload", "By"},
    {Metric::kConnectionServerPayloadBytes, "tcpgauge_connection_server_payload_bytes_total", kCounter, "bytes",
     kConnection,
     "TCP payload sent by the server, retransmissions included.",
     "tcpgauge.connection.server.payload", "By"},
    {Metric::kConnectionClientRetransmittedSegments, "tcpgauge_connection_client_retransmitted_segments_total", kCounter,
     "", kConnection,
     "Segments sent by the client whose payload had been seen before, wholly or in part.",
     "tcpgauge.connection.client.retransmitted_segments", "{segment}"},
    {Metric::kConnectionServerRetransmittedSegments, "tcpgauge_connection_server_retransmitted_segments_total", kCounter,
     "", kConnection,
     "Segments sent by the server whose payload had been seen before, wholly or in part.",
     "tcpgauge.connection.server.retransmitted_segments", "{segment}"},
    {Metric::kProcessCpu, "process_cpu_seconds_total", kCounter, "seconds", {},
     "Total user and system CPU time spent in seconds.",
     "process.cpu.time", "s"},
    {Metric::kProcessOpenFds, "process_open_fds", kGauge, "", {},
     "Number of open file descriptors.",
     "process.unix.file_descriptor.count", "{file_descriptor}", kAdditive},
    {Metric::kProcessMaxFds, "process_max_fds", kGauge, "", {},
     "Maximum number of open file descriptors.",
     "process.unix.file_descriptor.limit", "{file_descriptor}"},
    {Metric::kProcessVirtualMemory, "process_virtual_memory_bytes", kGauge, "bytes", {},
     "Virtual memory size in bytes.",
     "process.memory.virtual", "By", kAdditive},
    {Metric::kProcessResidentMemory, "process_resident_memory_bytes", kGauge, "bytes", {},
     "Resident memory size in bytes.",
     "process.memory.usage", "By", kAdditive},
    {Metric::kProcessStartTime, "process_start_time_seconds", kGauge, "seconds", {},
     "Start time of the process since unix epoch in seconds.",
     "process.start_time", "s"},
};
// clang-format on
static_assert(std::size(kCatalog) == kMetricCount, "one row for each metric");

constexpr std::string_view kTypeNames[] = {"counter", "gauge", "histogram", "summary", "native histogram"};

}  // namespace

std::string_view MetricTypeName(MetricType type) { return kTypeNames[static_cast<size_t>(type)]; }

const MetricInfo& InfoOf(Metric metric) { return kCatalog[static_cast<size_t>(metric)]; }

const MetricInfo& HistogramInfoOf(Metric metric) {
  static const auto* const histograms = [] {
    auto* const rows = new std::vector<MetricInfo>(std::begin(kCatalog), std::end(kCatalog));
    for (MetricInfo& row : *rows) row.type = kHistogram;
    return rows;
  }();
  return (*histograms)[static_cast<size_t>(metric)];
}

const MetricInfo* FindMetric(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kCatalog), std::end(kCatalog), [&](const MetricInfo& info) { return info.name == name; });
  return found == std::end(kCatalog) ? nullptr : found;
}

absl::Span<const MetricInfo> MetricCatalog() { return kCatalog; }

}  // namespace tcpgauge
