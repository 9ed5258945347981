// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/content_negotiation.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

TEST(NegotiateFormat, GivesOpenMetricsToThoseWhoPreferIt) {
  for (const char* accept : {
           // Prometheus 2.42, and other spellings of the same.
           "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
           "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
           "application/openmetrics-text; version=1.0.0; charset=utf-8",
           "Application/OpenMetrics-Text ; Version=\"1.0.0\"",
           "application/openmetrics-text",
           "application/openmetrics-text;q=0.3, text/plain;q=0.2",
           "text/plain;version=0.0.4, application/openmetrics-text;version=0.0.1",
           "text/plain;q=0, application/openmetrics-text;q=0.001",
           // Prometheus 3.
           "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3",
       }) {
    EXPECT_EQ(NegotiateFormat(accept), MetricsFormat::kOpenMetrics) << accept;
  }
}

TEST(NegotiateFormat, GivesTheOldFormatToAllOthers) {
  for (const char* accept : {
           "",
           "*/*",
           "text/plain",
           "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",  // a browser
           "application/*",
           "application/openmetrics-text;q=0",
           "application/openmetrics-text;q=0.5, text/plain;version=0.0.4",
           "application/openmetrics-text;q=0.5, */*",
           "application/openmetrics-text;version=2.0.0",
           "application/openmetrics-text;q=2",
           "application/openmetrics-text;q=0.1234",
           "application/openmetrics-text;q=x",
           ";;;,,,q=,=;q",
       }) {
    EXPECT_EQ(NegotiateFormat(accept), MetricsFormat::kPrometheusText) << accept;
  }
}

TEST(NegotiateFormat, GivesProtobufToThoseWhoPreferIt) {
  for (const char* accept : {
           // Prometheus 2.42 with native histograms.
           "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
           "application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,"
           "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
           // Prometheus 3 with native histograms.
           "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
           "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
           "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
           "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
           "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
           "escaping=underscores;q=0.9",
           // Other spellings.
           "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.001",
           "Application/Vnd.Google.Protobuf ; Encoding=\"delimited\" ; Proto=\"io.prometheus.client.MetricFamily\"",
           "*/*, application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
           "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text,"
           "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.9,*/*;q=0.5",
       }) {
    EXPECT_EQ(NegotiateFormat(accept), MetricsFormat::kProtobuf) << accept;
  }
}

TEST(NegotiateFormat, GivesNoProtobufToOthers) {
  const std::string type = "application/vnd.google.protobuf";
  const std::string proto = ";proto=io.prometheus.client.MetricFamily";
  const std::string encoding = ";encoding=delimited";
  for (const std::string& accept : {
           type,
           type + proto,
           type + encoding,
           type + proto + ";encoding=text",
           type + proto + ";encoding=compact-text",
           type + proto + ";encoding=Delimited",
           type + ";proto=io.prometheus.client.Metric" + encoding,
           type + ";proto=io.prometheus.write.v2.Request" + encoding,
           type + proto + encoding + ";q=0",
           type + proto + encoding + ";q=2",
           type + proto + encoding + ";q=0.5, */*",
           "application/x-protobuf" + proto + encoding,
           std::string("application/*, */*"),
       }) {
    EXPECT_EQ(NegotiateFormat(accept), MetricsFormat::kPrometheusText) << accept;
  }
  EXPECT_EQ(NegotiateFormat(type + proto + encoding + ";q=0.5, application/openmetrics-text;q=0.6, */*;q=0.1"),
            MetricsFormat::kOpenMetrics);
  EXPECT_EQ(NegotiateFormat(type + proto + ";encoding=text, application/openmetrics-text;q=0.6, */*;q=0.1"),
            MetricsFormat::kOpenMetrics);
}

TEST(NegotiateFormat, TheMostPreciseRangeCounts) {
  EXPECT_EQ(NegotiateFormat("application/openmetrics-text;q=0.5, text/plain;version=0.0.4;q=0.4, */*"),
            MetricsFormat::kOpenMetrics);
  EXPECT_EQ(NegotiateFormat("application/openmetrics-text;q=0.5, */*;q=0.1, text/*;q=0.9"),
            MetricsFormat::kPrometheusText);
}

}  // namespace
}  // namespace tcpgauge
