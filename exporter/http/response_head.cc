// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/response_head.h"

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

// The reason phrase, which clients ignore and people read (RFC 9110 section 15).
const char* ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 414:
      return "URI Too Long";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

}  // namespace

std::string ResponseHead(const HttpResponse& response, size_t body_bytes, AfterResponse after, absl::Time now) {
  std::string head = absl::StrCat("HTTP/1.1 ", response.status, " ", ReasonOf(response.status), "\r\n");
  const auto add = [&head](const std::string& name, const std::string& value) {
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  };
  add("Date", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", now, absl::UTCTimeZone()));
  add("Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) add(name, value);
  add("Content-Length", std::to_string(body_bytes));
  if (after == AfterResponse::kStaysOpenByRequest) add("Connection", "keep-alive");
  if (after == AfterResponse::kCloses) add("Connection", "close");
  head += "\r\n";
  return head;
}

}  // namespace tcpgauge
