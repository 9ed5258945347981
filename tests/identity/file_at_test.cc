// SPDX-License-Identifier: Apache-2.0
#include "src/identity/file_at.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/identity/fake_folder.h"

namespace tcpgauge {
namespace {

TEST(Exists, IsTrueOfFilesFoldersAndLinksToThem) {
  FakeFolder folder;
  folder.Write("inner/file", "");
  std::filesystem::create_symlink("inner", folder.path() + "/link");
  for (const char* name : {"", "/", "/inner", "/inner/file", "/link", "/link/file"})
    EXPECT_TRUE(Exists(folder.path() + name)) << name;
}

TEST(Exists, IsFalseWhereNoFileCanBe) {
  FakeFolder folder;
  folder.Write("file", "");
  std::filesystem::create_symlink("none", folder.path() + "/dangling");
  std::filesystem::create_symlink("circle", folder.path() + "/circle");
  const std::string long_name = "/" + std::string(300, 'x');
  for (const std::string& name : {std::string("/none"), std::string("/none/below"), std::string("/file/"),
                                  std::string("/file/below"), std::string("/dangling"), std::string("/dangling/below"),
                                  std::string("/circle"), std::string("/circle/below"), long_name}) {
    EXPECT_FALSE(Exists(folder.path() + name)) << name;
  }
}

}  // namespace
}  // namespace tcpgauge
