// SPDX-License-Identifier: Apache-2.0
#include "src/identity/workload_guess.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"

namespace tcpgauge {
namespace {

constexpr std::string_view kSafeCharacters = "bcdfghjklmnpqrstvwxz2456789";
constexpr size_t kSuffixSize = 5;
constexpr size_t kMinHashSize = 8;  // the hash is a 32-bit number in decimal digits; one in 430 has fewer than 8 digits
constexpr size_t kMaxHashSize = 10;
constexpr size_t kMinuteSize = 8;
constexpr size_t kMaxOrdinalSize = 4;
// The API server cuts the part before the suffix to this many characters. The hyphen may be lost, too.
constexpr size_t kMaxGeneratedSize = 63;

bool IsSafe(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kSafeCharacters) == std::string_view::npos;
}

bool IsNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

bool IsHash(std::string_view text) {
  return text.size() >= kMinHashSize && text.size() <= kMaxHashSize && IsSafe(text);
}

struct Halves {
  std::string_view before;
  std::string_view after;  // of the last hyphen
};

// Splits at the last hyphen. `before` is empty if there is none.
Halves SplitAtLastHyphen(std::string_view text) {
  const size_t hyphen = text.rfind('-');
  if (hyphen == std::string_view::npos || hyphen == 0) return {{}, text};
  return {text.substr(0, hyphen), text.substr(hyphen + 1)};
}

Halves SplitAtSuffix(std::string_view pod) {
  const Halves halves = SplitAtLastHyphen(pod);
  if (halves.after.size() == kSuffixSize || pod.size() != kMaxGeneratedSize) return halves;
  return {pod.substr(0, pod.size() - kSuffixSize), pod.substr(pod.size() - kSuffixSize)};
}

}  // namespace

// The characters that stand for decimal digits in a hash are 4 to 9, b, c, d and f.
bool IsMinute(std::string_view text) {
  return text.size() == kMinuteSize && IsNumber(text) && (text[0] == '2' || text[0] == '3');
}

WorkloadGuess GuessWorkload(std::string_view pod) {
  const auto [owner, suffix] = SplitAtSuffix(pod);
  if (owner.empty()) return {pod, "Pod"};
  if (suffix.size() == kSuffixSize && IsSafe(suffix)) {
    const auto [name, middle] = SplitAtLastHyphen(owner);
    if (!name.empty() && IsMinute(middle)) return {name, "CronJob"};
    if (!name.empty() && IsHash(middle)) return {name, "Deployment"};
    return {owner, "DaemonSet"};
  }
  const auto [name, ordinal] = SplitAtLastHyphen(pod);
  if (!name.empty() && ordinal.size() <= kMaxOrdinalSize && IsNumber(ordinal)) return {name, "StatefulSet"};
  return {pod, "Pod"};
}

WorkloadGuess GuessDeployment(std::string_view replica_set) {
  const auto [name, hash] = SplitAtLastHyphen(replica_set);
  if (!name.empty() && IsHash(hash)) return {name, "Deployment"};
  return {replica_set, "ReplicaSet"};
}

}  // namespace tcpgauge
