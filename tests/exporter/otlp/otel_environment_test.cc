// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/otel_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tcpgauge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

class OtelEnvironmentTest : public testing::Test {
 protected:
  OtelSettings Read(const std::map<std::string, std::string>& variables, const std::string& option = "",
                    bool only_by_option = false) {
    warnings_.clear();
    const OtelVariables lookup = [&variables](const char* name) -> const char* {
      const auto found = variables.find(name);
      return found == variables.end() ? nullptr : found->second.c_str();
    };
    const absl::StatusOr<OtelSettings> settings = ReadOtelSettings(lookup, option, only_by_option, &warnings_);
    error_ = std::string(settings.status().message());
    if (settings.ok()) return *settings;
    EXPECT_TRUE(absl::IsInvalidArgument(settings.status()));
    return OtelSettings();
  }

  // Adds an endpoint, because the other variables are not read without one.
  OtelSettings ReadWith(std::map<std::string, std::string> variables) {
    variables.emplace("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
    return Read(variables);
  }

  std::vector<std::string> warnings_;
  std::string error_;  // of the last Read(); empty = it had none
};

TEST_F(OtelEnvironmentTest, NothingIsPushedUnlessItIsAskedFor) {
  EXPECT_FALSE(Read({}).push);
  EXPECT_FALSE(Read({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}, {"OTEL_METRIC_EXPORT_INTERVAL", "x"}}).push);
  EXPECT_THAT(warnings_, IsEmpty()) << "what is not used is not looked at";
}

TEST_F(OtelEnvironmentTest, DefaultsAreThoseOfTheSpecificationButForTheLastPush) {
  const OtelSettings settings = ReadWith({});
  EXPECT_TRUE(settings.push);
  EXPECT_EQ(settings.url, "http://collector:4318/v1/metrics");
  EXPECT_EQ(settings.format, OtlpFormat::kProtobuf);
  EXPECT_FALSE(settings.gzip);
  EXPECT_EQ(settings.attempt_timeout_ms, 10000);
  EXPECT_EQ(settings.interval_ms, 60000);
  EXPECT_EQ(settings.export_timeout_ms, 800);
  EXPECT_EQ(settings.temporality, Temporality::kCumulative);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(OtelEnvironmentTest, ABaseUrlGetsThePathAppended) {
  for (const auto& [base, url] : std::map<std::string, std::string>{
           {"http://h:4318/", "http://h:4318/v1/metrics"},
           {"https://h/otlp", "https://h/otlp/v1/metrics"},
           {"HTTP://h/a/b/", "HTTP://h/a/b/v1/metrics"},
       }) {
    EXPECT_EQ(Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", base}}).url, url);
    EXPECT_EQ(Read({}, base).url, url);
  }
}

TEST_F(OtelEnvironmentTest, AUrlOfTheMetricsIsUsedAsItIsAndWins) {
  EXPECT_EQ(ReadWith({{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m:9/x?y=1"}}).url, "http://m:9/x?y=1");
}

TEST_F(OtelEnvironmentTest, TheOptionWinsOverTheEnvironment) {
  const OtelSettings settings = Read({{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m:9/x"},
                                      {"OTEL_METRICS_EXPORTER", "none"},
                                      {"OTEL_EXPORTER_OTLP_HEADERS", "a=1"}},
                                     "http://option:4318");
  EXPECT_TRUE(settings.push);
  EXPECT_EQ(settings.url, "http://option:4318/v1/metrics");
  EXPECT_THAT(settings.headers, ElementsAre(Pair("a", "1")));
}

TEST_F(OtelEnvironmentTest, ASingleAnswerIsPushedOnlyByTheOption) {
  const std::map<std::string, std::string> variables = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://h:4318"},
                                                        {"OTEL_METRICS_EXPORTER", "otlp,console"}};
  EXPECT_FALSE(Read(variables, "", true).push);
  EXPECT_FALSE(Read(variables, "", true).console);
  EXPECT_TRUE(Read(variables, "http://h:4318", true).push);
  EXPECT_FALSE(Read(variables, "http://h:4318", true).console);
}

TEST_F(OtelEnvironmentTest, AVariableWithoutEffectIsNotRead) {
  for (const std::string list : {"statsd", "none,otlp", "otlp,,x"}) {
    EXPECT_TRUE(Read({{"OTEL_METRICS_EXPORTER", list}}, "http://h:4318", /*only_by_option=*/true).push);
    EXPECT_THAT(warnings_, IsEmpty()) << list;
    Read({{"OTEL_METRICS_EXPORTER", list}}, "", /*only_by_option=*/true);
    EXPECT_THAT(warnings_, IsEmpty()) << list;
    Read({{"OTEL_METRICS_EXPORTER", list}, {"OTEL_SDK_DISABLED", "true"}});
    EXPECT_THAT(warnings_, IsEmpty()) << list;
    Read({{"OTEL_METRICS_EXPORTER", list}}, "http://h:4318");
    EXPECT_THAT(warnings_, Not(IsEmpty())) << "it could turn the console on: " << list;
  }
  // The receiver's variables have no effect on the console, and the URL of the option replaces those of the
  // environment.
  Read({{"OTEL_METRICS_EXPORTER", "console"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT", "x"},
        {"OTEL_EXPORTER_OTLP_HEADERS", "x"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL", "x"},
        {"OTEL_EXPORTER_OTLP_COMPRESSION", "x"},
        {"OTEL_EXPORTER_OTLP_TIMEOUT", "x"},
        {"OTEL_METRIC_EXPORT_TIMEOUT", "x"},
        {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "x"}});
  EXPECT_THAT(warnings_, IsEmpty());
  Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "x"}, {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "x"}}, "http://h:4318");
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(OtelEnvironmentTest, TheListOfExportersDecides) {
  const std::string endpoint = "http://h:4318";
  const auto read = [&](const std::string& list) {
    return Read({{"OTEL_METRICS_EXPORTER", list}, {"OTEL_EXPORTER_OTLP_ENDPOINT", endpoint}});
  };
  EXPECT_TRUE(read("otlp").push);
  EXPECT_TRUE(read(" OTLP , prometheus").push);
  EXPECT_TRUE(read("otlp,prometheus").prometheus);
  EXPECT_FALSE(read("prometheus").push);
  EXPECT_FALSE(read("none").push);
  EXPECT_FALSE(read("console").push);
  EXPECT_TRUE(read("console").console);
  EXPECT_TRUE(read("").push) << "as if it were not set";
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_TRUE(read("none,otlp").push);
  EXPECT_THAT(warnings_,
              ElementsAre("OTEL_METRICS_EXPORTER: 'none' has no effect beside other exporters; it is ignored"));
  EXPECT_TRUE(read("statsd").push) << "as if it were not set";
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("'statsd' is not one of otlp, prometheus, console, none")));
}

TEST_F(OtelEnvironmentTest, OtlpWithoutAnEndpointGoesToThisHost) {
  EXPECT_EQ(Read({{"OTEL_METRICS_EXPORTER", "otlp"}}).url, "http://localhost:4318/v1/metrics");
}

TEST_F(OtelEnvironmentTest, DisabledIsOffWhateverElseIsSaid) {
  EXPECT_FALSE(ReadWith({{"OTEL_SDK_DISABLED", "TRUE"}, {"OTEL_METRICS_EXPORTER", "otlp,console"}}).push);
  EXPECT_FALSE(Read({{"OTEL_SDK_DISABLED", "true"}}, "http://h:4318").push);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("nothing is pushed to --otlp.endpoint")));
  EXPECT_TRUE(ReadWith({{"OTEL_SDK_DISABLED", "false"}}).push);
  EXPECT_TRUE(ReadWith({{"OTEL_SDK_DISABLED", "1"}}).push) << "only true is true";
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("'1' is neither true nor false")));
}

TEST_F(OtelEnvironmentTest, AnEmptyVariableCountsAsNotSet) {
  const OtelSettings settings = ReadWith({{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", ""},
                                          {"OTEL_EXPORTER_OTLP_METRICS_HEADERS", ""},
                                          {"OTEL_EXPORTER_OTLP_HEADERS", "a=1"},
                                          {"OTEL_EXPORTER_OTLP_TIMEOUT", ""},
                                          {"OTEL_SDK_DISABLED", ""}});
  EXPECT_EQ(settings.url, "http://collector:4318/v1/metrics");
  EXPECT_THAT(settings.headers, ElementsAre(Pair("a", "1")));
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(OtelEnvironmentTest, WhatIsSaidOfTheMetricsWins) {
  const OtelSettings settings = ReadWith({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1,b=2"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_HEADERS", "c=3"},
                                          {"OTEL_EXPORTER_OTLP_TIMEOUT", "1000"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "2000"},
                                          {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "none"},
                                          {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"},
                                          {"OTEL_EXPORTER_OTLP_CERTIFICATE", "ca1"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "ca2"},
                                          {"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "cert1"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE", "cert2"},
                                          {"OTEL_EXPORTER_OTLP_CLIENT_KEY", "key1"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "key2"}});
  EXPECT_THAT(settings.headers, ElementsAre(Pair("c", "3"))) << "in the place of the others, not beside them";
  EXPECT_EQ(settings.attempt_timeout_ms, 2000);
  EXPECT_FALSE(settings.gzip);
  EXPECT_EQ(settings.format, OtlpFormat::kJson);
  EXPECT_EQ(settings.ca_file, "ca2");
  EXPECT_EQ(settings.cert_file, "cert2");
  EXPECT_EQ(settings.key_file, "key2");
}

TEST_F(OtelEnvironmentTest, AWrongValueCountsAsNotSet) {
  const OtelSettings settings = ReadWith({{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "collector:4318"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "10s"},
                                          {"OTEL_EXPORTER_OTLP_TIMEOUT", "3000"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "zstd"},
                                          {"OTEL_EXPORTER_OTLP_COMPRESSION", "GZIP"},
                                          {"OTEL_METRIC_EXPORT_INTERVAL", "-1"},
                                          {"OTEL_METRIC_EXPORT_TIMEOUT", "99999999999999999999"},
                                          {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Deltas"}});
  EXPECT_EQ(settings.url, "http://collector:4318/v1/metrics");
  EXPECT_EQ(settings.attempt_timeout_ms, 3000);
  EXPECT_TRUE(settings.gzip);
  EXPECT_EQ(settings.interval_ms, 60000);
  EXPECT_EQ(settings.export_timeout_ms, 800);
  EXPECT_EQ(settings.temporality, Temporality::kCumulative);
  EXPECT_THAT(
      warnings_,
      ElementsAre(HasSubstr("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'collector:4318' is not an http or https URL"),
                  HasSubstr("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'zstd' is not one of gzip, none"),
                  HasSubstr("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '10s' is not a number of milliseconds"),
                  HasSubstr("TEMPORALITY_PREFERENCE: 'Deltas' is not one of cumulative, delta, lowmemory"),
                  HasSubstr("OTEL_METRIC_EXPORT_INTERVAL: '-1'"), HasSubstr("OTEL_METRIC_EXPORT_TIMEOUT: '9999")));
}

TEST_F(OtelEnvironmentTest, AWrongEndpointAlonePushesNothing) {
  EXPECT_FALSE(Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://"}}).push);
  EXPECT_EQ(warnings_.size(), 1u);
}

TEST_F(OtelEnvironmentTest, AUrlWhoseHostOrPortCannotExistIsAnError) {
  for (const std::string wrong : {"http://h:99999", "http://h:65536", "http://h:0", "http://h:-1", "http://h:abc",
                                  "http://h:1e3/below", "http://[::1", "http://[zz]:4318", "http://300.1.1.1"}) {
    EXPECT_FALSE(Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", wrong}}).push);
    EXPECT_THAT(error_, AllOf(StartsWith("OTEL_EXPORTER_OTLP_ENDPOINT: '" + wrong + "' is not the URL of a receiver: "),
                              EndsWith("; right would be http://HOST:4318")));
    ReadWith({{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", wrong}});
    EXPECT_THAT(error_, AllOf(StartsWith("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: '" + wrong + "'"),
                              EndsWith("; right would be http://HOST:4318/v1/metrics")));
    Read({{"OTEL_SDK_DISABLED", "true"}}, wrong);
    EXPECT_THAT(error_, StartsWith("--otlp.endpoint: '" + wrong + "'"));
  }
  Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:hunter2@h:99999"}});
  EXPECT_EQ(error_,
            "OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:99999' is not the URL of a receiver: its port is not a number from "
            "1 to 65535; right would be http://HOST:4318");
}

TEST_F(OtelEnvironmentTest, AUrlThatIsNotUsedIsNoError) {
  const std::string wrong = "http://h:99999";
  EXPECT_EQ(Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", wrong}, {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m:1/x"}}).url,
            "http://m:1/x");
  EXPECT_EQ(Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", wrong}}, "http://m:65535").url, "http://m:65535/v1/metrics");
  Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", wrong}, {"OTEL_METRICS_EXPORTER", "none"}});
  EXPECT_EQ(error_, "");
  Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", wrong}}, "", /*only_by_option=*/true);
  EXPECT_EQ(error_, "");
}

TEST_F(OtelEnvironmentTest, GrpcIsNamedAsWhatIsNotSupported) {
  EXPECT_EQ(ReadWith({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}).format, OtlpFormat::kProtobuf);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("grpc is not supported; right would be http/protobuf or http/json")));
  EXPECT_EQ(
      ReadWith({{"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"}}).format,
      OtlpFormat::kJson);
}

TEST_F(OtelEnvironmentTest, ATimeOutOfZeroIsAVeryLongOne) {
  EXPECT_EQ(ReadWith({{"OTEL_EXPORTER_OTLP_TIMEOUT", "0"}}).attempt_timeout_ms, 3600000);
  EXPECT_EQ(ReadWith({{"OTEL_METRIC_EXPORT_INTERVAL", "0"}}).interval_ms, 60000) << "but an interval is none";
}

TEST_F(OtelEnvironmentTest, TemporalityIsReadInAnyCase) {
  const std::string name = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
  EXPECT_EQ(ReadWith({{name, "DELTA"}}).temporality, Temporality::kDelta);
  EXPECT_EQ(ReadWith({{name, "LowMemory"}}).temporality, Temporality::kLowMemory);
}

TEST_F(OtelEnvironmentTest, SecretsAreNotRepeated) {
  ReadWith({{"OTEL_EXPORTER_OTLP_METRICS_HEADERS", "authorization=hunter2,hunter2"},
            {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "https://user:hunter2@/x"}});
  ASSERT_EQ(warnings_.size(), 2u);
  for (const std::string& warning : warnings_) EXPECT_THAT(warning, Not(HasSubstr("hunter2")));
}

TEST_F(OtelEnvironmentTest, HeadersThatWouldBreakTheRequestAreIgnored) {
  EXPECT_THAT(ReadWith({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1%0d%0aHost: evil"}}).headers, IsEmpty());
  EXPECT_THAT(ReadWith({{"OTEL_EXPORTER_OTLP_HEADERS", "a b=1"}}).headers, IsEmpty());
  EXPECT_EQ(warnings_.size(), 1u);
}

TEST_F(OtelEnvironmentTest, HeadersThatTheSenderSetsAreRefusedOneByOne) {
  for (const std::string name :
       {"Content-Type", "content-encoding", "CONTENT-LENGTH", "Transfer-Encoding", "host", "Expect"}) {
    EXPECT_THAT(ReadWith({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1," + name + "=hunter2,b=2"}}).headers,
                ElementsAre(Pair("a", "1"), Pair("b", "2")));
    EXPECT_THAT(warnings_, ElementsAre("OTEL_EXPORTER_OTLP_HEADERS: the header '" + name +
                                       "' is set by tcpgauge itself; it is ignored"));
  }
  EXPECT_THAT(ReadWith({{"OTEL_EXPORTER_OTLP_METRICS_HEADERS", "Host=x,c=3,Content-Type=text/plain"},
                        {"OTEL_EXPORTER_OTLP_HEADERS", "a=1"}})
                  .headers,
              ElementsAre(Pair("c", "3")))
      << "the other variable still does not count";
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("OTEL_EXPORTER_OTLP_METRICS_HEADERS: the header 'Host'"),
                                     HasSubstr("OTEL_EXPORTER_OTLP_METRICS_HEADERS: the header 'Content-Type'")));
  EXPECT_THAT(ReadWith({{"OTEL_EXPORTER_OTLP_HEADERS", "User-Agent=me,X-Host=x,Content-Type2=y"}}).headers,
              ElementsAre(Pair("User-Agent", "me"), Pair("X-Host", "x"), Pair("Content-Type2", "y")));
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(OtelEnvironmentTest, ThePathOfTheMetricsGivenTwiceIsNamed) {
  for (const std::string base :
       {"http://h:4318/v1/metrics", "http://h:4318/v1/metrics/", "https://h/otlp/v1/metrics"}) {
    const std::string url = Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", base}}).url;
    EXPECT_THAT(url, EndsWith("/v1/metrics/v1/metrics")) << "as the specification says";
    EXPECT_THAT(warnings_, ElementsAre("OTEL_EXPORTER_OTLP_ENDPOINT: metrics are pushed to '" + url +
                                       "', which has /v1/metrics twice; use a URL without /v1/metrics, or give it in "
                                       "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"));
    EXPECT_EQ(Read({}, base).url, url);
    EXPECT_THAT(warnings_, ElementsAre(StartsWith("--otlp.endpoint: metrics are pushed to '" + url + "'")));
  }
  ReadWith({{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://user:hunter2@h/v1/metrics/v1/metrics?x=1"}});
  EXPECT_THAT(warnings_,
              ElementsAre(StartsWith("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: metrics are pushed to 'http://h/v1")));
  for (const std::string base : {"http://h:4318", "http://h/v1", "http://h/v1/metrics/x", "http://h/xv1/metrics"}) {
    Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", base}});
    EXPECT_THAT(warnings_, IsEmpty()) << base;
  }
  ReadWith({{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://h/v1/metrics"}});
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(OtelEnvironmentTest, TheServiceNameWinsOverTheAttribute) {
  EXPECT_THAT(ReadWith({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=a,k8s.pod.name=p"}, {"OTEL_SERVICE_NAME", "b"}})
                  .resource_attributes,
              ElementsAre(Pair("k8s.pod.name", "p"), Pair("service.name", "b")));
}

TEST_F(OtelEnvironmentTest, ResourceAttributesWithAnErrorAreIgnoredAsAWhole) {
  EXPECT_THAT(ReadWith({{"OTEL_RESOURCE_ATTRIBUTES", "a=1,b"}}).resource_attributes, IsEmpty());
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("OTEL_RESOURCE_ATTRIBUTES: item 2 is not KEY=VALUE")));
}

}  // namespace
}  // namespace tcpgauge
