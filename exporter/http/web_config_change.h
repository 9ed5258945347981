// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_CHANGE_H_
#define TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_CHANGE_H_

#include "absl/status/status.h"
#include "exporter/http/web_config.h"

namespace tcpgauge {

// Returns OK if a running server may replace the configuration `current` by `next`.
//
// A file that is being written may be a valid configuration that lacks its last lines. A mistake in a deployment may
// empty it. So no change of a file can switch a protection off or weaken it while the server runs; a restart is needed:
//
// - TLS is switched on or off. (To switch it on would strand the clients that are connected without it.)
// - The last user is removed.
// - client_auth_type no longer requires a certificate, or no longer verifies it.
// - client_allowed_sans becomes empty, so that every name is allowed.
// - min_version or max_version becomes lower.
// - cipher_suites allows a suite that was not allowed, and that is not one of the default suites.
//
// All other changes are allowed: other users, hashes, certificates, keys, authorities, names, curves and headers. To
// add a user or a name admits a client as well, but cannot come from a file that lacks something.
//
// Thread: any.
// Errors: FailedPrecondition. The message says which protection a restart would switch off.
absl::Status CheckWebConfigChange(const WebConfig& current, const WebConfig& next);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_CHANGE_H_
