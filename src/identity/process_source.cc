// SPDX-License-Identifier: Apache-2.0
#include "src/identity/process_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "src/base/strings.h"
#include "src/identity/namespace_addresses.h"
#include "src/identity/process_group.h"
#include "src/naming/identity_text.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxGroupBytes = 4096;  // of /proc/PID/cgroup
constexpr size_t kMaxStatBytes = 1024;   // of /proc/PID/stat
constexpr char kOwnProcess[] = "self";

bool IsProcess(const char* name) { return absl::ascii_isdigit(static_cast<unsigned char>(name[0])); }

// Returns the start time of a process by its file /proc/PID/stat, in clock ticks since the boot.
std::optional<uint64_t> StartTimeOf(std::string_view stat) {
  constexpr int kFieldsBefore = 19;  // from the state on
  // The name of the process may hold blanks and parentheses. The state follows the last parenthesis.
  const size_t end_of_name = stat.rfind(") ");
  if (end_of_name == std::string_view::npos) return std::nullopt;
  int field = 0;
  for (const std::string_view text : Split(stat.substr(end_of_name + 2), ' ')) {
    if (field++ < kFieldsBefore) continue;
    uint64_t ticks;
    if (std::from_chars(text.data(), text.data() + text.size(), ticks).ec == std::errc()) return ticks;
    break;
  }
  return std::nullopt;
}

}  // namespace

ProcessSource::ProcessSource(std::string folder) : folder_(std::move(folder)) {}

void ProcessSource::AddTo(IdentityDraft* draft) {
  const Folder folder = OpenFolderAt(AT_FDCWD, folder_.c_str());
  is_up_ = folder != nullptr && ReadFileAt(dirfd(folder.get()), "1/cgroup", kMaxGroupBytes, &text_);
  if (folder == nullptr) return;
  const int folder_fd = dirfd(folder.get());
  const ProcessesByOwner owners = ReadProcesses(folder_fd, draft);
  own_namespace_ = NamespaceOf(folder_fd, kOwnProcess);
  if (own_namespace_ == 0) is_up_ = false;
  addresses_.clear();
  for (const auto& [owner, processes] : owners) {
    text_.clear();
    if (!processes.has_several) ReadFileAt(folder_fd, (processes.first + "/comm").c_str(), kMaxCommBytes, &text_);
    if (!text_.empty() && text_.back() == '\n') text_.pop_back();
    draft->AddOwner(owner, text_);
  }
  if (own_namespace_ == 0) return;
  for (const auto& [owner, oldest] : oldest_) AddAddresses(folder_fd, owner, oldest, draft);
}

ProcessSource::ProcessesByOwner ProcessSource::ReadProcesses(int folder_fd, IdentityDraft* draft) {
  ProcessesByOwner owners;
  oldest_.clear();
  const Folder folder = OpenFolderAt(folder_fd, ".");
  if (folder == nullptr) return owners;
  int processes = 0;
  for (const dirent* entry = readdir(folder.get()); entry != nullptr; entry = readdir(folder.get())) {
    if (!IsProcess(entry->d_name)) continue;
    if (++processes > kMaxProcesses) {
      draft->CountOverflow();
      break;
    }
    const std::string process = entry->d_name;
    if (!ReadFileAt(folder_fd, (process + "/cgroup").c_str(), kMaxGroupBytes, &text_)) continue;
    const GroupOwner owner = OwnerOfProcess(text_);
    if (!owner.is_known()) continue;
    Processes& known = owners[owner];
    known.has_several = !known.first.empty();
    if (known.first.empty()) known.first = process;
    NoteAge(folder_fd, owner, process);
  }
  return owners;
}

void ProcessSource::NoteAge(int folder_fd, GroupOwner owner, const std::string& process) {
  if (!ReadFileAt(folder_fd, (process + "/stat").c_str(), kMaxStatBytes, &text_)) return;
  const std::optional<uint64_t> start_time = StartTimeOf(text_);
  if (!start_time.has_value()) return;
  // The monitor of a container may run in the pod's group. It is older than the container, and not in its namespace.
  const bool is_beside_containers = !owner.pod_uid.empty() && owner.container_id.empty();
  const Age age = {is_beside_containers, *start_time};
  if (!owner.pod_uid.empty()) owner.container_id.clear();
  const auto known = oldest_.find(owner);
  if (known != oldest_.end() && known->second.age <= age) return;
  // A process that has ended, but is not yet waited for, has no namespace.
  const ino_t network_namespace = NamespaceOf(folder_fd, process);
  if (network_namespace != 0) oldest_[std::move(owner)] = {process, age, network_namespace};
}

ino_t ProcessSource::NamespaceOf(int folder_fd, const std::string& process) {
  struct stat file;
  return fstatat(folder_fd, (process + "/net/fib_trie").c_str(), &file, 0) == 0 ? file.st_ino : 0;
}

void ProcessSource::AddAddresses(int folder_fd, const GroupOwner& owner, const OldestProcess& oldest,
                                 IdentityDraft* draft) {
  if (oldest.network_namespace == own_namespace_) return;
  const std::vector<IpAddress>* const addresses =
      ReadAddresses(folder_fd, oldest.number, oldest.network_namespace, draft);
  if (addresses == nullptr) return;
  for (const IpAddress& address : *addresses) draft->AddAddressOf(owner, address);
}

const std::vector<IpAddress>* ProcessSource::ReadAddresses(int folder_fd, const std::string& process,
                                                           ino_t network_namespace, IdentityDraft* draft) {
  if (const auto known = addresses_.find(network_namespace); known != addresses_.end()) return &known->second;
  if (addresses_.size() >= kMaxNamespaces) {
    draft->CountOverflow();
    return nullptr;
  }
  std::vector<IpAddress> found;
  if (!ReadFileAt(folder_fd, (process + "/net/fib_trie").c_str(), kMaxFileBytes, &text_)) return nullptr;
  AppendAddressesOfFibTrie(text_, &found);
  // The file is absent where IPv6 is.
  if (ReadFileAt(folder_fd, (process + "/net/if_inet6").c_str(), kMaxFileBytes, &text_))
    AppendAddressesOfIfInet6(text_, &found);
  std::vector<IpAddress>& addresses = addresses_[network_namespace];
  for (const IpAddress& address : found) {
    if (std::find(addresses.begin(), addresses.end(), address) != addresses.end()) continue;
    if (addresses.size() >= kMaxAddressesOfNamespace) {
      draft->CountOverflow();
      break;
    }
    addresses.push_back(address);
  }
  return &addresses;
}

}  // namespace tcpgauge
