// SPDX-License-Identifier: Apache-2.0
#include "tui/view_state.h"

#include <algorithm>

namespace tcpgauge {
namespace {

constexpr size_t kWheelRows = 3;

// Page keys and the wheel stop where the last rows fill the screen. Arrows scroll until only the last row is left, as
// in tcptrack.
size_t LastPageOffset(const ViewContext& context) {
  return context.rows > context.page ? context.rows - context.page : 0;
}

size_t EndOfPage(const ViewState& state, const ViewContext& context) {
  return std::min(state.offset + context.page, context.rows);
}

std::optional<size_t> MarkedPosition(const ViewState& state, const ViewContext& context) {
  if (!state.selected_id.has_value()) return std::nullopt;
  for (size_t i = state.offset; i < EndOfPage(state, context); ++i) {
    if (context.id_at(i) == *state.selected_id) return i;
  }
  return std::nullopt;
}

void Scroll(ViewState* state, const ViewContext& context, size_t offset) {
  const std::optional<size_t> marked = MarkedPosition(*state, context);
  state->offset = offset;
  ClampOffset(state, context.rows);
  const size_t end = EndOfPage(*state, context);
  if (marked.has_value() && end > state->offset) {
    state->selected_id = context.id_at(std::clamp(*marked, state->offset, end - 1));
  }
}

// Moves the mark one row down or up. When no visible row is marked, the mark starts at the edge of the screen.
void MoveMark(ViewState* state, const ViewContext& context, bool down) {
  const size_t end = EndOfPage(*state, context);
  if (end <= state->offset) return;
  const std::optional<size_t> marked = MarkedPosition(*state, context);
  size_t to = down ? state->offset : end - 1;
  if (marked.has_value()) to = down ? std::min(*marked + 1, context.rows - 1) : *marked - (*marked > 0 ? 1 : 0);
  if (to < state->offset) state->offset = to;
  if (to >= state->offset + context.page) state->offset = to - context.page + 1;
  state->selected_id = context.id_at(to);
}

void OpenDetails(ViewState* state, const ViewContext& context) {
  if (EndOfPage(*state, context) <= state->offset) return;
  state->detail_id = context.id_at(MarkedPosition(*state, context).value_or(state->offset));
  state->page = Page::kDetails;
  state->page_offset = 0;
}

// Shows the connections of a group.
void OpenGroup(ViewState* state, const ViewContext& context) {
  if (EndOfPage(*state, context) <= state->offset) return;
  const size_t position = MarkedPosition(*state, context).value_or(state->offset);
  const std::string filter = context.filter_at(position);
  if (filter.empty()) return;
  state->opened_from = ViewState::Opened{state->grouping, state->filter, state->offset, context.id_at(position)};
  if (!state->filter.empty()) state->filter += ' ';
  state->filter += filter;
  state->grouping = Grouping::kConnections;
  state->selected_id.reset();
  state->offset = 0;
}

// Returns to the groups.
void CloseGroup(ViewState* state) {
  state->grouping = state->opened_from->grouping;
  state->filter = state->opened_from->filter;
  state->offset = state->opened_from->offset;
  state->selected_id = state->opened_from->id;
  state->opened_from.reset();
  state->frozen = false;
}

void NextGrouping(ViewState* state, const ViewContext& context) {
  do {
    state->grouping =
        static_cast<Grouping>((static_cast<int>(state->grouping) + 1) % static_cast<int>(Grouping::kCount));
  } while (state->grouping == Grouping::kWorkloads && !context.knows_workloads);
  state->opened_from.reset();
  state->selected_id.reset();
  state->offset = 0;
  state->frozen = false;
}

void OpenPcapFilter(ViewState* state, const ViewContext& context) {
  if (EndOfPage(*state, context) <= state->offset) return;
  state->detail_id = context.id_at(MarkedPosition(*state, context).value_or(state->offset));
  state->page = Page::kPcapFilter;
  state->page_offset = 0;
}

void OpenHelp(ViewState* state) {
  state->page = Page::kHelp;
  state->page_offset = 0;
}

// The orders of groups that answer the first questions.
GroupSort NextGroupSort(GroupSort sort) {
  return sort < GroupSort::kResponse ? static_cast<GroupSort>(static_cast<int>(sort) + 1) : GroupSort::kRate;
}

GroupSort Neighbour(GroupSort sort, int step) {
  constexpr int kCount = static_cast<int>(GroupSort::kCount);
  return static_cast<GroupSort>((static_cast<int>(sort) + step + kCount) % kCount);
}

// tcptrack's cycle: unsorted, rate, bytes, idle.
ConnectionSort NextTcptrackSort(ConnectionSort sort) {
  return sort < ConnectionSort::kIdle ? static_cast<ConnectionSort>(static_cast<int>(sort) + 1)
                                      : ConnectionSort::kStart;
}

ConnectionSort Neighbour(ConnectionSort sort, int step) {
  constexpr int kCount = static_cast<int>(ConnectionSort::kCount);
  return static_cast<ConnectionSort>((static_cast<int>(sort) + step + kCount) % kCount);
}

// Keys with the same meaning in the list and in the details. False when `character` is not one of them.
bool ApplyToggle(ViewState* state, char character) {
  switch (character) {
    case 'q':
      state->quit = true;
      return true;
    case 'p':
      state->paused = !state->paused;
      return true;
    case 'b':
      state->bits = !state->bits;
      return true;
    case 'n':
      state->names = !state->names;
      return true;
    case 'a':
      state->averaging =
          static_cast<Averaging>((static_cast<int>(state->averaging) + 1) % static_cast<int>(Averaging::kCount));
      return true;
    case 'z':
      ++state->resets;
      return true;
    case 'm':
      state->mouse = !state->mouse;
      return true;
    case 'h':
    case '?':
      OpenHelp(state);
      return true;
    default:
      return false;
  }
}

void ApplyListCharacter(ViewState* state, char character, const ViewContext& context) {
  if (ApplyToggle(state, character)) return;
  switch (character) {
    case 's':
      if (state->grouping == Grouping::kConnections) {
        state->sort = NextTcptrackSort(state->sort);
      } else {
        state->group_sort = NextGroupSort(state->group_sort);
      }
      state->frozen = false;
      break;
    case '>':
    case '<':
      if (state->grouping == Grouping::kConnections) {
        state->sort = Neighbour(state->sort, character == '>' ? 1 : -1);
      } else {
        state->group_sort = Neighbour(state->group_sort, character == '>' ? 1 : -1);
      }
      state->frozen = false;
      break;
    case 'S':
      state->reverse = !state->reverse;
      state->frozen = false;
      break;
    case 'F':
      OpenPcapFilter(state, context);
      break;
    case 'g':
      NextGrouping(state, context);
      break;
    case 'c':
      state->hide_closed = !state->hide_closed;
      break;
    case 'o':
      state->frozen = !state->frozen;
      break;
    case 'j':
      MoveMark(state, context, /*down=*/true);
      break;
    case 'k':
      MoveMark(state, context, /*down=*/false);
      break;
    case '/':
      state->page = Page::kFilterPrompt;
      break;
    default:
      break;
  }
}

void OpenRow(ViewState* state, const ViewContext& context) {
  state->grouping == Grouping::kConnections ? OpenDetails(state, context) : OpenGroup(state, context);
}

void ApplyClick(ViewState* state, const KeyEvent& event, const ViewContext& context) {
  if (event.row == 0) {
    if (context.sort_at != nullptr) context.sort_at(event.column, state);
    return;
  }
  const size_t position = state->offset + static_cast<size_t>(event.row) - 1;
  if (position >= EndOfPage(*state, context)) return;
  const uint64_t id = context.id_at(position);
  if (state->selected_id == id) return OpenRow(state, context);
  state->selected_id = id;
}

void ApplyToList(ViewState* state, const KeyEvent& event, const ViewContext& context) {
  switch (event.key) {
    case Key::kCharacter:
      return ApplyListCharacter(state, event.character, context);
    case Key::kUp:
      return Scroll(state, context, state->offset - (state->offset > 0 ? 1 : 0));
    case Key::kDown:
      return Scroll(state, context, state->offset + 1);
    case Key::kPageUp:
      return Scroll(state, context, state->offset - std::min(state->offset, context.page));
    case Key::kPageDown:
      return Scroll(state, context,
                    std::max(state->offset, std::min(state->offset + context.page, LastPageOffset(context))));
    case Key::kHome:
      return Scroll(state, context, 0);
    case Key::kEnd:
      return Scroll(state, context, LastPageOffset(context));
    case Key::kWheelUp:
      return Scroll(state, context, state->offset - std::min(state->offset, kWheelRows));
    case Key::kWheelDown:
      return Scroll(state, context,
                    std::max(state->offset, std::min(state->offset + kWheelRows, LastPageOffset(context))));
    case Key::kClick:
      return ApplyClick(state, event, context);
    case Key::kEnter:
      return OpenRow(state, context);
    case Key::kEscape:
      // The first press removes the mark, the next one returns to the groups or removes the filter.
      if (state->selected_id.has_value()) {
        state->selected_id.reset();
      } else if (state->opened_from.has_value()) {
        CloseGroup(state);
      } else {
        state->filter.clear();
      }
      return;
    case Key::kBackspace:
    case Key::kOther:
      return;
  }
}

void ApplyToPrompt(ViewState* state, const KeyEvent& event, const ViewContext& context) {
  switch (event.key) {
    case Key::kCharacter:
      if (state->filter.size() < kMaxFilterBytes) state->filter.push_back(event.character);
      return;
    case Key::kBackspace:
      if (!state->filter.empty()) state->filter.pop_back();
      return;
    case Key::kEnter:
      state->page = Page::kList;
      return;
    case Key::kEscape:
      state->filter.clear();
      state->page = Page::kList;
      return;
    default:
      return ApplyToList(state, event, context);  // arrows scroll the connections found so far
  }
}

// On the help and the details: scroll, and go back.
void ApplyToPage(ViewState* state, const KeyEvent& event) {
  switch (event.key) {
    case Key::kUp:
    case Key::kWheelUp:
      if (state->page_offset > 0) --state->page_offset;
      return;
    case Key::kDown:
    case Key::kWheelDown:
      ++state->page_offset;  // drawing the page limits it
      return;
    case Key::kHome:
      state->page_offset = 0;
      return;
    case Key::kEnter:
    case Key::kEscape:
    case Key::kBackspace:
      state->page = Page::kList;
      return;
    case Key::kCharacter:
      if (event.character == 'q') {
        state->quit = true;
      } else if (state->page == Page::kHelp) {
        state->page = Page::kList;
      } else {
        ApplyToggle(state, event.character);
      }
      return;
    default:
      return;
  }
}

}  // namespace

void ClampOffset(ViewState* state, size_t rows) { state->offset = std::min(state->offset, rows == 0 ? 0 : rows - 1); }

ViewState ApplyKey(ViewState state, const KeyEvent& event, const ViewContext& context) {
  switch (state.page) {
    case Page::kList:
      ApplyToList(&state, event, context);
      break;
    case Page::kFilterPrompt:
      ApplyToPrompt(&state, event, context);
      break;
    case Page::kDetails:
    case Page::kPcapFilter:
    case Page::kHelp:
      ApplyToPage(&state, event);
      break;
  }
  return state;
}

}  // namespace tcpgauge
