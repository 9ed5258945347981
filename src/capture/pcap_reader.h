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

// Deleter of a libpcap handle.
struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapCloser>;

// Reads packets from a libpcap handle, of an interface or of a file, and decodes them.
//
// Owns the handle.
// Thread: one at a time.
// Units: nanoseconds of the Unix epoch. The handle must have nanosecond precision. A time outside 1970 to 2116 becomes
// the nearer of these limits, so that time-outs can be added to it without overflow.
class PcapReader {
 public:
  PcapReader(PcapHandle handle, LinkType link_type) : handle_(std::move(handle)), link_type_(link_type) {}

  // Valid as long as the reader.
  pcap_t* handle() const { return handle_.get(); }

  // From now on, ignores packets with an earlier time than `time_ns`.
  void BeginAt(int64_t time_ns) { begin_time_ns_ = time_ns; }

  // The link type by which packets are decoded from now on.
  LinkType link_type() const { return link_type_; }
  void SetLinkType(LinkType link_type) { link_type_ = link_type; }

  // The pieces of TCP headers that are spread over IP fragments. Valid as long as the reader.
  TcpHeaderPieces* header_pieces() { return &header_pieces_; }

  // Appends packets to `batch` until it is full or none are available now. Returns the result of pcap_dispatch(): the
  // number of packets read; 0 when none are available or the file has ended; or a negative error, of which
  // pcap_geterr() has the text. The number includes packets that BeginAt() ignores. REQUIRES: !batch->full().
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
  // Compiles `filter`, a pcap-filter(7) expression, for the link type and snapshot length of `handle`. An empty filter
  // passes all packets. Errors: kInvalidArgument when `filter` is wrong; the message quotes it.
  static absl::StatusOr<FilterProgram> Compile(pcap_t* handle, const std::string& filter);

  FilterProgram(FilterProgram&& other) noexcept : program_(std::exchange(other.program_, {})) {}
  FilterProgram& operator=(FilterProgram&&) = delete;
  ~FilterProgram() { pcap_freecode(&program_); }

  // Whether the packet passes the filter. `bytes` has header.caplen bytes.
  bool Matches(const pcap_pkthdr& header, const uint8_t* bytes) const {
    return pcap_offline_filter(&program_, &header, bytes) != 0;
  }

  // Makes `handle` apply the filter to packets from now on. The program may be destroyed afterwards. Errors:
  // kInvalidArgument.
  absl::Status Set(pcap_t* handle);

 private:
  FilterProgram() = default;

  bpf_program program_ = {};
};

// Compiles and sets a filter. Errors: those of FilterProgram::Compile() and FilterProgram::Set().
absl::Status SetFilter(pcap_t* handle, const std::string& filter);

// Returns libpcap's name of a link type, such as "EN10MB"; its number if libpcap has no name for it.
std::string DatalinkName(int datalink);

// Says that packets of this link type cannot be decoded, and lists the link types that can.
std::string DescribeUndecodable(int datalink);

// Returns the link type of the handle's packets. Errors: kInvalidArgument when packets of this type cannot be decoded.
// The message begins with `name` and lists the link types that can be decoded.
absl::StatusOr<LinkType> LinkTypeOfHandle(pcap_t* handle, const std::string& name);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PCAP_READER_H_
