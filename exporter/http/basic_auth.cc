// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/basic_auth.h"

#include <crypt.h>
#include <strings.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "src/base/check.h"

namespace tcpgauge {
namespace {

constexpr size_t kHashLength = 60;
constexpr size_t kCostPosition = 4;
constexpr std::string_view kNobodysHash = "$2b$04$abcdefghijklmnopqrstuu...............................";
constexpr size_t kMaxPasswordBytes = 72;  // bcrypt ignores further bytes; crypt_r() fails with more than 511

int CostOf(std::string_view hash) { return (hash[kCostPosition] - '0') * 10 + (hash[kCostPosition + 1] - '0'); }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Returns the hash of `password` with the cost and the salt of `setting`, or an empty string if crypt fails.
std::string Bcrypt(const std::string& password, const std::string& setting) {
  const auto scratch = std::make_unique<crypt_data>();  // 32 KiB: too much for a thread's stack
  const char* const computed = crypt_r(password.c_str(), setting.c_str(), scratch.get());
  return computed == nullptr ? "" : computed;
}

// Runs 2^cost rounds of bcrypt.
void WasteRounds(const std::string& password, int cost) {
  Bcrypt(password, absl::StrCat("$2b$", cost < 10 ? "0" : "", cost, "$abcdefghijklmnopqrstuu"));
}

// Compares in constant time, so that the time does not tell where the hashes differ.
bool AreEqual(std::string_view a, std::string_view b) {
  uint8_t difference = a.size() == b.size() ? 0 : 1;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) difference |= static_cast<uint8_t>(a[i] ^ b[i]);
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
  return Credentials{decoded.substr(0, colon), decoded.substr(colon + 1, kMaxPasswordBytes)};
}

}  // namespace

bool BasicAuth::IsUsableHash(std::string_view hash) {
  if (hash.size() != kHashLength || hash.substr(0, 2) != "$2" || hash[3] != '$' || hash[6] != '$') return false;
  if (hash[2] != 'a' && hash[2] != 'b' && hash[2] != 'y') return false;
  if (!IsDigit(hash[4]) || !IsDigit(hash[5]) || CostOf(hash) < 4 || CostOf(hash) > kMaxCost) return false;
  return hash.find_first_not_of("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 7) ==
         std::string_view::npos;
}

BasicAuth::BasicAuth(Users users, RememberedPasswords* remembered)
    : users_(std::move(users)), remembered_(*remembered) {
  TCPGAUGE_CHECK(!users_.empty());
  for (const auto& [user, hash] : users_) {
    TCPGAUGE_CHECK(IsUsableHash(hash));
    highest_cost_ = std::max(highest_cost_, CostOf(hash));
  }
}

BasicAuth::Verdict BasicAuth::Recall(std::string_view authorization) const {
  const std::optional<Credentials> credentials = Parse(authorization);
  if (!credentials.has_value()) return Verdict::kDenied;
  const auto user = users_.find(credentials->user);
  const bool is_known = user != users_.end();
  // The digest of an unknown user takes its time too.
  const std::string_view hash = is_known ? std::string_view(user->second) : kNobodysHash;
  const bool is_remembered = remembered_.Contains(credentials->user, credentials->password, hash);
  return is_known && is_remembered ? Verdict::kGranted : Verdict::kUnknown;
}

BasicAuth::Verdict BasicAuth::Check(std::string_view authorization) const {
  const Verdict recalled = Recall(authorization);
  if (recalled != Verdict::kUnknown) return recalled;
  const std::optional<Credentials> credentials = Parse(authorization);
  const auto user = users_.find(credentials->user);
  if (user == users_.end()) {
    WasteRounds(credentials->password, highest_cost_);
    return Verdict::kDenied;
  }
  const std::string& hash = user->second;
  if (AreEqual(Bcrypt(credentials->password, hash), hash)) {
    remembered_.Add(user->first, credentials->password, hash);
    return Verdict::kGranted;
  }
  for (int cost = CostOf(hash); cost < highest_cost_; ++cost) WasteRounds(credentials->password, cost);
  return Verdict::kDenied;
}

}  // namespace tcpgauge
