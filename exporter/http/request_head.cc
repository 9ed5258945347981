// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/request_head.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "exporter/http/host_field.h"
#include "exporter/http/request_target.h"

namespace tcpgauge {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kLineEnd = "\r\n";

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

RequestHeadError BadRequest(std::string reason) { return {400, std::move(reason), ""}; }

RequestHeadError TooLarge(const RequestHeadLimits& limits) {
  return {431,
          absl::StrCat("request header fields too large: use at most ", limits.bytes, " bytes, and at most ",
                       limits.fields, " header lines and query parameters"),
          ""};
}

RequestHeadError TargetTooLong(const RequestHeadLimits& limits) {
  return {414, absl::StrCat("URI too long: use at most ", limits.bytes, " bytes"), ""};
}

// Whether a header line begins with a blank, which would continue the line before it.
bool HasFoldedLine(std::string_view head) {
  return head.find("\n ") != std::string_view::npos || head.find("\n\t") != std::string_view::npos;
}

bool HasInvalidCharacter(std::string_view head) {
  return std::any_of(head.begin(), head.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\r' && c != '\n' && c != '\t';
  });
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Whether the last word of the request line is HTTP/DIGIT.DIGIT, but neither HTTP/1.0 nor HTTP/1.1.
bool HasOtherVersion(std::string_view head) {
  const std::string_view line = head.substr(0, head.find(kLineEnd));
  const size_t word = line.rfind(' ');
  if (word == std::string_view::npos) return false;
  const std::string_view version = line.substr(word + 1);
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  if (version == "HTTP/1.0" || version == "HTTP/1.1") return false;
  return version.size() == 8 && version.substr(0, 5) == "HTTP/" && is_digit(version[5]) && version[6] == '.' &&
         is_digit(version[7]);
}

// `target` is empty if it was not parsed.
RequestHeadError SyntaxError(std::string_view head, std::string_view target, const boost::beast::error_code& error) {
  RequestHeadError refusal = BadRequest(error.message());
  if (error == http::error::bad_version && HasOtherVersion(head)) {
    refusal = {505, "HTTP version not supported: use HTTP/1.1", ""};
  }
  if (const absl::StatusOr<RequestTarget> parsed = ParseRequestTarget(target); parsed.ok()) refusal.path = parsed->path;
  return refusal;
}

size_t CountHeaders(const HttpRequest& request, std::string_view name) {
  return static_cast<size_t>(std::count_if(request.headers.begin(), request.headers.end(), [name](const auto& header) {
    return absl::EqualsIgnoreCase(header.first, absl::string_view(name.data(), name.size()));
  }));
}

// Whether the form of `target` is right for `method` (RFC 9112 section 3.2). ParseRequestTarget() checks the rest.
bool HasRightForm(const std::string& method, std::string_view target, const RequestTarget& parsed) {
  if (parsed.authority.has_value() || target.front() == '/') return true;
  if (method == "OPTIONS") return target == "*";
  return method == "CONNECT" && target.find(':') != std::string_view::npos && IsHostField(target);
}

// What is wrong with the headers Host; empty = they are right.
std::string_view HostError(const HttpRequest& request, bool is_http_1_0) {
  const size_t hosts = CountHeaders(request, "Host");
  if (hosts > 1) return "the header Host is given twice";
  if (hosts == 0) return is_http_1_0 ? "" : "the header Host is missing";
  return IsHostField(*request.Header("Host")) ? "" : "the header Host is not HOST or HOST:PORT";
}

// The error in what the headers say about the body's length; nullopt = they are right. Sets `*has_body`.
std::optional<RequestHeadError> LengthError(const HttpRequest& request, bool is_http_1_0, bool* has_body) {
  const size_t lengths = CountHeaders(request, "Content-Length"), codings = CountHeaders(request, "Transfer-Encoding");
  if (lengths + codings > 1) return BadRequest("the length of the body is given twice");
  if (codings > 0) {
    *has_body = true;
    if (is_http_1_0) return BadRequest("Transfer-Encoding is not part of HTTP/1.0");
    const std::string coding = *request.Header("Transfer-Encoding");
    if (absl::EqualsIgnoreCase(coding, "chunked")) return std::nullopt;
    // The end of a body whose last coding is another one cannot be found.
    if (!absl::EndsWithIgnoreCase(coding, "chunked")) return BadRequest("Transfer-Encoding does not end with chunked");
    return RequestHeadError{501, "the only transfer coding is chunked; use Transfer-Encoding: chunked", ""};
  }
  if (lengths == 0) return std::nullopt;
  const std::string length = *request.Header("Content-Length");
  const bool is_number = !length.empty() && std::all_of(length.begin(), length.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (!is_number) return BadRequest("Content-Length is not a decimal number");
  *has_body = length.find_first_not_of('0') != std::string::npos;
  return std::nullopt;
}

void SetHost(const std::string& host, HttpRequest* request) {
  for (auto& [name, value] : request->headers) {
    if (absl::EqualsIgnoreCase(name, "Host")) {
      value = host;
      return;
    }
  }
  request->headers.emplace_back("Host", host);
}

}  // namespace

size_t FindHeadEnd(std::string_view bytes, size_t searched) {
  // An empty line before the request line is not the end.
  const size_t start = bytes.substr(0, kLineEnd.size()) == kLineEnd ? kLineEnd.size() : 0;
  if (start > 0 && bytes.substr(start, kLineEnd.size()) == kLineEnd) return start + kLineEnd.size();
  // The last two bytes that were searched may be the first two of the end.
  size_t at = std::max(start, searched > 2 ? searched - 2 : 0);
  while ((at = bytes.find('\n', at)) != std::string_view::npos) {
    ++at;
    const std::string_view rest = bytes.substr(at);
    if (rest.substr(0, 1) == "\n") return at + 1;
    if (rest.substr(0, 2) == kLineEnd) return at + 2;
  }
  return 0;
}

std::variant<RequestHead, RequestHeadError> ParseRequestHead(std::string_view head, const RequestHeadLimits& limits) {
  if (head.substr(0, kLineEnd.size()) == kLineEnd) head.remove_prefix(kLineEnd.size());
  if (head.size() > limits.bytes) return HeadTooLong(head, limits);
  if (HasInvalidCharacter(head)) return BadRequest("the head has a control character");
  if (HasFoldedLine(head)) return BadRequest("a header line begins with a blank");

  http::request_parser<http::empty_body> parser;
  // `limits` hold instead of Beast's own.
  parser.header_limit(std::numeric_limits<std::uint32_t>::max());
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  boost::beast::error_code error;
  const size_t parsed_bytes = parser.put(boost::asio::buffer(head.data(), head.size()), error);
  if (error) return SyntaxError(head, View(parser.get().target()), error);
  if (!parser.is_header_done() || parsed_bytes != head.size()) return BadRequest("the head is malformed");

  const auto& message = parser.get();
  RequestHead parsed;
  HttpRequest& request = parsed.request;
  request.method = std::string(View(message.method_string()));
  for (const auto& field : message) request.headers.emplace_back(View(field.name_string()), View(field.value()));
  parsed.is_http_1_0 = message.version() == 10;
  parsed.keeps_alive = parser.keep_alive();

  const std::string_view target_text = View(message.target());
  if (!IsAscii(target_text)) return BadRequest("the target of the request is not ASCII; use percent-encoding");
  absl::StatusOr<RequestTarget> target = ParseRequestTarget(target_text);
  if (!target.ok()) return BadRequest(std::string(target.status().message()));
  if (!HasRightForm(request.method, target_text, *target)) {
    return BadRequest("the target of the request is neither a path nor an absolute URL");
  }
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  const auto with_path = [&request](RequestHeadError refusal) {
    refusal.path = request.path;
    return refusal;
  };
  if (request.headers.size() + request.query.size() > limits.fields) return with_path(TooLarge(limits));
  if (const std::string_view wrong = HostError(request, parsed.is_http_1_0); !wrong.empty()) {
    return with_path(BadRequest(std::string(wrong)));
  }
  if (auto wrong = LengthError(request, parsed.is_http_1_0, &parsed.has_body)) return with_path(*std::move(wrong));
  if (target->authority.has_value()) SetHost(*target->authority, &request);
  return parsed;
}

RequestHeadError HeadTooLong(std::string_view begin, const RequestHeadLimits& limits) {
  if (begin.substr(0, kLineEnd.size()) == kLineEnd) begin.remove_prefix(kLineEnd.size());
  const bool line_is_too_long = begin.substr(0, limits.bytes).find('\n') == std::string_view::npos;
  return line_is_too_long ? TargetTooLong(limits) : TooLarge(limits);
}

}  // namespace tcpgauge
