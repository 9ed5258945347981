// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the decoder and the connection table together. An input is a program whose instructions take a few
// bytes each: they send packets of four conversations, as frames that are then decoded, and move the clock. An
// instruction for a segment that TCP would send is as short as any other, so the fuzzer gets far into the life of
// connections.
#include <algorithm>
#include <memory>
#include <vector>

#include "src/base/check.h"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"
#include "src/flow/connection_table.h"

namespace tcpgauge {
namespace {

constexpr int64_t kStartNs = 1700000000LL * 1000000000;
constexpr int64_t kEndNs = INT64_MAX / 2;  // the latest time that a packet source gives
constexpr size_t kMaxInstructions = 2000;

class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  uint8_t Byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  uint32_t Bytes(int count) {
    uint32_t value = 0;
    for (; count > 0; --count) value = value << 8 | Byte();
    return value;
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

class FrameWriter {
 public:
  void Put8(uint32_t value) { bytes_.push_back(static_cast<uint8_t>(value)); }
  void Put16(uint32_t value) {
    Put8(value >> 8);
    Put8(value);
  }
  void Put32(uint32_t value) {
    Put16(value >> 16);
    Put16(value);
  }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

// Checks that the table's counts add up, whatever the input is.
class Ledger : public EndedConnectionSink {
 public:
  void OnConnectionEnded(const EndedConnection& ended) override {
    CheckSense(ended.summary);
    Add(ended.summary, &ended_);
    if (ended.summary.confirmed && ended.reason) ++ended_.closed[static_cast<size_t>(*ended.reason)];
  }

  void Check(const ConnectionTable& table, const TableOptions& options) {
    TCPGAUGE_CHECK(table.size() <= options.max_connections);
    TCPGAUGE_CHECK(table.record_limit() <= options.max_connections);
    Totals sum = ended_;
    size_t in_use = 0;
    const auto add = [&](uint32_t begin, uint32_t end) {
      for (uint32_t slot = begin; slot < end; ++slot) {
        if (!table.IsInUse(slot)) continue;
        ++in_use;
        const ConnectionSummary summary = table.Summarize(slot);
        CheckSense(summary);
        TCPGAUGE_CHECK(summary.last_packet_time_ns <= table.now_ns());
        TCPGAUGE_CHECK(table.PayloadRate(slot, true, table.now_ns()) >= 0);
        TCPGAUGE_CHECK(table.PayloadRate(slot, false, table.now_ns()) >= 0);
        TCPGAUGE_CHECK(table.WindowPayloadBytes(slot, table.now_ns()) <=
                       summary.client_sent.payload_bytes + summary.server_sent.payload_bytes);
        TCPGAUGE_CHECK(table.IsConfirmed(slot) == summary.confirmed);
        if (!summary.confirmed) continue;
        Add(summary, &sum);
        ++sum.connections[static_cast<size_t>(summary.state)];
      }
    };
    add(0, table.record_limit());
    add(ConnectionTable::kEmbryoSlots, table.embryo_limit());
    TCPGAUGE_CHECK(in_use == table.size());
    const Totals& totals = table.totals();
    TCPGAUGE_CHECK(totals.client_payload_bytes == sum.client_payload_bytes);
    TCPGAUGE_CHECK(totals.server_payload_bytes == sum.server_payload_bytes);
    TCPGAUGE_CHECK(totals.client_retransmitted_segments == sum.client_retransmitted_segments);
    TCPGAUGE_CHECK(totals.server_retransmitted_segments == sum.server_retransmitted_segments);
    TCPGAUGE_CHECK(totals.out_of_order_segments == sum.out_of_order_segments);
    TCPGAUGE_CHECK(totals.zero_windows == sum.zero_windows);
    TCPGAUGE_CHECK(totals.opened_handshake + totals.opened_midstream == sum.opened_handshake);
    TCPGAUGE_CHECK(totals.connections == sum.connections);
    TCPGAUGE_CHECK(totals.closed == sum.closed);
  }

 private:
  static void Add(const ConnectionSummary& summary, Totals* sum) {
    sum->client_payload_bytes += summary.client_sent.payload_bytes;
    sum->server_payload_bytes += summary.server_sent.payload_bytes;
    sum->client_retransmitted_segments += summary.client_sent.retransmitted_segments;
    sum->server_retransmitted_segments += summary.server_sent.retransmitted_segments;
    sum->out_of_order_segments += summary.client_sent.out_of_order_segments + summary.server_sent.out_of_order_segments;
    sum->zero_windows += summary.client_sent.zero_windows + summary.server_sent.zero_windows;
    if (summary.confirmed) ++sum->opened_handshake;
  }

  static void CheckSense(const ConnectionSummary& summary) {
    constexpr int64_t kUnknown = ConnectionSummary::kUnknown;
    TCPGAUGE_CHECK(summary.start_time_ns <= summary.last_packet_time_ns);
    TCPGAUGE_CHECK(summary.client_sent.packets + summary.server_sent.packets > 0);
    TCPGAUGE_CHECK(summary.handshake_rtt_ns >= kUnknown && summary.server_rtt_ns >= kUnknown &&
                   summary.client_rtt_ns >= kUnknown && summary.rtt_ns >= kUnknown);
    TCPGAUGE_CHECK(summary.rtt_ns <= 2 * 60LL * 1000000000);
    TCPGAUGE_CHECK(summary.server_min_rtt_ns >= kUnknown && summary.server_min_rtt_ns <= 60LL * 1000000000);
    TCPGAUGE_CHECK(summary.client_min_rtt_ns >= kUnknown && summary.client_min_rtt_ns <= 60LL * 1000000000);
    TCPGAUGE_CHECK(summary.handshake_rtt_ns == kUnknown || summary.role == Role::kObserved);
    for (const DirectionSummary* sent : {&summary.client_sent, &summary.server_sent}) {
      TCPGAUGE_CHECK(sent->payload_bytes <= sent->ip_bytes);
      TCPGAUGE_CHECK(uint64_t{sent->retransmitted_segments} + sent->out_of_order_segments <= sent->packets);
      TCPGAUGE_CHECK(sent->zero_windows <= sent->packets);
    }
  }

  Totals ended_;
};

struct Conversation {
  uint32_t next[2] = {1000, 0xfffff000};
  uint32_t timestamp[2] = {1, 1};
};

class Program {
 public:
  explicit Program(Input input) : input_(input) {}

  void Run() {
    const uint8_t shape = input_.Byte();
    options_.max_connections = 1 + shape % 16;
    options_.new_only = (shape & 0x10) != 0;
    options_.keep_rates = (shape & 0x20) == 0;
    if (shape & 0x40) options_.idle_timeout_ns = 1000000000;
    if (shape & 0x80) options_.remove_after_ns = 0;
    options_.rate_tick_ns = shape & 1 ? 100000000 : 1000000000;
    table_ = std::make_unique<ConnectionTable>(options_, &ledger_);
    for (size_t i = 0; !input_.empty() && i < kMaxInstructions; ++i) {
      Step();
      if (i % 8 == 0) {
        Flush();
        ledger_.Check(*table_, options_);
      }
    }
    Flush();
    ledger_.Check(*table_, options_);
    table_->EndAll();
    TCPGAUGE_CHECK(table_->size() == 0);
    ledger_.Check(*table_, options_);
  }

 private:
  void Step() {
    const uint8_t what = input_.Byte();
    switch (what >> 5) {
      case 0:
        Wait(what & 31);
        return;
      case 1:
        Flush();
        while (!table_->AdvanceTime(now_ns_)) {
        }
        return;
      case 2:
        if (what & 1) SetListeners(what);
        interface_ = what & 2 ? 0 : input_.Byte() * 5;
        return;
      default:
        Packet(what & 3, (what >> 2) & 1, what >> 3);
    }
  }

  void Wait(uint8_t exponent) {
    const int64_t step_ns = int64_t{1} << (exponent + 13);  // 8 microseconds to five hours
    now_ns_ = std::clamp<int64_t>(input_.Byte() & 1 ? now_ns_ - step_ns : now_ns_ + step_ns, 0, kEndNs);
    if (exponent == 31) now_ns_ = input_.Byte() & 1 ? kEndNs : 0;
  }

  void SetListeners(uint8_t what) {
    auto listeners = std::make_shared<LocalListeners>();
    listeners->wildcard_ports.insert(static_cast<uint16_t>(what & 4 ? 80 : 40000));
    const uint8_t address[4] = {10, 0, 0, 1};
    listeners->addresses.insert(IpAddress::FromV4(address));
    table_->SetLocalListeners(listeners);
  }

  void Packet(int which, int sender, int kind) {
    Conversation& c = conversations_[which];
    const uint8_t flags = input_.Byte();
    const uint8_t variant = input_.Byte();
    uint32_t sequence = c.next[sender];
    uint32_t acknowledgment = c.next[1 - sender];
    uint32_t payload_bytes = 0;
    if (variant & 1) payload_bytes = input_.Bytes(variant & 0x80 ? 2 : 1);
    if (variant & 2)
      sequence += static_cast<uint32_t>(static_cast<int8_t>(input_.Byte())) * (variant & 0x80 ? 1u << 24 : 1);
    if (variant & 4) acknowledgment += static_cast<uint32_t>(static_cast<int8_t>(input_.Byte()));
    if (variant & 8) sequence = input_.Bytes(4);
    const uint8_t around = variant & 16 ? input_.Byte() : 0;
    const uint8_t fragment = variant & 32 ? input_.Byte() : 0;
    const bool timestamps = variant & 64;
    if (!(fragment & 8)) {
      const uint32_t next = sequence + payload_bytes + (flags & 1) + (flags >> 1 & 1);
      if (!(variant & 2) || (kind & 1)) c.next[sender] = next;
    }

    FrameWriter frame;
    for (int i = 0; i < 3; ++i) frame.Put32(0);                                               // Ethernet addresses
    for (int i = 0; i < (around & 3); ++i) frame.Put32(0x81000000u + (around >> 3 & 3) + 1);  // VLANs
    frame.Put16(0x0800);
    WriteIp(&frame, which, sender, flags, sequence, acknowledgment, payload_bytes, around, fragment, timestamps, c);
    if (timestamps) ++c.timestamp[sender];
    Decode(frame.bytes(), static_cast<uint32_t>(frame.bytes().size()) + payload_bytes);
  }

  // Writes the headers alone, as if the payload had not been captured.
  void WriteIp(FrameWriter* frame, int which, int sender, uint8_t flags, uint32_t sequence, uint32_t acknowledgment,
               uint32_t payload_bytes, uint8_t around, uint8_t fragment, bool timestamps, const Conversation& c) {
    const bool follows = fragment & 8;
    const uint32_t tcp_bytes = follows ? 0 : timestamps ? 32 : 20;
    const uint32_t total = std::min<uint32_t>(20 + tcp_bytes + payload_bytes, 65535);
    if (around & 4) {  // IP in IP
      frame->Put32(0x45000000 | std::min<uint32_t>(total + 20, 65535));
      frame->Put32(0);
      frame->Put32(0x40040000);
      frame->Put32(0xc0000201);
      frame->Put32(0xc0000202);
    }
    frame->Put32(0x45000000 | total);
    const uint32_t place = fragment == 0 ? 0 : follows ? 0x2010 : 0x2000;
    frame->Put32((fragment & 7u) << 16 | place);
    frame->Put32(0x40060000);
    const uint32_t addresses[2] = {0x0a000001, 0x0a000000u + (which == 3 ? 1 : 2)};
    const uint16_t ports[2] = {static_cast<uint16_t>(which == 1   ? 40001
                                                     : which == 3 ? 700
                                                                  : 40000),
                               static_cast<uint16_t>(which == 2   ? 60000
                                                     : which == 3 ? 700
                                                                  : 80)};
    frame->Put32(addresses[sender]);
    frame->Put32(addresses[1 - sender]);
    if (follows) return;
    frame->Put16(ports[sender]);
    frame->Put16(ports[1 - sender]);
    frame->Put32(sequence);
    frame->Put32(acknowledgment);
    frame->Put8(tcp_bytes / 4 << 4);
    frame->Put8(flags);
    frame->Put16(flags & 0x20 ? 0 : 1000);
    frame->Put32(0);
    if (!timestamps) return;
    frame->Put32(0x0101080a);
    frame->Put32(c.timestamp[sender]);
    frame->Put32(c.timestamp[1 - sender]);
  }

  void Decode(const std::vector<uint8_t>& bytes, uint32_t wire_length_bytes) {
    batch_.emplace_back();
    DecodePacket(LinkType::kEthernet, bytes, wire_length_bytes, &batch_.back(), &header_pieces_);
    batch_.back().time_ns = now_ns_;
    batch_.back().interface = interface_;
  }

  void Flush() {
    table_->Apply(batch_);
    batch_.clear();
  }

  Input input_;
  TableOptions options_;
  Ledger ledger_;
  std::unique_ptr<ConnectionTable> table_;
  Conversation conversations_[4];
  std::vector<DecodedPacket> batch_;
  TcpHeaderPieces header_pieces_;
  int64_t now_ns_ = kStartNs;
  uint32_t interface_ = 0;
};

}  // namespace
}  // namespace tcpgauge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tcpgauge::Program(tcpgauge::Input(data, size)).Run();
  return 0;
}
