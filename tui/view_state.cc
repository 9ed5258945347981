#include "tui/view_state.h"

#include <algorithm>

namespace tcpgauge {
namespace {

SortKey NextSort(SortKey key) {
  switch (key) {
    case SortKey::kUnsorted:
      return SortKey::kRate;
    case SortKey::kRate:
      return SortKey::kBytes;
    case SortKey::kBytes:
      return SortKey::kIdle;
    default:
      return SortKey::kUnsorted;
  }
}

void ApplyCharacter(ViewState* state, char character) {
  switch (character) {
    case 'q':
      state->quit = true;
      break;
    case 'p':
      state->paused = !state->paused;
      break;
    case 's':
      state->sort = NextSort(state->sort);
      break;
    default:
      break;
  }
}

}  // namespace

void ClampOffset(ViewState* state, size_t rows) { state->offset = std::min(state->offset, rows == 0 ? 0 : rows - 1); }

ViewState ApplyKey(ViewState state, const KeyEvent& event, const ViewContext& context) {
  // Arrows may scroll until the last row is the only one, as in tcptrack; pages stop when the last one is full.
  const size_t last_page = context.rows > context.page ? context.rows - context.page : 0;
  switch (event.key) {
    case Key::kCharacter:
      ApplyCharacter(&state, event.character);
      break;
    case Key::kUp:
      if (state.offset > 0) --state.offset;
      break;
    case Key::kDown:
      ++state.offset;
      break;
    case Key::kPageUp:
      state.offset -= std::min(state.offset, context.page);
      break;
    case Key::kPageDown:
      state.offset = std::max(state.offset, std::min(state.offset + context.page, last_page));
      break;
    case Key::kHome:
      state.offset = 0;
      break;
    case Key::kEnd:
      state.offset = last_page;
      break;
    default:
      break;
  }
  ClampOffset(&state, context.rows);
  return state;
}

}  // namespace tcpgauge
