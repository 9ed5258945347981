// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/descriptor_budget.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace tcpgauge {
namespace {

constexpr rlim_t kWanted = 8192;
constexpr size_t kForOthers = 8;

}  // namespace

size_t DescriptorBudget() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < kWanted && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = std::min(kWanted, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  // The kernel gives out the lowest free descriptor, so its number tells how many are in use.
  const int next = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  if (next < 0) return 0;
  close(next);
  const size_t taken = static_cast<size_t>(next) + kForOthers;
  const size_t allowed = static_cast<size_t>(std::min(limit.rlim_cur, kWanted));
  return allowed > taken ? allowed - taken : 0;
}

}  // namespace tcpgauge
