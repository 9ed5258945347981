// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_VIEW_SETTINGS_OF_H_
#define TCPGAUGE_SRC_AGENT_VIEW_SETTINGS_OF_H_

#include "absl/status/statusor.h"
#include "src/options/options.h"
#include "tui/view_settings.h"

namespace tcpgauge {

// Returns the settings for the look and the start of the top view, from the options and the user's configuration file
// (see ViewConfigPath()). The file is read with the rights of the user who started the process, whatever capabilities
// the program has. If the program runs as tcptrack, the file is not read.
//
// Thread: the only thread of the process, before privileges are given up.
// Errors: those of ReadViewConfig() and ActAsPlainUser().
absl::StatusOr<ViewSettings> ViewSettingsOf(const Options& options);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_VIEW_SETTINGS_OF_H_
