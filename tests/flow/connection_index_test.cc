// SPDX-License-Identifier: Apache-2.0
#include "src/flow/connection_index.h"

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

class ConnectionIndexTest : public testing::Test {
 protected:
  static ConnectionKey Key(uint16_t port, uint32_t encapsulation = 0) {
    End sender;
    return ConnectionKey::Of({At("10.0.0.1:0").address, port}, At("10.0.0.2:80"), encapsulation, &sender);
  }
  void Insert(uint32_t slot, const ConnectionKey& key, uint32_t hash) {
    records_[slot].key = key;
    index_.Insert(slot, hash);
  }

  StableArray<ConnectionRecord> records_{70000};
  EmbryoTable embryos_{8};
  ViewTable views_{8};
  ConnectionIndex index_{&records_, &embryos_, &views_, 1, 70000};
};

TEST_F(ConnectionIndexTest, FindsWhatWasInserted) {
  for (uint32_t slot = 0; slot < 60000; ++slot) {
    const ConnectionKey key = Key(static_cast<uint16_t>(slot));
    Insert(slot, key, index_.HashOf(key));
  }
  EXPECT_EQ(index_.size(), 60000);
  for (uint32_t slot = 0; slot < 60000; ++slot) {
    const ConnectionKey key = Key(static_cast<uint16_t>(slot));
    ASSERT_EQ(index_.Find(key, index_.HashOf(key)), slot);
  }
  EXPECT_EQ(index_.Find(Key(60001), index_.HashOf(Key(60001))), ConnectionIndex::kNotFound);
  for (uint32_t slot = 0; slot < 60000; slot += 2) {
    const ConnectionKey key = Key(static_cast<uint16_t>(slot));
    index_.Erase(slot, index_.HashOf(key));
    ASSERT_EQ(index_.Find(key, index_.HashOf(key)), ConnectionIndex::kNotFound);
  }
  EXPECT_EQ(index_.size(), 30000);
  EXPECT_EQ(index_.Find(Key(1), index_.HashOf(Key(1))), 1);
}

TEST_F(ConnectionIndexTest, AFullIndexHasLittleRoomLeft) {
  for (const uint32_t capacity : {10000u, 65536u, 100000u, 917505u, 1000000u, 1u << 21, 10000000u}) {
    // An entry takes eight bytes, and 23 of 32 places are full: 1.392. The margin is for uneven sets and a growing set.
    EXPECT_LE(ConnectionIndex::MemoryBytes(capacity), capacity * 8 * 1.392 * 1.52) << capacity;
    EXPECT_GE(ConnectionIndex::MemoryBytes(capacity), capacity * 8 * 1.392) << capacity;
  }
}

TEST_F(ConnectionIndexTest, KeysOfOneHashAreTwoEntries) {
  Insert(3, Key(1), 42);
  Insert(4, Key(2), 42);
  EXPECT_EQ(index_.size(), 2);
  EXPECT_EQ(index_.Find(Key(1), 42), 3);
  EXPECT_EQ(index_.Find(Key(2), 42), 4);
  EXPECT_EQ(index_.Find(Key(3), 42), ConnectionIndex::kNotFound);
  const uint32_t candidate = index_.FindCandidate(42);
  EXPECT_TRUE(candidate == 3 || candidate == 4);
  index_.Erase(3, 42);
  EXPECT_EQ(index_.FindCandidate(42), 4);
  EXPECT_EQ(index_.Find(Key(1), 42), ConnectionIndex::kNotFound);
}

TEST_F(ConnectionIndexTest, AnEmbryosSlotLeadsToTheEmbryosKey) {
  const uint32_t embryo = embryos_.Add();
  embryos_[embryo].key = Key(1);
  index_.Insert(embryo | ConnectionIndex::kEmbryo, 42);
  Insert(embryo, Key(2), 42);
  EXPECT_EQ(index_.Find(Key(1), 42), embryo | ConnectionIndex::kEmbryo);
  EXPECT_EQ(index_.Find(Key(2), 42), embryo);
}

}  // namespace
}  // namespace tcpgauge
