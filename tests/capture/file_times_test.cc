// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_times.h"

#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr int64_t kHour = int64_t{3600} * 1000000000;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kStart = 19000 * kDay;

std::vector<int64_t> Mended(FileTimes* file, const std::vector<int64_t>& times) {
  std::vector<DecodedPacket> packets(times.size());
  for (size_t i = 0; i < times.size(); ++i) packets[i].time_ns = times[i];
  file->CorrectOutliers(absl::MakeSpan(packets));
  std::vector<int64_t> mended;
  for (const DecodedPacket& packet : packets) mended.push_back(packet.time_ns);
  return mended;
}

TEST(FileTimes, ALonePacketFarAheadIsTakenAtTheTimeOfTheOneBefore) {
  FileTimes file;
  EXPECT_EQ(Mended(&file, {kStart, kStart + 5000 * kDay, kStart + 1}),
            std::vector<int64_t>({kStart, kStart, kStart + 1}));
  EXPECT_EQ(Mended(&file, {kStart + 5000 * kDay, kStart + 2}), std::vector<int64_t>({kStart + 1, kStart + 2}));
}

TEST(FileTimes, AtTheBeginningItIsTakenAtTheTimeOfTheNext) {
  FileTimes file;
  EXPECT_EQ(Mended(&file, {kStart + 5000 * kDay, kStart}), std::vector<int64_t>({kStart, kStart}));
}

TEST(FileTimes, GapsAndStepsBackStay) {
  for (const std::vector<int64_t>& times :
       {std::vector<int64_t>{kStart, kStart + 9 * kDay, kStart + 9 * kDay + 1},
        std::vector<int64_t>{kStart, kStart + 1, kStart - 9 * kDay, kStart + 2},
        std::vector<int64_t>{kStart, kStart + 23 * kHour, kStart + 1}, std::vector<int64_t>{kStart + 9 * kDay}}) {
    FileTimes file;
    EXPECT_EQ(Mended(&file, times), times);
  }
}

}  // namespace
}  // namespace tcpgauge
