// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the readers of capture files, pcapng and classic pcap. An input is a file.
//
// Packets that libpcap reads must be the same here: their lengths, bytes and seconds. Fractions of a second may differ,
// because libpcap takes large ones for negative, and its arithmetic overflows at some resolutions. A file that libpcap
// reads to its end must end here too.
#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <tuple>
#include <vector>

#include "src/base/check.h"
#include "src/capture/classic_pcap.h"
#include "src/capture/file_bytes.h"
#include "src/capture/file_format.h"
#include "src/capture/interface_names.h"
#include "src/capture/packet_file.h"
#include "src/capture/pcapng_reader.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr int64_t kLatestNs = INT64_MAX / 2;

using Bytes = std::vector<uint8_t>;
using Packet = std::tuple<int64_t, uint32_t, Bytes>;  // time, length on the wire, captured bytes

struct Outcome {
  std::vector<Packet> packets;
  bool opened = false;
  bool failed = false;
};

// What libpcap tells besides: how it changes packets.
struct LibraryOutcome : Outcome {
  uint32_t snaplen = 0;        // to which the packets of a classic file are cut
  bool changes_bytes = false;  // swaps numbers in the header if the file has the other byte order
};

bool ChangesBytes(int datalink) {
  return datalink == DLT_USB_LINUX || datalink == DLT_USB_LINUX_MMAPPED || datalink == DLT_NFLOG ||
         datalink == DLT_LINUX_SLL;
}

std::unique_ptr<PacketFile> Open(int fd, absl::Span<const uint8_t> contents, InterfaceNames* names) {
  auto bytes = std::make_unique<FileBytes>(fd, false);
  switch (FormatOf(contents)) {
    case FileFormat::kPcap: {
      auto file = ClassicPcap::Open(std::move(bytes));
      return file.ok() ? *std::move(file) : nullptr;
    }
    case FileFormat::kPcapng: {
      auto file = PcapngReader::Open(std::move(bytes), names);
      return file.ok() ? *std::move(file) : nullptr;
    }
    case FileFormat::kCompressed:
      TCPGAUGE_CHECK(!AdviceForCompressed(contents, "-").empty());
      return nullptr;
    case FileFormat::kUnknown:
      return nullptr;
  }
  return nullptr;
}

Outcome Read(int fd, absl::Span<const uint8_t> contents) {
  Outcome outcome;
  InterfaceNames names("file");
  const std::unique_ptr<PacketFile> file = Open(fd, contents, &names);
  if (file == nullptr) {
    outcome.failed = true;
    return outcome;
  }
  outcome.opened = true;
  PacketFile::Packet packet;
  while (file->Next(&packet)) {
    TCPGAUGE_CHECK(packet.time_ns >= 0 && packet.time_ns <= std::max(kLatestNs, INT64_C(4294967296) * kSecond));
    TCPGAUGE_CHECK(packet.captured.size() <= contents.size());
    TCPGAUGE_CHECK(!names.Name(packet.interface).empty());
    outcome.packets.emplace_back(packet.time_ns, packet.wire_length_bytes,
                                 Bytes(packet.captured.begin(), packet.captured.end()));
  }
  outcome.failed = !file->status().ok();
  return outcome;
}

LibraryOutcome ReadByLibrary(const uint8_t* data, size_t size) {
  LibraryOutcome outcome;
  outcome.failed = true;
  FILE* const stream = size > 0 ? fmemopen(const_cast<uint8_t*>(data), size, "r") : nullptr;
  if (stream == nullptr) return outcome;
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* const handle = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, error);
  if (handle == nullptr) {
    fclose(stream);
    return outcome;
  }
  outcome.snaplen = static_cast<uint32_t>(pcap_snapshot(handle));
  outcome.changes_bytes = ChangesBytes(pcap_datalink(handle));
  pcap_pkthdr* header;
  const uint8_t* bytes;
  int result;
  while ((result = pcap_next_ex(handle, &header, &bytes)) == 1) {
    const int64_t seconds = std::clamp<int64_t>(header->ts.tv_sec, 0, kLatestNs / kSecond - 1);
    const int64_t time_ns = seconds * kSecond + std::clamp<int64_t>(header->ts.tv_usec, 0, kSecond - 1);
    outcome.packets.emplace_back(time_ns, header->len, Bytes(bytes, bytes + header->caplen));
  }
  outcome.failed = result != PCAP_ERROR_BREAK;
  pcap_close(handle);
  return outcome;
}

// Whether a time is far from the limits, where libpcap's arithmetic overflows and ours is clamped.
bool IsOrdinary(int64_t time_ns) { return time_ns > 0 && time_ns < INT64_C(2147483648) * kSecond; }

// Whether the file may have more than one section.
bool HasSections(absl::Span<const uint8_t> contents) {
  constexpr uint8_t kSectionHeader[] = {0x0a, 0x0d, 0x0d, 0x0a};
  return contents.size() > 1 && std::search(contents.begin() + 1, contents.end(), std::begin(kSectionHeader),
                                            std::end(kSectionHeader)) != contents.end();
}

void CheckAsLibrary(const Outcome& ours, const LibraryOutcome& library) {
  TCPGAUGE_CHECK(ours.packets.size() >= library.packets.size());
  for (size_t i = 0; i < library.packets.size(); ++i) {
    const auto& [our_time, our_length, our_bytes] = ours.packets[i];
    const auto& [time, length, bytes] = library.packets[i];
    TCPGAUGE_CHECK(our_length == length);
    TCPGAUGE_CHECK(bytes.size() == std::min<size_t>(our_bytes.size(), library.snaplen));
    TCPGAUGE_CHECK(library.changes_bytes || std::equal(bytes.begin(), bytes.end(), our_bytes.begin()));
    TCPGAUGE_CHECK(our_time / kSecond == time / kSecond || !IsOrdinary(our_time) || !IsOrdinary(time));
  }
  TCPGAUGE_CHECK(library.failed || (!ours.failed && ours.packets.size() == library.packets.size()));
}

void Run(const uint8_t* data, size_t size) {
  static const int fd = memfd_create("file", MFD_CLOEXEC);
  TCPGAUGE_CHECK(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == static_cast<ssize_t>(size));
  TCPGAUGE_CHECK(lseek(fd, 0, SEEK_SET) == 0);
  const auto contents = absl::MakeConstSpan(data, size);
  const Outcome ours = Read(fd, contents);
  // libpcap ignores what section headers say before the first interface.
  if (!ours.opened && HasSections(contents)) return;
  CheckAsLibrary(ours, ReadByLibrary(data, size));
}

}  // namespace
}  // namespace tcpgauge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tcpgauge::Run(data, size);
  return 0;
}
