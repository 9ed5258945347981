// SPDX-License-Identifier: Apache-2.0
#include "exporter/log/line_file.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "absl/status/statusor.h"
#include "src/base/clock.h"
#include "src/base/haste.h"
#include "src/base/patience.h"

namespace tcpgauge {
namespace {

std::string PathOf(const std::string& name) {
  const std::string path = testing::TempDir() + "/line_file_test_" + name;
  remove(path.c_str());
  return path;
}

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

// Simulates a full disk: while this object exists, no file grows beyond `bytes`.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

// Without limit, because no process ends.
Patience& PatienceOfTest() {
  static const Haste haste;
  static Patience patience(&SystemClock(), &haste);
  return patience;
}

struct Counters {
  LineCounters refs() { return {written, lost}; }

  prometheus::Counter written;
  prometheus::Counter lost;
};

TEST(LineFile, AppendsToWhatIsThere) {
  const std::string path = PathOf("appends");
  Write(path, "old\n");
  Counters counters;
  const auto file = LineFile::Open(path, counters.refs());
  ASSERT_TRUE(file.ok());
  (*file)->Append("one\ntwo\n", &PatienceOfTest());
  EXPECT_EQ(Contents(path), "old\none\ntwo\n");
  EXPECT_EQ(counters.written.Value(), 2);
  EXPECT_EQ(counters.lost.Value(), 0);
}

TEST(LineFile, CutsOffTheHalfLineThatACrashLeft) {
  for (const std::string& whole : {std::string(), std::string("one\n"), std::string(10000, 'x') + "\n"}) {
    const std::string path = PathOf("crash");
    Write(path, whole + std::string(9000, 'h'));
    Counters counters;
    const auto file = LineFile::Open(path, counters.refs());
    ASSERT_TRUE(file.ok());
    (*file)->Append("two\n", &PatienceOfTest());
    EXPECT_EQ(Contents(path), whole + "two\n");
  }
}

TEST(LineFile, OnAFullDiskHoldsWholeLinesOnlyCountsTheLostAndGoesOn) {
  const std::string path = PathOf("full");
  Counters counters;
  const auto file = LineFile::Open(path, counters.refs());
  ASSERT_TRUE(file.ok());
  {
    FullDisk disk(10);
    (*file)->Append("one\ntwo\nthree\nfour\n", &PatienceOfTest());
    EXPECT_EQ(Contents(path), "one\ntwo\n");
    EXPECT_EQ(counters.lost.Value(), 2);
    EXPECT_EQ((*file)->error(), EFBIG);
    (*file)->Append("5\n", &PatienceOfTest());
    EXPECT_EQ(Contents(path), "one\ntwo\n5\n") << "there was room for this line";
    (*file)->Append("six\n", &PatienceOfTest());
    EXPECT_EQ(counters.lost.Value(), 3);
  }
  (*file)->Append("seven\n", &PatienceOfTest());
  EXPECT_EQ(Contents(path), "one\ntwo\n5\nseven\n");
  EXPECT_EQ(counters.written.Value(), 4);
  EXPECT_EQ((*file)->error(), 0);
}

// While this object exists, standard output is a file that was opened with `flags`.
class RedirectedOutput {
 public:
  RedirectedOutput(const std::string& path, int flags) : before_(dup(STDOUT_FILENO)) {
    fflush(stdout);
    const int fd = open(path.c_str(), O_CREAT | flags, 0600);
    EXPECT_GE(fd, 0);
    dup2(fd, STDOUT_FILENO);
    close(fd);
  }
  ~RedirectedOutput() {
    dup2(before_, STDOUT_FILENO);
    close(before_);
  }

 private:
  const int before_;
};

TEST(LineFile, LeavesNoHoleInARedirectedOutputWithoutRoom) {
  for (const int flags : {O_WRONLY | O_TRUNC, O_RDWR | O_TRUNC, O_RDWR, O_WRONLY | O_APPEND, O_RDWR | O_APPEND}) {
    const std::string path = PathOf("redirected");
    Counters counters;
    {
      const RedirectedOutput output(path, flags);
      const auto file = LineFile::Open("-", counters.refs());
      ASSERT_TRUE(file.ok());
      {
        FullDisk disk(10);
        (*file)->Append("one\ntwo\nthree\nfour\n", &PatienceOfTest());
        (*file)->Append("seven\n", &PatienceOfTest());
      }
      (*file)->Append("six\n", &PatienceOfTest());
    }
    EXPECT_EQ(Contents(path), "one\ntwo\nsix\n") << flags;
    EXPECT_EQ(counters.written.Value(), 3) << flags;
    EXPECT_EQ(counters.lost.Value(), 3) << flags;
  }
}

TEST(LineFile, KeepsWhatAnotherProcessWroteAfterAPartOfALine) {
  const std::string path = PathOf("shared");
  Write(path, "0123456789 of another\n");
  Counters counters;
  {
    const RedirectedOutput output(path, O_WRONLY);  // begins at the start of the file and overwrites it
    const auto file = LineFile::Open("-", counters.refs());
    ASSERT_TRUE(file.ok());
    FullDisk disk(6);
    (*file)->Append("one\ntwo\n", &PatienceOfTest());
  }
  EXPECT_EQ(Contents(path), "one\ntw6789 of another\n");
}

TEST(LineFile, GoesOnInANewFileAfterARename) {
  const std::string path = PathOf("renamed");
  Counters counters;
  const auto file = LineFile::Open(path, counters.refs());
  ASSERT_TRUE(file.ok());
  (*file)->Append("one\n", &PatienceOfTest());
  ASSERT_EQ(rename(path.c_str(), (path + ".1").c_str()), 0);
  (*file)->Append("two\n", &PatienceOfTest());
  const absl::StatusOr<bool> reopened = (*file)->Reopen();
  ASSERT_TRUE(reopened.ok());
  EXPECT_TRUE(*reopened);
  (*file)->Append("three\n", &PatienceOfTest());
  EXPECT_EQ(Contents(path + ".1"), "one\ntwo\n");
  EXPECT_EQ(Contents(path), "three\n");
}

TEST(LineFile, OpensStandardOutputOnlyOnce) {
  Counters counters;
  const auto file = LineFile::Open("-", counters.refs());
  ASSERT_TRUE(file.ok());
  const absl::StatusOr<bool> reopened = (*file)->Reopen();
  ASSERT_TRUE(reopened.ok());
  EXPECT_FALSE(*reopened);
}

TEST(LineFile, KeepsTheOldFileWhenTheNewOneCannotBeOpened) {
  const std::string folder = PathOf("folder");
  ASSERT_EQ(system(("mkdir -p " + folder).c_str()), 0);
  Counters counters;
  const auto file = LineFile::Open(folder + "/log", counters.refs());
  ASSERT_TRUE(file.ok());
  ASSERT_EQ(rename(folder.c_str(), (folder + ".old").c_str()), 0);
  EXPECT_FALSE((*file)->Reopen().ok());
  (*file)->Append("one\n", &PatienceOfTest());
  EXPECT_EQ(Contents(folder + ".old/log"), "one\n");
  ASSERT_EQ(system(("rm -r " + folder + ".old").c_str()), 0);
}

TEST(LineFile, NamesTheFileThatCannotBeWritten) {
  Counters counters;
  const auto file = LineFile::Open("/no/such/folder/log", counters.refs());
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().message(), "--connection-log: cannot write '/no/such/folder/log': No such file or directory");
}

}  // namespace
}  // namespace tcpgauge
