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

// Finds the addresses of pods, containers and units by their processes. /proc/PID/cgroup names the owner of a process,
// and the files in /proc/PID/net have the addresses of its network namespace. If an owner has only one process, the
// name of this process (/proc/PID/comm) is added too.
//
// Design. Every user may read all of these files. The usual way to tell network namespaces apart is /proc/PID/ns/net,
// which only a user who may trace the process can read. Instead, the inode number of /proc/PID/net/fib_trie identifies
// a network namespace, because the kernel makes this file once for each namespace. Processes in the agent's own network
// namespace, which is the host's, give no addresses, because several workloads share the addresses there.
//
// Trust. Every user may make a network namespace and give it any address. So only the network namespace of the oldest
// process of a pod, container or unit counts: a process that starts later cannot claim an address for its owner. The
// age is taken from the start time, because process numbers are used again. In a pod, the processes of its containers
// are preferred to others, such as the monitor of a container.
//
// Thread: see IdentitySource.
// Bounds: kMaxProcesses processes in a round, the lowest numbers first, and kMaxNamespaces network namespaces with the
// first kMaxAddressesOfNamespace addresses of each. The draft counts what does not fit as an overflow. At most the
// first kMaxFileBytes of a file are read; a longer file is not counted as an overflow.
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
  // False if the folder is not a procfs, or hides the processes of other users (hidepid, ProtectProc).
  bool is_up() const override { return is_up_; }
  bool is_missed() const override { return Exists(folder_); }

 private:
  // What is known of the processes of an owner.
  struct Processes {
    std::string first;  // a process's number
    bool has_several = false;
  };
  // First: whether the process is in a pod, but in none of its containers. Second: the start time of the process, in
  // clock ticks since the boot. The process with the smallest pair counts as the oldest.
  using Age = std::pair<bool, uint64_t>;
  struct OldestProcess {
    std::string number;
    Age age;
    ino_t network_namespace = 0;
  };
  using ProcessesByOwner = absl::flat_hash_map<GroupOwner, Processes>;
  using OldestByOwner = absl::flat_hash_map<GroupOwner, OldestProcess>;  // container_id is empty for a pod
  using AddressesByNamespace = absl::flat_hash_map<ino_t, std::vector<IpAddress>>;

  // Returns the processes of each owner, and fills oldest_.
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
  std::string text_;                // content of a file; a member so that its memory is used again
  bool is_up_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_PROCESS_SOURCE_H_
