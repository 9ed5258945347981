// SPDX-License-Identifier: Apache-2.0
#include "tui/columns.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace tcpgauge {
namespace {

struct Kind {
  std::string_view title;
  int width;  // of endpoints and the history: the least that says something
  bool align_right;
};

// In the order of ColumnId, which is the order on the screen.
constexpr Kind kKinds[] = {{"Client", 13, false}, {"Server", 13, false}, {"State", 12, false}, {"Idle", 4, false},
                           {"A", 1, false},       {"Speed", 9, false},   {"Up", 9, true},      {"Down", 9, true},
                           {"Total", 7, true},    {"RTT", 6, true},      {"Retr", 5, true},    {"History", 12, true}};
constexpr size_t kColumnCount = std::size(kKinds);

constexpr int kMargin = 1;       // left of the first column
constexpr int kGap = 1;          // between two
constexpr int kV4Endpoint = 21;  // "255.255.255.255:65535"
constexpr int kMaxHistory = 60;
constexpr int kMaxEndpoint = 47;  // "[" + 39 + "]:65535"

constexpr size_t Index(ColumnId id) { return static_cast<size_t>(id); }

// Hands out the width: what comes first gets its room first.
class Budget {
 public:
  explicit Budget(int columns) : left_(columns - kMargin) {}

  bool Add(ColumnId id) {
    const int width = kKinds[Index(id)].width;
    if (left_ < width + kGap) return false;
    Force(id);
    return true;
  }

  void Force(ColumnId id) {
    widths_[Index(id)] = kKinds[Index(id)].width;
    left_ -= widths_[Index(id)] + kGap;
  }

  // Widens the endpoints that are shown up to `client` and `server`, evenly when there is not enough for both.
  void WidenEndpoints(int client, int server) {
    int& client_width = widths_[Index(ColumnId::kClient)];
    int& server_width = widths_[Index(ColumnId::kServer)];
    while (left_ > 0) {
      const bool widen_client = client_width > 0 && client_width < client;
      const bool widen_server = server_width < server;
      if (!widen_client && !widen_server) return;
      ++(widen_client && (!widen_server || client_width <= server_width) ? client_width : server_width);
      --left_;
    }
  }

  // Gives all that is left to the history, if it is shown.
  void WidenHistory() {
    int& width = widths_[Index(ColumnId::kHistory)];
    if (width > 0) width = std::min(width + left_, kMaxHistory);
  }

  std::vector<Column> Place() const {
    std::vector<Column> placed;
    int left = kMargin;
    for (size_t i = 0; i < kColumnCount; ++i) {
      if (widths_[i] == 0) continue;
      placed.push_back({static_cast<ColumnId>(i), kKinds[i].title, left, widths_[i], kKinds[i].align_right});
      left += widths_[i] + kGap;
    }
    return placed;
  }

 private:
  int left_;
  std::array<int, kColumnCount> widths_{};  // 0 = not shown
};

}  // namespace

std::vector<Column> LayOutColumns(int columns, const EndpointWidths& wanted) {
  Budget budget(columns);
  budget.Force(ColumnId::kSpeed);
  budget.Force(ColumnId::kServer);
  budget.Add(ColumnId::kClient);
  budget.WidenEndpoints(kV4Endpoint, kV4Endpoint);
  for (const ColumnId id : {ColumnId::kState, ColumnId::kIdle, ColumnId::kActivity}) {
    if (!budget.Add(id)) break;
  }
  budget.WidenEndpoints(std::min(wanted.client, kMaxEndpoint), std::min(wanted.server, kMaxEndpoint));
  for (const ColumnId id : {ColumnId::kUp, ColumnId::kDown, ColumnId::kTotal, ColumnId::kRtt,
                            ColumnId::kRetransmissions, ColumnId::kHistory}) {
    if (!budget.Add(id)) break;
  }
  budget.WidenHistory();
  return budget.Place();
}

}  // namespace tcpgauge
