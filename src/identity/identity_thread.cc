// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_thread.h"

#include <poll.h>

#include "src/base/named_thread.h"

namespace tcpgauge {

IdentityThread::IdentityThread(IdentityMaker* maker)
    : maker_(maker), thread_(NamedThread("identity", [this] { Run(); })) {}

IdentityThread::~IdentityThread() {
  stop_.Stop();
  thread_.join();
}

void IdentityThread::Run() {
  pollfd stop = {stop_.fd(), POLLIN, 0};
  while (true) {
    poll(&stop, 1, static_cast<int>(PauseAfterRound(maker_->last_round_ns()) / kNanosecondsPerMillisecond));
    if (stop_.stopped()) return;
    maker_->Round();
  }
}

}  // namespace tcpgauge
