// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TOP_APP_H_
#define TCPGAUGE_TUI_TOP_APP_H_

#include <cstdint>
#include <memory>

#include "src/snapshot/filter.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/wanted_query.h"
#include "tui/columns.h"
#include "tui/meter.h"
#include "tui/names.h"
#include "tui/page_input.h"
#include "tui/rate_history.h"
#include "tui/row_order.h"
#include "tui/screen.h"
#include "tui/view_state.h"

namespace tcpgauge {

// The top view: shows the hub's latest snapshot on a screen and reacts to the keyboard.
//
// Thread: confined to one thread. It never waits for the hub, so it reacts to a key at once even on a silent link.
class TopApp {
 public:
  // All must outlive the app. Attached to an agent, the hub holds only the connections of a query: the app posts it to
  // `wanted`, which is null without an agent.
  TopApp(const SnapshotHub* hub, Screen* screen, Names* names, WantedQuery* wanted = nullptr);

  // Runs until `q` is pressed, `stop_fd` is readable, or the terminal is gone. Does not read `stop_fd`.
  void Run(int stop_fd);

  // One round: handles the keys that were pressed, takes a newer snapshot, and draws when anything changed. False when
  // the user quits.
  bool Step();

 private:
  void HandleKey(const KeyEvent& event);
  void TakeSnapshot();
  void PostWanted();
  void Reorder();
  bool TakeNames();
  void Draw();
  PageInput Input();
  Frame BuildDetails(const PageInput& input);
  void ScrollPage(Frame* frame);

  const SnapshotHub* const hub_;
  Screen* const screen_;
  Names* const names_;
  WantedQuery* const wanted_;  // or null

  ViewState view_;
  std::shared_ptr<const Snapshot> newest_;  // the latest from the hub
  std::shared_ptr<const Snapshot> shown_;   // newest_, or its PausedSnapshot()
  int64_t previous_time_ns_ = 0;            // of the snapshot before newest_
  Meter meter_;
  Filter filter_;
  RateHistory history_;
  RowOrder order_;            // of the connections in shown_
  ConnectionSummary detail_;  // the last values of the connection on the details page
  EndpointWidths widths_;
  int laid_out_columns_ = 0;  // the width of the screen for which widths_ was collected
  uint64_t names_generation_ = 0;
  bool drawn_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TOP_APP_H_
