// SPDX-License-Identifier: Apache-2.0
// Feeds the same random segments to the connection table and to a model of its contract, and compares both after every
// step.
//
// Half of the runs are with views, and half with TableOptions::count_views. TCPGAUGE_MODEL_SEGMENTS is the number of
// segments (200,000 by default), TCPGAUGE_MODEL_SEED the seed of the first run.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/flow/connection_hint.h"
#include "src/flow/connection_table.h"
#include "src/flow/key_hasher.h"
#include "src/flow/overflow.h"
#include "tests/support/edge_sums.h"
#include "tests/support/model_table.h"
#include "tests/support/random_traffic.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kSegmentsPerRun = 4000;
constexpr size_t kTableBatch = 64;       // so many packets ConnectionTable handles together
constexpr ptrdiff_t kLastSegments = 40;  // that are shown with a difference

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Returns the latest time of the packets from `begin` to before `end`.
int64_t LatestOf(const std::vector<DecodedPacket>& packets, size_t begin, size_t end) {
  int64_t latest_ns = 0;
  for (size_t i = begin; i < end; ++i) latest_ns = std::max(latest_ns, packets[i].time_ns);
  return latest_ns;
}

// Whether the accounts of all edges add up to what they were told, and to no more than what came.
bool EdgesAddUp(const ConnectionTable& table) {
  if (table.edges() == nullptr) return true;
  const EdgeCounters edges = SumOfEdges(*table.edges());
  const Totals told = table.told_totals();
  return edges.client_payload_bytes == told.client_payload_bytes &&
         edges.server_payload_bytes == told.server_payload_bytes && edges.segments == told.segments &&
         told.client_payload_bytes <= table.totals().client_payload_bytes &&
         told.server_payload_bytes <= table.totals().server_payload_bytes;
}

class Recorder : public EndedConnectionSink {
 public:
  void OnConnectionEnded(const EndedConnection& connection) override { ended.push_back(connection); }
  std::vector<EndedConnection> ended;
};

std::string Describe(const DecodedPacket& p) {
  std::string text = p.source.ToString() + " > " + p.destination.ToString() + " flags " + std::to_string(p.tcp_flags) +
                     " seq " + std::to_string(p.sequence_number) + " ack " + std::to_string(p.acknowledgment_number) +
                     " payload " + std::to_string(p.payload_length_bytes) + " on " + std::to_string(p.interface) +
                     " direction " + std::to_string(static_cast<int>(p.direction)) + " at " +
                     std::to_string(p.time_ns - kTestStartNs);
  if (p.has_timestamps) text += " timestamp " + std::to_string(p.timestamp_value);
  if (p.kind == DecodedPacket::Kind::kTcpFragment) text += " fragment";
  if (p.encapsulation.vlan_count > 0) text += " vlan " + std::to_string(p.encapsulation.vlans[0]);
  if (p.encapsulation.tunnel_count > 0) text += " network " + std::to_string(p.encapsulation.tunnels[0].id);
  return text;
}

// Changes packets so that all are on one interface, and all that may begin something have one direction. So a second
// stretch is noticed only by what is remembered. Thread: confined to one.
class OneSided {
 public:
  void Change(DecodedPacket* packet) {
    packet->interface = 0;
    packet->encapsulation = Encapsulation();
    const bool is_new = seen_.insert(std::minmax(packet->source, packet->destination)).second;
    packet->direction = is_new ? PacketDirection::kIn : PacketDirection::kOut;
  }

 private:
  std::set<std::pair<Endpoint, Endpoint>> seen_;  // the ends of each packet, the smaller one first
};

// Does one run with options that depend on the seed. Returns the first difference, or an empty string. Adds the number
// of segments that were compared to `*compared`. A run ends early where the contract does not say what the table does.
std::string RunOnce(uint64_t seed, uint64_t segments, uint64_t* compared) {
  RandomTraffic traffic(seed);
  TableOptions options;
  options.max_connections = traffic.Below(3) == 0 ? 1000 : 1 + traffic.Below(30);
  options.new_only = traffic.Below(6) == 0;
  options.keep_rates = traffic.Below(4) == 0;
  options.edges.max_exported = traffic.Below(20);
  options.hash_seed = seed;
  options.count_views = traffic.Below(2) == 0;
  options.stall_ns = Seconds(0.1) * (1 + traffic.Below(100));
  options.idle_timeout_ns = Seconds(1 + traffic.Below(600));
  options.remove_after_ns = traffic.Below(3) == 0 ? Seconds(0.1) * traffic.Below(100) : Seconds(2);
  const uint64_t one_sided = traffic.Below(4) == 0 ? 1 + traffic.Below(200) : 0;  // the number of such packets
  const uint32_t largest_batch = traffic.Below(3) == 0 ? 150 : 1;

  Recorder recorder;
  ConnectionTable table(options, &recorder);
  ModelTable model(options);
  const KeyHasher hasher(options.hash_seed);
  std::vector<DecodedPacket> batch;
  std::vector<ConnectionHint> hints;  // which must not change any result
  std::vector<DecodedPacket> last;    // the newest last
  OneSided first_packets;
  int64_t begun_ns = 0;  // the time of the table before the twentieth packet
  const auto problem = [&](const char* when) {
    std::string text = "seed " + std::to_string(seed) + ", " + when + ": " + model.error() + "\nlast segments:";
    for (const DecodedPacket& packet : last) text += "\n" + Describe(packet);
    return text;
  };
  for (uint64_t done = 0; done < segments; done += batch.size()) {
    batch.clear();
    // The table takes the end of a batch as the time of all its packets when it decides whether the capture just began.
    if (done < 20) begun_ns = table.now_ns();
    const bool has_begun = table.now_ns() > begun_ns + Seconds(1);
    const uint32_t most = has_begun ? largest_batch : 1;
    for (uint32_t i = traffic.Below(most) + 1; i > 0; --i) batch.push_back(traffic.Next());
    if (done < one_sided) {
      for (DecodedPacket& packet : batch) {
        first_packets.Change(&packet);
        if (traffic.Below(4) == 0) packet.direction = PacketDirection::kUnknown;
      }
    }
    last.insert(last.end(), batch.begin(), batch.end());
    if (last.size() > size_t{kLastSegments}) last.erase(last.begin(), last.end() - kLastSegments);
    hints.clear();
    if ((seed + done) % 2 == 0) {
      for (const DecodedPacket& packet : batch) hints.push_back(ConnectionHint::Of(packet, hasher));
    }
    table.Apply(batch, hints);
    if (traffic.Below(3) == 0) table.TellSomeEdges();
    // From here on the table does not know all segments that may have copies, and the model does.
    if (table.fingerprints().replaced_early() > 0) return "";
    for (size_t i = 0; i < batch.size(); ++i) {
      if (i % kTableBatch == 0) model.BeginBatch(LatestOf(batch, i, std::min(batch.size(), i + kTableBatch)));
      model.Take(batch[i], recorder.ended);
      if (model.is_open()) return "";
    }
    *compared += batch.size();
    model.Compare(table);
    if (model.error().empty() && model.ended_count() != recorder.ended.size()) return problem("ended too many");
    if (!model.error().empty()) return problem(("segment " + std::to_string(done)).c_str());
    if (!EdgesAddUp(table)) return problem(("edges after segment " + std::to_string(done)).c_str());
    if (traffic.Below(4) == 0) {
      const int64_t now_ns = batch.back().time_ns + (traffic.Below(20) == 0 ? Seconds(traffic.Below(70)) : 0);
      while (!table.AdvanceTime(now_ns)) {
      }
      model.AdvanceTime(now_ns, recorder.ended);
      model.Compare(table);
      if (!model.error().empty()) return problem(("time-outs after segment " + std::to_string(done)).c_str());
    }
  }
  table.EndAll();
  model.EndAll(recorder.ended);
  model.Compare(table);
  const Totals told = table.told_totals();
  if (told.client_payload_bytes != table.totals().client_payload_bytes || told.segments != table.totals().segments ||
      !EdgesAddUp(table)) {
    return problem("an edge was not told");
  }
  return model.error().empty() ? "" : problem("at the end");
}

TEST(ConnectionTableModel, AgreesWithTheTableAfterEveryStep) {
  const uint64_t segments = FromEnvironment("TCPGAUGE_MODEL_SEGMENTS", 200000);
  const uint64_t first_seed = FromEnvironment("TCPGAUGE_MODEL_SEED", 1);
  uint64_t compared = 0;
  for (uint64_t seed = first_seed; compared < segments; ++seed) {
    ASSERT_EQ(RunOnce(seed, std::min(kSegmentsPerRun, segments - compared), &compared), "");
  }
}

TEST(ConnectionTableModel, AgreesOnTheClientOfConnectionsWithoutAHandshake) {
  constexpr uint16_t kPorts[] = {80,   511,   512,   514,   721,   911,   993,   1023,  1024,  2049,
                                 5000, 20048, 24007, 32767, 32768, 40000, 50051, 60999, 61000, 65535};
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    std::mt19937_64 random(seed);
    TableOptions options;
    options.max_connections = 500;
    Recorder recorder;
    ConnectionTable table(options, &recorder);
    ModelTable model(options);
    for (int i = 0; i < 400; ++i) {
      Endpoint ends[2] = {At("10.0.0.1:0"), At("10.0.0.2:0")};
      for (Endpoint& end : ends) {
        if (random() % 4 == 0) end.address = At("10.0.0.3:0").address;
        end.port = kPorts[random() % std::size(kPorts)];
      }
      const bool syn_ack = random() % 50 == 0;
      const Segment segment = Segment(ends[0], ends[1])
                                  .Time(i * static_cast<double>(seed))
                                  .Flags(syn_ack ? kTcpSyn | kTcpAck : kTcpAck)
                                  .Payload(syn_ack ? 0 : 10);
      table.Apply({&segment.packet(), 1});
      model.Take(segment, recorder.ended);
      model.Compare(table);
      ASSERT_EQ(model.error(), "") << "seed " << seed << ", segment " << i << ": " << Describe(segment);
    }
  }
}

}  // namespace
}  // namespace tcpgauge
