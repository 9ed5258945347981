// SPDX-License-Identifier: Apache-2.0
#include "src/kube/service_account.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

class ServiceAccountTest : public testing::Test {
 protected:
  // Replaces the file, as the kubelet does, so that its inode changes.
  void Write(const std::string& name, const std::string& content) {
    std::ofstream(Path("new")) << content;
    ASSERT_EQ(std::rename(Path("new").c_str(), Path(name).c_str()), 0);
  }
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  ScratchDirectory folder_;
  ServiceAccount account_{{Path("token"), Path("ca")}};
};

TEST_F(ServiceAccountTest, ReadsFilesAgainWhenTheyChange) {
  Write("token", "abc.def-1_2~+/=\n");
  Write("ca", "PEM 1\n");
  EXPECT_TRUE(account_.Refresh().ok());
  EXPECT_EQ(account_.token(), "abc.def-1_2~+/=");
  EXPECT_EQ(account_.ca_pem(), "PEM 1\n");
  Write("token", "second");
  EXPECT_TRUE(account_.Refresh().ok());
  EXPECT_EQ(account_.token(), "second");
  EXPECT_EQ(account_.ca_pem(), "PEM 1\n");
  Write("ca", "PEM 2\n");
  EXPECT_TRUE(account_.Refresh().ok());
  EXPECT_EQ(account_.ca_pem(), "PEM 2\n");
}

TEST_F(ServiceAccountTest, KeepsTheFormerContentWhenAChangedFileCannotBeUsed) {
  Write("token", "first");
  Write("ca", "PEM");
  ASSERT_TRUE(account_.Refresh().ok());
  for (const std::string bad : {"", " \n", "two words", "a\r\nHost: b", "\"", "t\xc3\xb6ken"}) {
    Write("token", bad);
    const absl::Status status = account_.Refresh();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << bad;
    EXPECT_TRUE(absl::StrContains(status.message(), Path("token"))) << status;
    EXPECT_FALSE(bad.size() > 2 && absl::StrContains(status.message(), bad)) << "a token is a secret";
    EXPECT_TRUE(account_.Refresh().ok()) << "an error is told once";
    EXPECT_EQ(account_.token(), "first");
    EXPECT_TRUE(account_.is_complete());
  }
  std::remove(Path("ca").c_str());
  EXPECT_TRUE(absl::IsNotFound(account_.Refresh()));
  EXPECT_EQ(account_.ca_pem(), "PEM");
}

TEST_F(ServiceAccountTest, IsIncompleteUntilEachFileWasRead) {
  Write("ca", "PEM");
  EXPECT_TRUE(absl::IsNotFound(account_.Refresh()));
  EXPECT_FALSE(account_.is_complete());
  EXPECT_TRUE(absl::IsNotFound(account_.Refresh())) << "each time";
  Write("token", "late");
  EXPECT_TRUE(account_.Refresh().ok());
  EXPECT_TRUE(account_.is_complete());
}

TEST(ServiceAccount, NeedsNoFileThatIsNotGiven) {
  ServiceAccount account({"", ""});
  EXPECT_TRUE(account.Refresh().ok());
  EXPECT_TRUE(account.is_complete());
  EXPECT_EQ(account.token(), "");
}

}  // namespace
}  // namespace tcpgauge
