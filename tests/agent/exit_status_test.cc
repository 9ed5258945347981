// SPDX-License-Identifier: Apache-2.0
#include "src/agent/exit_status.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

TEST(ExitStatusOf, OkIsZero) { EXPECT_EQ(ExitStatusOf(absl::OkStatus()), 0); }

TEST(ExitStatusOf, AWrongArgumentIsTwo) {
  EXPECT_EQ(ExitStatusOf(absl::InvalidArgumentError("filter 'prt 80': syntax error")), 2);
}

TEST(ExitStatusOf, EveryOtherCodeIsOne) {
  for (int code = 1; code <= static_cast<int>(absl::StatusCode::kUnauthenticated); ++code) {
    if (code == static_cast<int>(absl::StatusCode::kInvalidArgument)) continue;
    EXPECT_EQ(ExitStatusOf(absl::Status(static_cast<absl::StatusCode>(code), "why")), 1) << code;
  }
}

TEST(ExitStatusOf, AShortageIsOneWhateverTheCode) {
  for (const int shortage : {EMFILE, ENFILE, ENOMEM}) {
    EXPECT_EQ(ExitStatusOf(absl::InvalidArgumentError(absl::StrCat("filter 'tcp': ", strerror(shortage)))), 1);
  }
}

}  // namespace
}  // namespace tcpgauge
