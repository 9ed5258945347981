// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/basic_auth.h"

#include <crypt.h>
#include <strings.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "exporter/http/keyed_digest.h"
#include "src/base/check.h"

namespace tcpgauge {
namespace {

constexpr size_t kHashLength = 60;
constexpr size_t kCostPosition = 4;

int CostOf(std::string_view hash) { return (hash[kCostPosition] - '0') * 10 + (hash[kCostPosition + 1] - '0'); }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool Matches(const std::string& password, const std::string& hash) {
  const auto scratch = std::make_unique<crypt_data>();  // 32 KiB: too much for a thread's stack
  const char* const computed = crypt_r(password.c_str(), hash.c_str(), scratch.get());
  if (computed == nullptr) return false;
  const std::string_view text(computed);
  // Compare in constant time, so that the time does not tell where the hashes differ.
  uint8_t difference = text.size() == hash.size() ? 0 : 1;
  for (size_t i = 0; i < std::min(text.size(), hash.size()); ++i) difference |= static_cast<uint8_t>(text[i] ^ hash[i]);
  return difference == 0;
}

struct Credentials {
  std::string user;
  std::string password;
};

std::optional<Credentials> Parse(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (authorization.size() < kScheme.size() || strncasecmp(authorization.data(), kScheme.data(), kScheme.size()) != 0) {
    return std::nullopt;
  }
  std::string decoded;
  if (!absl::Base64Unescape(std::string(authorization.substr(kScheme.size())), &decoded)) return std::nullopt;
  const size_t colon = decoded.find(':');
  // crypt_r() would end the password at a zero byte.
  if (colon == std::string::npos || decoded.find('\0') != std::string::npos) return std::nullopt;
  return Credentials{decoded.substr(0, colon), decoded.substr(colon + 1)};
}

}  // namespace

bool BasicAuth::IsUsableHash(std::string_view hash) {
  if (hash.size() != kHashLength || hash.substr(0, 2) != "$2" || hash[3] != '$' || hash[6] != '$') return false;
  if (hash[2] != 'a' && hash[2] != 'b' && hash[2] != 'y') return false;
  if (!IsDigit(hash[4]) || !IsDigit(hash[5]) || CostOf(hash) < 4 || CostOf(hash) > kMaxCost) return false;
  return hash.find_first_not_of("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 7) ==
         std::string_view::npos;
}

BasicAuth::BasicAuth(std::map<std::string, std::string> users) : users_(std::move(users)), key_(RandomDigestKey()) {
  TCPGAUGE_CHECK(!users_.empty());
  for (const auto& [user, hash] : users_) {
    TCPGAUGE_CHECK(IsUsableHash(hash));
    if (unknown_user_hash_.empty() || CostOf(hash) > CostOf(unknown_user_hash_)) unknown_user_hash_ = hash;
  }
}

BasicAuth::Verdict BasicAuth::Check(std::string_view authorization) {
  const std::optional<Credentials> credentials = Parse(authorization);
  if (!credentials.has_value()) return Verdict::kDenied;
  const auto user = users_.find(credentials->user);
  const bool is_known = user != users_.end();
  const std::string& hash = is_known ? user->second : unknown_user_hash_;
  const Digest digest = DigestOf(credentials->user, credentials->password, hash);
  if (is_known) {
    const MutexLock lock(&remembered_mutex_);
    if (remembered_.count(digest) != 0) return Verdict::kGranted;
  }
  struct Waiting {
    explicit Waiting(std::atomic<int>* count) : count(count), is_over_limit(count->fetch_add(1) >= kMaxWaiting) {}
    ~Waiting() { count->fetch_sub(1); }
    std::atomic<int>* count;
    bool is_over_limit;
  } const waiting(&waiting_);
  if (waiting.is_over_limit) return Verdict::kBusy;
  bool matches;
  {
    const MutexLock lock(&one_at_a_time_);
    matches = Matches(credentials->password, hash);
  }
  if (!matches || !is_known) return Verdict::kDenied;
  const MutexLock lock(&remembered_mutex_);
  if (remembered_.size() >= kMaxRemembered) remembered_.clear();
  remembered_.insert(digest);
  return Verdict::kGranted;
}

BasicAuth::Digest BasicAuth::DigestOf(std::string_view user, std::string_view password, std::string_view hash) const {
  // Unambiguous: a user's name holds no colon, and the hash is of fixed length.
  std::string text(user);
  text.append(":").append(hash).append(password);
  return KeyedDigest(key_, text);
}

}  // namespace tcpgauge
