// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SERVICE_MANAGER_H_
#define TCPGAUGE_SRC_BASE_SERVICE_MANAGER_H_

#include <string>
#include <vector>

namespace tcpgauge {

// Functions that talk to the service manager that started the process, as a rule systemd. They follow sd_notify(3),
// sd_watchdog_enabled(3) and sd_listen_fds(3), by means of libsystemd, which libpcap needs anyway. Without the
// environment variable NOTIFY_SOCKET, the functions TellReady() to TellStopping() have no effect.
//
// A `status` is one line for `systemctl status`.
//
// Thread: any, while no thread changes the environment. TellReady() to TellStopping() wait while the manager has too
// many unread messages; a signal ends the wait. A message that cannot be sent is lost without an error, because nobody
// could act on the error.

// Reports that the agent has started.
void TellReady(const std::string& status);
// Reports that the agent makes progress, and feeds the watchdog.
void TellAlive(const std::string& status);
// Reports that the agent makes no progress, and does not feed the watchdog.
void TellStuck(const std::string& status);
// Reports that the agent begins to end.
void TellStopping();

// Returns the interval, in milliseconds, at which TellAlive() or TellStuck() should be called: half of the time after
// which the manager takes the process for hung (WATCHDOG_USEC), but at most 10 s, so that the status stays current.
// -1 = there is no manager.
int TellIntervalMs();

// Returns the descriptors of the sockets that the manager opened for this process, and marks them to be closed on exec.
// Returns an empty vector if the manager passed no sockets, or if the sockets are for another process.
std::vector<int> PassedSockets();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SERVICE_MANAGER_H_
