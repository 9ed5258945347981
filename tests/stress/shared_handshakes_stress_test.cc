// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/split_mix.h"
#include "src/capture/shared_handshakes.h"

namespace tcpgauge {
namespace {

constexpr size_t kWorkers = 4;
constexpr uint64_t kSeed = 1;

// All workers enter the numbers, in one order. None is further than `ahead` numbers ahead of another, so that no entry
// is replaced before all have read it. Whatever they find, they must agree on it.
void EnterAtOnce(const std::vector<uint32_t>& numbers, size_t rounds, size_t ahead) {
  SharedHandshakes handshakes(kSeed, kWorkers);
  const size_t count = numbers.size() * rounds;
  std::vector<std::vector<uint8_t>> found(kWorkers, std::vector<uint8_t>(count));
  std::atomic<size_t> done[kWorkers] = {};
  std::vector<std::thread> threads;
  for (size_t worker = 0; worker < kWorkers; ++worker) {
    threads.emplace_back([&, worker] {
      for (size_t i = 0; i < count; ++i) {
        for (const std::atomic<size_t>& other : done) {
          while (other.load(std::memory_order_relaxed) + ahead < i) std::this_thread::yield();
        }
        SharedHandshakes::Handshake handshake;
        handshake.client_number = numbers[i % numbers.size()];
        handshake.stretch.place = static_cast<uint16_t>(worker);
        found[worker][i] = static_cast<uint8_t>(handshakes.FindOrEnter(handshake, worker).worker);
        done[worker].store(i, std::memory_order_relaxed);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < count; ++i) {
    for (size_t worker = 1; worker < kWorkers; ++worker) ASSERT_EQ(found[worker][i], found[0][i]) << i;
  }
}

TEST(SharedHandshakesStress, WorkersThatEnterAtOnceAgree) {
  std::vector<uint32_t> numbers(100000);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<uint32_t>(i);
  EnterAtOnce(numbers, 1, SharedHandshakes::kCapacity / 64);
}

TEST(SharedHandshakesStress, WorkersThatChangeOneRingAgree) {
  std::vector<uint32_t> numbers;
  for (uint32_t i = 0; numbers.size() < 1000; ++i) {
    if (SplitMix(kSeed + i).Next() % (SharedHandshakes::kCapacity / 8) == 0) numbers.push_back(i);
  }
  EnterAtOnce(numbers, 200, 3);
}

}  // namespace
}  // namespace tcpgauge
