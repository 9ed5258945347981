// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_BAGGAGE_H_
#define TCPGAUGE_EXPORTER_OTLP_BAGGAGE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace tcpgauge {

using KeyValues = std::vector<std::pair<std::string, std::string>>;

// Parses "key1=value1,key2=value2" from an environment variable: the W3C Baggage header without properties. Keys and
// values are percent-decoded. Blanks around them and empty items are dropped. If a key occurs twice, the last item
// counts.
// Errors: InvalidArgument. The message gives the number of the item and never its text, which may be a secret.
absl::StatusOr<KeyValues> ParseBaggage(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_BAGGAGE_H_
