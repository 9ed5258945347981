// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_PRIVILEGE_IN_PROCESS_H_
#define TCPGAUGE_TESTS_PRIVILEGE_IN_PROCESS_H_

#include <functional>
#include <string>

namespace tcpgauge {

// Runs `act` in a process of its own, since nothing of what it gives up can be had back; returns what it said, or by
// what signal it was killed.
std::string InProcess(const std::function<std::string()>& act) noexcept;

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_PRIVILEGE_IN_PROCESS_H_
