// SPDX-License-Identifier: Apache-2.0
#include "src/agent/view_settings_of.h"

#include <stdlib.h>

#include <string>

#include "src/privilege/drop_privileges.h"
#include "tui/view_config.h"

namespace tcpgauge {

absl::StatusOr<ViewSettings> ViewSettingsOf(const Options& options) {
  absl::StatusOr<ViewSettings> settings = ViewSettings();
  const std::string path = options.as_tcptrack ? "" : ViewConfigPath(&getenv);
  if (!path.empty()) {
    const absl::Status acted = ActAsPlainUser([&] { settings = ReadViewConfig(path); });
    if (!acted.ok()) return acted;
    if (!settings.ok()) return settings.status();
  }
  settings->as_tcptrack = options.as_tcptrack;
  settings->mouse = settings->mouse && !options.no_mouse;
  return settings;
}

}  // namespace tcpgauge
