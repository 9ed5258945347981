// SPDX-License-Identifier: Apache-2.0
#include "tests/support/file_packets.h"

#include <pcap/pcap.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "src/capture/file_source.h"
#include "src/capture/file_times.h"
#include "src/capture/filter_program.h"
#include "src/capture/pcap_reader.h"

namespace tcpgauge {
namespace {

std::vector<FilePackets::Packet> PacketsOf(PacketBatch* batch) {
  std::vector<FilePackets::Packet> packets;
  for (const DecodedPacket& packet : batch->packets()) {
    const bool is_segment = packet.kind == DecodedPacket::Kind::kTcpSegment;
    packets.emplace_back(packet.time_ns, packet.wire_length_bytes, packet.kind, is_segment ? packet.source.port : 0);
  }
  return packets;
}

}  // namespace

std::vector<int> FilePackets::ports() const {
  std::vector<int> ports;
  for (const auto& batch : batches) {
    for (const Packet& packet : batch) ports.push_back(std::get<3>(packet));
  }
  return ports;
}

FilePackets ReadFile(const std::string& path, const std::string& filter) {
  FilePackets seen;
  absl::Status status;
  auto source = OpenFile(path, filter);
  if (!source.ok()) {
    status = source.status();
  } else {
    bool more = true;
    while (more) {
      PacketBatch batch;
      const auto result = (*source)->Read(&batch);
      if (!batch.packets().empty()) seen.batches.push_back(PacketsOf(&batch));
      for (const DecodedPacket& packet : batch.packets()) {
        seen.interfaces.push_back((*source)->InterfaceName(packet.interface));
        seen.directions.push_back(packet.direction);
      }
      status = result.status();
      more = result.ok() && *result != PacketSource::ReadResult::kEnd;
    }
  }
  if (!status.ok()) seen.error = absl::StrReplaceAll(std::string(status.message()), {{path, "FILE"}});
  return seen;
}

FilePackets ReadFileByLibrary(const std::string& path, const std::string& filter) {
  FilePackets seen;
  char error[PCAP_ERRBUF_SIZE] = "";
  PcapHandle handle(pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, error));
  if (handle == nullptr) {
    // libpcap precedes some messages with the path, and others not.
    seen.error = absl::StrCat("'FILE' is not a pcap or pcapng file: ", absl::StrReplaceAll(error, {{path + ": ", ""}}));
    return seen;
  }
  const auto link_type = LinkTypeOfHandle(handle.get(), "'FILE'");
  absl::Status status = link_type.status();
  if (status.ok()) {
    const auto program = FilterProgram::Compile(handle.get(), filter);
    status = program.ok() ? program->Set(handle.get()) : program.status();
  }
  if (!status.ok()) {
    seen.error = std::string(status.message());
    return seen;
  }
  PcapReader reader(std::move(handle), *link_type);
  FileTimes times;
  int count = 1;
  while (count > 0) {
    PacketBatch batch;
    count = reader.Read(&batch);
    times.CorrectOutliers(batch.packets());
    if (!batch.packets().empty()) seen.batches.push_back(PacketsOf(&batch));
  }
  if (count < 0) seen.error = absl::StrCat("FILE: ", pcap_geterr(reader.handle()));
  return seen;
}

}  // namespace tcpgauge
