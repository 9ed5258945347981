// SPDX-License-Identifier: Apache-2.0
#include "tui/endpoint_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

// The least columns of a shortened address beside its port. A client's port is worth less, so its address gets more.
constexpr int kMinAddressColumns = 5;
constexpr int kMinClientAddressColumns = 12;

// The parts of an endpoint's text: "host:port" or "[host]:port".
struct HostAndPort {
  std::string host;
  std::string port;
  bool named = false;     // the host is a name, not an address
  bool brackets = false;  // an IPv6 address needs them, because it holds colons
};

HostAndPort HostAndPortOf(const Endpoint& endpoint, Names* names) {
  HostAndPort written;
  if (names != nullptr) {
    written.host = names->HostName(endpoint.address);
    written.port = names->ServiceName(endpoint.port);
  }
  written.named = !written.host.empty();
  if (!written.named) written.host = endpoint.address.ToString();
  if (written.port.empty()) written.port = absl::StrCat(endpoint.port);
  written.brackets = !written.named && !endpoint.address.is_v4();
  return written;
}

std::string Join(const HostAndPort& written, const std::string& host) {
  return written.brackets ? absl::StrCat("[", host, "]:", written.port) : absl::StrCat(host, ":", written.port);
}

// Cuts ASCII `text` to `columns`: a name loses its end, an address its middle.
std::string Shorten(std::string_view text, bool named, int columns, std::string_view ellipsis) {
  if (static_cast<int>(text.size()) <= columns) return std::string(text);
  const int kept = columns - ColumnsOf(ellipsis);
  if (kept < 2) return std::string(text.substr(0, static_cast<size_t>(std::max(columns, 0))));
  const auto tail = static_cast<size_t>(named ? 0 : kept / 2);
  std::string shortened(text.substr(0, static_cast<size_t>(kept) - tail));
  shortened.append(ellipsis).append(text.substr(text.size() - tail));
  return shortened;
}

}  // namespace

std::string EndpointText(const Endpoint& endpoint, Names* names) {
  const HostAndPort written = HostAndPortOf(endpoint, names);
  return Join(written, written.host);
}

std::string EndpointText(const Endpoint& endpoint, Names* names, int columns, Keep keep, std::string_view ellipsis) {
  const HostAndPort written = HostAndPortOf(endpoint, names);
  const std::string full = Join(written, written.host);
  const int over = static_cast<int>(full.size()) - columns;
  if (over <= 0) return full;
  const int host_columns = static_cast<int>(written.host.size());
  if (keep == Keep::kAddress && host_columns <= columns) return written.host;
  if (host_columns - over < (keep == Keep::kPort ? kMinAddressColumns : kMinClientAddressColumns)) {
    return Shorten(written.host, written.named, columns, ellipsis);
  }
  return Join(written, Shorten(written.host, written.named, host_columns - over, ellipsis));
}

std::string HostText(const IpAddress& address, Names* names, int columns, std::string_view ellipsis) {
  std::string name = names == nullptr ? "" : names->HostName(address);
  const bool is_named = !name.empty();
  return Shorten(is_named ? name : address.ToString(), is_named, columns, ellipsis);
}

}  // namespace tcpgauge
