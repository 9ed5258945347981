// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "src/snapshot/triple_buffer.h"

namespace tcpgauge {
namespace {

// A value that shows whether it was torn: all elements must be equal.
struct Value {
  std::vector<uint64_t> elements;
};

TEST(TripleBufferStress, TheReaderSeesWholeValuesEachNewerThanTheLast) {
  constexpr uint64_t kValues = 200000;
  TripleBuffer<Value> buffer;
  std::atomic<bool> reading{false};
  std::thread writer([&] {
    while (!reading.load()) std::this_thread::yield();
    for (uint64_t i = 1; i <= kValues; ++i) {
      buffer.back().elements.assign(1 + i % 17, i);
      buffer.Publish();
    }
  });
  uint64_t last = 0;
  uint64_t seen = 0;
  reading.store(true);
  while (last < kValues) {
    if (!buffer.TakeLatest()) continue;
    const Value& value = buffer.front();
    ASSERT_FALSE(value.elements.empty());
    const uint64_t now = value.elements[0];
    ASSERT_GT(now, last);
    ASSERT_EQ(value.elements, std::vector<uint64_t>(1 + now % 17, now));
    last = now;
    ++seen;
  }
  writer.join();
  EXPECT_FALSE(buffer.TakeLatest()) << "nothing was published since";
  EXPECT_EQ(buffer.front().elements[0], kValues) << "the latest is never lost";
  EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace tcpgauge
