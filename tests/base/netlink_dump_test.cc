// SPDX-License-Identifier: Apache-2.0
#include "src/base/netlink_dump.h"

#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

struct Body {
  uint32_t value;
};

// Messages as the kernel writes them.
class Answer {
 public:
  // `attribute` is the value of the only attribute, of type 3; empty = no attribute.
  Answer& Add(uint16_t type, uint32_t number, uint32_t value, const std::string& attribute = "") {
    size_t bytes = NLMSG_SPACE(sizeof(Body));
    if (!attribute.empty()) bytes += RTA_LENGTH(attribute.size());
    std::vector<char> message(NLMSG_ALIGN(bytes));
    nlmsghdr header = {};
    header.nlmsg_len = static_cast<uint32_t>(bytes);
    header.nlmsg_type = type;
    header.nlmsg_seq = number;
    memcpy(message.data(), &header, sizeof(header));
    memcpy(message.data() + NLMSG_HDRLEN, &value, sizeof(value));
    if (!attribute.empty()) {
      rtattr head = {};
      head.rta_len = static_cast<uint16_t>(RTA_LENGTH(attribute.size()));
      head.rta_type = 3 | NLA_F_NESTED;
      memcpy(message.data() + NLMSG_SPACE(sizeof(Body)), &head, sizeof(head));
      memcpy(message.data() + NLMSG_SPACE(sizeof(Body)) + RTA_LENGTH(0), attribute.data(), attribute.size());
    }
    bytes_.insert(bytes_.end(), message.begin(), message.end());
    return *this;
  }
  const std::vector<char>& bytes() const { return bytes_; }

 private:
  std::vector<char> bytes_;
};

// Two connected sockets: the test is the kernel at the other end.
class NetlinkDump : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends_), 0); }
  void TearDown() override {
    close(ends_[0]);
    close(ends_[1]);
  }
  void Send(const Answer& answer) {
    ASSERT_EQ(send(ends_[1], answer.bytes().data(), answer.bytes().size(), 0),
              static_cast<ssize_t>(answer.bytes().size()));
  }
  // Returns the values of the messages.
  std::vector<uint32_t> Read(uint32_t number, bool* is_complete) {
    std::vector<uint32_t> values;
    *is_complete =
        ReadDump(ends_[0], number, [&](const nlmsghdr& message) { values.push_back(BodyOf<Body>(message)->value); });
    return values;
  }

  int ends_[2] = {-1, -1};
};

TEST_F(NetlinkDump, AsksForAllObjects) {
  ASSERT_TRUE(AskForDump(ends_[0], 20, 5, Body{17}));
  alignas(nlmsghdr) char question[256];
  ASSERT_EQ(recv(ends_[1], question, sizeof(question), 0), static_cast<ssize_t>(NLMSG_LENGTH(sizeof(Body))));
  const auto* const header = reinterpret_cast<const nlmsghdr*>(question);
  EXPECT_EQ(header->nlmsg_type, 20);
  EXPECT_EQ(header->nlmsg_seq, 5u);
  EXPECT_EQ(header->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
  EXPECT_EQ(BodyOf<Body>(*header)->value, 17u);
}

TEST_F(NetlinkDump, ReadsUntilTheLastAnswer) {
  Send(Answer().Add(20, 5, 1).Add(20, 4, 99).Add(20, 5, 2));
  Send(Answer().Add(20, 5, 3).Add(NLMSG_DONE, 5, 0));
  bool is_complete = false;
  EXPECT_EQ(Read(5, &is_complete), (std::vector<uint32_t>{1, 2, 3})) << "99 answers another question";
  EXPECT_TRUE(is_complete);
}

TEST_F(NetlinkDump, ReportsThatTheKernelRefused) {
  Send(Answer().Add(20, 5, 1).Add(NLMSG_ERROR, 5, 0));
  bool is_complete = true;
  EXPECT_EQ(Read(5, &is_complete), std::vector<uint32_t>{1});
  EXPECT_FALSE(is_complete);
}

TEST_F(NetlinkDump, ReportsAnEndlessAnswer) {
  const timeval soon = {0, 1000};
  ASSERT_EQ(setsockopt(ends_[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)), 0);
  Send(Answer().Add(20, 5, 1));
  bool is_complete = true;
  EXPECT_EQ(Read(5, &is_complete), std::vector<uint32_t>{1});
  EXPECT_FALSE(is_complete);
}

TEST(VisitAttributes, TellsTypeAndValue) {
  const Answer answer = Answer().Add(20, 5, 1, "eth0").Add(20, 5, 2);
  std::vector<std::string> values;
  VisitNetlinkMessages(answer.bytes().data(), answer.bytes().size(), [&](const nlmsghdr& message) {
    VisitAttributes(message, sizeof(Body), [&](uint16_t type, const char* value, size_t bytes) {
      EXPECT_EQ(type, 3);
      values.emplace_back(value, bytes);
    });
  });
  EXPECT_EQ(values, std::vector<std::string>{"eth0"});
}

TEST(BodyOf, IsNullWhenTheMessageIsTooShort) {
  nlmsghdr header = {};
  header.nlmsg_len = NLMSG_LENGTH(sizeof(Body) - 1);
  EXPECT_EQ(BodyOf<Body>(header), nullptr);
}

}  // namespace
}  // namespace tcpgauge
