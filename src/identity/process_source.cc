// SPDX-License-Identifier: Apache-2.0
#include "src/identity/process_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "src/identity/file_at.h"
#include "src/identity/namespace_addresses.h"
#include "src/identity/process_group.h"
#include "src/naming/identity_text.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxGroupBytes = 4096;  // of /proc/PID/cgroup
constexpr char kOwnProcess[] = "self";

bool IsProcess(const char* name) { return absl::ascii_isdigit(static_cast<unsigned char>(name[0])); }

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
    if (!processes.has_several()) ReadFileAt(folder_fd, (processes.first + "/comm").c_str(), kMaxCommBytes, &text_);
    if (!text_.empty() && text_.back() == '\n') text_.pop_back();
    draft->AddOwner(owner, text_);
    if (own_namespace_ != 0) AddAddresses(folder_fd, owner, processes, draft);
  }
}

ProcessSource::ProcessesByOwner ProcessSource::ReadProcesses(int folder_fd, IdentityDraft* draft) {
  ProcessesByOwner owners;
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
    if (known.first.empty()) known.first = process;
    known.last = process;
  }
  return owners;
}

ino_t ProcessSource::NamespaceOf(int folder_fd, const std::string& process) {
  struct stat file;
  return fstatat(folder_fd, (process + "/net/fib_trie").c_str(), &file, 0) == 0 ? file.st_ino : 0;
}

void ProcessSource::AddAddresses(int folder_fd, const GroupOwner& owner, const Processes& processes,
                                 IdentityDraft* draft) {
  // The first process may have ended meanwhile.
  for (const std::string& process : {processes.first, processes.last}) {
    const ino_t network_namespace = NamespaceOf(folder_fd, process);
    if (network_namespace == own_namespace_) return;
    if (network_namespace == 0) continue;
    const std::vector<IpAddress>* const addresses = ReadAddresses(folder_fd, process, network_namespace, draft);
    if (addresses == nullptr) continue;
    for (const IpAddress& address : *addresses) draft->AddAddressOf(owner, address);
    return;
  }
}

const std::vector<IpAddress>* ProcessSource::ReadAddresses(int folder_fd, const std::string& process,
                                                           ino_t network_namespace, IdentityDraft* draft) {
  if (const auto known = addresses_.find(network_namespace); known != addresses_.end()) return &known->second;
  if (addresses_.size() >= kMaxNamespaces) {
    draft->CountOverflow();
    return nullptr;
  }
  std::vector<IpAddress> addresses;
  if (!ReadFileAt(folder_fd, (process + "/net/fib_trie").c_str(), kMaxFileBytes, &text_)) return nullptr;
  AppendAddressesOfFibTrie(text_, &addresses);
  // The file is absent where IPv6 is.
  if (ReadFileAt(folder_fd, (process + "/net/if_inet6").c_str(), kMaxFileBytes, &text_))
    AppendAddressesOfIfInet6(text_, &addresses);
  return &(addresses_[network_namespace] = std::move(addresses));
}

}  // namespace tcpgauge
