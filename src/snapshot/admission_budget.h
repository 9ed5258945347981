// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_ADMISSION_BUDGET_H_
#define TCPGAUGE_SRC_SNAPSHOT_ADMISSION_BUDGET_H_

#include <cstddef>
#include <cstdint>
#include <deque>

namespace tcpgauge {

// Says how many connections may get series now. An admission gives series to a connection that has none.
//
// - In the first window: `first_window` admissions in all, of any connections. So whoever tries the agent sees
//   connections at once. The first window begins with the first connection and takes `window_ns`.
// - After the first window: at most `per_minute` admissions within any 60 s. At most half of these go to connections
//   that are not old, so that the other half is left for old ones. A connection is old when it is open and has lived
//   for `window_ns`. The admissions of the first window do not count here.
//
// Design. A token bucket was rejected: once it is full, it lets through nearly twice its size within a minute. The
// times of the last admissions make the bound strict.
//
// Thread: confined to one thread.
// Time: table time (see Snapshot), in nanoseconds. Steps back are ignored.
// Bounds: 16 bytes for each of `per_minute` admissions.
class AdmissionBudget {
 public:
  AdmissionBudget(size_t first_window, size_t per_minute, int64_t window_ns)
      : first_window_(first_window), per_minute_(per_minute), window_ns_(window_ns) {}

  // Begins the first window. Call it once, with the time at which the first connection began.
  void Begin(int64_t first_connection_ns);
  bool has_begun() const { return has_begun_; }

  // Says what time it is. Call it after Begin(), and before the methods below.
  void AdvanceTime(int64_t now_ns);

  // How many connections may be admitted now. All of them may be old.
  size_t left() const { return in_first_window_ ? first_window_ - admissions_ : per_minute_ - recent_.size(); }

  // How many connections that are not old may be admitted now.
  size_t left_for_others() const;

  // Records an admission. REQUIRES: left() > 0, and left_for_others() > 0 if `is_old` is false.
  void Spend(bool is_old);

  // All admissions so far. Never falls.
  uint64_t admissions() const { return admissions_; }

 private:
  struct Admission {
    int64_t time_ns;
    bool is_old;
  };

  const size_t first_window_;
  const size_t per_minute_;
  const int64_t window_ns_;
  bool has_begun_ = false;
  bool in_first_window_ = true;
  int64_t begin_ns_ = 0;  // when the first window began
  int64_t now_ns_ = INT64_MIN;
  uint64_t admissions_ = 0;
  std::deque<Admission> recent_;  // those of the last 60 s, the oldest first; empty in the first window
  size_t others_ = 0;             // how many of recent_ are not of old connections
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_ADMISSION_BUDGET_H_
