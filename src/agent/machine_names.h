// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_MACHINE_NAMES_H_
#define TCPGAUGE_SRC_AGENT_MACHINE_NAMES_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tcpgauge {

// The names of the machine on which the agent runs: the host name (uname(2)), its first label, and the fully qualified
// name as `hostname --fqdn` shows it.
//
// The fully qualified name comes from /etc/hosts or the DNS. A DNS server that does not answer would hold up the start
// for many seconds, and a running look-up cannot be interrupted. So LookUp() starts a thread for the look-up, and
// nobody waits for this thread. Until it ends, the fully qualified name is not known.
//
// Thread: any thread may call the const methods.
class MachineNames {
 public:
  // Returns the canonical name of a host, or an empty text. May be slow.
  using Resolver = std::function<std::string(const std::string& host)>;

  // Takes the host name from the kernel, and asks getaddrinfo(3) for the fully qualified name.
  MachineNames();
  // `host` takes the place of the kernel's name.
  MachineNames(const std::string& host, Resolver resolver);

  // Starts the look-up, unless the host name has a dot. A name with a dot counts as fully qualified. Call it once. If
  // no thread can be started, the fully qualified name stays unknown.
  void LookUp();

  // Returns the names that are known, in no order. Never null.
  std::shared_ptr<const std::vector<std::string>> Current() const;

 private:
  struct State;

  const std::shared_ptr<State> state_;  // shared with the thread
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_MACHINE_NAMES_H_
