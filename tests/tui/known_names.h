// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_TUI_KNOWN_NAMES_H_
#define TCPGAUGE_TESTS_TUI_KNOWN_NAMES_H_

#include <map>
#include <string>

#include "tui/names.h"

namespace tcpgauge {

// The names of addresses and ports that a test has added. At first there are none. A name is known as soon as it is
// added, and no name is ever looked up.
class KnownNames final : public Names {
 public:
  // REQUIRES: `address` is a valid IP address.
  void AddHost(std::string_view address, std::string_view name) {
    hosts_[IpAddress::Parse(address)->ToString()] = std::string(name);
    ++generation_;
  }
  void AddService(uint16_t port, std::string_view name) {
    services_[port] = std::string(name);
    ++generation_;
  }

  std::string HostName(const IpAddress& address) override { return KnownHostName(address); }
  std::string KnownHostName(const IpAddress& address) override {
    const auto found = hosts_.find(address.ToString());
    return found != hosts_.end() ? found->second : "";
  }
  std::string ServiceName(uint16_t port) override {
    const auto found = services_.find(port);
    return found != services_.end() ? found->second : "";
  }
  uint64_t generation() const override { return generation_; }

 private:
  std::map<std::string, std::string> hosts_;
  std::map<uint16_t, std::string> services_;
  uint64_t generation_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_TUI_KNOWN_NAMES_H_
