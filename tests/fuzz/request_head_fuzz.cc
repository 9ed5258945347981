// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the head of an HTTP request. The first byte of an input says how the rest is divided into what a
// connection receives at a time; the rest is what it receives.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "exporter/http/request_head.h"
#include "src/base/check.h"

namespace tcpgauge {
namespace {

// The end of the head as a server finds it that receives `piece_bytes` at a time.
size_t FindInPieces(std::string_view bytes, size_t piece_bytes) {
  size_t searched = 0;
  while (searched < bytes.size()) {
    const size_t received = std::min(searched + piece_bytes, bytes.size());
    if (const size_t end = FindHeadEnd(bytes.substr(0, received), searched); end > 0) return end;
    searched = received;
  }
  return 0;
}

bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string_view WithoutBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the next line from `*text`, which must end with CRLF, and returns it without its end.
std::string_view TakeLine(std::string_view* text) {
  const size_t end = text->find("\r\n");
  TCPGAUGE_CHECK(end != std::string_view::npos);
  const std::string_view line = text->substr(0, end);
  TCPGAUGE_CHECK(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  text->remove_prefix(end + 2);
  return line;
}

// What was accepted must be what RFC 9112 says, read line by line and in no clever way.
void CheckAccepted(std::string_view head, const RequestHead& parsed) {
  if (head.substr(0, 2) == "\r\n") head.remove_prefix(2);
  const std::string_view request_line = TakeLine(&head);
  const std::string version = parsed.is_http_1_0 ? " HTTP/1.0" : " HTTP/1.1";
  TCPGAUGE_CHECK(request_line.substr(0, parsed.request.method.size()) == parsed.request.method);
  TCPGAUGE_CHECK(request_line.size() > version.size() &&
                 request_line.substr(request_line.size() - version.size()) == version);
  TCPGAUGE_CHECK(std::count(request_line.begin(), request_line.end(), ' ') == 2);
  TCPGAUGE_CHECK(std::all_of(parsed.request.method.begin(), parsed.request.method.end(), IsTokenCharacter));

  size_t hosts = 0, lengths = 0;
  HttpFields expected, parsed_headers = parsed.request.headers;
  for (std::string_view line = TakeLine(&head); !line.empty(); line = TakeLine(&head)) {
    const size_t colon = line.find(':');
    TCPGAUGE_CHECK(colon != std::string_view::npos && colon > 0);
    const std::string name(line.substr(0, colon));
    TCPGAUGE_CHECK(std::all_of(name.begin(), name.end(), IsTokenCharacter));
    if (absl::EqualsIgnoreCase(name, "Host")) {
      ++hosts;
    } else {
      expected.emplace_back(name, WithoutBlanks(line.substr(colon + 1)));
    }
    lengths += absl::EqualsIgnoreCase(name, "Content-Length") || absl::EqualsIgnoreCase(name, "Transfer-Encoding");
  }
  TCPGAUGE_CHECK(head.empty());
  // An absolute target may have added a Host, or replaced its value.
  parsed_headers.erase(std::remove_if(parsed_headers.begin(), parsed_headers.end(),
                                      [](const auto& header) { return absl::EqualsIgnoreCase(header.first, "Host"); }),
                       parsed_headers.end());
  // Only headers of the same name must be in the order in which they came.
  const auto by_name = [](const auto& a, const auto& b) {
    return absl::AsciiStrToLower(a.first) < absl::AsciiStrToLower(b.first);
  };
  std::stable_sort(expected.begin(), expected.end(), by_name);
  std::stable_sort(parsed_headers.begin(), parsed_headers.end(), by_name);
  TCPGAUGE_CHECK(parsed_headers == expected);
  TCPGAUGE_CHECK(hosts == 1 || (hosts == 0 && parsed.is_http_1_0));
  TCPGAUGE_CHECK(lengths <= 1);
  TCPGAUGE_CHECK(lengths == 1 || !parsed.has_body);
}

void Run(std::string_view input) {
  if (input.empty()) return;
  const size_t piece_bytes = 1 + static_cast<unsigned char>(input[0]) % 64;
  const std::string_view bytes = input.substr(1);
  const size_t end = FindHeadEnd(bytes, 0);
  TCPGAUGE_CHECK(FindInPieces(bytes, piece_bytes) == end);
  if (end == 0) return;
  const RequestHeadLimits limits = {1 << 10, 20};
  const auto parsed = ParseRequestHead(bytes.substr(0, end), limits);
  if (const auto* error = std::get_if<RequestHeadError>(&parsed)) {
    TCPGAUGE_CHECK(error->status >= 400 && error->status < 600 && !error->reason.empty());
    return;
  }
  const auto& head = std::get<RequestHead>(parsed);
  TCPGAUGE_CHECK(end <= limits.bytes + 2);
  TCPGAUGE_CHECK(head.request.headers.size() + head.request.query.size() <= limits.fields + 1);  // a Host may be added
  CheckAccepted(bytes.substr(0, end), head);
}

}  // namespace
}  // namespace tcpgauge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tcpgauge::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
