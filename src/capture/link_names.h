// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_LINK_NAMES_H_
#define TCPGAUGE_SRC_CAPTURE_LINK_NAMES_H_

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Knows the names of network interfaces by their numbers, including interfaces that were deleted. The kernel reports
// every new, renamed and deleted interface (rtnetlink(7)). It reports a new interface before the first packet is
// captured there. So the name is known even if the interface is deleted before the packet is read.
//
// Owns a netlink socket, which needs no privilege. If the socket cannot be opened, only the names of interfaces that
// exist are known. If reports were lost because the socket's buffer was full, the names of interfaces that were created
// and deleted meanwhile are not known.
// Thread: any.
// Bounds: the interfaces that exist, and the last kMaxDeleted deleted ones.
class LinkNames {
 public:
  static constexpr size_t kMaxDeleted = 1024;

  LinkNames();
  ~LinkNames();
  LinkNames(const LinkNames&) = delete;
  LinkNames& operator=(const LinkNames&) = delete;

  // Reads what the kernel has reported. Call it a few times a second, so that the buffer does not become full. Does not
  // wait.
  void Read();
  // Returns the last name of the interface with this number, or an empty text if the name is not known. First reads
  // what the kernel has reported.
  std::string Name(uint32_t index);

 private:
  struct Link {
    std::string name;
    bool is_deleted = false;
  };

  void ReadLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Notes what a message of the kernel reports.
  void Take(const nlmsghdr& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteDeleted(uint32_t index) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Asks the kernel for all interfaces. The answer comes like a report.
  void AskForAll();

  const int socket_;  // -1: it could not be opened
  Mutex mutex_;
  absl::flat_hash_map<uint32_t, Link> links_ ABSL_GUARDED_BY(mutex_);
  std::deque<uint32_t> deleted_ ABSL_GUARDED_BY(mutex_);  // the oldest first; may name interfaces that came back
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_LINK_NAMES_H_
