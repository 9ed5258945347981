// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <memory>
#include <thread>

#include "gtest/gtest.h"
#include "src/capture/mailbox.h"

namespace tcpgauge {
namespace {

struct Letter {
  uint64_t number;
  uint64_t same_number;
};

TEST(MailboxStress, TheLatestLetterArrivesWholeAndOnce) {
  constexpr uint64_t kLetters = 200000;
  Mailbox<Letter> mailbox;
  std::thread sender([&] {
    for (uint64_t i = 1; i <= kLetters; ++i) mailbox.Post(std::make_unique<Letter>(Letter{i, i}));
  });
  uint64_t last = 0;
  while (last < kLetters) {
    const std::unique_ptr<Letter> letter = mailbox.Take();
    if (letter == nullptr) continue;
    ASSERT_EQ(letter->number, letter->same_number);
    ASSERT_GT(letter->number, last);
    last = letter->number;
  }
  sender.join();
  EXPECT_EQ(mailbox.Take(), nullptr);
}

TEST(MailboxStress, SeveralMayPost) {
  constexpr int kSenders = 3;
  Mailbox<Letter> mailbox;
  std::atomic<int> sending{kSenders};
  std::thread senders[kSenders];
  for (std::thread& sender : senders) {
    sender = std::thread([&] {
      for (uint64_t i = 1; i <= 50000; ++i) mailbox.Post(std::make_unique<Letter>(Letter{i, i}));
      --sending;
    });
  }
  uint64_t taken = 0;
  while (sending.load() > 0) taken += mailbox.Take() != nullptr;
  for (std::thread& sender : senders) sender.join();
  taken += mailbox.Take() != nullptr;
  EXPECT_GT(taken, 0);
  mailbox.Post(std::make_unique<Letter>(Letter{1, 1}));  // the mailbox's destructor frees a letter that is not taken
}

}  // namespace
}  // namespace tcpgauge
