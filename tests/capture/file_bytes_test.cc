// SPDX-License-Identifier: Apache-2.0
#include "src/capture/file_bytes.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/memory_file.h"

namespace tcpgauge {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Numbered(size_t count) {
  Bytes bytes;
  for (size_t i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(i * 7 + (i >> 8)));
  return bytes;
}

Bytes ToBytes(absl::Span<const uint8_t> span) { return {span.begin(), span.end()}; }

TEST(FileBytes, PeeksStayUntilTheyAreSkipped) {
  const MemoryFile file({1, 2, 3, 4, 5});
  FileBytes bytes(file.fd(), false);
  EXPECT_EQ(ToBytes(bytes.Peek(2)), Bytes({1, 2}));
  EXPECT_EQ(ToBytes(bytes.Peek(3)), Bytes({1, 2, 3}));
  bytes.Skip(2);
  EXPECT_EQ(bytes.offset(), 2);
  EXPECT_EQ(ToBytes(bytes.Peek(9)), Bytes({3, 4, 5})) << "the end comes before";
  EXPECT_TRUE(bytes.status().ok());
}

TEST(FileBytes, GivesAllBytesInPiecesOfAnySizeFromAFileAndAPipe) {
  const Bytes all = Numbered(1000003);
  for (const size_t piece : {size_t{1}, size_t{4093}, FileBytes::kReadBytes, FileBytes::kMaxPeekBytes}) {
    for (const bool from_pipe : {false, true}) {
      const MemoryFile file(all);
      int ends[2];
      ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
      std::thread writer([&] {
        for (size_t at = 0; from_pipe && at < all.size();) {
          const ssize_t count = write(ends[1], all.data() + at, all.size() - at);
          if (count <= 0) break;
          at += static_cast<size_t>(count);
        }
        close(ends[1]);
      });
      FileBytes bytes(from_pipe ? ends[0] : file.fd(), false);
      Bytes seen;
      while (!bytes.Peek(piece).empty()) {
        const absl::Span<const uint8_t> next = bytes.Peek(piece);
        seen.insert(seen.end(), next.begin(), next.end());
        bytes.Skip(next.size());
      }
      writer.join();
      close(ends[0]);
      EXPECT_TRUE(seen == all) << piece;
      EXPECT_EQ(bytes.offset(), all.size());
    }
  }
}

TEST(FileBytes, DiscardsMoreThanItHoldsAndTellsWhenTheBytesEnd) {
  const Bytes all = Numbered(2 * FileBytes::kMaxPeekBytes);
  const MemoryFile file(all);
  FileBytes bytes(file.fd(), false);
  EXPECT_TRUE(bytes.Discard(all.size() - 1));
  EXPECT_EQ(ToBytes(bytes.Peek(1)), Bytes({all.back()}));
  EXPECT_FALSE(bytes.Discard(2));
  EXPECT_TRUE(bytes.status().ok());
}

TEST(FileBytes, ReadsWhatAFileHasGrownBy) {
  const MemoryFile file({1});
  FileBytes bytes(file.fd(), false);
  EXPECT_EQ(bytes.Peek(2).size(), 1);
  const uint8_t more = 2;
  ASSERT_EQ(pwrite(file.fd(), &more, 1, 1), 1);
  EXPECT_EQ(ToBytes(bytes.Peek(2)), Bytes({1, 2}));
}

TEST(FileBytes, AFailedReadEndsTheBytesWithAnError) {
  const int folder = open("/", O_RDONLY | O_CLOEXEC);
  FileBytes bytes(folder, true);
  EXPECT_TRUE(bytes.Peek(1).empty());
  EXPECT_EQ(bytes.status().message(), "error reading dump file: Is a directory");
}

}  // namespace
}  // namespace tcpgauge
