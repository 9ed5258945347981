// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_ACCEPT_RANGES_H_
#define TCPGAUGE_EXPORTER_HTTP_ACCEPT_RANGES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tcpgauge {

// One element of an Accept or Accept-Encoding header (RFC 9110 sections 12.5.1 and 12.5.3), such as "text/html;q=0.8".
struct AcceptRange {
  static constexpr int kFullQuality = 1000;

  std::string name;            // of a media type or a content coding, in lower case
  int quality = kFullQuality;  // the weight in thousandths (section 12.4.2); 0 = not acceptable
  // All parameters but `q`: the name in lower case, and the value without quotes.
  std::vector<std::pair<std::string, std::string>> parameters;

  // Returns the value of the last parameter of this name, or an empty text if there is none. `parameter` is in lower
  // case. The result points into this object.
  std::string_view Parameter(std::string_view parameter) const;
};

// Returns the elements of `header`, in their order. `header` is the value of the header, without its name. An element
// with an empty name or a malformed weight is left out. A parameter without `=` is ignored. A comma or a semicolon
// within quotes separates too.
std::vector<AcceptRange> ParseAcceptRanges(std::string_view header);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_ACCEPT_RANGES_H_
