// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_NAME_RESOLVER_H_
#define TCPGAUGE_TUI_NAME_RESOLVER_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "tui/names.h"

namespace tcpgauge {

// Looks up names in its own threads, so that a DNS server that does not answer holds up neither the view nor its end.
// The threads start with the first question. The destructor does not wait for them, because a lookup cannot be
// interrupted: each thread ends after its current lookup.
//
// Thread: only the view's thread may call.
// Bounds: kMaxHosts host names, the oldest are forgotten first; one service name for each port; kMaxWaiting waiting
// questions, further ones are dropped, and the view asks again with its next refresh.
class NameResolver final : public Names {
 public:
  static constexpr size_t kMaxHosts = 8192;
  static constexpr size_t kMaxWaiting = 512;

  // The functions that look up names. They may be slow, and several threads call them at once. Empty = no name.
  struct Lookups {
    std::function<std::string(const IpAddress&)> host;
    std::function<std::string(uint16_t)> service;
  };

  // Looks up with getnameinfo(3) and getservbyport_r(3).
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
