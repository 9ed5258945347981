// SPDX-License-Identifier: Apache-2.0
#include "src/base/patient_write.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "src/base/haste.h"
#include "src/base/patience.h"
#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

constexpr size_t kBytes = 1 << 20;  // more than a pipe or a socket takes at once

class PatientWriteTest : public ::testing::Test {
 protected:
  void SetUp() override { signal(SIGPIPE, SIG_IGN); }
  void TearDown() override {
    for (const int fd : ends_) {
      if (fd >= 0) close(fd);
    }
  }

  void MakePipe() { ASSERT_EQ(pipe(ends_), 0); }
  void MakeSockets() { ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0); }

  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }

  // From now on, nobody is waited for.
  void LosePatience() {
    haste_.Begin();
    clock_.Move(haste_.deadline_ns());
  }

  void ExpectSlowReaderGetsAll() {
    std::string read_bytes;
    std::thread thread([this, &read_bytes] {
      char chunk[1000];
      while (read_bytes.size() < kBytes) {
        const ssize_t count = read(reader(), chunk, sizeof(chunk));
        if (count <= 0) return;
        read_bytes.append(chunk, static_cast<size_t>(count));
      }
    });
    const std::string bytes(kBytes, 'x');
    const PatientWriteResult result = PatientWrite(writer(), bytes, &patience_);
    thread.join();
    EXPECT_EQ(result.written, kBytes);
    EXPECT_EQ(result.error, 0);
    EXPECT_EQ(read_bytes, bytes);
  }

  void ExpectGivesUp(int fd) {
    LosePatience();
    const PatientWriteResult result = PatientWrite(fd, std::string(kBytes, 'x'), &patience_);
    EXPECT_GT(result.written, 0u) << "what it takes at once is written";
    EXPECT_LT(result.written, kBytes);
    EXPECT_EQ(result.error, ETIMEDOUT);
  }

  HandMovedClock clock_;
  Haste haste_;
  Patience patience_{&clock_, &haste_};
  int ends_[2] = {-1, -1};
};

TEST_F(PatientWriteTest, ASlowReaderOfAPipeGetsAll) {
  MakePipe();
  ExpectSlowReaderGetsAll();
}

TEST_F(PatientWriteTest, ASlowReaderOfANonblockingPipeGetsAll) {
  MakePipe();
  fcntl(writer(), F_SETFL, O_WRONLY | O_NONBLOCK);
  ExpectSlowReaderGetsAll();
}

TEST_F(PatientWriteTest, ASlowReaderOfASocketGetsAll) {
  MakeSockets();
  ExpectSlowReaderGetsAll();
}

TEST_F(PatientWriteTest, APipeThatNobodyReadsIsGivenUp) {
  MakePipe();
  ExpectGivesUp(writer());
}

TEST_F(PatientWriteTest, ASocketThatNobodyReadsIsGivenUp) {
  MakeSockets();
  ExpectGivesUp(writer());
}

TEST_F(PatientWriteTest, APipeThatWasOpenedAgainIsGivenUpAndTheSharedFlagsStay) {
  MakePipe();
  const int own = ReopenNonblocking(writer());
  ASSERT_GE(own, 0);
  EXPECT_EQ(fcntl(writer(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(own, F_GETFL) & O_NONBLOCK, 0);
  ExpectGivesUp(own);
  close(own);
}

TEST_F(PatientWriteTest, ATerminalThatNobodyReadsIsGivenUp) {
  ASSERT_EQ(openpty(&ends_[0], &ends_[1], nullptr, nullptr, nullptr), 0);
  const int own = ReopenNonblocking(writer());
  ASSERT_GE(own, 0);
  ExpectGivesUp(own);
  close(own);
}

TEST_F(PatientWriteTest, OpensNeitherSocketsNorFilesAgain) {
  MakeSockets();
  EXPECT_EQ(ReopenNonblocking(writer()), -1);
  const int file = open("/proc/self/exe", O_RDONLY);
  EXPECT_EQ(ReopenNonblocking(file), -1);
  close(file);
}

TEST_F(PatientWriteTest, NamesTheErrorOfAPipeThatIsClosed) {
  MakePipe();
  close(reader());
  ends_[0] = -1;
  const PatientWriteResult result = PatientWrite(writer(), "x", &patience_);
  EXPECT_EQ(result.written, 0u);
  EXPECT_EQ(result.error, EPIPE);
}

TEST_F(PatientWriteTest, NotesProgress) {
  MakePipe();
  patience_.BeginEnd();
  clock_.Move(Patience::kStallNs - 1);
  EXPECT_EQ(PatientWrite(writer(), "x", &patience_).written, 1u);
  EXPECT_EQ(patience_.LeftNs(), Patience::kStallNs);
}

}  // namespace
}  // namespace tcpgauge
