// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/compression.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tcpgauge {
namespace {

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
