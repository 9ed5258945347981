// SPDX-License-Identifier: Apache-2.0
#include "src/decode/decode_error.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(DecodeError, HasANameOfItsOwnForEach) {
  std::set<std::string> names;
  for (size_t i = 0; i < kDecodeErrorCount; ++i) names.emplace(DecodeErrorName(static_cast<DecodeError>(i)));
  EXPECT_EQ(names.size(), kDecodeErrorCount);
  EXPECT_EQ(DecodeErrorName(DecodeError::kNone), "none");
  EXPECT_EQ(DecodeErrorName(DecodeError::kTcpDataOffset), "tcp_data_offset");
  EXPECT_EQ(DecodeErrorName(DecodeError::kTooManyLayers), "too_many_layers");
  EXPECT_EQ(DecodeErrorName(DecodeError::kUnknownLinkType), "unknown_link_type");
  EXPECT_EQ(DecodeErrorName(DecodeError::kUnknownVxlan), "unknown_vxlan");
  EXPECT_EQ(DecodeErrorName(DecodeError::kAggregated80211), "aggregated_80211");
}

}  // namespace
}  // namespace tcpgauge
