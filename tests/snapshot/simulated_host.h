// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SNAPSHOT_SIMULATED_HOST_H_
#define TCPGAUGE_TESTS_SNAPSHOT_SIMULATED_HOST_H_

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "src/net/connection_state.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// A host whose connections a test opens, feeds and ends. It makes the snapshots that a Collector would make of them. It
// has one interface.
//
// Connections are named by the order in which they were opened: 0, 1, 2 and so on. The name is also the connection's id
// in a snapshot.
class SimulatedHost {
 public:
  static constexpr int64_t kSecondNs = 1000000000;
  static constexpr int64_t kStartNs = 1700000000 * kSecondNs;
  static constexpr int64_t kLingerNs = 2 * kSecondNs;  // how long a closed connection stays among the open ones

  struct Connection {
    uint64_t labels = 0;  // connections of equal labels have the same endpoints
    ConnectionState state = ConnectionState::kEstablished;
    int64_t start_ns = 0;
    int64_t last_packet_ns = 0;
    uint64_t payload_bytes = 0;
    uint64_t window_payload_bytes = 0;
    std::deque<std::pair<int64_t, uint64_t>> payload;  // of the window: when, and how much

    bool is_open() const { return state != ConnectionState::kClosed && state != ConnectionState::kReset; }
  };

  // At most `max_ended` connections that no longer linger are listed as ended.
  SimulatedHost(int64_t window_ns, size_t max_ended) : window_ns_(window_ns), max_ended_(max_ended) {}

  int64_t now_ns() const { return now_ns_; }
  void AdvanceSeconds(double seconds) { now_ns_ += static_cast<int64_t>(seconds * kSecondNs); }

  uint64_t Open(ConnectionState state = ConnectionState::kEstablished);
  // Opens a connection with the same endpoints as `other`.
  uint64_t OpenAgain(uint64_t other);
  void Send(uint64_t name, uint64_t bytes);
  void End(uint64_t name, ConnectionState state = ConnectionState::kClosed);

  // All connections that are open, or ended at most a window ago.
  const std::map<uint64_t, Connection>& connections() const { return connections_; }

  // The snapshot of now. Sets `*by_rank` to what Collector would pass to SeriesChoice.
  Snapshot Take(std::vector<uint32_t>* by_rank);

 private:
  const int64_t window_ns_;
  const size_t max_ended_;
  int64_t now_ns_ = kStartNs;
  uint64_t next_name_ = 0;
  std::map<uint64_t, Connection> connections_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SNAPSHOT_SIMULATED_HOST_H_
