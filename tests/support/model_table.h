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

// A second, simple implementation of ConnectionTable's contract. Tests feed the same packets to a table and to a model,
// and compare the two. The model is slow, but easy to verify: it uses one std::map, 64-bit positions in the byte
// streams, optional values and doubles. It leaves out rates, ranking and edges.
//
// The contract leaves two choices to the table:
//   - how long after its time-out an idle connection ends: at most a 64th of the time-out, plus a second;
//   - which connection is evicted when several are about equally idle.
// In both cases, the model adopts the table's choice, and checks that the contract allows it.
//
// Thread: confined to one thread. Time: nanoseconds of the Unix epoch.
class ModelTable {
 public:
  // `options` are those of the table.
  explicit ModelTable(const TableOptions& options) : options_(options) {}

  // Take(), AdvanceTime() and EndAll() repeat in the model what the table has just done. Take() repeats Apply() for one
  // packet, and ignores packets that are not TCP.
  //
  // `announced` is borrowed for the call. It holds all connections that the table has reported as ended since it was
  // created, in order. When the table was given a batch, `announced` may already hold those that later packets of the
  // batch ended. If the model disagrees with `announced`, error() says how.
  void Take(const DecodedPacket& packet, const std::vector<EndedConnection>& announced);
  void AdvanceTime(int64_t now_ns, const std::vector<EndedConnection>& announced);
  void EndAll(const std::vector<EndedConnection>& announced);

  // Compares time, connections and totals of the model with those of `table`. error() states the first difference.
  void Compare(const ConnectionTable& table);

  // The first disagreement of all calls so far. Empty while model and table agree.
  const std::string& error() const { return error_; }

  // How many connections have ended in the model.
  size_t ended_count() const { return ended_count_; }

 private:
  // One end of a connection: what it sent, and what is known about it.
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
    std::optional<uint32_t> initial_sequence;  // the sequence number of the end's SYN
    std::optional<uint32_t> acknowledged;      // the highest acknowledgment number that the end sent
    std::optional<int> window_shift;           // the option in the end's SYN; nullopt: no SYN, or no such option
    uint32_t window = 0;                       // as last advertised, unscaled
    bool window_is_of_syn = false;             // the window came in a SYN, after the other end's SYN; it is not scaled
    bool went_on = false;                      // the end sent or acknowledged something new since the last reset
    // The position after the last byte that the end sent. Modulo 2^32 a position is a sequence number.
    std::optional<int64_t> next;
    std::vector<std::pair<int64_t, int64_t>> gaps;  // [begin, end) of bytes not yet seen; the oldest gap first
    // A segment of this end whose acknowledgment will give a round-trip time.
    struct Sample {
      uint32_t acknowledgment;  // the acknowledgment number that ends the sample
      int64_t time_ns;
      std::optional<uint32_t> timestamp;
    };
    std::optional<Sample> sample;
    uint32_t sample_from = 0;  // sequence number at which the next sample begins
    struct Syn {
      uint32_t sequence;
      int64_t time_ns;
      std::optional<int> window_shift;
    };
    // A SYN within an open connection. Its sequence number is not `initial_sequence`. A SYN-ACK that answers this SYN
    // begins another connection.
    std::optional<Syn> candidate;
    std::optional<double> rtt_us;
    std::optional<size_t> interface;  // where packets of this end are counted; on other interfaces they are duplicates
    int64_t last_counted_ns = 0;      // the time of the last packet that was no duplicate
  };
  struct Connection {
    Encapsulation encapsulation;
    std::array<Peer, 2> ends;  // sorted by endpoint
    int client = 0;            // index in `ends`
    ConnectionState state = ConnectionState::kSynSent;
    bool observed = false;
    bool midstream = false;
    bool confirmed = false;
    bool refused = false;
    bool doubtful = false;           // begun by a RST, or by a late segment of a connection that had ended
    bool has_only_bare_syn = false;  // a SYN without payload began the connection, and no packet has come since
    int64_t start_ns = 0;
    int64_t last_ns = 0;
    int64_t last_syn_ns = 0;                       // of the client's last SYN
    int64_t attempt_timeout_ns = kFirstAttemptNs;  // the time-out while in SYN-SENT
    // How long after start_ns each packet of the handshake came; nullopt if it was not seen.
    std::optional<int64_t> syn_ns;
    std::optional<int64_t> syn_ack_ns;
    std::optional<int64_t> ack_ns;
  };
  using Key = std::tuple<std::vector<uint16_t>, std::vector<std::tuple<int, bool, uint32_t>>, Endpoint, Endpoint>;
  using Connections = std::map<Key, Connection>;
  // A connection that was closed or reset.
  struct Remembered {
    std::array<uint32_t, 2> initial_sequences;  // of `Connection::ends`; 0 when the SYN was not seen
    int64_t second;                             // of its last packet or its last late segment
  };
  // A first fragment: following fragments get their ports from it.
  struct Fragmented {
    IpAddress source;
    IpAddress destination;
    uint32_t id;
    Encapsulation encapsulation;
    uint16_t source_port;
    uint16_t destination_port;
    int64_t time_ns;
  };

  static constexpr int64_t kFirstAttemptNs = 35000000000;  // the time-out after the first SYN

  static Key KeyOf(const Encapsulation& encapsulation, const Endpoint& x, const Endpoint& y);
  int64_t TimeoutOf(const Connection& connection) const;
  int GuessClient(const Endpoint& a, const Endpoint& b) const;
  void RememberMidstream(const Endpoint& x, const Endpoint& y, int64_t time_ns);
  bool BeginsAnother(const Connection& connection, int sender, const DecodedPacket& packet) const;
  bool IsLate(const DecodedPacket& packet, int64_t time_ns);
  bool IsIgnoredReset(const Connection& connection, int sender, const DecodedPacket& packet) const;
  Connections::iterator Begin(const DecodedPacket& packet, int64_t time_ns);
  bool IsDuplicate(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns);
  void Credit(Connection* connection, int sender, const DecodedPacket& whole, int64_t time_ns);
  void NoteRepeatedSyn(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns) const;
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
  const std::vector<EndedConnection>* announced_ = nullptr;  // the argument of the present call
  int64_t now_ns_ = 0;
  Connections connections_;
  std::map<Key, Remembered> remembered_;
  std::deque<Fragmented> fragments_;  // newest first
  std::set<Endpoint> servers_;        // endpoints that are known as servers, because they sent a SYN-ACK
  // For each end of a midstream connection: the other end of the first such connection, and when that connection began.
  // A connection that begins more than 300 s later takes the place of the first. The map needs no bound in tests.
  std::map<Endpoint, std::pair<Endpoint, int64_t>> partners_;
  std::set<Endpoint> popular_;  // ends that two clients used
  // Totals of ended connections. They also include the openings, handshake round trips, probes and ignored RSTs of live
  // connections.
  Totals ended_;
  size_t ended_count_ = 0;
  std::map<size_t, uint64_t> duplicates_;  // by interface
  uint64_t unmatched_fragments_ = 0;
  std::string error_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_MODEL_TABLE_H_
