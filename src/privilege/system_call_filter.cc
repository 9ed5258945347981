// SPDX-License-Identifier: Apache-2.0
#include "src/privilege/system_call_filter.h"

#include <errno.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <initializer_list>

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

constexpr scmp_datum_t kSocketTypeMask = 0xf;  // without SOCK_CLOEXEC and SOCK_NONBLOCK
[[maybe_unused]] constexpr scmp_datum_t kNewNamespaces =
    CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

// Allowed with any arguments.
constexpr int kAllowed[] = {
    // Memory.
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(mremap),
    SCMP_SYS(munmap),
    // Threads.
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(futex),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(getcpu),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(membarrier),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(sched_yield),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(set_tid_address),
    // Signals.
    SCMP_SYS(pause),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigsuspend),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(sigaltstack),
    // Time.
    SCMP_SYS(alarm),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(getitimer),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(nanosleep),
    SCMP_SYS(setitimer),
    SCMP_SYS(time),
    SCMP_SYS(timer_settime),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_gettime),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(times),
    // Descriptors.
    SCMP_SYS(close),
    SCMP_SYS(close_range),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(fcntl),
    SCMP_SYS(lseek),
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(pselect6),
    SCMP_SYS(pwrite64),
    SCMP_SYS(pwritev),
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(select),
    SCMP_SYS(sendfile),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    // Files that the user may open: /proc, control groups, a changed configuration, a new connection log. rename() puts
    // a new file of names in place of the old one.
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(fadvise64),
    SCMP_SYS(fdatasync),
    SCMP_SYS(fstat),
    SCMP_SYS(fstatfs),
    SCMP_SYS(fsync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(getcwd),
    SCMP_SYS(getdents64),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(stat),
    SCMP_SYS(statfs),
    SCMP_SYS(statx),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    // Sockets; AddSocketRules() says which may be made. bind() and setsockopt() move an open packet socket to an
    // interface that has come back.
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(bind),
    SCMP_SYS(connect),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockname),
    SCMP_SYS(getsockopt),
    SCMP_SYS(listen),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(setsockopt),
    SCMP_SYS(shutdown),
    // Queries.
    SCMP_SYS(getegid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getgroups),
    SCMP_SYS(getpgrp),
    SCMP_SYS(getrandom),
    SCMP_SYS(getresgid),
    SCMP_SYS(getresuid),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getrusage),
    SCMP_SYS(getuid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_THREAD_SANITIZER)
    // The leak check at exit runs in another process, which stops all threads.
    SCMP_SYS(clone),
    SCMP_SYS(getdents),
    SCMP_SYS(mprotect),
    SCMP_SYS(prctl),
    SCMP_SYS(ptrace),
    SCMP_SYS(wait4),
#endif
};

// These fail with EPERM, which tells a person who looks for the reason more than ENOSYS.
constexpr int kRefused[] = {
    SCMP_SYS(acct),
    SCMP_SYS(add_key),
    SCMP_SYS(bpf),
    SCMP_SYS(capset),
    SCMP_SYS(chroot),
    SCMP_SYS(delete_module),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(finit_module),
    SCMP_SYS(fork),
    SCMP_SYS(init_module),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(kexec_load),
    SCMP_SYS(keyctl),
    SCMP_SYS(memfd_create),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(mount),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(open_tree),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(personality),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(pivot_root),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(reboot),
    SCMP_SYS(request_key),
    SCMP_SYS(setgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(setns),
    SCMP_SYS(setregid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setreuid),
    SCMP_SYS(setuid),
    SCMP_SYS(swapoff),
    SCMP_SYS(swapon),
    SCMP_SYS(umount2),
    SCMP_SYS(unshare),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(vfork),
#if !defined(ABSL_HAVE_ADDRESS_SANITIZER) && !defined(ABSL_HAVE_THREAD_SANITIZER)
    SCMP_SYS(ptrace),
#endif
};

// Requests for the terminal, sockets and interfaces. TIOCSTI is missing, because it types for the user.
constexpr unsigned long kIoctls[] = {
    TCGETS,   TCSETS,   TCSETSW, TCSETSF, TCFLSH,      TCXONC,       TCSBRK,        TIOCGWINSZ,   TIOCGPGRP,
    TIOCOUTQ, FIONREAD, FIONBIO, FIOCLEX, SIOCGIFCONF, SIOCGIFFLAGS, SIOCGIFHWADDR, SIOCGIFINDEX, SIOCGIFNAME,
};

[[maybe_unused]] constexpr int kPrctls[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_GET_NO_NEW_PRIVS,
                                            PR_GET_SECCOMP};

scmp_arg_cmp Equals(unsigned argument, scmp_datum_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }

scmp_arg_cmp MaskedEquals(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(ENOSYS))) {}
  ~Filter() { seccomp_release(context_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  void Add(uint32_t action, int call, std::initializer_list<scmp_arg_cmp> arguments = {}) {
    if (error_ != 0) return;
    const int result =
        seccomp_rule_add_array(context_, action, call, static_cast<unsigned>(arguments.size()), arguments.begin());
    // A call that this architecture does not have needs no rule.
    if (result != 0 && result != -EDOM) error_ = -result;
  }

  // Installs the filter for all threads. Returns 0 or an errno.
  int Load() {
    if (context_ == nullptr) return ENOMEM;
    if (error_ == 0) error_ = -seccomp_attr_set(context_, SCMP_FLTATR_CTL_TSYNC, 1);
    if (error_ == 0) error_ = -seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree: fewer steps per call
    if (error_ == 0) error_ = -seccomp_load(context_);
    return error_;
  }

 private:
  const scmp_filter_ctx context_;
  int error_ = 0;
};

void AddMemoryRules(Filter* filter) {
  constexpr scmp_datum_t kWriteAndExecute = PROT_WRITE | PROT_EXEC;
  for (const scmp_datum_t protection :
       {PROT_NONE, PROT_WRITE, PROT_EXEC}) {  // PROT_EXEC: libraries of the name service
    filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(mmap), {MaskedEquals(2, kWriteAndExecute, protection)});
  }
#if !defined(ABSL_HAVE_ADDRESS_SANITIZER) && !defined(ABSL_HAVE_THREAD_SANITIZER)
  filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), {MaskedEquals(2, PROT_EXEC, 0)});
#endif
}

void AddProcessRules(Filter* filter) {
  // Threads that may wait lower their own priority. Raising it takes CAP_SYS_NICE.
  filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(setpriority), {Equals(0, PRIO_PROCESS), Equals(1, 0)});
  // clone() may start threads of this process and no processes. clone3() is not allowed; see the header.
#if !defined(ABSL_HAVE_ADDRESS_SANITIZER) && !defined(ABSL_HAVE_THREAD_SANITIZER)
  filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(clone), {MaskedEquals(0, CLONE_THREAD | kNewNamespaces, CLONE_THREAD)});
  filter->Add(SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), {MaskedEquals(0, CLONE_THREAD, 0)});
  for (const int option : kPrctls) {
    filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(prctl), {Equals(0, static_cast<scmp_datum_t>(option))});
  }
#endif
  const scmp_datum_t self = static_cast<scmp_datum_t>(getpid());
  filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(kill), {Equals(0, self)});
  filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {Equals(0, self)});
  // The process may read its own limits, but not set them.
  filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), {Equals(0, 0), Equals(2, 0)});
  filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), {Equals(0, self), Equals(2, 0)});
}

void AddSocketRules(Filter* filter) {
  for (const scmp_datum_t family : {AF_UNIX, AF_INET, AF_INET6}) {
    for (const scmp_datum_t type : {SOCK_STREAM, SOCK_DGRAM}) {
      filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(socket), {Equals(0, family), MaskedEquals(1, kSocketTypeMask, type)});
    }
    filter->Add(SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket),
                {Equals(0, family), MaskedEquals(1, kSocketTypeMask, SOCK_RAW)});
  }
  // Netlink is needed to read the addresses of interfaces, and whose the sockets of the host are.
  for (const scmp_datum_t protocol : {NETLINK_ROUTE, NETLINK_SOCK_DIAG}) {
    filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(socket), {Equals(0, AF_NETLINK), Equals(2, protocol)});
  }
  filter->Add(SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), {Equals(0, AF_PACKET)});
  filter->Add(SCMP_ACT_ALLOW, SCMP_SYS(socketpair), {Equals(0, AF_UNIX)});
}

}  // namespace

absl::Status InstallSystemCallFilter() {
  Filter filter;
  for (const int call : kAllowed) filter.Add(SCMP_ACT_ALLOW, call);
  for (const int call : kRefused) filter.Add(SCMP_ACT_ERRNO(EPERM), call);
  for (const unsigned long request : kIoctls) {
    filter.Add(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), {Equals(1, request)});
  }
  AddMemoryRules(&filter);
  AddProcessRules(&filter);
  AddSocketRules(&filter);
  const int error = filter.Load();
  if (error == 0) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot give up privileges: the filter of system calls (seccomp): ", strerror(error),
                   "; the kernel, or the container's profile, must allow it"));
}

}  // namespace tcpgauge
