// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_BAGGAGE_H_
#define TCPGAUGE_EXPORTER_OTLP_BAGGAGE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace tcpgauge {

// Pairs of a key and a value.
using KeyValues = std::vector<std::pair<std::string, std::string>>;

// Parses "key1=value1,key2=value2", the form of lists in OpenTelemetry's environment variables. It is the form of the
// W3C Baggage header, but without properties: a ";" is part of the value.
//
// Keys and values are percent-decoded, so they may hold any bytes. White space around keys and values is dropped before
// the decoding. Empty items are skipped. An empty value is allowed, an empty key is an error. If a key occurs several
// times, its last item counts. If `text` is empty, the result is empty.
//
// Errors: InvalidArgument if an item is not KEY=VALUE, or if its percent-encoding is malformed. The message gives the
// number of the item, counted from 1. It leaves out the item's text, which may be a secret.
absl::StatusOr<KeyValues> ParseBaggage(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_BAGGAGE_H_
