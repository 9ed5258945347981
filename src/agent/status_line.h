// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_STATUS_LINE_H_
#define TCPGAUGE_SRC_AGENT_STATUS_LINE_H_

#include <string>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns what `systemctl status` shows: "12 connections on eth0, wg0 (down)". Lists the interfaces that the user
// named, at most ten; "..." stands for more. Names are made harmless for a terminal. Thread: any.
std::string StatusLine(const Snapshot& snapshot);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_STATUS_LINE_H_
