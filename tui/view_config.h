// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_VIEW_CONFIG_H_
#define TCPGAUGE_TUI_VIEW_CONFIG_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "tui/view_settings.h"

namespace tcpgauge {

// The user's configuration file of the top view. It is YAML, and every key may be left out:
//
//   columns: [client, server, up, down, loss, resp]  # of the list of connections, from left to right
//   sort: -response          # an order of the API; a - before it reverses
//   hide_closed: true
//   bits: true
//   names: true
//   mouse: false
//   light_background: true
//   colours: false           # or a mapping, such as {trouble: magenta, bar: green}

// Returns the path of the file: tcpgauge/config.yml in XDG_CONFIG_HOME or, if that is unset or not an absolute path, in
// .config of HOME (XDG Base Directory Specification). Empty if HOME, too, is unset or not an absolute path. `variable`
// returns the value of an environment variable, as getenv() does.
std::string ViewConfigPath(const std::function<const char*(const char*)>& variable);

// Returns the settings that `yaml` describes. Errors: InvalidArgument, "FILE, line N: …" or "FILE: …". The message says
// what is wrong, and for a wrong value what would be right. Never throws.
absl::StatusOr<ViewSettings> ParseViewConfig(const std::string& yaml, const std::string& file);

// Reads and parses the file. If there is none, returns the default settings.
// Errors: those of ParseViewConfig(), and of ReadSmallFile().
absl::StatusOr<ViewSettings> ReadViewConfig(const std::string& path);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_VIEW_CONFIG_H_
