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

namespace tcpgauge {

// The form in which the final state is printed.
enum class OutputFormat : uint8_t { kNone, kTable, kJson, kPrometheus, kOpenMetrics };

// Everything that the command line and the environment say, validated. A plain value; see ParseCommandLine().
// The initial values are the defaults of the program when it is called tcpgauge.
struct Options {
  // Capture.
  std::vector<std::string> interfaces;  // empty = the first that is up and not loopback; never together with read_file
  std::string read_file;                // empty = live; "-" = standard input
  std::string filter;                   // a pcap filter expression, not yet compiled; empty = all
  bool promiscuous = true;
  int snaplen_bytes = 256;
  int buffer_size_kib = 8192;
  bool list_interfaces = false;
  bool wait = false;                // accept interfaces that do not exist yet
  std::optional<std::string> user;  // to become once all is open; "" = no change; nullopt = see ChooseIdentity()
  int workers = 1;
  double duration_seconds = 0;  // of a live capture; 0 = until it is stopped

  // Connections.
  bool new_only = false;
  bool fast = false;
  double remove_after_seconds = 2;
  double rate_window_seconds = 1;
  double idle_timeout_seconds = kSecondsPerHour;
  uint32_t max_connections = 1000000;
  uint64_t max_memory_bytes = 0;  // 0 = what the control group allows

  // Outputs.
  bool tui = false;
  std::string attach;  // the address of an agent, not yet parsed; nothing is captured then. Empty = capture
  std::string attach_ca_file;
  std::string attach_cert_file;
  std::string attach_key_file;
  OutputFormat output = OutputFormat::kNone;                     // any other needs read_file or duration_seconds
  std::string connection_log;                                    // empty = off; "-" = standard output
  std::vector<std::string> listen_addresses{"127.0.0.1:10406"};  // HOST:PORT or unix:PATH, checked; empty = no listener
  std::string telemetry_path = "/metrics";
  std::string web_config_file;  // empty = neither TLS nor passwords
  int series_limit = 5000;
  int metrics_connections = 100;
  int metrics_edges = 400;
  int client_prefix_v4_bits = 32;
  int client_prefix_v6_bits = 128;
  double metrics_window_seconds = 60;
  std::string otlp_endpoint;         // an http or https URL without credentials; empty = not given
  bool otlp_only_by_option = false;  // the environment alone starts no push: with --output, or when called tcptrack

  // The long name of every option, and its value: the one given, or the default in the words of the help text.
  std::vector<std::pair<std::string, std::string>> effective;

  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kLogfmt;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_OPTIONS_H_
