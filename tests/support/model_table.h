// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_MODEL_TABLE_H_
#define TCPGAUGE_TESTS_SUPPORT_MODEL_TABLE_H_

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "src/flow/connection_summary.h"
#include "src/flow/connection_table.h"
#include "src/flow/totals.h"

namespace tcpgauge {

// The contract of ConnectionTable once more, as plainly as it can be said: one std::map, positions in the byte streams
// as 64-bit numbers, optional values, doubles. Slow, and right where it is obvious.
//
// What the contract leaves open (when within a 64th of its time-out a connection ends, which of several nearly equally
// idle ones is evicted) the model takes over from the table and checks that it is allowed.
class ModelTable {
 public:
  explicit ModelTable(const TableOptions& options) : options_(options) {}

  // Both take what the table says to have ended so far, since the beginning. What is wrong with that is in error().
  void Take(const DecodedPacket& packet, const std::vector<EndedConnection>& announced);
  void AdvanceTime(int64_t now_ns, const std::vector<EndedConnection>& announced);
  void EndAll(const std::vector<EndedConnection>& announced);

  // Compares with the table; what differs is in error().
  void Compare(const ConnectionTable& table);

  const std::string& error() const { return error_; }
  size_t ended_count() const { return ended_count_; }

 private:
  struct Peer {
    Endpoint endpoint;
    uint64_t packets = 0;
    uint64_t payload_bytes = 0;
    uint64_t ip_bytes = 0;
    uint32_t retransmitted = 0;
    uint32_t out_of_order = 0;
    uint32_t zero_windows = 0;
    int payload_segments = 0;
    bool sent_fin = false;
    std::optional<uint32_t> initial_sequence;  // of its SYN
    std::optional<uint32_t> acknowledged;      // the highest number that it acknowledged
    std::optional<int64_t> next;               // position after all that it sent; equals its number modulo 2^32
    std::vector<std::pair<int64_t, int64_t>> gaps;
    struct Sample {
      uint32_t acknowledgment;  // that ends it
      int64_t time_ns;
      std::optional<uint32_t> timestamp;
    };
    std::optional<Sample> sample;
    uint32_t sample_from = 0;  // where the next one begins
    struct Syn {
      uint32_t sequence;
      int64_t time_ns;
    };
    std::optional<Syn> candidate;
    std::optional<double> rtt_us;
    std::optional<size_t> interface;
    int64_t last_counted_ns = 0;
  };
  struct Connection {
    Encapsulation encapsulation;
    std::array<Peer, 2> ends;  // in the order of their endpoints
    int client = 0;
    ConnectionState state = ConnectionState::kSynSent;
    bool observed = false;
    bool midstream = false;
    bool confirmed = false;
    bool refused = false;
    bool has_only_bare_syn = false;  // begun by one, and no packet came since
    int64_t start_ns = 0;
    int64_t last_ns = 0;
    std::optional<int64_t> syn_ns;  // these three: after the start
    std::optional<int64_t> syn_ack_ns;
    std::optional<int64_t> ack_ns;
  };
  using Key = std::tuple<std::vector<uint16_t>, std::vector<std::tuple<int, bool, uint32_t>>, Endpoint, Endpoint>;
  using Connections = std::map<Key, Connection>;
  struct Fragmented {
    IpAddress source;
    IpAddress destination;
    uint32_t id;
    Encapsulation encapsulation;
    uint16_t source_port;
    uint16_t destination_port;
    int64_t time_ns;
  };

  static Key KeyOf(const Encapsulation& encapsulation, const Endpoint& x, const Endpoint& y);
  int64_t TimeoutOf(const Connection& connection) const;
  int GuessClient(const Endpoint& a, const Endpoint& b) const;
  bool BeginsAnother(const Connection& connection, int sender, const DecodedPacket& packet) const;
  Connections::iterator Begin(const DecodedPacket& packet, int64_t time_ns);
  bool IsDuplicate(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns);
  void Credit(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns);
  void Follow(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns);
  void Analyze(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns);
  void NoteHandshake(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns,
                     ConnectionState before);
  void Confirm(Connection* connection);
  void Evict();
  void End(Connections::iterator connection, std::optional<EndReason> reason);
  std::string Differences(const Connection& connection, const ConnectionSummary& summary) const;
  void AddTo(const Connection& connection, Totals* totals) const;
  void Fail(const std::string& what) {
    if (error_.empty()) error_ = what;
  }

  const TableOptions options_;
  const std::vector<EndedConnection>* announced_ = nullptr;
  int64_t now_ns_ = 0;
  Connections connections_;
  std::deque<Fragmented> fragments_;  // newest first
  std::set<Endpoint> servers_;
  Totals ended_;  // of connections that are gone, and the counters that need no connection
  size_t ended_count_ = 0;
  std::map<size_t, uint64_t> duplicates_;
  uint64_t unmatched_fragments_ = 0;
  std::string error_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_MODEL_TABLE_H_
