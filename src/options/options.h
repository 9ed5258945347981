// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_OPTIONS_OPTIONS_H_
#define TCPGAUGE_SRC_OPTIONS_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/log_format.h"
#include "src/base/time_units.h"
#include "src/naming/identity_level.h"
#include "src/net/ip_network.h"

namespace tcpgauge {

// The form in which the final state is printed. kNone = it is not printed.
enum class OutputFormat : uint8_t { kNone, kTable, kJson, kPrometheus, kOpenMetrics };

// Everything that the command line and the environment say. A plain value. ParseCommandLine() fills it, and checks
// every value whose comment does not say "not yet". The initial values are the defaults under the program name
// tcpgauge.
struct Options {
  // Capture.
  std::vector<std::string> interfaces;  // never together with read_file; empty = see DefaultInterface()
  std::string read_file;                // empty = capture live; "-" = standard input
  std::string filter;                   // a pcap-filter(7) expression, not yet compiled; empty = all packets
  bool promiscuous = true;
  int snaplen_bytes = 256;          // how much of each packet is captured
  int buffer_size_kib = 8192;       // size of the kernel's buffer for each socket that captures
  bool list_interfaces = false;     // print the interfaces and exit
  bool wait = false;                // accept interfaces that do not exist yet
  std::optional<std::string> user;  // the user to become once all is open, not yet looked up; see ChooseIdentity()
  int workers = 1;                  // threads that capture
  double duration_seconds = 0;      // of a live capture; 0 = until it is stopped

  // Connections.
  bool new_only = false;            // track only connections whose SYN is captured
  bool count_views = false;         // count each view of a connection as a connection of its own (see ConnectionView)
  bool fast = false;                // compute rates and make snapshots 10 times a second instead of once
  double remove_after_seconds = 2;  // how long a closed or reset connection stays
  double rate_window_seconds = 1;
  double idle_timeout_seconds = kSecondsPerHour;  // of established and half-closed connections, without a packet
  uint32_t max_connections = 1000000;
  uint64_t max_memory_bytes = 0;  // of the whole process; 0 = what the control group allows

  // Names of the ends.
  IdentityLevel identity = IdentityLevel::kLocal;  // kOff when a file is read, or with attach
  // With read_file: the file that names the ends. Otherwise the file that the agent writes names to. Empty = no file.
  std::string identity_file;
  uint32_t identity_max_endpoints = 20000;     // addresses and sockets that can have names at a time
  std::string procfs_path = "/proc";           // where the host's /proc is mounted
  std::string cgroup_path = "/sys/fs/cgroup";  // where the host's cgroup2 is mounted
  std::string container_logs_path = "/var/log/containers";
  // The URL of the Kubernetes API, without credentials; host and port are not yet checked. Not empty if identity is
  // kNode or kCluster.
  std::string identity_api;
  std::string identity_token_file = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  std::string identity_ca_file = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
  std::string identity_node;  // this node's name in Kubernetes; empty = the host's name

  // Outputs.
  bool tui = false;
  bool as_tcptrack = false;  // the program was started as tcptrack
  bool no_mouse = false;     // the top view leaves the mouse to the terminal
  std::string attach;        // another agent's address, not yet parsed; empty = this process captures
  std::string attach_ca_file;
  std::string attach_cert_file;
  std::string attach_key_file;
  OutputFormat output = OutputFormat::kNone;                     // all but kNone need read_file or duration_seconds
  std::string connection_log;                                    // a file; empty = off; "-" = standard output
  std::vector<std::string> listen_addresses{"127.0.0.1:10406"};  // HOST:PORT or unix:PATH; empty = no HTTP
  bool systemd_socket = false;  // serve HTTP on the sockets that systemd passes; then listen_addresses is empty
  // If the default address is in use, the agent runs without HTTP, and this is no error. True with the top view, unless
  // web.listen-address or web.systemd-socket is given.
  bool may_serve_nothing = false;
  std::string telemetry_path = "/metrics";
  bool web_ui = true;                      // serve the page and the JSON API, besides metrics and health
  std::vector<std::string> allowed_hosts;  // each one for MatchesHost()
  std::string web_config_file;             // empty = neither TLS nor passwords
  int series_limit = 5000;                 // samples in one exposition
  int metrics_connections = 100;           // connections with series of their own
  int metrics_new_connections = 20;        // connections that get series within a minute, after the first window
  bool full_edge_detail = true;            // see EdgeDetail
  bool edge_buckets = false;               // see ExpositionLimits
  std::optional<int> metrics_edges;        // edges with series of their own; nullopt = see DefaultEdges()
  int client_prefix_v4_bits = 32;          // clients with the same prefix share an edge
  int client_prefix_v6_bits = 128;
  int metrics_new_edges = 10;      // edges that begin to have series within a minute; 0 to 15000
  int server_prefix_v4_bits = 32;  // servers with the same prefix and port share an edge
  int server_prefix_v6_bits = 128;
  std::vector<IpNetwork> server_networks = LocalNetworks();  // servers in these networks are not grouped
  int metrics_workload_edges = 60;                           // edges between workloads with series of their own
  double metrics_window_seconds = 60;                        // the ranking window
  double metrics_stall_seconds = 5;                          // after how long without progress a connection is stalled
  std::string otlp_endpoint;  // an http or https URL without credentials, host and port not yet checked; empty = none
  // Metrics are pushed only if otlp_endpoint is given: the environment alone starts no push. True with --output, and
  // when the program is called tcptrack.
  bool otlp_only_by_option = false;

  // The long name and the value of every option except --help and --version. The value is what was given, or the
  // default in the words of the help text.
  std::vector<std::pair<std::string, std::string>> effective;

  // Check the options, the filter and the web configuration, and exit; see CheckOptions().
  bool check = false;

  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kLogfmt;
};

// Whether ends can have names.
inline bool NamesEnds(const Options& options) {
  return options.read_file.empty() ? options.identity != IdentityLevel::kOff : !options.identity_file.empty();
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_OPTIONS_H_
