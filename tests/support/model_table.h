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

// A second, simple implementation of ConnectionTable's contract, against which tests compare the table. It uses one
// std::map, 64-bit positions in the byte streams, optional values and doubles. It is slow, but easy to verify.
//
// The contract leaves two choices open: when a connection ends within a 64th of its time-out, and which of several
// nearly equally idle connections is evicted. The model adopts the table's choice and checks that it is allowed.
//
// Thread: confined to one. Time: nanoseconds of the Unix epoch.
class ModelTable {
 public:
  explicit ModelTable(const TableOptions& options) : options_(options) {}

  // `announced` holds all connections that the table has reported as ended since the beginning. If the model disagrees
  // with them, error() says how.
  void Take(const DecodedPacket& packet, const std::vector<EndedConnection>& announced);
  void AdvanceTime(int64_t now_ns, const std::vector<EndedConnection>& announced);
  void EndAll(const std::vector<EndedConnection>& announced);

  // Compares the model with the table. error() states the first difference.
  void Compare(const ConnectionTable& table);

  // The first disagreement; empty while model and table agree.
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
    std::optional<int64_t> next;               // position after its last byte; modulo 2^32 it is the sequence number
    std::vector<std::pair<int64_t, int64_t>> gaps;
    struct Sample {
      uint32_t acknowledgment;  // the number that ends the sample
      int64_t time_ns;
      std::optional<uint32_t> timestamp;
    };
    std::optional<Sample> sample;
    uint32_t sample_from = 0;  // sequence number at which the next sample begins
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
    std::array<Peer, 2> ends;  // sorted by endpoint
    int client = 0;
    ConnectionState state = ConnectionState::kSynSent;
    bool observed = false;
    bool midstream = false;
    bool confirmed = false;
    bool refused = false;
    bool has_only_bare_syn = false;  // a bare SYN began it, and no packet came since
    int64_t start_ns = 0;
    int64_t last_ns = 0;
    std::optional<int64_t> syn_ns;  // this and the next two: time since start_ns
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
  Totals ended_;  // totals of ended connections, and the counters that do not belong to a connection
  size_t ended_count_ = 0;
  std::map<size_t, uint64_t> duplicates_;
  uint64_t unmatched_fragments_ = 0;
  std::string error_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_MODEL_TABLE_H_
