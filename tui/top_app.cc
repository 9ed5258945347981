// SPDX-License-Identifier: Apache-2.0
#include "tui/top_app.h"

#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "src/snapshot/past_edges.h"
#include "tui/column_table.h"
#include "tui/group_columns.h"
#include "tui/group_history.h"
#include "tui/group_page.h"
#include "tui/help_page.h"
#include "tui/list_page.h"
#include "tui/matching_edges.h"
#include "tui/paused_snapshot.h"
#include "tui/pcap_page.h"

namespace tcpgauge {
namespace {

// How often to look for a new snapshot: the shortest interval of snapshots, that of --fast.
constexpr int kRefreshMilliseconds = 100;

// How many rows to ask an attached agent for. The number grows in steps, so that scrolling does not send a query for
// each row. It includes some rows below the screen to scroll into, and never exceeds what an agent lists.
constexpr size_t kRowsStep = 1000;
constexpr size_t kRowsAhead = 500;
constexpr size_t kMaxRowsWanted = 10000;

constexpr char kOpenOnly[] = " !state:closed !state:reset";  // the end of a filter

// Whether the terminal of `keyboard` hung up. Its descriptor then stays readable with no bytes to read.
bool IsGone(const pollfd& keyboard) {
  if ((keyboard.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) return true;
  int waiting = 0;
  return (keyboard.revents & POLLIN) != 0 && ioctl(keyboard.fd, FIONREAD, &waiting) == 0 && waiting == 0;
}

}  // namespace

TopApp::TopApp(const SnapshotHub* hub, Screen* screen, Names* names, const ViewSettings& settings, WantedQuery* wanted,
               std::string notice, const History* past)
    : hub_(hub),
      screen_(screen),
      names_(names),
      wanted_(wanted),
      past_(past),
      settings_(settings),
      notice_(std::move(notice)),
      newest_(hub->Current()) {
  if (!settings_.as_tcptrack) {
    view_.sort = settings_.sort;
    view_.reverse = settings_.reverse;
    view_.hide_closed = settings_.hide_closed;
    view_.bits = settings_.bits;
    view_.names = settings_.names;
  }
  previous_time_ns_ = newest_->time_ns;
  TakeSnapshot();
  PostWanted();
}

void TopApp::Run(int stop_fd) {
  while (Step()) {
    pollfd fds[] = {{stop_fd, POLLIN, 0}, {screen_->keyboard_fd(), POLLIN, 0}, {screen_->signal_fd(), POLLIN, 0}};
    if (poll(fds, 3, kRefreshMilliseconds) < 0 && errno != EINTR) return;
    if (fds[0].revents != 0 || IsGone(fds[1])) return;
  }
}

bool TopApp::Step() {
  bool changed = !drawn_;
  while (const std::optional<KeyEvent> event = screen_->ReadKey()) {
    HandleKey(*event);
    if (view_.quit) return false;
    changed = true;
  }
  if (changed) PostWanted();
  const std::shared_ptr<const Snapshot> current = hub_->Current();
  if (current->sequence != newest_->sequence) {
    previous_time_ns_ = newest_->time_ns;
    newest_ = current;
    TakeSnapshot();
    changed = true;
  }
  if (TakeNames()) changed = true;
  if (changed) Draw();
  return true;
}

void TopApp::HandleKey(const KeyEvent& event) {
  const ViewState before = view_;
  view_ = ApplyKey(view_, event, Context());

  if (view_.page == Page::kPcapFilter && before.page != Page::kPcapFilter) TakePcapFilter();
  const bool shows_other_list = view_.grouping != before.grouping;
  if (view_.frozen && !before.frozen) FreezeShownList();
  if (!view_.frozen || shows_other_list) {
    order_.Thaw();
    groups_.Thaw();
  }
  if (view_.resets != before.resets) meter_.ResetTotals(*shown_);
  meter_.set_averaging(view_.averaging);
  if (view_.names != before.names || view_.grouping != before.grouping) widths_ = EndpointWidths();
  history_.Watch(view_.page == Page::kDetails ? view_.detail_id : 0);
  if (view_.filter != before.filter) {
    filter_ = Filter::ParseUnfinished(view_.filter);
    groups_.ClearHistory();
  }
  if (before.paused && !view_.paused) {
    TakeSnapshot();
  } else if (view_.filter != before.filter || view_.sort != before.sort || view_.reverse != before.reverse ||
             view_.frozen != before.frozen || view_.resets != before.resets || view_.names != before.names ||
             view_.averaging != before.averaging || view_.hide_closed != before.hide_closed || shows_other_list ||
             view_.group_sort != before.group_sort) {
    Reorder();
  }
  if (view_.frozen && shows_other_list) FreezeShownList();
}

// The list that is not shown is of a snapshot that may be gone.
void TopApp::FreezeShownList() {
  if (IsOfGroups()) {
    groups_.Freeze();
  } else {
    order_.Freeze();
  }
}

ViewContext TopApp::Context() {
  ViewContext context;
  context.page = ListRows(screen_->rows());
  context.knows_workloads = newest_->identities.size() > 1;
  if (IsOfGroups()) {
    context.rows = groups_.rows().size();
    context.id_at = [this](size_t position) { return groups_.rows()[position].id; };
    context.filter_at = [this](size_t position) { return groups_.FilterOfRow(groups_.rows()[position]); };
  } else {
    context.rows = order_.size();
    context.id_at = [this](size_t position) { return shown_->connections[order_.IndexAt(position)].id; };
  }
  context.sort_at = [this](int column, ViewState* state) { SortAt(column, state); };
  return context;
}

absl::Span<const Column> TopApp::Table() const {
  if (IsOfGroups()) return GroupColumns(view_.grouping);
  if (settings_.as_tcptrack) return TcptrackColumns();
  return settings_.columns.empty() ? OwnColumns() : absl::MakeConstSpan(settings_.columns);
}

void TopApp::SortAt(int column, ViewState* state) {
  for (const PlacedColumn& placed : LayOutColumns(Table(), screen_->columns(), widths_)) {
    if (column < placed.left || column > placed.left + placed.width) continue;
    const auto sort_by = [state](auto sort, auto* current) {
      state->reverse = *current == sort && !state->reverse;
      *current = sort;
      state->frozen = false;
    };
    if (IsOfGroups()) {
      if (placed.column->group_sort.has_value()) sort_by(*placed.column->group_sort, &state->group_sort);
    } else if (placed.column->sort.has_value()) {
      sort_by(*placed.column->sort, &state->sort);
    }
    return;
  }
}

void TopApp::TakePcapFilter() {
  pcap_filter_ = PcapFilter();
  if (IsOfGroups()) {
    for (const GroupRow& row : groups_.rows()) {
      if (row.id == view_.detail_id) pcap_filter_ = PcapFilterOf(row, view_.grouping, groups_.snapshot());
    }
    return;
  }
  for (const ConnectionSummary& connection : shown_->connections) {
    if (connection.id == view_.detail_id) pcap_filter_ = PcapFilterOf(connection, *shown_);
  }
}

void TopApp::PostWanted() {
  if (wanted_ == nullptr) return;
  ConnectionQuery query = wanted_->Current();
  query.sort = view_.sort;
  query.reverse = view_.reverse;
  // The agent does not know our names: with names, the query has no filter, and only this view filters. While the typed
  // filter is not valid, the query keeps the last valid one.
  if (view_.names) {
    query.filter.clear();
  } else if (Filter::Parse(view_.filter).ok()) {
    query.filter = view_.filter;
  }
  // Otherwise closed connections could take the places of open ones in what the agent lists.
  if (view_.hide_closed) {
    const std::string open = query.filter + kOpenOnly;
    if (Filter::Parse(open).ok()) query.filter = open;
  }
  const size_t end = view_.offset + ListRows(screen_->rows());
  query.limit = std::min(((end + kRowsAhead) / kRowsStep + 1) * kRowsStep, kMaxRowsWanted);
  wanted_->Post(query);
  wanted_->PostEdges(IsOfGroups());
}

void TopApp::TakeSnapshot() {
  history_.Record(*newest_);
  shown_ = view_.paused ? PausedSnapshot(*shown_, *newest_) : newest_;
  if (IsOfGroups() && view_.paused) return;  // the groups of the pause stay
  Reorder();
}

ClosedRows TopApp::Closed() const {
  if (view_.hide_closed) return ClosedRows::kHidden;
  return settings_.as_tcptrack ? ClosedRows::kAmongOthers : ClosedRows::kLast;
}

void TopApp::ReorderGroups() {
  const GroupOrder::Wish wish = {view_.grouping, view_.group_sort, view_.reverse, view_.averaging};
  const auto matching = [this](const std::shared_ptr<const Snapshot>& snapshot) {
    if (filter_.empty()) return snapshot;
    if (!view_.names) {
      return MatchingEdges(*snapshot, [this](const ConnectionSummary& connection, const Snapshot& of) {
        return filter_.Matches(connection, of);
      });
    }
    const auto name_of = [this](const IpAddress& address) { return names_->KnownHostName(address); };
    return MatchingEdges(*snapshot, [this, &name_of](const ConnectionSummary& connection, const Snapshot& of) {
      return filter_.Matches(connection, of, name_of);
    });
  };
  if (groups_.BeginsHistory(*newest_, wish)) {
    groups_.ClearHistory();
    // An interface has no edges in the past. An attached view has none before the agent was asked for them.
    if (past_ != nullptr && view_.grouping != Grouping::kInterfaces && newest_->has_edges) {
      VisitPastEdges(
          past_->Now(), GroupHistory::kSamples, newest_->time_ns,
          [&](const std::shared_ptr<const Snapshot>& second) { groups_.RecordPast(*matching(second), wish); });
    }
  }
  groups_.Rebuild(matching(newest_), wish);
  ClampOffset(&view_, groups_.rows().size());
}

void TopApp::Reorder() {
  if (IsOfGroups()) return ReorderGroups();
  const ClosedRows closed = Closed();
  if (filter_.empty()) {
    order_.Rebuild(*shown_, meter_, view_.sort, view_.reverse, closed, [](const ConnectionSummary&) { return true; });
  } else if (view_.names) {
    const auto name_of = [this](const IpAddress& address) { return names_->KnownHostName(address); };
    order_.Rebuild(*shown_, meter_, view_.sort, view_.reverse, closed,
                   [this, &name_of](const ConnectionSummary& connection) {
                     return filter_.Matches(connection, *shown_, name_of);
                   });
  } else {
    order_.Rebuild(*shown_, meter_, view_.sort, view_.reverse, closed,
                   [this](const ConnectionSummary& connection) { return filter_.Matches(connection, *shown_); });
  }
  ClampOffset(&view_, order_.size());
}

bool TopApp::TakeNames() {
  if (!view_.names || names_->generation() == names_generation_) return false;
  names_generation_ = names_->generation();
  if (!filter_.empty()) Reorder();
  return true;
}

PageInput TopApp::Input() {
  PageInput input;
  input.view = &view_;
  input.snapshot = shown_.get();
  input.table = Table();
  input.groups = &groups_;
  input.previous_time_ns = previous_time_ns_;
  input.order = &order_;
  input.meter = &meter_;
  input.history = &history_;
  input.names = view_.names ? names_ : nullptr;
  input.ignored_terms = filter_.ignored_terms();
  input.notice = notice_;
  input.rows = screen_->rows();
  input.columns = screen_->columns();
  input.as_tcptrack = settings_.as_tcptrack;
  input.utf8 = screen_->utf8();
  return input;
}

Frame TopApp::BuildDetails(const PageInput& input) {
  const auto& connections = shown_->connections;
  const auto found = std::find_if(connections.begin(), connections.end(),
                                  [this](const ConnectionSummary& view) { return view.id == view_.detail_id; });
  const bool gone = found == connections.end();
  if (!gone) detail_ = DetailOf(*found, *shown_);
  return BuildDetailsPage(input, detail_, gone);
}

void TopApp::ScrollPage(Frame* frame) {
  const size_t rows = static_cast<size_t>(screen_->rows());
  const size_t last = frame->size() > rows ? frame->size() - rows : 0;
  view_.page_offset = std::min(view_.page_offset, last);
  frame->erase(frame->begin(), frame->begin() + static_cast<std::ptrdiff_t>(view_.page_offset));
  if (view_.page_offset == last) return;
  Line more(Style::kBar);
  more.Put(1, "Down: more", Style::kBar);
  (*frame)[rows - 1] = more;
}

void TopApp::Draw() {
  // On the page of the filter, the user selects text to copy it.
  screen_->SetMouse(settings_.mouse && view_.mouse && view_.page != Page::kPcapFilter);
  if (laid_out_columns_ != screen_->columns()) {
    laid_out_columns_ = screen_->columns();
    widths_ = EndpointWidths();
  }
  const PageInput input = Input();
  Frame frame;
  switch (view_.page) {
    case Page::kList:
    case Page::kFilterPrompt:
      frame = IsOfGroups() ? BuildGroupPage(input, &widths_) : BuildListPage(input, &widths_);
      break;
    case Page::kDetails:
      frame = BuildDetails(input);
      ScrollPage(&frame);
      break;
    case Page::kPcapFilter:
      frame = BuildPcapPage(pcap_filter_, screen_->columns());
      ScrollPage(&frame);
      break;
    case Page::kHelp:
      frame = BuildHelpPage();
      ScrollPage(&frame);
      break;
  }
  frame.resize(static_cast<size_t>(screen_->rows()));
  for (Line& line : frame) line.FitTo(screen_->columns());
  screen_->Draw(frame);
  drawn_ = true;
}

}  // namespace tcpgauge
