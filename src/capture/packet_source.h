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
  // Removes all packets and hints, and sets time_ns to 0.
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
  // Keeps only the first `size` packets. REQUIRES: there are at least `size` packets, and MakeHints() was not called.
  void Truncate(size_t size) { size_ = size; }
  // Adds a packet, and returns a pointer to it, which is valid as long as the batch. The caller must set every field,
  // because the packet still holds values of an earlier batch. REQUIRES: !full().
  DecodedPacket* Add() { return &packets_[size_++]; }
  absl::Span<DecodedPacket> packets() { return absl::MakeSpan(packets_.data(), size_); }

  // Makes a hint for each packet (see ConnectionHint), so that the thread of the table need not hash the keys. Call it
  // after the last Add(). `hasher` must have the seed of the table.
  void MakeHints(const KeyHasher& hasher) {
    for (; hint_count_ < size_; ++hint_count_) hints_[hint_count_] = ConnectionHint::Of(packets_[hint_count_], hasher);
  }
  // One hint for each packet, or empty if MakeHints() was not called.
  absl::Span<const ConnectionHint> hints() const { return absl::MakeConstSpan(hints_.data(), hint_count_); }

  // The packet time up to which the source has read (Unix epoch). Table time advances to it. 0 = unknown: table time
  // follows the packets in this batch.
  int64_t time_ns = 0;

 private:
  std::array<DecodedPacket, kCapacity> packets_;
  std::array<ConnectionHint, kCapacity> hints_;
  size_t size_ = 0;
  size_t hint_count_ = 0;
};

// Whether a source can capture packets at present. A plain value.
struct SourceCondition {
  enum class State {
    kUp,
    kDown,  // the interface exists, but is down
    kGone,  // the interface does not exist or cannot be captured
  };
  State state = State::kUp;
  std::string remark;  // details for the log; may be empty
  // The kernel's number of the interface. It changes when the interface is created again. 0 = unknown.
  uint32_t index = 0;

  friend bool operator==(const SourceCondition& a, const SourceCondition& b) {
    return a.state == b.state && a.remark == b.remark && a.index == b.index;
  }
};

// A source of packets: an interface or a file.
//
// Thread: confined to one thread.
class PacketSource {
 public:
  virtual ~PacketSource() = default;

  enum class ReadResult {
    kPackets,      // packets were read, and more may be available now
    kLastPackets,  // packets were read, and no more are available now
    kNone,         // an interface has no packets now, or the reading of a file was stopped
    kEnd,          // the file has ended, and `batch` may hold its last packets
  };
  // Reads the available packets and decodes them into `batch`, at most until it is full. `batch` stays empty if the
  // filter rejected all packets that were read. An interface does not wait for packets, but a file waits for its data.
  // REQUIRES: `batch` is empty.
  //
  // Errors: an error ends the source, and Read() must not be called again. `batch` may hold packets that came before
  // the error. An interface that goes away is not an error: Poll() reports it.
  virtual absl::StatusOr<ReadResult> Read(PacketBatch* batch) = 0;

  // Checks whether the interface can be captured, and resumes capture when the interface has returned. Call it a few
  // times a second; each call takes a few system calls. A file, `any` and netfilter's log are always kUp.
  virtual SourceCondition Poll() { return SourceCondition(); }

  // A descriptor that is readable when packets are available. It may change in Poll(). -1 for a file.
  virtual int poll_fd() const = 0;

  // The name of the interface or file, as the user gave it; "stdin" for standard input. Does not change when the
  // interface is renamed. Valid as long as the source.
  virtual const std::string& name() const = 0;

  // Whether the source may have several interfaces. If true, DecodedPacket::interface is never 0: for `any`, it is the
  // kernel's number of the packet's interface, and for a file the number of the interface's name (InterfaceNames). If
  // false, DecodedPacket::interface has no meaning.
  virtual bool has_many_interfaces() const = 0;

  // Returns the name of the interface with this number, or an empty text if the name is not known. Any thread may call
  // it. REQUIRES: has_many_interfaces(), and `number` is DecodedPacket::interface of a packet that Read() returned.
  virtual std::string InterfaceName(uint32_t /*number*/) const { return ""; }

  // Returns how many packets the kernel has dropped because its buffer was full, counted from the opening of the
  // source. Never falls; 0 for a file. If the kernel does not answer, returns the last known value. Takes a system
  // call.
  virtual uint64_t DroppedPackets() = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PACKET_SOURCE_H_
