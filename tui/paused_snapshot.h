// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_PAUSED_SNAPSHOT_H_
#define TCPGAUGE_TUI_PAUSED_SNAPSHOT_H_

#include <memory>

#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Returns `newest` as a paused view shows it. As in tcptrack(1), no connection comes or goes, but the numbers keep
// changing. The result has exactly the connections of `shown`, in the same order, with their values from `newest`. A
// connection that is not in `newest` keeps the values from `shown`, with a rate of 0. Everything else is that of
// `newest`.
//
// The lists of `newest` lack the views of a connection that is not in `newest`, and may lack its encapsulation, its
// identities or its interface. Missing views, encapsulations and identities are appended to the lists of the result. A
// missing interface is not appended: the connection's `interface` becomes an index beyond the list.
std::shared_ptr<const Snapshot> PausedSnapshot(const Snapshot& shown, const Snapshot& newest);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_PAUSED_SNAPSHOT_H_
