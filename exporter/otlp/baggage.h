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

// "key1=value1,key2=value2" of an environment variable, in the form of the W3C Baggage header without its properties:
// keys and values are percent-decoded, blanks around them left out, empty items passed over. Of a key given twice the
// last counts.
// Errors: InvalidArgument, which tells the item by its number and never what is in it, for it may be a secret.
absl::StatusOr<KeyValues> ParseBaggage(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_BAGGAGE_H_
