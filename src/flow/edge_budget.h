// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_BUDGET_H_
#define TCPGAUGE_SRC_FLOW_EDGE_BUDGET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tcpgauge {

// Why an edge gets series.
enum class EdgeMerit : uint8_t {
  kHeavy,    // its payload
  kFailing,  // attempts to connect failed again and again
  kLight,    // neither of these: there were only a few attempts
};

// Limits how many edges begin to have series within any minute. A third of the limit is kept for failing edges. Light
// edges may use at most half of the limit. So a scan of many ports does not delay heavy and failing edges.
//
// Thread: confined to one thread.
// Time: table time (see ConnectionTable), in nanoseconds.
// Bounds: remembers as many beginnings as the limit allows.
class EdgeBudget {
 public:
  // nullopt: no limit.
  explicit EdgeBudget(std::optional<size_t> per_minute);

  // Returns how many edges of this merit may begin now; SIZE_MAX without a limit.
  size_t Left(EdgeMerit merit, int64_t now_ns);
  // If Left() is 0, returns false and counts nothing. Otherwise counts a beginning and returns true.
  bool TryTake(EdgeMerit merit, int64_t now_ns);
  // The limit that the constructor got; SIZE_MAX without a limit.
  size_t per_minute() const { return per_minute_; }

 private:
  struct Beginning {
    int64_t time_ns;
    EdgeMerit merit;
  };

  const size_t per_minute_;
  std::vector<Beginning> ring_;  // the beginnings of the last minute; the oldest is at first_
  size_t first_ = 0;
  size_t size_ = 0;
  std::array<size_t, 3> taken_{};  // beginnings in the ring, indexed by EdgeMerit
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_BUDGET_H_
