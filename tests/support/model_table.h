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

#include "src/decode/payload_start.h"
#include "src/flow/connection_summary.h"
#include "src/flow/connection_table.h"
#include "src/flow/duplicate_kind.h"
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
// The model remembers all fingerprints of segments. The table's memory of them is bounded, so the two can be compared
// only until the table counts an overflow of fingerprints, or until is_open().
//
// The methods are in three files: model_table.cc follows connections, model_views.cc finds their views, and
// model_differences.cc compares the model with the table.
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
  // The next packets come to the table together. The table takes the latest time among them, `end_ns`, as the present
  // for all of them when it decides how long an attempt waits (see kRepetitionNs of ConnectionTable).
  void BeginBatch(int64_t end_ns) { batch_end_ns_ = end_ns; }
  void AdvanceTime(int64_t now_ns, const std::vector<EndedConnection>& announced);
  void EndAll(const std::vector<EndedConnection>& announced);

  // Compares time, connections and totals of the model with those of `table`. error() states the first difference.
  void Compare(const ConnectionTable& table);

  // The first disagreement of all calls so far. Empty while model and table agree.
  const std::string& error() const { return error_; }

  // Whether the contract has left a decision to the table that the model cannot follow: a SYN-ACK answered a SYN in
  // another encapsulation, which came so long ago that the table may have forgotten the SYN.
  bool is_open() const { return is_open_; }

  // How many connections have ended in the model.
  size_t ended_count() const { return ended_count_; }

 private:
  // Where a packet was captured.
  struct Stretch {
    Encapsulation encapsulation;
    size_t interface = 0;
    PacketDirection direction = PacketDirection::kUnknown;
  };
  // Where the packets of an end are counted.
  struct Pin {
    size_t interface = 0;
    PacketDirection direction = PacketDirection::kUnknown;
    int view = 0;             // View::number
    bool is_wrapped = false;  // the view has another encapsulation than the connection
  };
  // One end of a connection: what it sent, and what is known about it.
  struct Peer {
    Endpoint endpoint;  // the address that is shown
    uint64_t packets = 0;
    uint64_t payload_bytes = 0;
    uint64_t ip_bytes = 0;
    uint32_t retransmitted = 0;
    uint32_t out_of_order = 0;
    uint32_t zero_windows = 0;
    int payload_segments = 0;  // all, also retransmissions
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
      bool may_be_delayed;
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
    // The least samples of the last two windows of 30 s that had one, by the window's number.
    std::map<int64_t, int64_t> least_rtt_us;
    std::optional<int64_t> min_rtt_us() const;
    std::optional<int64_t> repeating_since_ns;  // when it sent payload again, if that was not acknowledged since
    std::optional<Pin> pin;                     // packets of this end elsewhere are duplicates
    int64_t last_counted_ns = 0;                // the time of the last packet that was no duplicate
  };
  using Key = std::tuple<std::vector<uint16_t>, std::vector<std::tuple<int, bool, uint32_t>>, Endpoint, Endpoint>;
  // A key of a connection. The first view is the key with which the connection began.
  struct View {
    Key key;
    Encapsulation encapsulation;
    bool is_swapped = false;  // the first end of `key` is the second end of the connection
    bool is_wrapped = false;  // the encapsulation differs from that of the first view
    int number = 0;           // tells the views of a connection apart
    // The end of the key that corresponds to an end of the connection, and the other way round.
    int end(int of_connection) const { return is_swapped ? 1 - of_connection : of_connection; }
    const Endpoint& endpoint(int of_connection) const {
      return end(of_connection) == 0 ? std::get<2>(key) : std::get<3>(key);
    }
  };
  // The exchanges of a connection (see exchange.h).
  struct Exchanges {
    std::optional<int64_t> request_ns;  // of the turn that is not answered yet
    bool counts = false;                // the turn is an exchange
    int turns = 0;
    bool saw_client_hello = false;
    bool in_tls_handshake = false;      // no turn has begun with what finishes it
    bool awaits_finished = false;       // only a ChangeCipherSpec came since then
    bool awaits_first_request = false;  // tickets of the server may come after it
    uint32_t count = 0;
    double smoothed_ns = 0;
  };
  struct Connection {
    Encapsulation encapsulation;
    std::array<Peer, 2> ends;       // sorted by their endpoints in the first view
    std::vector<View> views;        // the first view first
    bool shows_other_key = false;   // an end has another address than in the first view, or had one
    int repeated_syns = 0;          // of the client, while it awaits its addresses
    int provisional_views = 0;      // that may still give it other addresses; 3 are many
    std::vector<int64_t> waits_ns;  // when it repeated its SYN without a known copy, while it awaits its addresses
    bool awaits_addresses = false;  // the addresses are chosen when the connection is answered, carries data or ends
    uint64_t embryo_number = 0;     // the order in which connections with only a bare SYN began
    int client = 0;                 // index in `ends`
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
    Exchanges exchanges;
  };
  using Connections = std::map<Key, Connection>;  // by the keys of the first views
  // A packet on its way through Take().
  struct Arrival {
    const DecodedPacket& packet;  // following fragments have their ports
    int64_t time_ns;
    Key key;
    int key_sender;  // which end of the key sent the packet
    // Of the connection that the packet belongs to, once that is known.
    int sender;
    Pin pin;
  };
  // A copy of a connection's SYN, which may begin a view or a connection.
  struct Provisional {
    DecodedPacket syn;
    int64_t time_ns;
    Key owner;        // a key of the connection whose SYN it copies
    bool is_wrapped;  // has another encapsulation than that SYN
    uint64_t embryo_number;
  };
  // A segment that may be captured again on another stretch.
  struct Seen {
    enum class Kind { kSyn, kSynCopy, kSynAck, kOther } kind;
    std::vector<uint64_t> numbers;  // what no translation changes, without the sequence number; empty: not known
    Key key;
    Key owner;   // a key of the connection: `key`, except for the copy of a SYN
    int sender;  // which end of `key`
    Stretch stretch;
    int64_t time;  // in units of 2^20 ns, as in the table
  };
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
  static int SenderOf(const DecodedPacket& packet) { return packet.destination < packet.source ? 1 : 0; }
  static bool AreApart(const Stretch& a, const Stretch& b);
  static Stretch StretchOf(const DecodedPacket& packet);
  static Seen SeenOf(Seen::Kind kind, const Arrival& arrival);
  static bool HaveSameNumbers(const Seen& a, const Seen& b);
  int64_t TimeoutOf(const Connection& connection) const;
  int GuessClient(const Endpoint& a, const Endpoint& b) const;
  void RememberMidstream(const Endpoint& x, const Endpoint& y, int64_t time_ns);
  bool BeginsAnother(const Connection& connection, int sender, const DecodedPacket& packet) const;
  bool IsLate(const DecodedPacket& packet, int64_t time_ns);
  bool IsIgnoredReset(const Connection& connection, int sender, const DecodedPacket& packet) const;
  // `sender` is the end of the packet's key that sent it.
  Connections::iterator Begin(const DecodedPacket& packet, int sender, int64_t time_ns);
  bool IsDuplicate(Connection* connection, const Arrival& arrival);
  void Credit(Connection* connection, const Arrival& arrival);
  void NoteRepeatedSyn(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns) const;
  void CountRepeatedSyn(Connection* connection, int sender, const DecodedPacket& packet);
  // Gives their addresses to the connections that repeated their SYN 100 ms ago and of which no copy came.
  void EndWaits();
  void Follow(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns);
  void Analyze(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns);
  // `before` is what the sender had sent before the packet, which `*connection` already includes.
  void FollowExchange(Connection* connection, int sender, const Peer& before, const DecodedPacket& packet,
                      int64_t time_ns);
  static bool IsExchange(const Connection& connection, PayloadStart start);
  void NoteHandshake(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns,
                     ConnectionState before);
  void Confirm(Connection* connection);
  void Evict();
  Connections::iterator BeginFromCandidate(Connections::iterator old, Arrival* arrival);

  // In model_views.cc.
  bool MayHaveCopies(const DecodedPacket& packet) const;
  bool AwaitsAddresses() const;
  bool ExpectsCopies() const;
  // Returns the connection that has `key` as a view, or end().
  Connections::iterator Find(const Key& key);
  // As above, for the key of `*arrival`. Fills in the sender and the pin.
  Connections::iterator FindFor(Arrival* arrival);
  void Place(const View* view, Arrival* arrival) const;
  void NoteStretch(const DecodedPacket& packet);
  void Remember(const Connection& connection, const Arrival& arrival);
  void Remember(const Seen& seen, uint32_t sequence);
  const Seen* FindCopy(const Arrival& arrival, Seen::Kind kind) const;
  bool BeginProvisional(const Arrival& arrival);
  // Decides about the provisional view with the arrival's key. Returns nullopt if the packet needs no more.
  std::optional<Connections::iterator> Resolve(Arrival* arrival);
  Connections::iterator FindBySyn(const Key& key, uint32_t sequence);
  static bool Fits(const Connection& connection, bool from_client, const DecodedPacket& packet);
  const Seen* FindAnsweredSyn(const Arrival& arrival);
  Connections::iterator JoinSynAck(Arrival* arrival);
  Connections::iterator Join(Arrival* arrival);
  Connections::iterator JoinUnconfirmed(Connections::iterator found, Arrival* arrival);
  Connections::iterator FindRemembered(const Seen& seen, int* sender);
  // How much of the table's room for views is taken.
  size_t CountViews() const;
  bool HasRoomForView(const Connection& connection) const;
  bool AddView(Connections::iterator connection, int sender, Arrival* arrival);
  void Erase(Connections::iterator connection);
  void ChooseAddresses(Connection* connection);
  Endpoint ServiceOf(const Connection& connection) const;
  // Whether both the connection and its provisional view have just repeated the SYN, and no edge counts it yet.
  static bool RepeatsTogether(const Connection& connection, const DecodedPacket& syn, int64_t time_ns);
  // Drops the oldest provisional views that have timed out, and are older than all connections with only a SYN.
  void DropProvisional();
  void Drop(std::map<Key, Provisional>::iterator provisional);
  void CountDuplicate(const Provisional& provisional, const DecodedPacket& syn);
  bool OldestEmbryoIsProvisional(std::map<Key, Provisional>::iterator* oldest);

  void End(Connections::iterator connection, std::optional<EndReason> reason);
  std::string Differences(const Connection& connection, const ConnectionSummary& summary) const;
  // Returns the connection that the table shows with these views, or end(). Without views, the summary has the key.
  Connections::iterator FindShown(const ConnectionSummary& summary, const Encapsulation& encapsulation,
                                  const std::vector<ConnectionView>& views,
                                  const std::vector<Encapsulation>& view_encapsulations);
  std::string ViewDifferences(const Connection& connection, const std::vector<ConnectionView>& views,
                              const std::vector<Encapsulation>& view_encapsulations) const;
  // See stall.h.
  bool IsStalled(const Connection& connection) const;
  void AddTo(const Connection& connection, Totals* totals) const;
  // Compares the sums of what edges were credited with the totals.
  std::string EdgeDifferences(const ConnectionTable& table) const;
  void Fail(const std::string& what) {
    if (error_.empty()) error_ = what;
  }

  const TableOptions options_;
  const std::vector<EndedConnection>* announced_ = nullptr;  // the argument of the present call
  int64_t batch_end_ns_ = 0;                                 // see BeginBatch()
  int64_t now_ns_ = 0;
  Connections connections_;
  std::map<Key, Key> further_views_;  // from the key of each view to the key of the first view
  std::map<Key, Provisional> provisional_;
  std::map<uint32_t, std::deque<Seen>> seen_;  // by sequence number; newest first
  uint64_t next_embryo_ = 0;
  std::optional<Stretch> first_stretch_;
  int64_t first_stretch_ns_ = 0;
  bool has_several_stretches_ = false;
  bool remembers_other_stretch_ = false;  // a segment of another stretch than the first is among `seen_`, or was
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
  std::map<size_t, DuplicateCounts> duplicates_;  // by interface
  uint64_t unmatched_fragments_ = 0;
  bool is_open_ = false;
  std::string error_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_MODEL_TABLE_H_
