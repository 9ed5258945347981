// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/remembered_passwords.h"

#include <string>

#include "exporter/http/keyed_digest.h"

namespace tcpgauge {

RememberedPasswords::RememberedPasswords() : key_(RandomDigestKey()) {}

bool RememberedPasswords::Contains(std::string_view user, std::string_view password, std::string_view hash) const {
  const Digest digest = DigestOf(user, password, hash);
  const MutexLock lock(&mutex_);
  return digests_.count(digest) != 0;
}

void RememberedPasswords::Add(std::string_view user, std::string_view password, std::string_view hash) {
  const Digest digest = DigestOf(user, password, hash);
  const MutexLock lock(&mutex_);
  if (digests_.size() >= kMaxRemembered) digests_.clear();
  digests_.insert(digest);
}

RememberedPasswords::Digest RememberedPasswords::DigestOf(std::string_view user, std::string_view password,
                                                          std::string_view hash) const {
  // Unambiguous: a user's name holds no colon, and the hash is of fixed length.
  std::string text(user);
  text.append(":").append(hash).append(password);
  return KeyedDigest(key_, text);
}

}  // namespace tcpgauge
