// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_CHANGE_H_
#define TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_CHANGE_H_

#include "absl/status/status.h"
#include "exporter/http/web_config.h"

namespace tcpgauge {

// Returns OK if a running server may replace the configuration `current` by `next`.
//
// A file that is being written may lack its last lines and be a valid configuration all the same. A mistake in a
// deployment may empty the file. So while the server runs, a change of the file must not switch a protection off or
// weaken it. These changes need a restart:
//
// - TLS is switched on or off. (To switch it on would cut off the clients that use the server without TLS.)
// - The last user is removed.
// - client_auth_type no longer requires a certificate, or no longer verifies it.
// - client_allowed_sans becomes empty, so that every name is allowed.
// - The lowest version (TlsConfig::LowestVersion()) or max_version becomes lower.
// - cipher_suites allows a further suite that is not one of the default suites (IsDefaultCipherSuite()).
//
// All other changes are allowed: other users, hashes, certificates, keys, authorities, names, curves and headers. An
// added user or name also admits further clients, but a file that lacks a part cannot add a user or name.
//
// Thread: any.
// Errors: FailedPrecondition. The message names the change that needs a restart.
absl::Status CheckWebConfigChange(const WebConfig& current, const WebConfig& next);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_CONFIG_CHANGE_H_
