// SPDX-License-Identifier: Apache-2.0
#include "src/base/memory_ahead.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "gtest/gtest.h"
#include "src/base/mutex.h"
#include "src/base/stable_array.h"

namespace tcpgauge {
namespace {

constexpr uint32_t kSmall = MemoryAhead::kSmall;
constexpr uint32_t kMostAhead = MemoryAhead::kMostAhead;

// Records the ranges that MemoryAhead makes resident.
class Requests {
 public:
  MemoryAhead::Populate Recorder() {
    return [this](uint32_t first, uint32_t count) {
      {
        const MutexLock lock(&mutex_);
        ends_.push_back({first, first + count});
      }
      more_.NotifyOne();
    };
  }
  // Waits until all elements below `end` are in use or were made resident.
  void WaitForAllBelow(uint32_t end) {
    const MutexLock lock(&mutex_);
    while (ends_.empty() || ends_.back().second < end) more_.Wait(&mutex_);
  }
  std::vector<std::pair<uint32_t, uint32_t>> All() {
    const MutexLock lock(&mutex_);
    return ends_;
  }

 private:
  Mutex mutex_;
  CondVar more_;
  std::vector<std::pair<uint32_t, uint32_t>> ends_ ABSL_GUARDED_BY(mutex_);
};

TEST(MemoryAhead, LeavesSmallArraysAlone) {
  Requests requests;
  {
    MemoryAhead ahead(requests.Recorder());
    for (uint32_t used = 0; used < kSmall; ++used) ahead.Note(used);
  }
  EXPECT_TRUE(requests.All().empty());
}

TEST(MemoryAhead, StaysAheadOfAGrowingArrayByABoundedDistance) {
  Requests requests;
  MemoryAhead ahead(requests.Recorder());
  for (uint32_t used = kSmall; used < 200000; used += 7) {
    ahead.Note(used);
    // MemoryAhead asks for more memory while three quarters of the distance ahead are still ready.
    requests.WaitForAllBelow(used + std::min(used / 8, kMostAhead) / 2);
    ASSERT_LE(requests.All().back().second, used + std::min(used / 8, kMostAhead));
  }
  uint32_t end = 0;
  for (const auto& [first, last] : requests.All()) {
    ASSERT_GE(first, end) << "twice";
    ASSERT_GT(last, first);
    end = last;
  }
}

TEST(MemoryAhead, DoesNotMakeReadyWhatIsInUseByThen) {
  Requests requests;
  MemoryAhead ahead(requests.Recorder());
  ahead.Note(kSmall);
  requests.WaitForAllBelow(kSmall + kSmall / 8);
  ahead.Note(10 * kSmall);
  requests.WaitForAllBelow(10 * kSmall + kMostAhead);
  EXPECT_EQ(requests.All().back().first, 10 * kSmall);
}

TEST(StableArray, PopulatesWhatWasNeverTouched) {
  const size_t page_bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  StableArray<char> array(8 * page_bytes);
  // Ask the kernel about memory of our own, so that a failure cannot be the fault of StableArray.
  void* const probe = mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(probe, MAP_FAILED);
  const bool is_known = madvise(probe, page_bytes, MADV_POPULATE_WRITE) == 0;
  munmap(probe, page_bytes);
  if (!is_known) GTEST_SKIP() << "this kernel knows no MADV_POPULATE_WRITE (Linux 5.14)";

  const auto resident = [&](size_t page) {
    unsigned char is_resident = 0;
    EXPECT_EQ(mincore(&array[page * page_bytes], page_bytes, &is_resident), 0);
    return (is_resident & 1) != 0;
  };
  array.Populate(2 * page_bytes + 1, page_bytes);
  EXPECT_FALSE(resident(1));
  EXPECT_TRUE(resident(2));
  EXPECT_TRUE(resident(3));
  EXPECT_FALSE(resident(4));
  EXPECT_EQ(array[2 * page_bytes + 1], 0);
}

}  // namespace
}  // namespace tcpgauge
