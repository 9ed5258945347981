// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_source.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <string.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/log.h"
#include "src/capture/classic_pcap.h"
#include "src/capture/file_bytes.h"
#include "src/capture/file_format.h"
#include "src/capture/file_times.h"
#include "src/capture/filter_program.h"
#include "src/capture/interface_names.h"
#include "src/capture/packet_file.h"
#include "src/capture/pcap_reader.h"
#include "src/capture/pcapng_reader.h"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"
#include "src/decode/tcp_header_pieces.h"
#include "src/net/packet_direction.h"

namespace tcpgauge {
namespace {

// Returns libpcap's number of a LINKTYPE_ value. The two differ for one of the types that can be decoded.
int DatalinkOf(uint32_t link_type) {
  constexpr uint32_t kLinkTypeRaw = 101;
  return link_type == kLinkTypeRaw ? DLT_RAW : static_cast<int>(link_type);
}

absl::StatusOr<FilterProgram> CompileFilter(const std::string& filter, int datalink) {
  const PcapHandle handle(pcap_open_dead(datalink, PacketFile::kMaxCapturedBytes));
  return FilterProgram::Compile(handle.get(), filter);
}

// As above, for packets of a file. libpcap also compiles a filter that rejects them all because it asks the kernel.
absl::StatusOr<FilterProgram> CompileForPackets(const std::string& filter, int datalink) {
  auto program = CompileFilter(filter, datalink);
  if (!program.ok()) return program;
  const absl::Status answerable = program->CheckWithoutKernel(
      filter, absl::StrCat("and a file does not tell it of packets of link type ", DatalinkName(datalink),
                           "; leave this out, or read a file of link type ", DatalinkName(DLT_LINUX_SLL2),
                           ", as tcpdump -i any writes it"));
  if (!answerable.ok()) return answerable;
  return program;
}

class FileSource final : public PacketSource {
 public:
  // `names` are those of `packets`.
  FileSource(std::string name, std::string filter, std::unique_ptr<InterfaceNames> names,
             std::unique_ptr<PacketFile> packets)
      : name_(std::move(name)), filter_(std::move(filter)), names_(std::move(names)), packets_(std::move(packets)) {}

  // Compiles the filter for the first packets. Call it once, before Read(). Errors: those of FilterProgram::Compile().
  absl::Status CompileFirstFilter() {
    if (filter_.empty()) return absl::OkStatus();
    const uint32_t first = packets_->first_link_type();
    const auto link_type = LinkTypeOf(DatalinkOf(first));
    // A filter can only be checked for some link type. Ethernet will do if the first interface cannot be decoded.
    if (!link_type.has_value()) return CompileFilter(filter_, DLT_EN10MB).status();
    auto compiled = CompileForPackets(filter_, DatalinkOf(first));
    if (!compiled.ok()) return compiled.status();
    Reading reading;
    reading.link_type = link_type;
    reading.filter.emplace(*std::move(compiled));
    readings_.emplace(first, std::move(reading));
    return absl::OkStatus();
  }

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    auto result = ReadUncorrected(batch);
    times_.CorrectOutliers(batch->packets());
    return result;
  }

  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return true; }
  std::string InterfaceName(uint32_t number) const override { return names_->Name(number); }
  uint64_t DroppedPackets() override { return 0; }

 private:
  // Read() returns after this many packets even if the filter drops them all, so that its caller checks the stop flag.
  static constexpr int kMaxPacketsPerRead = 8192;
  // The log names this many link types that cannot be read, because a damaged file may have thousands.
  static constexpr int kMaxNamedLinkTypes = 16;

  // How the packets of a link type are read.
  struct Reading {
    std::optional<LinkType> link_type;    // nullopt: they cannot be decoded
    std::optional<FilterProgram> filter;  // nullopt: all pass, unless `rejects_all`
    bool rejects_all = false;             // the filter cannot be compiled for this link type
  };

  absl::StatusOr<ReadResult> ReadUncorrected(PacketBatch* batch) {
    batch->CopyFrom(partial_);
    partial_.clear();
    PacketFile::Packet packet;
    for (int i = 0; !batch->full(); ++i) {
      if (i == kMaxPacketsPerRead) {
        partial_.CopyFrom(*batch);  // keep it: FileTimes needs the neighbours of a packet, so batches should be full
        batch->clear();
        break;
      }
      if (!packets_->Next(&packet)) return End();
      Add(packet, batch);
    }
    return ReadResult::kPackets;
  }

  absl::StatusOr<ReadResult> End() const {
    if (!packets_->status().ok()) {
      return absl::DataLossError(absl::StrCat(name_, ": ", packets_->status().message()));
    }
    if (!saw_decodable_ && undecodable_.has_value()) {
      return absl::DataLossError(absl::StrCat(name_, ": ", DescribeUndecodable(DatalinkOf(*undecodable_))));
    }
    return ReadResult::kEnd;
  }

  void Add(const PacketFile::Packet& packet, PacketBatch* batch) {
    const Reading& reading = ReadingOf(packet.link_type);
    if (packet.exceeds_snaplen && !std::exchange(warned_of_snaplen_, true)) {
      LogWarn("packets are longer than the snapshot length that the file states; they are read whole",
              {{"file", name_}});
    }
    // Packets that cannot be decoded pass every filter, so those that the filter leaves out count here too.
    if (reading.link_type.has_value()) saw_decodable_ = true;
    if (reading.rejects_all) return;
    if (reading.filter.has_value()) {
      pcap_pkthdr header = {};
      header.caplen = static_cast<bpf_u_int32>(packet.captured.size());
      header.len = packet.wire_length_bytes;
      if (!reading.filter->Matches(header, packet.captured.data())) return;
    }
    DecodedPacket* const decoded = batch->Add();
    if (reading.link_type.has_value()) {
      DecodePacket(*reading.link_type, packet.captured, packet.wire_length_bytes, decoded, &header_pieces_);
    } else {
      undecodable_ = packet.link_type;
      decoded->kind = DecodedPacket::Kind::kError;
      decoded->error = DecodeError::kUnknownLinkType;
      decoded->protocol = Protocol::kOther;
      decoded->direction = PacketDirection::kUnknown;
      decoded->wire_length_bytes = packet.wire_length_bytes;
    }
    if (packet.direction != PacketDirection::kUnknown) decoded->direction = packet.direction;
    decoded->time_ns = packet.time_ns;
    const bool has_index = reading.link_type == LinkType::kLinuxSll2 && packet.interface == InterfaceNames::kUnnamed;
    decoded->interface = has_index ? NameOfIndex(decoded->interface) : packet.interface;
  }

  // Returns the number of a name for an interface without a name. A file of Linux cooked v2 tells the kernel's index.
  uint32_t NameOfIndex(uint32_t index) {
    const auto known = names_of_indexes_.find(index);
    if (known != names_of_indexes_.end()) return known->second;
    if (names_of_indexes_.size() == InterfaceNames::kMaxNames) return InterfaceNames::kUnnamed;
    const uint32_t name = names_->Add(absl::StrCat("if", index));
    names_of_indexes_.emplace(index, name);
    return name;
  }

  const Reading& ReadingOf(uint32_t link_type) {
    if (last_reading_ != nullptr && link_type == last_link_type_) return *last_reading_;
    auto known = readings_.find(link_type);
    if (known == readings_.end()) known = readings_.emplace(link_type, MakeReading(link_type)).first;
    last_link_type_ = link_type;
    last_reading_ = &known->second;
    return *last_reading_;
  }

  Reading MakeReading(uint32_t link_type) {
    Reading reading;
    reading.link_type = LinkTypeOf(DatalinkOf(link_type));
    if (!reading.link_type.has_value()) {
      Warn("packets of this link type cannot be decoded; they are counted as unknown_link_type", link_type, "");
    } else if (!filter_.empty()) {
      auto compiled = CompileForPackets(filter_, DatalinkOf(link_type));
      if (compiled.ok()) {
        reading.filter.emplace(*std::move(compiled));
      } else {
        reading.rejects_all = true;
        Warn("the filter does not suit packets of this link type; they are left out", link_type,
             std::string(compiled.status().message()));
      }
    }
    return reading;
  }

  void Warn(std::string_view message, uint32_t link_type, std::string_view error) {
    if (++warnings_ > kMaxNamedLinkTypes) return;
    const std::string type = DatalinkName(DatalinkOf(link_type));
    if (error.empty()) {
      LogWarn(message, {{"file", name_}, {"link_type", type}});
    } else {
      LogWarn(message, {{"file", name_}, {"link_type", type}, {"error", error}});
    }
  }

  const std::string name_;
  const std::string filter_;
  const std::unique_ptr<InterfaceNames> names_;
  const std::unique_ptr<PacketFile> packets_;
  TcpHeaderPieces header_pieces_;
  FileTimes times_;
  PacketBatch partial_;  // packets that the next call of Read() delivers
  // Bounds: a link type has 16 bits in a pcapng file, and a classic file has only one.
  std::map<uint32_t, Reading> readings_;
  absl::flat_hash_map<uint32_t, uint32_t> names_of_indexes_;  // at most InterfaceNames::kMaxNames
  uint32_t last_link_type_ = 0;
  const Reading* last_reading_ = nullptr;  // that of last_link_type_; null before the first packet
  bool saw_decodable_ = false;             // a packet that can be decoded, perhaps left out by the filter
  std::optional<uint32_t> undecodable_;    // a link type that cannot be decoded and has packets
  bool warned_of_snaplen_ = false;
  int warnings_ = 0;  // that name a link type
};

// Reads the beginning of the file, and finds out its format. `shown` is the file's name in errors.
absl::StatusOr<std::unique_ptr<PacketFile>> OpenPackets(std::unique_ptr<FileBytes> bytes, const std::string& path,
                                                        const std::string& shown, InterfaceNames* names) {
  const auto not_a_capture = [&shown](const absl::Status& why) {
    return absl::Status(why.code(), absl::StrCat(shown, " is not a pcap or pcapng file: ", why.message()));
  };
  const absl::Span<const uint8_t> begin = bytes->Peek(kFormatBytes);
  switch (FormatOf(begin)) {
    case FileFormat::kPcap: {
      auto classic = ClassicPcap::Open(std::move(bytes));
      if (!classic.ok()) return not_a_capture(classic.status());
      const int datalink = DatalinkOf((*classic)->first_link_type());
      if (LinkTypeOf(datalink).has_value()) return *std::move(classic);
      return absl::DataLossError(absl::StrCat(shown, ": ", DescribeUndecodable(datalink)));
    }
    case FileFormat::kPcapng: {
      auto pcapng = PcapngReader::Open(std::move(bytes), names);
      if (!pcapng.ok()) return not_a_capture(pcapng.status());
      return *std::move(pcapng);
    }
    case FileFormat::kCompressed:
      return absl::InvalidArgumentError(absl::StrCat(shown, " ", AdviceForCompressed(begin, path)));
    case FileFormat::kUnknown:
      break;
  }
  if (!bytes->status().ok()) return not_a_capture(bytes->status());
  constexpr size_t kMagicBytes = 4;
  if (begin.size() >= kMagicBytes) return not_a_capture(absl::InvalidArgumentError("unknown file format"));
  return not_a_capture(absl::DataLossError(
      absl::StrCat("truncated dump file; tried to read ", kMagicBytes, " file header bytes, only got ", begin.size())));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PacketSource>> OpenFile(const std::string& path, const std::string& filter) {
  const bool is_standard_input = path == "-";
  const int fd = is_standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::NotFoundError(absl::StrCat("cannot open '", path, "': ", strerror(errno)));
  const std::string name = is_standard_input ? "stdin" : path;
  auto names = std::make_unique<InterfaceNames>(name);
  auto packets = OpenPackets(std::make_unique<FileBytes>(fd, !is_standard_input), path,
                             is_standard_input ? "standard input" : absl::StrCat("'", path, "'"), names.get());
  if (!packets.ok()) return packets.status();
  auto source = std::make_unique<FileSource>(name, filter, std::move(names), *std::move(packets));
  if (const absl::Status status = source->CompileFirstFilter(); !status.ok()) return status;
  return source;
}

}  // namespace tcpgauge
