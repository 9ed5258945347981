// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_CHECK_OPTIONS_H_
#define TCPGAUGE_SRC_AGENT_CHECK_OPTIONS_H_

#include "absl/status/status.h"
#include "src/options/options.h"

namespace tcpgauge {

// Finds the mistakes in `options`, in the filter, in the OTEL_* environment and in the web configuration for which the
// agent would end with kExitUsage. Reads the web configuration with its certificates and keys. Opens no interface,
// capture file, log or socket. Needs no privilege, so it can run on another host than the agent, as in CI. With
// --attach, checks only the address.
//
// Things that may come into existence before the agent starts are not checked: interfaces, addresses, users, and files
// other than the web configuration. See CheckCapture() for what is known of the filter.
//
// Thread: the only thread of the process (see FitToMemory()). Logs warnings as the start does. Errors:
// kInvalidArgument, also for a file that cannot be read, because the caller asks for a verdict on the files too. The
// message is one line.
absl::Status CheckOptions(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_CHECK_OPTIONS_H_
