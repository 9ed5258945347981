// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PACKET_SOURCE_H_
#define TCPGAUGE_SRC_CAPTURE_PACKET_SOURCE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"
#include "src/flow/connection_hint.h"
#include "src/flow/key_hasher.h"

namespace tcpgauge {

// Decoded packets on their way from a source to the table. A plain value. Bounds: kCapacity packets.
class PacketBatch {
 public:
  static constexpr size_t kCapacity = 64;

  bool full() const { return size_ == kCapacity; }
  void clear() {
    size_ = 0;
    hint_count_ = 0;
    time_ns = 0;
  }
  void CopyFrom(const PacketBatch& other) {
    std::copy_n(other.packets_.begin(), other.size_, packets_.begin());
    std::copy_n(other.hints_.begin(), other.hint_count_, hints_.begin());
    size_ = other.size_;
    hint_count_ = other.hint_count_;
    time_ns = other.time_ns;
  }
  // Returns a packet to fill. It still holds the values of an earlier batch. REQUIRES: !full().
  DecodedPacket* Add() { return &packets_[size_++]; }
  absl::Span<DecodedPacket> packets() { return absl::MakeSpan(packets_.data(), size_); }

  // Hashes the packets' keys, so that the thread of the table need not. See ConnectionHint.
  void MakeHints(const KeyHasher& hasher) {
    for (; hint_count_ < size_; ++hint_count_) hints_[hint_count_] = ConnectionHint::Of(packets_[hint_count_], hasher);
  }
  // One for each packet, or empty.
  absl::Span<const ConnectionHint> hints() const { return absl::MakeConstSpan(hints_.data(), hint_count_); }

  // Packet time (Unix epoch) up to which the source has read, if that is later than the packets' times. Otherwise 0.
  int64_t time_ns = 0;

 private:
  std::array<DecodedPacket, kCapacity> packets_;
  std::array<ConnectionHint, kCapacity> hints_;
  size_t size_ = 0;
  size_t hint_count_ = 0;
};

// Whether a source can capture packets.
struct SourceCondition {
  enum class State {
    kUp,
    kDown,  // the interface exists, but is down
    kGone,  // the interface does not exist or cannot be captured
  };
  State state = State::kUp;
  std::string remark;  // details for the log; may be empty
  uint32_t index = 0;  // the kernel's number of the interface, which changes when it is created again; 0 = unknown

  friend bool operator==(const SourceCondition& a, const SourceCondition& b) {
    return a.state == b.state && a.remark == b.remark && a.index == b.index;
  }
};

// A source of packets: an interface or a file.
//
// Thread: confined to one.
class PacketSource {
 public:
  virtual ~PacketSource() = default;

  enum class ReadResult {
    kPackets,      // packets were read, and more may be available
    kLastPackets,  // packets were read, and no more are available now
    kNone,         // no packets are available now
    kEnd,          // the file is read; no packets will come
  };
  // Reads and decodes the available packets until `batch` is full. An interface does not wait for packets; a file waits
  // for its data. An error ends the source; `batch` may hold packets that came before it. An interface that goes away
  // is not an error: Poll() reports it.
  virtual absl::StatusOr<ReadResult> Read(PacketBatch* batch) = 0;

  // Checks the interface, and resumes capture when it has returned. Takes a few system calls: call it a few times a
  // second.
  virtual SourceCondition Poll() { return SourceCondition(); }

  // A descriptor that is readable when packets are available. -1 for a file. May change in Poll().
  virtual int poll_fd() const = 0;

  // The name of the interface or file, as the user gave it. It stays when the interface is renamed.
  virtual const std::string& name() const = 0;

  // Whether DecodedPacket::interface is the kernel's index of the packet's interface, because the source has several.
  virtual bool has_many_interfaces() const = 0;

  // Packets that the kernel has dropped since the start because its buffer was full. Never falls. Takes a system call.
  virtual uint64_t DroppedPackets() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PACKET_SOURCE_H_
