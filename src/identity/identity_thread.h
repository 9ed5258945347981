// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_THREAD_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_THREAD_H_

#include <cstdint>
#include <thread>

#include "src/base/stop_signal.h"
#include "src/base/time_units.h"
#include "src/identity/identity_maker.h"

namespace tcpgauge {

// Returns the pause after a round that took `round_ns`. The pause is 50 times as long as the round, so that rounds take
// at most 2 % of a processor. It is at least 5 seconds.
constexpr int64_t PauseAfterRound(int64_t round_ns) {
  constexpr int64_t kMinPauseNs = 5 * kNanosecondsPerSecond;
  const int64_t pause_ns = 50 * round_ns;
  return pause_ns < kMinPauseNs ? kMinPauseNs : pause_ns;
}

// The thread `identity`: calls IdentityMaker::Round() again and again, beginning with a pause.
class IdentityThread {
 public:
  // Starts the thread. `maker` must outlive this object, and only this thread may call its Round() as long as this
  // object lives. Call Round() once before you construct this object, so that the first connections have names. Errors:
  // those of NamedThread().
  explicit IdentityThread(IdentityMaker* maker);
  // Ends the thread. If a round has begun, waits until it is over.
  ~IdentityThread();
  IdentityThread(const IdentityThread&) = delete;
  IdentityThread& operator=(const IdentityThread&) = delete;

 private:
  void Run();

  IdentityMaker* const maker_;
  StopSignal stop_;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_THREAD_H_
