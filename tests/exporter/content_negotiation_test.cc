#include "exporter/content_negotiation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tcpgauge {
namespace {

TEST(NegotiateTextFormat, GivesOpenMetricsToThoseWhoPreferIt) {
  for (const char* accept : {
           // Prometheus 2.42, and with fewer spaces and other letters.
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

TEST(AcceptsGzip, WhereItIsNamedOrAnythingGoes) {
  for (const char* accept : {"gzip", "deflate, gzip;q=1.0, *;q=0.5", "GZIP", "x-gzip", "*", "br;q=1, gzip;q=0.2",
                             "gzip;q=0.5, identity;q=0.5"}) {
    EXPECT_TRUE(AcceptsGzip(accept)) << accept;
  }
  for (const char* accept : {"", "identity", "gzip;q=0", "gzip;q=0, *", "*;q=0", "br", "gzip;q=0.5, identity;q=1",
                             "gzip;q=0.000", "notgzip", "gzip;q=-1"}) {
    EXPECT_FALSE(AcceptsGzip(accept)) << accept;
  }
}

HttpResponse Compressed(const std::string& accept_encoding, size_t bytes) {
  HttpRequest request;
  request.headers = {{"Accept-Encoding", accept_encoding}};
  HttpResponse response;
  response.body = std::string(bytes, 'x');
  return CompressIfAccepted(request, response);
}

bool Has(const HttpResponse& response, const std::string& name, const std::string& value) {
  return std::count(response.headers.begin(), response.headers.end(), std::make_pair(name, value)) == 1;
}

TEST(CompressIfAccepted, SaysWhatItDid) {
  const HttpResponse response = Compressed("gzip", 100000);
  EXPECT_TRUE(Has(response, "Content-Encoding", "gzip"));
  EXPECT_TRUE(Has(response, "Vary", "Accept-Encoding"));
  EXPECT_LT(response.body.size(), 10000u);
}

TEST(CompressIfAccepted, LeavesAloneWhatIsSmallOrNotToBeCompressed) {
  EXPECT_EQ(Compressed("gzip", 1000).body.size(), 1000u);
  EXPECT_EQ(Compressed("identity", 100000).body.size(), 100000u);
  EXPECT_FALSE(Has(Compressed("gzip", 1000), "Content-Encoding", "gzip"));
  EXPECT_TRUE(Has(Compressed("identity", 100000), "Vary", "Accept-Encoding"));
}

}  // namespace
}  // namespace tcpgauge
