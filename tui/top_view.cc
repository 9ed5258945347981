// SPDX-License-Identifier: Apache-2.0
#include "tui/top_view.h"

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "src/base/log.h"
#include "tui/curses_screen.h"
#include "tui/name_resolver.h"
#include "tui/top_app.h"

namespace tcpgauge {

absl::Status CheckTopView() { return CursesScreen::Check(); }

absl::Status RunTopView(const SnapshotHub& hub, int stop_fd, const ViewSettings& settings, WantedQuery* wanted,
                        const std::string& notice, const History* past) {
  absl::StatusOr<std::unique_ptr<CursesScreen>> screen = CursesScreen::Open(settings.palette);
  if (!screen.ok()) return screen.status();
  const std::string warning = (*screen)->warning();
  NameResolver names;
  TopApp(&hub, screen->get(), &names, settings, wanted, notice, past).Run(stop_fd);
  screen->reset();  // the terminal is the shell's again, so that the user can read what follows
  if (!warning.empty()) LogWarn(warning);
  return absl::OkStatus();
}

}  // namespace tcpgauge
