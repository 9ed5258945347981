// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_PRIVILEGE_IN_PROCESS_H_
#define TCPGAUGE_TESTS_PRIVILEGE_IN_PROCESS_H_

#include <functional>
#include <string>

namespace tcpgauge {

// Runs `act` in a process of its own, because a process cannot regain the privileges that `act` gives up. Returns the
// result of `act`, or the name of the signal that killed it.
std::string InProcess(const std::function<std::string()>& act) noexcept;

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_PRIVILEGE_IN_PROCESS_H_
