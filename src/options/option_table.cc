// SPDX-License-Identifier: Apache-2.0
#include "src/options/option_table.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "src/base/time_units.h"
#include "src/naming/name_rule.h"
#include "src/net/host_pattern.h"
#include "src/net/http_url.h"
#include "src/net/ip_network.h"
#include "src/options/listen_address.h"
#include "src/options/option_value.h"

namespace tcpgauge {
namespace {

constexpr char kAgentOfThisHost[] = "127.0.0.1:10406";

constexpr double kYearSeconds = 365 * kSecondsPerDay;

constexpr char kCapture[] = "Capture";
constexpr char kConnections[] = "Connections";
constexpr char kNames[] = "Names";
constexpr char kShow[] = "Outputs";
constexpr char kLog[] = "Log";
constexpr char kQuestions[] = "Help";

template <bool Options::*field, bool value_when_set>
absl::Status TakeFlag(const std::string& value, Options* options) {
  const absl::StatusOr<bool> set = ParseBoolean(value);
  if (set.ok()) options->*field = *set == value_when_set;
  return set.status();
}

template <std::string Options::*field>
absl::Status TakeFile(const std::string& value, Options* options) {
  if (value.empty()) return absl::InvalidArgumentError("'' is not the name of a file");
  options->*field = value;
  return absl::OkStatus();
}

template <std::string Options::*field>
absl::Status TakeFolder(const std::string& value, Options* options) {
  if (value.empty() || value.front() != '/') {
    return absl::InvalidArgumentError(absl::StrCat(Quoted(value), " is not the path of a folder that begins with /"));
  }
  options->*field = value;
  return absl::OkStatus();
}

template <typename Number>
absl::Status Keep(const absl::StatusOr<Number>& number, Number* field) {
  if (number.ok()) *field = *number;
  return number.status();
}

template <typename Field>
absl::Status KeepInteger(const absl::StatusOr<int64_t>& number, Field* field) {
  if (number.ok()) *field = static_cast<Field>(*number);
  return number.status();
}

absl::Status TakeInterface(const std::string& value, Options* options) {
  if (value.empty())
    return absl::InvalidArgumentError("'' is not the name of an interface; --list-interfaces shows them");
  options->interfaces.push_back(value);
  return absl::OkStatus();
}

absl::Status TakeIdentity(const std::string& value, Options* options) {
  constexpr std::pair<std::string_view, IdentityLevel> kLevels[] = {{"off", IdentityLevel::kOff},
                                                                    {"local", IdentityLevel::kLocal},
                                                                    {"node", IdentityLevel::kNode},
                                                                    {"cluster", IdentityLevel::kCluster}};
  for (const auto& [name, level] : kLevels) {
    if (value != name) continue;
    options->identity = level;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(Quoted(value), " is not one of off, local, node, cluster"));
}

absl::Status TakeIdentityFile(const std::string& value, Options* options) {
  if (value == "-") {
    return absl::InvalidArgumentError("'-' is not a file that can be replaced; name a file, as in names.json");
  }
  return TakeFile<&Options::identity_file>(value, options);
}

absl::Status TakeIdentityApi(const std::string& value, Options* options) {
  if (WithoutCredentials(value) != value) {
    return absl::InvalidArgumentError(
        "a user and a password do not belong into the URL; right would be a token in --identity.token-file");
  }
  if (!IsHttpUrl(value) || value.find_first_of("?#") != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(value), " is not the URL of a Kubernetes API; right would be https://HOST:6443"));
  }
  options->identity_api = value;
  return absl::OkStatus();
}

absl::Status TakeIdentityNode(const std::string& value, Options* options) {
  if (!IsName(value)) {
    return absl::InvalidArgumentError(absl::StrCat(
        Quoted(value), " is not the name of a node; right would be a name that `kubectl get nodes` shows"));
  }
  options->identity_node = value;
  return absl::OkStatus();
}

absl::Status TakeListenAddress(const std::string& value, Options* options) {
  if (value.empty()) return absl::OkStatus();
  const absl::StatusOr<ListenAddress> address = ParseListenAddress(value);
  if (!address.ok()) return address.status();
  for (const std::string& text : options->listen_addresses) {
    const ListenAddress earlier = *ParseListenAddress(text);
    if (!Collide(earlier, *address)) continue;
    const std::string same = value == text ? "" : absl::StrCat(", the first time as ", Quoted(text));
    return absl::InvalidArgumentError(
        earlier == *address
            ? absl::StrCat(Quoted(value), " is given twice", same, "; give it once")
            : absl::StrCat(Quoted(text), " and ", Quoted(value),
                           " cannot both be listened on, because one contains the other; give one of them"));
  }
  options->listen_addresses.push_back(value);
  return absl::OkStatus();
}

absl::Status TakeTelemetryPath(const std::string& value, Options* options) {
  // These characters need no escape in the path of a URL (RFC 3986 section 3.3).
  const bool clean = value.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~") ==
                     std::string::npos;
  if (value.size() < 2 || value.front() != '/' || !clean) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(value), " is not a path that starts with / and consists of letters, digits and - . _ ~ /"));
  }
  options->telemetry_path = value;
  return absl::OkStatus();
}

absl::Status TakeAllowedHosts(const std::string& value, Options* options) {
  options->allowed_hosts.clear();
  for (const std::string& pattern : std::vector<std::string>(absl::StrSplit(value, ','))) {
    if (absl::Status checked = CheckHostPattern(pattern); !checked.ok()) return checked;
    options->allowed_hosts.push_back(pattern);
  }
  return absl::OkStatus();
}

absl::Status TakeOtlpEndpoint(const std::string& value, Options* options) {
  if (!IsHttpUrl(value) || value.find_first_of("?#") != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat(Quoted(WithoutCredentials(value)),
                                                   " is not the URL of a receiver; right would be http://HOST:4318"));
  }
  if (WithoutCredentials(value) != value) {
    return absl::InvalidArgumentError(
        "a user and a password do not belong on the command line; right would be the environment variable "
        "OTEL_EXPORTER_OTLP_HEADERS=authorization=Basic%20...");
  }
  options->otlp_endpoint = value;
  return absl::OkStatus();
}

template <int Options::*kV4Bits, int Options::*kV6Bits>
absl::Status TakePrefix(const std::string& value, Options* options) {
  const std::vector<std::string> lengths = absl::StrSplit(value, ',');
  if (lengths.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(value), " is not two prefix lengths, of IPv4 and IPv6, as in 24,64"));
  }
  const absl::Status v4 = KeepInteger(ParseInteger(lengths[0], "bits", 0, 32), &(options->*kV4Bits));
  const absl::Status v6 = KeepInteger(ParseInteger(lengths[1], "bits", 0, 128), &(options->*kV6Bits));
  return v4.ok() ? v6 : v4;
}

absl::Status TakeServerNetworks(const std::string& value, Options* options) {
  options->server_networks.clear();
  for (const std::string& text : std::vector<std::string>(absl::StrSplit(value, ','))) {
    const std::optional<IpNetwork> network = IpNetwork::Parse(text);
    if (!network.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat(Quoted(text), " is not a network; use ADDRESS/BITS, as in 10.0.0.0/8 or fc00::/7"));
    }
    if (!(network->Masked() == *network)) {
      return absl::InvalidArgumentError(absl::StrCat(Quoted(text), " has an address with bits behind its prefix; use ",
                                                     network->Masked().ToString()));
    }
    options->server_networks.push_back(*network);
  }
  return absl::OkStatus();
}

absl::Status TakeLogLevel(const std::string& value, Options* options) {
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError}) {
    if (value != LogLevelName(level)) continue;
    options->log_level = level;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(Quoted(value), " is not one of debug, info, warn, error"));
}

absl::Status TakeLogFormat(const std::string& value, Options* options) {
  if (value != "logfmt" && value != "json") {
    return absl::InvalidArgumentError(absl::StrCat(Quoted(value), " is neither logfmt nor json"));
  }
  options->log_format = value == "json" ? LogFormat::kJson : LogFormat::kLogfmt;
  return absl::OkStatus();
}

absl::Status TakeOutput(const std::string& value, Options* options) {
  constexpr std::pair<std::string_view, OutputFormat> kFormats[] = {{"table", OutputFormat::kTable},
                                                                    {"json", OutputFormat::kJson},
                                                                    {"prometheus", OutputFormat::kPrometheus},
                                                                    {"openmetrics", OutputFormat::kOpenMetrics}};
  for (const auto& [name, format] : kFormats) {
    if (value != name) continue;
    options->output = format;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(Quoted(value), " is not one of table, json, prometheus, openmetrics"));
}

absl::Status TakeEdgeDetail(const std::string& value, Options* options) {
  if (value != "basic" && value != "full") {
    return absl::InvalidArgumentError(absl::StrCat(Quoted(value), " is not one of basic, full"));
  }
  options->full_edge_detail = value == "full";
  return absl::OkStatus();
}

using Kind = OptionSpec::Kind;

const OptionSpec kTable[] = {
    {kCapture, 'i', "interface", Kind::kRepeated, "NAME",
     "capture on this interface; repeatable; 'any' for all interfaces", "the first that is up and not loopback",
     TakeInterface, [](Options* options) { options->interfaces.clear(); }},
    {kCapture, 0, "wait", Kind::kFlag, "",
     "accept an interface that does not exist yet, and capture on it once it appears", "",
     TakeFlag<&Options::wait, true>, nullptr},
    {kCapture, 'T', "read", Kind::kValue, "FILE",
     "read packets from this pcap or pcapng file instead, at full speed and with the packets' times; - is standard "
     "input",
     "", TakeFile<&Options::read_file>, nullptr},
    {kCapture, 'p', "no-promiscuous", Kind::kFlag, "", "do not put the interface into promiscuous mode", "",
     TakeFlag<&Options::promiscuous, false>, nullptr},
    {kCapture, 0, "snaplen", Kind::kValue, "BYTES", "capture this many bytes of each packet, enough for its headers",
     "256",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "bytes", 64, 262144), &options->snaplen_bytes);
     },
     nullptr},
    {kCapture, 0, "buffer-size", Kind::kValue, "KIB", "the size of the kernel's capture buffer, per interface", "8192",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "KiB", 1, 2097151), &options->buffer_size_kib);
     },
     nullptr},
    {kCapture, 0, "workers", Kind::kValue, "N", "the number of capture threads; each tracks a part of the connections",
     "1",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "workers", 1, 64), &options->workers);
     },
     nullptr},
    {kCapture, 0, "duration", Kind::kValue, "SECONDS", "capture for this long, then exit", "",
     [](const std::string& value, Options* options) {
       return Keep(ParseSeconds(value, 0.1, kYearSeconds), &options->duration_seconds);
     },
     nullptr},
    {kCapture, 0, "user", Kind::kValue, "NAME",
     "become this user once everything is open, and drop every privilege; '' keeps the user and drops the capabilities",
     "when started as root: tcpgauge if it exists, or nobody",
     [](const std::string& value, Options* options) {
       options->user = value;
       return absl::OkStatus();
     },
     nullptr},
    {kCapture, 0, "list-interfaces", Kind::kFlag, "", "list the interfaces that can be captured on, and exit", "",
     TakeFlag<&Options::list_interfaces, true>, nullptr},

    {kConnections, 'd', "new-only", Kind::kFlag, "", "track only connections whose SYN is captured", "",
     TakeFlag<&Options::new_only, true>, nullptr},
    {kConnections, 0, "count-views", Kind::kFlag, "",
     "count each view of a connection (before and after address translation, inside and outside a tunnel) as a "
     "connection "
     "of its own",
     "", TakeFlag<&Options::count_views, true>, nullptr},
    {kConnections, 'f', "fast", Kind::kFlag, "", "recompute rates 10 times a second, each over the trailing window", "",
     TakeFlag<&Options::fast, true>, nullptr},
    {kConnections, 0, "rate-window", Kind::kValue, "SECONDS", "the time over which a rate is averaged", "1",
     [](const std::string& value, Options* options) {
       return Keep(ParseSeconds(value, 0.1, kSecondsPerHour), &options->rate_window_seconds);
     },
     nullptr},
    {kConnections, 'r', "remove-after", Kind::kValue, "SECONDS", "keep a closed connection for this long", "2",
     [](const std::string& value, Options* options) {
       return Keep(ParseSeconds(value, 0, kYearSeconds), &options->remove_after_seconds);
     },
     nullptr},
    {kConnections, 0, "idle-timeout", Kind::kValue, "SECONDS",
     "forget an established or half-closed connection after this long without a packet", "3600",
     [](const std::string& value, Options* options) {
       return Keep(ParseSeconds(value, 1, kYearSeconds), &options->idle_timeout_seconds);
     },
     nullptr},
    {kConnections, 0, "max-connections", Kind::kValue, "N",
     "track at most this many connections; when there are more, the least useful are evicted and counted", "1000000",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "connections", 1, 100000000), &options->max_connections);
     },
     nullptr},
    {kConnections, 0, "max-memory", Kind::kValue, "BYTES",
     "the memory limit of the whole process, as in 64M or 2G; --max-connections and other bounds are lowered to fit",
     "the limit of its control group",
     [](const std::string& value, Options* options) {
       return Keep(ParseBytes(value, 1 << 20, uint64_t{1} << 50), &options->max_memory_bytes);
     },
     nullptr},

    {kNames, 0, "identity", Kind::kValue, "LEVEL",
     "how to name the workloads at the ends: off, local (by the host's control groups and /proc), node (also by "
     "Kubernetes' pods of this node) or cluster (also by its EndpointSlices and Services)",
     "local, or off with --read", TakeIdentity, nullptr},
    {kNames, 0, "identity.file", Kind::kValue, "FILE",
     "with --read: take the names from this JSON file; otherwise: write the names to it whenever they change", "",
     TakeIdentityFile, nullptr},
    {kNames, 0, "identity.max-endpoints", Kind::kValue, "N",
     "name at most this many addresses and sockets at a time; further ones are counted", "20000",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "endpoints", 1, 1000000), &options->identity_max_endpoints);
     },
     nullptr},
    {kNames, 0, "identity.api", Kind::kValue, "URL",
     "with node and cluster: the Kubernetes API, as in https://HOST:6443", "the one that Kubernetes tells a pod",
     TakeIdentityApi, nullptr},
    {kNames, 0, "identity.token-file", Kind::kValue, "FILE", "the token to show to the API; read again when it changes",
     "the pod's", TakeFile<&Options::identity_token_file>, nullptr},
    {kNames, 0, "identity.ca-file", Kind::kValue, "FILE",
     "the authorities that may have signed the API's certificate; read again when it changes", "the pod's",
     TakeFile<&Options::identity_ca_file>, nullptr},
    {kNames, 0, "identity.node", Kind::kValue, "NAME", "this node's name in Kubernetes",
     "the variable NODE_NAME, or the host's name", TakeIdentityNode, nullptr},
    {kNames, 0, "path.procfs", Kind::kValue, "DIR", "where the host's /proc is mounted", "/proc",
     TakeFolder<&Options::procfs_path>, nullptr},
    {kNames, 0, "path.cgroup", Kind::kValue, "DIR", "where the host's control groups (cgroup2) are mounted",
     "/sys/fs/cgroup", TakeFolder<&Options::cgroup_path>, nullptr},
    {kNames, 0, "path.container-logs", Kind::kValue, "DIR",
     "where the host's folder of container logs is mounted; only the names in it are read", "/var/log/containers",
     TakeFolder<&Options::container_logs_path>, nullptr},

    {kShow, 0, "tui", Kind::kFlag, "", "show the top view in this terminal", "", TakeFlag<&Options::tui, true>,
     nullptr},
    {kShow, 0, "tui.no-mouse", Kind::kFlag, "", "leave the mouse to the terminal, which selects text with it", "",
     TakeFlag<&Options::no_mouse, true>, nullptr},
    {kShow, 0, "attach", Kind::kOptional, "[=HOST]",
     "show the top view of a running agent, this host's by default; HOST, HOST:PORT, https://USER:PASSWORD@HOST:PORT "
     "or unix:PATH",
     "",
     [](const std::string& value, Options* options) {
       options->attach = value.empty() ? std::string(kAgentOfThisHost) : value;
       return absl::OkStatus();
     },
     nullptr},
    {kShow, 0, "attach.ca-file", Kind::kValue, "FILE",
     "the authorities that may have signed an https agent's certificate", "the system's",
     TakeFile<&Options::attach_ca_file>, nullptr},
    {kShow, 0, "attach.cert-file", Kind::kValue, "FILE", "the client certificate to show to an https agent", "",
     TakeFile<&Options::attach_cert_file>, nullptr},
    {kShow, 0, "attach.key-file", Kind::kValue, "FILE", "the private key of the client certificate", "",
     TakeFile<&Options::attach_key_file>, nullptr},
    {kShow, 0, "output", Kind::kValue, "FORMAT",
     "with --read or --duration: print the final state once as table, json, prometheus or openmetrics, and exit; HTTP "
     "needs --web.listen-address then",
     "", TakeOutput, nullptr},
    {kShow, 0, "connection-log", Kind::kValue, "FILE",
     "write one JSON line for each connection that ends, and at exit for each that is still open; - is standard output",
     "", TakeFile<&Options::connection_log>, nullptr},
    {kShow, 0, "web.listen-address", Kind::kRepeated, "HOST:PORT",
     "serve HTTP on this address; repeatable; :PORT for all addresses, unix:PATH for a unix socket, an empty value for "
     "no HTTP",
     "127.0.0.1:10406", TakeListenAddress, [](Options* options) { options->listen_addresses.clear(); }},
    {kShow, 0, "web.systemd-socket", Kind::kFlag, "",
     "serve HTTP on the sockets that systemd passes, instead of --web.listen-address", "",
     TakeFlag<&Options::systemd_socket, true>, nullptr},
    {kShow, 0, "web.telemetry-path", Kind::kValue, "PATH", "the path at which Prometheus finds the metrics", "/metrics",
     TakeTelemetryPath, nullptr},
    {kShow, 0, "web.allowed-hosts", Kind::kValue, "NAME[,NAME...]",
     "further host names that the page and the JSON API answer to, besides IP addresses, localhost, the machine's "
     "names "
     "and those of the TLS certificate; *.SUFFIX for all names below it, * for all",
     "", TakeAllowedHosts, nullptr},
    {kShow, 0, "web.no-ui", Kind::kFlag, "", "serve metrics and health alone, without the page and the JSON API", "",
     TakeFlag<&Options::web_ui, false>, nullptr},
    {kShow, 0, "web.config.file", Kind::kValue, "FILE",
     "the configuration of TLS, client certificates and passwords, as YAML of the Prometheus exporter toolkit", "",
     TakeFile<&Options::web_config_file>, nullptr},
    {kShow, 0, "metrics.series-limit", Kind::kValue, "N",
     "export at most this many samples in one exposition, whatever the traffic", "5000",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "samples", 600, 10000000), &options->series_limit);
     },
     nullptr},
    {kShow, 0, "metrics.connections", Kind::kValue, "N",
     "export at most this many connections, open ones first, the heaviest of them", "100",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "connections", 0, 100000), &options->metrics_connections);
     },
     nullptr},
    {kShow, 0, "metrics.new-connections", Kind::kValue, "N",
     "once the first --metrics.window is over, give series to at most this many connections a minute; half of them are "
     "for open ones that are older than the window",
     "20",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "connections", 0, 100000), &options->metrics_new_connections);
     },
     nullptr},
    {kShow, 0, "metrics.edges", Kind::kValue, "N",
     "export at most this many edges (a client and a server's port): the heaviest, and those that fail",
     "150, or 300 with basic detail",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "edges", 0, 15000), &options->metrics_edges.emplace());
     },
     nullptr},
    {kShow, 0, "metrics.new-edges", Kind::kValue, "N",
     "after the first window, let at most this many edges get series within a minute; a third is kept for edges that "
     "fail",
     "10",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "edges", 0, 15000), &options->metrics_new_edges);
     },
     nullptr},
    {kShow, 0, "metrics.workload-edges", Kind::kValue, "N",
     "export at most this many edges between workloads (a client's workload and a port of a server's), first come, "
     "first served; all others are in one edge for each reporter",
     "60",
     [](const std::string& value, Options* options) {
       return KeepInteger(ParseInteger(value, "edges", 0, 5000), &options->metrics_workload_edges);
     },
     nullptr},
    {kShow, 0, "metrics.edge-detail", Kind::kValue, "DETAIL",
     "how many samples each edge has: basic (10) or full (17: also why connections failed, all segments, out-of-order "
     "ones, repeated SYNs, stalled connections, and the distributions of handshake and response times)",
     "full", TakeEdgeDetail, nullptr},
    {kShow, 0, "metrics.edge-buckets", Kind::kFlag, "",
     "show handshake and response times of edges as histograms with 21 buckets, for a Prometheus without native "
     "histograms; each edge then has 42 samples more",
     "", TakeFlag<&Options::edge_buckets, true>, nullptr},
    {kShow, 0, "metrics.client-prefix", Kind::kValue, "V4,V6",
     "in edges, group client addresses by prefixes of these lengths (32,128 = no grouping)", "32,128",
     TakePrefix<&Options::client_prefix_v4_bits, &Options::client_prefix_v6_bits>, nullptr},
    {kShow, 0, "metrics.server-prefix", Kind::kValue, "V4,V6",
     "in edges, group servers outside --metrics.server-networks by prefixes of these lengths (32,128 = no grouping)",
     "32,128", TakePrefix<&Options::server_prefix_v4_bits, &Options::server_prefix_v6_bits>, nullptr},
    {kShow, 0, "metrics.server-networks", Kind::kValue, "CIDR[,CIDR...]",
     "the networks whose servers --metrics.server-prefix does not group",
     "private, shared, loopback and link-local networks", TakeServerNetworks, nullptr},
    {kShow, 0, "metrics.window", Kind::kValue, "SECONDS",
     "rank connections for export by their traffic over this time; at least Prometheus's scrape interval", "60",
     [](const std::string& value, Options* options) {
       return Keep(ParseSeconds(value, 1, kSecondsPerDay), &options->metrics_window_seconds);
     },
     nullptr},
    {kShow, 0, "metrics.stall", Kind::kValue, "SECONDS",
     "in edges, count a connection as stalled when unacknowledged payload was sent again and nothing new has been "
     "acknowledged for this time",
     "5",
     [](const std::string& value, Options* options) {
       return Keep(ParseSeconds(value, 0.1, kSecondsPerHour), &options->metrics_stall_seconds);
     },
     nullptr},

    {kShow, 0, "otlp.endpoint", Kind::kValue, "URL",
     "push the metrics to this OpenTelemetry receiver (OTLP over HTTP), as in http://HOST:4318; the OTEL_* environment "
     "variables set the rest, and can replace this option",
     "", TakeOtlpEndpoint, nullptr},

    {kLog, 0, "log.level", Kind::kValue, "LEVEL", "log messages of this level and above: debug, info, warn or error",
     "info", TakeLogLevel, nullptr},
    {kLog, 0, "log.format", Kind::kValue, "FORMAT", "the format of log lines: logfmt or json", "logfmt", TakeLogFormat,
     nullptr},

    {kQuestions, 0, "check", Kind::kFlag, "",
     "check the options, the filter and the web configuration without opening anything, and exit with status 0 or 2",
     "", TakeFlag<&Options::check, true>, nullptr},
    {kQuestions, 'h', "help", Kind::kQuestion, "", "show this help", "", nullptr, nullptr},
    {kQuestions, 'v', "version", Kind::kQuestion, "", "show the version, the commit and the versions of libraries", "",
     nullptr, nullptr},
};

}  // namespace

absl::Span<const OptionSpec> OptionTable() { return kTable; }

std::string EnvironmentName(const OptionSpec& spec) {
  std::string name = absl::StrCat("TCPGAUGE_", absl::AsciiStrToUpper(spec.long_name));
  for (char& c : name) {
    if (c == '.' || c == '-') c = '_';
  }
  return name;
}

}  // namespace tcpgauge
