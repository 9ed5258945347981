// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_pool.h"
#include "src/net/ip_address.h"

namespace tcpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IdentityFileTest : public testing::Test {
 protected:
  IdentityFileTest() {
    std::string pattern = testing::TempDir() + "/identity-file-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~IdentityFileTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  void Write(const std::string& name, const std::string& text) const { std::ofstream(Path(name)) << text; }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      names.push_back(entry.path().filename().native());
    return names;
  }

  static IdentityMap MapOf(const char* workload) {
    EndIdentity identity;
    identity.workload = workload;
    IdentityMap map;
    map.addresses[*IpAddress::Parse("10.0.0.1")] = IdentityPool().Get(identity);
    return map;
  }
  std::string WorkloadIn(const std::string& name) const {
    const auto map = ReadIdentityFile(Path(name), 100);
    if (!map.ok()) return map.status().ToString();
    return std::string((*map)->addresses.begin()->second->identity.workload);
  }

  std::string folder_;
};

TEST_F(IdentityFileTest, IsReadAsItWasWritten) {
  ASSERT_TRUE(WriteIdentityFile(Path("names.json"), MapOf("a")).ok());
  EXPECT_EQ(WorkloadIn("names.json"), "a");
  struct stat file = {};
  ASSERT_EQ(stat(Path("names.json").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0137, 0u) << "nobody else may write, and strangers may not read";
}

TEST_F(IdentityFileTest, ReplacesTheFileAtOnceAndLeavesNoOther) {
  ASSERT_TRUE(WriteIdentityFile(Path("names.json"), MapOf("a")).ok());
  std::ifstream old(Path("names.json"));
  Write("names.json.new", "of an agent that was killed");
  ASSERT_TRUE(WriteIdentityFile(Path("names.json"), MapOf("b")).ok());
  EXPECT_EQ(WorkloadIn("names.json"), "b");
  std::stringstream text;
  text << old.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("\"workload\":\"a\"")) << "a reader keeps the whole old file";
  EXPECT_THAT(Names(), ElementsAre("names.json"));
}

TEST_F(IdentityFileTest, RefusesToReplaceWhatIsNoFile) {
  std::filesystem::create_directory(Path("folder"));
  std::filesystem::create_symlink("folder", Path("link"));
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  for (const std::string& path : {Path("folder"), Path("link"), Path("pipe"), std::string("/dev/null")}) {
    const absl::Status status = WriteIdentityFile(path, MapOf("a"));
    EXPECT_EQ(status, absl::UnavailableError(absl::StrCat("--identity.file: cannot write '", path,
                                                          "': it is not a regular file; name a file that can be "
                                                          "replaced")));
  }
}

TEST_F(IdentityFileTest, SaysThatTheFolderCannotBeWrittenTo) {
  const absl::Status status = WriteIdentityFile(Path("none/names.json"), MapOf("a"));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(Path("none/names.json") + "': No such file or directory; use a "
                                                                                 "folder in which"));
}

TEST_F(IdentityFileTest, AWriteThatFailsLeavesTheOldFile) {
  Write("names.json", "old");
  std::filesystem::create_directories(Path("names.json.new/full"));
  EXPECT_FALSE(WriteIdentityFile(Path("names.json"), MapOf("a")).ok());
  std::ifstream file(Path("names.json"));
  std::string text;
  file >> text;
  EXPECT_EQ(text, "old");
}

TEST_F(IdentityFileTest, WrongContentIsAWrongCommandAndAMissingFileIsNot) {
  Write("wrong.json", "{\"version\": 1,\n\"pods\": []}");
  const auto wrong = ReadIdentityFile(Path("wrong.json"), 100);
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(wrong.status().message()),
              HasSubstr("--identity.file: '" + Path("wrong.json") + "', line 2: 'pods' is no part"));
  const std::string too_long = Path(std::string(300, 'x'));
  for (const std::string& path : {Path("none.json"), folder_, std::string("/dev/null"), too_long}) {
    const auto missing = ReadIdentityFile(path, 100);
    EXPECT_EQ(missing.status().code(), absl::StatusCode::kUnavailable) << path;
    EXPECT_THAT(std::string(missing.status().message()), HasSubstr("--identity.file: cannot read '" + path + "': "));
  }
  EXPECT_THAT(std::string(ReadIdentityFile("/dev/null", 100).status().message()), HasSubstr("not a regular file"));
}

TEST_F(IdentityFileTest, IsWrittenOnlyWhenItSaysSomethingElse) {
  IdentityFile file(Path("names.json"));
  const auto inode = [&] {
    struct stat status = {};
    return stat(Path("names.json").c_str(), &status) == 0 ? status.st_ino : 0;
  };
  IdentityMap map = MapOf("a");
  map.sockets_read_ns = 1;
  ASSERT_TRUE(file.Write(std::make_shared<const IdentityMap>(map)).ok());
  const std::ifstream old(Path("names.json"));  // so that no new file gets the same inode number
  const ino_t first = inode();
  map.sockets_read_ns = 2;
  map.listener_queues.emplace_back();
  ASSERT_TRUE(file.Write(std::make_shared<const IdentityMap>(map)).ok());
  EXPECT_EQ(inode(), first) << "the time and the queues of listeners are no names";
  map.local_addresses.insert(*IpAddress::Parse("10.0.0.2"));
  ASSERT_TRUE(file.Write(std::make_shared<const IdentityMap>(map)).ok());
  const ino_t second = inode();
  EXPECT_NE(second, first);
  const std::ifstream kept(Path("names.json"));
  map.addresses.clear();
  ASSERT_TRUE(file.Write(std::make_shared<const IdentityMap>(map)).ok());
  EXPECT_NE(inode(), second);
}

TEST_F(IdentityFileTest, IsWrittenAgainAfterAFailure) {
  IdentityFile file(Path("folder/names.json"));
  const auto map = std::make_shared<const IdentityMap>(MapOf("a"));
  EXPECT_FALSE(file.Write(map).ok());
  std::filesystem::create_directory(Path("folder"));
  EXPECT_TRUE(file.Write(map).ok());
  EXPECT_EQ(WorkloadIn("folder/names.json"), "a");
}

}  // namespace
}  // namespace tcpgauge
