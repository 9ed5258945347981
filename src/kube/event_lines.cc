// SPDX-License-Identifier: Apache-2.0
#include "src/kube/event_lines.h"

#include <utility>

namespace tcpgauge {
namespace {

// Memory of a long line is given back with the next one.
constexpr size_t kKeptBytes = 64 << 10;

}  // namespace

absl::StatusOr<std::optional<std::string_view>> EventLines::Next() {
  line_.clear();
  if (line_.capacity() > kKeptBytes) line_.shrink_to_fit();
  while (true) {
    const size_t newline = piece_.find('\n', taken_bytes_);
    const bool is_whole = newline != std::string::npos;
    const std::string_view rest = std::string_view(piece_).substr(taken_bytes_);
    const std::string_view part = is_whole ? rest.substr(0, newline - taken_bytes_) : rest;
    taken_bytes_ += part.size() + (is_whole ? 1 : 0);
    if (!is_skipping_ && line_.size() + part.size() > max_line_bytes_) {
      is_skipping_ = true;
      ++too_long_;
      line_.clear();
    }
    if (!is_skipping_ && is_whole && line_.empty() && !part.empty()) return part;
    if (!is_skipping_) line_ += part;
    if (is_whole) {
      if (!is_skipping_ && !line_.empty()) return line_;
      is_skipping_ = false;
      continue;
    }
    absl::StatusOr<std::string> piece = body_.Next();
    if (!piece.ok()) return piece.status();
    if (piece->empty()) return std::nullopt;
    piece_ = *std::move(piece);
    taken_bytes_ = 0;
  }
}

}  // namespace tcpgauge
