// SPDX-License-Identifier: Apache-2.0
#include "src/capture/owner_function.h"

#include "src/base/check.h"
#include "src/base/split_mix.h"

namespace tcpgauge {

OwnerFunction::OwnerFunction(uint64_t seed, size_t workers) : workers_(static_cast<uint32_t>(workers)) {
  TCPGAUGE_CHECK(workers > 0 && workers <= UINT16_MAX);
  // KeyHasher derives its secrets from the same seed. The two must not be related: otherwise the connections of one
  // worker would be similar for KeyHasher.
  SplitMix words(~seed);
  const auto odd = [&words] { return static_cast<uint32_t>(words.Next() >> 32) | 1; };
  constants_.start = odd();
  for (uint32_t& multiplier : constants_.address) multiplier = odd();
  constants_.port = odd();
  constants_.mix = odd();
  constants_.last = odd();
  start_of_ipv4_ = constants_.start + kThirdWordOfIpv4 * constants_.address[2];
}

}  // namespace tcpgauge
