// SPDX-License-Identifier: Apache-2.0
#include "src/base/lazy_memory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "src/base/shortage.h"

namespace tcpgauge {
namespace {

constexpr size_t kHugePageBytes = 2 << 20;

void* MapLazily(size_t size_bytes) {
  void* data = mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) {
    char action[64];
    snprintf(action, sizeof(action), "reserve %zu MiB for the tables", (size_bytes >> 20) + 1);
    ExitForShortage(action, errno);
  }
  // Huge pages, because address translation bounds random access to hundreds of megabytes. Only a hint: it may fail.
  if (size_bytes >= kHugePageBytes) madvise(data, size_bytes, MADV_HUGEPAGE);
  return data;
}

}  // namespace

LazyMemory::LazyMemory(size_t size_bytes)
    : size_bytes_(std::max<size_t>(size_bytes, 1)), data_(MapLazily(size_bytes_)) {}

LazyMemory::~LazyMemory() { munmap(data_, size_bytes_); }

void PopulateLazyMemory(void* data, size_t size_bytes) {
  const uintptr_t in_page = reinterpret_cast<uintptr_t>(data) % static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  madvise(static_cast<char*>(data) - in_page, size_bytes + in_page, MADV_POPULATE_WRITE);
}

}  // namespace tcpgauge
