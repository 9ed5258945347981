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

// Checks passwords of HTTP's Basic scheme (RFC 7617) against bcrypt hashes. The only home of crypt.h.
//
// bcrypt is slow on purpose. So one password is checked at a time, and passwords that matched are remembered as keyed
// digests. A check for an unknown user takes as long as for a known one, so the time does not tell which users exist.
//
// Thread: any.
// Bounds: kMaxWaiting checks at a time, beyond them kBusy; kMaxRemembered digests, and when full all are forgotten.
class BasicAuth {
 public:
  static constexpr int kMaxCost = 16;  // bcrypt runs 2^cost rounds; these take some seconds

  enum class Verdict {
    kGranted,
    kDenied,
    kBusy,  // too many checks are waiting
  };

  // Whether `hash` is a bcrypt hash ($2a$, $2b$, $2y$) with a cost from 4 to kMaxCost.
  static bool IsUsableHash(std::string_view hash);

  // `users` maps names to hashes. REQUIRES: not empty; all hashes are usable.
  explicit BasicAuth(std::map<std::string, std::string> users);

  // `authorization` is the value of the Authorization header; empty = there is no such header.
  Verdict Check(std::string_view authorization);

 private:
  using Digest = std::array<uint8_t, 32>;
  static constexpr int kMaxWaiting = 8;
  static constexpr size_t kMaxRemembered = 100;

  Digest DigestOf(std::string_view user, std::string_view password, std::string_view hash) const;

  const std::map<std::string, std::string> users_;
  std::string unknown_user_hash_;  // the costliest hash; an unknown user's password is checked against it
  Digest key_;
  std::atomic<int> waiting_{0};
  Mutex one_at_a_time_;  // guards no data: one bcrypt is computed at a time
  Mutex remembered_mutex_;
  std::set<Digest> remembered_ ABSL_GUARDED_BY(remembered_mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_BASIC_AUTH_H_
