// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_NETLINK_DUMP_H_
#define TCPGAUGE_SRC_BASE_NETLINK_DUMP_H_

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"

namespace tcpgauge {

// Functions that ask the kernel over a netlink socket for all objects of a kind, for example for all interfaces, and
// parse the kernel's answers (netlink(7)). They need no privilege.
// Thread: any, but one thread at a time for each socket.

constexpr size_t kNetlinkAnswerBytes = 32768;  // netlink(7) advises at least 8 kB

// Asks for all objects of the kind that `type` and `request` name. The kernel repeats `number` in its answers. Returns
// whether the question was sent.
template <typename Request>
bool AskForDump(int fd, uint16_t type, uint32_t number, const Request& request) {
  struct {
    nlmsghdr header;
    Request request;
  } question = {};
  question.header.nlmsg_len = sizeof(question);
  question.header.nlmsg_type = type;
  question.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  question.header.nlmsg_seq = number;
  question.request = request;
  return send(fd, &question, sizeof(question), 0) == static_cast<ssize_t>(sizeof(question));
}

// Reads the answers to question `number`, and calls `visit` for each message except the one that marks the end. Ignores
// late answers to other questions. Returns true when the end has come. Returns false when the kernel reports an error,
// or when recv(2) fails, for example because the time-out of the socket (SO_RCVTIMEO) has passed.
bool ReadDump(int fd, uint32_t number, absl::FunctionRef<void(const nlmsghdr&)> visit);

// Calls `visit` for each message in the first `bytes` bytes of `answer`. REQUIRES: `answer` is aligned like nlmsghdr.
void VisitNetlinkMessages(const char* answer, size_t bytes, absl::FunctionRef<void(const nlmsghdr&)> visit);

// Returns the body of a message, for example an inet_diag_msg. Returns null if the message is shorter than a `Body`.
template <typename Body>
const Body* BodyOf(const nlmsghdr& message) {
  if (message.nlmsg_len < NLMSG_LENGTH(sizeof(Body))) return nullptr;
  return static_cast<const Body*>(NLMSG_DATA(&message));
}

// Calls `visit(type, value, size in bytes)` for each attribute behind a body of `body_bytes` bytes. The type comes
// without its flags (NLA_TYPE_MASK). A value is aligned to four bytes.
void VisitAttributes(const nlmsghdr& message, size_t body_bytes,
                     absl::FunctionRef<void(uint16_t, const char*, size_t)> visit);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_NETLINK_DUMP_H_
