// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TOP_APP_H_
#define TCPGAUGE_TUI_TOP_APP_H_

#include <cstdint>
#include <memory>

#include "src/snapshot/filter.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/wanted_query.h"
#include "tui/columns.h"
#include "tui/measures.h"
#include "tui/names.h"
#include "tui/page_input.h"
#include "tui/rate_history.h"
#include "tui/row_order.h"
#include "tui/screen.h"
#include "tui/view_state.h"

namespace tcpgauge {

// The top view: shows the hub's latest snapshot on a screen and obeys the keyboard.
//
// Thread: one runs it all. It never waits for the hub, so that a key is answered at once on a silent link.
class TopApp {
 public:
  // All must outlive the app. `wanted` is told what the view is to show, where the hub holds only that; or null.
  TopApp(const SnapshotHub* hub, Screen* screen, Names* names, WantedQuery* wanted = nullptr);

  // Until `q`, until `stop_fd` is readable, or until the terminal is gone. `stop_fd` is not read.
  void Run(int stop_fd);

  // One round: obeys the keys that were pressed, takes a newer snapshot, draws when anything changed. False once the
  // view is to be left.
  bool Step();

 private:
  void Obey(const KeyEvent& event);
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
  WantedQuery* const wanted_;

  ViewState view_;
  std::shared_ptr<const Snapshot> newest_;  // what the hub gave last
  std::shared_ptr<const Snapshot> shown_;   // the same, or what pausing made of it
  int64_t previous_time_ns_ = 0;            // of the one shown before
  Meter meter_;
  Filter filter_;
  RateHistory history_;
  RowOrder order_;            // of shown_
  ConnectionSummary detail_;  // as it was last
  EndpointWidths widths_;
  int laid_out_columns_ = 0;  // the screen's width that widths_ belongs to
  uint64_t names_generation_ = 0;
  bool drawn_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TOP_APP_H_
