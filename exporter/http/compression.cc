// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/compression.h"

#include <optional>
#include <string>
#include <utility>

#include "exporter/http/accept_ranges.h"
#include "src/base/gzip.h"

namespace tcpgauge {
namespace {

constexpr size_t kSmallestToCompress = 1024;

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  std::optional<int> gzip, any, identity;
  for (const AcceptRange& range : ParseAcceptRanges(accept_encoding)) {
    if (range.name == "gzip" || range.name == "x-gzip") gzip = range.quality;
    if (range.name == "*") any = range.quality;
    if (range.name == "identity") identity = range.quality;
  }
  const int gzip_quality = gzip.value_or(any.value_or(0));
  return gzip_quality > 0 && gzip_quality >= identity.value_or(0);
}

HttpResponse CompressIfAccepted(const HttpRequest& request, HttpResponse response) {
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (response.body.size() < kSmallestToCompress) return response;
  if (!AcceptsGzip(request.Header("Accept-Encoding").value_or(""))) return response;
  std::string compressed = Gzip(response.body);
  if (compressed.empty()) return response;
  response.body = std::move(compressed);
  response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

}  // namespace tcpgauge
