// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_REMEMBERED_PASSWORDS_H_
#define TCPGAUGE_EXPORTER_HTTP_REMEMBERED_PASSWORDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Remembers which passwords matched which bcrypt hashes, so that bcrypt runs once for each client and not for each
// request. Keeps keyed digests and no passwords. The key is random and never leaves the object.
//
// A password is remembered for a user's name together with the user's hash. When the hash changes, or the user is
// removed, nobody asks for the old pair any more. So the object may outlive a configuration.
//
// Thread: any.
// Bounds: kMaxRemembered digests. When there is no room for another one, all are forgotten.
class RememberedPasswords {
 public:
  static constexpr size_t kMaxRemembered = 100;

  RememberedPasswords();

  bool Contains(std::string_view user, std::string_view password, std::string_view hash) const;
  void Add(std::string_view user, std::string_view password, std::string_view hash);

 private:
  using Digest = std::array<uint8_t, 32>;

  Digest DigestOf(std::string_view user, std::string_view password, std::string_view hash) const;

  const Digest key_;
  mutable Mutex mutex_;
  std::set<Digest> digests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_REMEMBERED_PASSWORDS_H_
