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

// What the screen shows, and so what keys mean.
enum class Page : uint8_t { kList, kFilterPrompt, kDetails, kHelp };

// Everything that keys change. A plain value.
struct ViewState {
  Page page = Page::kList;
  ConnectionSort sort = ConnectionSort::kStart;
  bool reverse = false;
  bool frozen = false;  // rows stay where they are; new ones come below
  bool paused = false;  // see PausedSnapshot()
  bool bits = false;
  bool names = false;             // else numbers
  bool lifetime_average = false;  // rates over the lifetime, else over the rate window
  bool quit = false;
  uint64_t resets = 0;                  // how often totals were reset
  std::string filter;                   // as typed
  size_t offset = 0;                    // position of the first row that is shown
  size_t page_offset = 0;               // of the help or details: first line that is shown
  std::optional<uint64_t> selected_id;  // of the row that is marked
  uint64_t detail_id = 0;               // of the connection of Page::kDetails
};

// What of the screen a key's effect depends on.
struct ViewContext {
  size_t rows = 0;  // in the list
  size_t page = 0;  // that fit on the screen
  // The connection's id of a row below `rows`.
  std::function<uint64_t(size_t)> id_at;
};

// The longest filter that can be typed.
constexpr size_t kMaxFilterBytes = 200;

// The state after `event`.
//
// Arrows scroll, as in tcptrack; a marked row that scrolls off takes the mark to the row at the edge. `j` and `k` move
// the mark. Enter shows the marked row, or the first where no visible one is marked.
ViewState ApplyKey(ViewState state, const KeyEvent& event, const ViewContext& context);

// Brings the offset back into the list after it shrank.
void ClampOffset(ViewState* state, size_t rows);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_VIEW_STATE_H_
