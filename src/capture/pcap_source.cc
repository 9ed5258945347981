#include "src/capture/pcap_source.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/capture/socket_address.h"
#include "src/decode/decoder.h"
#include "src/decode/link_type.h"

namespace tcpgauge {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1000000000;
constexpr size_t kFileBufferBytes = 1 << 20;

struct PcapCloser {
  void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, PcapCloser>;

// Reads and decodes through a handle of the library, live or of a file.
class PcapReader {
 public:
  PcapReader(PcapHandle handle, LinkType link_type) : handle_(std::move(handle)), link_type_(link_type) {}

  pcap_t* handle() const { return handle_.get(); }

  // Leaves out what came before.
  void BeginAt(int64_t time_ns) { begin_time_ns_ = time_ns; }

  // As pcap_dispatch().
  int Read(PacketBatch* batch) {
    batch_ = batch;
    const int room = static_cast<int>(PacketBatch::kCapacity - batch->packets().size());
    return pcap_dispatch(handle_.get(), room, &PcapReader::OnPacket, reinterpret_cast<u_char*>(this));
  }

 private:
  static void OnPacket(u_char* self, const pcap_pkthdr* header, const u_char* bytes) {
    const PcapReader& reader = *reinterpret_cast<PcapReader*>(self);
    if (reader.batch_->full()) return;  // the library keeps to the count that it was given
    // With nanosecond precision tv_usec holds nanoseconds. A file may hold any value; up to the year 2116 leaves
    // room to add time-outs.
    const int64_t seconds = std::clamp<int64_t>(header->ts.tv_sec, 0, INT64_MAX / 2 / kNanosecondsPerSecond - 1);
    const int64_t time_ns =
        seconds * kNanosecondsPerSecond + std::clamp<int64_t>(header->ts.tv_usec, 0, kNanosecondsPerSecond - 1);
    if (time_ns < reader.begin_time_ns_) return;
    DecodedPacket* packet = reader.batch_->Add();
    DecodePacket(reader.link_type_, absl::MakeConstSpan(bytes, header->caplen), header->len, packet);
    packet->time_ns = time_ns;
  }

  const PcapHandle handle_;
  const LinkType link_type_;
  PacketBatch* batch_ = nullptr;
  int64_t begin_time_ns_ = 0;
};

absl::Status SetFilter(pcap_t* handle, const std::string& filter) {
  bpf_program program;
  if (pcap_compile(handle, &program, filter.c_str(), /*optimize=*/1, PCAP_NETMASK_UNKNOWN) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("filter '", filter, "': ", pcap_geterr(handle), " (see pcap-filter(7))"));
  }
  const int result = pcap_setfilter(handle, &program);
  pcap_freecode(&program);
  if (result != 0) return absl::InvalidArgumentError(absl::StrCat("filter '", filter, "': ", pcap_geterr(handle)));
  return absl::OkStatus();
}

absl::StatusOr<LinkType> LinkTypeOfHandle(pcap_t* handle, const std::string& name) {
  const int datalink = pcap_datalink(handle);
  const auto link_type = LinkTypeOf(datalink);
  if (link_type.has_value()) return *link_type;
  const char* datalink_name = pcap_datalink_val_to_name(datalink);
  return absl::InvalidArgumentError(absl::StrCat(name, ": packets of link type ",
                                                 datalink_name != nullptr ? datalink_name : absl::StrCat(datalink),
                                                 " cannot be decoded; Ethernet, Linux cooked, raw IP, loopback, PPP, "
                                                 "Cisco HDLC and NFLOG can"));
}

class LiveSource final : public PacketSource {
 public:
  LiveSource(PcapHandle handle, LinkType link_type, std::string name)
      : reader_(std::move(handle), link_type),
        name_(std::move(name)),
        has_many_interfaces_(link_type == LinkType::kLinuxSll2),
        poll_fd_(pcap_get_selectable_fd(reader_.handle())) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    const int count = reader_.Read(batch);
    if (count > 0) return ReadResult::kPackets;
    if (count == 0) return ReadResult::kNone;
    return absl::UnavailableError(absl::StrCat(name_, ": ", pcap_geterr(reader_.handle())));
  }

  int poll_fd() const override { return poll_fd_; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return has_many_interfaces_; }

  // Makes the kernel share packets out among the sources of a group; `*group` 0 = a new one, whose number it becomes.
  absl::Status JoinGroup(uint16_t* group) {
    const int fd = pcap_fileno(reader_.handle());
    // Fragments must be put together first: only the first one holds the ports that choose the source.
    int type = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
    if (*group == 0) type |= PACKET_FANOUT_FLAG_UNIQUEID;
    const int argument = type << 16 | *group;
    int joined = 0;
    socklen_t size = sizeof(joined);
    if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &argument, sizeof(argument)) != 0 ||
        getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &joined, &size) != 0) {
      return absl::UnavailableError(
          absl::StrCat("interface '", name_, "' cannot be shared by several workers: ", strerror(errno)));
    }
    *group = static_cast<uint16_t>(joined);
    return absl::OkStatus();
  }

  void BeginAt(int64_t time_ns) { reader_.BeginAt(time_ns); }

  uint64_t DroppedPackets() override {
    pcap_stat stats;
    if (pcap_stats(reader_.handle(), &stats) != 0) return dropped_packets_;
    // The library counts in 32 bits.
    dropped_packets_ += static_cast<uint32_t>(stats.ps_drop - last_drop_);
    last_drop_ = stats.ps_drop;
    return dropped_packets_;
  }

 private:
  PcapReader reader_;
  const std::string name_;
  const bool has_many_interfaces_;
  const int poll_fd_;
  uint32_t last_drop_ = 0;
  uint64_t dropped_packets_ = 0;
};

class FileSource final : public PacketSource {
 public:
  FileSource(PcapHandle handle, LinkType link_type, std::string name, std::unique_ptr<char[]> buffer)
      : buffer_(std::move(buffer)), reader_(std::move(handle), link_type), name_(std::move(name)) {}

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    const int count = reader_.Read(batch);
    if (count > 0) return ReadResult::kPackets;
    if (count == 0) return ReadResult::kEnd;
    return absl::DataLossError(absl::StrCat(name_, ": ", pcap_geterr(reader_.handle())));
  }

  int poll_fd() const override { return -1; }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return false; }
  uint64_t DroppedPackets() override { return 0; }

 private:
  const std::unique_ptr<char[]> buffer_;  // of the file, so it must go last
  PcapReader reader_;
  const std::string name_;
};

std::string NamesOfInterfaces() {
  const auto interfaces = ListInterfaces();
  if (!interfaces.ok()) return "";
  return absl::StrJoin(*interfaces, ", ", [](std::string* out, const InterfaceDescription& interface) {
    absl::StrAppend(out, interface.name);
  });
}

absl::Status ActivationError(int result, const std::string& name, const char* detail) {
  switch (result) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
    case PCAP_ERROR_IFACE_NOT_UP:
      if (result == PCAP_ERROR_IFACE_NOT_UP) {
        return absl::NotFoundError(absl::StrCat("interface '", name, "' is down: ip link set ", name, " up"));
      }
      return absl::NotFoundError(
          absl::StrCat("there is no interface '", name, "' to capture on; there are: ", NamesOfInterfaces()));
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return absl::PermissionDeniedError(
          absl::StrCat("no privilege to capture on '", name,
                       "': run as root, or once as root: setcap cap_net_raw,cap_net_admin=ep /path/to/tcpgauge "
                       "(cap_net_raw alone is enough with -p)"));
    default:
      return absl::UnavailableError(absl::StrCat("interface '", name, "': ", detail));
  }
}

absl::StatusOr<std::unique_ptr<LiveSource>> OpenLive(const std::string& name, const LiveOptions& options) {
  char error[PCAP_ERRBUF_SIZE] = "";
  PcapHandle handle(pcap_create(name.c_str(), error));
  if (handle == nullptr) return absl::UnavailableError(absl::StrCat("interface '", name, "': ", error));
  const int buffer_kib = options.buffer_size_kib > 0 ? options.buffer_size_kib : kDefaultBufferKib;
  pcap_set_snaplen(handle.get(), options.snaplen_bytes);
  pcap_set_promisc(handle.get(), options.promiscuous);
  pcap_set_timeout(handle.get(), kCaptureTimeoutMs);
  pcap_set_buffer_size(handle.get(), buffer_kib * 1024);
  pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
  const int result = pcap_activate(handle.get());
  if (result < 0) return ActivationError(result, name, pcap_geterr(handle.get()));
  // Of all interfaces at once, only this link type tells which one a packet was on.
  if (pcap_datalink(handle.get()) == DLT_LINUX_SLL) pcap_set_datalink(handle.get(), DLT_LINUX_SLL2);
  const auto link_type = LinkTypeOfHandle(handle.get(), absl::StrCat("interface '", name, "'"));
  if (!link_type.ok()) return link_type.status();
  // An empty filter too: it is what makes the kernel copy no more than the snapshot length of each packet.
  if (const absl::Status status = SetFilter(handle.get(), options.filter); !status.ok()) return status;
  if (pcap_setnonblock(handle.get(), 1, error) != 0) {
    return absl::UnavailableError(absl::StrCat("interface '", name, "': ", error));
  }
  return std::make_unique<LiveSource>(std::move(handle), *link_type, name);
}

int64_t WallNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * kNanosecondsPerSecond + now.tv_nsec;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PacketSource>> OpenInterface(const std::string& name, const LiveOptions& options) {
  return OpenLive(name, options);
}

absl::StatusOr<std::vector<std::unique_ptr<PacketSource>>> OpenSharedInterface(const std::string& name,
                                                                               const LiveOptions& options,
                                                                               size_t count) {
  std::vector<std::unique_ptr<LiveSource>> live;
  uint16_t group = 0;
  for (size_t i = 0; i < count; ++i) {
    auto source = OpenLive(name, options);
    if (!source.ok()) return source.status();
    if (const absl::Status status = (*source)->JoinGroup(&group); !status.ok()) return status;
    live.push_back(*std::move(source));
  }
  // Until it joined, each source got all packets, and until the last one joined, the first ones got its share.
  const int64_t begin_time_ns = WallNanoseconds();
  std::vector<std::unique_ptr<PacketSource>> sources;
  for (auto& source : live) {
    source->BeginAt(begin_time_ns);
    sources.push_back(std::move(source));
  }
  return sources;
}

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
  return std::make_unique<FileSource>(std::move(handle), *link_type, standard_input ? "stdin" : path,
                                      std::move(buffer));
}

absl::StatusOr<std::vector<InterfaceDescription>> ListInterfaces() {
  char error[PCAP_ERRBUF_SIZE] = "";
  pcap_if_t* devices = nullptr;
  if (pcap_findalldevs(&devices, error) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot list the interfaces: ", error));
  }
  std::vector<InterfaceDescription> interfaces;
  for (const pcap_if_t* device = devices; device != nullptr; device = device->next) {
    InterfaceDescription interface;
    interface.name = device->name;
    if (device->description != nullptr) interface.description = device->description;
    interface.up = device->flags & PCAP_IF_UP;
    interface.loopback = device->flags & PCAP_IF_LOOPBACK;
    for (const pcap_addr* address = device->addresses; address != nullptr; address = address->next) {
      const auto parsed = AddressOf(address->addr);
      if (parsed.has_value()) interface.addresses.push_back(parsed->ToString());
    }
    interfaces.push_back(std::move(interface));
  }
  pcap_freealldevs(devices);
  return interfaces;
}

absl::StatusOr<std::string> DefaultInterface() {
  const auto interfaces = ListInterfaces();
  if (!interfaces.ok()) return interfaces.status();
  for (const InterfaceDescription& interface : *interfaces) {
    if (interface.up && !interface.loopback && interface.name != "any" && !interface.addresses.empty()) {
      return interface.name;
    }
  }
  return absl::NotFoundError(
      absl::StrCat("no interface is up besides loopback; name one with -i, for example -i any or -i lo (there are: ",
                   NamesOfInterfaces(), ")"));
}

std::string CaptureLibraryVersion() { return pcap_lib_version(); }

}  // namespace tcpgauge
