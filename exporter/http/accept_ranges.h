// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_ACCEPT_RANGES_H_
#define TCPGAUGE_EXPORTER_HTTP_ACCEPT_RANGES_H_

#include <string>
#include <string_view>
#include <vector>

namespace tcpgauge {

// One element of an Accept or Accept-Encoding header (RFC 9110 sections 12.5.1 and 12.5.3).
struct AcceptRange {
  static constexpr int kFullQuality = 1000;

  std::string name;            // in lower case
  std::string version;         // the parameter `version`, without quotes; empty = any
  int quality = kFullQuality;  // the weight in thousandths (section 12.4.2)
};

// The elements of the header's value. Elements with an empty name or a malformed weight are left out.
std::vector<AcceptRange> ParseAcceptRanges(std::string_view header);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_ACCEPT_RANGES_H_
