// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_GROUP_COLUMNS_H_
#define TCPGAUGE_TUI_GROUP_COLUMNS_H_

#include "absl/types/span.h"
#include "tui/column_table.h"
#include "tui/columns.h"
#include "tui/group_order.h"
#include "tui/grouping.h"
#include "tui/names.h"

namespace tcpgauge {

// Returns the columns of a list of groups, in static storage. Their cells show CellInput::group, and they sort by
// Column::group_sort. REQUIRES: grouping != Grouping::kConnections.
absl::Span<const Column> GroupColumns(Grouping grouping);

// Widens `widths` to cover what the columns of Growth::kClient, kServer, kClientName and kServerName in GroupColumns()
// show of `row`. Does nothing for the row of everything that belongs to no group. `snapshot` is that of the row, and
// `names` is as in PageInput.
void CoverGroup(const GroupRow& row, Grouping grouping, const Snapshot& snapshot, Names* names, EndpointWidths* widths);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_GROUP_COLUMNS_H_
