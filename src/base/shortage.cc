// SPDX-License-Identifier: Apache-2.0
#include "src/base/shortage.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <new>

#include "absl/strings/string_view.h"

namespace tcpgauge {
namespace {

constexpr size_t kTextBytes = 400;
constexpr int kPatienceMs = 100;
constexpr unsigned long long kStackBytes = 512 << 10;

std::atomic<void (*)()> restore_before_exit{nullptr};
std::atomic<bool> is_exiting{false};

// The soft limit, or 0 when there is no limit.
unsigned long long LimitOf(decltype(RLIMIT_AS) resource) {
  rlimit limit = {};
  return getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : 0;
}

void DescribeMemoryLimit(char* text, size_t size) {
  const unsigned long long address_space = LimitOf(RLIMIT_AS);
  const unsigned long long data = LimitOf(RLIMIT_DATA);
  if (address_space != 0 && (data == 0 || address_space <= data)) {
    snprintf(text, size,
             "the address space is limited to %llu KiB (ulimit -v); use ulimit -v unlimited, and bound the "
             "agent's memory by --max-memory",
             address_space / 1024);
  } else if (data != 0) {
    snprintf(text, size,
             "the data segment is limited to %llu KiB (ulimit -d); use ulimit -d unlimited, and bound the "
             "agent's memory by --max-memory",
             data / 1024);
  } else {
    snprintf(text, size, "the system gives no more memory; use a lower --max-memory or --max-connections");
  }
}

// Writes into `text`, and allocates no memory. Returns false if `error` is no shortage.
bool DescribeShortage(int error, char* text, size_t size) {
  switch (error) {
    case EMFILE:
      snprintf(text, size, "only %llu files may be open at a time (ulimit -n); use ulimit -n 1024",
               LimitOf(RLIMIT_NOFILE));
      return true;
    case ENFILE:
      snprintf(text, size, "too many files are open on this system; use a larger sysctl fs.file-max");
      return true;
    case ENOMEM:
      DescribeMemoryLimit(text, size);
      return true;
    case EAGAIN:
      if (const unsigned long long processes = LimitOf(RLIMIT_NPROC); processes != 0) {
        snprintf(text, size,
                 "the user may have %llu processes and threads (ulimit -u), and the control group may allow fewer "
                 "(pids.max); use limits that leave 64 for tcpgauge",
                 processes);
      } else {
        snprintf(text, size,
                 "the control group allows no more processes and threads (pids.max); use a limit that leaves 64 for "
                 "tcpgauge");
      }
      return true;
    default:
      return false;
  }
}

[[noreturn]] void Exit(const char* action, const char* reason) {
  // Several threads may meet the same shortage at a time. The first one ends the process; the others wait for that.
  while (is_exiting.exchange(true)) pause();
  char line[2 * kTextBytes];
  const int length = snprintf(line, sizeof(line), "tcpgauge: cannot %s: %s\n", action, reason);
  if (void (*const restore)() = restore_before_exit.exchange(nullptr); restore != nullptr) restore();
  pollfd standard_error = {STDERR_FILENO, POLLOUT, 0};
  if (length > 0 && poll(&standard_error, 1, kPatienceMs) == 1) {
    const ssize_t written = write(STDERR_FILENO, line, std::min(static_cast<size_t>(length), sizeof(line) - 1));
    static_cast<void>(written);  // if it fails, nobody can be told
  }
  _exit(1);
}

void ExitWithoutMemory() { ExitForShortage("allocate memory", ENOMEM); }

}  // namespace

void ExitForShortage(const char* action, int error) {
  char limit[kTextBytes];
  if (!DescribeShortage(error, limit, sizeof(limit))) snprintf(limit, sizeof(limit), "%s", strerror(error));
  Exit(action, limit);
}

void ExitWhenMemoryEnds() { std::set_new_handler(ExitWithoutMemory); }

void RequireStack() {
  const unsigned long long stack = LimitOf(RLIMIT_STACK);
  if (stack == 0 || stack >= kStackBytes) return;
  char reason[kTextBytes];
  snprintf(reason, sizeof(reason), "the stack is limited to %llu KiB (ulimit -s); use ulimit -s 8192", stack / 1024);
  Exit("start", reason);
}

void BeforeShortageExit(void (*restore)()) { restore_before_exit = restore; }

std::optional<std::string> LimitNamedBy(absl::string_view message) {
  // ENFILE first, because its text begins with the text of EMFILE.
  for (const int error : {ENFILE, EMFILE, ENOMEM}) {
    char limit[kTextBytes];
    if (message.find(strerror(error)) == absl::string_view::npos) continue;
    DescribeShortage(error, limit, sizeof(limit));
    return limit;
  }
  return std::nullopt;
}

}  // namespace tcpgauge
