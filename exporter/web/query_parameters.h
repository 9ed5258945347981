// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_WEB_QUERY_PARAMETERS_H_
#define TCPGAUGE_EXPORTER_WEB_QUERY_PARAMETERS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "exporter/http/http_message.h"

namespace tcpgauge {

// The parameters that requests of the JSON API have in common. Each error is InvalidArgument, and its message is one
// line that names the parameter and says what would be right.
//
// Thread: any thread may call these functions.

// Returns the value of a parameter, or an empty string if it is missing. Errors: the parameter is repeated.
absl::StatusOr<std::string> OnlyValue(const HttpRequest& request, const std::string& name);

// Returns the error for a value that is not `expected`, for example "a number from 0 to 10". The message shows the
// first 100 bytes of the value.
absl::Status WrongValue(std::string_view parameter, std::string_view value, const std::string& expected);

// Reads the parameter "limit" into `*limit`, which stays as it is if the parameter is missing or empty. Errors: the
// value is not a number from 0 to `most`, or the parameter is repeated.
absl::Status ParseLimit(const HttpRequest& request, size_t most, size_t* limit);

// The value of the parameter "sort".
struct SortParameter {
  std::string name;
  bool reverse = false;  // a "-" stands before the name
};

// Returns the parameter "sort". The name is empty if the parameter is missing or empty. The caller checks the name.
// Errors: the parameter is repeated.
absl::StatusOr<SortParameter> ParseSort(const HttpRequest& request);

// Returns the error for a "sort" that is none of `names`, a list separated by ", ".
absl::Status WrongSort(const SortParameter& sort, const std::string& names);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_WEB_QUERY_PARAMETERS_H_
