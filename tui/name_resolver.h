// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_NAME_RESOLVER_H_
#define TCPGAUGE_TUI_NAME_RESOLVER_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "tui/names.h"

namespace tcpgauge {

// Looks names up in threads of its own, which start with the first question: a DNS server that does not answer holds
// neither the view nor its end up. The threads are left to themselves when the resolver goes, in the middle of a lookup
// that nobody can interrupt; they end after it.
//
// Thread: the view's alone may call.
// Bounds: kMaxHosts answers, the oldest are forgotten first; kMaxWaiting questions, those beyond it are asked again
// with the next refresh.
class NameResolver final : public Names {
 public:
  static constexpr size_t kMaxHosts = 8192;
  static constexpr size_t kMaxWaiting = 512;

  // How names are looked up; each may take its time, and is called by several threads at once. Empty = no name.
  struct Lookups {
    std::function<std::string(const IpAddress&)> host;
    std::function<std::string(uint16_t)> service;
  };

  // By getnameinfo(3) and getservbyport(3).
  NameResolver();
  explicit NameResolver(Lookups lookups);
  ~NameResolver() override;

  std::string HostName(const IpAddress& address) override;
  std::string KnownHostName(const IpAddress& address) override;
  std::string ServiceName(uint16_t port) override;
  uint64_t generation() const override;

 private:
  struct State;

  void StartThreads();

  const std::shared_ptr<State> state_;  // shared with the threads
  bool started_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_NAME_RESOLVER_H_
