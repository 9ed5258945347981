// SPDX-License-Identifier: Apache-2.0
// Prints for how many microseconds of the processor a worker stops reading packets when it takes another identity map:
// one of ENDPOINTS servers behind services, of which one has another name than before.
//
// usage: identity_pause [ENDPOINTS]
#include <stdio.h>
#include <stdlib.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "src/base/cpu_budget.h"
#include "src/base/time_units.h"
#include "src/flow/name_finder.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_map.h"
#include "src/naming/identity_pool.h"
#include "src/naming/lost_since.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

constexpr int kMaps = 20;

double ProcessorMicroseconds() { return static_cast<double>(ThreadCpuNanoseconds()) / kNanosecondsPerMicrosecond; }

// The map number `version`: the server of that number is another one than in the first map, and all others are equal.
std::shared_ptr<IdentityMap> MakeMap(uint32_t endpoints, uint32_t version, IdentityPool* pool) {
  auto map = std::make_shared<IdentityMap>();
  for (uint32_t i = 0; i < endpoints; ++i) {
    const uint8_t address[4] = {10, static_cast<uint8_t>(i >> 16), static_cast<uint8_t>(i >> 8),
                                static_cast<uint8_t>(i)};
    EndIdentity identity;
    identity.pod = "checkout-5d4f8c7b9-" + std::to_string(i);
    identity.service = "checkout";
    const uint16_t port = i == version ? 81 : 80;
    map->endpoints[{IpAddress::FromV4(address), port}] = pool->Get(identity);
  }
  return map;
}

// Returns the microseconds for each map after the first.
double Pause(const std::vector<std::shared_ptr<const IdentityMap>>& maps) {
  NameFinder finder;
  finder.Set(maps[0], 0);
  const double begin = ProcessorMicroseconds();
  for (size_t i = 1; i < maps.size(); ++i) finder.Set(maps[i], 0);
  return (ProcessorMicroseconds() - begin) / static_cast<double>(maps.size() - 1);
}

int Main(int argc, char** argv) {
  const auto endpoints = static_cast<uint32_t>(argc > 1 ? atoi(argv[1]) : 20000);
  IdentityPool pool;
  std::vector<std::shared_ptr<const IdentityMap>> alone, compared;
  for (uint32_t version = 0; version < kMaps; ++version) {
    alone.push_back(MakeMap(endpoints, version, &pool));
    const auto map = MakeMap(endpoints, version, &pool);
    if (version > 0) {
      map->former = compared.back();
      map->lost = LostSince(*compared.back(), *map);
    }
    compared.push_back(map);
  }
  printf("%u endpoints: the worker compares the maps %.0f us, the maker does %.0f us\n", endpoints, Pause(alone),
         Pause(compared));
  return 0;
}

}  // namespace
}  // namespace tcpgauge

int main(int argc, char** argv) { return tcpgauge::Main(argc, argv); }
