// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_BASIC_AUTH_H_
#define TCPGAUGE_EXPORTER_HTTP_BASIC_AUTH_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Passwords of HTTP's Basic scheme (RFC 7617) against bcrypt hashes. The only home of crypt.h.
//
// bcrypt is made to be slow, so one password is checked at a time, few may wait for it, and the right ones are
// remembered, as keyed digests. An unknown user costs as much as a known one. Thread: safe for any.
class BasicAuth {
 public:
  static constexpr int kMaxCost = 16;  // two to that power of rounds take some seconds

  enum class Verdict {
    kGranted,
    kDenied,
    kBusy,  // too many wait already
  };

  // Whether `hash` is one of bcrypt ($2a$, $2b$, $2y$) of a cost from 4 to kMaxCost.
  static bool IsUsableHash(std::string_view hash);

  // `users`: name to hash. REQUIRES: not empty, all hashes usable.
  explicit BasicAuth(std::map<std::string, std::string> users);

  // `authorization` is the value of the header of that name.
  Verdict Check(std::string_view authorization);

 private:
  using Digest = std::array<uint8_t, 32>;
  static constexpr int kMaxWaiting = 8;
  static constexpr size_t kMaxRemembered = 100;

  Digest DigestOf(std::string_view user, std::string_view password, std::string_view hash) const;

  const std::map<std::string, std::string> users_;
  std::string hash_of_nobody_;  // what an unknown user's password is checked against, in vain
  Digest key_;
  std::atomic<int> waiting_{0};
  Mutex one_at_a_time_;  // guards no data: one bcrypt is computed at a time
  Mutex remembered_mutex_;
  std::set<Digest> remembered_ ABSL_GUARDED_BY(remembered_mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_BASIC_AUTH_H_
