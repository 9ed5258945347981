// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/query_parameters.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "src/base/json_string.h"

namespace tcpgauge {

absl::StatusOr<std::string> OnlyValue(const HttpRequest& request, const std::string& name) {
  const auto times = std::count_if(request.query.begin(), request.query.end(),
                                   [&name](const auto& parameter) { return parameter.first == name; });
  if (times > 1) return absl::InvalidArgumentError(absl::StrCat(name, ": is given ", times, " times; give it once"));
  return request.QueryParameter(name).value_or("");
}

absl::Status WrongValue(std::string_view parameter, std::string_view value, const std::string& expected) {
  constexpr size_t kMaxShownBytes = 100;
  const bool cut = value.size() > kMaxShownBytes;
  return absl::InvalidArgumentError(absl::StrCat(std::string(parameter), ": ",
                                                 JsonString(value.substr(0, kMaxShownBytes)), cut ? " and so on" : "",
                                                 " is not ", expected));
}

absl::Status ParseLimit(const HttpRequest& request, size_t most, size_t* limit) {
  const absl::StatusOr<std::string> text = OnlyValue(request, "limit");
  if (!text.ok() || text->empty()) return text.status();
  size_t number = 0;
  const char* end = text->data() + text->size();
  const auto [parsed_to, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || parsed_to != end || number > most) {
    return WrongValue("limit", *text, absl::StrCat("a number from 0 to ", most));
  }
  *limit = number;
  return absl::OkStatus();
}

absl::StatusOr<SortParameter> ParseSort(const HttpRequest& request) {
  absl::StatusOr<std::string> text = OnlyValue(request, "sort");
  if (!text.ok()) return text.status();
  SortParameter sort;
  sort.reverse = !text->empty() && text->front() == '-';
  sort.name = text->substr(sort.reverse ? 1 : 0);
  return sort;
}

absl::Status WrongSort(const SortParameter& sort, const std::string& names) {
  return WrongValue("sort", (sort.reverse ? "-" : "") + sort.name,
                    absl::StrCat("one of ", names, ", with a - before it to reverse"));
}

}  // namespace tcpgauge
