// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_source.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/capture/file_times.h"
#include "src/capture/filter_program.h"
#include "src/capture/pcap_reader.h"
#include "src/capture/pcapng_reader.h"
#include "src/capture/plain_pcap.h"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"
#include "src/decode/tcp_header_pieces.h"

namespace tcpgauge {
namespace {

constexpr size_t kFileBufferBytes = 128 << 10;

void DecodeInto(PacketBatch* batch, LinkType link_type, absl::Span<const uint8_t> captured, uint32_t wire_length_bytes,
                int64_t time_ns, TcpHeaderPieces* header_pieces) {
  DecodedPacket* decoded = batch->Add();
  DecodePacket(link_type, captured, wire_length_bytes, decoded, header_pieces);
  decoded->time_ns = time_ns;
}

bool Matches(const FilterProgram& filter, absl::Span<const uint8_t> captured, uint32_t wire_length_bytes) {
  pcap_pkthdr header = {};
  header.caplen = static_cast<bpf_u_int32>(captured.size());
  header.len = wire_length_bytes;
  return filter.Matches(header, captured.data());
}

// Reads a pcapng file whose interfaces have different link types, which libpcap refuses.
class MixedPcapng {
 public:
  // Continues where libpcap stopped, which is after the block of an interface. Reads `file` from its start again to
  // learn its interfaces, and skips the packets that libpcap has delivered.
  static absl::StatusOr<std::unique_ptr<MixedPcapng>> Resume(FILE* file, const std::string& filter) {
    const off_t stopped_at = ftello(file);
    if (stopped_at < 0 || fseeko(file, 0, SEEK_SET) != 0)
      return absl::UnavailableError("standard input cannot be read twice");
    return std::unique_ptr<MixedPcapng>(new MixedPcapng(file, filter, static_cast<uint64_t>(stopped_at)));
  }

  absl::StatusOr<PacketSource::ReadResult> Read(PacketBatch* batch) {
    while (!batch->full()) {
      const auto packet = reader_.Next();
      if (!packet.ok()) return packet.status();
      if (!packet->has_value()) break;
      if (reader_.offset() <= begin_) continue;  // libpcap has delivered this packet
      if (const absl::Status added = Add(**packet, batch); !added.ok()) return added;
    }
    return batch->packets().empty() ? PacketSource::ReadResult::kEnd : PacketSource::ReadResult::kPackets;
  }

 private:
  MixedPcapng(FILE* file, std::string filter, uint64_t begin)
      : reader_(file), filter_(std::move(filter)), begin_(begin) {}

  absl::Status Add(const PcapngReader::Packet& packet, PacketBatch* batch) {
    const auto link_type = LinkTypeOf(packet.link_type);
    if (!link_type.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("packets of link type ", packet.link_type, " cannot be decoded"));
    }
    if (!filter_.empty()) {
      auto program = programs_.find(packet.link_type);
      if (program == programs_.end()) {
        const PcapHandle of_type(
            pcap_open_dead(packet.link_type == kLinkTypeRaw ? DLT_RAW : packet.link_type, kMaxSnaplen));
        auto compiled = FilterProgram::Compile(of_type.get(), filter_);
        if (!compiled.ok()) return compiled.status();
        program = programs_.emplace(packet.link_type, *std::move(compiled)).first;
      }
      if (!Matches(program->second, packet.captured, packet.wire_length_bytes)) return absl::OkStatus();
    }
    DecodeInto(batch, *link_type, packet.captured, packet.wire_length_bytes, packet.time_ns, &header_pieces_);
    return absl::OkStatus();
  }

  static constexpr uint16_t kLinkTypeRaw = 101;  // the only supported type whose number in files is not libpcap's
  static constexpr int kMaxSnaplen = 262144;

  PcapngReader reader_;
  const std::string filter_;
  const uint64_t begin_;                        // offset in the file up to which libpcap has read
  std::map<uint16_t, FilterProgram> programs_;  // the filter, compiled for each link type
  TcpHeaderPieces header_pieces_;
};

class FileSource final : public PacketSource {
 public:
  // `program` is `filter`, compiled for the handle's packets; nullopt when `filter` is empty.
  FileSource(PcapHandle handle, LinkType link_type, std::string name, std::unique_ptr<char[]> buffer,
             std::string filter, std::optional<FilterProgram> program)
      : buffer_(std::move(buffer)),
        reader_(std::move(handle), link_type),
        name_(std::move(name)),
        filter_(std::move(filter)),
        program_(std::move(program)),
        plain_(PlainPcap::Open(file(), static_cast<uint32_t>(pcap_snapshot(reader_.handle())))) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    auto result = ReadUncorrected(batch);
    times_.CorrectOutliers(batch->packets());
    return result;
  }

  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

 private:
  // Read() returns after this many packets even if the filter drops them all, so that its caller checks the stop flag.
  static constexpr int kMaxPacketsPerRead = 8192;

  FILE* file() const { return pcap_file(reader_.handle()); }

  absl::StatusOr<ReadResult> ReadUncorrected(PacketBatch* batch) {
    if (plain_ != nullptr) {
      batch->CopyFrom(partial_);
      partial_.clear();
      if (ReadPlain(batch)) return ReadResult::kPackets;
      if (fseeko(file(), static_cast<off_t>(plain_->offset()), SEEK_SET) != 0) return DataLoss(strerror(errno));
      plain_.reset();
    }
    if (mixed_ == nullptr) {
      const int count = reader_.Read(batch);
      if (count > 0) return ReadResult::kPackets;
      if (count == 0) return ReadResult::kEnd;
      const std::string error = pcap_geterr(reader_.handle());
      if (!absl::StrContains(error, "different from the type of the first interface")) return DataLoss(error);
      auto mixed = MixedPcapng::Resume(file(), filter_);
      if (!mixed.ok()) return DataLoss(absl::StrCat(error, " (", mixed.status().message(), ")"));
      mixed_ = *std::move(mixed);
      if (!batch->packets().empty()) return ReadResult::kPackets;
    }
    auto result = mixed_->Read(batch);
    if (!result.ok()) return DataLoss(result.status().message());
    return result;
  }

  // False when libpcap must continue at plain_->offset().
  bool ReadPlain(PacketBatch* batch) {
    PlainPcap::Packet packet;
    for (int i = 0; !batch->full(); ++i) {
      if (i == kMaxPacketsPerRead) {
        partial_.CopyFrom(*batch);  // keep it: FileTimes needs the neighbours of a packet, so batches should be full
        batch->clear();
        break;
      }
      if (!plain_->Next(&packet)) return false;
      if (program_.has_value() && !Matches(*program_, packet.captured, packet.wire_length_bytes)) continue;
      DecodeInto(batch, reader_.link_type(), packet.captured, packet.wire_length_bytes, packet.time_ns,
                 reader_.header_pieces());
    }
    return true;
  }

  absl::Status DataLoss(absl::string_view error) const { return absl::DataLossError(absl::StrCat(name_, ": ", error)); }

  const std::unique_ptr<char[]> buffer_;  // stdio's; destroyed last, because reader_ closes the file
  PcapReader reader_;
  const std::string name_;
  const std::string filter_;
  const std::optional<FilterProgram> program_;
  FileTimes times_;
  std::unique_ptr<PlainPcap> plain_;    // null once libpcap must continue
  PacketBatch partial_;                 // packets of plain_ that the next call delivers
  std::unique_ptr<MixedPcapng> mixed_;  // not null once libpcap refuses to continue
};

}  // namespace

absl::StatusOr<std::unique_ptr<PacketSource>> OpenFile(const std::string& path, const std::string& filter) {
  const bool standard_input = path == "-";
  FILE* file = standard_input ? stdin : fopen(path.c_str(), "re");
  if (file == nullptr) return absl::NotFoundError(absl::StrCat("cannot open '", path, "': ", strerror(errno)));
  // Without a larger buffer, stdio reads 4 kB at a time.
  auto buffer = std::make_unique<char[]>(kFileBufferBytes);
  setvbuf(file, buffer.get(), _IOFBF, kFileBufferBytes);
  // Only one thread reads the file, and a lock for each packet would cost more than decoding it.
  __fsetlocking(file, FSETLOCKING_BYCALLER);
  char error[PCAP_ERRBUF_SIZE] = "";
  PcapHandle handle(pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error));
  if (handle == nullptr) {
    if (!standard_input) fclose(file);
    return absl::InvalidArgumentError(absl::StrCat("'", path, "' is not a pcap or pcapng file: ", error));
  }
  const auto link_type = LinkTypeOfHandle(handle.get(), absl::StrCat("'", path, "'"));
  if (!link_type.ok()) return link_type.status();
  std::optional<FilterProgram> program;
  if (!filter.empty()) {
    auto compiled = FilterProgram::Compile(handle.get(), filter);
    if (!compiled.ok()) return compiled.status();
    if (const absl::Status status = compiled->Set(handle.get()); !status.ok()) return status;
    program.emplace(*std::move(compiled));
  }
  return std::make_unique<FileSource>(std::move(handle), *link_type, standard_input ? "stdin" : path, std::move(buffer),
                                      filter, std::move(program));
}

}  // namespace tcpgauge
