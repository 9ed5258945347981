// SPDX-License-Identifier: Apache-2.0
#include "src/privilege/system_call_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "tests/privilege/in_process.h"

namespace tcpgauge {
namespace {

// Runs `act` under the filter. The process keeps its user and capabilities, so that for root only the filter can
// refuse. Returns "done", or the name of the error.
std::string Try(const std::function<bool()>& act) {
  return InProcess([&act]() -> std::string {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const absl::Status status = InstallSystemCallFilter();
    if (!status.ok()) return std::string(status.message());
    errno = 0;
    return act() ? "done" : strerrorname_np(errno);
  });
}

TEST(SystemCallFilter, RefusesPrograms) {
  EXPECT_EQ(Try([] { return execl("/bin/true", "true", nullptr) == 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0) == 0; }), "EPERM");
}

TEST(SystemCallFilter, RefusesOtherProcesses) {
  EXPECT_EQ(Try([] { return fork() >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_clone3, nullptr, 0) >= 0; }), "ENOSYS") << "so that the library uses clone";
#ifdef SYS_fork
  EXPECT_EQ(Try([] { return syscall(SYS_fork) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_vfork) >= 0; }), "EPERM");
#endif
  EXPECT_EQ(Try([] { return system("true") == 0; }), "EPERM");
}

TEST(SystemCallFilter, RefusesPacketAndRawSockets) {
  EXPECT_EQ(Try([] { return socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return socket(AF_INET, SOCK_RAW, IPPROTO_TCP) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return socket(AF_INET6, SOCK_RAW, IPPROTO_TCP) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return socket(AF_ALG, SOCK_SEQPACKET, 0) >= 0; }), "ENOSYS");
  EXPECT_EQ(Try([] { return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) >= 0; }), "ENOSYS");
}

TEST(SystemCallFilter, RefusesTheWayBack) {
  EXPECT_EQ(Try([] { return setuid(0) == 0; }), "EPERM");
  EXPECT_EQ(Try([] { return setresgid(0, 0, 0) == 0; }), "EPERM");
  EXPECT_EQ(Try([] { return setgroups(0, nullptr) == 0; }), "EPERM");
  EXPECT_EQ(Try([] { return unshare(CLONE_NEWUSER) == 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_setns, 0, 0) == 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_capset, nullptr, nullptr) == 0; }), "EPERM");
}

TEST(SystemCallFilter, RefusesTheKernelsOtherDoors) {
  EXPECT_EQ(Try([] { return mount("none", "/", "tmpfs", 0, nullptr) == 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_bpf, 0, nullptr, 0) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_keyctl, 0, 0) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_io_uring_setup, 1, nullptr) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_userfaultfd, 0) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_process_vm_readv, getppid(), nullptr, 0, nullptr, 0, 0) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_memfd_create, "x", 0) >= 0; }), "EPERM");
  EXPECT_EQ(Try([] { return syscall(SYS_inotify_init1, 0) >= 0; }), "ENOSYS") << "what nobody thought of";
  EXPECT_EQ(Try([] { return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }), "EPERM");
}

TEST(SystemCallFilter, RefusesOthersTheTerminalAndCodeMadeUp) {
  EXPECT_EQ(Try([] { return kill(getppid(), 0) == 0; }), "ENOSYS");
  EXPECT_EQ(Try([] { return ioctl(0, TIOCSTI, "x") == 0; }), "ENOSYS");
  constexpr size_t kPage = 4096;
  const auto map = [](int protection) { return mmap(nullptr, kPage, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); };
  EXPECT_EQ(Try([&map] { return map(PROT_READ | PROT_WRITE | PROT_EXEC) != MAP_FAILED; }), "ENOSYS");
  EXPECT_EQ(Try([&map] { return mprotect(map(PROT_READ | PROT_WRITE), kPage, PROT_READ | PROT_EXEC) == 0; }), "ENOSYS");
  EXPECT_EQ(Try([] { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0; }), "ENOSYS");
}

TEST(SystemCallFilter, LeavesWhatNamesOfWorkloadsNeed) {
  EXPECT_EQ(Try([] { return socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG) >= 0; }), "done");
  EXPECT_EQ(Try([] { return std::filesystem::directory_iterator("/proc") != std::filesystem::directory_iterator(); }),
            "done");
  EXPECT_EQ(Try([] { return std::filesystem::read_symlink("/proc/self").native() == std::to_string(getpid()); }),
            "done");
  const std::string path = ::testing::TempDir() + "/names";
  ASSERT_TRUE(std::ofstream(path));
  EXPECT_EQ(Try([&path] { return rename(path.c_str(), (path + ".json").c_str()) == 0; }), "done");
}

TEST(SystemCallFilter, LeavesWhatARunningAgentNeeds) {
  EXPECT_EQ(Try([] {
              bool ran = false;
              std::thread([&ran] { ran = true; }).join();
              return ran;
            }),
            "done");
  EXPECT_EQ(Try([] { return socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0; }), "done");
  EXPECT_EQ(Try([] { return socket(AF_UNIX, SOCK_DGRAM, 0) >= 0; }), "done");
  EXPECT_EQ(Try([] {
              ifaddrs* interfaces = nullptr;
              return getifaddrs(&interfaces) == 0;
            }),
            "done");
  EXPECT_EQ(Try([] { return open("/proc/self/stat", O_RDONLY | O_CLOEXEC) >= 0; }), "done");
  EXPECT_EQ(Try([] { return !std::string(64 << 20, 'x').empty(); }), "done");
  EXPECT_EQ(Try([] { return kill(getpid(), SIGCONT) == 0 && raise(SIGCONT) == 0; }), "done");
  EXPECT_EQ(Try([] { return eventfd(0, EFD_CLOEXEC) >= 0; }), "done");
}

}  // namespace
}  // namespace tcpgauge
