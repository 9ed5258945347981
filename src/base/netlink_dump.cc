// SPDX-License-Identifier: Apache-2.0
#include "src/base/netlink_dump.h"

#include <errno.h>
#include <linux/rtnetlink.h>

namespace tcpgauge {

bool ReadDump(int fd, uint32_t number, absl::FunctionRef<void(const nlmsghdr&)> visit) {
  alignas(nlmsghdr) char answer[kNetlinkAnswerBytes];
  bool has_ended = false;
  bool is_complete = false;
  while (!has_ended) {
    const ssize_t received = recv(fd, answer, sizeof(answer), 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return false;
    VisitNetlinkMessages(answer, static_cast<size_t>(received), [&](const nlmsghdr& message) {
      if (message.nlmsg_seq != number) return;
      if (message.nlmsg_type == NLMSG_DONE || message.nlmsg_type == NLMSG_ERROR) {
        has_ended = true;
        is_complete = message.nlmsg_type == NLMSG_DONE;
      } else {
        visit(message);
      }
    });
  }
  return is_complete;
}

void VisitNetlinkMessages(const char* answer, size_t bytes, absl::FunctionRef<void(const nlmsghdr&)> visit) {
  for (const auto* message = reinterpret_cast<const nlmsghdr*>(answer); NLMSG_OK(message, bytes);
       message = NLMSG_NEXT(message, bytes))
    visit(*message);
}

void VisitAttributes(const nlmsghdr& message, size_t body_bytes,
                     absl::FunctionRef<void(uint16_t, const char*, size_t)> visit) {
  const size_t before = NLMSG_SPACE(body_bytes);
  if (message.nlmsg_len < before) return;
  size_t bytes = message.nlmsg_len - before;
  const auto* attribute = reinterpret_cast<const rtattr*>(reinterpret_cast<const char*>(&message) + before);
  for (; RTA_OK(attribute, bytes); attribute = RTA_NEXT(attribute, bytes))
    visit(attribute->rta_type & NLA_TYPE_MASK, static_cast<const char*>(RTA_DATA(attribute)), RTA_PAYLOAD(attribute));
}

}  // namespace tcpgauge
