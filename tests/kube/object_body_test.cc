// SPDX-License-Identifier: Apache-2.0
#include "src/kube/object_body.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "tests/json/text_body.h"

namespace tcpgauge {
namespace {

TEST(ObjectBody, EndsWithAnErrorWhenNoObjectComes) {
  TextBody text(std::string(2 * ObjectBody::kMaxBytes, ' '));
  ObjectBody body(&text);
  absl::Status status;
  while (status.ok()) status = body.Next().status();
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_EQ(text.taken(), ObjectBody::kMaxBytes + TextBody::kMaxPieceBytes);
}

TEST(ObjectBody, IsWholeWhileObjectsCome) {
  TextBody text(std::string(2 * ObjectBody::kMaxBytes, ' '));
  ObjectBody body(&text);
  while (true) {
    const auto piece = body.Next();
    ASSERT_TRUE(piece.ok());
    if (piece->empty()) break;
    if (text.taken() == ObjectBody::kMaxBytes) body.NoteObject();
  }
  EXPECT_EQ(text.taken(), 2 * ObjectBody::kMaxBytes);
}

TEST(ObjectBody, EndsWithTheErrorOfTheBody) {
  TextBody text("", 1, absl::UnavailableError("gone"));
  ObjectBody body(&text);
  EXPECT_TRUE(absl::IsUnavailable(body.Next().status()));
}

}  // namespace
}  // namespace tcpgauge
