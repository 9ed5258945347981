// SPDX-License-Identifier: Apache-2.0
#include "src/agent/machine_names.h"

#include <netdb.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include <optional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"
#include "src/base/named_thread.h"

namespace tcpgauge {
namespace {

std::string KernelName() {
  utsname host = {};
  return uname(&host) == 0 ? host.nodename : "";
}

std::string CanonicalName(const std::string& host) {
  addrinfo hints = {};
  hints.ai_flags = AI_CANONNAME;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return "";
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
  return found->ai_canonname == nullptr ? "" : found->ai_canonname;
}

}  // namespace

struct MachineNames::State {
  State(std::string machine, Resolver resolve_name) : host(std::move(machine)), resolver(std::move(resolve_name)) {}

  void LookUp() {
    std::string name = resolver(host);
    if (name.empty()) return;
    const MutexLock lock(&mutex);
    auto more = std::make_shared<std::vector<std::string>>(*names);
    more->push_back(std::move(name));
    names = std::move(more);
  }

  const std::string host;
  const Resolver resolver;
  Mutex mutex;
  std::shared_ptr<const std::vector<std::string>> names ABSL_GUARDED_BY(mutex);
};

MachineNames::MachineNames() : MachineNames(KernelName(), CanonicalName) {}

MachineNames::MachineNames(const std::string& host, Resolver resolver)
    : state_(std::make_shared<State>(host, std::move(resolver))) {
  auto names = std::make_shared<std::vector<std::string>>();
  if (!host.empty()) *names = {host, host.substr(0, host.find('.'))};
  const MutexLock lock(&state_->mutex);
  state_->names = std::move(names);
}

void MachineNames::LookUp() {
  if (state_->host.empty() || state_->host.find('.') != std::string::npos) return;
  // The thread inherits a mask that blocks all signals: other threads handle them.
  sigset_t all, present;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &present);
  std::optional<std::thread> thread = TryNamedThread("machine-name", [state = state_] { state->LookUp(); });
  if (thread.has_value()) thread->detach();
  pthread_sigmask(SIG_SETMASK, &present, nullptr);
}

std::shared_ptr<const std::vector<std::string>> MachineNames::Current() const {
  const MutexLock lock(&state_->mutex);
  return state_->names;
}

}  // namespace tcpgauge
