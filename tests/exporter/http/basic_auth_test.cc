// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/basic_auth.h"

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"

namespace tcpgauge {
namespace {

using Users = std::map<std::string, std::string>;
using Verdict = BasicAuth::Verdict;

// Hashes of "secret", of "secret" at a higher cost, and of "other".
constexpr char kSecret[] = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
constexpr char kDearSecret[] = "$2b$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u";
constexpr char kOther[] = "$2y$05$ABCDEFGHIJKLMNOPQRSTUuy7.SRQp6zzmDqpwAozFshLprLplpb1m";

std::string Header(const std::string& credentials) { return "Basic " + absl::Base64Escape(credentials); }

TEST(BasicAuth, GrantsThoseWhoKnowThePassword) {
  BasicAuth auth(Users{{"alice", kSecret}, {"bob", kOther}});
  for (int i = 0; i < 2; ++i) {  // checked, then remembered
    EXPECT_EQ(auth.Check(Header("alice:secret")), Verdict::kGranted);
    EXPECT_EQ(auth.Check(Header("bob:other")), Verdict::kGranted);
    EXPECT_EQ(auth.Check(Header("alice:other")), Verdict::kDenied);
    EXPECT_EQ(auth.Check(Header("bob:secret")), Verdict::kDenied);
    EXPECT_EQ(auth.Check(Header("carol:secret")), Verdict::kDenied);
    EXPECT_EQ(auth.Check(Header("carol:other")), Verdict::kDenied);
    EXPECT_EQ(auth.Check(Header("alice:")), Verdict::kDenied);
    EXPECT_EQ(auth.Check(Header(":secret")), Verdict::kDenied);
  }
}

TEST(BasicAuth, TheSchemeMayBeInAnyCase) {
  BasicAuth auth(Users{{"alice", kSecret}});
  EXPECT_EQ(auth.Check("bAsIc " + absl::Base64Escape("alice:secret")), Verdict::kGranted);
}

TEST(BasicAuth, DeniesWhatIsNoHeader) {
  BasicAuth auth(Users{{"alice", kSecret}});
  for (const std::string& header :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Basic !!!"), Header("alice"),
        "Bearer " + absl::Base64Escape("alice:secret"), Header(std::string("alice:secret\0x", 14)),
        Header(std::string("alice\0:secret", 13))}) {
    EXPECT_EQ(auth.Check(header), Verdict::kDenied) << header;
  }
}

TEST(BasicAuth, PasswordsMayHoldColons) {
  BasicAuth auth(Users{{"alice", kSecret}});
  EXPECT_EQ(auth.Check(Header("alice:sec:ret")), Verdict::kDenied);
  EXPECT_EQ(auth.Check(Header("alice:secret:")), Verdict::kDenied);
}

TEST(BasicAuth, KnowsHashesOfBcryptOnly) {
  const std::string good = kSecret;
  EXPECT_TRUE(BasicAuth::IsUsableHash(good));
  EXPECT_TRUE(BasicAuth::IsUsableHash("$2a" + good.substr(3)));
  for (const std::string& bad :
       {std::string(), good + "x", good.substr(1), "$2x" + good.substr(3), "$2b$03" + good.substr(6),
        "$2b$17" + good.substr(6), "$2b$1x" + good.substr(6), good.substr(0, 59) + "!", std::string(60, '$'),
        std::string("$6$saltsalt$") + std::string(48, 'x')}) {
    EXPECT_FALSE(BasicAuth::IsUsableHash(bad)) << bad;
  }
}

// The processor time of this thread, which the load of the machine does not change.
absl::Duration OwnTime() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return absl::DurationFromTimespec(time);
}

// Compares amounts of work: an unknown user must cost as much bcrypt as a known one, and a remembered user no bcrypt.
TEST(BasicAuth, AnUnknownUserCostsWhatAKnownOneDoesAndARememberedOneNothing) {
  // Take the least of a few measurements, because a virtual machine may count processor time that its host took.
  const auto cost = [](const std::string& credentials, bool remembered = false) {
    absl::Duration least = absl::InfiniteDuration();
    for (int i = 0; i < 3; ++i) {
      BasicAuth auth(Users{{"alice", kDearSecret}, {"bob", kOther}});
      if (remembered) auth.Check(Header(credentials));
      const absl::Duration start = OwnTime();
      auth.Check(Header(credentials));
      least = std::min(least, OwnTime() - start);
    }
    return least;
  };
  const absl::Duration known = cost("alice:secret");
  EXPECT_GT(cost("nobody:wrong"), known / 4);
  EXPECT_GT(cost("alice:wrong"), known / 4);
  EXPECT_LT(cost("alice:secret", true), known / 4);
}

TEST(BasicAuth, LetsFewWaitAndThoseWhoAreKnownPass) {
  BasicAuth auth(Users{{"alice", kDearSecret}, {"bob", kSecret}});
  ASSERT_EQ(auth.Check(Header("bob:secret")), Verdict::kGranted);
  std::atomic<int> busy{0}, denied{0};
  int guesses = 0;
  while (busy == 0) {  // a busy machine may run the guessers one after the other, and then none of them waits
    std::vector<std::thread> guessers;
    for (int i = 0; i < 40; ++i) {
      guessers.emplace_back([&] {
        const Verdict verdict = auth.Check(Header("alice:guess"));
        ++(verdict == Verdict::kBusy ? busy : denied);
      });
    }
    guesses += 40;
    while (busy == 0 && denied < guesses) EXPECT_EQ(auth.Check(Header("bob:secret")), Verdict::kGranted);
    for (std::thread& guesser : guessers) guesser.join();
  }
  EXPECT_EQ(busy + denied, guesses);
  EXPECT_EQ(auth.Check(Header("alice:guess")), Verdict::kDenied) << "the places are free again";
}

}  // namespace
}  // namespace tcpgauge
