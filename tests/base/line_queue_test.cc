// SPDX-License-Identifier: Apache-2.0
#include "src/base/line_queue.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr int64_t kLongNs = 60 * kNanosecondsPerSecond;  // guards against hanging

std::string LossLine(uint64_t lines) { return absl::StrCat("lost ", lines, "\n"); }

// A pipe whose writing end blocks, as standard error does.
class LineQueueTest : public ::testing::Test {
 protected:
  void SetUp() override {
    signal(SIGPIPE, SIG_IGN);
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    reader_ = ends[0];
    writer_ = ends[1];
  }
  void TearDown() override {
    CloseReader();
    close(writer_);
  }

  // Fills the pipe, so that the next plain write would wait.
  void FillPipe() {
    fcntl(writer_, F_SETFL, O_WRONLY | O_NONBLOCK);
    const std::string page(4096, '.');
    while (write(writer_, page.data(), page.size()) > 0) filled_ += page.size();
    fcntl(writer_, F_SETFL, O_WRONLY);
  }

  // Removes what FillPipe() wrote.
  void EmptyPipe() { ReadBytes(filled_); }

  std::string ReadBytes(size_t bytes) {
    std::string text(bytes, '\0');
    for (size_t at = 0; at < bytes;) {
      const ssize_t count = read(reader_, text.data() + at, bytes - at);
      if (count <= 0) return text.substr(0, at);
      at += static_cast<size_t>(count);
    }
    return text;
  }

  std::string ReadLines(size_t count) {
    std::string text;
    while (count > 0) {
      text += ReadBytes(1);
      if (text.back() == '\n') --count;
    }
    return text;
  }

  // What the pipe holds now.
  std::string Present() {
    fcntl(reader_, F_SETFL, O_RDONLY | O_NONBLOCK);
    std::string text = ReadBytes(1 << 20);
    fcntl(reader_, F_SETFL, O_RDONLY);
    return text;
  }

  void CloseReader() {
    if (reader_ >= 0) close(reader_);
    reader_ = -1;
  }

  int reader_ = -1;
  int writer_ = -1;
  size_t filled_ = 0;
};

TEST_F(LineQueueTest, WithoutAThreadALineIsWrittenAtOnce) {
  LineQueue queue(writer_, LossLine);
  queue.Add("one\n");
  EXPECT_EQ(Present(), "one\n");
}

TEST_F(LineQueueTest, WithoutAThreadAFullPipeHoldsNobodyUpAndLosesNoLine) {
  FillPipe();
  LineQueue queue(writer_, LossLine);
  queue.Add("one\n");
  queue.Add("two\n");
  EXPECT_FALSE(queue.Flush(0));
  EmptyPipe();
  queue.Add("three\n");
  EXPECT_EQ(Present(), "one\ntwo\nthree\n");
  EXPECT_EQ(queue.lost(), 0u);
}

TEST_F(LineQueueTest, ALineLongerThanAPipeTakesAtOnceIsWrittenInParts) {
  LineQueue queue(writer_, LossLine);
  const std::string line = std::string(200000, 'x') + "\n";
  queue.Add(line);
  std::string read = Present();
  EXPECT_LT(read.size(), line.size());
  while (!queue.Flush(0)) read += Present();
  EXPECT_EQ(read + Present(), line);
}

TEST_F(LineQueueTest, TheThreadWritesWhatWaitedBeforeItsStart) {
  FillPipe();
  LineQueue queue(writer_, LossLine);
  queue.Add("one\n");
  queue.StartThread();
  queue.Add("two\n");
  EmptyPipe();
  EXPECT_EQ(ReadLines(2), "one\ntwo\n");
  EXPECT_TRUE(queue.Flush(kLongNs));
}

TEST_F(LineQueueTest, WithAThreadAFullPipeHoldsNobodyUp) {
  FillPipe();
  LineQueue queue(writer_, LossLine);
  queue.StartThread();
  for (int i = 0; i < 10; ++i) queue.Add("line\n");
  EXPECT_FALSE(queue.Flush(kNanosecondsPerMillisecond));
  EXPECT_EQ(queue.lost(), 0u);
}  // the destructor does not wait for the reader

TEST_F(LineQueueTest, KeepsTheNewestLinesAndTellsHowManyAreGone) {
  FillPipe();
  LineQueue queue(writer_, LossLine);
  queue.Add("first\n");  // the one that is being written
  for (size_t i = 0; i < LineQueue::kMaxLines + 7; ++i) queue.Add(absl::StrCat(i, "\n"));
  EXPECT_EQ(queue.lost(), 7u);
  EmptyPipe();
  queue.StartThread();
  EXPECT_EQ(ReadLines(3), "first\nlost 7\n7\n");
  std::string last;
  for (size_t i = 1; i < LineQueue::kMaxLines; ++i) last = ReadLines(1);
  EXPECT_EQ(last, absl::StrCat(LineQueue::kMaxLines + 6, "\n"));
  EXPECT_TRUE(queue.Flush(kLongNs));
  EXPECT_EQ(queue.lost(), 7u);
}

TEST_F(LineQueueTest, BoundsTheBytesThatWait) {
  FillPipe();
  LineQueue queue(writer_, LossLine);
  const std::string line = std::string(LineQueue::kMaxBytes / 4 - 1, 'x') + "\n";
  queue.Add("first\n");
  for (int i = 0; i < 6; ++i) queue.Add(line);
  EXPECT_EQ(queue.lost(), 2u);
  queue.Add(std::string(LineQueue::kMaxBytes + 1, 'y'));
  EXPECT_EQ(queue.lost(), 3u) << "a line that never fits does not drive the others out";
}

TEST_F(LineQueueTest, HoldsLinesUntilTheyAreReleased) {
  LineQueue queue(writer_, LossLine);
  queue.Hold();
  queue.StartThread();
  queue.Add("one\n");
  EXPECT_EQ(Present(), "");
  queue.Release();
  EXPECT_EQ(ReadLines(1), "one\n");
}

TEST_F(LineQueueTest, CountsLinesThatCannotBeWritten) {
  CloseReader();
  LineQueue queue(writer_, LossLine);
  queue.Add("one\n");
  queue.StartThread();
  queue.Add("two\n");
  EXPECT_TRUE(queue.Flush(kLongNs));
  EXPECT_EQ(queue.lost(), 2u);
}

TEST_F(LineQueueTest, WritesWholeLinesOfManyThreads) {
  LineQueue queue(writer_, LossLine);
  queue.StartThread();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&queue] {
      for (int i = 0; i < 100; ++i) queue.Add("from a thread\n");
    });
  }
  for (int i = 0; i < 400; ++i) EXPECT_EQ(ReadLines(1), "from a thread\n");
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace tcpgauge
