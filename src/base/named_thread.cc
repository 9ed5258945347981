// SPDX-License-Identifier: Apache-2.0
#include "src/base/named_thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <system_error>
#include <utility>

#include "src/base/shortage.h"

namespace tcpgauge {
namespace {

constexpr size_t kStackBytes = 8 << 20;

// The C library reports EAGAIN, whether the kernel refused the stack or the thread.
int ReasonOfFailure() {
  void* const stack =
      mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return ENOMEM;
  munmap(stack, kStackBytes);
  return EAGAIN;
}

std::thread Start(const char* name, std::function<void()> run) {
  return std::thread([name, run = std::move(run)] {
    prctl(PR_SET_NAME, name);
    run();
  });
}

}  // namespace

std::thread NamedThread(const char* name, std::function<void()> run) {
  try {
    return Start(name, std::move(run));
  } catch (const std::system_error&) {
    char action[64];
    snprintf(action, sizeof(action), "start the thread '%s'", name);
    ExitForShortage(action, ReasonOfFailure());
  }
}

std::optional<std::thread> TryNamedThread(const char* name, std::function<void()> run) {
  try {
    return Start(name, std::move(run));
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

void SetStackSizeOfThreads() {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

}  // namespace tcpgauge
