// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TOP_APP_H_
#define TCPGAUGE_TUI_TOP_APP_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "src/snapshot/filter.h"
#include "src/snapshot/history.h"
#include "src/snapshot/snapshot_hub.h"
#include "src/snapshot/wanted_query.h"
#include "tui/column_table.h"
#include "tui/columns.h"
#include "tui/details_page.h"
#include "tui/group_order.h"
#include "tui/meter.h"
#include "tui/names.h"
#include "tui/page_input.h"
#include "tui/pcap_filter.h"
#include "tui/rate_history.h"
#include "tui/row_order.h"
#include "tui/screen.h"
#include "tui/view_settings.h"
#include "tui/view_state.h"

namespace tcpgauge {

// The top view: shows the hub's latest snapshot on a screen and reacts to the keyboard. It never waits for a new
// snapshot, so it reacts to a key at once even when no packets come.
//
// Thread: confined to one thread.
class TopApp {
 public:
  // All arguments must outlive the app. `wanted` is null unless the view is attached to an agent elsewhere. The hub of
  // an attached view holds only the connections that match a query, and the app posts to `wanted` which query it needs.
  // `notice` and `past`: see RunTopView().
  TopApp(const SnapshotHub* hub, Screen* screen, Names* names, const ViewSettings& settings = {},
         WantedQuery* wanted = nullptr, std::string notice = "", const History* past = nullptr);

  // Calls Step() when a key is pressed, and at least ten times a second. Returns when the user quits (`q`), `stop_fd`
  // is readable (Run() does not read from it), or the terminal is gone.
  void Run(int stop_fd);

  // One round: handles the keys that were pressed, takes a newer snapshot if the hub has one, and draws when anything
  // changed. Returns false when the user quits. Never waits.
  bool Step();

 private:
  void HandleKey(const KeyEvent& event);
  void TakeSnapshot();
  void PostWanted();
  void FreezeShownList();
  void Reorder();
  void ReorderGroups();
  bool IsOfGroups() const { return view_.grouping != Grouping::kConnections; }
  ViewContext Context();
  absl::Span<const Column> Table() const;
  void SortAt(int column, ViewState* state);
  void TakePcapFilter();
  ClosedRows Closed() const;
  bool TakeNames();
  void Draw();
  PageInput Input();
  Frame BuildDetails(const PageInput& input);
  void ScrollPage(Frame* frame);

  const SnapshotHub* const hub_;
  Screen* const screen_;
  Names* const names_;
  WantedQuery* const wanted_;  // or null
  const History* const past_;  // or null
  const ViewSettings settings_;
  const std::string notice_;

  ViewState view_;
  std::shared_ptr<const Snapshot> newest_;  // the latest from the hub
  std::shared_ptr<const Snapshot> shown_;   // newest_, or its PausedSnapshot()
  int64_t previous_time_ns_ = 0;            // Snapshot::time_ns of the snapshot before newest_
  RateHistory history_;
  Meter meter_{&history_};
  Filter filter_;
  RowOrder order_;           // of the connections in shown_
  GroupOrder groups_;        // of the edges in newest_ or, while paused, of an earlier one; used while rows are groups
  ConnectionDetail detail_;  // the last values of the connection on the details page
  PcapFilter pcap_filter_;   // of Page::kPcapFilter
  EndpointWidths widths_;
  int laid_out_columns_ = 0;  // the width of the screen for which widths_ was collected
  uint64_t names_generation_ = 0;
  bool drawn_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TOP_APP_H_
