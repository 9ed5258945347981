// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/content_negotiation.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(NegotiateTextFormat, GivesOpenMetricsToThoseWhoPreferIt) {
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
    EXPECT_EQ(NegotiateTextFormat(accept), TextFormat::kOpenMetrics) << accept;
  }
}

TEST(NegotiateTextFormat, GivesTheOldFormatToAllOthers) {
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
           "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.9",
           ";;;,,,q=,=;q",
       }) {
    EXPECT_EQ(NegotiateTextFormat(accept), TextFormat::kPrometheus) << accept;
  }
}

TEST(NegotiateTextFormat, TheMostPreciseRangeCounts) {
  EXPECT_EQ(NegotiateTextFormat("application/openmetrics-text;q=0.5, text/plain;version=0.0.4;q=0.4, */*"),
            TextFormat::kOpenMetrics);
  EXPECT_EQ(NegotiateTextFormat("application/openmetrics-text;q=0.5, */*;q=0.1, text/*;q=0.9"),
            TextFormat::kPrometheus);
}

}  // namespace
}  // namespace tcpgauge
