// SPDX-License-Identifier: Apache-2.0
#include "src/capture/live_source.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>
#include <time.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"
#include "src/capture/interface_list.h"
#include "src/capture/interface_lookup.h"
#include "src/capture/interface_name_rules.h"
#include "src/capture/link_names.h"
#include "src/capture/netfilter_device.h"
#include "src/capture/owner_program.h"
#include "src/capture/packet_socket.h"
#include "src/capture/pcap_reader.h"
#include "src/decode/link_type.h"

namespace tcpgauge {
namespace {

// Makes the socket reject all packets.
absl::Status SetRejectingFilter(pcap_t* handle) {
  bpf_insn reject = BPF_STMT(BPF_RET | BPF_K, 0);
  bpf_program program = {1, &reject};
  if (pcap_setfilter(handle, &program) == 0) return absl::OkStatus();
  return absl::UnavailableError(pcap_geterr(handle));
}

bool IsCooked(pcap_t* handle) {
  const int datalink = pcap_datalink(handle);
  return datalink == DLT_LINUX_SLL || datalink == DLT_LINUX_SLL2;
}

// libpcap's name for all interfaces together.
constexpr char kAny[] = "any";
// A socket whose interface does not exist yet is bound to this one: it nearly always exists, and has few packets to
// reject.
constexpr char kParking[] = "lo";
// libpcap's largest snapshot length.
constexpr int kNetfilterSnaplen = 262144;
// A word in libpcap's error text when an interface went away, and when a renamed one is down. There is no error code.
constexpr char kDisappeared[] = "disappeared";

int64_t WallNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * kNanosecondsPerSecond + now.tv_nsec;
}

class LiveSource final : public PacketSource {
 public:
  // The socket of `reader` is bound to the interface; if `parked`, Poll() binds it.
  LiveSource(std::unique_ptr<PcapReader> reader, std::string name, const LiveOptions& options, bool parked)
      : reader_(std::move(reader)), name_(std::move(name)), options_(options), parked_(parked) {
    if (name_ == kAny) link_names_ = std::make_unique<LinkNames>();
    if (parked_) return;
    const std::optional<NetworkInterface> interface = lookup_.ByName(name_);
    // Only network interfaces can be watched. libpcap has others, such as netfilter's log.
    is_watched_ = name_ != kAny && interface.has_value();
    if (!is_watched_) return;
    index_ = interface->index;
    reader_->SetOwnAddress(interface->ethernet_address);
  }

  absl::StatusOr<ReadResult> Read(PacketBatch* batch) override {
    errno = 0;  // libpcap counts a drop of netfilter's log whenever it finds ENOBUFS here
    const int count = reader_->Read(batch);
    const int error_number = errno;
    if (count > 0) {
      // For a network interface libpcap reads from a ring, and returns fewer packets than requested only when the ring
      // is empty. Trying again would cost a system call.
      const bool has_ring = is_watched_ || has_many_interfaces();
      return has_ring && count < static_cast<int>(PacketBatch::kCapacity) ? ReadResult::kLastPackets
                                                                          : ReadResult::kPackets;
    }
    if (count == 0) return ReadResult::kNone;
    const char* const error = pcap_geterr(reader_->handle());
    if (is_watched_ && strstr(error, kDisappeared) != nullptr) return ReadResult::kNone;  // Poll() reports it
    if (count == PCAP_ERROR && FoundNoPackets(error_number)) return ReadResult::kNone;
    return absl::UnavailableError(absl::StrCat(name_, ": ", error));
  }

  SourceCondition Poll() override {
    using State = SourceCondition::State;
    if (link_names_ != nullptr) link_names_->Read();
    if (!is_watched_) return {};
    std::optional<NetworkInterface> interface;
    if (index_ != 0) interface = lookup_.ByIndex(index_);
    if (!interface.has_value() || interface->name != name_) {
      // An interface that has the requested name now takes precedence over the renamed one.
      if (std::optional<NetworkInterface> named = lookup_.ByName(name_)) interface = std::move(named);
    }
    if (!interface.has_value()) {
      index_ = 0;
      return {State::kGone, "", 0};
    }
    if (interface->index != index_) {
      const absl::Status status = CaptureOn(*interface);
      if (!status.ok()) return {State::kGone, absl::StrCat("it cannot be captured: ", status.message()), 0};
    }
    reader_->SetOwnAddress(interface->ethernet_address);  // somebody may have changed the address
    SourceCondition condition{interface->up ? State::kUp : State::kDown, "", index_};
    if (interface->name != name_) condition.remark = absl::StrCat("it is called '", interface->name, "' now");
    if (role_ == Role::kMovedOutOfGroup) condition.remark = "captured by the first worker alone until a restart";
    return condition;
  }

  int poll_fd() const override { return pcap_get_selectable_fd(reader_->handle()); }
  const std::string& name() const override { return name_; }
  bool has_many_interfaces() const override { return name_ == kAny; }
  std::string InterfaceName(uint32_t number) const override { return link_names_->Name(number); }

  // Joins a group of sources among which the kernel distributes packets.
  absl::Status JoinGroup(SocketGroup* group) {
    const int fd = pcap_fileno(reader_->handle());
    if (JoinSocketGroup(fd, group) != 0) {
      return absl::UnavailableError(
          absl::StrCat("interface '", name_, "' cannot be shared by several workers: ", strerror(errno)));
    }
    role_ = Role::kInGroup;
    return absl::OkStatus();
  }

  // The first source of a group reads from `spare` once the group's sockets have lost their interface.
  void KeepSpare(std::unique_ptr<PcapReader> spare) { spare_ = std::move(spare); }

  void BeginAt(int64_t time_ns) { reader_->BeginAt(time_ns); }
  bool is_parked() const { return parked_; }

  uint64_t DroppedPackets() override {
    pcap_stat stats;
    if (pcap_stats(reader_->handle(), &stats) != 0) return dropped_packets_;
    // libpcap counts in 32 bits, so the difference is taken modulo 2^32.
    dropped_packets_ += static_cast<uint32_t>(stats.ps_drop - last_drop_);
    last_drop_ = stats.ps_drop;
    return dropped_packets_;
  }

 private:
  enum class Role { kAlone, kInGroup, kMovedOutOfGroup };

  absl::Status CaptureOn(const NetworkInterface& interface) {
    if (role_ == Role::kInGroup) {
      if (spare_ == nullptr) {  // the first source of the group captures with its spare socket
        index_ = interface.index;
        return SetRejectingFilter(reader_->handle());
      }
      DroppedPackets();
      reader_ = std::move(spare_);
      last_drop_ = 0;
      parked_ = true;
      role_ = Role::kMovedOutOfGroup;
    }
    pcap_t* const handle = reader_->handle();
    LinkType link_type = reader_->link_type();
    PcapHandle compiler;      // for the new kind of packets; null when the kind stays
    if (!IsCooked(handle)) {  // a cooked socket fits all kinds, because the kernel strips their headers
      const std::optional<int> datalink = DatalinkOfRawSocket(interface.hardware_type);
      if (!datalink.has_value()) {
        return absl::UnavailableError(absl::StrCat("its hardware type ", interface.hardware_type,
                                                   " needs another socket; restart to capture it"));
      }
      if (*datalink != pcap_datalink(handle)) compiler.reset(pcap_open_dead(*datalink, options_.snaplen_bytes));
      link_type = *LinkTypeOf(*datalink);
    }
    const absl::Status compiled = options_.filter->Compile(compiler ? compiler.get() : handle);
    if (!compiled.ok()) return compiled;
    // Reject all packets until the new filter is set. Otherwise packets that it would drop could get through.
    if (absl::Status status = SetRejectingFilter(handle); !status.ok()) return status;
    if (parked_ || link_type != reader_->link_type()) reader_->BeginAt(WallNanoseconds());
    if (options_.promiscuous && index_ != 0) LeavePromiscuousMode(pcap_fileno(handle), index_);
    index_ = 0;  // until all steps succeed; after a failure the next Poll() tries again
    if (absl::Status status = BindPacketSocket(pcap_fileno(handle), interface.index, options_.promiscuous);
        !status.ok()) {
      return status;
    }
    reader_->SetLinkType(link_type);
    if (absl::Status status = options_.filter->Set(compiler ? compiler.get() : handle, reader_.get()); !status.ok()) {
      return status;
    }
    parked_ = false;
    index_ = interface.index;
    return absl::OkStatus();
  }

  std::unique_ptr<PcapReader> reader_;
  std::unique_ptr<PcapReader> spare_;  // parked; null except in the first source of a group
  const std::string name_;
  const LiveOptions options_;
  const InterfaceLookup lookup_;
  std::unique_ptr<LinkNames> link_names_;  // of `any`; otherwise null
  bool parked_;
  bool is_watched_ = true;
  uint32_t index_ = 0;  // of the captured interface; 0 = no interface
  Role role_ = Role::kAlone;
  uint32_t last_drop_ = 0;
  uint64_t dropped_packets_ = 0;
};

absl::Status ActivationError(int result, const std::string& name, const char* detail) {
  switch (result) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
    case PCAP_ERROR_IFACE_NOT_UP:
      if (result == PCAP_ERROR_IFACE_NOT_UP) {
        return absl::NotFoundError(absl::StrCat("interface '", name, "' is down: ip link set ", name, " up"));
      }
      // libpcap has other devices too, whose names no interface can have. So only a name that libpcap refuses is wrong.
      if (!CanNameInterface(name)) return NoPossibleInterface(name);
      return absl::NotFoundError(
          absl::StrCat("there is no interface '", name, "' to capture on; available: ", NamesOfInterfaces()));
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return absl::PermissionDeniedError(
          absl::StrCat("no privilege to capture on '", name,
                       "': run as root, or once as root: setcap cap_net_raw=ep /path/to/tcpgauge"));
    default:
      // libpcap has no error code for this.
      if (ParseNetfilterDevice(name).has_value() && strstr(detail, strerror(EPERM)) != nullptr) {
        return absl::PermissionDeniedError(
            absl::StrCat("no privilege to capture on '", name,
                         "': run as root, or once as root: setcap cap_net_raw,cap_net_admin=ep /path/to/tcpgauge"));
      }
      return absl::UnavailableError(absl::StrCat("interface '", name, "': ", detail));
  }
}

absl::StatusOr<std::unique_ptr<PcapReader>> OpenReader(const std::string& name, const LiveOptions& options) {
  char error[PCAP_ERRBUF_SIZE] = "";
  PcapHandle handle(pcap_create(name.c_str(), error));
  if (handle == nullptr) return absl::UnavailableError(absl::StrCat("interface '", name, "': ", error));
  pcap_set_snaplen(handle.get(), ParseNetfilterDevice(name).has_value() ? kNetfilterSnaplen : options.snaplen_bytes);
  pcap_set_promisc(handle.get(), options.promiscuous);
  pcap_set_timeout(handle.get(), kCaptureTimeoutMs);
  pcap_set_buffer_size(handle.get(), options.buffer_size_kib * 1024);
  pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
  const int result = pcap_activate(handle.get());
  if (result < 0) return ActivationError(result, name, pcap_geterr(handle.get()));
  // On `any`, only the link type SLL2 states each packet's interface.
  if (pcap_datalink(handle.get()) == DLT_LINUX_SLL) pcap_set_datalink(handle.get(), DLT_LINUX_SLL2);
  const auto link_type = LinkTypeOfHandle(handle.get(), absl::StrCat("interface '", name, "'"));
  if (!link_type.ok()) return link_type.status();
  auto reader = std::make_unique<PcapReader>(std::move(handle), *link_type);
  // Set an empty filter too: the kernel gets the snapshot length with it.
  if (const absl::Status status = options.filter->Set(reader->handle(), reader.get()); !status.ok()) return status;
  if (pcap_setnonblock(reader->handle(), 1, error) != 0) {
    return absl::UnavailableError(absl::StrCat("interface '", name, "': ", error));
  }
  return reader;
}

// Makes the socket of `reader` reject all packets, and binds it to kParking until it is moved to its interface.
absl::Status Park(const PcapReader& reader) {
  if (absl::Status status = SetRejectingFilter(reader.handle()); !status.ok()) return status;
  const std::optional<NetworkInterface> parking = InterfaceLookup().ByName(kParking);
  if (!parking.has_value()) return absl::OkStatus();  // it stays on `any`, where it only rejects more packets
  return BindPacketSocket(pcap_fileno(reader.handle()), parking->index, /*promiscuous=*/false);
}

absl::StatusOr<std::unique_ptr<LiveSource>> OpenLive(const std::string& name, const LiveOptions& options) {
  if (absl::Status status = CheckNetfilterName(name); !status.ok()) return status;
  if (options.wait && name != kAny && !IsNetfilterName(name)) {
    if (!CanNameInterface(name)) return NoPossibleInterface(name);
    const std::optional<NetworkInterface> interface = InterfaceLookup().ByName(name);
    if (!interface.has_value() || !interface->up) {
      LiveOptions any = options;
      any.promiscuous = false;
      auto reader = OpenReader(kAny, any);
      if (!reader.ok()) return reader.status();
      if (absl::Status status = Park(**reader); !status.ok()) return status;
      return std::make_unique<LiveSource>(*std::move(reader), name, options, /*parked=*/true);
    }
  }
  auto reader = OpenReader(name, options);
  if (!reader.ok()) return reader.status();
  return std::make_unique<LiveSource>(*std::move(reader), name, options, /*parked=*/false);
}

}  // namespace

absl::StatusOr<std::unique_ptr<PacketSource>> OpenInterface(const std::string& name, const LiveOptions& options) {
  return OpenLive(name, options);
}

absl::StatusOr<std::vector<std::unique_ptr<PacketSource>>> OpenSharedInterface(const std::string& name,
                                                                               const LiveOptions& options,
                                                                               const OwnerFunction& owners) {
  std::vector<std::unique_ptr<LiveSource>> live;
  SocketGroup group;
  group.program = OwnerProgram(owners);
  for (size_t i = 0; i < owners.workers(); ++i) {
    auto source = OpenLive(name, options);
    if (!source.ok()) return source.status();
    if ((*source)->is_parked()) {
      std::vector<std::unique_ptr<PacketSource>> first;
      first.push_back(*std::move(source));
      return first;
    }
    if (const absl::Status status = (*source)->JoinGroup(&group); !status.ok()) return status;
    live.push_back(*std::move(source));
  }
  if (name != kAny) {
    auto spare = OpenReader(name, options);
    if (!spare.ok()) return spare.status();
    if (const absl::Status status = Park(**spare); !status.ok()) return status;
    live.front()->KeepSpare(*std::move(spare));
  }
  // Ignore the packets until now: a source received all packets before it joined, and the first sources received the
  // share of the last one before that joined.
  const int64_t begin_time_ns = WallNanoseconds();
  std::vector<std::unique_ptr<PacketSource>> sources;
  for (auto& source : live) {
    source->BeginAt(begin_time_ns);
    sources.push_back(std::move(source));
  }
  return sources;
}

std::string CaptureLibraryVersion() { return pcap_lib_version(); }

}  // namespace tcpgauge
