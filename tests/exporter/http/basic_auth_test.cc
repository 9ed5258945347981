// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/basic_auth.h"

#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "exporter/http/remembered_passwords.h"

namespace tcpgauge {
namespace {

using Users = std::map<std::string, std::string>;
using Verdict = BasicAuth::Verdict;

// Hashes of "secret", of "secret" at a higher cost, of "other", of the empty password, and of 72 times "p".
constexpr char kSecret[] = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
constexpr char kDearSecret[] = "$2b$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u";
constexpr char kOther[] = "$2y$05$ABCDEFGHIJKLMNOPQRSTUuy7.SRQp6zzmDqpwAozFshLprLplpb1m";
constexpr char kEmpty[] = "$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq";
constexpr char kSeventyTwo[] = "$2b$04$abcdefghijklmnopqrstuuNt.0ah97gHY3F7JC1Z6EXmQc0bQBhIO";

std::string Header(const std::string& credentials) { return "Basic " + absl::Base64Escape(credentials); }

class BasicAuthTest : public testing::Test {
 protected:
  BasicAuth With(Users users) { return BasicAuth(std::move(users), &remembered_); }

  RememberedPasswords remembered_;
};

TEST_F(BasicAuthTest, GrantsThoseWhoKnowThePassword) {
  const BasicAuth auth = With({{"alice", kSecret}, {"bob", kOther}});
  for (int i = 0; i < 2; ++i) {  // checked, then remembered
    EXPECT_EQ(auth.Check(Header("alice:secret")), Verdict::kGranted);
    EXPECT_EQ(auth.Check(Header("bob:other")), Verdict::kGranted);
    for (const char* wrong :
         {"alice:other", "bob:secret", "carol:secret", "carol:other", "alice:", ":secret", ":", "carol:"}) {
      EXPECT_EQ(auth.Check(Header(wrong)), Verdict::kDenied) << wrong;
      EXPECT_EQ(auth.Recall(Header(wrong)), Verdict::kUnknown) << wrong;
    }
  }
}

TEST_F(BasicAuthTest, RecallsWhatMatchedBefore) {
  const BasicAuth auth = With({{"alice", kSecret}, {"bob", kSecret}});
  EXPECT_EQ(auth.Recall(Header("alice:secret")), Verdict::kUnknown);
  EXPECT_EQ(auth.Check(Header("alice:secret")), Verdict::kGranted);
  EXPECT_EQ(auth.Recall(Header("alice:secret")), Verdict::kGranted);
  EXPECT_EQ(auth.Recall(Header("bob:secret")), Verdict::kUnknown);
}

TEST_F(BasicAuthTest, ForgetsAUserWhoseHashChanges) {
  EXPECT_EQ(With({{"alice", kSecret}, {"bob", kOther}}).Check(Header("alice:secret")), Verdict::kGranted);
  EXPECT_EQ(With({{"alice", kSecret}}).Recall(Header("alice:secret")), Verdict::kGranted) << "bob is removed";
  EXPECT_EQ(With({{"alice", kDearSecret}}).Recall(Header("alice:secret")), Verdict::kUnknown);
  EXPECT_EQ(With({{"alice", kOther}}).Recall(Header("alice:secret")), Verdict::kUnknown);
  EXPECT_EQ(With({{"bob", kOther}}).Recall(Header("alice:secret")), Verdict::kUnknown);
  EXPECT_EQ(With({{"bob", kSecret}}).Recall(Header("bob:secret")), Verdict::kUnknown);
}

TEST_F(BasicAuthTest, TheSchemeMayBeInAnyCase) {
  EXPECT_EQ(With({{"alice", kSecret}}).Check("bAsIc " + absl::Base64Escape("alice:secret")), Verdict::kGranted);
}

TEST_F(BasicAuthTest, DeniesWhatIsNoHeaderAtOnce) {
  const BasicAuth auth = With({{"alice", kSecret}});
  for (const std::string& header :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Basic !!!"), Header("alice"),
        "Bearer " + absl::Base64Escape("alice:secret"), Header(std::string("alice:secret\0x", 14)),
        Header(std::string("alice\0:secret", 13))}) {
    EXPECT_EQ(auth.Recall(header), Verdict::kDenied) << header;
    EXPECT_EQ(auth.Check(header), Verdict::kDenied) << header;
  }
}

TEST_F(BasicAuthTest, PasswordsMayHoldColons) {
  const BasicAuth auth = With({{"alice", kSecret}});
  EXPECT_EQ(auth.Check(Header("alice:sec:ret")), Verdict::kDenied);
  EXPECT_EQ(auth.Check(Header("alice:secret:")), Verdict::kDenied);
}

TEST_F(BasicAuthTest, AnEmptyPasswordIsAPassword) {
  const BasicAuth auth = With({{"alice", kEmpty}});
  EXPECT_EQ(auth.Check(Header("alice:x")), Verdict::kDenied);
  EXPECT_EQ(auth.Check(Header("alice:")), Verdict::kGranted);
}

TEST_F(BasicAuthTest, TheFirst72BytesOfAPasswordCount) {
  const BasicAuth auth = With({{"alice", kSeventyTwo}});
  EXPECT_EQ(auth.Check(Header("alice:" + std::string(71, 'p'))), Verdict::kDenied);
  for (const size_t bytes : {72, 73, 511, 512, 5000}) {
    EXPECT_EQ(auth.Check(Header("alice:" + std::string(bytes, 'p'))), Verdict::kGranted) << bytes;
  }
}

TEST_F(BasicAuthTest, KnowsHashesOfBcryptOnly) {
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

// Returns the time of a check. Takes the least of a few measurements, because a virtual machine may count processor
// time that its host took.
absl::Duration CostOf(const Users& users, const std::string& credentials, bool is_remembered = false) {
  absl::Duration least = absl::InfiniteDuration();
  for (int i = 0; i < 3; ++i) {
    RememberedPasswords remembered;
    const BasicAuth auth(users, &remembered);
    if (is_remembered) auth.Check(Header(credentials));
    const absl::Duration start = OwnTime();
    auth.Check(Header(credentials));
    least = std::min(least, OwnTime() - start);
  }
  return least;
}

// Compares amounts of work. The costs of the users' hashes are 10, 5 and 4.
TEST(BasicAuthTime, EveryRefusalCostsAsMuchAsTheCostliestHash) {
  const Users users = {{"alice", kDearSecret}, {"bob", kOther}, {"carol", kSecret}};
  const std::string long_password(600, 'x');
  for (const std::string& password : {std::string("wrong"), std::string(), long_password}) {
    const absl::Duration unknown = CostOf(users, "nobody:" + password);
    for (const std::string user : {"alice", "bob", "carol", ""}) {
      const double ratio = absl::FDivDuration(CostOf(users, user + ":" + password), unknown);
      EXPECT_GT(ratio, 0.8) << user << ":" << password;
      EXPECT_LT(ratio, 1.25) << user << ":" << password;
    }
  }
}

TEST(BasicAuthTime, ARememberedPasswordCostsNoBcrypt) {
  const Users users = {{"alice", kDearSecret}, {"bob", kOther}};
  const absl::Duration known = CostOf(users, "alice:secret");
  EXPECT_LT(CostOf(users, "alice:secret", true), known / 4);
}

}  // namespace
}  // namespace tcpgauge
