// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_
#define TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_

#include <pcap/pcap.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "src/capture/packet_source.h"
#include "src/decode/link_type.h"
#include "src/decode/tcp_header_pieces.h"

namespace tcpgauge {

// Closes a handle when its owner goes.
struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapCloser>;

// Reads packets from a handle of libpcap, live or of a file, and decodes them.
//
// Owns the handle. Thread: one at a time. Units: nanoseconds of the Unix epoch; the handle must have nanosecond
// precision.
class PcapReader {
 public:
  PcapReader(PcapHandle handle, LinkType link_type) : handle_(std::move(handle)), link_type_(link_type) {}

  pcap_t* handle() const { return handle_.get(); }

  // Ignores packets with an earlier time.
  void BeginAt(int64_t time_ns) { begin_time_ns_ = time_ns; }

  // The link type of the packets that come from now on.
  LinkType link_type() const { return link_type_; }
  void SetLinkType(LinkType link_type) { link_type_ = link_type; }

  // The TCP headers of this capture that are spread over IP fragments.
  TcpHeaderPieces* header_pieces() { return &header_pieces_; }

  // Appends to `batch` until it is full, and returns the result of pcap_dispatch(): the number of packets read, 0 when
  // there are none (for a file: at its end), or a negative error.
  int Read(PacketBatch* batch);

 private:
  static void OnPacket(u_char* self, const pcap_pkthdr* header, const u_char* bytes);

  const PcapHandle handle_;
  LinkType link_type_;
  PacketBatch* batch_ = nullptr;
  int64_t begin_time_ns_ = 0;
  TcpHeaderPieces header_pieces_;
};

// A compiled filter expression. Owns the program. Thread: one at a time.
class FilterProgram {
 public:
  // Compiles `filter` for the link type and snapshot length of `handle`. kInvalidArgument when it is wrong.
  static absl::StatusOr<FilterProgram> Compile(pcap_t* handle, const std::string& filter);

  FilterProgram(FilterProgram&& other) noexcept : program_(std::exchange(other.program_, {})) {}
  FilterProgram& operator=(FilterProgram&&) = delete;
  ~FilterProgram() { pcap_freecode(&program_); }

  bool Matches(const pcap_pkthdr& header, const uint8_t* bytes) const {
    return pcap_offline_filter(&program_, &header, bytes) != 0;
  }

  // Makes `handle` apply the filter.
  absl::Status Set(pcap_t* handle);

 private:
  FilterProgram() = default;

  bpf_program program_ = {};
};

// Compiles and sets a filter. An empty filter passes all packets.
absl::Status SetFilter(pcap_t* handle, const std::string& filter);

// The link type of the handle's packets. kInvalidArgument when it cannot be decoded: the message begins with `name` and
// lists the link types that can.
absl::StatusOr<LinkType> LinkTypeOfHandle(pcap_t* handle, const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_
