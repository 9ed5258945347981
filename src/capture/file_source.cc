#include "src/capture/file_source.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "src/capture/file_times.h"
#include "src/capture/pcap_reader.h"
#include "src/capture/pcapng_reader.h"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"

namespace tcpgauge {
namespace {

constexpr size_t kFileBufferBytes = 128 << 10;

// The packets of a pcapng file whose interfaces have different link types, which the library refuses.
class MixedPcapng {
 public:
  // Goes on in `file` where the library stopped, which is behind the block of an interface.
  static absl::StatusOr<std::unique_ptr<MixedPcapng>> GoOn(FILE* file, const std::string& filter) {
    const off_t stopped_at = ftello(file);
    if (stopped_at < 0 || fseeko(file, 0, SEEK_SET) != 0) return absl::UnavailableError("standard input is read once");
    return std::unique_ptr<MixedPcapng>(new MixedPcapng(file, filter, static_cast<uint64_t>(stopped_at)));
  }

  absl::StatusOr<PacketSource::ReadResult> Read(PacketBatch* batch) {
    while (!batch->full()) {
      const auto packet = reader_.Next();
      if (!packet.ok()) return packet.status();
      if (!packet->has_value()) break;
      if (reader_.offset() <= begin_) continue;  // the library has read this one
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
      pcap_pkthdr header = {};
      header.caplen = static_cast<bpf_u_int32>(packet.captured.size());
      header.len = packet.wire_length_bytes;
      if (!program->second.Matches(header, packet.captured.data())) return absl::OkStatus();
    }
    DecodedPacket* decoded = batch->Add();
    DecodePacket(*link_type, packet.captured, packet.wire_length_bytes, decoded);
    decoded->time_ns = packet.time_ns;
    return absl::OkStatus();
  }

  static constexpr uint16_t kLinkTypeRaw = 101;  // the one whose number in files is not that of the library
  static constexpr int kMaxSnaplen = 262144;

  PcapngReader reader_;
  const std::string filter_;
  const uint64_t begin_;
  std::map<uint16_t, FilterProgram> programs_;  // the filter, for each link type
};

class FileSource final : public PacketSource {
 public:
  FileSource(PcapHandle handle, LinkType link_type, std::string name, std::unique_ptr<char[]> buffer,
             std::string filter)
      : buffer_(std::move(buffer)),
        reader_(std::move(handle), link_type),
        name_(std::move(name)),
        filter_(std::move(filter)) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    auto result = ReadAsItIs(batch);
    times_.Mend(batch->packets());
    return result;
  }

  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

 private:
  absl::StatusOr<ReadResult> ReadAsItIs(PacketBatch* batch) {
    if (mixed_ == nullptr) {
      const int count = reader_.Read(batch);
      if (count > 0) return ReadResult::kPackets;
      if (count == 0) return ReadResult::kEnd;
      const std::string error = pcap_geterr(reader_.handle());
      if (!absl::StrContains(error, "different from the type of the first interface")) return DataLoss(error);
      auto mixed = MixedPcapng::GoOn(pcap_file(reader_.handle()), filter_);
      if (!mixed.ok()) return DataLoss(absl::StrCat(error, " (", mixed.status().message(), ")"));
      mixed_ = *std::move(mixed);
      if (!batch->packets().empty()) return ReadResult::kPackets;
    }
    auto result = mixed_->Read(batch);
    if (!result.ok()) return DataLoss(result.status().message());
    return result;
  }

  absl::Status DataLoss(absl::string_view error) const { return absl::DataLossError(absl::StrCat(name_, ": ", error)); }

  const std::unique_ptr<char[]> buffer_;  // of the file, so it must go last
  PcapReader reader_;
  const std::string name_;
  const std::string filter_;
  FileTimes times_;
  std::unique_ptr<MixedPcapng> mixed_;  // once the library refuses to go on
};

}  // namespace

absl::StatusOr<std::unique_ptr<PacketSource>> OpenFile(const std::string& path, const std::string& filter) {
  const bool standard_input = path == "-";
  FILE* file = standard_input ? stdin : fopen(path.c_str(), "re");
  if (file == nullptr) return absl::NotFoundError(absl::StrCat("cannot open '", path, "': ", strerror(errno)));
  // Without this the library reads 4 kB at a time.
  auto buffer = std::make_unique<char[]>(kFileBufferBytes);
  setvbuf(file, buffer.get(), _IOFBF, kFileBufferBytes);
  __fsetlocking(file, FSETLOCKING_BYCALLER);  // one thread reads it; a lock for each packet costs more than decoding it
  char error[PCAP_ERRBUF_SIZE] = "";
  PcapHandle handle(pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error));
  if (handle == nullptr) {
    if (!standard_input) fclose(file);
    return absl::InvalidArgumentError(absl::StrCat("'", path, "' is not a pcap or pcapng file: ", error));
  }
  const auto link_type = LinkTypeOfHandle(handle.get(), absl::StrCat("'", path, "'"));
  if (!link_type.ok()) return link_type.status();
  if (!filter.empty()) {
    if (const absl::Status status = SetFilter(handle.get(), filter); !status.ok()) return status;
  }
  return std::make_unique<FileSource>(std::move(handle), *link_type, standard_input ? "stdin" : path, std::move(buffer),
                                      filter);
}

}  // namespace tcpgauge
