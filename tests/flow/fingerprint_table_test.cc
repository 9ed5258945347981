// SPDX-License-Identifier: Apache-2.0
#include "src/flow/fingerprint_table.h"

#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr uint32_t kCapacity = 1024;

Fingerprint Of(Fingerprint::Kind kind, uint32_t key_hash, uint16_t interface, double seconds = 0) {
  Fingerprint fingerprint{};
  fingerprint.sequence_number = 1000;
  fingerprint.shape = 7;
  fingerprint.key_hash = key_hash;
  fingerprint.time = FingerprintTable::TimeOf(static_cast<int64_t>(seconds * 1e9));
  fingerprint.stretch.interface = interface;
  fingerprint.kind = kind;
  return fingerprint;
}

TEST(FingerprintTable, FindsACopyOnAnotherStretchWithinASecond) {
  FingerprintTable table(kCapacity, 1);
  table.Add(Of(Fingerprint::Kind::kSyn, 1, 0, 10));
  EXPECT_NE(table.FindCopy(Of(Fingerprint::Kind::kSyn, 2, 1, 10.9)), nullptr);
  EXPECT_NE(table.FindCopy(Of(Fingerprint::Kind::kSyn, 2, 1, 9.1)), nullptr) << "read in the other order";
  EXPECT_EQ(table.FindCopy(Of(Fingerprint::Kind::kSyn, 2, 1, 11.1)), nullptr);
  EXPECT_EQ(table.FindCopy(Of(Fingerprint::Kind::kSyn, 2, 0, 10)), nullptr) << "the same stretch";
  EXPECT_EQ(table.FindCopy(Of(Fingerprint::Kind::kSynAck, 2, 1, 10)), nullptr);
}

TEST(FingerprintTable, ASegmentUnderItsOwnKeyHidesNoCopy) {
  FingerprintTable table(kCapacity, 1);
  table.Add(Of(Fingerprint::Kind::kSyn, 1, 0));
  table.Add(Of(Fingerprint::Kind::kSyn, 2, 0));
  for (const uint32_t own : {1u, 2u}) {
    const Fingerprint* const copy = table.FindCopy(Of(Fingerprint::Kind::kSyn, own, 1));
    ASSERT_NE(copy, nullptr);
    EXPECT_EQ(copy->key_hash, 3 - own);
  }
}

TEST(FingerprintTable, TheNewestOfSeveralCopiesCounts) {
  FingerprintTable table(kCapacity, 1);
  for (const uint32_t key : {1u, 2u, 3u, 1u}) table.Add(Of(Fingerprint::Kind::kSyn, key, 0));
  EXPECT_EQ(table.FindCopy(Of(Fingerprint::Kind::kSyn, 9, 1))->key_hash, 1u);
  EXPECT_EQ(table.FindCopy(Of(Fingerprint::Kind::kSyn, 1, 1))->key_hash, 3u);
}

TEST(FingerprintTable, AFullBucketLosesItsOldestAndCountsIfThatWasStillOfUse) {
  FingerprintTable table(kCapacity, 1);
  for (const uint32_t key : {1u, 2u, 3u, 4u}) table.Add(Of(Fingerprint::Kind::kSyn, key, 0));
  EXPECT_EQ(table.overflows(), 0u);
  table.Add(Of(Fingerprint::Kind::kSyn, 5, 0));
  EXPECT_EQ(table.overflows(), 1u);
  for (const uint32_t key : {6u, 7u, 8u, 9u}) table.Add(Of(Fingerprint::Kind::kSyn, key, 0, 5));
  EXPECT_EQ(table.overflows(), 1u);
}

TEST(FingerprintTable, SegmentsWithEqualSequenceNumbersDoNotDisplaceEachOther) {
  FingerprintTable table(kCapacity * 16, 1);
  std::vector<Fingerprint> acknowledgments;
  for (uint32_t i = 0; i < 100; ++i) {
    acknowledgments.push_back(Of(Fingerprint::Kind::kMidstream, 1, 0));
    acknowledgments.back().shape = 0x9e3779b9 * i;
    table.Add(acknowledgments.back());
  }
  EXPECT_EQ(table.overflows(), 0u);
  for (Fingerprint& acknowledgment : acknowledgments) {
    acknowledgment.key_hash = 2;
    acknowledgment.stretch.interface = 1;
    EXPECT_NE(table.FindCopy(acknowledgment), nullptr);
  }
}

TEST(FingerprintTable, FindsTheSynThatAnAnswerOnAnotherStretchAcknowledges) {
  FingerprintTable table(kCapacity, 1);
  Fingerprint syn = Of(Fingerprint::Kind::kSyn, 1, 0);
  syn.path_hash = 5;
  table.Add(syn);
  Fingerprint answer = Of(Fingerprint::Kind::kSynAck, 2, 0, 3);
  answer.path_hash = 5;
  EXPECT_EQ(table.FindAnsweredSyn(1000, answer), nullptr) << "the same stretch";
  answer.stretch.encapsulation = 2;
  ASSERT_NE(table.FindAnsweredSyn(1000, answer), nullptr);
  EXPECT_EQ(table.FindAnsweredSyn(1000, answer)->key_hash, 1u);
  answer.path_hash = 6;
  EXPECT_EQ(table.FindAnsweredSyn(1000, answer), nullptr) << "other addresses, more than a second ago";
  answer.time = syn.time;
  EXPECT_NE(table.FindAnsweredSyn(1000, answer), nullptr);
  answer.key_hash = 1;
  EXPECT_EQ(table.FindAnsweredSyn(1000, answer), nullptr) << "the SYN of a connection that has ended";
}

}  // namespace
}  // namespace tcpgauge
