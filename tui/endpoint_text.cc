// SPDX-License-Identifier: Apache-2.0
#include "tui/endpoint_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

// An address in fewer columns than this tells nothing; that of a client, less than its port would be worth.
constexpr int kMinAddressColumns = 5;
constexpr int kMinClientAddressColumns = 12;

struct Parts {
  std::string host;
  std::string port;
  bool named = false;     // host is a name
  bool brackets = false;  // around the host, since it holds colons
};

Parts PartsOf(const Endpoint& endpoint, Names* names) {
  Parts parts;
  if (names != nullptr) {
    parts.host = names->HostName(endpoint.address);
    parts.port = names->ServiceName(endpoint.port);
  }
  parts.named = !parts.host.empty();
  if (!parts.named) parts.host = endpoint.address.ToString();
  if (parts.port.empty()) parts.port = absl::StrCat(endpoint.port);
  parts.brackets = !parts.named && !endpoint.address.is_v4();
  return parts;
}

std::string Join(const Parts& parts, const std::string& host) {
  return parts.brackets ? absl::StrCat("[", host, "]:", parts.port) : absl::StrCat(host, ":", parts.port);
}

// ASCII `text` without its middle or, of a name, its end.
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
  const Parts parts = PartsOf(endpoint, names);
  return Join(parts, parts.host);
}

std::string EndpointText(const Endpoint& endpoint, Names* names, int columns, Keep keep, std::string_view ellipsis) {
  const Parts parts = PartsOf(endpoint, names);
  const std::string full = Join(parts, parts.host);
  const int over = static_cast<int>(full.size()) - columns;
  if (over <= 0) return full;
  const int host_columns = static_cast<int>(parts.host.size());
  if (keep == Keep::kAddress && host_columns <= columns) return parts.host;
  if (host_columns - over < (keep == Keep::kPort ? kMinAddressColumns : kMinClientAddressColumns)) {
    return Shorten(parts.host, parts.named, columns, ellipsis);
  }
  return Join(parts, Shorten(parts.host, parts.named, host_columns - over, ellipsis));
}

}  // namespace tcpgauge
