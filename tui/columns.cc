// SPDX-License-Identifier: Apache-2.0
#include "tui/columns.h"

#include <algorithm>

namespace tcpgauge {
namespace {

constexpr int kMargin = 1;        // left of the first column
constexpr int kGap = 1;           // between two columns
constexpr int kV4Endpoint = 21;   // "255.255.255.255:65535"
constexpr int kMaxEndpoint = 47;  // "[" + 39 + "]:65535"
constexpr int kState = 11;        // "ESTABLISHED", "SYN|ACK-ACK"
constexpr int kMaxRest = 60;      // of the column with Growth::kRest

// Hands out the width of the screen: a column that is added earlier gets its room first.
class Budget {
 public:
  Budget(absl::Span<const Column> table, int columns, const EndpointWidths& wanted)
      : table_(table), wanted_(wanted), left_(columns - kMargin), widths_(table.size()) {}

  // Adds the columns of `priority`, up to the first that does not fit. With kAlways it adds all. Adds no column if one
  // of an earlier call did not fit: a narrow column of less importance must not take its place.
  void Add(Priority priority) {
    for (size_t i = 0; i < table_.size() && !is_full_; ++i) {
      if (table_[i].priority != priority || IsUnknown(table_[i])) continue;
      const int taken = table_[i].width + kGap;
      if (priority != Priority::kAlways && left_ < taken) {
        is_full_ = true;
        return;
      }
      widths_[i] = table_[i].width;
      left_ -= taken;
    }
  }

  // Widens the endpoint columns that are shown up to `client` and `server`.
  void WidenEndpoints(int client, int server) {
    Widen(WidthOf(Growth::kClient), client, WidthOf(Growth::kServer), server);
  }

  // Widens the columns of the names that are shown up to the wanted widths.
  void WidenNames() {
    Widen(WidthOf(Growth::kClientName), wanted_.client_name, WidthOf(Growth::kServerName), wanted_.server_name);
  }

  // Widens the column of the states, if it is shown and no column that was added later was left out.
  void WidenState() {
    if (!is_full_) Widen(WidthOf(Growth::kState), kState, nullptr, 0);
  }

  // Widens the column with Growth::kRest, if it is shown, by the width that is left.
  void WidenRest() {
    int* const width = WidthOf(Growth::kRest);
    if (width != nullptr) *width = std::min(*width + left_, kMaxRest);
  }

  std::vector<PlacedColumn> PlacedColumns() const {
    std::vector<PlacedColumn> placed;
    int left = kMargin;
    for (size_t i = 0; i < table_.size(); ++i) {
      if (widths_[i] == 0) continue;
      placed.push_back({&table_[i], left, widths_[i]});
      left += widths_[i] + kGap;
    }
    return placed;
  }

 private:
  // Whether the column would show only unknown names.
  bool IsUnknown(const Column& column) const {
    return (column.growth == Growth::kClientName && wanted_.client_name == 0) ||
           (column.growth == Growth::kServerName && wanted_.server_name == 0);
  }

  // Widens two columns up to the given widths; when the room is short, the narrower one first. The width of a column
  // that is not shown is null.
  void Widen(int* client, int most_client, int* server, int most_server) {
    while (left_ > 0) {
      const bool widen_client = client != nullptr && *client < most_client;
      const bool widen_server = server != nullptr && *server < most_server;
      if (!widen_client && !widen_server) return;
      ++*(widen_client && (!widen_server || *client <= *server) ? client : server);
      --left_;
    }
  }

  // The width of the column with this growth; null when it is not shown.
  int* WidthOf(Growth growth) {
    for (size_t i = 0; i < table_.size(); ++i) {
      if (table_[i].growth == growth && widths_[i] > 0) return &widths_[i];
    }
    return nullptr;
  }

  const absl::Span<const Column> table_;
  const EndpointWidths wanted_;
  int left_;
  bool is_full_ = false;     // whether a column did not fit
  std::vector<int> widths_;  // one for each column of the table; 0 = not shown
};

}  // namespace

std::vector<PlacedColumn> LayOutColumns(absl::Span<const Column> table, int columns, const EndpointWidths& wanted) {
  Budget budget(table, columns, wanted);
  budget.Add(Priority::kAlways);
  budget.Add(Priority::kNarrow);
  budget.WidenEndpoints(kV4Endpoint, kV4Endpoint);
  budget.Add(Priority::kStandard);
  budget.WidenEndpoints(std::min(wanted.client, kMaxEndpoint), std::min(wanted.server, kMaxEndpoint));
  budget.Add(Priority::kWide);
  budget.WidenState();
  budget.Add(Priority::kTimes);
  budget.Add(Priority::kNames);
  budget.WidenNames();
  budget.Add(Priority::kLast);
  budget.WidenRest();
  return budget.PlacedColumns();
}

}  // namespace tcpgauge
