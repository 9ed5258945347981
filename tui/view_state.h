// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_VIEW_STATE_H_
#define TCPGAUGE_TUI_VIEW_STATE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "src/snapshot/connection_sort.h"
#include "tui/key_event.h"

namespace tcpgauge {

// What the screen shows. The meaning of a key depends on it.
enum class Page : uint8_t { kList, kFilterPrompt, kDetails, kHelp };

// Everything that keys change. A plain value.
struct ViewState {
  Page page = Page::kList;
  ConnectionSort sort = ConnectionSort::kStart;
  bool reverse = false;
  bool frozen = false;  // rows keep their places; new ones are added below
  bool paused = false;  // see PausedSnapshot()
  bool bits = false;
  bool names = false;             // names of hosts and services instead of numbers
  bool lifetime_average = false;  // rates over the lifetime instead of the rate window
  bool quit = false;
  uint64_t resets = 0;                  // how often totals were reset
  std::string filter;                   // as typed
  size_t offset = 0;                    // the row at the top of the list
  size_t page_offset = 0;               // the line at the top of the help or the details
  std::optional<uint64_t> selected_id;  // the connection in the marked row; nullopt = no mark
  uint64_t detail_id = 0;               // the connection of Page::kDetails
};

// The part of the screen that the effect of a key depends on.
struct ViewContext {
  size_t rows = 0;  // in the list
  size_t page = 0;  // rows that fit on the screen
  // The id of the connection in a row. REQUIRES: row < rows.
  std::function<uint64_t(size_t)> id_at;
};

// The longest filter that can be typed.
constexpr size_t kMaxFilterBytes = 200;

// The state after `event`.
//
// Arrows scroll, as in tcptrack. When the marked row scrolls off the screen, the mark moves to the row at the edge. `j`
// and `k` move the mark. Enter shows the marked row, or the first visible row when no visible row is marked.
ViewState ApplyKey(ViewState state, const KeyEvent& event, const ViewContext& context);

// Moves the offset back into the list after the list shrank.
void ClampOffset(ViewState* state, size_t rows);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_VIEW_STATE_H_
