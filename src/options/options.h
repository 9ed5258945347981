#ifndef TCPGAUGE_SRC_OPTIONS_OPTIONS_H_
#define TCPGAUGE_SRC_OPTIONS_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tcpgauge {

// Everything that the command line and the environment say, validated. A plain value; see ParseCommandLine().
struct Options {
  // Capture.
  std::vector<std::string> interfaces;  // empty = the first that is up and not loopback
  std::string read_file;                // empty = live; "-" = standard input
  std::string filter;                   // a pcap filter expression; empty = all
  bool promiscuous = true;
  int snaplen_bytes = 256;
  int buffer_size_kib = 0;  // 0 = the library's default
  int workers = 1;
  double duration_seconds = 0;  // with `output`: how long to capture; 0 = until the end of the file
  bool list_interfaces = false;

  // Connections.
  bool new_only = false;
  bool fast = false;
  double remove_after_seconds = 2;
  double rate_window_seconds = 1;
  double idle_timeout_seconds = 3600;
  uint32_t max_connections = 1000000;

  // Outputs.
  bool tui = false;
  std::string connection_log;                  // empty = off; "-" = standard output
  std::vector<std::string> listen_addresses;   // HOST:PORT; empty = no listener
  std::string telemetry_path = "/metrics";
  int metrics_connections = 100;

  std::string log_level = "info";      // debug, info, warn, error
  std::string log_format = "logfmt";   // logfmt, json
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_OPTIONS_OPTIONS_H_
