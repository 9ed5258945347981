#ifndef TCPGAUGE_TUI_VIEW_STATE_H_
#define TCPGAUGE_TUI_VIEW_STATE_H_

#include <cstddef>
#include <cstdint>

#include "tui/key_event.h"

namespace tcpgauge {

// What the rows are ordered by. The first four are the cycle of `s`.
enum class SortKey : uint8_t { kUnsorted, kRate, kBytes, kIdle };

// Everything that keys change. A plain value.
struct ViewState {
  SortKey sort = SortKey::kUnsorted;
  bool paused = false;  // see PausedSnapshot()
  bool quit = false;
  size_t offset = 0;  // position of the first row that is shown
};

// What of the screen a key's effect depends on.
struct ViewContext {
  size_t rows = 0;  // in the list
  size_t page = 0;  // that fit on the screen
};

// The state after `event`.
ViewState ApplyKey(ViewState state, const KeyEvent& event, const ViewContext& context);

// Brings the offset back into the list after it shrank.
void ClampOffset(ViewState* state, size_t rows);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_VIEW_STATE_H_
