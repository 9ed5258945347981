#include "tui/endpoint_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

// Fewer columns than this tell nothing of an address.
constexpr int kMinAddressColumns = 5;

// ASCII `text` without its middle.
std::string WithoutMiddle(std::string_view text, int columns, std::string_view ellipsis) {
  if (static_cast<int>(text.size()) <= columns) return std::string(text);
  const int kept = columns - ColumnsOf(ellipsis);
  if (kept < 2) return std::string(text.substr(0, static_cast<size_t>(std::max(columns, 0))));
  const auto tail = static_cast<size_t>(kept / 2);
  const auto head = static_cast<size_t>(kept) - tail;
  std::string shortened(text.substr(0, head));
  shortened.append(ellipsis).append(text.substr(text.size() - tail));
  return shortened;
}

}  // namespace

std::string EndpointText(const Endpoint& endpoint, int columns, Keep keep, std::string_view ellipsis) {
  std::string full = endpoint.ToString();
  if (static_cast<int>(full.size()) <= columns) return full;
  const std::string address = endpoint.address.ToString();
  if (keep == Keep::kAddress && static_cast<int>(address.size()) <= columns) return address;
  const std::string port = absl::StrCat(endpoint.address.is_v4() ? "" : "]", ":", endpoint.port);
  const std::string bracket = endpoint.address.is_v4() ? "" : "[";
  const int left = columns - static_cast<int>(port.size() + bracket.size());
  if (left < kMinAddressColumns) return WithoutMiddle(address, columns, ellipsis);
  return absl::StrCat(bracket, WithoutMiddle(address, left, ellipsis), port);
}

}  // namespace tcpgauge
