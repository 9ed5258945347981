// SPDX-License-Identifier: Apache-2.0
#include "src/base/small_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

class SmallFileTest : public testing::Test {
 protected:
  void Write(const std::string& text) { std::ofstream(path_) << text; }

  const ScratchDirectory directory_;
  const std::string path_ = directory_.path() + "/file";
};

TEST_F(SmallFileTest, ReadsAllOfIt) {
  Write(std::string("a\0b", 3) + std::string(100000, 'x'));
  EXPECT_EQ(ReadSmallFile(path_).value(), std::string("a\0b", 3) + std::string(100000, 'x'));
}

TEST_F(SmallFileTest, NamesTheFileThatCannotBeRead) {
  const absl::Status missing = ReadSmallFile(path_).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(std::string(missing.message()).substr(0, path_.size()), path_);
  EXPECT_FALSE(ReadSmallFile(directory_.path()).ok());
}

TEST_F(SmallFileTest, AFileThatCannotBeReadIsNeverAWrongArgument) {
  const std::string loop = directory_.path() + "/loop";
  ASSERT_EQ(symlink("loop", loop.c_str()), 0);
  Write("text");
  for (const std::string& path : {directory_.path() + "/missing", path_ + "/below",
                                  directory_.path() + "/" + std::string(256, 'x'), loop, std::string()}) {
    const absl::Status status = ReadSmallFile(path).status();
    EXPECT_FALSE(status.ok()) << path;
    EXPECT_NE(status.code(), absl::StatusCode::kInvalidArgument) << status;
  }
}

TEST_F(SmallFileTest, HasABound) {
  Write(std::string(1 << 20, 'x'));
  EXPECT_TRUE(ReadSmallFile(path_).ok());
  Write(std::string((1 << 20) + 1, 'x'));
  EXPECT_EQ(ReadSmallFile(path_).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(SmallFileTest, RefusesWhatIsNoRegularFileAndDoesNotWaitForIt) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  const std::string link = directory_.path() + "/link";
  ASSERT_EQ(symlink("/dev/null", link.c_str()), 0);
  for (const std::string& path : {path_, directory_.path(), link, std::string("/dev/null"), std::string("/dev/zero")}) {
    EXPECT_EQ(ReadSmallFile(path).status(), absl::FailedPreconditionError(path + ": is not a regular file"));
  }
}

TEST_F(SmallFileTest, FollowsALinkToARegularFile) {
  Write("text");
  const std::string link = directory_.path() + "/link";
  ASSERT_EQ(symlink(path_.c_str(), link.c_str()), 0);
  EXPECT_EQ(ReadSmallFile(link).value(), "text");
}

TEST_F(SmallFileTest, StampsTellWhenAFileChanged) {
  const FileStamp none = FileStamp::Of(path_);
  EXPECT_TRUE(none == FileStamp::Of(path_));
  Write("a");
  const FileStamp written = FileStamp::Of(path_);
  EXPECT_FALSE(none == written);
  EXPECT_TRUE(written == FileStamp::Of(path_));
  Write("ab");
  const FileStamp longer = FileStamp::Of(path_);
  EXPECT_FALSE(written == longer);
  std::ofstream(path_ + ".new") << "cd";
  ASSERT_EQ(rename((path_ + ".new").c_str(), path_.c_str()), 0);
  EXPECT_FALSE(longer == FileStamp::Of(path_));
  unlink(path_.c_str());
  EXPECT_TRUE(none == FileStamp::Of(path_));
}

}  // namespace
}  // namespace tcpgauge
