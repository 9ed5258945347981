// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_VIEW_STATE_H_
#define TCPGAUGE_TUI_VIEW_STATE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "src/snapshot/connection_sort.h"
#include "tui/averaging.h"
#include "tui/grouping.h"
#include "tui/key_event.h"

namespace tcpgauge {

// The page on the screen. Keys have different meanings on different pages. kFilterPrompt is the list while the user
// types a filter.
enum class Page : uint8_t { kList, kFilterPrompt, kDetails, kPcapFilter, kHelp };

// Everything that the keys of the top view change. A plain value.
struct ViewState {
  Page page = Page::kList;
  ConnectionSort sort = ConnectionSort::kStart;
  bool reverse = false;
  bool frozen = false;       // rows keep their order, and new ones are added below; see RowOrder::Freeze()
  bool paused = false;       // see PausedSnapshot()
  bool bits = false;         // rates in bits per second instead of bytes per second
  bool names = false;        // names of hosts and services instead of numbers
  bool hide_closed = false;  // no rows for closed connections
  Averaging averaging = Averaging::kRateWindow;
  Grouping grouping = Grouping::kConnections;
  GroupSort group_sort = GroupSort::kRate;  // while rows are groups
  bool mouse = true;                        // whether the view uses the mouse; see Screen::SetMouse()
  bool quit = false;                        // the user wants to leave the view
  uint64_t resets = 0;                      // how often totals were reset
  std::string filter;                       // as typed, perhaps unfinished; see Filter::ParseUnfinished()
  size_t offset = 0;                        // the first visible row of the list
  size_t page_offset = 0;                   // the first visible line of any other page; TopApp limits it
  std::optional<uint64_t> selected_id;      // of the connection or group in the marked row; nullopt: no row is marked
  uint64_t detail_id = 0;                   // the connection of Page::kDetails; the row of Page::kPcapFilter
  // The list of groups from which Enter opened the connections that are shown; nullopt: there is none.
  struct Opened {
    Grouping grouping = Grouping::kServices;
    std::string filter;  // of the list of groups
    size_t offset = 0;
    uint64_t id = 0;  // of the opened group
  };
  std::optional<Opened> opened_from;
};

// What ApplyKey() needs to know about the list.
struct ViewContext {
  size_t rows = 0;  // in the whole list
  size_t page = 0;  // rows that fit on the screen at a time
  // Returns the id of the connection or group in a row of the list. The first row is row 0. REQUIRES: row < rows.
  std::function<uint64_t(size_t)> id_at;
  // While rows are groups: returns the filter that selects the connections of a row. Empty if the row has none.
  std::function<std::string(size_t)> filter_at = nullptr;
  // Sorts the list by the column whose title is at this column of the screen. A second call reverses the order. Has no
  // effect if no title is there, or if that column has no order.
  std::function<void(int column, ViewState* state)> sort_at = nullptr;
  bool knows_workloads = true;  // false: `g` leaves out the groups by workload
};

// The most bytes of a filter that the user types. Further characters are ignored.
constexpr size_t kMaxFilterBytes = 200;

// Returns the state after `event`. Keys without a meaning on the page leave the state as it was.
//
// In the list, arrows scroll, as in tcptrack. When the marked row scrolls off the screen, the mark moves to the row at
// the edge. `j` and `k` move the mark. Enter opens the details of the marked row, or of the first row on the screen if
// no row on the screen is marked. If rows are groups, Enter opens the connections of the group instead, and Escape
// returns to the groups.
//
// A click on a title sorts the list. A click on a row marks it, and a click on the marked row does what Enter does. The
// wheel scrolls.
ViewState ApplyKey(ViewState state, const KeyEvent& event, const ViewContext& context);

// Limits `state->offset` to the last row of a list with `rows` rows, or to 0 if the list is empty. Call it when the
// list has shrunk.
void ClampOffset(ViewState* state, size_t rows);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_VIEW_STATE_H_
