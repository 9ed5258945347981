// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_PRIVILEGE_IN_PROCESS_H_
#define TCPGAUGE_TESTS_PRIVILEGE_IN_PROCESS_H_

#include <functional>
#include <string>

namespace tcpgauge {

// Runs `act` in a child process, and returns what `act` returned. A test uses a child because a process cannot regain
// the privileges that `act` gives up. If a signal kills the child, returns "killed by " and the name of the signal. If
// the child exits by itself with a status other than 0, the test fails.
//
// `act` reports through its result alone: a failed expectation of GoogleTest inside the child is not counted.
std::string InProcess(const std::function<std::string()>& act) noexcept;

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_PRIVILEGE_IN_PROCESS_H_
