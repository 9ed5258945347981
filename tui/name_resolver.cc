// SPDX-License-Identifier: Apache-2.0
#include "tui/name_resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <cstring>
#include <deque>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "src/base/mutex.h"
#include "src/base/named_thread.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr int kThreads = 4;            // so that one slow DNS server does not hold up all lookups
constexpr size_t kMaxNameBytes = 255;  // RFC 1035 section 2.3.4

std::string LookUpHost(const IpAddress& address) {
  sockaddr_storage storage = {};
  socklen_t size;
  if (address.is_v4()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    v4->sin_family = AF_INET;
    std::memcpy(&v4->sin_addr, &address.bytes()[12], 4);
    size = sizeof(*v4);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    v6->sin6_family = AF_INET6;
    std::memcpy(&v6->sin6_addr, address.bytes().data(), 16);
    size = sizeof(*v6);
  }
  char name[NI_MAXHOST];
  const int error =
      getnameinfo(reinterpret_cast<sockaddr*>(&storage), size, name, sizeof(name), nullptr, 0, NI_NAMEREQD);
  return error == 0 ? name : "";
}

std::string LookUpService(uint16_t port) {
  servent entry;
  servent* found = nullptr;
  char buffer[1024];
  if (getservbyport_r(htons(port), "tcp", &entry, buffer, sizeof(buffer), &found) != 0 || found == nullptr) return "";
  return found->s_name;
}

using Question = std::variant<IpAddress, uint16_t>;

}  // namespace

struct NameResolver::State {
  explicit State(Lookups given) : lookups(std::move(given)) {}

  // Answers questions until the resolver is destroyed.
  void Serve() {
    for (;;) {
      Question question;
      {
        const MutexLock lock(&mutex);
        while (!stopping && waiting.empty()) work.Wait(&mutex);
        if (stopping) return;
        question = waiting.front();
        waiting.pop_front();
      }
      Answer(question);
    }
  }

  void Answer(const Question& question) {
    if (const auto* port = std::get_if<uint16_t>(&question)) {
      std::string name = Printable(lookups.service(*port), kMaxNameBytes);
      const MutexLock lock(&mutex);
      if (!name.empty()) ++generation;
      services[*port] = std::move(name);
    } else {
      const auto& address = std::get<IpAddress>(question);
      std::string name = Printable(lookups.host(address), kMaxNameBytes);
      const MutexLock lock(&mutex);
      const auto found = hosts.find(address);
      if (found == hosts.end()) return;  // it was forgotten during the lookup
      if (!name.empty()) ++generation;
      found->second = std::move(name);
    }
  }

  const Lookups lookups;
  Mutex mutex;
  CondVar work;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  uint64_t generation ABSL_GUARDED_BY(mutex) = 0;
  std::deque<Question> waiting ABSL_GUARDED_BY(mutex);
  // Every host that was looked up, with its name. The name is empty while the lookup runs, and when the host has no
  // name.
  absl::flat_hash_map<IpAddress, std::string> hosts ABSL_GUARDED_BY(mutex);
  std::deque<IpAddress> hosts_by_age ABSL_GUARDED_BY(mutex);
  absl::flat_hash_map<uint16_t, std::string> services ABSL_GUARDED_BY(mutex);  // at most one for each port
};

NameResolver::NameResolver() : NameResolver(Lookups{LookUpHost, LookUpService}) {}

NameResolver::NameResolver(Lookups lookups) : state_(std::make_shared<State>(std::move(lookups))) {}

NameResolver::~NameResolver() {
  const MutexLock lock(&state_->mutex);
  state_->stopping = true;
  state_->work.NotifyAll();
}

void NameResolver::StartThreads() {
  started_ = true;
  // The threads inherit a mask that blocks all signals: other threads handle them.
  sigset_t all, present;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &present);
  for (int i = 0; i < kThreads; ++i) {
    std::optional<std::thread> thread = TryNamedThread("name-look-up", [state = state_] { state->Serve(); });
    if (!thread.has_value()) break;  // with fewer threads, lookups are slower; without any, numbers are shown
    thread->detach();
  }
  pthread_sigmask(SIG_SETMASK, &present, nullptr);
}

std::string NameResolver::HostName(const IpAddress& address) {
  if (!started_) StartThreads();
  const MutexLock lock(&state_->mutex);
  const auto found = state_->hosts.find(address);
  if (found != state_->hosts.end()) return found->second;
  if (state_->waiting.size() >= kMaxWaiting) return "";
  if (state_->hosts.size() >= kMaxHosts) {
    state_->hosts.erase(state_->hosts_by_age.front());
    state_->hosts_by_age.pop_front();
  }
  state_->hosts.emplace(address, "");
  state_->hosts_by_age.push_back(address);
  state_->waiting.emplace_back(address);
  state_->work.NotifyOne();
  return "";
}

std::string NameResolver::KnownHostName(const IpAddress& address) {
  const MutexLock lock(&state_->mutex);
  const auto found = state_->hosts.find(address);
  return found != state_->hosts.end() ? found->second : "";
}

std::string NameResolver::ServiceName(uint16_t port) {
  if (!started_) StartThreads();
  const MutexLock lock(&state_->mutex);
  const auto found = state_->services.find(port);
  if (found != state_->services.end()) return found->second;
  if (state_->waiting.size() >= kMaxWaiting) return "";
  state_->services.emplace(port, "");
  state_->waiting.emplace_back(port);
  state_->work.NotifyOne();
  return "";
}

uint64_t NameResolver::generation() const {
  const MutexLock lock(&state_->mutex);
  return state_->generation;
}

}  // namespace tcpgauge
