// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/console_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "src/base/clock.h"
#include "src/base/haste.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

class ConsoleOutputTest : public testing::Test {
 protected:
  ConsoleOutputTest() { EXPECT_EQ(pipe2(pipe_, O_CLOEXEC), 0); }
  ~ConsoleOutputTest() override {
    close(pipe_[0]);
    close(pipe_[1]);
  }

  std::string ReadAll() {
    fcntl(pipe_[0], F_SETFL, O_NONBLOCK);
    std::string all(1 << 20, '\0');
    const ssize_t count = read(pipe_[0], all.data(), all.size());
    all.resize(count > 0 ? static_cast<size_t>(count) : 0);
    return all;
  }

  int pipe_[2];
};

TEST_F(ConsoleOutputTest, WritesLines) {
  ConsoleOutput output(pipe_[1], nullptr);
  EXPECT_TRUE(output.WriteLine("a", 0).ok());
  EXPECT_TRUE(output.WriteLine(std::string(10000, 'b'), 0).ok());
  EXPECT_EQ(ReadAll(), "a\n" + std::string(10000, 'b') + "\n");
}

TEST_F(ConsoleOutputTest, DoesNotWaitForAReaderThatDoesNotRead) {
  fcntl(pipe_[1], F_SETPIPE_SZ, 4096);
  ConsoleOutput output(pipe_[1], nullptr);
  EXPECT_TRUE(absl::IsDeadlineExceeded(output.WriteLine(std::string(100000, 'a'), 0)));
  EXPECT_EQ(ReadAll(), std::string(4096, 'a'));
  EXPECT_TRUE(output.WriteLine("b", 0).ok());
  EXPECT_EQ(ReadAll(), "\nb\n") << "the line that was cut is ended";
}

TEST_F(ConsoleOutputTest, DoesNotWaitBeyondTheDeadlineInHaste) {
  constexpr int kForEverMs = 1000000000;
  Haste haste;
  haste.Begin();
  ConsoleOutput output(pipe_[1], &haste);
  EXPECT_TRUE(absl::IsDeadlineExceeded(output.WriteLine(std::string(1 << 20, 'a'), kForEverMs)));
  EXPECT_GE(SystemClock().SteadyNanoseconds(), haste.deadline_ns() - kNanosecondsPerMillisecond);
}

TEST_F(ConsoleOutputTest, SeesThatHasteBeginsWhileItWaits) {
  Haste haste;
  ConsoleOutput output(pipe_[1], &haste);
  std::thread signal([&haste] { haste.Begin(); });
  EXPECT_TRUE(absl::IsDeadlineExceeded(output.WriteLine(std::string(1 << 20, 'a'), 1000000000)));
  signal.join();
}

TEST_F(ConsoleOutputTest, TellsThatItCannotBeWritten) {
  ConsoleOutput output(pipe_[0], nullptr);
  const absl::Status status = output.WriteLine("a", 0);
  EXPECT_FALSE(status.ok());
}

}  // namespace
}  // namespace tcpgauge
