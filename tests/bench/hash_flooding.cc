// SPDX-License-Identifier: Apache-2.0
// How much longer the table takes for 4-tuples that an attacker chose than for random ones. Rounds of connections that
// would collide with seed 0 alternate with rounds of random connections. Each connection is begun, answered and used.
// Prints medians of the rounds.

#include <stdio.h>
#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "src/flow/connection_table.h"
#include "tests/support/colliding_endpoints.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int kRounds = 9;

using Clock = std::chrono::steady_clock;

std::vector<DecodedPacket> Packets(uint64_t connections, Endpoint (*client_of)(uint64_t)) {
  std::vector<DecodedPacket> packets;
  packets.reserve(connections * 4);
  const Endpoint server = CollidingServer();
  for (uint64_t i = 0; i < connections; ++i) packets.push_back(Segment(client_of(i), server).Syn(0));
  for (uint64_t i = 0; i < connections; ++i) packets.push_back(Segment(server, client_of(i)).Syn(0).Ack(1));
  for (int round = 0; round < 2; ++round) {
    for (uint64_t i = 0; i < connections; ++i) {
      packets.push_back(Segment(client_of(i), server).Seq(1 + 100 * static_cast<uint32_t>(round)).Ack(1).Payload(100));
    }
  }
  return packets;
}

double Milliseconds(const std::vector<DecodedPacket>& packets, uint64_t seed) {
  TableOptions options;
  options.hash_seed = seed;
  ConnectionTable table(options, nullptr);
  const Clock::time_point start = Clock::now();
  for (size_t at = 0; at < packets.size(); at += 64) {
    table.Apply(absl::MakeConstSpan(packets).subspan(at, 64));
  }
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void Compare(const char* what, uint64_t connections, int rounds, bool seeded) {
  const std::vector<DecodedPacket> chosen = Packets(connections, CollidingClient);
  const std::vector<DecodedPacket> random = Packets(connections, RandomClient);
  std::vector<double> chosen_ms, random_ms;
  for (int i = 0; i < rounds; ++i) {
    uint64_t seed = 0;
    if (seeded && getrandom(&seed, sizeof(seed), 0) < 0) abort();
    chosen_ms.push_back(Milliseconds(chosen, seed));
    random_ms.push_back(Milliseconds(random, seed));
  }
  const auto median = [](std::vector<double>* values) {
    std::nth_element(values->begin(), values->begin() + static_cast<ptrdiff_t>(values->size() / 2), values->end());
    return (*values)[values->size() / 2];
  };
  const double chosen_median = median(&chosen_ms), random_median = median(&random_ms);
  printf("%s: %lu chosen connections %.1f ms, random ones %.1f ms, ratio %.2f\n", what,
         static_cast<unsigned long>(connections), chosen_median, random_median, chosen_median / random_median);
}

}  // namespace
}  // namespace tcpgauge

int main() {
  tcpgauge::Compare("seeded at random", 100000, tcpgauge::kRounds, true);
  tcpgauge::Compare("seed known to the attacker", 10000, 1, false);
}
