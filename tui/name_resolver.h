// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_NAME_RESOLVER_H_
#define TCPGAUGE_TUI_NAME_RESOLVER_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "tui/names.h"

namespace tcpgauge {

// Looks up names on four threads of its own. So a DNS server that does not answer delays neither the view nor the end
// of the program.
//
// The first call of HostName() or ServiceName() starts the threads. The destructor drops the lookups that wait for a
// thread. It does not wait for the threads, because a running lookup cannot be interrupted. Each thread ends after its
// current lookup, possibly after the destructor has returned.
//
// Thread: only the view's thread may call.
// Bounds: kMaxHosts host names; a further one replaces the oldest. One service name for each port. kMaxWaiting waiting
// lookups; a further one is not started, and the view asks again when it next draws.
// Errors: after a failed lookup, the host or service has no name. A host is looked up again only after a further host
// has replaced it. If no thread can be started, all names stay unknown.
class NameResolver final : public Names {
 public:
  static constexpr size_t kMaxHosts = 8192;
  static constexpr size_t kMaxWaiting = 512;

  // The functions that look up names. They return an empty text if there is no name. They may be slow. Several
  // threads call them at a time, possibly after the resolver's destructor. The resolver makes their results printable,
  // and cuts them to 255 bytes (RFC 1035 section 2.3.4).
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
