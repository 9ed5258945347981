// SPDX-License-Identifier: Apache-2.0
#include "src/flow/key_hasher.h"

#include "src/base/split_mix.h"

namespace tcpgauge {

KeyHasher::KeyHasher(uint64_t seed) {
  SplitMix words(seed);
  for (uint64_t& secret : secrets_) secret = words.Next();
}

}  // namespace tcpgauge
