// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_IDENTITY_FAKE_FOLDER_H_
#define TCPGAUGE_TESTS_IDENTITY_FAKE_FOLDER_H_

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "src/base/check.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {

// A folder that stands for /proc, for the mount of cgroup2 or for the folder of container logs.
class FakeFolder {
 public:
  const std::string& path() const { return folder_.path(); }

  // Writes the file `name`, and makes the folders that it is in.
  void Write(const std::string& name, const std::string& content) {
    const std::filesystem::path path = folder_.path() + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path);
    file << content;
    TCPGAUGE_CHECK(file.good());
  }
  // Makes `name` another name of the file `existing`.
  void Link(const std::string& existing, const std::string& name) {
    const std::filesystem::path path = folder_.path() + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::filesystem::create_hard_link(folder_.path() + "/" + existing, path);
  }
  void Remove(const std::string& name) { std::filesystem::remove_all(folder_.path() + "/" + name); }
  uint64_t InodeOf(const std::string& name) const {
    struct stat file;
    TCPGAUGE_CHECK(stat((folder_.path() + "/" + name).c_str(), &file) == 0);
    return file.st_ino;
  }

 private:
  ScratchDirectory folder_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_IDENTITY_FAKE_FOLDER_H_
