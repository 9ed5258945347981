// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/otel_environment.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "src/base/time_units.h"
#include "src/http_client/http_client.h"
#include "src/net/http_url.h"

namespace tcpgauge {
namespace {

constexpr char kDefaultEndpoint[] = "http://localhost:4318";
constexpr char kReceiver[] = "http://HOST:4318";  // in messages
constexpr char kMetricsPath[] = "v1/metrics";
constexpr char kServiceName[] = "service.name";

// The headers of a request that only the code that sends it can know. User-Agent is none of them: users may replace it.
constexpr const char* kOwnHeaders[] = {"Content-Type",      "Content-Encoding", "Content-Length",
                                       "Transfer-Encoding", "Expect",           "Host"};

// A time-out of 0 means "no limit" in the specification, and an hour here.
constexpr int64_t kNoLimitMs = kSecondsPerHour * 1000;
constexpr int64_t kMaxMs = std::numeric_limits<int32_t>::max();
constexpr int64_t kMinIntervalMs = 100;

// Whether `text` can be the name of a header (RFC 9110 section 5.6.2).
bool IsToken(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// Whether `text` has characters that could end a header's line or change its meaning.
bool HasControls(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
}

bool IsOwnHeader(const std::string& name) {
  return std::any_of(std::begin(kOwnHeaders), std::end(kOwnHeaders),
                     [&name](const char* own) { return absl::EqualsIgnoreCase(name, own); });
}

class Reader {
 public:
  Reader(const OtelVariables& variables, std::vector<std::string>* warnings)
      : variables_(variables), warnings_(*warnings) {}

  // nullopt if the variable is not set or empty.
  std::optional<std::string> Get(const std::string& name) const {
    const char* value = variables_(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  }

  void Warn(const std::string& name, const std::string& what) { warnings_.push_back(absl::StrCat(name, ": ", what)); }

  bool IsTrue(const std::string& name) {
    const std::optional<std::string> value = Get(name);
    if (!value.has_value() || absl::EqualsIgnoreCase(*value, "false")) return false;
    if (absl::EqualsIgnoreCase(*value, "true")) return true;
    Warn(name, absl::StrCat("'", *value, "' is neither true nor false; it counts as false"));
    return false;
  }

  void Milliseconds(const std::string& name, int64_t least, int64_t* field) {
    const std::optional<std::string> value = Get(name);
    if (!value.has_value()) return;
    int64_t number = 0;
    if (!absl::SimpleAtoi(*value, &number) || number < least || number > kMaxMs) {
      Warn(name, absl::StrCat("'", *value, "' is not a number of milliseconds from ", least, " to ", kMaxMs,
                              "; it is ignored"));
      return;
    }
    *field = number == 0 ? kNoLimitMs : number;
  }

  template <typename Value>
  void OneOf(const std::string& name, const std::vector<std::pair<std::string, Value>>& choices, Value* field) {
    const std::optional<std::string> value = Get(name);
    if (!value.has_value()) return;
    std::string known;
    for (const auto& [word, meaning] : choices) {
      if (absl::EqualsIgnoreCase(*value, word)) {
        *field = meaning;
        return;
      }
      absl::StrAppend(&known, known.empty() ? "" : ", ", word);
    }
    Warn(name, absl::StrCat("'", *value, "' is not one of ", known, "; it is ignored"));
  }

  // Calls `take(name)` for the variable of metrics, or for that of all signals if the first is not set or wrong.
  template <typename Take>
  void TakeSignal(const std::string& end, const Take& take) {
    for (const char* start : {"OTEL_EXPORTER_OTLP_METRICS_", "OTEL_EXPORTER_OTLP_"}) {
      const size_t warned = warnings_.size();
      const std::string name = start + end;
      if (!Get(name).has_value()) continue;
      take(name);
      if (warnings_.size() == warned) return;  // a wrong value counts as not set
    }
  }

 private:
  const OtelVariables& variables_;
  std::vector<std::string>& warnings_;
};

std::string WithMetricsPath(const std::string& base) {
  return absl::StrCat(base, absl::EndsWith(base, "/") ? "" : "/", kMetricsPath);
}

// Warns if the path of `url`, which comes from `name`, ends with the path of the metrics twice.
void WarnOfPathGivenTwice(Reader* reader, const std::string& name, const std::string& url) {
  const std::string path = url.substr(0, url.find_first_of("?#"));
  const std::string twice = absl::StrCat("/", kMetricsPath, "/", kMetricsPath);
  if (!absl::EndsWith(absl::StripSuffix(path, "/"), twice)) return;
  reader->Warn(name, absl::StrCat("metrics are pushed to '", WithoutCredentials(url), "', which has /", kMetricsPath,
                                  " twice; use a URL without /", kMetricsPath,
                                  ", or give it in OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"));
}

// Returns an error if no push to the URL `value`, which comes from `name`, can ever arrive.
absl::Status CheckReceiver(const std::string& name, const std::string& value, const std::string& example) {
  const absl::Status status = HttpClient::CheckUrl(value);
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(name, ": '", WithoutCredentials(value),
                                                 "' is not the URL of a receiver: ", std::string(status.message()),
                                                 "; right would be ", example));
}

// The URL in the environment; empty = not given.
absl::StatusOr<std::string> ReadUrl(Reader* reader) {
  std::string url, source;
  absl::Status status;
  reader->TakeSignal("ENDPOINT", [&](const std::string& name) {
    const std::string value = *reader->Get(name);
    const bool is_base = !absl::StrContains(name, "METRICS");
    if (!IsHttpUrl(value) || (is_base && value.find_first_of("?#") != std::string::npos)) {
      reader->Warn(name,
                   absl::StrCat("'", WithoutCredentials(value), "' is not an http or https URL such as ",
                                is_base ? kDefaultEndpoint : WithMetricsPath(kDefaultEndpoint), "; it is ignored"));
      return;
    }
    url = is_base ? WithMetricsPath(value) : value;
    source = name;
    status = CheckReceiver(name, value, is_base ? kReceiver : WithMetricsPath(kReceiver));
  });
  if (!status.ok()) return status;
  WarnOfPathGivenTwice(reader, source, url);
  return url;
}

// What OTEL_METRICS_EXPORTER names.
struct Exporters {
  bool otlp = false;
  bool prometheus = false;
  bool console = false;
};

// nullopt if OTEL_METRICS_EXPORTER is not set or names no known exporter.
std::optional<Exporters> ReadExporters(Reader* reader) {
  constexpr char kName[] = "OTEL_METRICS_EXPORTER";
  const std::optional<std::string> value = reader->Get(kName);
  if (!value.has_value()) return std::nullopt;
  Exporters exporters;
  bool none = false, any = false;
  for (const absl::string_view raw : absl::StrSplit(*value, ',')) {
    const std::string word = absl::AsciiStrToLower(absl::StripAsciiWhitespace(raw));
    if (word.empty()) continue;
    if (word == "none") {
      none = true;
      continue;
    }
    if (word == "otlp") {
      exporters.otlp = any = true;
    } else if (word == "prometheus") {
      exporters.prometheus = any = true;
    } else if (word == "console") {
      exporters.console = any = true;
    } else {
      reader->Warn(kName, absl::StrCat("'", word, "' is not one of otlp, prometheus, console, none; it is ignored"));
    }
  }
  if (none && any) reader->Warn(kName, "'none' has no effect beside other exporters; it is ignored");
  if (!none && !any) return std::nullopt;
  return exporters;
}

void ReadHeaders(Reader* reader, KeyValues* headers) {
  std::string source;
  reader->TakeSignal("HEADERS", [&](const std::string& name) {
    absl::StatusOr<KeyValues> items = ParseBaggage(*reader->Get(name));
    if (!items.ok()) {
      reader->Warn(name, absl::StrCat(std::string(items.status().message()),
                                      "; right would be KEY=VALUE,...; all of it is ignored"));
      return;
    }
    for (const auto& [key, value] : *items) {
      if (IsToken(key) && !HasControls(value)) continue;
      reader->Warn(name, "a key or value cannot stand in an HTTP header; all of it is ignored");
      return;
    }
    *headers = *std::move(items);
    source = name;
  });
  // These are left out here, because one of them does not make the others wrong.
  const auto own = std::stable_partition(headers->begin(), headers->end(),
                                         [](const auto& header) { return !IsOwnHeader(header.first); });
  for (auto header = own; header != headers->end(); ++header) {
    reader->Warn(source, absl::StrCat("the header '", header->first, "' is set by tcpgauge itself; it is ignored"));
  }
  headers->erase(own, headers->end());
}

void ReadReceiver(Reader* reader, OtelSettings* settings) {
  ReadHeaders(reader, &settings->headers);
  reader->TakeSignal("PROTOCOL", [&](const std::string& name) {
    if (absl::EqualsIgnoreCase(*reader->Get(name), "grpc")) {
      reader->Warn(name,
                   "grpc is not supported; right would be http/protobuf or http/json, and a receiver's HTTP port, "
                   "usually 4318; http/protobuf is used");
      return;
    }
    reader->OneOf<OtlpFormat>(name, {{"http/protobuf", OtlpFormat::kProtobuf}, {"http/json", OtlpFormat::kJson}},
                              &settings->format);
  });
  reader->TakeSignal("COMPRESSION", [&](const std::string& name) {
    reader->OneOf<bool>(name, {{"gzip", true}, {"none", false}}, &settings->gzip);
  });
  reader->TakeSignal("TIMEOUT",
                     [&](const std::string& name) { reader->Milliseconds(name, 0, &settings->attempt_timeout_ms); });
  const auto file = [&](const char* end, std::string* field) {
    reader->TakeSignal(end, [&](const std::string& name) { *field = *reader->Get(name); });
  };
  file("CERTIFICATE", &settings->ca_file);
  file("CLIENT_CERTIFICATE", &settings->cert_file);
  file("CLIENT_KEY", &settings->key_file);
  if (settings->key_file.empty()) settings->key_file = settings->cert_file;  // one file may hold both
  reader->OneOf<Temporality>("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
                             {{"cumulative", Temporality::kCumulative},
                              {"delta", Temporality::kDelta},
                              {"lowmemory", Temporality::kLowMemory}},
                             &settings->temporality);
}

void ReadResource(Reader* reader, KeyValues* attributes) {
  constexpr char kName[] = "OTEL_RESOURCE_ATTRIBUTES";
  if (const std::optional<std::string> value = reader->Get(kName)) {
    absl::StatusOr<KeyValues> items = ParseBaggage(*value);
    if (items.ok()) {
      *attributes = *std::move(items);
    } else {
      reader->Warn(kName, absl::StrCat(std::string(items.status().message()),
                                       "; right would be KEY=VALUE,...; all of it is ignored"));
    }
  }
  if (const std::optional<std::string> service = reader->Get("OTEL_SERVICE_NAME")) {
    attributes->erase(std::remove_if(attributes->begin(), attributes->end(),
                                     [](const auto& item) { return item.first == kServiceName; }),
                      attributes->end());
    attributes->emplace_back(kServiceName, *service);
  }
}

}  // namespace

absl::StatusOr<OtelSettings> ReadOtelSettings(const OtelVariables& variables, const std::string& endpoint_option,
                                              bool only_by_option, std::vector<std::string>* warnings) {
  OtelSettings settings;
  if (only_by_option && endpoint_option.empty()) return settings;
  if (!endpoint_option.empty()) {
    if (absl::Status status = CheckReceiver("--otlp.endpoint", endpoint_option, kReceiver); !status.ok()) return status;
  }
  Reader reader(variables, warnings);
  if (reader.IsTrue("OTEL_SDK_DISABLED")) {
    if (!endpoint_option.empty()) reader.Warn("OTEL_SDK_DISABLED", "is true: nothing is pushed to --otlp.endpoint");
    return settings;
  }
  // The option alone turns outputs on, so the list of exporters would have no effect.
  const std::optional<Exporters> exporters = only_by_option ? std::nullopt : ReadExporters(&reader);
  if (exporters.has_value()) {
    settings.console = exporters->console;
    settings.prometheus = exporters->prometheus;
  }
  if (!endpoint_option.empty()) {
    settings.push = true;
    settings.url = WithMetricsPath(endpoint_option);
    WarnOfPathGivenTwice(&reader, "--otlp.endpoint", settings.url);
  } else if (!exporters.has_value() || exporters->otlp) {
    absl::StatusOr<std::string> url = ReadUrl(&reader);
    if (!url.ok()) return url.status();
    settings.url = *std::move(url);
    settings.push = exporters.has_value() || !settings.url.empty();
    if (settings.url.empty()) settings.url = WithMetricsPath(kDefaultEndpoint);
  }
  if (!settings.push && !settings.console) return settings;
  if (settings.push) ReadReceiver(&reader, &settings);
  reader.Milliseconds("OTEL_METRIC_EXPORT_INTERVAL", kMinIntervalMs, &settings.interval_ms);
  if (settings.push) reader.Milliseconds("OTEL_METRIC_EXPORT_TIMEOUT", 0, &settings.export_timeout_ms);
  ReadResource(&reader, &settings.resource_attributes);
  return settings;
}

}  // namespace tcpgauge
