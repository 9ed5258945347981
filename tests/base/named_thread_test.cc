// SPDX-License-Identifier: Apache-2.0
#include "src/base/named_thread.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>

namespace tcpgauge {
namespace {

constexpr uid_t kUserWithoutProcesses = 1234567891;

// The limit of processes does not bind root. With another user the next thread is refused.
void RefuseThreads() {
  const rlimit limit = {1, 1};
  if (setrlimit(RLIMIT_NPROC, &limit) != 0 ||
      setresuid(kUserWithoutProcesses, kUserWithoutProcesses, kUserWithoutProcesses) != 0) {
    _exit(9);
  }
}

TEST(NamedThread, RunsUnderItsName) {
  std::string name(16, '\0');
  NamedThread("a-name", [&name] { pthread_getname_np(pthread_self(), name.data(), name.size()); }).join();
  EXPECT_STREQ(name.c_str(), "a-name");
}

TEST(NamedThread, EndsTheProcessInOneLineWhenNoThreadCanBeStarted) {
  if (geteuid() != 0) GTEST_SKIP() << "this is not root";
  EXPECT_EXIT(
      {
        RefuseThreads();
        NamedThread("a-name", [] {}).join();
      },
      testing::ExitedWithCode(1), "^tcpgauge: cannot start the thread 'a-name': [^\n]*ulimit -u[^\n]*\n$");
}

TEST(TryNamedThread, ReturnsNulloptWhenNoThreadCanBeStarted) {
  if (geteuid() != 0) GTEST_SKIP() << "this is not root";
  EXPECT_EXIT(
      {
        RefuseThreads();
        _exit(TryNamedThread("a-name", [] {}).has_value() ? 1 : 7);
      },
      testing::ExitedWithCode(7), "");
}

// The stack of a thread, while the main thread may use 1 MiB. Ends the process: 7 = 8 MiB.
[[noreturn]] void MeasureStack() {
  const rlimit limit = {1 << 20, RLIM_INFINITY};
  setrlimit(RLIMIT_STACK, &limit);
  SetStackSizeOfThreads();
  size_t bytes = 0;
  NamedThread("a-name", [&bytes] {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, &bytes);
    pthread_attr_destroy(&attributes);
  }).join();
  _exit(bytes == 8 << 20 ? 7 : 1);
}

TEST(SetStackSizeOfThreads, HoldsWhateverTheMainThreadMayUse) {
  EXPECT_EXIT(MeasureStack(), testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace tcpgauge
