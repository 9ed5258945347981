// SPDX-License-Identifier: Apache-2.0
#include "src/base/named_thread.h"

#include <sys/prctl.h>

#include <utility>

namespace tcpgauge {

std::thread NamedThread(const char* name, std::function<void()> run) {
  return std::thread([name, run = std::move(run)] {
    prctl(PR_SET_NAME, name);
    run();
  });
}

}  // namespace tcpgauge
