// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SERVICE_MANAGER_H_
#define TCPGAUGE_SRC_BASE_SERVICE_MANAGER_H_

#include <string>
#include <vector>

namespace tcpgauge {

// Functions that talk to the service manager that started the process, as a rule systemd. They follow sd_notify(3),
// sd_watchdog_enabled(3) and sd_listen_fds(3), by means of libsystemd. libpcap loads that library anyway. Without the
// variable NOTIFY_SOCKET, the Tell... functions have no effect.
//
// A `status` is one line for `systemctl status`.
//
// Thread: any, while no thread changes the environment. A Tell... function waits as long as the manager has too many
// messages to read, and a signal ends the wait. A message that does not arrive is lost: nobody could be told of that.

// The agent has started.
void TellReady(const std::string& status);
// The agent makes progress: feeds the watchdog.
void TellAlive(const std::string& status);
// The agent makes no progress: does not feed the watchdog.
void TellStuck(const std::string& status);
// The agent begins to end.
void TellStopping();

// Returns how often TellAlive() or TellStuck() should be called, in milliseconds: at least twice within the time after
// which the manager takes the process for hung (WATCHDOG_USEC), and every 10 s for the status. -1 = there is no
// manager.
int TellIntervalMs();

// Returns the descriptors of the sockets that the manager opened for this process. Empty when there are none, or when
// they are for another process. The descriptors are closed on exec from now on.
std::vector<int> PassedSockets();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SERVICE_MANAGER_H_
