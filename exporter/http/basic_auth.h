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

// Checks the passwords of HTTP's Basic scheme (RFC 7617) against bcrypt hashes. Only basic_auth.cc includes crypt.h.
//
// bcrypt is slow on purpose. Therefore one bcrypt hash is computed at a time, and a password that matched is remembered
// as a keyed digest. A remembered password is accepted without bcrypt.
//
// The password of an unknown user is checked against the costliest of the hashes. If all hashes have the same cost, the
// time of a check does not tell which users exist.
//
// Thread: any.
// Bounds: At most kMaxWaiting checks compute a bcrypt hash or wait for their turn. A further check that needs bcrypt
// returns kBusy. At most kMaxRemembered digests are remembered. When there is no room for another one, all are
// forgotten.
class BasicAuth {
 public:
  static constexpr int kMaxCost = 16;  // bcrypt runs 2^cost rounds; 2^16 take some seconds

  enum class Verdict {
    kGranted,
    kDenied,  // no Basic credentials, malformed credentials, an unknown user, or a wrong password
    kBusy,    // too many checks are under way; the password was not checked
  };

  // Returns whether `hash` is a bcrypt hash ($2a$, $2b$, $2y$) with a cost from 4 to kMaxCost.
  static bool IsUsableHash(std::string_view hash);

  // `users` maps names to hashes. REQUIRES: `users` is not empty, and IsUsableHash() is true for each hash.
  explicit BasicAuth(std::map<std::string, std::string> users);

  // Checks the user and the password in `authorization`, the value of the Authorization header. Empty = the request has
  // no such header. May take as long as kMaxWaiting bcrypt hashes.
  Verdict Check(std::string_view authorization);

 private:
  using Digest = std::array<uint8_t, 32>;
  static constexpr int kMaxWaiting = 8;
  static constexpr size_t kMaxRemembered = 100;

  Digest DigestOf(std::string_view user, std::string_view password, std::string_view hash) const;

  const std::map<std::string, std::string> users_;
  std::string unknown_user_hash_;  // the costliest hash; an unknown user's password is checked against it
  Digest key_;                     // of the digests; random
  std::atomic<int> waiting_{0};
  Mutex one_at_a_time_;  // guards no data; held while a bcrypt hash is computed
  Mutex remembered_mutex_;
  std::set<Digest> remembered_ ABSL_GUARDED_BY(remembered_mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_BASIC_AUTH_H_
