// SPDX-License-Identifier: Apache-2.0
#include "src/base/shortage.h"

#include <errno.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <new>
#include <string>
#include <thread>
#include <vector>

namespace tcpgauge {
namespace {

using testing::ExitedWithCode;
using testing::HasSubstr;
using testing::Optional;

void Limit(decltype(RLIMIT_AS) resource, rlim_t value) {
  rlimit limit = {};
  getrlimit(resource, &limit);
  limit.rlim_cur = value;
  setrlimit(resource, &limit);
}

TEST(ExitForShortage, NamesTheLimitAndWhatToUse) {
  EXPECT_EXIT(
      {
        Limit(RLIMIT_NOFILE, 40);
        ExitForShortage("open a thing", EMFILE);
      },
      ExitedWithCode(1), "^tcpgauge: cannot open a thing: only 40 files .*ulimit -n.*use ulimit -n 1024\n$");
  EXPECT_EXIT(ExitForShortage("open a thing", ENFILE), ExitedWithCode(1), "use a larger sysctl fs.file-max\n$");
  EXPECT_EXIT(
      {
        Limit(RLIMIT_NPROC, 7);
        ExitForShortage("start it", EAGAIN);
      },
      ExitedWithCode(1), "7 processes and threads .ulimit -u.*pids.max");
  EXPECT_EXIT(
      {
        Limit(RLIMIT_DATA, 1ull << 40);
        ExitForShortage("allocate", ENOMEM);
      },
      ExitedWithCode(1), "data segment is limited to 1073741824 KiB .ulimit -d");
  EXPECT_EXIT(ExitForShortage("do it", EPERM), ExitedWithCode(1),
              "^tcpgauge: cannot do it: Operation not permitted\n$");
}

TEST(ExitForShortage, RestoresTheTerminalBeforeItWrites) {
  EXPECT_EXIT(
      {
        BeforeShortageExit([] {
          if (write(STDERR_FILENO, "restored ", 9) != 9) _exit(9);
        });
        ExitForShortage("go on", EMFILE);
      },
      ExitedWithCode(1), "^restored tcpgauge: cannot go on");
  EXPECT_EXIT(
      {
        BeforeShortageExit([] { _exit(9); });
        BeforeShortageExit(nullptr);
        ExitForShortage("go on", EMFILE);
      },
      ExitedWithCode(1), "^tcpgauge: cannot go on");
}

TEST(ExitForShortage, EndsWhenNobodyReadsStandardError) {
  EXPECT_EXIT(
      {
        int ends[2];
        if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) < 0) _exit(9);
        fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
        const std::string page(4096, 'x');
        while (write(STDERR_FILENO, page.data(), page.size()) > 0) {
        }
        fcntl(STDERR_FILENO, F_SETFL, 0);
        ExitForShortage("be read", EMFILE);
      },
      ExitedWithCode(1), "");
}

TEST(ExitForShortage, WritesOneLineWhenSeveralThreadsMeetIt) {
  EXPECT_EXIT(
      {
        std::vector<std::thread> threads;
        for (int i = 0; i < 16; ++i) threads.emplace_back([] { ExitForShortage("go on", EMFILE); });
        for (std::thread& thread : threads) thread.join();
      },
      ExitedWithCode(1), "^tcpgauge: cannot go on: [^\n]*\n$");
}

TEST(ExitWhenMemoryEnds, EndsInOneLineWhenAnAllocationFails) {
  EXPECT_EXIT(
      {
        ExitWhenMemoryEnds();
        std::get_new_handler()();
      },
      ExitedWithCode(1), "^tcpgauge: cannot allocate memory: [^\n]*\n$");
}

TEST(RequireStack, RefusesAStackThatCannotGrow) {
  EXPECT_EXIT(
      {
        Limit(RLIMIT_STACK, 256 << 10);
        RequireStack();
      },
      ExitedWithCode(1), "^tcpgauge: cannot start: the stack is limited to 256 KiB .ulimit -s.; use ulimit -s 8192\n$");
  EXPECT_EXIT(
      {
        Limit(RLIMIT_STACK, 512 << 10);
        RequireStack();
        _exit(7);
      },
      ExitedWithCode(7), "");
}

TEST(LimitNamedBy, KnowsTheKernelsTexts) {
  EXPECT_THAT(LimitNamedBy(std::string("socket: ") + strerror(EMFILE)), Optional(HasSubstr("ulimit -n")));
  EXPECT_THAT(LimitNamedBy(std::string(strerror(ENFILE)) + " (x)"), Optional(HasSubstr("fs.file-max")));
  EXPECT_THAT(LimitNamedBy(std::string("ring: ") + strerror(ENOMEM)), Optional(HasSubstr("memory")));
  EXPECT_EQ(LimitNamedBy("interface 'x': No such device"), std::nullopt);
  EXPECT_EQ(LimitNamedBy(""), std::nullopt);
}

}  // namespace
}  // namespace tcpgauge
