#include "exporter/content_negotiation.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exporter/gzip.h"

namespace tcpgauge {
namespace {

constexpr size_t kSmallestToCompress = 1024;
constexpr int kFullQuality = 1000;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// The parts between separators, trimmed; separators in quotes count as well, for nothing that we know is quoted.
std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(Trim(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

// A weight in thousandths (RFC 9110 section 12.4.2); nothing when it is none.
std::optional<int> ParseQuality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int thousandths = (text[0] - '0') * kFullQuality;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int scale = kFullQuality / 10;
  for (const char c : text.substr(std::min<size_t>(text.size(), 2))) {
    if (c < '0' || c > '9') return std::nullopt;
    thousandths += (c - '0') * scale;
    scale /= 10;
  }
  return thousandths <= kFullQuality ? std::optional<int>(thousandths) : std::nullopt;
}

// One element of an Accept or Accept-Encoding header.
struct Range {
  std::string name;     // lower case
  std::string version;  // the parameter of that name, without quotes; empty = any
  int quality = kFullQuality;
};

std::vector<Range> ParseRanges(std::string_view header) {
  std::vector<Range> ranges;
  for (std::string_view element : Split(header, ',')) {
    const std::vector<std::string_view> parts = Split(element, ';');
    Range range;
    range.name = Lower(parts[0]);
    bool is_valid = !range.name.empty();
    for (size_t i = 1; i < parts.size(); ++i) {
      const size_t equals = parts[i].find('=');
      if (equals == std::string_view::npos) continue;
      const std::string name = Lower(Trim(parts[i].substr(0, equals)));
      std::string_view value = Trim(parts[i].substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      if (name == "version") range.version = std::string(value);
      if (name == "q") {
        const std::optional<int> quality = ParseQuality(value);
        is_valid = is_valid && quality.has_value();
        range.quality = quality.value_or(0);
      }
    }
    if (is_valid) ranges.push_back(std::move(range));
  }
  return ranges;
}

bool NamesOpenMetrics(const Range& range) {
  return range.name == "application/openmetrics-text" &&
         (range.version.empty() || range.version == "1.0.0" || range.version == "0.0.1");
}

// How precisely the range names the text format 0.0.4; 0 = not at all.
int PrometheusTextPrecision(const Range& range) {
  if (range.name == "text/plain") return range.version == "0.0.4" ? 4 : range.version.empty() ? 3 : 0;
  return range.name == "text/*" ? 2 : range.name == "*/*" ? 1 : 0;
}

}  // namespace

TextFormat NegotiateTextFormat(std::string_view accept) {
  int open_metrics = 0, prometheus = 0, precision = 0;
  for (const Range& range : ParseRanges(accept)) {
    if (NamesOpenMetrics(range)) open_metrics = std::max(open_metrics, range.quality);
    const int new_precision = PrometheusTextPrecision(range);
    if (new_precision > precision) {
      precision = new_precision;
      prometheus = range.quality;
    }
  }
  return open_metrics > 0 && open_metrics >= prometheus ? TextFormat::kOpenMetrics : TextFormat::kPrometheus;
}

bool AcceptsGzip(std::string_view accept_encoding) {
  std::optional<int> gzip, any, identity;
  for (const Range& range : ParseRanges(accept_encoding)) {
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
