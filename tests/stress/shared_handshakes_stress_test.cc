// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "src/capture/shared_handshakes.h"

namespace tcpgauge {
namespace {

// All workers enter the same numbers at the same time, in one order. Whatever they find, they must agree on it.
TEST(SharedHandshakesStress, WorkersThatEnterAtOnceAgree) {
  constexpr size_t kWorkers = 4;
  constexpr uint32_t kNumbers = 100000;
  SharedHandshakes handshakes(1, kWorkers);
  std::vector<std::vector<uint8_t>> found(kWorkers, std::vector<uint8_t>(kNumbers));
  // No worker is further ahead than this, so that no entry is replaced before all have read it.
  constexpr uint32_t kAhead = SharedHandshakes::kCapacity / 64;
  std::atomic<uint32_t> done[kWorkers] = {};
  std::vector<std::thread> threads;
  for (size_t worker = 0; worker < kWorkers; ++worker) {
    threads.emplace_back([&, worker] {
      for (uint32_t number = 0; number < kNumbers; ++number) {
        for (const std::atomic<uint32_t>& other : done) {
          while (other.load(std::memory_order_relaxed) + kAhead < number) std::this_thread::yield();
        }
        SharedHandshakes::Handshake handshake;
        handshake.client_number = number;
        handshake.stretch.place = static_cast<uint16_t>(worker);
        handshake.time_ns = number;
        found[worker][number] = static_cast<uint8_t>(handshakes.FindOrEnter(handshake, worker).worker);
        done[worker].store(number, std::memory_order_relaxed);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (uint32_t number = 0; number < kNumbers; ++number) {
    for (size_t worker = 1; worker < kWorkers; ++worker) {
      ASSERT_EQ(found[worker][number], found[0][number]) << number;
    }
  }
}

}  // namespace
}  // namespace tcpgauge
