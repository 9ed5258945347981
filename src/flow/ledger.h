// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_LEDGER_H_
#define TCPGAUGE_SRC_FLOW_LEDGER_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "src/flow/connection_record.h"
#include "src/flow/edge_table.h"
#include "src/flow/totals.h"
#include "src/net/connection_key.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

// The account of everything that connections carried: the totals and, if the table keeps rates, the edges. The same
// calls credit both with the same amounts.
//
// Design. Amounts are credited when their packet comes. Adding up the rows of a snapshot was rejected: eviction, the
// bound on listed rows and the slices of a pass would each make such a sum wrong, and a counter could fall. A midstream
// connection is credited when it is confirmed, with everything that it carried so far. If it ends unconfirmed, it is
// credited then.
//
// Thread: confined to its table.
// Time: the table's, in nanoseconds.
// Bounds: those of EdgeTable.
class Ledger {
 public:
  // `edges` may be null.
  explicit Ledger(std::unique_ptr<EdgeTable> edges) : edges_(std::move(edges)) {}

  const Totals& totals() const { return totals_; }
  const EdgeTable* edges() const { return edges_.get(); }

  // Counts a connection that was confirmed. The caller then calls Enter() with its state.
  void Open(const ConnectionKey& key, End client, bool midstream, int64_t now_ns);
  // An opened connection that has ended.
  struct Ended {
    const ConnectionKey& key;
    End client;
    EdgeTable::Slot edge;
    EndReason reason;
    int64_t duration_ns;
    uint64_t payload_bytes;
  };
  void Close(const Ended& connection);

  // Add an opened connection to the gauge of `state`, and remove it from there.
  void Enter(ConnectionState state) { ++totals_.connections[static_cast<size_t>(state)]; }
  void Leave(ConnectionState state) { --totals_.connections[static_cast<size_t>(state)]; }

  // Credits an amount that one end of the connection sent. Updates record->edge if the connection is confirmed.
  void Credit(bool of_client, uint64_t payload_bytes, const LossCounts& losses, int64_t now_ns,
              ConnectionRecord* record) {
    if (payload_bytes != 0 || !losses.IsZero()) CreditNonzero(of_client, payload_bytes, losses, now_ns, record);
  }
  // Credits everything that both ends sent so far.
  void CreditAll(int64_t now_ns, ConnectionRecord* record);
  // Credits a completed handshake of an opened connection.
  void CreditHandshake(int64_t rtt_ns, ConnectionRecord* record);

  // See EdgeTable::Rebalance.
  void Rebalance(int64_t now_ns) {
    if (edges_ != nullptr) edges_->Rebalance(now_ns);
  }

 private:
  void CreditNonzero(bool of_client, uint64_t payload_bytes, const LossCounts& losses, int64_t now_ns,
                     ConnectionRecord* record);
  EdgeKey EdgeKeyOf(const ConnectionKey& key, End client) const {
    return edges_->KeyOf(key.endpoint(client).address, key.endpoint(OtherEnd(client)));
  }

  Totals totals_;
  std::unique_ptr<EdgeTable> edges_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_LEDGER_H_
