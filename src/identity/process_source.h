// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_PROCESS_SOURCE_H_
#define TCPGAUGE_SRC_IDENTITY_PROCESS_SOURCE_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/identity/file_at.h"
#include "src/identity/group_owner.h"
#include "src/identity/identity_source.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// Knows the addresses of pods and containers, by the files of one process of each: /proc/PID/cgroup tells whose the
// process is, and /proc/PID/net which addresses its network namespace has.
//
// Design. All of these files are readable for every user. The usual ways are not: /proc/PID/ns/net may only be read by
// who may trace the process. So the inode number of /proc/PID/net/fib_trie tells one network namespace from another,
// because the kernel makes that file once for each namespace. A process in the own namespace tells no address: several
// workloads share the addresses there.
//
// Trust. Every user may make a network namespace and give it any address. So of each pod, container and unit, only the
// network namespace of the oldest process counts: what a process starts later cannot claim an address for its owner.
// The start time tells the age, because process numbers are used again. In a pod, the processes of its containers count
// before others.
//
// Thread: see IdentitySource.
// Bounds: kMaxProcesses processes in a round, the oldest numbers first, and kMaxNamespaces network namespaces with the
// first kMaxAddressesOfNamespace addresses of each. The draft counts what is left out as an overflow. Of each file, the
// first kMaxFileBytes are read.
class ProcessSource final : public IdentitySource {
 public:
  static constexpr int kMaxProcesses = 32768;
  static constexpr size_t kMaxNamespaces = 4096;
  static constexpr size_t kMaxAddressesOfNamespace = 16;
  static constexpr size_t kMaxFileBytes = 65536;

  // `folder` is --path.procfs.
  explicit ProcessSource(std::string folder);

  void AddTo(IdentityDraft* draft) override;
  std::string_view name() const override { return "proc"; }
  // False if the folder is no procfs, or hides the processes of other users (hidepid, ProtectProc).
  bool is_up() const override { return is_up_; }
  bool is_missed() const override { return Exists(folder_); }

 private:
  // The processes of an owner.
  struct Processes {
    std::string first;  // a process's number
    bool has_several = false;
  };
  // Whether the process is in a pod, but in none of its containers; and its start time. The smaller, the older.
  using Age = std::pair<bool, uint64_t>;
  struct OldestProcess {
    std::string number;
    Age age;
    ino_t network_namespace = 0;
  };
  using ProcessesByOwner = absl::flat_hash_map<GroupOwner, Processes>;
  using OldestByOwner = absl::flat_hash_map<GroupOwner, OldestProcess>;  // a pod's owner has no container_id
  using AddressesByNamespace = absl::flat_hash_map<ino_t, std::vector<IpAddress>>;

  // Fills oldest_ too.
  ProcessesByOwner ReadProcesses(int folder_fd, IdentityDraft* draft);
  void NoteAge(int folder_fd, GroupOwner owner, const std::string& process);
  // Returns the inode number that stands for the network namespace of a process; 0 if the process has ended.
  static ino_t NamespaceOf(int folder_fd, const std::string& process);
  void AddAddresses(int folder_fd, const GroupOwner& owner, const OldestProcess& oldest, IdentityDraft* draft);
  const std::vector<IpAddress>* ReadAddresses(int folder_fd, const std::string& process, ino_t network_namespace,
                                              IdentityDraft* draft);

  const std::string folder_;
  ino_t own_namespace_ = 0;
  OldestByOwner oldest_;            // of this round
  AddressesByNamespace addresses_;  // of this round
  std::string text_;                // of a file, kept for its memory
  bool is_up_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_PROCESS_SOURCE_H_
